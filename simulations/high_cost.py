"""What the state refunds of expensive cases, by citizen and month on one twelfth of the thresholds (§176).

A part of a case that lies alone in the months that it touches is refunded by tables of its kind: of whole months, of
a month's first days, and of its last. Months that several parts touch are put right one by one.
All is exact, in parts of an øre, until one last rounding.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contracts.money import muldiv

from .cases import CaseCost, Cases, cases, whole_of
from .lives import row_of
from .months import MONTH, YEAR
from .spans import Ints, Span, weighed_before

Index = NDArray[np.intp]


@dataclass(frozen=True)
class Thresholds:
    """By tier and month of the scenario: øre a year [tier, month], and how many per cent more of what lies above them
    is refunded than of what lies below [tier, month].
    """

    above: Ints
    percent: Ints


@dataclass(frozen=True)
class _Rule:
    """Thresholds for costs that are counted in 1/(360 · whole) øre."""

    thresholds: Thresholds
    whole: int

    @property
    def unit(self) -> int:
        """How many of the parts that refunds are counted in are an øre."""
        return YEAR * 100 * self.whole

    def refund(self, month: Index, cost: Ints) -> Ints:
        """What is refunded of costs in a month; month: broadcast to them."""
        total = np.zeros_like(cost)
        for above, percent in zip(self.thresholds.above, self.thresholds.percent, strict=True):
            total += percent[month] * np.maximum(cost - above[month] * (MONTH * self.whole), 0)
        return total


def high_cost(lines: Sequence[CaseCost], thresholds: Thresholds, span: Span) -> Ints:
    """Øre that the state refunds of the lines' cases together, int64 [row, year], rounded once."""
    lines = [line for line in lines if line.parts]
    rule = _Rule(thresholds, whole_of(lines))
    months = np.arange(span.horizon // MONTH)
    year = np.searchsorted(span.starts, months * MONTH, side="right") - 1
    highest = sum((line.prices[year] for line in lines), np.zeros(len(months), np.int64)) * (MONTH * rule.whole)
    if not rule.refund(months, highest).any():
        return np.zeros((span.rows, span.years), np.int64)
    found = cases(lines, rule.whole, span)
    tables = _tables(found, rule, span)
    parts = [_alone(found, tables, rule, span), _shared(found, tables, rule, span)]
    ore, rest = (np.sum(each, axis=0) for each in zip(*parts, strict=True))
    more, rest = np.divmod(rest, rule.unit)
    total: Ints = ore + more + muldiv(rest, 1, rule.unit)
    return total.T


@dataclass(frozen=True)
class _Tables:
    """Refunds by kind: of the month's days until an instant and since it [kind, instant]; of whole months before each
    month [kind, month].
    """

    until: Ints
    since: Ints
    months: Ints


def _tables(found: Cases, rule: _Rule, span: Span) -> _Tables:
    instant = np.arange(span.horizon + 1)
    month = np.minimum(instant // MONTH, span.horizon // MONTH - 1)
    inside = instant % MONTH > 0
    low, high = instant - instant % MONTH, instant + (-instant) % MONTH
    cost = found.until[:, MONTH::MONTH] - found.until[:, :-1:MONTH]
    whole = rule.refund(np.arange(cost.shape[1]), cost)
    return _Tables(
        until=rule.refund(month, (found.until - found.until[:, low]) * inside),
        since=rule.refund(month, (found.until[:, high] - found.until) * inside),
        months=np.concatenate([np.zeros((len(whole), 1), np.int64), np.cumsum(whole, axis=1)], axis=1),
    )


def _alone(found: Cases, tables: _Tables, rule: _Rule, span: Span) -> tuple[Ints, Ints]:
    """Refunds as if no two parts of a case touched the same month [year, row]: whole øre, and parts of an øre."""
    instant = np.arange(span.horizon + 1)
    first = np.clip(span.starts, 0, span.horizon) // MONTH
    began = tables.months[:, first[(instant - span.starts[0]) // YEAR]]
    ended = tables.months[:, instant // MONTH] - began + tables.until
    begun = tables.months[:, -(-instant // MONTH)] - began - tables.since
    years = np.diff(tables.months[:, first], axis=1)
    row = row_of(found.stay.cell, span.rows)

    def before(at: NDArray[np.int32], within: Ints) -> list[Ints]:
        counts = zip(np.divmod(within, rule.unit), np.divmod(years, rule.unit), strict=True)
        return weighed_before(at, row, found.kind, list(counts), span)

    late, early = before(found.stay.end, ended), before(found.stay.begin, begun)
    return late[0] - early[0], late[1] - early[1]


def _shared(found: Cases, tables: _Tables, rule: _Rule, span: Span) -> tuple[Ints, Ints]:
    """What is to be added because parts of a case touch the same month, as `_alone`."""
    months = span.horizon // MONTH
    touched = _touches(found.take(_crowded(found, months)), tables, months)
    order = np.argsort(touched.key, kind="stable")
    key = touched.key.take(order)
    new = np.flatnonzero(np.diff(key, prepend=-1))
    if not len(new):
        return (np.zeros((span.years, span.rows), np.int64),) * 2
    cost, counted = (np.add.reduceat(each.take(order), new) for each in (touched.cost, touched.counted))
    cell, month = np.divmod(key.take(new), months)
    missing = rule.refund(month, cost) - counted
    at = (month * MONTH - span.starts[0]) // YEAR * span.rows + row_of(cell, span.rows)

    def summed(amount: Ints) -> Ints:
        # float64 sums are exact here: øre of a year's refusion, or less than `unit` for each citizen and month
        found = np.bincount(at, weights=amount, minlength=span.years * span.rows).astype(np.int64)
        return found.reshape(span.years, span.rows)

    ore, rest = np.divmod(missing, rule.unit)
    return summed(ore), summed(rest)


def _crowded(found: Cases, months: int) -> Index:
    """The parts of cases in which some part lies within a month, or two touch the same."""
    stay = found.stay
    first, last = stay.begin // np.int32(MONTH), stay.end // np.int32(MONTH)
    touching = (np.flatnonzero(first * np.int32(MONTH) < stay.begin), np.flatnonzero(last * np.int32(MONTH) < stay.end))
    cells = int(stay.cell.max(initial=0)) + 1
    cell: Index = stay.cell.astype(np.int32 if cells * months < 2**31 else np.int64)
    key = [cell.take(go) * months + month.take(go) for go, month in zip(touching, (first, last), strict=True)]
    keys = np.sort(np.concatenate(key))
    crowded = np.zeros(cells, np.bool_)
    # a part within a month touches it at both ends
    crowded[keys[1:][keys[1:] == keys[:-1]] // months] = True
    return np.flatnonzero(crowded.take(stay.cell))


@dataclass(frozen=True)
class _Touches:
    """Months that parts touch without filling them: cell and month as a key, what the days cost, and the refund that
    `_alone` counts for it [touch].
    """

    key: Ints
    cost: Ints
    counted: Ints


def _touches(found: Cases, tables: _Tables, months: int) -> _Touches:
    stay, kind = found.stay, found.kind
    month = (stay.begin // MONTH, stay.end // MONTH)
    head, tail = stay.begin % MONTH > 0, stay.end % MONTH > 0
    within = head & tail & (month[0] == month[1])
    until, since = tables.until[kind, stay.end], tables.since[kind, stay.begin]
    last = np.minimum(month[1] + 1, months)
    filled = tables.months[kind, last] - tables.months[kind, month[1]]
    touches = (
        (head & ~within, month[0], found.between(stay.begin, stay.begin + (-stay.begin) % MONTH), since),
        (tail & ~within, month[1], found.between(stay.end - stay.end % MONTH, stay.end), until),
        (within, month[1], found.between(stay.begin, stay.end), since + until - filled),
    )
    base = stay.cell.astype(np.int64) * months
    return _Touches(
        *(
            np.concatenate(each)
            for each in zip(
                *(((base + at)[go], cost[go], counted[go]) for go, at, cost, counted in touches), strict=True
            )
        )
    )
