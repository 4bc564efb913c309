"""From life courses to what is found: who reached which goal at which follow-up, and what was saved by when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .lives import NEVER, Life
from .months import MONTH

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class FollowUp:
    """One follow-up of one measure for all cells: which were measured, and which of them reached the goal.

    measured [row]: how many were measured; reached: cells; at: instants at which each of them was measured (the day
    before is the day of the fact). everyone: cells and instants of all who were measured, where it matters who failed.
    """

    metric: str
    point: int
    measured: Ints
    reached: NDArray[np.intp]
    at: Ints
    everyone: tuple[NDArray[np.intp], Ints] | None = None


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
