"""What a year in a state costs, and what the state refunds: the economic part of a scenario, as data."""

from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts.frozen import Frozen, Sourced
from contracts.problems import Finding, refuse
from contracts.values import Day, Kroner, Name, Share, Text

from .high_cost import HighCostRule
from .loading import load_model
from .prices import PriceLevel

HIGHEST_PRICE = 120_000_000
"""Kroner: what a citizen's year in a state may cost at most, so that refusion is computed exactly in 64 bits."""
BudgetClass = Annotated[
    Literal["service", "transfer", "capital", "financing"],
    Field(description="service, transfer, capital or financing"),
]
Ceiling = Annotated[
    Literal["gross", "net", "outside"],
    Field(description="how the line counts under the service ceiling (servicerammen)"),
]


class RefusionTier(Frozen):
    """The state refunds `share` for the first `days` or `weeks` of counted time; the last tier has neither."""

    share: Share
    days: Annotated[int, Field(ge=1)] | None = None
    weeks: Annotated[int, Field(ge=1)] | None = None

    @property
    def until(self) -> int | None:
        """Counted days (of a 360-day year) at which the tier ends; 52 weeks are a year."""
        return self.days if self.weeks is None else round(self.weeks * 360 / 52)


class RefusionVersion(Sourced):
    """The tiers in force from a date."""

    since: Day | None = None
    tiers: Annotated[tuple[RefusionTier, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _tiers_rise(self) -> Self:
        bounds = [tier.until for tier in self.tiers]
        limits = [bound for bound in bounds[:-1] if bound is not None]
        if bounds[-1] is not None or len(limits) < len(bounds) - 1 or limits != sorted(set(limits)):
            hint = "give every tier but the last its days or weeks, in rising order"
            refuse(Finding("the tiers do not follow each other", ("tiers",), hint))
        return self


class RefusionRule(Sourced):
    """State reimbursement (*refusion*) as a step function of counted time in a state.

    `clock: in_state` counts while a citizen is in the state, and starts again: `never`; each `running_year` from the
    first admission (shelters, §110); or after 52 weeks of `self_support` within three years (benefits).
    `clock: first_discharge` counts from the first discharge from another state, which the line names in
    `discharged_from`, and never starts again. Nothing is refunded before the first version's date, and a discharge
    before it does not count.
    """

    name: Text
    clock: Literal["in_state", "first_discharge"] = "in_state"
    reset: Literal["never", "running_year", "self_support"] = "never"
    versions: Annotated[tuple[RefusionVersion, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        if self.clock == "first_discharge" and self.reset != "never":
            told = f"time since the first discharge never starts again, found reset {self.reset}"
            refuse(Finding(told, ("reset",), "remove it"))
        return self


class NationalRules(Frozen):
    """The dated national rules that scenarios refer to by name."""

    refusion: dict[Name, RefusionRule]
    high_cost: dict[Name, HighCostRule] = {}


@lru_cache(maxsize=1)
def national_rules() -> NationalRules:
    """The rules shipped with the package, each version with its source."""
    return load_model(Path(__file__).parent / "national" / "refusion.yaml", NationalRules)


class EconomyLine(Sourced):
    """A budget line that a state of a domain costs: gross kroner per citizen, by month or by year (12 months).

    `cashable`: the share of the average cost that is really released when a citizen leaves the state. `refusion`: a
    national rule by name, or one constant share. `counted_days_before`: days that count towards the rule's steps when a
    citizen is referred (for the benefit ladder), in days of a 360-day year. `discharged_from`: the line whose state one
    is discharged from, for a rule that counts from the first discharge. `high_cost`: a rule for expensive cases by
    name, which refunds of the cost after `refusion`; where lines share a rule, each gets what it adds to those that
    stand above it. `price_level`: the year in whose prices the gross amount is stated; it follows the scenario's
    `price_index` from it. Without it the amount is nominal.
    """

    domain: Name
    state: Name
    gross_per_year: Annotated[Kroner, Field(le=HIGHEST_PRICE)] | None = None
    gross_per_month: Annotated[Kroner, Field(le=10_000_000)] | None = None
    committee: Name
    budget_class: Annotated[BudgetClass, Field(alias="class")]
    ceiling: Ceiling = "net"
    refusion: Share | Name = Decimal(0)
    counted_days_before: Annotated[int, Field(ge=0)] = 0
    discharged_from: Name | None = None
    high_cost: Name | None = None
    cashable: Share = Decimal(1)
    price_level: PriceLevel | None = None

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        if self.gross_per_year is None and self.gross_per_month is None:
            refuse(Finding("expected one of gross_per_year and gross_per_month, found none", (), "add one of the two"))
        if self.gross_per_year is not None and self.gross_per_month is not None:
            told = "expected one of gross_per_year and gross_per_month, found both"
            refuse(Finding(told, ("gross_per_month",), "keep one of the two"))
        return self

    @property
    def kroner_per_year(self) -> int:
        """Gross kroner for twelve months in the state."""
        return self.gross_per_year if self.gross_per_year is not None else 12 * (self.gross_per_month or 0)
