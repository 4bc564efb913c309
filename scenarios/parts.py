"""The parts of a scenario: target group, intervention, lives, economy, measures and designs."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool

from contracts.dates import add_months
from contracts.frozen import Frozen, Sourced, example
from contracts.problems import Finding, refuse
from contracts.terms import Terms
from contracts.timetable import dated
from contracts.values import Day, Kroner, Month, Name, Share, Text, Title

from .economy import BudgetClass, Ceiling, EconomyLine, RefusionRule, national_rules
from .high_cost import HighCostRule
from .lives import Domain, Hazard, Measure
from .prices import Discounting, PriceIndex, PriceLevel, divisors
from .purse import OptimismHaircut, Purse

Clock = Annotated[
    Literal["contract", "citizen"], Field(description="months counted from the contract's or citizen's start")
]
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_CODE = 'a municipality code of four digits in quotes, such as "0751"'


def _in_our_time(start: dt.date) -> dt.date:
    if not _FIRST_YEAR <= start.year <= _LAST_YEAR:
        year = start.year + 2000 if start.year < _LAST_YEAR - 2000 else 2023
        hint = f"write the year with four digits, such as {start.replace(year=year)}"
        refuse(Finding(f"expected a start from {_FIRST_YEAR} to {_LAST_YEAR}, found {start}", (), hint))
    return start


Start = Annotated[Day, AfterValidator(_in_our_time), Field(description="the first day of a month, such as 2023-01-01")]
Group = Literal["families_and_children", "youth_and_employment", "adults_far_from_work", "health"]


class Intake(Frozen):
    """How citizens come in: so many are referred each month, and at most `places` are served at once."""

    per_month: Annotated[int, Field(ge=1, le=100_000, description="how many citizens a month, such as 1")]
    places: Annotated[int, Field(ge=1, le=100_000, description="how many are served at once")] | None = None


class TargetGroup(Sourced):
    """Who the intervention is for, how many, and how they come in.

    `groups`: subgroups that a contract tells apart (`for_groups`), and how many citizens there are in each. They are
    referred mixed: each group evenly over the whole intake, in the order in which they stand where two are due at once.
    """

    citizens: Annotated[int, Field(ge=1, le=100_000, description="how many citizens, such as 36")]
    intake: Intake
    groups: dict[Name, Annotated[int, Field(ge=1, le=100_000, description="how many citizens, such as 12")]] = {}


class CitizenCost(Frozen):
    """Cost that follows each citizen: on the first day, and for each month of service begun."""

    at_start: Kroner = 0
    per_month: Kroner = 0


class Costs(Sourced):
    """What the intervention costs, gross kroner, and on which budget line.

    `cost_clock: contract`: `amounts` by contract month (paid on its last day; 0 is the start) or date. `cost_clock:
    citizen`: `per_citizen`. `refusion`: the share that the state refunds. `price_level`: the year in whose prices the
    amounts are stated; they follow the scenario's `price_index` from it. Without it they are nominal.
    """

    cost_clock: Clock
    amounts: dict[Month | Day, Kroner] | None = None
    per_citizen: CitizenCost | None = None
    committee: Name
    budget_class: Annotated[BudgetClass, Field(alias="class")] = "service"
    ceiling: Ceiling = "net"
    refusion: Share = Decimal(0)
    price_level: PriceLevel | None = None


class Intervention(Sourced):
    """The service: its length for each citizen, how long its effect lasts after it, drop-out, and its costs."""

    months: Annotated[int, Field(ge=1, le=600, description="how many months it lasts for each, such as 12")]
    effect_lasts_months_after: Annotated[int, Field(ge=0, le=1200)] = 0
    drop_out: Hazard | None = None
    costs: Costs


class Party(Sourced):
    """A party beside the municipality, the state and the region; `in_purse`: its money is the municipality's own.

    `fondsmoms`: grants from foundations bear a tax (17.5 %) unless the giver acts under public law: true for the
    national rate, or a share. The municipality pays it to the state on capital that it receives from the party, and on
    what the party pays as guarantor or payer. A loan to the supplier is no grant. Whether the tax comes back when a
    conditional grant is repaid is not settled; here it does not. Mark it A where the party's status is unknown.
    """

    model_config = example(role="investor", fondsmoms=True, mark="A")

    role: Literal["investor", "fund", "supplier", "guarantor", "payer"]
    in_purse: bool = False
    fondsmoms: Annotated[StrictBool | Share, Field(description="true for the national rate, or a share")] = False


class Design(Frozen):
    """One way to finance the intervention.

    `capital_to`: a conditional grant goes to the municipality, which pays the supplier; a loan goes to the supplier.
    `start_delay_months`, `transaction_cost`, `yearly_closure_risk` and `effect_factor` (the power to which every hazard
    ratio is raised) are neutral by default: with the same start and overhead everywhere the ordinary budget tends to
    win.
    """

    kind: Literal["ordinary_budget", "external_investor", "internal_fund"]
    label: dict[Literal["da", "en"], Text] = {}
    note: Text | None = None
    capital_to: Literal["municipality", "supplier"] = "municipality"
    start_delay_months: Annotated[int, Field(ge=0, le=120)] = 0
    transaction_cost: Kroner = 0
    yearly_closure_risk: Annotated[Decimal, Field(ge=0, lt=1, description="a share from 0, below 1")] = Decimal(0)
    effect_factor: Annotated[Decimal, Field(ge=0, le=5, description="0 is no effect, 1 the stated one")] = Decimal(1)
    contract: Terms | None = None


class Parts(Frozen):
    """A whole scenario, each part valid by itself; `model.Scenario` is one whose parts also fit together."""

    title: Title
    municipality: Annotated[str, Field(pattern=r"^\d{4}$", description=_CODE)]
    language: Literal["da", "en"] = "da"
    group: Group | None = None
    start: Start
    horizon_years: Annotated[int, Field(ge=1, le=60, description="how many years are followed")]
    sources: dict[Name, Text] = {}
    target_group: Annotated[TargetGroup, Field(description="who the intervention is for, and how many")]
    intervention: Annotated[Intervention, Field(description="the service: its length, and what it costs")]
    domains: Annotated[dict[Name, Domain], Field(min_length=1, description="parts of life with states, by name")]
    refusion_rules: dict[Name, RefusionRule] = {}
    high_cost_rules: dict[Name, HighCostRule] = {}
    economy: Annotated[dict[Name, EconomyLine], Field(min_length=1, description="what a state costs, by name")]
    price_index: PriceIndex | None = None
    discounting: Discounting = Discounting()
    purse: Annotated[Purse, Field(description="rules of the municipal purse that are reckoned with")] = Purse()
    optimism_haircut: Annotated[OptimismHaircut, Field(description="how much the case is cut")] = OptimismHaircut()
    follow_up_clock: Clock = "contract"
    measures: dict[Name, Measure] = {}
    parties: dict[Name, Party] = {}
    designs: Annotated[dict[Name, Design], Field(min_length=1, description="ways to finance it, by name")]

    @property
    def end(self) -> dt.date:
        """The first day after the horizon."""
        return add_months(self.start, 12 * self.horizon_years)

    @property
    def years(self) -> tuple[int, ...]:
        """The budget (calendar) years that the horizon touches."""
        last = self.end - dt.timedelta(days=1)
        return tuple(range(self.start.year, last.year + 1))

    @property
    def discount_divisors(self) -> tuple[float, ...]:
        """What the cash of each budget year is divided by to have its value in the first year."""
        return divisors(self.discounting, self.price_index, self.years)

    def refusion(self, name: str) -> RefusionRule:
        """A refusion rule of the scenario's own, or a national one (KeyError if neither)."""
        return self.refusion_rules.get(name) or national_rules().refusion[name]

    def terms(self, design: str) -> Terms | None:
        """A design's terms with start and end filled in from the scenario; none for the ordinary budget."""
        chosen = self.designs[design]
        if chosen.contract is None:
            return None
        return dated(chosen.contract, self.contract_start(chosen), self.end - dt.timedelta(days=1))

    def contract_start(self, design: Design) -> dt.date:
        """When a design's contract starts, unless its terms say so themselves: after its start delay."""
        return add_months(self.start, design.start_delay_months)

    def high_cost(self, name: str) -> HighCostRule:
        """A rule for expensive cases of the scenario's own, or a national one (KeyError if neither)."""
        return self.high_cost_rules.get(name) or national_rules().high_cost[name]

    def known_high_cost(self) -> tuple[str, ...]:
        """Names that `high_cost:` may refer to."""
        return (*self.high_cost_rules, *national_rules().high_cost)

    def known_refusion(self) -> tuple[str, ...]:
        """Names that `refusion:` may refer to."""
        return (*self.refusion_rules, *national_rules().refusion)
