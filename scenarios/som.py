"""A calculation as in SØM (Den Socialøkonomiske Investeringsmodel): costs, success rate, consequences per success.

SØM is the national Excel model. Its result is deterministic: what the intervention costs, and how many more succeed
times the consequences of a success times their prices after state refusion, over at most ten years, by area, actor,
political committee and year after success (sbst.dk, vive.dk). `som_table` reads one from Excel or CSV, and
`som_result` has the arithmetic.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from contracts.frozen import Frozen, Sourced, example
from contracts.money import ppm
from contracts.privacy import impersonal_name
from contracts.problems import Finding, refuse
from contracts.values import Rate, Share, Title, Year

LAST_YEAR = 10
"""The last year after success that SØM reckons with."""
LONGEST = 120
MOST_CITIZENS = 100_000
MOST_KRONER = 10**10
MOST_UNITS = 10**6
PLACES = 9
"""Decimals of a consequence: with so many, a year that many citizens share is exact to the øre."""
NEXT_YEAR = 1

SHARE = "a share from 0 to 1"
RATE = "a yearly rate from 0 to 1"
DIFFERENCE = "a difference between two shares, from -1 to 1"
CITIZENS = "a whole number of citizens"
YEAR = f"a whole number of years from 0 to {LAST_YEAR}"
AFTER = f"a year after success, from 1 to {LAST_YEAR}"
LEVEL = "a calendar year"
KRONER = "kroner with up to two decimals"
UNITS = f"a number with up to {PLACES} decimals"

Actor = Literal["municipality", "region", "state"]
MUNICIPALITY = "municipality"
ACTORS: tuple[Actor, ...] = ("municipality", "region", "state")
_Actor = Annotated[Actor, Field(description="municipality, region or state")]
_Label = Annotated[str, Field(min_length=1, max_length=LONGEST, description="a name"), AfterValidator(impersonal_name)]
_Committee = Annotated[
    str, Field(max_length=LONGEST, description="a political committee"), AfterValidator(impersonal_name)
]
_Item = Annotated[str, Field(max_length=LONGEST, description="what is used"), AfterValidator(impersonal_name)]
_Kroner = Annotated[Decimal, Field(ge=-MOST_KRONER, le=MOST_KRONER, decimal_places=2, description=KRONER)]
_Units = Annotated[Decimal, Field(ge=-MOST_UNITS, le=MOST_UNITS, decimal_places=PLACES, description=UNITS)]


class StatedCitizens(Sourced):
    """How many citizens take part."""

    model_config = example(value=36, mark="P", source="the contract")

    value: Annotated[int, Field(ge=1, le=MOST_CITIZENS, description=CITIZENS)]


class StatedShare(Sourced):
    """A success rate: the share of the citizens who reach the success criterion."""

    model_config = example(value=0.35, mark="D", source="evaluation 2019")

    value: Share


class StatedDifference(Sourced):
    """By how much the intervention raises the success rate; below zero where it lowers it."""

    model_config = example(value=0.15)

    value: Annotated[Decimal, Field(ge=-1, le=1, decimal_places=6, description=DIFFERENCE)]


class StatedRate(Sourced):
    """The yearly discount rate (*diskonteringsrente*)."""

    model_config = example(value=0.035, mark="P", source="Finansministeriet 2021")

    value: Rate


class StatedYears(Sourced):
    """A number of years."""

    model_config = example(value=1)

    value: Annotated[int, Field(ge=0, le=LAST_YEAR, description=YEAR)]


class StatedLevel(Sourced):
    """The price level (*prisniveau*) of every amount."""

    model_config = example(value=2022)

    value: Year


class SomCost(Sourced):
    """What the intervention costs one actor in a year, after refusion; year 0 is its first and is not discounted."""

    model_config = example(year=0, actor="municipality", committee="Social", amount=42000, per="citizen")

    year: Annotated[int, Field(ge=0, le=LAST_YEAR, description=YEAR)]
    item: _Item = ""
    actor: _Actor
    committee: _Committee = ""
    amount: _Kroner
    per: Annotated[Literal["citizen", "all"], Field(description="for each citizen, or for all together")] = "all"

    @model_validator(mode="after")
    def _of_a_committee(self) -> Self:
        refuse(*_committee(self.actor, self.committee))
        return self


class Consequence(Sourced):
    """What one success changes in a year for one actor: so much more (+) or less (−) of something that has a price.

    `year` counts after success. `price`: the actor's expense for a unit after state refusion; below zero for an income,
    such as tax. A consequence of −0.5 at a price of 330,000 gains 165,000.
    """

    model_config = example(
        area="Housing", item="shelter", actor="municipality", committee="Social", year=1, quantity=-0.5, price=330000
    )

    area: _Label
    item: _Item = ""
    actor: _Actor
    committee: _Committee = ""
    year: Annotated[int, Field(ge=1, le=LAST_YEAR, description=AFTER)]
    quantity: _Units
    unit: Annotated[str, Field(max_length=LONGEST, description="unit of the quantity")] = ""
    price: _Kroner
    price_level: Annotated[Year | None, Field(description="where it stands it must be the calculation's")] = None

    @model_validator(mode="after")
    def _of_a_committee(self) -> Self:
        refuse(*_committee(self.actor, self.committee))
        return self


class Som(Frozen):
    """A calculation as in SØM; the success rate stands as with and without, or as their difference.

    `success_after_years`: how long after the intervention's first year (year 0) the first year after success comes.
    Year n after success is discounted over `success_after_years` + n − 1 years.
    """

    model_config = example(
        title="Young homeless people",
        citizens={"value": 36},
        success_with={"value": 0.7},
        success_without={"value": 0.35},
        discount_rate={"value": 0.035},
        price_level={"value": 2022},
        costs=[{"year": 0, "actor": "municipality", "committee": "Social", "amount": 42000, "per": "citizen"}],
        consequences=[
            {"area": "Housing", "actor": "municipality", "committee": "Social", "year": 1, "quantity": -0.5, "price": 9}
        ],
    )

    title: Title
    citizens: StatedCitizens
    success_with: StatedShare | None = None
    success_without: StatedShare | None = None
    success_difference: StatedDifference | None = None
    success_after_years: StatedYears = StatedYears(value=NEXT_YEAR)
    discount_rate: StatedRate
    price_level: StatedLevel
    costs: tuple[SomCost, ...] = ()
    consequences: Annotated[tuple[Consequence, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        refuse(
            *rate_findings({name: getattr(self, name) for name in RATES}),
            *doubles("costs", [_key("costs", row) for row in self.costs]),
            *doubles("consequences", [_key("consequences", row) for row in self.consequences]),
            *other_levels(self.price_level.value, [row.price_level for row in self.consequences]),
        )
        return self

    @property
    def successes(self) -> int:
        """Citizens who succeed because of the intervention, in millionths."""
        return self.citizens.value * self._difference()

    def _difference(self) -> int:
        if self.success_difference is not None:
            return ppm(self.success_difference.value)
        with_, without = (0 if rate is None else ppm(rate.value) for rate in (self.success_with, self.success_without))
        return with_ - without


FACTS: dict[str, type[Sourced]] = {
    "citizens": StatedCitizens,
    "success_with": StatedShare,
    "success_without": StatedShare,
    "success_difference": StatedDifference,
    "success_after_years": StatedYears,
    "discount_rate": StatedRate,
    "price_level": StatedLevel,
}
"""The stated numbers of a calculation, by name."""


RATES = ("success_with", "success_without", "success_difference")
SAME = {
    "costs": ("year", "item", "actor", "committee"),
    "consequences": ("area", "item", "actor", "committee", "year"),
}
"""What tells two rows of a part apart."""


def rate_findings(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with the success rates that are given, by name; None is not given."""
    given = {name for name in RATES if facts.get(name) is not None}
    if "success_difference" in given and len(given) > 1:
        told = "the success rate stands both with and without, and as a difference"
        yield Finding(told, ("success_difference",), "keep one of the two")
    elif len(given) == 1 and "success_difference" not in given:
        (name,) = given
        missing = "success_without" if name == "success_with" else "success_with"
        yield Finding(f"expected '{missing}' beside '{name}', found none", (name,), f"add '{missing}'")
    elif not given:
        hint = "add 'success_with' and 'success_without', or 'success_difference'"
        yield Finding("expected a success rate, found none", (), hint)


