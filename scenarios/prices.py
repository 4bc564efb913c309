"""Price levels, the price and wage index, and the rates that future years are discounted by."""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts.frozen import Frozen, Sourced, example
from contracts.money import PPB, muldiv, round_half_away
from contracts.problems import Finding, refuse
from contracts.values import Name, Rate, Text, Year

from .loading import load_model

PriceLevel = Annotated[Year, Field(description="the calendar year in whose prices an amount is stated, such as 2022")]


class PriceIndex(Sourced):
    """How prices and wages rise (*pris- og lønregulering*, PL): the yearly rate by year, from the year before to it.

    `after`: the rate of every year after the last stated one, or of all years where none is stated.
    """

    model_config = example(rates={2023: 0.031, 2024: 0.044}, after=0.02, source="kl.dk: PL 2023-24", mark="P")

    rates: dict[Year, Rate] = {}
    after: Rate | None = None

    @model_validator(mode="after")
    def _some_rate(self) -> Self:
        if not self.rates and self.after is None:
            refuse(Finding("expected rates by year, or the rate after, found neither", (), "add rates: {2023: 0.02}"))
        return self

    def rate(self, year: int) -> Decimal | None:
        """The rise from the year before to a year; none where it is not stated."""
        found = self.rates.get(year)
        return self.after if found is None and year > max(self.rates, default=0) else found

    def missing(self, first: int, last: int) -> list[int]:
        """The years without a rate that are needed to go between two price levels."""
        return [year for year in range(first + 1, last + 1) if self.rate(year) is None]

    def growth(self, first: int, last: int) -> Decimal:
        """How many times prices of a year are those of an earlier one; KeyError with the year whose rate is missing."""
        with localcontext() as context:
            context.prec = 40
            total = Decimal(1)
            for year in range(first + 1, last + 1):
                rate = self.rate(year)
                if rate is None:
                    raise KeyError(year)
                total *= 1 + rate
            return total


def in_prices_of(amount: int, level: int | None, year: int, index: PriceIndex | None) -> int:
    """Øre of a price level in the prices of a year, rounded once; as it stands without level or index."""
    if level is None or index is None:
        return amount
    if level <= year:
        return muldiv(amount, round_half_away(index.growth(level, year) * PPB), PPB)
    return muldiv(amount, PPB, round_half_away(index.growth(year, level) * PPB))


class DiscountStep(Frozen):
    """A yearly real rate up to a year counted from the start; the last step has no end."""

    model_config = example(until_year=35, rate=0.035)

    rate: Rate
    until_year: Annotated[int, Field(ge=1, description="the last year from the start with this rate")] | None = None


class DiscountRule(Sourced):
    """Real discount rates by steps: year n from the start is divided by (1 + rate) once for each year up to n."""

    model_config = example(name="Real rate", steps=[{"until_year": 35, "rate": 0.035}, {"rate": 0.025}])

    name: Text
    steps: Annotated[tuple[DiscountStep, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _steps_rise(self) -> Self:
        *ends, last = [step.until_year for step in self.steps]
        stated = [end for end in ends if end is not None]
        if last is not None or len(stated) < len(ends) or stated != sorted(set(stated)):
            hint = "give every step but the last its until_year, in rising order"
            refuse(Finding("the steps do not follow each other", ("steps",), hint))
        return self

    def rate(self, year: int) -> Decimal:
        """The real rate from the year before to year n from the start."""
        return next(step.rate for step in self.steps if step.until_year is None or year <= step.until_year)


class NationalDiscounting(Frozen):
    """The state's discount rates that scenarios refer to by name."""

    model_config = example(rules={"flat": {"name": "Flat", "steps": [{"rate": 0.03}]}})

    rules: dict[Name, DiscountRule]


@lru_cache(maxsize=1)
def national_discounting() -> dict[str, DiscountRule]:
    """The rules shipped with the package, each with its source."""
    return load_model(Path(__file__).parent / "national" / "discounting.yaml", NationalDiscounting).rules


class Discounting(Sourced):
    """How future years are discounted: by a constant yearly `rate`, or by a national `rule` of real rates.

    A constant rate is taken as it stands, for the nominal kroner of contracts: budget year n after the first is divided
    by (1 + rate)^n. The rates of a rule are real: with a price index, each year is divided by (1 + real)(1 + index).
    """

    model_config = example(rule="finance_ministry_2021", mark="P", source="fm.dk 2021: discount rates")

    rate: Rate = Decimal(0)
    rule: Name | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.rate and self.rule:
            refuse(Finding("expected one of rate and rule, found both", ("rule",), "keep one of the two"))
        return self


def divisors(discounting: Discounting, index: PriceIndex | None, years: Sequence[int]) -> tuple[float, ...]:
    """What the cash of each budget year is divided by to have its value in the first; KeyError for an unknown rule."""
    if discounting.rule is None:
        return tuple((1 + float(discounting.rate)) ** number for number in range(len(years)))
    rule, found = national_discounting()[discounting.rule], [Decimal(1)]
    for number, year in enumerate(years[1:], start=1):
        prices = index.growth(year - 1, year) if index else 1
        found.append(found[-1] * (1 + rule.rate(number)) * prices)
    return tuple(map(float, found))
