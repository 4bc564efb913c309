"""What the state refunds of expensive cases, by citizen and month on one twelfth of the thresholds (§176).

What a case costs in a month is a sum of flows: each line's price while the citizen is in its state, less what other
refusion pays. Months through which the same flows run are counted together; what begins or ends within a month is added
up by cell and month. All is exact, in parts of an øre, until one last rounding.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contracts.money import PPM, muldiv

from .lives import row_of
from .months import MONTH, YEAR
from .refusion import Part
from .spans import Ints, Span, Stay, joined

Index = NDArray[np.intp]
_CODES = 2**62


@dataclass(frozen=True)
class CaseCost:
    """A line that cases cost: stays in its state, øre for 360 days by budget year, other refusion (floor, parts)."""

    stays: Stay
    prices: Ints
    floor: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Thresholds:
    """By tier and month of the scenario: øre a year [tier, month], and how many per cent more of what lies above them
    is refunded than of what lies below [tier, month].
    """

    above: Ints
    percent: Ints


def high_cost(lines: Sequence[CaseCost], rule: Thresholds, span: Span) -> Ints:
    """Øre that the state refunds of the lines' cases together, int64 [row, year], rounded once."""
    whole = _whole(lines)
    year = _year_of_month(span)
    highest = np.sum([line.prices[year] for line in lines], axis=0) * (MONTH * whole)
    if not any(len(line.stays.cell) for line in lines) or not _refund(rule, np.arange(len(year)), highest, whole).any():
        return np.zeros((span.rows, span.years), np.int64)
    flows = [flow for number, line in enumerate(lines) for flow in _flows(line, number, whole, span)]
    runs, singles, monthly = _gathered(flows, span)
    found = zip(
        _of_runs(runs, monthly, rule, whole, span), _of_singles(singles, monthly, rule, whole, span), strict=True
    )
    first = np.searchsorted(year, np.arange(span.years))
    ore, rest = (np.add.reduceat(one + other, first, axis=0).T for one, other in found)
    return ore + muldiv(rest, 1, _unit(whole))


