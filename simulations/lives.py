"""With/without life courses as arrays: multi-state courses in continuous time from keyed exponentials.

Both lives run the same steps on the same numbers, and the window of exposure plays no part where the hazard is the same
inside and outside: a hazard ratio of 1 is bitwise no effect. Each transition has its own exponential per visit to its
origin; the first to come wins. Stays are inverted in closed form over the bands of the stay, the seasons that shocks
make of the calendar, and the window of exposure.
"""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.lives import HazardDomain, Shock, StatedDomain, ends

from .draws import Floats
from .months import MONTH, day_of

Ints = NDArray[np.int32]
NEVER = np.float32(1e9)
Exponentials = Callable[[str], Floats]
Edge = float | Floats
Bands = tuple[tuple[float, float, float], ...]
Seasons = tuple[tuple[Edge, float], ...]
STEADY: Seasons = ((math.inf, 1.0),)
Window = tuple[Floats, Floats]
Visits = int | NDArray[np.int32]


@dataclass(frozen=True)
class Spells:
    """Stays of one round, at most one per cell, in no later round before this one ends.

    cell: citizen × replication, flat [spell]; state: index [spell], or one for all; entry, exit: instants [spell]; the
    last exit may lie beyond the horizon.
    """

    cell: NDArray[np.intp]
    state: NDArray[np.int8] | int
    entry: Ints
    exit: Ints

    def within(self, state: int) -> "Spells":
        """The stays in one state."""
        if isinstance(self.state, int):
            keep = slice(None) if self.state == state else slice(0)
            return Spells(self.cell[keep], state, self.entry[keep], self.exit[keep])
        at = np.flatnonzero(self.state == state)
        return Spells(self.cell.take(at), state, self.entry.take(at), self.exit.take(at))


Life = tuple[Spells, ...]


def row_of(cell: NDArray[np.intp], rows: int) -> NDArray[np.intp]:
    """The replication of each cell: cell % rows, which numpy does at half the speed."""
    return cell - cell // rows * rows


@dataclass(frozen=True)
class Move:
    """A transition: its name, its destination, and what its daily rate is made of.

    bands: parts of the stay (end in days, rate outside, inside); seasons: parts of the calendar (end as an instant, the
    ratio that shocks put on the rate). The last of each never ends.
    """

    name: str
    to: int
    bands: Bands
    seasons: Seasons = STEADY

    @property
    def affected(self) -> bool:
        """Whether exposure changes the hazard."""
        return any(outside != inside for _, outside, inside in self.bands)

    @property
    def shocked(self) -> bool:
        """Whether the hazard changes with the calendar."""
        return len(self.seasons) > 1

    def seasons_from(self, now: Floats | None) -> Seasons:
        """The seasons by days from now [cell] instead of instants; without `now` from instant 0."""
        if now is None or not self.shocked:
            return self.seasons
        return (*((end - now, ratio) for end, ratio in self.seasons[:-1]), self.seasons[-1])


class When(NamedTuple):
    """When stays begin: what the calendar means for them.

    now: instants [cell], none in a domain without shocks; window: days from now until exposure begins and ends [cell],
    0 when past, none where it changes nothing.
    """

    now: Floats | None
    window: Window | None

    def take(self, at: NDArray[np.intp]) -> "When":
        """The same for some of the stays."""
        now = None if self.now is None else self.now.take(at)
        return When(now, None if self.window is None else (self.window[0].take(at), self.window[1].take(at)))


def moves(domain: HazardDomain, effect_factor: float, start: dt.date | None = None) -> tuple[tuple[Move, ...], ...]:
    """The transitions out of each state, with the effect raised to a power: 0 is none, 1 the stated one.

    start: of the scenario; shocks are dated, and cannot do without it (ValueError).
    """
    found: list[list[Move]] = [[] for _ in domain.states]
    for arrow, hazard in domain.without.items():
        origin, destination = ends(arrow)
        effect = domain.with_.get(arrow)
        outside = hazard.monthly()
        if effect is None:
            bands = [(end, rate, rate) for end, rate in outside]
        elif effect.hazard_ratio is not None:
            ratio = _raised(float(effect.hazard_ratio), effect_factor)
            bands = [(end, rate, rate * ratio) for end, rate in outside]
        else:
            bands = _merged(outside, effect.monthly(), effect_factor)
        days = tuple((end * MONTH, out / MONTH, inside / MONTH) for end, out, inside in bands)
        seasons = _seasons(arrow, domain.shocks.values(), start) if domain.shocks else STEADY
        found[domain.states.index(origin)].append(
            Move(f"{origin}>{destination}", domain.states.index(destination), days, seasons)
        )
    return tuple(tuple(out) for out in found)


