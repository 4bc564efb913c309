"""A scenario made ready for simulation: dates become instants, names indices, kroner øre, plans compiled."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from contracts.compiled import compile_terms
from contracts.dates import add_months, month_end
from contracts.money import PPM, ore, ppm
from contracts.plans import BandPlan, Plan
from contracts.terms import Terms
from scenarios.economy import EconomyLine
from scenarios.lives import HazardDomain, OutcomeMeasure, SavingMeasure, StatedDomain
from scenarios.model import Scenario
from scenarios.parts import Design
from scenarios.prices import in_prices_of

from .high_cost import Thresholds
from .lives import Move, moves
from .months import MONTH, YEAR, date_of, day_of, year_starts
from .refusion import CountedRule, counted_rule
from .spans import Span

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Variant:
    """What designs may change about the world itself; designs with the same variant share citizens' lives."""

    start_delay_months: int = 0
    yearly_closure_risk: Decimal = Decimal(0)
    effect_factor: Decimal = Decimal(1)


def variant_of(scenario: Scenario, design: Design) -> Variant:
    """The variant of the world that a design asks for; a haircut on the effect weakens that of every design."""
    factor = design.effect_factor * (1 - scenario.optimism_haircut.effect)
    return Variant(design.start_delay_months, design.yearly_closure_risk, factor)


@dataclass(frozen=True)
class LineSetup:
    """An economy line: its state's index, days of notice and refusion rule.

    prices: øre for 360 days in the state, by budget year; believed after a haircut, cashable and refilled: ppm, what is
    released (see `cashability`); discharged_from: domain and state's index, where the rule counts from the first
    discharge from it; shared: the lines up to this one that share its rule for expensive cases.
    """

    name: str
    line: EconomyLine
    state: int
    prices: Ints
    believed: int
    cashable: int
    notice: int
    refilled: int
    rule: CountedRule
    discharged_from: tuple[str, int] | None
    shared: tuple[str, ...]


@dataclass(frozen=True)
class ContractSetup:
    """A design's contract: plan, day numbers of statements and end, and the statement that settles each instant.

    groups: number of the subgroup by citizen, those of the plan first; none where the plan tells no groups apart.
    """

    plan: Plan
    statement_days: tuple[int, ...]
    end_day: int
    draw_days: tuple[tuple[int, int], ...]
    statement_of: Ints
    groups: Ints | None


@dataclass(frozen=True)
class Setup:
    """All that the blocks of a simulation share.

    referred, groups: instant of referral and name of the subgroup ("" for none) by citizen.
    """

    scenario: Scenario
    horizon: int
    years: tuple[int, ...]
    year_starts: tuple[int, ...]
    referred: NDArray[np.int32]
    groups: tuple[str, ...]
    ordinal_of: Ints
    year_of: Ints
    lines: tuple[LineSetup, ...]
    contracts: dict[str, ContractSetup]
    measures: dict[str, OutcomeMeasure]
    savings: dict[str, SavingMeasure]
    thresholds: dict[str, Thresholds]

    def span(self, rows: int) -> Span:
        """The budget years for so many replications."""
        return Span(self.year_starts, self.horizon, rows)

    def moves(self, domain: str, factor: Decimal) -> tuple[tuple[Move, ...], ...]:
        """A drawn domain's transitions with the effect raised to a power, and its shocks by instant."""
        found = self.scenario.domains[domain]
        if not isinstance(found, HazardDomain):
            raise TypeError(f"the lives in {domain} are stated, not drawn")
        return moves(found, float(factor), self.scenario.start)

    def stated_paths(self, domain: StatedDomain, with_intervention: bool) -> list[dict[int, int]]:
        """Each citizen's stated course as {instant: state index}."""
        paths = []
        for group in domain.stated:
            stated = group.with_ if with_intervention else group.without
            path = {day_of(day, self.scenario.start): domain.states.index(state) for day, state in stated.items()}
            paths += [path] * group.citizens
        return paths

    def ordinal(self, day: int) -> int:
        """Proleptic ordinal of a day number."""
        return int(self.ordinal_of[day + 1])

    def year(self, day: int) -> int:
        """Calendar year of a day number."""
        return int(self.year_of[day + 1])


