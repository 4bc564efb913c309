"""The share of days in a state that the state refunds: parts of stays in which it is the same, or follows a profile.

A rule counts time: while a citizen is in the state, from the first admission in running years, or since the first
discharge from another state. Its steps cut stays into parts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from contracts.money import PPM, ppm
from scenarios.economy import RefusionRule

from .lives import Life
from .months import YEAR
from .self_support import SelfSupport
from .spans import Instants, Ints, Profiles, Span, Stay, days_in, joined, profiles, stacked, weighed_days

UNIT = YEAR * PPM
FAR = 10**9
Tier = tuple[int, int, int]


@dataclass(frozen=True)
class CountedRule:
    """A refusion rule in instants: versions (from instant, tiers (low, high, ppm)), in order of date."""

    reset: str
    versions: tuple[tuple[int, tuple[Tier, ...]], ...]
    clock: str = "in_state"

    @property
    def floor(self) -> int:
        """The share of every day in the state, whatever is counted; what steps give beyond it stands in parts."""
        return self.versions[0][1][-1][2] if self._undated else 0

    @property
    def linear(self) -> bool:
        """Whether the refunded share never depends on counted time or date."""
        return self._undated and len(self.versions[0][1]) == 1

    @property
    def _undated(self) -> bool:
        return len(self.versions) == 1 and self.versions[0][0] <= 0 and self.clock == "in_state"

    def steps(self) -> list[tuple[int, int, list[tuple[int, int]]]]:
        """By version: from instant, until, and its steps: counted days until which a share beyond the floor holds."""
        ends = [*(since for since, _ in self.versions[1:]), FAR]
        return [
            (since, end, [(high, share - self.floor) for _, high, share in tiers])
            for (since, tiers), end in zip(self.versions, ends, strict=True)
        ]


def counted_rule(rule: RefusionRule, instant_of: dict[object, int]) -> CountedRule:
    """A rule with its dates as instants (`instant_of` date)."""
    versions = []
    for version in rule.versions:
        since = -FAR if version.since is None else instant_of[version.since]
        tiers, low = [], 0
        for tier in version.tiers:
            high = tier.until if tier.until is not None else FAR
            tiers.append((low, high, ppm(tier.share)))
            low = high
        versions.append((since, tuple(tiers)))
    return CountedRule(rule.reset, tuple(sorted(versions)), rule.clock)


@dataclass(frozen=True)
class Part:
    """Parts of stays with a share (ppm) of each day beyond the rule's floor, or a profile [stay] that it follows.

    Parts of a life do not overlap.
    """

    stay: Stay
    share: int
    profile: NDArray[np.intp] | None = None
    profiles: Profiles | None = None


def refunded(found: list[Part], floor: int, days: Ints, span: Span) -> Ints:
    """Day-millionths that the state refunds: Σ days × share (ppm), int64 [row, year]; days: all in the state."""
    total = days * floor
    for share in dict.fromkeys(part.share for part in found if part.share):
        total += share * days_in([part.stay for part in found if part.share == share], span)
    for part in found:
        if part.profiles is not None and part.profile is not None:
            total += weighed_days(part.stay, part.profile, part.profiles, span)
    return total


def parts(
    life: Life,
    state: int,
    rule: CountedRule,
    span: Span,
    cells: int,
    before: int,
    discharged: Instants | None = None,
    every: bool = False,
) -> list[Part]:
    """What is refunded of a life in a state beyond the rule's floor.

    before: days counted when a citizen is referred; discharged [cell]: for a rule that counts since then (see
    `first_discharge`); every: with the parts of which nothing is refunded beyond the floor. Time is counted citizen by
    citizen in order of date.
    """
    stays = stays_in(life, state, span.horizon)
    if rule.linear:
        return [Part(stay, 0) for stay in stays] if every else []
    if rule.clock == "first_discharge" and discharged is not None:
        found = _since_discharge(stays, rule, discharged, every)
    elif rule.reset == "running_year":
        found = _running_years(stays, rule, span, cells, before, every)
    else:
        admit = SelfSupport(cells).admit if rule.reset == "self_support" else None
        found = _in_state(stays, rule, cells, before, admit, every)
    return list(found)


def first_discharge(life: Life, state: int, rule: CountedRule, cells: int, horizon: int) -> Instants:
    """The instant at which each cell first leaves a state from the rule's first date on; `FAR` for who never does."""
    found = np.full(cells, FAR, np.int32)
    since = rule.versions[0][0]
    for stay in stays_in(life, state, horizon + 1):
        # who is admitted at the very instant was never discharged
        at = found.take(stay.cell)
        at[at == stay.begin] = FAR
        left = (stay.end >= since) & (stay.end <= horizon)
        found[stay.cell] = np.minimum(at, np.where(left, stay.end, np.int32(FAR)))
    return found


def stays_in(life: Life, state: int, horizon: int) -> Iterator[Stay]:
    """Stays in a state within the horizon, round by round."""
    for spells in life:
        mine = spells.within(state)
        ends = np.minimum(mine.exit, np.int32(horizon))
        go = np.flatnonzero(ends > mine.entry)
        if len(go) == len(ends):
            yield Stay(mine.cell, mine.entry, ends)
        elif len(go):
            yield Stay(mine.cell.take(go), mine.entry.take(go), ends.take(go))


