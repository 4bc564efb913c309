"""What terms become for settlement: names are indices, kroner øre, shares millionths, rules dates.

A `Plan` is made by `compiled.compile_terms`; settlement and simulation read nothing else of the terms.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

import numpy as np

from .agreed import ENROLLED
from .dates import Accrual
from .money import PPM, Ore

ALWAYS = 10**7
"""A day (proleptic ordinal) that no contract reaches."""

VolumeTiers = tuple[tuple[int, int, int], ...]
SavingTiers = tuple[tuple[int, int, int, int | None], ...]


@dataclass(frozen=True)
class GatePlan:
    """A gate: metric index, follow-up month (−1: any), and whether only what is found from then on counts."""

    metric: int
    point: int
    from_then: bool


@dataclass(frozen=True)
class TestPlan:
    """A condition: on a metric (index, else −1) of chosen groups, or on what columns have earned; how to compare.

    months: follow-ups that are looked at (none: all). threshold: millionths for a metric, øre for columns. any_of: the
    condition is that one of these is met.
    """

    metric: int
    months: tuple[int, ...]
    groups: tuple[int, ...]
    number: bool
    columns: tuple[int, ...]
    comparison: str
    threshold: int
    wanted: bool
    any_of: "tuple[TestPlan, ...]" = ()


@dataclass(frozen=True)
class SpanPlan:
    """What all clauses have: the days (proleptic ordinals) of the facts that earn by them, and their conditions.

    begun: facts from that day on count in tiers, limits for each person and values; before `since` only where the
    clause goes on with one that it replaced.
    """

    begun: int
    since: int
    until: int
    tests: tuple[TestPlan, ...]

    @property
    def tested(self) -> frozenset[int]:
        """The metrics that the conditions look at."""
        singles = (single for test in self.tests for single in (test.any_of or (test,)))
        return frozenset(single.metric for single in singles if single.metric >= 0)


@dataclass(frozen=True)
class PricePlan(SpanPlan):
    """A unit price: metric index, and øre by follow-up month (0 where the month has no price) for `per` millionths.

    tiers: (low, width, øre) by millionths found in all, instead of `price`. less: metrics that are taken off.
    """

    metric: int
    price: Ore
    flat: bool
    per: int
    tiers: VolumeTiers
    groups: tuple[int, ...]
    most_per_person: int | None
    quota: int | None
    gates: tuple[GatePlan, ...]
    less: tuple[int, ...]

    @property
    def plain(self) -> bool:
        """Whether it is a price by follow-up month and nothing else."""
        simple = not (self.tiers or self.groups or self.gates or self.less)
        return simple and self.per == PPM and self.most_per_person is None and self.quota is None

    def price_at(self, point: Ore) -> Ore:
        """Øre for `per` at a follow-up month, or at each of several."""
        return self.price[np.minimum(point, len(self.price) - 1)]


@dataclass(frozen=True)
class SavingsPlan(SpanPlan):
    """A share of savings: metric index, and tiers (low, width, share in ppm, øre earned by the full tier or None).

    baseline: (millionths of a period, øre a unit); without it facts are øre. less: metrics that are taken off.
    by_earned: whether tiers last by what is earned. before: the clause that it goes on with.
    """

    metric: int
    tiers: SavingTiers
    by_earned: bool
    baseline: tuple[int, int] | None
    less: tuple[int, ...]
    before: "SavingsPlan | None"


@dataclass(frozen=True)
class SchedulePlan(SpanPlan):
    """Amounts that fall due by themselves: cumulative øre at each statement, and each (day, øre)."""

    due: Ore
    dated: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class AmountPlan:
    """An amount of a band: øre, or millionths of what the band is of."""

    pays: int
    share: int | None


@dataclass(frozen=True)
class DuePlan:
    """When a band falls due: day, statement, months that the amount is for (12: a whole year), and its least."""

    day: int
    statement: int
    months: int
    least: AmountPlan | None


@dataclass(frozen=True)
class BandPlan(SpanPlan):
    """A band. steps: (comparison, millionths, amount), the hardest to meet last; nodes: (millionths, amount).

    of: øre that shares are of, or None for the capital drawn. due: empty when it is due with every statement. earlier:
    columns whose amount in all this band's takes the place of, since it goes on with them. for_each: the metric whose
    number multiplies the amount.
    """

    metric: int
    number: bool
    on: Literal["all_so_far", "last_measurement", "each_measurement"]
    steps: tuple[tuple[str, int, AmountPlan], ...]
    nodes: tuple[tuple[int, AmountPlan], ...]
    otherwise: AmountPlan
    of: int | None
    due: tuple[DuePlan, ...]
    dated: bool
    for_each: int | None
    months: tuple[int, ...]
    groups: tuple[int, ...]
    earlier: tuple[int, ...]


AnyPlan = PricePlan | SavingsPlan | SchedulePlan | BandPlan


@dataclass(frozen=True)
class LimitPlan:
    """A limit on money: its kind, øre, the columns that it is on (none: all), whether the excess lapses.

    since, until: the settlement days (proleptic ordinals) on which it is in force.
    """

    kind: str
    amount: int
    columns: tuple[int, ...]
    lapses: bool
    since: int = 0
    until: int = ALWAYS


@dataclass(frozen=True)
class PersonLimitPlan:
    """A limit per person: øre, and the columns whose lines it cuts."""

    amount: int
    columns: tuple[int, ...]


@dataclass(frozen=True)
class CeilingPlan:
    """The return ceiling's yearly rate, how it accrues, and whether on the outstanding account or on all capital."""

    rate: Decimal
    accrual: Accrual
    simple: bool


