"""A contract's state brought to the one settlement, as arrays of one row, and amounts brought back."""

import datetime as dt
from collections.abc import Iterable, Mapping

import numpy as np

from .compiled import ended_early
from .dates import budget_year
from .encoding import BrokenLog
from .entitlement import Due, entitle
from .events import Amounts
from .facts import Facts
from .money import Ore
from .plans import Plan
from .settlement import Position, close, draw, pay, received, split, to_investors
from .state import State

_ALL = 2**62


def facts_table(state: State, plan: Plan, before: int = _ALL) -> Facts:
    """All facts that count, as row 0 of a settlement; raises BrokenLog for facts unknown to the terms.

    before: changes of facts are taken into account up to that version of the log. A fact whose statement comes after
    the plan's last is settled with the last.
    """
    groups, last = group_names(state, plan), len(plan.statement_days) - 1
    told = state.recorded_facts
    unknown = [name for name in told.named("metric") if name not in plan.metrics]
    if unknown:
        raise BrokenLog(f"{state.log}: a fact has a metric unknown to the terms: '{unknown[0]}'")
    statement = np.searchsorted(plan.statement_days, told.column("statement"))
    table = Facts(
        row=np.zeros(len(told), np.int64),
        person=told.column("person"),
        day=told.column("day"),
        statement=np.minimum(statement, last),
        metric=told.placed("metric", plan.metrics, -1),
        point=told.column("point"),
        quantity=told.column("quantity"),
        of=told.column("of"),
        group=told.placed("group", groups, -1) if groups else None,
    )
    return _as_changed(state, table, before)


def group_names(state: State, plan: Plan) -> tuple[str, ...]:
    """Subgroups by their number in the facts: those that the terms name, then others as facts name them."""
    return tuple(dict.fromkeys((*plan.groups, *filter(None, state.recorded_facts.named("group")))))


def _as_changed(state: State, table: Facts, before: int) -> Facts:
    """The facts as corrected, without those that were withdrawn, rejected or disputed."""
    if not state.changes:
        return table
    keep = np.ones(len(table), bool)
    quantity, of = table.quantity.copy(), table.denominators().copy()
    for key, changes in state.changes.items():
        told = [change for change in changes if change.version < before]
        if told:
            number = state.places[key]
            keep[number], quantity[number], of[number] = told[-1].counts, told[-1].quantity, told[-1].of
    names = ("row", "person", "day", "statement", "metric", "point")
    kept = {name: getattr(table, name)[keep] for name in names}
    group = None if table.group is None else table.group[keep]
    return Facts(**kept, quantity=quantity[keep], of=of[keep], group=group)


def drawn_to(state: State, plan: Plan) -> Ore:
    """Capital drawn up to each statement [1, statement], øre."""
    draws = [(drawing.day.toordinal(), drawing.amount) for drawing in state.draws]
    return np.array([[sum(amount for when, amount in draws if when <= day) for day in plan.statement_days]], np.int64)


def entitled(state: State, plan: Plan, facts: Facts | None = None, lines: bool = False) -> Due:
    """What the contract's facts (all that count, unless others are given) entitle to, in one row."""
    return entitle(plan, facts_table(state, plan) if facts is None else facts, 1, lines, drawn_to(state, plan))


def position_of(state: State, plan: Plan) -> Position:
    """What paying remembers, in one row, from recorded amounts only."""
    settled = (*state.settlements, *((state.closing,) if state.closing else ()))
    return Position(
        paid=_row(state.paid, plan.columns),
        lapsed=_row(state.lapsed, plan.columns),
        paid_year=np.array([state.paid_in_year]),
        account=np.array([state.account]),
        drawn=np.array([state.drawn]),
        ended=np.array([state.ended is not None]),
        day=_reckoned_on(plan, state.day),
        year=budget_year(_reckoned_on(plan, settled[-1].statement), plan.year_begins) if settled else 0,
    )


