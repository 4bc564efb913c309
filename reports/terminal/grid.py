"""Tables of plain text: values and their errors line up, heads wrap, and what is too wide becomes several tables."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reports.texts import SOFT_HYPHEN, bare

Style = Literal["", "head", "group"]
Line = tuple[str, Style]

NO_BREAK = "\N{NO-BREAK SPACE}"
GAP = 2
LABELS = (48, 40, 34, 28)
"""Widths at which labels wrap: the first that needs fewest tables is taken."""
NARROWEST_LABEL = 14
SHORT_HEAD = 6
"""Heads of so few characters are not broken."""
LONGEST_HEAD = 28
"""Words in heads of more characters are broken where they must; a `beskæftigelsesforvaltning` is not."""
LONG_WORDS = 14
"""Words in a cell of more characters may take two lines."""


@dataclass(frozen=True)
class Cell:
    """A value, and after it what does not count when values line up: the error; or words instead of a value."""

    value: str = ""
    margin: str = ""
    words: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a table; without cells it is a heading within it."""

    label: str
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Grid:
    """A table: the heads of its columns, its rows, and what stands above the labels."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    corner: str = ""


def lay_out(grid: Grid, width: int) -> Iterator[Line]:
    """The lines of a table within so many characters, each with its style; as several tables where it is too wide."""
    widths = [_column_width(grid, column) for column in range(len(grid.heads))]
    label, parts = _arranged(grid, widths, width)
    for number, columns in enumerate(parts):
        if number:
            yield "", ""
        for line, style in _table(grid, columns, widths, label):
            yield line.replace(NO_BREAK, " "), style


def wrap_head(text: str, width: int) -> list[str]:
    """A head in lines of at most so many characters, broken at spaces and soft hyphens, and otherwise where it must."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {bare(word)}".strip()
        if len(joined) <= width:
            lines[-1] = joined
            continue
        pieces = list(_broken(word, width))
        if lines[-1]:
            lines.append("")
        lines[-1] = pieces[0]
        lines += pieces[1:]
    return lines


def _broken(word: str, width: int) -> Iterator[str]:
    """A word in pieces of at most so many characters; a piece that is not the last ends with a hyphen."""
    line = ""
    pieces = word.split(SOFT_HYPHEN)
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        if line and len(line) + len(piece) + (not last) > width:
            yield line + "-" * (len(line) < width)
            line = ""
        line += piece
        while len(line) > width:
            yield line[:width]
            line = line[width:]
    yield line


def _column_width(grid: Grid, column: int) -> int:
    values, margins = _cell_widths(grid, column)
    pieces = [piece + "-" * (piece is not parts[-1]) for parts in _pieces(grid.heads[column]) for piece in parts]
    whole = len(bare(grid.heads[column]))
    words = max((_words_width(row.cells[column].words) for row in grid.rows if row.cells), default=0)
    head = whole if whole <= SHORT_HEAD else min(max(map(len, pieces), default=0), LONGEST_HEAD)
    return max(values + margins, words, head)


def _words_width(words: str) -> int:
    """How wide words in a cell must be: short ones stand on one line, others on two."""
    if len(words) <= LONG_WORDS:
        return len(words)
    return next(width for width in range(1, len(words) + 1) if len(_lines(words, width)) <= 2)


def _lines(words: str, width: int) -> list[str]:
    return textwrap.wrap(words, width, break_long_words=False) if len(words) > width else [words]


def _pieces(head: str) -> list[list[str]]:
    return [word.split(SOFT_HYPHEN) for word in head.split(" ")]


def _cell_widths(grid: Grid, column: int) -> tuple[int, int]:
    """The widest value, and the widest error with the space before it."""
    cells = [row.cells[column] for row in grid.rows if row.cells]
    margin = max((len(cell.margin) for cell in cells), default=0)
    return max((len(cell.value) for cell in cells), default=0), margin + 1 if margin else 0


def _arranged(grid: Grid, widths: Sequence[int], width: int) -> tuple[int, list[list[int]]]:
    """The width of the labels, and the columns by table: labels wrap where that saves a table."""
    needed = max((len(row.label) for row in grid.rows if row.cells), default=0)
    room = width - max(widths, default=0) - GAP
    tried = []
    for widest in LABELS:
        label = max(min(max(needed, len(grid.corner)), widest, room), NARROWEST_LABEL)
        tried.append((label, _parts(widths, width - label)))
    return min(tried, key=lambda found: len(found[1]))


def _parts(widths: Sequence[int], room: int) -> list[list[int]]:
    """Columns by table: as few tables as fit, with about as many columns in each."""
    count = 1
    while True:
        size = -(-len(widths) // count)
        parts = [list(range(first, min(first + size, len(widths)))) for first in range(0, len(widths), size or 1)]
        if size <= 1 or all(sum(widths[c] + GAP for c in part) <= room for part in parts):
            return parts
        count += 1


def _table(grid: Grid, columns: Sequence[int], widths: Sequence[int], label: int) -> Iterator[Line]:
    heads = [wrap_head(grid.heads[column], widths[column]) for column in columns]
    height = max(map(len, heads), default=0)
    for level in range(height):
        texts = [
            " " * GAP + _head(head, level - (height - len(head))).rjust(widths[c]) for c, head in _with(columns, heads)
        ]
        corner = grid.corner if level == height - 1 else ""
        yield (corner.ljust(label) + "".join(texts)).rstrip(), "head"
    yield "─" * (label + sum(widths[column] + GAP for column in columns)), ""
    for row in grid.rows:
        if not row.cells:
            yield row.label, "group"
            continue
        *above, last = _wrapped_label(row.label, label)
        for line in above:
            yield line, ""
        cells = [_cell(grid, row.cells[column], column, widths[column]) for column in columns]
        for level in range(max(map(len, cells), default=1)):
            texts = [" " * GAP + _at(cell, level).ljust(widths[c]) for c, cell in zip(columns, cells, strict=True)]
            yield ((last if level == 0 else "").ljust(label) + "".join(texts)).rstrip(), ""


def _with(columns: Sequence[int], heads: list[list[str]]) -> Iterator[tuple[int, list[str]]]:
    return zip(columns, heads, strict=True)


def _head(lines: list[str], level: int) -> str:
    return lines[level] if level >= 0 else ""


def _at(lines: list[str], level: int) -> str:
    return lines[level] if level < len(lines) else ""


def _wrapped_label(text: str, width: int) -> list[str]:
    if len(text) <= width:
        return [text]
    indent = len(text) - len(text.lstrip("– "))
    first, *rest = wrap_head(text[indent:], width - indent - 2)
    return [text[:indent] + first, *(" " * (indent + 2) + line for line in rest)]


def _cell(grid: Grid, cell: Cell, column: int, width: int) -> list[str]:
    """The lines of a cell."""
    value, margin = _cell_widths(grid, column)
    if cell.words:
        return [line.rjust(width - margin if value else width) for line in _lines(cell.words, width)]
    after = f" {cell.margin}" if cell.margin else ""
    return [(cell.value + after.ljust(margin)).rjust(width)]
