"""From life courses to facts: who reached which goal at which follow-up, and what was saved by when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contracts.compiled import Plan
from contracts.money import PPM
from contracts.settlement import Facts, join_facts

from .lives import Life
from .months import MONTH

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class FollowUp:
    """One follow-up of one measure for all cells: which were measured, and which of them reached the goal.

    measured [row]: how many were measured; reached: cells; at: instants at which each of them was measured (the day
    before is the day of the fact).
    """

    metric: str
    point: int
    measured: Ints
    reached: NDArray[np.intp]
    at: Ints


def measured_at(starts: NDArray[np.float32], point: int, citizen_clock: bool, horizon: int) -> Ints:
    """Instant of a follow-up for each cell, −1 for those not enrolled by then or whose follow-up lies too late."""
    if citizen_clock:
        at = starts.astype(np.int64) + point * MONTH
        return np.where(at <= horizon, at, -1)
    instant = point * MONTH
    return np.where((starts < instant) & (instant <= horizon), instant, -1)


def measured_count(at: Ints, rows: int) -> Ints:
    """How many cells of each row are measured, [row]."""
    return np.count_nonzero(at.reshape(-1, rows) >= 0, axis=0).astype(np.int64)


def follow_up(metric: str, point: int, life: Life, state: int, window: int, at: Ints, measured: Ints) -> FollowUp:
    """Who has been in the state throughout the last `window` days (at least one) before the instant `at` [cell]."""
    cells = []
    for spells in life:
        mine = spells.within(state)
        when = at[mine.cell]
        cells.append(mine.cell[(mine.entry <= when - max(window, 1)) & (mine.exit >= when) & (when >= 0)])
    reached = np.concatenate(cells)
    return FollowUp(metric, point, measured, reached, at[reached])


@dataclass(frozen=True)
class Saving:
    """A saving realised in a year, øre [row], certified at an instant."""

    metric: str
    at: int
    amount: Ints


def contract_facts(
    plan: Plan,
    follow_ups: list[FollowUp],
    savings: list[Saving],
    statement_of: Ints,
    ordinal_of: Ints,
    rows: int,
    persons: bool,
) -> Facts:
    """The facts that a contract's clauses read.

    statement_of [instant]: the statement that settles a fact measured then (the number of statements if none does);
    ordinal_of [instant]: proleptic ordinal of the day before; persons: a fact per person, else successes counted by row, statement and point (the same to the øre where no
    person limit applies).
    """
    pieces = []
    count = len(plan.statement_days)
    for seen in follow_ups:
        if seen.metric not in plan.metrics or not len(seen.reached):
            continue
        statement = statement_of[seen.at]
        keep = statement < count
        metric = plan.metrics.index(seen.metric)
        if persons:
            pieces.append(_by_person(seen, statement, keep, metric, ordinal_of, rows))
        else:
            pieces.append(_counted(seen, statement[keep], seen.reached[keep] % rows, metric, count, rows))
    for saving in savings:
        number = int(statement_of[saving.at])
        if saving.metric in plan.metrics and number < count:
            pieces.append(_certified(plan.metrics.index(saving.metric), saving, number, ordinal_of, rows))
    return join_facts(pieces)


def _by_person(
    seen: FollowUp, statement: Ints, keep: NDArray[np.bool_], metric: int, ordinal_of: Ints, rows: int
) -> Facts:
    cell = seen.reached[keep].astype(np.int64)
    one = np.ones(len(cell), np.int64)
    return Facts(
        row=cell % rows,
        person=cell // rows,
        day=ordinal_of[seen.at[keep]],
        statement=statement[keep],
        metric=metric * one,
        point=seen.point * one,
        quantity=PPM * one,
    )


def _counted(seen: FollowUp, statement: Ints, row: Ints, metric: int, statements: int, rows: int) -> Facts:
    count = np.bincount(statement * rows + row, minlength=statements * rows)
    (at,) = np.nonzero(count)
    one = np.ones(len(at), np.int64)
    return Facts(
        row=at % rows,
        person=-one,
        day=0 * one,
        statement=at // rows,
        metric=metric * one,
        point=seen.point * one,
        quantity=count[at] * PPM,
    )


def _certified(metric: int, saving: Saving, statement: int, ordinal_of: Ints, rows: int) -> Facts:
    one = np.ones(rows, np.int64)
    return Facts(
        row=np.arange(rows),
        person=-one,
        day=int(ordinal_of[saving.at]) * one,
        statement=statement * one,
        metric=metric * one,
        point=0 * one,
        quantity=saving.amount,
    )
