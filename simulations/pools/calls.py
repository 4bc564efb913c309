"""Calls: applications are ranked, and approved as far as the pool's capital and spending room go."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from contracts.money import PPM, Ore, muldiv

from .loans import taken_up
from .pipeline import Ints, Pipeline
from .state import Run
from .terms import PoolTerms

NEVER = 10**6
"""The month in which an application is heard that is never heard."""


def decide(run: Run, year: int, month: int) -> None:
    """Take the applications that have come, best first, as far as capital and room go."""
    now = 12 * year + month
    heard = (run.first_calls <= now) & (now <= run.first_calls + 12 * run.terms.design.waits_years)
    if run.room is None and month != run.terms.calls[0]:
        # nothing comes back before the end of the year: what was refused in it for want of capital is so again
        heard &= run.first_calls == now
    chosen = np.flatnonzero(heard & run.undecided.any(axis=1))
    if not len(chosen):
        return
    taken = []
    for one in _ranked(run, chosen):
        yes = _judge(run, one, year, now)
        if yes is not None:
            taken.append((one if isinstance(one, int) else one[yes], yes))
    if taken:
        _take_up(run, taken, year, now)


def first_calls(terms: PoolTerms, pipeline: Pipeline) -> Ints:
    """The month of the first call at which each application is heard; never, where the payback limit turns it away."""
    found = []
    for each in pipeline.applications:
        year, month = divmod(each.month, 12)
        later = [call for call in terms.calls if call >= month]
        first = 12 * year + later[0] if later else 12 * (year + 1) + terms.calls[0]
        found.append(first if terms.taken[each.kind] else NEVER)
    return np.array(found, np.int64)


def _ranked(run: Run, chosen: NDArray[np.intp]) -> Iterator[int | Ints]:
    """Applications by rank, the best first: one number where all replications agree, else one for each of them."""
    kind = run.tables.kind[chosen]
    if run.terms.design.ranked_by == "payback":
        known = sorted({each for each in run.terms.payback if each is not None})
        place = np.array([len(known) if each is None else known.index(each) for each in run.terms.payback])
        yield from chosen[np.argsort(place[kind], kind="stable")].tolist()
        return
    tables, terms = run.tables, run.terms
    worth = tables.citizens if terms.design.ranked_by == "reach" else np.array(terms.net_gain)
    key = -muldiv(worth[kind], np.ascontiguousarray(tables.size[chosen].T), PPM)
    yield from np.ascontiguousarray(chosen[np.argsort(key, axis=1, kind="stable")].T)


def _judge(run: Run, one: int | Ints, year: int, now: int) -> NDArray[np.intp] | None:
    """Approve an application (by replication, or one for all) where the pool can, and promise its costs: the rows."""
    asked = run.undecided[one] if isinstance(one, int) else run.undecided[one, run.rows]
    own = run.own[one] if isinstance(one, int) else run.own[one, run.rows]
    afforded = own <= run.free
    short = asked & ~afforded
    run.short[year] |= short
    yes = asked ^ short
    if run.room is not None:
        use = _yearly(run, one, now)
        yes = yes & ((use <= run.room) | (use == 0)).all(axis=1)
        run.room = run.room - use * yes[:, None]
    rows = np.flatnonzero(yes)
    if not len(rows):
        return None
    run.free = run.free - own * yes
    if isinstance(one, int):
        run.undecided[one, rows] = False
    else:
        run.undecided[one[rows], rows] = False
    return rows


def _take_up(run: Run, taken: list[tuple[int | Ints, NDArray[np.intp]]], year: int, now: int) -> None:
    rows = np.concatenate([mine for _, mine in taken])
    one = np.concatenate([np.full(len(mine), each) for each, mine in taken])
    tables = run.tables
    run.new.append(taken_up(tables, one, rows, now + tables.delay[one, rows], year))
    run.note("approved", year, run.by_row(rows, np.ones(len(rows), np.int64)))
    run.note("citizens", year, run.by_row(rows, tables.reach[one, rows]))


def _yearly(run: Run, one: int | Ints, now: int) -> Ore:
    """What an application costs in each budget year [row, year] if it is approved now."""
    tables, rows = run.tables, run.rows
    start, size = now + tables.delay[one, rows], tables.size[one, rows]
    kind = np.broadcast_to(tables.kind[one], size.shape)
    ends = 12 * np.arange(run.years + tables.ages + 1)
    age = np.clip(ends - start[:, None], 0, tables.cost.shape[1] - 1)
    found: Ore = np.diff(muldiv(tables.cost[kind[:, None], age], size[:, None], PPM), axis=1)
    return found
