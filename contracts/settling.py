"""A contract's state brought to the one settlement, as arrays of one row, and amounts brought back."""

import datetime as dt
from collections.abc import Iterable, Mapping

import numpy as np

from .compiled import Plan
from .encoding import BrokenLog
from .entitlement import Facts, entitle, facts_of
from .events import Amounts
from .money import Ore
from .settlement import Position, close, draw, pay, split, to_investors
from .state import State


def facts_table(state: State, plan: Plan) -> Facts:
    """All facts so far, as row 0 of a settlement; raises BrokenLog for facts unknown to the terms."""
    statements = {day: number for number, day in enumerate(plan.statement_days)}
    metrics = {name: number for number, name in enumerate(plan.metrics)}
    try:
        return facts_of(
            [
                (
                    0,
                    fact.person,
                    fact.day.toordinal(),
                    statements[fact.statement.toordinal()],
                    metrics[fact.metric],
                    fact.point,
                    fact.quantity,
                )
                for fact in state.facts
            ]
        )
    except KeyError as unknown:
        raise BrokenLog(f"{state.log}: a fact has a metric or statement date unknown to the terms: {unknown}") from None


def position_of(state: State, plan: Plan) -> Position:
    """What paying remembers, in one row, from recorded amounts only."""
    return Position(
        paid=_row(state.paid, plan.columns),
        lapsed=_row(state.lapsed, plan.columns),
        paid_year=np.array([state.paid_in_year]),
        account=np.array([state.account]),
        drawn=np.array([state.drawn]),
        ended=np.array([state.ended is not None]),
        day=state.day.toordinal(),
        year=state.year,
    )


def draw_amounts(state: State, plan: Plan, day: dt.date, amount: int) -> tuple[dict[str, int], int]:
    """What each provider puts in of a draw, and what the return ceiling allows after it, øre."""
    before = position_of(state, plan)
    after = draw(plan, before, day.toordinal(), day.year, np.array([amount]))
    return _cells(plan.investors, to_investors(plan, before.drawn, after.drawn)[0]), int(after.account[0])


def settle_statement(state: State, plan: Plan, number: int) -> Amounts:
    """Settle a statement, by its place among the plan's; raises OverflowError beyond exact sums."""
    due = entitle(plan, facts_table(state, plan), rows=1).amount[:, :, number]
    before = position_of(state, plan)
    after, paid, cuts = pay(plan, before, due, plan.statement_days[number], plan.statement_years[number])
    return _amounts(plan, before, after, paid, cuts, _cells(plan.columns, due[0]))


def settle_end(state: State, plan: Plan, day: dt.date) -> Amounts:
    """What floor and guarantee bring when the contract ends on a day."""
    before = position_of(state, plan)
    after, paid, cuts = close(plan, before, day.toordinal(), day.year, np.ones(1, bool))
    return _amounts(plan, before, after, paid, cuts, {})


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
        receipts=_cells(plan.investors, to_investors(plan, before.paid.sum(axis=1), after.paid.sum(axis=1))[0]),
        lapsed=_cells(plan.columns, after.lapsed[0]),
        account=int(after.account[0]),
        paid_in_year=int(after.paid_year[0]),
    )


def _cells(names: Iterable[str], amounts: Ore) -> dict[str, int]:
    return {name: amount for name, amount in zip(names, amounts.tolist(), strict=False) if amount}


def _row(amounts: Mapping[str, int], columns: tuple[str, ...]) -> Ore:
    return np.array([[amounts.get(column, 0) for column in columns]], dtype=np.int64).reshape(1, len(columns))
