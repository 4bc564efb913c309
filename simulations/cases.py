"""What cases cost over time: the parts of lines brought together, so that a case has one kind of cost at a time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contracts.money import PPM

from .months import YEAR
from .refusion import Part
from .spans import Instants, Ints, Span, Stay, joined

Index = NDArray[np.intp]
_CODES = 2**62


@dataclass(frozen=True)
class CaseCost:
    """A line that cases cost: øre for 360 days by budget year, and other refusion: its floor and all parts beyond."""

    prices: Ints
    floor: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Cases:
    """Parts of cases that do not overlap; kind: of what a part costs [part]; until: the running total of what a kind
    costs from the first instant on [kind, instant], in 1/(360 · whole) øre.
    """

    stay: Stay
    kind: Index
    until: Ints

    def take(self, at: Index) -> "Cases":
        """Some of the parts."""
        stay = Stay(self.stay.cell.take(at), self.stay.begin.take(at), self.stay.end.take(at))
        return Cases(stay, self.kind.take(at), self.until)

    def between(self, begin: Instants, end: Instants) -> Ints:
        """What each part's kind costs from one instant to another."""
        found: Ints = self.until[self.kind, end] - self.until[self.kind, begin]
        return found


def whole_of(lines: Sequence[CaseCost]) -> int:
    """The number of equal parts of the whole in which every share of the lines is a whole number."""
    whole = 1
    for line in lines:
        shares = {line.floor, *(part.share for part in line.parts)}
        for part in line.parts:
            shares |= set() if part.profiles is None else set(np.unique(part.profiles.daily).tolist())
        whole = math.lcm(whole, *(PPM // math.gcd(share, PPM) for share in shares))
    return whole


def cases(lines: Sequence[CaseCost], whole: int, span: Span) -> Cases:
    """The lines' costs together."""
    alone = [_of_line(line, whole, span) for line in lines]
    return alone[0] if len(alone) == 1 else _together(alone, span)


def _of_line(line: CaseCost, whole: int, span: Span) -> Cases:
    price = line.prices[(np.arange(span.horizon) - span.starts[0]) // YEAR]
    constant = list(dict.fromkeys(part.share for part in line.parts if part.profiles is None))
    shares, kinds = [np.array(constant, np.int64).reshape(-1, 1)], []
    for part in line.parts:
        if part.profiles is None or part.profile is None:
            kinds.append(np.full(len(part.stay.cell), constant.index(part.share)))
        else:
            kinds.append(sum(map(len, shares)) + part.profile)
            shares.append(part.profiles.daily)
    until = np.concatenate([_running(price * ((PPM - line.floor - each) * whole // PPM)) for each in shares])
    return Cases(joined([part.stay for part in line.parts]), np.concatenate(kinds), until)


def _running(daily: Ints) -> Ints:
    return np.concatenate([np.zeros((len(daily), 1), np.int64), np.cumsum(daily, axis=1)], axis=1)


def _together(found: Sequence[Cases], span: Span) -> Cases:
    """Cut overlapping parts at each other's ends: a kind for each combination that is seen.

    Every part raises the code of its case where it begins and lowers it where it ends.
    """
    instants, unit = span.horizon + 1, 1
    keys, changes, units = [], [], []
    for one in found:
        base = one.stay.cell.astype(np.int64) * instants
        code = (one.kind + 1) * unit
        keys += [base + one.stay.begin, base + one.stay.end]
        changes += [code, -code]
        units.append(unit)
        unit *= len(one.until) + 1
    if unit > _CODES:
        raise OverflowError("too many lines with steps of refusion share a rule for expensive cases: use fewer lines")
    key = np.concatenate(keys)
    order = np.argsort(key, kind="stable")
    key, code = key.take(order), np.cumsum(np.concatenate(changes).take(order))
    # of several changes at an instant the last counts; a case's last code is 0, so that none reaches into the next case
    go = np.flatnonzero((code[:-1] > 0) & (key[1:] > key[:-1]))
    cell, begin = np.divmod(key.take(go), instants)
    length = key.take(go + 1) - key.take(go)
    seen, kind = np.unique(code.take(go), return_inverse=True)
    until = np.zeros((len(seen), instants), np.int64)
    for one, unit in zip(found, units, strict=True):
        until += np.concatenate([np.zeros((1, instants), np.int64), one.until])[seen // unit % (len(one.until) + 1)]
    return Cases(Stay(cell, begin.astype(np.int32), (begin + length).astype(np.int32)), kind, until)
