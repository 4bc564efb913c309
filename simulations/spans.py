"""Days of stays by replication and budget year, alone or weighed by what each day of a profile counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .lives import Life, row_of
from .months import YEAR

Ints = NDArray[np.int64]
Instants = NDArray[np.int32]
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


@dataclass(frozen=True)
class Stay:
    """Stays, or parts of them, within the horizon: cell, first instant and instant of the end [stay]."""

    cell: NDArray[np.intp]
    begin: Instants
    end: Instants


def days_by_year(life: Life, state: int, span: Span) -> Ints:
    """Days in a state up to the horizon, over all citizens: int64 [row, year]."""
    found = [spells.within(state) for spells in life]
    return days_in([Stay(mine.cell, mine.entry, np.minimum(mine.exit, span.horizon)) for mine in found], span)


def days_in(stays: Sequence[Stay], span: Span) -> Ints:
    """Days of stays, over all citizens: int64 [row, year]."""
    days = np.zeros((span.years, span.rows), np.int64)
    for mine in _joined(stays):
        if len(mine.cell):
            row = row_of(mine.cell, span.rows)
            days += _before(mine.end, row, span)
            days -= _before(mine.begin, row, span)
    return days.T


def _joined(stays: Sequence[Stay]) -> Sequence[Stay]:
    """All stays as one, where they are so few that `_before` can add them exactly."""
    if len(stays) < 2 or sum(len(mine.cell) for mine in stays) >= _MANY:
        return stays
    return [joined(stays)]


def joined(stays: Sequence[Stay]) -> Stay:
    """All stays as one."""
    if not stays:
        return Stay(np.zeros(0, np.intp), np.zeros(0, np.int32), np.zeros(0, np.int32))
    return Stay(*(np.concatenate([getattr(mine, name) for mine in stays]) for name in ("cell", "begin", "end")))


def _before(instant: Instants, row: NDArray[np.intp], span: Span) -> Ints:
    """Days of each year that lie before the instants, summed by row [year, row].

    Whole years and days are packed in one float64 sum, which is exact for up to 2^21 instants by row and year.
    """
    place, weight = _calendar(span)
    size = (span.years + 1) * span.rows
    packed = np.bincount(place.take(instant) + row, weights=weight.take(instant), minlength=size)
    count, part = np.divmod(packed.reshape(-1, span.rows), _COUNT)
    later = np.cumsum(count[::-1], axis=0)[::-1]
    days = part.astype(np.int64)
    days[:-1] += YEAR * later[1:].astype(np.int64)
    return days[: span.years]


@lru_cache(maxsize=8)
def _calendar(span: Span) -> tuple[Ints, NDArray[np.float64]]:
    """By instant, where the year it falls in begins [year × row], and what it weighs: one, and the days of its year."""
    since = np.arange(span.horizon + 1) - span.starts[0]
    year = since // YEAR
    return year * span.rows, np.asarray(since - year * YEAR, np.float64) + _COUNT


@dataclass(frozen=True)
class Profiles:
    """What days count by profile: as stated [profile, day], summed since the year began [profile, instant], and
    by whole year [profile, year].
    """

    daily: Ints
    within: Ints
    whole: Ints


def profiles(daily: Ints, span: Span) -> Profiles:
    """Profiles with their sums; daily [profile, day up to the horizon]."""
    until = np.concatenate([np.zeros((len(daily), 1), np.int64), np.cumsum(daily, axis=1)], axis=1)
    edges = np.clip(span.starts, 0, span.horizon)
    instants = np.arange(span.horizon + 1)
    year = (instants - span.starts[0]) // YEAR
    within = until - until[:, edges[year]]
    return Profiles(daily, within, np.diff(until[:, edges], axis=1))


def stacked(several: Sequence[Profiles]) -> Profiles:
    """Several profiles as one, in their order."""
    return Profiles(*(np.concatenate([getattr(one, name) for one in several]) for name in ("daily", "within", "whole")))


def weighed_days(stay: Stay, profile: NDArray[np.intp], counts: Profiles, span: Span) -> Ints:
    """What the days of stays count, each by its own profile [stay], over all citizens: int64 [row, year]."""
    row = row_of(stay.cell, span.rows)
    (ended,) = weighed_before(stay.end, row, profile, [(counts.within, counts.whole)], span)
    (begun,) = weighed_before(stay.begin, row, profile, [(counts.within, counts.whole)], span)
    return (ended - begun).T


def weighed_before(
    instant: Instants, row: NDArray[np.intp], profile: NDArray[np.intp], counts: Sequence[tuple[Ints, Ints]], span: Span
) -> list[Ints]:
    """What lies in each year before the instants, summed by row [year, row]; for each of several ways to count.

    counts: since the year of an instant began [profile, instant], and in a whole year [profile, year].
    """
    size, profiles = (span.years + 1) * span.rows, len(counts[0][1])
    at = _calendar(span)[0].take(instant) + row
    passed = np.bincount(profile * size + at, minlength=profiles * size).reshape(-1, span.years + 1, span.rows)
    later = np.cumsum(passed[:, :0:-1], axis=1)[:, ::-1]
    place = profile * (span.horizon + 1) + instant
    found = []
    for within, whole in counts:
        # float64 sums are exact here: at most cells × 360 × 10^6 < 2^53
        part = np.bincount(at, weights=within.take(place), minlength=size)
        total: Ints = part.reshape(-1, span.rows)[: span.years].astype(np.int64)
        total += np.einsum("py,pyr->yr", whole, later)
        found.append(total)
    return found
