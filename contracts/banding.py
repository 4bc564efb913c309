"""What bands and conditions make of facts: values to date, compared exactly, and the amounts they stand for."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .facts import Facts, Ints, groups_of, sums
from .money import PPM, Ore, muldiv
from .plans import ALWAYS, AmountPlan, BandPlan, TestPlan

Flags = NDArray[np.bool_]
_LARGEST = 9 * 10**12


def band_due(band: BandPlan, facts: Facts, rows: int, statements: int, drawn: Ore) -> Ore:
    """Cumulative øre [row, statement] of a band; drawn [row, statement]: capital drawn up to each statement."""
    base = drawn if band.of is None else np.full((rows, statements), band.of, np.int64)
    read = _read(band, facts)
    if band.on == "each_measurement":
        due = np.zeros((rows, statements), np.int64)
        for mine in _measurements(facts, read, by_group=True):
            found, of, there = _to_date(facts, mine, rows, statements)
            amount = np.where(there, amount_at(band, found, of, base, 12), 0)
            due += amount if band.for_each is None else _for_each(amount, facts, _beside(band, facts, mine[0]))
        return due
    others = None if band.for_each is None else _read(band, facts, band.for_each)
    if not band.dated:
        return _worth_of(band, facts, read, others, base, 12)
    due = np.zeros((rows, statements), np.int64)
    for when in band.due:
        then = np.repeat(base[:, [when.statement]], statements, axis=1)
        found = read[facts.day[read] <= when.day]
        beside = None if others is None else others[facts.day[others] <= when.day]
        amount = _worth_of(band, facts, found, beside, then, when.months)
        if when.least is not None:
            amount = np.maximum(amount, _worth(when.least, then, when.months))
        due[:, when.statement :] += amount[:, when.statement :]
    return due


def _worth_of(band: BandPlan, facts: Facts, read: Ints, others: Ints | None, base: Ore, months: int) -> Ore:
    """What the value of some facts is worth at each statement, times the number of others where it is for each."""
    found, of, there = (_latest if band.on == "last_measurement" else _to_date)(facts, read, *base.shape)
    amount: Ore = np.where(there, amount_at(band, found, of, base, months), 0)
    return amount if others is None else _for_each(amount, facts, others)


def _for_each(amount: Ore, facts: Facts, others: Ints) -> Ore:
    """An amount [row, statement] times how many have been found of other facts up to each statement."""
    rows, statements = amount.shape
    number, _, _ = _to_date(facts, others, rows, statements)
    multiplied: Ore = muldiv(amount, number, PPM)
    return multiplied


def _beside(band: BandPlan, facts: Facts, one: int) -> Ints:
    """The facts that a band's amount is for each of, in the measurement that a fact belongs to."""
    others = _read(band, facts, band.for_each)
    point, group = facts.point[others], facts.group
    same = point == facts.point[one]
    same &= (point > 0) | (facts.day[others] == facts.day[one])
    if group is not None:
        same &= group[others] == group[one]
    chosen: Ints = others[same]
    return chosen


def amount_at(band: BandPlan, found: Ints, of: Ints, base: Ore, months: int) -> Ore:
    """What a value is worth, øre, in arrays of one shape; months: 12 for the whole amount, else twelfths of a year.

    A share is rounded to an øre, then the part of a year, then the place between two nodes.
    """
    of = np.full_like(found, PPM) if band.number else of
    if band.nodes:
        return _on_line(band, found, of, base, months)
    amount = _worth(band.otherwise, base, months)
    for comparison, at, step in band.steps:
        amount = np.where(_meets(found, of, comparison, at), _worth(step, base, months), amount)
    return amount


def holds(test: TestPlan, facts: Facts, due: Ore, rows: int, statements: int) -> Flags:
    """Whether a condition is met [row, statement], by what is known then; due [row, column, statement] so far.

    A value of which nothing has been measured meets no comparison.
    """
    if test.any_of:
        met = np.zeros((rows, statements), bool)
        for single in test.any_of:
            met |= holds(single, facts, due, rows, statements)
    elif test.metric < 0:
        earned = due[:, list(test.columns)].sum(axis=1)
        met = _meets(earned, np.full_like(earned, PPM), test.comparison, test.threshold)
    else:
        read = (facts.metric == test.metric) & facts.in_groups(test.groups)
        (at,) = np.nonzero(read & np.isin(facts.point, test.months) if test.months else read)
        found, of, there = _to_date(facts, at, rows, statements)
        met = there & _meets(found, np.full_like(found, PPM) if test.number else of, test.comparison, test.threshold)
    return met if test.wanted else ~met


def value_to_date(band: BandPlan, facts: Facts, rows: int, statements: int) -> tuple[Ints, Ints]:
    """What was found and measured up to each statement [row, statement], in millionths, as the band reads it."""
    read = _read(band, facts)
    latest = band.on == "last_measurement"
    found, of, _ = (_latest if latest else _to_date)(facts, read, rows, statements)
    return found, of