@dataclass(frozen=True)
class Plan:
    """Compiled terms. Days are proleptic ordinals, amounts øre, shares ppm.

    `columns` are what can be paid: the clauses, then `floor`, `early end` and `guarantee` where agreed; an amended
    clause has a column for each span of days. `payer_shares` gives for each column the payers' indices in `payers` and
    their shares; `payer_caps` the øre that each payer pays at most. `person_limits`: those on fewer columns come
    first. `year_begins`: the month with which the years of a yearly limit begin. `replaced`: the columns of each clause
    and metric that has more than one. `repays`, `sets_off_anywhere`: what becomes of overpayments; if neither, they are
    set off within their clause.
    """

    start_day: int
    end_day: int
    statement_days: tuple[int, ...]
    year_begins: int
    reporting_days: int
    draws: tuple[tuple[int, int], ...]
    draws_as_costs: bool
    metrics: tuple[str, ...]
    groups: tuple[str, ...]
    clauses: tuple[AnyPlan, ...]
    columns: tuple[str, ...]
    payers: tuple[str, ...]
    payer_shares: tuple[tuple[list[int], list[int]], ...]
    payer_caps: tuple[int | None, ...]
    investors: tuple[str, ...]
    capital_shares: tuple[int, ...]
    person_limits: tuple[PersonLimitPlan, ...]
    limits: tuple[LimitPlan, ...]
    ceiling: CeilingPlan | None
    floor_column: int | None
    floor_share: int
    early_column: int | None
    early_amount: int
    early_results: Literal["lapse", "settled", "run_off"]
    guarantee_column: int | None
    guarantee_amount: int
    repays: bool
    sets_off_anywhere: bool
    replaced: tuple[tuple[int, ...], ...] = ()

    @property
    def by_person(self) -> bool:
        """Whether it must be known whose result is whose, and on which day."""
        amended = any(clause.since > 0 or clause.until < ALWAYS for clause in self.clauses)
        prices = [clause for clause in self.clauses if isinstance(clause, PricePlan)]
        singly = any(p.gates or p.most_per_person is not None for p in prices)
        return bool(self.person_limits) or amended or singly

    @property
    def plain_prices(self) -> bool:
        """Whether every unit price is a price by follow-up month and nothing else, in force throughout.

        A limit per person is then one, and on all of them.
        """
        prices = [clause for clause in self.clauses if isinstance(clause, PricePlan)]
        everywhere = all(clause.since == 0 and clause.until == ALWAYS and not clause.tests for clause in self.clauses)
        limits = self.person_limits
        every = not limits or (len(limits) == 1 and len(limits[0].columns) == len(prices))
        return everywhere and every and all(clause.plain for clause in prices)

    @cached_property
    def saving_metrics(self) -> tuple[str, ...]:
        """Metrics whose facts are amounts."""
        clauses = [clause for clause in self.clauses if isinstance(clause, SavingsPlan) and not clause.baseline]
        found = dict.fromkeys(metric for clause in clauses for metric in (clause.metric, *clause.less))
        return tuple(self.metrics[metric] for metric in found)

    @cached_property
    def outcome_metrics(self) -> tuple[str, ...]:
        """Metrics whose facts are quantities that somebody measures."""
        return tuple(name for name in self.metrics if name not in self.saving_metrics and name != ENROLLED)

    @cached_property
    def personal_metrics(self) -> frozenset[str]:
        """Metrics of which some clause looks at each person's results, so that a count will not do."""
        found: set[int] = set()
        for column, clause in enumerate(self.clauses):
            limited = any(column in limit.columns for limit in self.person_limits)
            if isinstance(clause, PricePlan) and (clause.gates or clause.most_per_person is not None or limited):
                found |= {clause.metric, *clause.less, *(gate.metric for gate in clause.gates)}
        return frozenset(self.metrics[metric] for metric in found)

    @cached_property
    def metrics_from_zero(self) -> frozenset[str]:
        """Metrics of which a negative quantity would make no sense."""
        prices = [clause for clause in self.clauses if isinstance(clause, PricePlan)]
        bands = [clause for clause in self.clauses if isinstance(clause, BandPlan)]
        banded = [clause.metric for clause in bands if clause.number]
        banded += [clause.for_each for clause in bands if clause.for_each is not None]
        read = [metric for clause in prices for metric in (clause.metric, *clause.less)]
        gates = [gate.metric for clause in prices for gate in clause.gates]
        return frozenset(self.metrics[metric] for metric in (*read, *gates, *banded))

    def counts_failures(self, metric: int) -> bool:
        """Whether some clause divides by how many were measured of a metric."""
        return any(_divides(clause, metric) for clause in self.clauses)

    @property
    def needs_capital(self) -> bool:
        """Whether some clause pays a share of the capital drawn."""
        return any(isinstance(clause, BandPlan) and clause.of is None for clause in self.clauses)


def _divides(clause: AnyPlan, metric: int) -> bool:
    if metric in clause.tested:
        return True
    if isinstance(clause, BandPlan):
        return clause.metric == metric
    return isinstance(clause, PricePlan) and clause.metric == metric and clause.quota is not None
