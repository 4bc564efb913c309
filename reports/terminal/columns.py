"""Plain lists in columns: the last column wraps, nothing is cut off."""

import textwrap
from collections.abc import Iterator, Sequence

from .grid import NO_BREAK, Line
from .screen import with_units

GAP = 2
NARROWEST = 20


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], align: str, width: int) -> Iterator[Line]:
    """Rows under their heads (none: without heads). align: `l` or `r` for each column; the last one wraps."""
    every = [heads, *rows] if heads else list(rows)
    widths = [max((len(row[column]) for row in every), default=0) for column in range(len(align))]
    room = max(width - sum(w + GAP for w in widths[:-1]), NARROWEST)
    widths[-1] = min(widths[-1], room)
    if heads:
        yield from ((line, "head") for line in _row(heads, align, widths))
        yield "─" * (sum(widths) + GAP * (len(widths) - 1)), ""
    for row in rows:
        yield from ((line, "") for line in _row(row, align, widths))


def _row(row: Sequence[str], align: str, widths: Sequence[int]) -> Iterator[str]:
    before = "".join(
        _set(cell, how, width) + " " * GAP for cell, how, width in zip(row[:-1], align, widths, strict=False)
    )
    lines = textwrap.wrap(with_units(row[-1]), widths[-1], break_on_hyphens=False) or [""]
    for number, line in enumerate(each.replace(NO_BREAK, " ") for each in lines):
        start = before if number == 0 else " " * len(before)
        yield (start + _set(line, align[-1], widths[-1])).rstrip()


def _set(text: str, how: str, width: int) -> str:
    return text.rjust(width) if how == "r" else text.ljust(width)
