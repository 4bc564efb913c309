"""The investments that a pool has approved, as columns with one element for each investment and replication."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from contracts.money import PPM, Ore, muldiv

from .pipeline import Ints, Pipeline

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Ages:
    """Sums of loans up to a day, øre: costs that are lent for, gains claimed and realised, spent; results in ppm."""

    cost: Ore
    claimed: Ore
    gained: Ore
    spent: Ore
    results: Ints


@dataclass
class Loans:
    """Columns of loans; all amounts are to date.

    application, row, kind, course: numbers; start: month since the pool's start; approved: year; size, gain, claim:
    millionths of the cost, of what is gained, and of what is claimed on average; whole: what it costs in all; released,
    repaid, lost: of the loan, by anyone, own_*: the pool's; paid_back: all that the department has paid; interest due;
    owed_before: at the beginning of the year; claimed, gained, spent, results: at the last year's end. over: its time
    to repay is up; is_followed: the stop rule has looked at it. stopped: its age in months when it was stopped, -1
    while it runs; stopped_*: what it had come to; kept: the share of its costs that was spent by then, millionths.
    """

    application: Ints
    row: Ints
    kind: Ints
    course: Ints
    start: Ints
    approved: Ints
    size: Ints
    gain: Ints
    claim: Ints
    whole: Ore
    released: Ore
    own_released: Ore
    repaid: Ore
    own_repaid: Ore
    lost: Ore
    own_lost: Ore
    paid_back: Ore
    interest: Ore
    owed_before: Ore
    claimed: Ore
    gained: Ore
    spent: Ore
    results: Ints
    over: Flags
    is_followed: Flags
    stopped: Ints
    kept: Ints
    stopped_cost: Ore
    stopped_claimed: Ore
    stopped_gained: Ore
    stopped_spent: Ore
    stopped_results: Ints

    @staticmethod
    def none() -> "Loans":
        """No loans at all."""
        return Loans(**{f.name: np.zeros(0, bool if f.name in _FLAGS else np.int64) for f in fields(Loans)})

    @property
    def is_stopped(self) -> Flags:
        """Which investments have been stopped."""
        return self.stopped >= 0

    @staticmethod
    def joined(parts: "Sequence[Loans]") -> "Loans":
        """All the loans of some parts, in their order."""
        if len(parts) == 1:
            return parts[0]
        return Loans(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Loans)})

    def stop(self, failed: Flags, ages: Ages, month: int) -> None:
        """Stop some investments as they are in a month since the pool's start."""
        self.stopped = np.where(failed, month - self.start, self.stopped)
        # a ratio of two amounts, rounded down: nothing is paid by it
        self.kept = np.where(failed, ages.cost * PPM // np.maximum(self.whole, 1), self.kept)
        for name in ("cost", "claimed", "gained", "spent", "results"):
            column = f"stopped_{name}"
            setattr(self, column, np.where(failed, getattr(ages, name), getattr(self, column)))

    def pass_to(self, ages: Ages) -> None:
        """End the year."""
        self.claimed, self.gained, self.spent, self.results = ages.claimed, ages.gained, ages.spent, ages.results
        self.owed_before = np.where(self.over, 0, self.released - self.repaid - self.lost)


_FLAGS = ("over", "is_followed")


@dataclass(frozen=True)
class Tables:
    """A pipeline as arrays: its applications [application, row], and its kinds by month of age.

    kind: by application; citizens: by kind; size, gain, claim, delay, course, whole (its cost), reach (its citizens)
    [application, row]; cost, claimed [kind, month]; gained, spent, results [kind, course, month]; sides [kind, course,
    year, side]. After its last month a kind gives no more. ages: the years of the longest.
    """

    kind: Ints
    size: Ints
    gain: Ints
    claim: Ints
    delay: Ints
    course: Ints
    whole: Ore
    reach: Ints
    citizens: Ints
    cost: Ore
    claimed: Ore
    gained: Ore
    spent: Ore
    results: Ints
    sides: Ore
    ages: int

    def at(self, loans: Loans, month: int, counted: bool) -> Ages:
        """What loans have come to by the end of a month since the pool's start; results only where counted."""
        _, courses, months = self.gained.shape
        age = self._age(loans, month)
        mean, mine = loans.kind * months + age, (loans.kind * courses + loans.course) * months + age  # places, flat
        cost = muldiv(self.cost.take(mean), loans.size, PPM)
        claimed = muldiv(self.claimed.take(mean), loans.claim, PPM)
        gained = _times(self.gained.take(mine), loans.gain)
        spent = muldiv(self.spent.take(mine), loans.size, PPM)
        results = np.zeros_like(cost)
        if counted:
            results = muldiv(self.results.take(mine), np.maximum(loans.gain, 0), PPM)
        found = Ages(cost, claimed, gained, spent, results)
        return _as_stopped(loans, found) if loans.is_stopped.any() else found

    def sides_at(self, loans: Loans, month: int) -> Ore:
        """What loans have given each party and committee by the end of a month [loan, side]."""

        def until(age: Ints) -> Ore:
            year = age // 12
            month = age - 12 * year
            _, courses, years, sides = self.sides.shape
            flat, first = self.sides.reshape(-1, sides), (loans.kind * courses + loans.course) * years
            before, after = (flat.take(first + np.minimum(each, self.ages), axis=0) for each in (year, year + 1))
            return _times(before + muldiv(after - before, month[:, None], 12), loans.gain[:, None])

        age = self._age(loans, month)
        whole = until(age)
        if not loans.is_stopped.any():
            return whole
        before = until(np.minimum(np.maximum(loans.stopped, 0), age))
        after = before + muldiv(whole - before, loans.kept[:, None], PPM)
        return np.where(loans.is_stopped[:, None], after, whole)

    def _age(self, loans: Loans, month: int) -> Ints:
        return np.clip(month - loans.start, 0, self.cost.shape[1] - 1)


def _times(amount: Ore, factor: Ints) -> Ore:
    """Amounts times factors in millionths of either sign."""
    if (factor >= 0).all():
        return muldiv(amount, factor, PPM)
    return muldiv(amount * np.sign(factor), np.abs(factor), PPM)


def _as_stopped(loans: Loans, found: Ages) -> Ages:
    """Nothing more is spent on investments that were stopped, and gains grow in the proportion that was spent."""

    def less(now: Ints, then: Ints) -> Ints:
        return np.where(loans.is_stopped, then + muldiv(now - then, loans.kept, PPM), now)

    return Ages(
        cost=np.where(loans.is_stopped, loans.stopped_cost, found.cost),
        claimed=less(found.claimed, loans.stopped_claimed),
        gained=less(found.gained, loans.stopped_gained),
        spent=np.where(loans.is_stopped, loans.stopped_spent, found.spent),
        results=less(found.results, loans.stopped_results),
    )


def tables_of(pipeline: Pipeline) -> Tables:
    """The arrays of a pipeline."""
    kinds, applications = pipeline.kinds, pipeline.applications

    def stacked(name: str, axis: int) -> Ints:
        arrays = [getattr(kind, name) for kind in kinds]
        longest = max(each.shape[axis] for each in arrays)
        wide = [np.take(each, np.minimum(np.arange(longest), each.shape[axis] - 1), axis=axis) for each in arrays]
        return np.stack(wide)

    kind, size = np.array([each.kind for each in applications]), np.stack([each.size for each in applications])
    citizens, cost = np.array([each.citizens for each in kinds], np.int64), stacked("cost", 0)
    return Tables(
        kind=kind,
        size=size,
        gain=np.stack([each.gain for each in applications]),
        claim=np.stack([each.claim for each in applications]),
        delay=np.stack([each.delay for each in applications]),
        course=np.stack([each.row for each in applications]),
        whole=muldiv(cost[kind, -1][:, None], size, PPM),
        reach=muldiv(citizens[kind][:, None], size, PPM),
        citizens=citizens,
        cost=cost,
        claimed=stacked("claimed", 0),
        gained=stacked("gained", 1),
        spent=stacked("spent", 1),
        results=stacked("results", 1),
        sides=stacked("sides", 1),
        ages=cost.shape[1] // 12,
    )


def taken_up(tables: Tables, one: Ints, rows: Ints, start: Ints, year: int) -> Loans:
    """Loans for applications (number and replication of each) that are approved in a year."""
    count, size, kind = len(one), tables.size[one, rows], tables.kind[one]
    blank = {f.name: np.zeros(count, bool if f.name in _FLAGS else np.int64) for f in fields(Loans)}
    known = {
        "application": one,
        "row": rows,
        "kind": kind,
        "course": tables.course[one, rows],
        "start": start,
        "approved": np.full(count, year, np.int64),
        "size": size,
        "gain": tables.gain[one, rows],
        "claim": tables.claim[one, rows],
        "whole": tables.whole[one, rows],
        "stopped": np.full(count, -1, np.int64),
    }
    return Loans(**(blank | known))
