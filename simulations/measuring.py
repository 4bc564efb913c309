"""From life courses to facts: who reached which goal at which follow-up, and what was saved by when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contracts.compiled import Plan
from contracts.entitlement import Facts, Turn, join_facts
from contracts.money import PPM

from .lives import NEVER, Life, row_of
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

    clock: instants that the clock is ahead of the scenario's, by stay (citizen clock: the citizen's start); latest: the
    last start that a follow-up could be too early or too late for.
    """

    cell: NDArray[np.intp]
    begin: NDArray[np.int32]
    end: NDArray[np.int32]
    clock: NDArray[np.int32]
    started: NDArray[np.int32]
    latest: int


def stays(life: Life, state: int, starts: NDArray[np.float32], citizen_clock: bool) -> Stays:
    """The stays in a state on the clock of the follow-ups; starts [cell]: instants of enrolment."""
    mine = [spells.within(state) for spells in life]
    cell = np.concatenate([spells.cell for spells in mine])
    entry = np.concatenate([spells.entry for spells in mine])
    exits = np.concatenate([spells.exit for spells in mine])
    begun = starts.astype(np.int32)
    started = begun.take(cell)
    if not citizen_clock:
        return Stays(cell, entry, exits, np.zeros_like(started), started, int(begun.max(initial=0)))
    # who never starts has left long before any follow-up on the own clock
    latest = int(begun.max(initial=0, where=begun < NEVER))
    return Stays(cell, entry - started, exits - started, started, started, latest)


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
    there = (found.begin <= instant - max(window, 1)) & (found.end >= instant)
    if citizen_clock and found.latest > horizon - instant:
        there &= found.started <= horizon - instant
    elif not citizen_clock and found.latest >= min(instant, horizon + 1):
        there &= found.started < min(instant, horizon + 1)
    if not citizen_clock and instant > horizon:
        there[:] = False
    at = np.flatnonzero(there)
    return found.cell.take(at), found.clock.take(at).astype(np.int64) + instant


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
    count = len(plan.statement_days)
    mine = [seen for seen in follow_ups if seen.metric in plan.metrics and len(seen.reached)]
    if persons:
        pieces = [_by_person(plan, mine, statement_of, ordinal_of, rows)] if mine else []
    else:
        pieces = [_counted(plan, seen, statement_of, rows) for seen in mine]
    for saving in savings:
        number = int(statement_of[saving.at])
        if saving.metric in plan.metrics and number < count:
            pieces.append(_certified(plan.metrics.index(saving.metric), saving, number, ordinal_of, rows))
    return join_facts(pieces)


def turns(plan: Plan, follow_ups: list[FollowUp], statement_of: Ints, rows: int) -> list[Turn]:
    """Who reached which goal, follow-up by follow-up, of those that a statement settles."""
    found = []
    for seen in follow_ups:
        if seen.metric in plan.metrics:
            cell, statement = seen.reached, statement_of.take(seen.at)
            settled = statement < len(plan.statement_days)
            if not settled.all():
                cell, statement = cell[settled], statement[settled]
            found.append(Turn(plan.metrics.index(seen.metric), seen.point, cell, row_of(cell, rows), statement))
    return found


def _by_person(plan: Plan, seen: list[FollowUp], statement_of: Ints, ordinal_of: Ints, rows: int) -> Facts:
    cell = np.concatenate([one.reached for one in seen]).astype(np.int64, copy=False)
    at = np.concatenate([one.at for one in seen])
    statement = statement_of.take(at)
    sizes = [len(one.reached) for one in seen]
    metric = np.repeat(np.array([plan.metrics.index(one.metric) for one in seen], np.int64), sizes)
    point = np.repeat(np.array([one.point for one in seen], np.int64), sizes)
    keep = statement < len(plan.statement_days)
    if not keep.all():
        kept = np.flatnonzero(keep)
        cell, at, statement, metric, point = (field.take(kept) for field in (cell, at, statement, metric, point))
    person = cell // rows
    return Facts(
        row=cell - person * rows,
        person=person,
        day=ordinal_of.take(at),
        statement=statement,
        metric=metric,
        point=point,
        quantity=np.full(len(cell), PPM, np.int64),
    )


def _counted(plan: Plan, seen: FollowUp, statement_of: Ints, rows: int) -> Facts:
    size = len(plan.statement_days) * rows
    # what no statement settles is counted beyond the last one, and left out
    count = np.bincount(statement_of.take(seen.at) * rows + row_of(seen.reached, rows), minlength=size)[:size]
    at = np.flatnonzero(count)
    statement = at // rows
    return Facts(
        row=at - statement * rows,
        person=np.full(len(at), -1, np.int64),
        day=np.zeros(len(at), np.int64),
        statement=statement,
        metric=np.full(len(at), plan.metrics.index(seen.metric), np.int64),
        point=np.full(len(at), seen.point, np.int64),
        quantity=count.take(at) * PPM,
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
