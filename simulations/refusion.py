"""Days in a state and the share of them that the state refunds, by replication and budget year."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contracts.money import PPM, ppm
from scenarios.economy import RefusionRule

from .lives import Life, Spells, row_of
from .months import YEAR

Ints = NDArray[np.int64]
_COUNT = 2.0**30
_MANY = 2**21


@dataclass(frozen=True)
class Span:
    """The budget years of a scenario as instants: `starts` of each year and of the one after, and the horizon."""

    starts: tuple[int, ...]
    horizon: int
    rows: int

    @property
    def years(self) -> int:
        """How many budget years there are."""
        return len(self.starts) - 1


def days_by_year(life: Life, state: int, span: Span) -> Ints:
    """Days in a state up to the horizon, over all citizens: int64 [row, year]."""
    days = np.zeros((span.years, span.rows), np.int64)
    for mine in _joined([spells.within(state) for spells in life]):
        if len(mine.cell):
            row = row_of(mine.cell, span.rows)
            days += _before(np.minimum(mine.exit, span.horizon), row, span)
            days -= _before(mine.entry, row, span)
    return days.T


def _joined(rounds: list[Spells]) -> list[Spells]:
    """The stays of all rounds as one, where they are so few that `_before` can add them exactly."""
    if sum(len(mine.cell) for mine in rounds) >= _MANY:
        return rounds
    cell = np.concatenate([mine.cell for mine in rounds])
    entry = np.concatenate([mine.entry for mine in rounds])
    return [Spells(cell, rounds[0].state, entry, np.concatenate([mine.exit for mine in rounds]))]


def _before(instant: NDArray[np.int32], row: NDArray[np.intp], span: Span) -> Ints:
    """Days of each year that lie before the instants, summed by row [year, row].

    Whole years and days are packed in one float64 sum, which is exact for up to 2^21 instants by row and year.
    """
    since = instant - np.int32(span.starts[0]) if span.starts[0] else instant
    year = since // np.int32(YEAR)
    weight = (since - year * np.int32(YEAR)) + np.int32(_COUNT)
    size = (span.years + 1) * span.rows
    packed = np.bincount(year * np.int32(span.rows) + row, weights=weight, minlength=size)
    count, part = np.divmod(packed.reshape(-1, span.rows), _COUNT)
    later = np.cumsum(count[::-1], axis=0)[::-1]
    days = part.astype(np.int64)
    days[:-1] += YEAR * later[1:].astype(np.int64)
    return days[: span.years]


@dataclass(frozen=True)
class CountedRule:
    """A refusion rule in instants: versions (from instant, tiers (low, high, ppm)), in order of date."""

    reset: str
    versions: tuple[tuple[int, tuple[tuple[int, int, int], ...]], ...]

    @property
    def linear(self) -> bool:
        """Whether the refunded share never depends on counted time or date."""
        return len(self.versions) == 1 and len(self.versions[0][1]) == 1 and self.versions[0][0] <= 0


def counted_rule(rule: RefusionRule, instant_of: dict[object, int]) -> CountedRule:
    """A rule with its dates as instants (`instant_of` date)."""
    versions = []
    for version in rule.versions:
        since = -(10**9) if version.since is None else instant_of[version.since]
        tiers, low = [], 0
        for tier in version.tiers:
            high = tier.until if tier.until is not None else 10**9
            tiers.append((low, high, ppm(tier.share)))
            low = high
        versions.append((since, tuple(tiers)))
    return CountedRule(rule.reset, tuple(sorted(versions)))


def refunded(life: Life, state: int, rule: CountedRule, span: Span, cells: int, counted_before: int) -> Ints:
    """Day-millionths that the state refunds: Σ days × share (ppm), int64 [row, year].

    Time in the state is counted citizen by citizen in order of date; the counter decides the share, and the rule when
    it starts again.
    """
    if rule.linear:
        return days_by_year(life, state, span) * rule.versions[0][1][0][2]
    total = np.zeros(span.years * span.rows, np.int64)
    counter = _Counter(rule.reset, np.full(cells, counted_before, np.int64), cells)
    for spells in life:
        mine = spells.within(state)
        go = np.flatnonzero(np.minimum(mine.exit, span.horizon) > mine.entry)
        cell, entry = mine.cell[go], mine.entry[go].astype(np.int64)
        if len(cell):
            exits = np.minimum(mine.exit[go], span.horizon).astype(np.int64)
            counter.admit(cell, entry, exits)
            _walk(total, counter, rule, span, cell, entry, exits)
    return total.reshape(span.rows, span.years)


class _Counter:
    """Counted days of each cell, and what is needed to know when they start again."""

    def __init__(self, reset: str, used: Ints, cells: int) -> None:
        self.reset = reset
        self.used = used
        self.first = np.full(cells, -1, np.int64)
        self.turned = np.zeros(cells, np.int64)
        self._stays: list[tuple[Ints, Ints]] = []

    def admit(self, cell: NDArray[np.intp], entry: Ints, exits: Ints) -> None:
        """Begin stays: note the first admission, and start the counter again where the rule says so."""
        new = self.first[cell] < 0
        self.first[cell[new]] = entry[new]
        if self.reset == "running_year":
            year = (entry - self.first[cell]) // YEAR
            again = year != self.turned[cell]
            self.turned[cell] = year
            self.used[cell[again]] = 0
        elif self.reset == "self_support":
            since = np.maximum(np.maximum(entry - 3 * YEAR, self.first[cell]), self.turned[cell])
            supported = entry - since
            for begins, leaves in self._stays:
                supported -= np.maximum(leaves[cell] - np.maximum(begins[cell], since), 0)
            again = supported >= YEAR
            self.used[cell[again]] = 0
            self.turned[cell[again]] = entry[again]
            begins, leaves = np.zeros_like(self.first), np.zeros_like(self.first)
            begins[cell], leaves[cell] = entry, exits
            self._stays.append((begins, leaves))

    def next_turn(self, cell: NDArray[np.intp]) -> Ints:
        """The instant at which the counter starts again by itself."""
        if self.reset == "running_year":
            return self.first[cell] + (self.turned[cell] + 1) * YEAR
        return np.full(len(cell), 10**9, np.int64)

    def turn(self, cell: NDArray[np.intp]) -> None:
        self.used[cell] = 0
        self.turned[cell] += 1


def _walk(
    total: Ints,
    counter: _Counter,
    rule: CountedRule,
    span: Span,
    cell: NDArray[np.intp],
    entry: Ints,
    exits: Ints,
) -> None:
    """Cut stays at years, versions and turns of the counter, and add up the refunded day-millionths of each piece."""
    dates = [since for since, _ in rule.versions]
    marks = np.array(sorted({*span.starts, *dates, 10**9}), np.int64)
    now = entry
    while len(cell):
        turn = counter.next_turn(cell)
        stop = np.minimum(np.minimum(exits, marks[np.searchsorted(marks, now, side="right")]), turn)
        used = counter.used[cell]
        weight = _weights(rule, np.searchsorted(dates, now, side="right") - 1, used, used + stop - now)
        year = (now - span.starts[0]) // YEAR
        total += _scatter(cell % span.rows * span.years + year, weight, len(total))
        counter.used[cell] = used + stop - now
        counter.turn(cell[stop == turn])
        go = np.flatnonzero(stop < exits)
        cell, now, exits = cell[go], stop[go], exits[go]


def _weights(rule: CountedRule, version: NDArray[np.intp], low: Ints, high: Ints) -> Ints:
    weight = np.zeros_like(low)
    for number, (_, tiers) in enumerate(rule.versions):
        amount = sum((np.clip(high, a, b) - np.clip(low, a, b)) * share for a, b, share in tiers)
        weight = np.where(version == number, amount, weight)
    return weight


def _scatter(index: Ints, weight: Ints, size: int) -> Ints:
    # float64 sums are exact here: at most cells × 360 × 10^6 < 2^53
    return np.bincount(index, weights=weight, minlength=size).astype(np.int64)


UNIT = YEAR * PPM
