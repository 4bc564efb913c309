"""The parts of a SØM table, sheets or rows below each other in a CSV file, as rows of cells by our names.

A CSV file with semicolons has decimal commas, as Danish Excel writes them; one with commas or tabs has decimal points.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .loading import LoadError
from .reading.scalars import shown
from .reading.words import did_you_mean
from .som_words import COLUMNS, GUIDE, NEEDED, PARTS, Part, known, plain
from .tables.cells import Cell, Dialect, word
from .tables.columns import Columns, heading
from .tables.sheets import Fault, Table, filled, problems, sheets_of, windows_1252


class SheetFault(NamedTuple):
    """A fault and the sheet, or the part of a CSV file, that it stands in."""

    sheet: str
    fault: Fault


@dataclass(frozen=True)
class Place:
    """Where something stands: sheet, row and column (from 1), and the heading above it."""

    sheet: str
    table: Table
    row: int
    column: int = 1
    under: str = ""

    def fault(self, message: str, hint: str) -> SheetFault:
        """A fault here; its message names the sheet, and the column by its heading."""
        if self.under:
            found = self.table.fault(self.row, self.column, self.under, message, hint)
        else:
            found = Fault(self.row, self.column, f"row {self.row}: {message}", hint)
        return SheetFault(self.sheet, found._replace(message=f"{self.sheet}, {found.message}"))


@dataclass(frozen=True)
class Row:
    """A row below the headings: the cells that are filled and the places of all columns, both by our names."""

    place: Place
    cells: Mapping[str, Cell]
    columns: Mapping[str, Place]


@dataclass(frozen=True)
class PartRows:
    """A part of a table: its rows, how its texts write decimals, and what is wrong with its headings and cells."""

    part: Part
    place: Place
    dialect: Dialect
    rows: tuple[Row, ...]
    faults: tuple[SheetFault, ...]


class _Section(NamedTuple):
    part: Part
    name: str
    table: Table
    rows: dict[int, Sequence[Cell]]
    dialect: Dialect


def parts_of(file: str) -> list[PartRows]:
    """The parts of a table that are there, in its order. Raises LoadError for a file that is no table."""
    names = {plain(each): part for part, words in PARTS.items() for each in words}
    old = Path(file).suffix.lower() != ".xlsx" and windows_1252(file)
    dialect = Columns(head_row=2, encoding="windows-1252" if old else "utf-8")
    sections: list[_Section] = []
    for sheet, table in sheets_of(file, names, dialect).items():
        if table.faults:
            raise LoadError(problems(file, table.faults))
        if not sheet:
            sections += _stacked(table, names)
            continue
        rows = {number: row for number, row in enumerate(table.rows, 1) if row}
        sections.append(_Section(names[plain(sheet)], sheet, table, rows, Dialect(".", "format the cell as a number")))
    return [_part(section) for section in sections]


def _stacked(table: Table, names: Mapping[str, Part]) -> list[_Section]:
    """The parts of a CSV file, each below a row with its name; what stands before the first, or in a guide, is left."""
    dialect = Dialect("," if table.delimiter == ";" else ".")
    found: list[_Section] = []
    rows: dict[int, Sequence[Cell]] = {}
    for number, row in enumerate(table.rows, 1):
        alone = plain(word(row[0])) if row and not filled(row[1:]) else ""
        if alone in names or alone in map(plain, GUIDE):
            rows = {}
            if alone in names:
                found.append(_Section(names[alone], word(row[0]).strip(), table, rows, dialect))
        elif row:
            rows[number] = row
    return found


def _part(section: _Section) -> PartRows:
    head_row = next(iter(section.rows), 0)
    place = Place(section.name, section.table, head_row)
    head = [heading(word(cell)) for cell in section.rows.get(head_row, ())]
    columns, faults = _columns(section, head_row, head)
    rows = []
    for number, row in section.rows.items():
        if number == head_row:
            continue
        faults += _unheaded(section, number, row, head)
        at = {name: Place(section.name, section.table, number, c + 1, head[c]) for name, c in columns.items()}
        cells = {name: row[c] for name, c in columns.items() if c < len(row) and filled([row[c]])}
        if cells:
            rows.append(Row(Place(section.name, section.table, number), cells, at))
    return PartRows(section.part, place, section.dialect, tuple(rows), tuple(faults))


def _columns(section: _Section, head_row: int, head: Sequence[str]) -> tuple[dict[str, int], list[SheetFault]]:
    """The index of each column by our name, and what is wrong with the headings."""
    words = COLUMNS[section.part]
    names, every = known(words), [each for several in words.values() for each in several]
    placed: dict[str, int] = {}
    faults = []
    for at, text in enumerate(head):
        name = names.get(plain(text))
        here = Place(section.name, section.table, head_row, at + 1, text)
        if name in placed:
            told = f"found this heading for the second time, first over column {placed[name] + 1}"
            faults.append(here.fault(told, "rename or remove one of the two columns"))
        elif name:
            placed[name] = at
        elif text:
            faults.append(here.fault("unknown heading", f"{did_you_mean(text, every)}known: {', '.join(every)}"))
    for name in NEEDED[section.part]:
        if name not in placed:
            danish, english, *_ = words[name]
            told = f"expected a column with the heading {shown(danish)} or {shown(english)}, found none"
            hint = "add it; effekt som template shows every column"
            faults.append(Place(section.name, section.table, head_row).fault(told, hint))
    return placed, faults


def _unheaded(section: _Section, number: int, row: Sequence[Cell], head: Sequence[str]) -> Iterator[SheetFault]:
    for at, cell in enumerate(row):
        if filled([cell]) and not "".join(head[at : at + 1]):
            told = f"expected no more than {len(head)} cells, as many as headings, found {shown(word(cell))}"
            hint = "clear the cell, or write a heading; put a cell that holds the delimiter in quotes"
            yield Place(section.name, section.table, number, at + 1, f"column {at + 1}").fault(told, hint)
