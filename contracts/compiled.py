"""Terms made ready for settlement: names become indices, kroner øre, shares millionths, rules dates."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import numpy as np

from .dates import Accrual
from .money import PPM, Ore, muldiv, ore, ppm
from .terms import (
    Clause,
    NoRepayment,
    PerClause,
    PerPerson,
    PerYear,
    ReturnCeiling,
    SavingsShare,
    Scheduled,
    Terms,
    Total,
    UnitPrice,
    contract_dates,
    draw_dates,
    scheduled_dates,
    statement_dates,
)

_ORDER = {"per_clause": 0, "per_year": 1, "total": 2, "return_ceiling": 3}
_UNBOUNDED = 2**62


@dataclass(frozen=True)
class PricePlan:
    """A unit price: metric index, and øre by follow-up month (0 where the month has no price)."""

    metric: int
    price: Ore

    def price_at(self, point: Ore) -> Ore:
        """Øre for an outcome at a follow-up month, or at each of several; the last element of `price` is 0."""
        return self.price[np.minimum(point, len(self.price) - 1)]


@dataclass(frozen=True)
class SavingsPlan:
    """A share of savings: metric index, and tiers (low, width, share in ppm, øre earned by the full tier or None)."""

    metric: int
    tiers: tuple[tuple[int, int, int, int | None], ...]


@dataclass(frozen=True)
class SchedulePlan:
    """Amounts that fall due by themselves: cumulative øre at each statement."""

    due: Ore


@dataclass(frozen=True)
class LimitPlan:
    """A limit on money: its kind, øre, the column of a clause limit, and whether the excess lapses."""

    kind: str
    amount: int
    column: int
    lapses: bool


@dataclass(frozen=True)
class CeilingPlan:
    """The return ceiling's yearly rate and how it accrues."""

    rate: Decimal
    accrual: Accrual


@dataclass(frozen=True)
class Plan:
    """Compiled terms. Days are proleptic ordinals, amounts øre, shares ppm.

    `columns` are what can be paid: the clauses, then `floor` and `guarantee` where agreed; `payer_shares` gives for
    each column the payers' indices in `payers` and their shares.
    """

    start_day: int
    end_day: int
    statement_days: tuple[int, ...]
    statement_years: tuple[int, ...]
    draws: tuple[tuple[int, int], ...]
    draws_as_costs: bool
    metrics: tuple[str, ...]
    clauses: tuple[PricePlan | SavingsPlan | SchedulePlan, ...]
    columns: tuple[str, ...]
    payers: tuple[str, ...]
    payer_shares: tuple[tuple[list[int], list[int]], ...]
    investors: tuple[str, ...]
    capital_shares: tuple[int, ...]
    person_cap: int | None
    limits: tuple[LimitPlan, ...]
    ceiling: CeilingPlan | None
    floor_column: int | None
    floor_share: int
    guarantee_column: int | None
    guarantee_amount: int


def compile_terms(terms: Terms) -> Plan:
    """The plan of dated terms; the same terms give the same plan object.

    Raises ValueError when terms have no dates or amounts are finer than an øre.
    """
    return _compiled(terms.model_dump_json())


@lru_cache(maxsize=256)
def _compiled(text: str) -> Plan:
    terms = Terms.model_validate_json(text)
    start, end = contract_dates(terms)
    days = statement_dates(terms)
    clauses = {name: clause for name, clause in terms.clauses.items() if not isinstance(clause, NoRepayment)}
    metrics = tuple(dict.fromkeys(c.metric for c in clauses.values() if isinstance(c, UnitPrice | SavingsShare)))
    ordinals = tuple(day.toordinal() for day in days)
    columns = [*clauses]
    splits = [clause.payers for clause in clauses.values()]
    if terms.floor:
        columns.append("floor")
        splits.append(terms.floor.payers)
    if terms.guarantee:
        columns.append("guarantee")
        splits.append({terms.guarantee.by: Decimal(1)})
    payers = tuple(dict.fromkeys(name for shares in splits for name in shares))
    ceiling = next((limit for limit in terms.limits if isinstance(limit, ReturnCeiling)), None)
    cap = next((limit for limit in terms.limits if isinstance(limit, PerPerson)), None)
    return Plan(
        start_day=start.toordinal(),
        end_day=end.toordinal(),
        statement_days=ordinals,
        statement_years=tuple(day.year for day in days),
        draws=tuple((day.toordinal(), ore(kroner)) for day, kroner in draw_dates(terms).items()),
        draws_as_costs=terms.draws == "as_costs",
        metrics=metrics,
        clauses=tuple(_clause(clause, metrics, ordinals) for clause in clauses.values()),
        columns=tuple(columns),
        payers=payers,
        payer_shares=tuple(
            ([payers.index(name) for name in shares], [ppm(share) for share in shares.values()]) for shares in splits
        ),
        investors=tuple(terms.capital),
        capital_shares=tuple(ppm(share) for share in terms.capital.values()),
        person_cap=ore(cap.amount) if cap else None,
        limits=_limits(terms, columns),
        ceiling=CeilingPlan(ceiling.rate, ceiling.accrual) if ceiling else None,
        floor_column=columns.index("floor") if terms.floor else None,
        floor_share=ppm(terms.floor.share_of_capital) if terms.floor else 0,
        guarantee_column=columns.index("guarantee") if terms.guarantee else None,
        guarantee_amount=ore(terms.guarantee.amount) if terms.guarantee else 0,
    )


def _clause(clause: Clause, metrics: tuple[str, ...], days: tuple[int, ...]) -> PricePlan | SavingsPlan | SchedulePlan:
    if isinstance(clause, UnitPrice):
        price = np.zeros(max(clause.prices) + 2, np.int64)
        for point, kroner in clause.prices.items():
            price[point] = ore(kroner)
        return PricePlan(metrics.index(clause.metric), price)
    if isinstance(clause, SavingsShare):
        return SavingsPlan(metrics.index(clause.metric), _tiers(clause))
    if isinstance(clause, Scheduled):
        due = np.zeros(len(days), np.int64)
        for day, kroner in scheduled_dates(clause).items():
            due[np.searchsorted(days, day.toordinal()) :] += ore(kroner)
        return SchedulePlan(due)
    raise TypeError(f"no settlement for a clause of kind {clause.kind}")


def _tiers(clause: SavingsShare) -> tuple[tuple[int, int, int, int | None], ...]:
    tiers: list[tuple[int, int, int, int | None]] = []
    low, earned = 0, 0
    for tier in clause.tiers:
        share = ppm(tier.share)
        if tier.until_earned is None:
            tiers.append((low, _UNBOUNDED - low, share, None))
        else:
            step = ore(tier.until_earned) - earned
            width = muldiv(step, PPM, share)
            tiers.append((low, width, share, step))
            low, earned = low + width, earned + step
    return tuple(tiers)


def _limits(terms: Terms, columns: list[str]) -> tuple[LimitPlan, ...]:
    plans = []
    for limit in terms.limits:
        if isinstance(limit, PerClause):
            # a limit on a clause that never pays has nothing to cut
            if limit.clause in columns:
                column = columns.index(limit.clause)
                plans.append(LimitPlan(limit.kind, ore(limit.amount), column, limit.excess == "lapses"))
        elif isinstance(limit, PerYear | Total):
            plans.append(LimitPlan(limit.kind, ore(limit.amount), -1, limit.excess == "lapses"))
        elif isinstance(limit, ReturnCeiling):
            plans.append(LimitPlan(limit.kind, 0, -1, limit.excess == "lapses"))
    return tuple(sorted(plans, key=lambda plan: _ORDER[plan.kind]))
