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

    The class says who pays: services and capital (*anlæg*) use staff and places; transfers are paid to citizens; a line
    of class financing is the tax that a citizen in the state pays, an income. Only service counts under the service
    ceiling, gross or net of refusion, as `ceiling` says; the other classes lie outside it.

    `refusion`: a national rule by name, or one constant share. `counted_days_before`: days that count towards the
    rule's steps when a citizen is referred (for the benefit ladder), in days of a 360-day year. `discharged_from`: the
    line whose state one is discharged from, for a rule that counts from the first discharge. `high_cost`: a rule for
    expensive cases by name, which refunds of the cost after `refusion`; where lines share a rule, each gets what it
    adds to those that stand above it. `price_level`: the year in whose prices the gross amount is stated; it follows
    the scenario's `price_index` from it. Without it the amount is nominal.

    What of the average cost is released when a citizen leaves the state:

    - `notice_months`: a bought place is paid, and refunded, so many months longer. Who comes back within the notice
      comes back to the place that is paid already. It is so in both lives.
    - `cashable`: of the cost that is then no longer needed, the share that is released. In places of one's own it is
      1 less the share of fixed cost.
    - `refilled`: of what is then free, the share that goes to citizens on the waiting list. Someone else is helped for
      it, but no krone is saved, and the state refunds as before.

    They combine in this order: fewer paid days × price × cashable × (1 − refilled) is saved.
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
    cashable: Annotated[Share, Field(description="the share of an average cost that is released")] = Decimal(1)
    notice_months: Annotated[int, Field(ge=0, le=120, description="how long a place left is paid")] = 0
    refilled: Annotated[Share, Field(description="the share of free places that others get")] = Decimal(0)
    price_level: PriceLevel | None = None

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        if self.gross_per_year is None and self.gross_per_month is None:
            refuse(Finding("expected one of gross_per_year and gross_per_month, found none", (), "add one of the two"))
        if self.gross_per_year is not None and self.gross_per_month is not None:
            told = "expected one of gross_per_year and gross_per_month, found both"
            refuse(Finding(told, ("gross_per_month",), "keep one of the two"))
        return self

    @model_validator(mode="after")
    def _has_what_its_class_has(self) -> Self:
        """Benefits and taxes are no places, and nobody refunds a tax."""
        if self.budget_class in ("transfer", "financing"):
            given = [name for name in ("notice_months", "refilled") if getattr(self, name)]
            hint = "remove it; only places are bought at notice or refilled"
            refuse(*(Finding(f"a line of class {self.budget_class} has no {n}", (n,), hint) for n in given))
        if self.budget_class == "financing" and self.refusion != 0:
            refuse(Finding("a line of class financing is a tax, which nobody refunds", ("refusion",), "remove it"))
        return self

    @property
    def income(self) -> bool:
        """Whether the state brings the amount in, as a tax, instead of costing it."""
        return self.budget_class == "financing"

    @property
    def kroner_per_year(self) -> int:
        """Gross kroner for twelve months in the state."""
        return self.gross_per_year if self.gross_per_year is not None else 12 * (self.gross_per_month or 0)
