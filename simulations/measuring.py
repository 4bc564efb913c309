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


@dataclass(frozen=True)
class Stays:
    """All stays in the state of one measure, of enrolled citizens: cell, and begin and end on the follow-up clock.

    clock: instants that the clock is ahead of the scenario's, by stay (citizen clock: the citizen's start).
    """

    cell: NDArray[np.intp]
    begin: NDArray[np.int32]
    end: NDArray[np.int32]
    clock: NDArray[np.int32]
    started: NDArray[np.int32]


def stays(life: Life, state: int, starts: NDArray[np.float32], citizen_clock: bool) -> Stays:
    """The stays in a state on the clock of the follow-ups; starts [cell]: instants of enrolment."""
    mine = [spells.within(state) for spells in life]
    cell = np.concatenate([spells.cell for spells in mine])
    entry = np.concatenate([spells.entry for spells in mine])
    exits = np.concatenate([spells.exit for spells in mine])
    started = starts.astype(np.int32)[cell]
    clock = started if citizen_clock else np.zeros_like(started)
    return Stays(cell, entry - clock, exits - clock, clock, started)


def measured(starts: NDArray[np.float32], month: int, citizen_clock: bool, horizon: int) -> NDArray[np.bool_]:
    """Which cells are measured at a follow-up: enrolled before it, and it lies within the horizon."""
    instant = month * MONTH
    if citizen_clock:
        return starts <= horizon - instant
    return (starts < instant) & (instant <= horizon)


def reached(found: Stays, month: int, window: int, citizen_clock: bool, horizon: int) -> tuple[NDArray[np.intp], Ints]:
    """Cells that have been in the state throughout the last `window` days (at least one) before a follow-up.

    month: on the clock of the stays. Returns the cells and the instants at which each was measured.
    """
    instant = month * MONTH
    in_time = found.started <= horizon - instant if citizen_clock else found.started < min(instant, horizon + 1)
    there = (found.begin <= instant - max(window, 1)) & (found.end >= instant) & in_time
    if not citizen_clock and instant > horizon:
        there[:] = False
    (at,) = np.nonzero(there)
    return found.cell[at], found.clock[at].astype(np.int64) + instant


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
    ordinal_of [instant]: proleptic ordinal of the day before; persons: a fact per person, else successes counted by
    row, statement and point (the same to the øre where no person limit applies).
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
