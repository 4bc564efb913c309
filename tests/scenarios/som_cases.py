"""Calculations as in SØM for tests: one worked by hand, and any that a table can hold."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from scenarios.som import LAST_YEAR, Som


def stated(value: object, **said: object) -> dict[str, object]:
    return {"value": value if isinstance(value, int) else Decimal(str(value)), **said}


def consequence(year: int, quantity: str, price: str, actor: str = "municipality", **said: Any) -> dict[str, Any]:
    committee = {"committee": "Social"} if actor == "municipality" else {}
    row = {"area": "Housing", "actor": actor, "year": year, "quantity": Decimal(quantity), "price": Decimal(price)}
    return row | committee | said


BY_HAND = Som.model_validate(
    {
        "title": "By hand",
        "citizens": stated(10),
        "success_with": stated("0.5"),
        "success_without": stated("0.2"),
        "discount_rate": stated("0.04"),
        "price_level": stated(2022),
        "costs": [
            {"year": 0, "actor": "municipality", "committee": "Social", "amount": Decimal(50_000), "per": "citizen"},
            {"year": 0, "actor": "state", "amount": Decimal(100_000)},
        ],
        "consequences": [
            consequence(1, "-0.5", "275000"),
            consequence(2, "-0.3333", "275000.10"),
            consequence(1, "0.1", "-50000", area="Tax", committee="Employment"),
            consequence(1, "-0.5", "275000", "state"),
            consequence(1, "0.2", "4000.05", "region", area="Health"),
        ],
    }
)

_texts = st.text(st.sampled_from('abcæøåÆØÅ 7.,;:-+=@"()%§&'), min_size=1, max_size=12).map(str.strip).filter(bool)
_said = st.one_of(
    st.just({"mark": "A"}),
    st.builds(lambda mark, source: {"mark": mark, "source": source}, st.sampled_from("PDA"), _texts),
)
_kroner = st.decimals(-(10**7), 10**7, places=2)
_rows = {"actor": st.sampled_from(["municipality", "region", "state"]), "committee": _texts}


def _with(said: dict[str, Any], **values: Any) -> dict[str, Any]:
    return values | said


_numbers = {
    "citizens": st.integers(1, 1000),
    "success_difference": st.decimals(-1, 1, places=6),
    "success_after_years": st.integers(0, LAST_YEAR),
    "discount_rate": st.decimals(0, "0.2", places=6),
    "price_level": st.just(2022),
}
_costs = st.builds(
    _with,
    _said,
    year=st.integers(0, LAST_YEAR),
    item=_texts,
    amount=_kroner,
    per=st.sampled_from(["citizen", "all"]),
    **_rows,
)
_consequences = st.builds(
    _with,
    _said,
    area=_texts,
    item=_texts,
    year=st.integers(1, LAST_YEAR),
    quantity=st.decimals(-100, 100, places=9),
    unit=_texts,
    price=_kroner,
    **_rows,
)


def _same(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in ("area", "item", "actor", "committee", "year"))


soms = st.fixed_dictionaries(
    {
        "title": _texts,
        **{name: st.builds(_with, _said, value=each) for name, each in _numbers.items()},
        "costs": st.lists(_costs, max_size=4, unique_by=_same),
        "consequences": st.lists(_consequences, min_size=1, max_size=6, unique_by=_same),
    }
).map(Som.model_validate)
"""Any calculation; its texts may begin with what a spreadsheet takes for a formula."""
