"""Play a replication of a pool through the real `InternalFund`, event by event."""

import datetime as dt
from collections.abc import Iterator, Mapping

from contracts.aggregate import play
from contracts.events import Event
from contracts.fund import (
    Found,
    FundCommand,
    ReceiveEarnings,
    ReceiveRepayment,
    Release,
    ReturnCapital,
    TopUp,
    WriteOff,
)
from contracts.internal import InternalFund
from contracts.register import Register
from scenarios.model import Scenario
from scenarios.pool import PoolScenario
from simulations.record import noon, slug

from .compare import BATCH, pipeline_of, prepared
from .loans import tables_of
from .state import Entries
from .years import PoolCourse, run_pool

_LOANS: dict[str, type[Release | ReceiveRepayment | ReceiveEarnings | WriteOff]] = {
    "release": Release,
    "repayment": ReceiveRepayment,
    "earning": ReceiveEarnings,
    "loss": WriteOff,
}


def record_pool(
    pool: PoolScenario,
    scenarios: Mapping[str, Scenario],
    design: str,
    register: Register,
    number: int,
    *,
    seed: int,
) -> tuple[Event, ...]:
    """Record a replication (counted from 0) of a design; raises Conflict if it is in the register already.

    Returns the log; empty, and nothing is recorded, where nothing is ever paid into the pool.
    """
    events, _ = recorded_pool(pool, scenarios, design, number, seed=seed)
    if events:
        register.begin([events])
    return events


def recorded_pool(
    pool: PoolScenario, scenarios: Mapping[str, Scenario], design: str, number: int, *, seed: int
) -> tuple[tuple[Event, ...], PoolCourse]:
    """The fund's log of a replication, and the course of its batch up to it (its row: number % BATCH).

    The log is empty where nothing is ever paid in.
    """
    task = prepared(pool, scenarios, seed)
    batch, row = divmod(number, BATCH)
    pipeline = pipeline_of(task, batch, row + 1)
    entries: list[Entries] = []
    course = run_pool(task.terms[design], pipeline, tables_of(pipeline), entries)
    if not course.paid_in[row].any():
        return (), course
    names = [f"{slug(each.name)}-{number}" for number, each in enumerate(pipeline.applications, 1)]
    fund = f"{slug(pool.title)[:40].rstrip('-')}-{slug(design)[:24].rstrip('-')}-{seed}-{number}"
    commands = _commands(pool, course, entries, names, row, fund)
    return play(InternalFund, ((command, noon(command.effective)) for command in commands))[1], course


def _commands(
    pool: PoolScenario, course: PoolCourse, entries: list[Entries], names: list[str], row: int, fund: str
) -> Iterator[FundCommand]:
    """What the fund does: pays out in the middle of a year, is repaid and loses at its end."""
    founded = False
    for year in range(pool.years):
        first, middle, last = (dt.date(pool.start.year + year, *day) for day in ((1, 1), (6, 30), (12, 31)))
        if amount := int(course.paid_in[row, year]):
            yield TopUp(first, amount) if founded else Found(fund, pool.title, first, amount)
            founded = True
        for entry in (entry for entry in entries if entry.year == year):
            for at in (entry.row == row).nonzero()[0].tolist():
                if amount := int(entry.amount[at]):
                    day = middle if entry.what == "release" else last
                    yield _LOANS[entry.what](day, names[int(entry.application[at])], amount)
        if amount := int(course.lapsed[row, year]):
            yield ReturnCapital(last, amount)
