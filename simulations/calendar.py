"""The calendar of the parties: SimPy processes that act on all replications of a block at once.

A process waits only for dates that all rows share; what differs by row is a mask or an array. The clock is the integer
`day · 16 + phase`, so that what happens on one day has a stated order.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import simpy
from numpy.typing import NDArray

from contracts.money import Ore
from contracts.plans import Plan
from contracts.settlement import Position, close, draw, opening, pay, received, split, to_investors

from .lives import NEVER
from .months import MONTH

Process = Generator[simpy.Event, None, None]
_STEPS = 16


class Phase(IntEnum):
    """The order of things on one day."""

    DRAW = 0
    FACTS = 1
    VERIFY = 2
    SETTLE = 3
    PAY = 4
    YEAR_CLOSE = 5
    REVIEW = 6
    END = 7
    INTAKE = 8


def _until(env: simpy.Environment, day: int, phase: Phase) -> simpy.Event:
    return env.timeout(day * _STEPS + phase - env.now)


@dataclass(frozen=True)
class Enrolment:
    """Who was served when: instants [citizen × replication, flat]; NEVER (1e9) where a citizen never started."""

    starts: NDArray[np.float32]
    stops: NDArray[np.float32]


def enrol(
    referred: NDArray[np.int32],
    lasting: NDArray[np.float32],
    places: int | None,
    first_day: int,
    closes: NDArray[np.float32],
    horizon: int,
) -> Enrolment:
    """Monthly intake into limited places, first come first served.

    referred [citizen]: instants of referral, in order; lasting [citizen × replication]: days until completion or
    drop-out once started; first_day: no one starts before; closes [replication]: when the intervention is closed down.
    """
    citizens, rows = len(referred), len(closes)
    starts = np.full(citizens * rows, NEVER, np.float32)
    stops = np.full(citizens * rows, NEVER, np.float32)
    admitted = np.zeros(rows, np.int64)
    served = np.zeros(rows, np.int64)
    leaving = np.zeros((horizon // MONTH + 2, rows), np.int64)
    env = simpy.Environment()

    def admit(day: int) -> None:
        waiting = int(np.searchsorted(referred, day, side="right")) - admitted
        free = waiting if places is None else np.minimum(waiting, places - served)
        free = np.where(closes > day, np.maximum(free, 0), 0)
        if not free.any():
            return
        row = np.repeat(np.arange(rows), free)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(free) - free, free)
        cell = (admitted[row] + nth) * rows + row
        end = np.minimum(day + lasting[cell], closes[row])
        starts[cell] = day
        stops[cell] = end
        # at the earliest at the next intake, also who leaves on the day itself
        month = np.clip(-(-end // MONTH), day // MONTH + 1, len(leaving) - 1).astype(np.int64)
        leaving[:] += np.bincount(month * rows + row, minlength=leaving.size).reshape(leaving.shape)
        admitted[:] += free
        served[:] += free

    def intake() -> Process:
        for month in range(-(-first_day // MONTH), horizon // MONTH):
            if (admitted >= citizens).all():
                return
            yield _until(env, month * MONTH, Phase.INTAKE)
            served[:] -= leaving[month]
            admit(month * MONTH)

    env.process(intake())
    env.run()
    return Enrolment(starts, stops)


@dataclass(frozen=True)
class Moment:
    """What one statement (or the end) settled, øre: paid [row, column], cuts [limit, row, column], parts and
    receipts."""

    day: int
    paid: Ore
    cuts: Ore
    parts: Ore
    receipts: Ore


@dataclass(frozen=True)
class Drawn:
    """Capital drawn on a day (an instant's day number), øre [row, provider]."""

    day: int
    amount: Ore


@dataclass(frozen=True)
class Course:
    """A contract's way through the calendar: draws, statements in order, the end, and the last position."""

    draws: tuple[Drawn, ...]
    statements: tuple[Moment, ...]
    ending: Moment
    position: Position


def run_contract(
    plan: Plan,
    due: Ore,
    draws: Sequence[tuple[int, Ore]],
    days: tuple[Sequence[int], int],
    ordinal: Callable[[int], int],
    rows: int,
    early: bool = False,
) -> Course:
    """Let one contract run for all rows: draw, settle, pay, end.

    due [row, clause, statement]: cumulative entitlement; draws: (day, øre [row]); days: the statements' day numbers and
    the end's; ordinal: of a day number; early: whether the end brings the compensation
    for an early one.
    """
    env = simpy.Environment()
    position = opening(plan, rows)
    drawn: list[Drawn] = []
    statements: list[Moment] = []
    ending: list[Moment] = []

    def drawing() -> Process:
        nonlocal position
        for day, amount in draws:
            yield _until(env, day, Phase.DRAW)
            before = position.drawn
            position = draw(plan, position, ordinal(day), amount)
            drawn.append(Drawn(day, to_investors(plan, before, position.drawn)))

    def settling() -> Process:
        nonlocal position
        for number, day in enumerate(days[0]):
            yield _until(env, day, Phase.SETTLE)
            before = position
            position, paid, cuts = pay(plan, position, due[:, :, number], ordinal(day))
            statements.append(_moment(plan, day, before, position, paid, cuts))

    def concluding() -> Process:
        nonlocal position
        yield _until(env, days[1], Phase.END)
        before = position
        position, paid, cuts = close(plan, position, ordinal(days[1]), np.ones(rows, bool), early)
        ending.append(_moment(plan, days[1], before, position, paid, cuts))

    for process in (drawing(), settling(), concluding()):
        env.process(process)
    env.run()
    return Course(tuple(drawn), tuple(statements), ending[0], position)


def _moment(plan: Plan, day: int, before: Position, after: Position, paid: Ore, cuts: Ore) -> Moment:
    return Moment(
        day=day,
        paid=paid,
        cuts=cuts,
        parts=split(plan, before.paid, after.paid),
        receipts=to_investors(plan, received(plan, before.paid), received(plan, after.paid)),
    )
