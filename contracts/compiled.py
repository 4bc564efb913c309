"""Terms made ready for settlement: names become indices, kroner øre, shares millionths, rules dates."""

import datetime as dt
from collections import deque
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

import numpy as np

from .agreed import metrics_of
from .clauses import Amount, Band, Comparison, Condition, Gate, NoRepayment, Payers, SavingsShare, Scheduled, UnitPrice
from .dates import month_end
from .limits import Limit, PerClause, PerMetric, PerPayer, PerPerson, PerYear, ReturnCeiling, Total
from .money import PPM, Ore, muldiv, ore, ppm
from .plans import (
    ALWAYS,
    AmountPlan,
    AnyPlan,
    BandPlan,
    CeilingPlan,
    DuePlan,
    GatePlan,
    LimitPlan,
    PersonLimitPlan,
    Plan,
    PricePlan,
    SavingsPlan,
    SavingTiers,
    SchedulePlan,
    SpanPlan,
    TestPlan,
    VolumeTiers,
)
from .terms import Terms
from .timetable import (
    ClauseSpan,
    all_limits,
    clause_spans,
    contract_dates,
    draw_dates,
    due_day,
    limit_spans,
    scheduled_dates,
    statement_dates,
)

_ORDER = {"per_clause": 0, "per_metric": 1, "per_year": 2, "total": 3, "return_ceiling": 4}
_UNBOUNDED = 2**62


def compile_terms(terms: Terms) -> Plan:
    """The plan of dated terms; the same terms give the same plan object.

    Raises ValueError when terms have no dates or amounts are finer than an øre.
    """
    # a contract's terms are the same object from event to event, and their text is long
    for known, plan in tuple(_RECENT):
        if known is terms:
            return plan
    plan = _compiled(terms.model_dump_json(by_alias=True))
    _RECENT.appendleft((terms, plan))
    return plan


_RECENT: deque[tuple[Terms, Plan]] = deque(maxlen=4)


@lru_cache(maxsize=256)
def _compiled(text: str) -> Plan:
    terms = Terms.model_validate_json(text)
    start, end = contract_dates(terms)
    days = statement_dates(terms)
    spans = [span for span in clause_spans(terms) if not isinstance(span.clause, NoRepayment)]
    columns = [span.column for span in spans]
    splits: list[Payers] = [span.clause.payers for span in spans if not isinstance(span.clause, NoRepayment)]
    if terms.floor:
        columns.append("floor")
        splits.append(terms.floor.payers)
    if terms.early_end.compensation:
        columns.append("early end")
        splits.append(terms.early_end.payers)
    if terms.guarantee:
        columns.append("guarantee")
        splits.append({terms.guarantee.by: Decimal(1)})
    payers = tuple(dict.fromkeys(name for shares in splits for name in shares))
    names = _Names(terms, spans, start, tuple(day.toordinal() for day in days))
    ceiling = next((limit for limit in terms.limits if isinstance(limit, ReturnCeiling)), None)
    return Plan(
        start_day=start.toordinal(),
        end_day=end.toordinal(),
        statement_days=names.days,
        year_begins=next((limit.begins for limit in all_limits(terms) if isinstance(limit, PerYear)), 1),
        reporting_days=terms.statements.reporting_days,
        draws=tuple((day.toordinal(), ore(kroner)) for day, kroner in draw_dates(terms).items()),
        draws_as_costs=terms.draws == "as_costs",
        metrics=names.metrics,
        groups=names.groups,
        clauses=tuple(_clause(span, names) for span in spans),
        columns=tuple(columns),
        payers=payers,
        payer_shares=tuple(
            ([payers.index(name) for name in shares], [ppm(share) for share in shares.values()]) for shares in splits
        ),
        payer_caps=tuple(_payer_cap(terms, payer) for payer in payers),
        investors=tuple(terms.capital),
        capital_shares=tuple(ppm(share) for share in terms.capital.values()),
        person_limits=_person_limits(terms, spans),
        limits=_limits(terms, spans),
        ceiling=CeilingPlan(ceiling.rate, ceiling.accrual, ceiling.method == "simple_average") if ceiling else None,
        floor_column=columns.index("floor") if terms.floor else None,
        floor_share=ppm(terms.floor.share_of_capital) if terms.floor else 0,
        early_column=columns.index("early end") if terms.early_end.compensation else None,
        early_amount=ore(terms.early_end.compensation),
        early_results=terms.early_end.results,
        guarantee_column=columns.index("guarantee") if terms.guarantee else None,
        guarantee_amount=ore(terms.guarantee.amount) if terms.guarantee else 0,
        repays=terms.overpayment == "repaid",
        sets_off_anywhere=terms.overpayment == "set_off_anywhere",
        replaced=_replaced(spans),
    )