def told_of_its_own(band: BandPlan, facts: Facts, rows: int, statements: int) -> Flags:
    """Whether anything is told [row, statement] that was found while the band was in force."""
    at = _read(band, facts)
    return _to_date(facts, at[facts.day[at] >= band.since], rows, statements)[2]


def _read(band: BandPlan, facts: Facts, metric: int | None = None) -> Ints:
    """The facts of the band's own metric, or of another, from the days, follow-ups and groups that it looks at."""
    read = (facts.metric == (band.metric if metric is None else metric)) & facts.in_groups(band.groups)
    if band.begun > 0 or band.until < ALWAYS:
        read &= (facts.day >= band.begun) & (facts.day < band.until)
    if band.months:
        read &= np.isin(facts.point, band.months)
    (at,) = np.nonzero(read)
    return at


def _meets(found: Ints, of: Ints, comparison: str, at: int) -> Flags:
    """found / of compared with a threshold in millionths, exactly, by cross-multiplication; where of is 0, never."""
    if max(int(np.abs(found).max(initial=0)), int(of.max(initial=0))) > _LARGEST or abs(at) > _LARGEST:
        left, right = found.astype(object) * PPM, of.astype(object) * at
    else:
        left, right = _product(found, PPM), _product(of, at)
    met = {
        "at_least": left >= right,
        "above": left > right,
        "at_most": left <= right,
        "below": left < right,
    }[comparison]
    return np.asarray(met & (of > 0), bool)


def _product(values: Ints, factor: int) -> Ints:
    largest = int(np.abs(values).max(initial=0))
    if largest * abs(factor) > 2**62:
        exact: Ints = values.astype(object) * factor
        return exact
    return values * factor


def _worth(amount: AmountPlan, base: Ore, months: int) -> Ore:
    whole = np.full_like(base, amount.pays) if amount.share is None else muldiv(base, amount.share, PPM)
    return whole if months == 12 else muldiv(whole, months, 12)


def _on_line(band: BandPlan, found: Ints, of: Ints, base: Ore, months: int) -> Ore:
    """Between two nodes in proportion, rounded once more; two nodes at one value are a jump, where the later holds."""
    first, last = band.nodes[0], band.nodes[-1]
    amount = _worth(first[1], base, months)
    for (low, low_amount), (high, high_amount) in zip(band.nodes, band.nodes[1:], strict=False):
        inside = _meets(found, of, "at_least", low) & _meets(found, of, "below", high)
        if inside.any():
            begin, end = _worth(low_amount, base, months), _worth(high_amount, base, months)
            cells = zip(*(each[inside].tolist() for each in (found, of, begin, end)), strict=True)
            amount[inside] = [_between(value, low, high, measured, a, b) for value, measured, a, b in cells]
    beyond = _meets(found, of, "at_least", last[0])
    return np.where(beyond, _worth(last[1], base, months), amount)


def _between(found: int, low: int, high: int, of: int, begin: int, end: int) -> int:
    width = of * (high - low)
    return muldiv(begin * width + (end - begin) * (found * PPM - low * of), 1, width)


def _to_date(facts: Facts, at: Ints, rows: int, statements: int) -> tuple[Ints, Ints, Flags]:
    """Found and measured up to each statement [row, statement], and whether anything has been stated."""
    size = rows * statements
    cell = facts.row[at] * statements + facts.statement[at]

    def cumulative(amount: Ints) -> Ints:
        return sums(cell, amount, size).reshape(rows, statements).cumsum(axis=1)

    there = cumulative(np.ones(len(at), np.int64)) > 0
    return cumulative(facts.quantity[at]), cumulative(facts.denominators()[at]), there


def _measurements(facts: Facts, at: Ints, by_group: bool = False) -> Iterator[Ints]:
    """Which facts make each measurement: those of a day, where they have no follow-up month, then those of a month."""
    point = facts.point[at]
    day = np.where(point > 0, 0, facts.day[at])
    group = facts.group[at] if by_group and facts.group is not None else np.full(len(at), -1, np.int64)
    order = np.lexsort((group, day, point))
    number = groups_of(point[order], day[order], group[order])
    yield from np.split(at[order], np.flatnonzero(np.diff(number)) + 1) if len(at) else ()


def _latest(facts: Facts, at: Ints, rows: int, statements: int) -> tuple[Ints, Ints, Flags]:
    """The measurement whose last result so far is the latest; of several on one day, the later follow-up month's."""
    found, of, latest = (np.zeros((rows, statements), np.int64) for _ in range(3))
    for mine in _measurements(facts, at):
        last = np.zeros_like(latest)
        np.maximum.at(last, (facts.row[mine], facts.statement[mine]), facts.day[mine])
        last = np.maximum.accumulate(last, axis=1)
        newer = (last >= latest) & (last > 0)
        quantity, measured, _ = _to_date(facts, mine, rows, statements)
        found, of = np.where(newer, quantity, found), np.where(newer, measured, of)
        latest = np.where(newer, last, latest)
    return found, of, latest > 0