def prepare(scenario: Scenario) -> Setup:
    """The setup of a scenario."""
    horizon = YEAR * scenario.horizon_years
    days = [date_of(day, scenario.start) for day in range(-1, horizon + 1)]
    count, per_month = scenario.target_group.citizens, scenario.target_group.intake.per_month
    groups = subgroups(scenario.target_group.groups) or ("",) * count
    return Setup(
        scenario=scenario,
        horizon=horizon,
        years=scenario.years,
        year_starts=tuple(year_starts(scenario.start, scenario.years)),
        referred=(np.arange(count) // per_month * MONTH).astype(np.int32),
        groups=groups,
        ordinal_of=np.array([day.toordinal() for day in days], np.int64),
        year_of=np.array([day.year for day in days], np.int64),
        lines=tuple(_line(scenario, name, line) for name, line in scenario.economy.items()),
        contracts={
            name: _contract(scenario, terms, horizon, groups)
            for name in scenario.designs
            if (terms := scenario.terms(name)) is not None
        },
        measures={n: m for n, m in scenario.measures.items() if isinstance(m, OutcomeMeasure)},
        savings={n: m for n, m in scenario.measures.items() if isinstance(m, SavingMeasure)},
        thresholds={
            line.high_cost: thresholds(scenario, line.high_cost) for line in scenario.economy.values() if line.high_cost
        },
    )


def _line(scenario: Scenario, name: str, line: EconomyLine) -> LineSetup:
    if isinstance(line.refusion, str):
        named = scenario.refusion(line.refusion)
        dates = [version.since for version in named.versions if version.since is not None]
        rule = counted_rule(named, {day: day_of(day, scenario.start) for day in dates})
    else:
        rule = CountedRule("never", ((-(10**9), ((0, 10**9, ppm(line.refusion)),)),))
    price = ore(line.kroner_per_year)
    return LineSetup(
        name=name,
        line=line,
        state=_state(scenario, name)[1],
        prices=np.array([in_prices_of(price, line.price_level, year, scenario.price_index) for year in scenario.years]),
        believed=PPM - ppm(scenario.optimism_haircut.gain),
        cashable=ppm(line.cashable),
        notice=line.notice_months * MONTH,
        refilled=ppm(line.refilled),
        rule=rule,
        discharged_from=_state(scenario, line.discharged_from) if line.discharged_from else None,
        shared=_shared(scenario, name) if line.high_cost else (),
    )


def _state(scenario: Scenario, line: str) -> tuple[str, int]:
    """The domain and the index of the state that an economy line costs."""
    found = scenario.economy[line]
    return found.domain, scenario.domains[found.domain].states.index(found.state)


def _shared(scenario: Scenario, name: str) -> tuple[str, ...]:
    rule = scenario.economy[name].high_cost
    sharing = [other for other, line in scenario.economy.items() if line.high_cost == rule]
    return tuple(sharing[: sharing.index(name) + 1])


def thresholds(scenario: Scenario, name: str) -> Thresholds:
    """A rule for expensive cases by month; those of the last version follow the price index from their own year."""
    versions = scenario.high_cost(name).versions
    months = [add_months(scenario.start, month) for month in range(12 * scenario.horizon_years)]
    tiers = max(len(version.tiers) for version in versions)
    above, percent = np.zeros((2, tiers, len(months)), np.int64)
    for number, day in enumerate(months):
        found = [version for version in versions if version.since <= day][-1]
        level, below = found.since.year if found is versions[-1] else None, 0
        for tier, stated in enumerate(found.tiers):
            above[tier, number] = in_prices_of(ore(stated.above), level, day.year, scenario.price_index)
            percent[tier, number] = stated.percent - below
            below = stated.percent
    return Thresholds(above, percent)


def subgroups(citizens: Mapping[str, int]) -> tuple[str, ...]:
    """The subgroup of each citizen, in the order of referral: every group evenly over the whole, its k-th of n citizens
    at (2k + 1) / 2n of the way; of two at one place the group that stands first.
    """
    if not citizens:
        return ()
    names, sizes = list(citizens), list(citizens.values())
    number = np.repeat(np.arange(len(sizes)), sizes)
    place = np.concatenate([(2 * np.arange(size) + 1) / size for size in sizes])
    return tuple(names[n] for n in number[np.lexsort((number, place))].tolist())


def _contract(scenario: Scenario, terms: Terms, horizon: int, groups: tuple[str, ...]) -> ContractSetup:
    plan = compile_terms(terms)

    def number(ordinal: int) -> int:
        return day_of(dt.date.fromordinal(ordinal), scenario.start)

    statements = tuple(number(day) for day in plan.statement_days)
    statement_of = np.searchsorted(np.array(statements) + 1, np.arange(horizon + 2))
    # what was found before the contract began is no fact of it
    statement_of[: number(plan.start_day) + 1] = len(statements)
    apart = plan.groups or any(isinstance(c, BandPlan) and c.on == "each_measurement" for c in plan.clauses)
    numbers = {name: index for index, name in enumerate(dict.fromkeys((*plan.groups, *groups)))}
    return ContractSetup(
        plan=plan,
        statement_days=statements,
        end_day=number(plan.end_day),
        draw_days=tuple((number(day), amount) for day, amount in plan.draws),
        statement_of=statement_of,
        groups=np.array([numbers[name] for name in groups], np.int64) if apart else None,
    )


def cost_days(scenario: Scenario, delay_months: int) -> list[tuple[int, int]]:
    """Day numbers and øre of a contract-clock cost schedule, moved by a delay, within the horizon."""
    start, costs = scenario.start, scenario.intervention.costs
    dated = []
    for when, kroner in (costs.amounts or {}).items():
        day = add_months(when, delay_months) if isinstance(when, dt.date) else month_end(start, when + delay_months)
        if when == 0 and not isinstance(when, dt.date):
            day = add_months(start, delay_months)
        if day < scenario.end:
            amount = in_prices_of(ore(kroner), costs.price_level, day.year, scenario.price_index)
            dated.append((day_of(day, start), amount))
    return sorted(dated)
