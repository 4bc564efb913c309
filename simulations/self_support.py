"""When the counter of the benefit ladder starts again: after 52 weeks of self-support within three years."""

import numpy as np
from numpy.typing import NDArray

from .months import YEAR
from .spans import Instants, Stay

WITHIN = 3 * YEAR


class SelfSupport:
    """Days outside the state since the counter last started, by cell; 52 weeks are a year of 360 days."""

    def __init__(self, cells: int) -> None:
        self._start = np.full(cells, -1, np.int32)
        self._left = np.zeros(cells, np.int32)
        self._outside = np.zeros(cells, np.int32)
        self._waiting: list[Stay] = []
        self._stays: list[tuple[Instants, Instants]] = []

    def admit(self, stay: Stay) -> NDArray[np.intp]:
        """Begin stays, no earlier than those before; returns which of them start the counter again."""
        cell, entry = stay.cell, stay.begin
        if not self._waiting and not self._stays:
            self._start[cell], self._left[cell] = entry, stay.end
            self._waiting.append(stay)
            return np.zeros(0, np.intp)
        start = self._start.take(cell)
        gap = np.where(start >= 0, entry - self._left.take(cell), np.int32(0))
        outside = self._outside.take(cell) + gap
        # a gap of a year is enough by itself, and less than a year in all never is
        again = gap >= YEAR
        unsure = np.flatnonzero((outside >= YEAR) & ~again)
        again[unsure] = self._recent(cell.take(unsure), entry.take(unsure)) >= YEAR
        anew = np.flatnonzero(again)
        outside[anew] = 0
        begun = np.flatnonzero(again | (start < 0))
        self._start[cell.take(begun)] = entry.take(begun)
        self._outside[cell] = outside
        self._left[cell] = stay.end
        self._waiting.append(stay)
        return anew

    def _recent(self, cell: NDArray[np.intp], entry: Instants) -> Instants:
        """Days outside the state in the three years before, and since the counter last started."""
        since = np.maximum(entry - np.int32(WITHIN), self._start.take(cell))
        days: Instants = entry - since
        for begin, end in self._by_cell() if len(cell) else ():
            days -= np.maximum(end.take(cell) - np.maximum(begin.take(cell), since), np.int32(0))
        return days

    def _by_cell(self) -> list[tuple[Instants, Instants]]:
        """The stays so far as instants of begin and end by cell, 0 for none."""
        for stay in self._waiting:
            begin, end = np.zeros_like(self._start), np.zeros_like(self._start)
            begin[stay.cell], end[stay.cell] = stay.begin, stay.end
            self._stays.append((begin, end))
        self._waiting.clear()
        return self._stays
