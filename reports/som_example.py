"""The example in the SØM template: invented consequences at published prices, to be replaced."""

from decimal import Decimal
from typing import Any

from scenarios.som import Som

from .numbers import Language
from .texts import say

_SHELTER, _BENEFITS, _BENEFITS_STATE, _ADMISSION = 275_000, 72_504, 18_120, 12_000
"""Kroner: half of 550,000 a year in a shelter; 12 × 6,042 and 12 × 1,510 of 7,552 a month; an admission is invented."""


def example_som(lang: Language) -> Som:
    """A small calculation that can be read as it stands."""

    def told(key: str) -> str:
        return say(lang, f"som.example.{key}")

    assumed = {"mark": "A", "source": told("invented")}
    derived = {"mark": "D", "source": told("godtigang")}
    benefits = {"mark": "D", "source": told("cabiweb")}
    shelter = {"area": told("housing"), "item": told("shelter"), "unit": say(lang, "som.unit.years"), **derived}
    work = {"area": told("benefits"), "unit": say(lang, "som.unit.years"), **benefits}
    social = {"actor": "municipality", "committee": told("committee.social")}
    employment = {"actor": "municipality", "committee": told("committee.employment")}
    hospital = {"area": told("health"), "item": told("admission"), "unit": told("admissions"), **assumed}
    consequences: list[dict[str, Any]] = []
    for year, (homeless, supported) in enumerate((("-0.45", "-0.3"), ("-0.4", "-0.25"), ("-0.3", "-0.2")), 1):
        homes, works = Decimal(homeless), Decimal(supported)
        consequences += [
            {**shelter, **social, "year": year, "quantity": homes, "price": _SHELTER},
            {**shelter, "actor": "state", "year": year, "quantity": homes, "price": _SHELTER},
            {**work, **employment, "year": year, "quantity": works, "price": _BENEFITS},
            {**work, "actor": "state", "year": year, "quantity": works, "price": _BENEFITS_STATE},
            {**hospital, "actor": "region", "year": year, "quantity": Decimal("-0.5"), "price": _ADMISSION},
        ]
    return Som.model_validate(
        {
            "title": told("title"),
            "citizens": {"value": 36, **assumed},
            "success_with": {"value": Decimal("0.7"), **assumed},
            "success_without": {"value": Decimal("0.35"), **assumed},
            "success_after_years": {"value": 1, **assumed},
            "discount_rate": {"value": Decimal("0.035"), "mark": "P", "source": told("rate")},
            "price_level": {"value": 2021, **assumed},
            "costs": [
                {"year": year, "item": told("staff"), **social, "amount": amount, "per": "citizen", **assumed}
                for year, amount in ((0, 90_000), (1, 60_000))
            ],
            "consequences": consequences,
        }
    )