def _whole(lines: Sequence[CaseCost]) -> int:
    """The number of parts of the whole in which every share of the lines is a whole number."""
    whole = 1
    for line in lines:
        daily = [np.unique(part.profiles.daily).tolist() for part in line.parts if part.profiles is not None]
        shares = {line.floor, *(part.share for part in line.parts), *(share for each in daily for share in each)}
        whole = math.lcm(whole, *(PPM // math.gcd(share, PPM) for share in shares))
    return whole


def _unit(whole: int) -> int:
    """How many of the parts that refunds are counted in are an øre: twelve months of thirty days, and per cent."""
    return YEAR * 100 * whole


def _refund(rule: Thresholds, month: Index, cost: Ints, whole: int) -> Ints:
    """What is refunded of a case in a month, in parts of an øre (`_unit`); cost: in 1/(360 · whole) øre."""
    total = np.zeros_like(cost)
    for above, percent in zip(rule.above, rule.percent, strict=True):
        total += percent[month] * np.maximum(cost - above[month] * (MONTH * whole), 0)
    return total


def _year_of_month(span: Span) -> Index:
    return np.searchsorted(span.starts, np.arange(span.horizon // MONTH) * MONTH, side="right") - 1


@dataclass(frozen=True)
class _Flow:
    """Stays and what they cost: the running total [kind, instant] in 1/(360 · whole) øre, and the kind [stay] if there
    are several. A line has a flow for its price and one for each step of its refusion, and a cell is in each once at a
    time.
    """

    stay: Stay
    until: Ints
    kind: Index | None = None

    def between(self, kind: Index | int, begin: NDArray[np.integer], end: NDArray[np.integer]) -> Ints:
        """What is paid from one instant to another."""
        found: Ints = self.until[kind, end] - self.until[kind, begin]
        return found


def _flows(line: CaseCost, number: int, whole: int, span: Span) -> list[_Flow]:
    price = line.prices[(np.arange(span.horizon) - span.starts[0]) // YEAR]

    def until(shares: Ints) -> Ints:
        daily = price * (shares * whole // PPM)
        return np.concatenate([np.zeros((len(daily), 1), np.int64), np.cumsum(daily, axis=1)], axis=1)

    found = [_Flow(line.stays, until(np.full((1, 1), PPM - line.floor)))]
    for step in dict.fromkeys(part.step for part in line.parts):
        mine = [part for part in line.parts if part.step == step]
        stay, (first, *_) = joined([part.stay for part in mine]), mine
        if first.profiles is None:
            found.append(_Flow(stay, until(np.full((1, 1), -first.share))))
        else:
            found.append(_Flow(stay, until(-first.profiles.daily), first.profile))
    return found


@dataclass(frozen=True)
class _Runs:
    """Runs of months, from the first until the last, through which the same flows run: row and code [run]."""

    row: Index
    first: Index
    last: Index
    code: Index


@dataclass(frozen=True)
class _Singles:
    """Months in which something begins or ends: row, month, code of what runs through, and the rest's cost [single]."""

    row: Index
    month: Index
    code: Index
    cost: Ints


def _gathered(flows: Sequence[_Flow], span: Span) -> tuple[_Runs, _Singles, Ints]:
    """Bring the flows of each cell together: runs, single months, and what each code costs by month [code, month]."""
    steps = span.horizon // MONTH + 1
    keys, codes, costs, points = (np.concatenate(each) for each in zip(*_events(flows, steps), strict=True))
    order = np.argsort(keys, kind="stable")
    keys = keys.take(order)
    new = np.flatnonzero(np.diff(keys, prepend=-1))
    last = np.append(new[1:], len(keys)) - 1
    code = np.cumsum(codes.take(order)).take(last)
    cost = np.add.reduceat(costs.take(order), new) if len(new) else costs
    point = np.add.reduceat(points.take(order), new) > 0 if len(new) else points > 0
    cell, month = np.divmod(keys.take(new), steps)
    row = row_of(cell, span.rows)
    seen, number = np.unique(code, return_inverse=True)
    # a cell's last code is that of nothing, so that no run reaches into the next cell
    following = np.append(month[1:], 0)
    begin = month + point
    run = np.flatnonzero((code > 0) & (following > begin))
    single = np.flatnonzero(point)
    runs = _Runs(row.take(run), begin.take(run), following.take(run), number.take(run))
    singles = _Singles(row.take(single), month.take(single), number.take(single), cost.take(single))
    return runs, singles, _monthly(flows, seen, steps - 1)


def _radices(flows: Sequence[_Flow]) -> list[tuple[int, int]]:
    """Each flow's place in codes: what one of it adds, and how many digits it has (0 for none)."""
    found, unit = [], 1
    for flow in flows:
        found.append((unit, len(flow.until) + 1))
        unit *= len(flow.until) + 1
    if unit > _CODES:
        raise OverflowError("too many lines with steps of refusion share a rule for expensive cases: use fewer lines")
    return found


def _events(flows: Sequence[_Flow], steps: int) -> list[tuple[Ints, Ints, Ints, Ints]]:
    """By flow: cell and month as one key, change of the code, cost beside the code, and whether there is such."""
    found = []
    for flow, (unit, _) in zip(flows, _radices(flows), strict=True):
        begin, end = flow.stay.begin.astype(np.int64), flow.stay.end.astype(np.int64)
        base = flow.stay.cell.astype(np.int64) * steps
        kind = np.zeros(len(base), np.intp) if flow.kind is None else flow.kind
        first, last = -(-begin // MONTH), end // MONTH
        code = (kind + 1) * unit
        run = np.flatnonzero(last > first)
        zeros = np.zeros(len(run), np.int64)
        found.append((base.take(run) + first.take(run), code.take(run), zeros, zeros))
        found.append((base.take(run) + last.take(run), -code.take(run), zeros, zeros))
        head = np.flatnonzero((begin < first * MONTH) & (last >= first))
        tail = np.flatnonzero((last * MONTH < end) & (last >= first))
        within = np.flatnonzero(last < first)
        for at, month, since, until in (
            (head, first - 1, begin, first * MONTH),
            (tail, last, last * MONTH, end),
            (within, last, begin, end),
        ):
            cost = flow.between(kind.take(at), since.take(at), until.take(at))
            found.append(
                (base.take(at) + month.take(at), np.zeros(len(at), np.int64), cost, np.ones(len(at), np.int64))
            )
    return found


def _monthly(flows: Sequence[_Flow], codes: Ints, months: int) -> Ints:
    edges = np.arange(months + 1) * MONTH
    total = np.zeros((len(codes), months), np.int64)
    for flow, (unit, digits) in zip(flows, _radices(flows), strict=True):
        cost = np.diff(flow.until[:, edges], axis=1)
        total += np.concatenate([np.zeros((1, months), np.int64), cost])[codes // unit % digits]
    return total


def _of_runs(runs: _Runs, monthly: Ints, rule: Thresholds, whole: int, span: Span) -> tuple[Ints, Ints]:
    """What is refunded of runs by month and row [month, row], whole øre and the rest in parts of an øre."""
    codes, months = monthly.shape
    size = codes * (months + 1) * span.rows

    def at(month: Index) -> Ints:
        place = (runs.code * (months + 1) + month) * span.rows + runs.row
        return np.bincount(place, minlength=size).reshape(codes, months + 1, span.rows)

    running = np.cumsum(at(runs.first) - at(runs.last), axis=1)[:, :months]
    refund = np.stack([_refund(rule, np.arange(months), cost, whole) for cost in monthly])
    ore, rest = (np.einsum("cm,cmr->mr", each, running) for each in np.divmod(refund, _unit(whole)))
    return ore, rest


def _of_singles(singles: _Singles, monthly: Ints, rule: Thresholds, whole: int, span: Span) -> tuple[Ints, Ints]:
    """What is refunded of single months, as `_of_runs`."""
    cost = monthly[singles.code, singles.month] + singles.cost
    refund = _refund(rule, singles.month, cost, whole)
    months = monthly.shape[1]
    place = singles.month * span.rows + singles.row

    def summed(amount: Ints) -> Ints:
        # float64 sums are exact here: øre of a year's refusion, or less than `_unit` for each citizen
        return np.bincount(place, weights=amount, minlength=months * span.rows).astype(np.int64).reshape(months, -1)

    ore, rest = np.divmod(refund, _unit(whole))
    return summed(ore), summed(rest)
