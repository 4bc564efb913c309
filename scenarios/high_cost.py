"""What the state refunds of especially expensive cases (*særligt dyre enkeltsager*, §176), as data."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts.frozen import Frozen, Sourced, example
from contracts.problems import Finding, refuse
from contracts.values import Day, Kroner, Text

Percent = Annotated[int, Field(ge=0, le=100, description="whole per cent, such as 25")]


class HighCostTier(Frozen):
    """The state refunds so many per cent of what a case costs above an amount a year, up to the next tier's."""

    model_config = example(above=860_000, percent=25)

    above: Annotated[Kroner, Field(description="kroner a year, such as 860000")]
    percent: Percent


class HighCostVersion(Sourced):
    """The tiers in force from the first of a month."""

    model_config = example(since="2022-01-01", tiers=[{"above": 860_000, "percent": 25}])

    since: Day
    tiers: Annotated[tuple[HighCostTier, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _tiers_rise(self) -> Self:
        above = [tier.above for tier in self.tiers]
        if above != sorted(set(above)):
            refuse(Finding("the tiers do not follow each other", ("tiers",), "state the amounts in rising order"))
        if self.since.day != 1:
            told = f"thresholds change with a month, found {self.since}"
            refuse(Finding(told, ("since",), f"write {self.since.replace(day=1)}"))
        return self


class HighCostRule(Sourced):
    """Refusion of expensive cases, computed by citizen and month on one twelfth of the thresholds of a year.

    A case is a citizen of the target group, who stands for the household. Its cost is that of the economy lines that
    name the rule in `high_cost`, after their own `refusion`; what citizens pay themselves must not stand in their gross
    amounts. After the last version the thresholds follow the scenario's `price_index` from their own year on.
    """

    model_config = example(
        name="§176", versions=[{"since": "2022-01-01", "tiers": [{"above": 860_000, "percent": 25}]}]
    )

    name: Text
    versions: Annotated[tuple[HighCostVersion, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        dates = [version.since for version in self.versions]
        if dates != sorted(set(dates)):
            refuse(
                Finding("the versions do not follow each other", ("versions",), "state them in order of their dates")
            )
        return self
