"""When the counter of the benefit ladder starts again: after 52 weeks of self-support within three years."""

import numpy as np
from numpy.typing import NDArray

from .months import YEAR
from .spans import Stay

WITHIN = 3 * YEAR


class SelfSupport:
    """Days outside the state since the counter last started, by cell; 52 weeks are a year of 360 days."""

    def __init__(self, cells: int) -> None:
        self._start = np.full(cells, -1, np.int32)
        self._left = np.zeros(cells, np.int32)
        self._outside = np.zeros(cells, np.int32)
        self._stays: list[Stay] = []

    def admit(self, stay: Stay) -> NDArray[np.intp]:
        """Begin stays, no earlier than those before; returns which of them start the counter again."""
        cell, entry = stay.cell, stay.begin
        known = self._start.take(cell) >= 0
        gap = np.where(known, entry - self._left.take(cell), np.int32(0))
        outside = self._outside.take(cell) + gap
        # a gap of a year is enough by itself, and less than a year in all never is
        unsure = np.flatnonzero((outside >= YEAR) & (gap < YEAR))
        again = gap >= YEAR
        again[unsure] = self._recent(cell.take(unsure), entry.take(unsure)) >= YEAR
        self._start[cell] = np.where(again | ~known, entry, self._start.take(cell))
        self._outside[cell] = np.where(again, np.int32(0), outside)
        self._left[cell] = stay.end
        self._stays.append(stay)
        return np.flatnonzero(again)

    def _recent(self, cell: NDArray[np.intp], entry: NDArray[np.int32]) -> NDArray[np.int32]:
        """Days outside the state in the three years before, and since the counter last started."""
        since = np.maximum(entry - np.int32(WITHIN), self._start.take(cell))
        days: NDArray[np.int32] = entry - since
        for stay in self._stays if len(cell) else ():
            begin, end = np.zeros_like(self._start), np.zeros_like(self._start)
            begin[stay.cell], end[stay.cell] = stay.begin, stay.end
            days -= np.maximum(end.take(cell) - np.maximum(begin.take(cell), since), np.int32(0))
        return days