def _in_state(
    stays: Iterator[Stay],
    rule: CountedRule,
    cells: int,
    before: int,
    admit: Callable[[Stay], NDArray[np.intp]] | None,
    every: bool,
) -> Iterator[Part]:
    """Count each day in the state; what `admit` returns of the stays begins anew."""
    used = np.full(cells, min(before, FAR // 2), np.int32)
    for stay in stays:
        if admit is not None:
            used[stay.cell.take(admit(stay))] = 0
        had = used.take(stay.cell)
        yield from _cut(rule, stay, stay.begin - had, every)
        used[stay.cell] = had + (stay.end - stay.begin)


def _since_discharge(stays: Iterator[Stay], rule: CountedRule, discharged: Instants, every: bool) -> Iterator[Part]:
    for stay in stays:
        at = discharged.take(stay.cell)
        if every:
            yield from _some(stay.cell, stay.begin, np.minimum(stay.end, at), 0)
        go = np.flatnonzero(at < stay.end)
        begin = np.maximum(stay.begin.take(go), at.take(go))
        yield from _cut(rule, Stay(stay.cell.take(go), begin, stay.end.take(go)), at.take(go), every)


def _some(cell: NDArray[np.intp], begin: Instants, end: Instants, share: int) -> Iterator[Part]:
    """The part of those that begin before they end."""
    go = np.flatnonzero(end > begin)
    if len(go) == len(cell):
        yield Part(Stay(cell, begin, end), share)
    elif len(go):
        yield Part(Stay(cell.take(go), begin.take(go), end.take(go)), share)


def _cut(rule: CountedRule, stay: Stay, zero: Instants, every: bool) -> Iterator[Part]:
    """Cut stays at versions and steps; zero: the instant at which no day was counted yet [stay]."""
    if not len(stay.cell):
        return
    first, last = int(stay.begin.min()), int(stay.end.max())
    if every and rule.versions[0][0] > first:
        yield from _some(stay.cell, stay.begin, np.minimum(stay.end, np.int32(rule.versions[0][0])), 0)
    for since, until, steps in rule.steps():
        begin = np.maximum(stay.begin, np.int32(since)) if since > first else stay.begin
        end = np.minimum(stay.end, np.int32(until)) if until < last else stay.end
        for high, share in steps:
            stop = np.minimum(end, zero + np.int32(high)) if high < FAR else end
            if share or every:
                yield from _some(stay.cell, begin, stop, share)
            begin = np.maximum(begin, stop) if high < FAR else begin


def _running_years(
    stays: Iterator[Stay], rule: CountedRule, span: Span, cells: int, before: int, every: bool
) -> Iterator[Part]:
    """Count the days of each running year (360 days) from the first admission.

    Who is there from the beginning of a running year follows a profile of it; the rest of the running year in which a
    later stay begins is cut at the steps.
    """
    first = np.full(cells, -1, np.int32)
    used = np.full(cells, min(before, FAR // 2), np.int32)
    turned = np.zeros(cells, np.int32)
    steady: list[Stay] = []
    phases: list[NDArray[np.intp]] = []
    for stay in stays:
        if not steady and not before:
            # the first stays all begin with a running year
            length = stay.end - stay.begin
            first[stay.cell], turned[stay.cell] = stay.begin, length // np.int32(YEAR)
            used[stay.cell] = length % np.int32(YEAR)
            steady.append(stay)
            phases.append((stay.begin % np.int32(YEAR)).astype(np.intp))
            continue
        new = np.flatnonzero(first.take(stay.cell) < 0)
        first[stay.cell.take(new)] = stay.begin.take(new)
        origin = first.take(stay.cell)
        year = (stay.begin - origin) // np.int32(YEAR)
        had = np.where(year == turned.take(stay.cell), used.take(stay.cell), np.int32(0))
        turn = origin + (year + np.int32(1)) * np.int32(YEAR)
        fresh = (had == 0) & (turn - stay.begin == YEAR)
        late = np.flatnonzero(~fresh)
        rest = Stay(stay.cell.take(late), stay.begin.take(late), np.minimum(stay.end, turn).take(late))
        yield from _cut(rule, rest, rest.begin - had.take(late), every)
        begin = np.where(fresh, stay.begin, turn)
        go = np.flatnonzero(stay.end > begin)
        steady.append(Stay(stay.cell.take(go), begin.take(go), stay.end.take(go)))
        phases.append((origin.take(go) % np.int32(YEAR)).astype(np.intp))
        last = (stay.end - origin) // np.int32(YEAR)
        length = stay.end - stay.begin
        used[stay.cell] = np.where(last == year, had + length, stay.end - origin - last * np.int32(YEAR))
        turned[stay.cell] = last
    if sum(map(len, phases)):
        phase = np.concatenate(phases)
        seen = np.flatnonzero(np.bincount(phase, minlength=YEAR))
        number = np.zeros(YEAR, np.intp)
        number[seen] = np.arange(len(seen))
        yield Part(
            joined(steady), 0, number.take(phase), stacked([_running_profile(rule, span, p) for p in seen.tolist()])
        )


@lru_cache(maxsize=4 * YEAR)
def _running_profile(rule: CountedRule, span: Span, phase: int) -> Profiles:
    """What is refunded of each day beyond the floor to who has been there since the beginning of the running year.

    phase: the instant, within 360 days, at which running years begin.
    """
    days = np.arange(span.horizon)
    counted = (days - phase) % YEAR
    daily = np.zeros((1, span.horizon), np.int64)
    for since, until, steps in rule.steps():
        within, low = (days >= since) & (days < until), 0
        for high, share in steps:
            daily += share * (within & (low <= counted) & (counted < high))
            low = high
    return profiles(daily, span)