def _seasons(arrow: str, shocks: Iterable[Shock], start: dt.date | None) -> Seasons:
    """Parts of the calendar as (end as an instant, ratio): the product of the shocks' ratios for a transition.

    A season ends only where the product changes: ratios of 1 leave one season, and stays are computed as without them.
    """
    named = [(*_instants(shock, start), shock.hazard_ratios[arrow]) for shock in shocks if arrow in shock.hazard_ratios]
    edges = {0.0, math.inf, *(edge for begin, end, _ in named for edge in (begin, end) if edge > 0)}
    seasons: list[tuple[float, float]] = []
    for low, high in pairwise(sorted(edges)):
        ratio = _bounded(float(math.prod(ratio for begin, end, ratio in named if begin <= low < end)))
        if seasons and seasons[-1][1] == ratio:
            seasons.pop()
        seasons.append((high, ratio))
    return tuple(seasons)


def _instants(shock: Shock, start: dt.date | None) -> tuple[float, float]:
    """When a shock begins and ends; infinity where it lasts."""
    if start is None:
        raise ValueError("expected the scenario's start, which dates the shocks, found none")
    return day_of(shock.from_, start), math.inf if shock.until is None else day_of(shock.until, start)


def _raised(ratio: float, power: float) -> float:
    """A hazard ratio to a power."""
    return _bounded(ratio**power)


def _bounded(ratio: float) -> float:
    """A hazard ratio, kept where rates stay finite in float32."""
    return float(min(max(ratio, 1e-9), 1e9))


def _merged(
    outside: Sequence[tuple[float, float]], inside: Sequence[tuple[float, float]], power: float
) -> list[tuple[float, float, float]]:
    ends_of_bands = sorted({end for end, _ in outside} | {end for end, _ in inside})
    merged = []
    for end in ends_of_bands:
        out = next(rate for last, rate in outside if end <= last)
        within = next(rate for last, rate in inside if end <= last)
        merged.append((end, out, out * _raised(within / out, power)))
    return merged


def stay(wait: Floats, bands: Bands, window: Window | None, seasons: Seasons = STEADY) -> Floats:
    """Days until a transition whose cumulative hazard reaches `wait`.

    t days into the stay the hazard is band(t) outside or inside the window × the season's ratio. It is constant in
    pieces, so days = Σ used / rate, where each piece uses min(rate · length, what is left of `wait`).

    window: days from now until exposure begins and ends [cell], 0 when past; none without the intervention. seasons: by
    days from now until their ends, 0 or below when past. Where the hazard is the same inside and outside, the window
    plays no part: no effect is bitwise the life without.
    """
    left = wait
    days = np.zeros_like(wait)
    for low, high, outside, inside in _cuts(bands, seasons):
        for rate, length in _pieces(low, high, outside, inside, window):
            used = left if length is None else np.minimum(left, np.float32(rate) * length)
            days += used / np.float32(rate)
            left = left - used
    return days


def _cuts(bands: Bands, seasons: Seasons) -> Iterator[tuple[Edge, Edge, float, float]]:
    """The bands cut by the seasons: (begin, end, rate outside, rate inside), in days from now."""
    low: Edge = 0.0
    for high, outside, inside in bands:
        *passing, (_, last) = seasons
        for end, ratio in passing:
            until = np.clip(end, low, high)
            yield low, until, outside * ratio, inside * ratio
            low = until
        yield low, high, outside * last, inside * last
        low = high


def _pieces(
    low: Edge, high: Edge, outside: float, inside: float, window: Window | None
) -> list[tuple[float, Edge | None]]:
    """A cut divided by the window: (rate, length) before, in and after it; no length for what never ends."""
    if window is None or inside == outside:
        return [(outside, _length(low, high))]
    begin, finish = np.clip(window[0], low, high), np.clip(window[1], low, high)
    return [(outside, begin - low), (inside, finish - begin), (outside, _length(finish, high))]


def _length(low: Edge, high: Edge) -> Edge | None:
    """Days from one edge to another; none where there is no end."""
    return None if isinstance(high, float) and high == math.inf else high - low


def hazard_life(
    name: str,
    out: tuple[tuple[Move, ...], ...],
    exponentials: Exponentials,
    first: int,
    referred: Floats,
    exposure: Window | None,
    horizon: int,
) -> Life:
    """Life courses in one domain for all cells.

    referred [cell]: the instant at which the course begins, in state `first`; exposure: instants at which it begins and
    ends [cell], none for the life without. Draws are named "domain/from>to/visit".
    """
    cell = np.arange(len(referred))
    now = referred
    entry = referred.astype(np.int32)
    state: NDArray[np.int8] | int = first
    visits: list[Visits] = [0] * len(out)
    rounds: list[Spells] = []
    shocked = any(move.shocked for choices in out for move in choices)
    while len(cell):
        when = When(now if shocked else None, _window(exposure, now, out, state))
        length, nxt = _first_to_come(name, out, exponentials, state, cell, visits, when)
        later = now + length
        leave = np.minimum(np.rint(later), horizon + 1).astype(np.int32)
        rounds.append(Spells(cell, state, entry, leave))
        go = np.flatnonzero(later < horizon)
        _visited(visits, state, cell, len(referred))
        state = nxt if isinstance(nxt, int) else nxt.take(go)
        cell, now, entry = cell.take(go), later.take(go), leave.take(go)
        exposure = None if exposure is None else (exposure[0].take(go), exposure[1].take(go))
    return tuple(rounds)