def _reckoned_on(plan: Plan, day: dt.date) -> int:
    """The day (proleptic ordinal) by which limits are reckoned: the agreed end for what is settled after it."""
    return min(day.toordinal(), plan.end_day)


def draw_amounts(state: State, plan: Plan, day: dt.date, amount: int) -> tuple[dict[str, int], int]:
    """What each provider puts in of a draw, and what the return ceiling allows after it, øre."""
    before = position_of(state, plan)
    after = draw(plan, before, day.toordinal(), np.array([amount]))
    return _cells(plan.investors, to_investors(plan, before.drawn, after.drawn)[0]), int(after.account[0])


def settle_statement(state: State, plan: Plan, number: int, day: dt.date) -> Amounts:
    """Settle a statement, by its place among the plan's, on a day; raises OverflowError beyond exact sums.

    A day after the agreed end is a supplementary statement's, for which no new year begins and no return accrues.
    """
    due = entitled(state, plan).amount[:, :, number]
    before = position_of(state, plan)
    after, paid, cuts = pay(plan, before, due, _reckoned_on(plan, day))
    return _amounts(plan, before, after, paid, cuts, _cells(plan.columns, due[0]))


def settle_end(state: State, plan: Plan, day: dt.date, early: bool = False) -> Amounts:
    """What falls due when the contract ends on a day: floor and guarantee, and at an early end what the terms say."""
    before, due = position_of(state, plan), {}
    now = before
    paid, cuts = np.zeros_like(before.paid), np.zeros((len(plan.limits), *before.paid.shape), np.int64)
    if early and plan.early_results == "settled":
        shorter = ended_early(plan, day.toordinal())
        to_date = entitled(state, shorter).amount[:, :, -1]
        now, paid, cuts = pay(plan, now, to_date, day.toordinal())
        due = _cells(plan.columns, to_date[0])
    after, more, cut = close(plan, now, _reckoned_on(plan, day), np.ones(1, bool), early)
    return _amounts(plan, before, after, paid + more, cuts + cut, due)


def owed(amounts: Amounts) -> dict[str, int]:
    """Øre by payer of a settlement, over all columns; only what is not zero.

    A part may be −1 øre, where an earlier rounding gave a payer an øre too much.
    """
    total: dict[str, int] = {}
    for parts in amounts.parts.values():
        for payer, part in parts.items():
            total[payer] = total.get(payer, 0) + part
    return {payer: amount for payer, amount in total.items() if amount}


def _amounts(plan: Plan, before: Position, after: Position, paid: Ore, cuts: Ore, entitled: dict[str, int]) -> Amounts:
    by_limit: dict[str, dict[str, int]] = {}
    for limit, cut in zip(plan.limits, cuts[:, 0], strict=True):
        if cells := _cells(plan.columns, cut):
            known = by_limit.get(limit.kind, {})
            by_limit[limit.kind] = known | {name: known.get(name, 0) + amount for name, amount in cells.items()}
    parts = zip(plan.columns, split(plan, before.paid, after.paid)[0], strict=True)
    return Amounts(
        entitled=entitled,
        cuts=by_limit,
        paid=_cells(plan.columns, paid[0]),
        parts={column: cells for column, amounts in parts if (cells := _cells(plan.payers, amounts))},
        receipts=_cells(plan.investors, to_investors(plan, received(plan, before.paid), received(plan, after.paid))[0]),
        lapsed=_cells(plan.columns, after.lapsed[0]),
        account=int(after.account[0]),
        paid_in_year=int(after.paid_year[0]),
    )


def _cells(names: Iterable[str], amounts: Ore) -> dict[str, int]:
    return {name: amount for name, amount in zip(names, amounts.tolist(), strict=False) if amount}


def _row(amounts: Mapping[str, int], columns: tuple[str, ...]) -> Ore:
    return np.array([[amounts.get(column, 0) for column in columns]], dtype=np.int64).reshape(1, len(columns))