def _key(part: str, row: SomCost | Consequence) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in SAME[part])


def doubles(part: str, keys: Sequence[tuple[object, ...] | None], places: Sequence[str] = ()) -> Iterator[Finding]:
    """Rows of a part that stand twice, by their keys (see `SAME`); None is a row that nothing is said of.

    places: what the rows are called; without them they are numbered.
    """
    seen: dict[tuple[object, ...], int] = {}
    for number, key in enumerate(keys):
        if key is not None and seen.setdefault(key, number) != number:
            first = places[seen[key]] if places else f"number {seen[key] + 1} of the {part}"
            told = f"this row says again what {first} says"
            yield Finding(told, (part, number, SAME[part][0]), "keep one, or tell them apart by item")


def other_levels(level: int, levels: Sequence[int | None]) -> Iterator[Finding]:
    """Prices of consequences in another price level than the calculation's; None is the calculation's."""
    for number, other in enumerate(levels):
        if other not in (None, level):
            told = f"a price in the price level of {other} in a calculation in that of {level}"
            hint = f"convert the price to {level}, or leave the price level out"
            yield Finding(told, ("consequences", number, "price_level"), hint)


def _committee(actor: Actor, committee: str) -> Iterator[Finding]:
    if actor == "municipality" and not committee:
        told = "expected a committee for an amount of the municipality, found none"
        yield Finding(told, ("committee",), "write the political committee whose budget it is")