def _window(
    exposure: Window | None, now: Floats, out: tuple[tuple[Move, ...], ...], state: NDArray[np.int8] | int
) -> Window | None:
    """Days until exposure begins and ends; none where it changes nothing for any of these stays."""
    choices = out[state] if isinstance(state, int) else [move for moves in out for move in moves]
    if exposure is None or not any(move.affected for move in choices):
        return None
    return np.maximum(exposure[0] - now, 0), np.maximum(exposure[1] - now, 0)


def _visited(visits: list[Visits], state: NDArray[np.int8] | int, cell: NDArray[np.intp], cells: int) -> None:
    """Count a visit; one number is enough for as long as all are in the same state."""
    if isinstance(state, int):
        mine = visits[state]
        if isinstance(mine, int):
            visits[state] = mine + 1
        else:
            mine[cell] += 1
        return
    for origin, count in enumerate(visits):
        if isinstance(count, int):
            count = visits[origin] = np.full(cells, count, np.int32)
        count[cell[state == origin]] += 1


def _first_to_come(
    name: str,
    out: tuple[tuple[Move, ...], ...],
    exponentials: Exponentials,
    state: NDArray[np.int8] | int,
    cell: NDArray[np.intp],
    visits: list[Visits],
    when: When,
) -> tuple[Floats, NDArray[np.int8] | int]:
    if isinstance(state, int):
        return _competing(name, out[state], exponentials, cell, visits[state], when)
    length = np.full(len(cell), NEVER, np.float32)
    nxt = state.copy()
    for origin in np.unique(state):
        at = np.flatnonzero(state == origin)
        length[at], nxt[at] = _competing(name, out[origin], exponentials, cell[at], visits[origin], when.take(at))
    return length, nxt


def _competing(
    name: str,
    choices: tuple[Move, ...],
    exponentials: Exponentials,
    cell: NDArray[np.intp],
    visits: Visits,
    when: When,
) -> tuple[Floats, NDArray[np.int8] | int]:
    if not choices:
        return np.full(len(cell), NEVER, np.float32), 0
    lengths = [
        stay(
            _waits(f"{name}/{move.name}", exponentials, cell, visits),
            move.bands,
            when.window,
            move.seasons_from(when.now),
        )
        for move in choices
    ]
    if len(choices) == 1:
        return lengths[0], choices[0].to
    first = np.argmin(lengths, axis=0)
    return np.min(lengths, axis=0), np.array([move.to for move in choices], np.int8)[first]


def _waits(name: str, exponentials: Exponentials, cell: NDArray[np.intp], visits: Visits) -> Floats:
    if isinstance(visits, int):
        source = exponentials(f"{name}/{visits}")
        return source if len(cell) == len(source) else source.take(cell)
    mine = visits[cell]
    low, high = int(mine.min()), int(mine.max())
    wait = np.empty(len(cell), np.float32)
    for visit in range(low, high + 1):
        at = np.flatnonzero(mine == visit)
        wait[at] = exponentials(f"{name}/{visit}")[cell[at]]
    return wait


def stated_life(
    domain: StatedDomain, paths: Sequence[dict[int, int]], referred: Ints, replications: int, horizon: int
) -> Life:
    """Stated courses, the same in every replication; paths: each citizen's {instant: state}; referred [citizen]."""
    first = domain.states.index(domain.initial or domain.states[0])
    courses = [[(int(r), first), *sorted(path.items())] for r, path in zip(referred, paths, strict=True)]
    rounds = []
    for number in range(max(len(course) for course in courses)):
        who = [i for i, course in enumerate(courses) if len(course) > number]
        leaves = [courses[i][number + 1][0] if len(courses[i]) > number + 1 else horizon + 1 for i in who]
        cell = (np.array(who)[:, None] * replications + np.arange(replications)).reshape(-1)

        def spread(values: Sequence[int], kind: type = np.int32) -> NDArray:  # type: ignore[type-arg]
            return np.repeat(np.array(values, kind), replications)

        state = spread([courses[i][number][1] for i in who], np.int8)
        rounds.append(Spells(cell, state, spread([courses[i][number][0] for i in who]), spread(leaves)))
    return tuple(rounds)