def _replaced(spans: list[ClauseSpan]) -> tuple[tuple[int, ...], ...]:
    """Columns of one clause and metric, which are under the same limits, where there are several."""
    found: dict[tuple[str, str | None], list[int]] = {}
    for column, span in enumerate(spans):
        found.setdefault((span.name, getattr(span.clause, "metric", None)), []).append(column)
    return tuple(tuple(columns) for columns in found.values() if len(columns) > 1)


class _Names:
    """What clauses refer to by name, as indices: metrics, groups, and columns by clause name."""

    def __init__(self, terms: Terms, spans: list[ClauseSpan], start: dt.date, days: tuple[int, ...]) -> None:
        self.start = start
        self.days = days
        self.spans = spans
        self.metrics = metrics_of(terms)
        conditions = [each for span in spans for each in _tests(span)]
        banded = [span.clause for span in spans if isinstance(span.clause, UnitPrice | Band)]
        chosen = [group for each in (*banded, *conditions) for group in each.for_groups]
        self.groups = tuple(dict.fromkeys(chosen))
        self.columns = {name: tuple(c for c, each in enumerate(spans) if each.name == name) for name, *_ in spans}

    def metric(self, name: str) -> int:
        return self.metrics.index(name)

    def earlier(self, span: ClauseSpan) -> tuple[int, ...]:
        """The columns that a span goes on with."""
        chain = [(c, each) for c, each in enumerate(self.spans) if (each.name, each.begun) == (span.name, span.begun)]
        return tuple(c for c, each in chain if each.until is not None and span.since and each.until <= span.since)

    def chosen(self, groups: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(self.groups.index(group) for group in groups)


def _tests(span: ClauseSpan) -> list[Comparison]:
    return [] if isinstance(span.clause, NoRepayment) else [test for _, test in span.clause.comparisons()]


def _payer_cap(terms: Terms, payer: str) -> int | None:
    caps = [ore(limit.amount) for limit in terms.limits if isinstance(limit, PerPayer) and limit.payer == payer]
    return caps[0] if caps else None


def _span(span: ClauseSpan, names: _Names) -> SpanPlan:
    clause = span.clause
    if isinstance(clause, NoRepayment):
        raise TypeError("a clause that asks for nothing has no plan")
    return SpanPlan(
        begun=span.begun.toordinal() if span.begun else 0,
        since=span.since.toordinal() if span.since else 0,
        until=span.until.toordinal() if span.until else ALWAYS,
        tests=tuple(
            [_test(each, names, True) for each in clause.only_if]
            + [_test(each, names, False) for each in clause.unless]
        ),
    )


def _test(condition: Comparison, names: _Names, wanted: bool) -> TestPlan:
    comparison, threshold = condition.comparison or ("at_least", Decimal(0))
    columns = names.columns.get(condition.clause, ()) if condition.clause else ()
    return TestPlan(
        metric=names.metric(condition.metric) if condition.metric is not None else -1,
        months=condition.months,
        groups=names.chosen(condition.for_groups),
        number=condition.value == "number",
        columns=columns,
        comparison=comparison,
        threshold=ppm(threshold) if condition.metric is not None else ore(threshold),
        wanted=wanted,
        any_of=tuple(_test(each, names, True) for each in condition.any_of) if isinstance(condition, Condition) else (),
    )


def _clause(span: ClauseSpan, names: _Names) -> AnyPlan:
    common, clause = vars(_span(span, names)), span.clause
    if isinstance(clause, UnitPrice):
        return PricePlan(
            **common,
            metric=names.metric(clause.metric),
            price=_prices(clause),
            flat=clause.prices is None,
            per=ppm(clause.per),
            tiers=_volume_tiers(clause),
            groups=names.chosen(clause.for_groups),
            most_per_person=None if clause.most_per_person is None else ppm(clause.most_per_person),
            quota=None if clause.quota is None else ppm(clause.quota),
            gates=tuple(_gate(gate, names) for gate in clause.requires),
            less=tuple(names.metric(name) for name in clause.less),
        )
    if isinstance(clause, SavingsShare):
        base = clause.baseline
        return SavingsPlan(
            **common,
            metric=names.metric(clause.metric),
            tiers=_saving_tiers(clause),
            by_earned=any(tier.until_earned is not None for tier in clause.tiers),
            baseline=(ppm(base.quantity), ore(base.unit_price)) if base else None,
            less=tuple(names.metric(name) for name in clause.less),
            before=_savings_before(span, names),
        )
    if isinstance(clause, Scheduled):
        found = scheduled_dates(clause, names.start).items()
        dated = tuple((day.toordinal(), ore(kroner)) for day, kroner in found if span.holds(day))
        return SchedulePlan(**common, due=_cumulative(dated, names.days), dated=dated)
    if isinstance(clause, Band):
        return _band(clause, span, names, common)
    raise TypeError(f"no settlement for a clause of kind {clause.kind}")


def _savings_before(span: ClauseSpan, names: _Names) -> SavingsPlan | None:
    """The share of savings that one goes on with."""
    replaced = (each for each in names.spans if each.until == span.since and each.begun == span.begun)
    plans = (_clause(each, names) for each in replaced if span.since is not None and each.name == span.name)
    return next((plan for plan in plans if isinstance(plan, SavingsPlan)), None)


def _cumulative(dated: tuple[tuple[int, int], ...], days: tuple[int, ...]) -> Ore:
    """Øre due by each of the days, in all."""
    due = np.zeros(len(days), np.int64)
    for day, amount in dated:
        due[np.searchsorted(days, day) :] += amount
    return due


def ended_early(plan: Plan, day: int) -> Plan:
    """The plan of a contract that ends on a day (proleptic ordinal): its last statement is then."""
    days = (*(each for each in plan.statement_days if each < day), day)
    clauses: list[AnyPlan] = []
    for clause in plan.clauses:
        if isinstance(clause, SchedulePlan):
            clauses.append(replace(clause, due=_cumulative(clause.dated, days)))
        elif isinstance(clause, BandPlan):
            due = [replace(d, statement=int(np.searchsorted(days, d.day))) for d in clause.due if d.day <= day]
            clauses.append(replace(clause, due=tuple(due)))
        else:
            clauses.append(clause)
    return replace(plan, statement_days=days, clauses=tuple(clauses), end_day=day)


def _gate(gate: Gate, names: _Names) -> GatePlan:
    return GatePlan(names.metric(gate.metric), -1 if gate.month is None else gate.month, gate.counts == "from_then")


def _prices(clause: UnitPrice) -> Ore:
    """Øre by follow-up month; a price for every month is one element, and the last element holds beyond the end."""
    if clause.prices is None:
        return np.array([ore(clause.price or Decimal(0))], np.int64)
    price = np.zeros(max(clause.prices) + 2, np.int64)
    for point, kroner in clause.prices.items():
        price[point] = ore(kroner)
    return price


def _volume_tiers(clause: UnitPrice) -> VolumeTiers:
    tiers, low = [], 0
    for tier in clause.tiers or ():
        high = _UNBOUNDED if tier.until is None else ppm(tier.until)
        tiers.append((low, high - low, ore(tier.price)))
        low = high
    return tuple(tiers)


def _saving_tiers(clause: SavingsShare) -> SavingTiers:
    tiers: list[tuple[int, int, int, int | None]] = []
    low, earned = 0, 0
    for tier in clause.tiers:
        share = ppm(tier.share)
        step: int | None
        if tier.until_saved is not None:
            width = ore(tier.until_saved) - low
            step = muldiv(width, share, PPM)
        elif tier.until_earned is not None:
            step = ore(tier.until_earned) - earned
            width = muldiv(step, PPM, share)
        else:
            width, step = _UNBOUNDED - low, None
        tiers.append((low, width, share, step))
        low, earned = low + width, earned + (step or 0)
    return tuple(tiers)


def _band(clause: Band, span: ClauseSpan, names: _Names, common: dict[str, object]) -> BandPlan:
    steps = [(*step.comparison, _amount(step)) for step in clause.steps or () if step.comparison]
    return BandPlan(
        **common,  # type: ignore[arg-type]
        metric=names.metric(clause.metric),
        number=clause.value == "number",
        on=clause.on,
        steps=tuple(sorted(((name, ppm(at), amount) for name, at, amount in steps), key=_hardness)),
        nodes=tuple((ppm(node.at), _amount(node)) for node in clause.nodes or ()),
        otherwise=_amount(clause.otherwise) if clause.otherwise else AmountPlan(0, None),
        of=None if clause.of == "capital_drawn" else ore(clause.of or Decimal(0)),
        due=_due(clause, span, names),
        dated=bool(clause.due),
        for_each=None if clause.for_each is None else names.metric(clause.for_each),
        months=clause.months,
        earlier=() if clause.due else names.earlier(span),
        groups=names.chosen(clause.for_groups),
    )


def _hardness(step: tuple[str, int, AmountPlan]) -> tuple[int, bool]:
    """The order in which steps are tried, so that the one hardest to meet has the last word."""
    name, at, _ = step
    return (at if name in ("at_least", "above") else -at, name in ("above", "below"))


def _amount(amount: Amount) -> AmountPlan:
    return AmountPlan(ore(amount.pays or Decimal(0)), None if amount.share is None else ppm(amount.share))


def _due(clause: Band, span: ClauseSpan, names: _Names) -> tuple[DuePlan, ...]:
    whens = sorted(clause.due, key=lambda when: due_day(names.start, when))
    months = [12] * len(whens)
    if clause.per_year:
        marks = [0, *(when for when in whens if isinstance(when, int))]
        months = [later - before for before, later in pairwise(marks)]
    found = []
    for when, length in zip(whens, months, strict=True):
        day = due_day(names.start, when)
        least = clause.least
        if span.holds(day) and day.toordinal() <= names.days[-1]:
            applies = least is not None and day <= month_end(names.start, least.until_month)
            statement = int(np.searchsorted(names.days, day.toordinal()))
            found.append(DuePlan(day.toordinal(), statement, length, _amount(least) if least and applies else None))
    return tuple(found)


def _person_limits(terms: Terms, spans: list[ClauseSpan]) -> tuple[PersonLimitPlan, ...]:
    priced = [(column, span.name) for column, span in enumerate(spans) if isinstance(span.clause, UnitPrice)]
    plans = [
        PersonLimitPlan(
            ore(limit.amount), tuple(column for column, name in priced if not limit.clauses or name in limit.clauses)
        )
        for limit in terms.limits
        if isinstance(limit, PerPerson)
    ]
    return tuple(sorted(plans, key=lambda plan: len(plan.columns)))


def _limits(terms: Terms, spans: list[ClauseSpan]) -> tuple[LimitPlan, ...]:
    plans = []
    for limit, since, until in limit_spans(terms):
        if isinstance(limit, PerPerson | PerPayer):
            continue
        columns = _columns(limit, spans)
        if isinstance(limit, PerClause | PerMetric) and not columns:
            continue  # a limit on a clause that never pays has nothing to cut
        amount = 0 if isinstance(limit, ReturnCeiling) else ore(limit.amount)
        days = (since.toordinal() if since else 0, until.toordinal() if until else ALWAYS)
        plans.append(LimitPlan(limit.kind, amount, columns, limit.excess == "lapses", *days))
    return tuple(sorted(plans, key=lambda plan: _ORDER[plan.kind]))


def _columns(limit: Limit, spans: list[ClauseSpan]) -> tuple[int, ...]:
    if isinstance(limit, PerClause):
        names = (limit.clause, *limit.clauses)
        return tuple(column for column, span in enumerate(spans) if span.name in names)
    if isinstance(limit, PerMetric):
        paying = UnitPrice | Band | SavingsShare
        return tuple(
            column
            for column, span in enumerate(spans)
            if isinstance(span.clause, paying) and span.clause.metric == limit.metric
        )
    if isinstance(limit, PerYear | Total | ReturnCeiling):
        return ()
    return ()
