"""The facts that settlement reads, as arrays, and sums over them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .money import PPM, Ore

Ints = NDArray[np.int64]
_EXACT_IN_FLOAT = 2**53
_FIELDS = ("row", "person", "day", "statement", "metric", "point", "quantity")


@dataclass(frozen=True)
class Facts:
    """What was found, one element a fact; all arrays int64 of one length.

    row: contract instance; person: index, −1 for a cohort or count; day: proleptic ordinal; statement: index of the
    statement that settles it; metric: index in `Plan.metrics`; point: follow-up month, 0 where there is none;
    quantity: millionths of an outcome, or øre for savings. of: denominators in millionths, above zero (none: one each);
    group: index in `Plan.groups`, a number of its own for each other subgroup, −1 for none (none: no groups).
    Successes may be handed over counted by (row, statement, metric, point) where no person is looked at: for whole
    quantities at a price for one that gives the same øre.
    """

    row: Ints
    person: Ints
    day: Ints
    statement: Ints
    metric: Ints
    point: Ints
    quantity: Ints
    of: Ints | None = None
    group: Ints | None = None

    def __len__(self) -> int:
        return len(self.row)

    def denominators(self) -> Ints:
        """`of`, one each where it is not given."""
        return np.full(len(self), PPM, np.int64) if self.of is None else self.of

    def in_groups(self, groups: Sequence[int]) -> NDArray[np.bool_]:
        """Which facts are of one of these groups; of all where none is named."""
        if not groups:
            return np.ones(len(self), bool)
        return np.zeros(len(self), bool) if self.group is None else np.isin(self.group, groups)


def facts_of(records: Sequence[tuple[int, ...]]) -> Facts:
    """Facts from tuples in the order of the fields; the last two may be left out."""
    table = np.array(records, dtype=np.int64)
    columns = [np.ascontiguousarray(column) for column in (table.T if len(records) else np.zeros((7, 0), np.int64))]
    return Facts(*columns)


def join_facts(pieces: Sequence[Facts]) -> Facts:
    """One table of several."""
    if not pieces:
        return facts_of([])
    if len(pieces) == 1:
        return pieces[0]
    joined = Facts(*(np.concatenate([getattr(piece, name) for piece in pieces]) for name in _FIELDS))
    if any(piece.of is not None for piece in pieces):
        joined = replace(joined, of=np.concatenate([piece.denominators() for piece in pieces]))
    if any(piece.group is not None for piece in pieces):
        nowhere = [np.full(len(piece), -1, np.int64) if piece.group is None else piece.group for piece in pieces]
        joined = replace(joined, group=np.concatenate(nowhere))
    return joined


def sums(cell: Ints, amount: Ore, size: int) -> Ore:
    """Integer sums of amounts by cell; bincount adds in float64, which is exact below 2^53."""
    if len(amount) and float(np.abs(amount).sum(dtype=np.float64)) >= _EXACT_IN_FLOAT:
        raise OverflowError("amounts of more than 90 000 billion kroner cannot be added exactly")
    return np.bincount(cell, weights=amount, minlength=size).astype(np.int64)


def running(group: Ints, quantity: Ints, groups: int) -> tuple[Ints, Ints]:
    """Cumulative quantity before and after each element, within its group; elements are sorted by group."""
    after = np.cumsum(quantity)
    first = np.searchsorted(group, np.arange(groups))
    base = np.concatenate([[0], after])[first]
    after = after - base[group]
    return after - quantity, after


def order_of(*keys: Ints) -> NDArray[np.intp]:
    """The stable order of elements by the first key, then the second, and so on; no key is negative."""
    widths = [int(key.max(initial=0)) + 1 for key in keys]
    if np.prod([float(width) for width in widths]) < _EXACT_IN_FLOAT:
        packed = keys[0]
        for key, width in zip(keys[1:], widths[1:], strict=True):
            packed = packed * width + key
        return np.argsort(packed, kind="stable")
    return np.lexsort(keys[::-1])


def since_first(day: Ints) -> Ints:
    """Days counted from the earliest of them, which keeps sorting keys small."""
    return day - int(day.min()) if len(day) else day


def groups_of(*keys: Ints) -> Ints:
    """Consecutive numbers from 0 for elements that are sorted by these keys: one number while all stay the same."""
    if not len(keys[0]):
        return keys[0]
    changed = np.zeros(len(keys[0]) - 1, bool)
    for key in keys:
        changed |= np.diff(key) != 0
    return np.cumsum(np.concatenate([[0], changed.astype(np.int64)]))
