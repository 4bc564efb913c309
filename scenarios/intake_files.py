"""Files that say who began: a list with a pseudonym a line, or a table with person, date and group."""

import datetime as dt
from collections.abc import Iterator
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from contracts.agreed import ENROLLED
from contracts.privacy import masked
from contracts.stated import Stated

from .loading import LoadError
from .reading.words import did_you_mean
from .tables import Columns
from .tables.cells import Cell, Wrong, meanings, personal, word
from .tables.columns import heading
from .tables.sheets import Fault, Table, problems, rows_of

NAMES = ("person", "date", "group")
"""The headings of a table; only person is needed."""


def read_intake(path: str | PathLike[str], day: dt.date, group: str = "") -> list[Stated]:
    """Each citizen as a fact of the metric `enrolled`, with place. A table's empty cells mean the day and the group.

    path: a list (.txt), or a table (.csv, .tsv or .xlsx) with headings. Raises LoadError with every fault.
    """
    file = fspath(path)
    listed = Path(file).suffix.lower() == ".txt"
    table = rows_of(file, Columns(delimiter="tab") if listed else Columns())
    faults = list(table.faults)
    head = ["person"] if listed else [heading(word(cell)) for cell in (table.rows[0] if table.rows else ())]
    placed = {name: head.index(name) for name in NAMES if name in head}
    faults += [] if listed else _heading_faults(table, head)
    rows = {number: row for number, row in enumerate(table.rows, 1) if row and (listed or number > 1)}
    fields: dict[str, list[Any]] = {"date": [day] * len(rows), "group": [group] * len(rows), "person": []}
    for name, at in placed.items():
        cells: list[Cell] = [row[at] if at < len(row) else "" for row in rows.values()]
        meant = meanings(name, set(cells), Columns(), needed=False)
        found = [meant[cell] for cell in cells]
        faults += _wrong(table, list(rows), found, at, head[at], needed=name == "person")
        fields[name] = [value or otherwise for value, otherwise in zip(found, fields[name] or found, strict=True)]
    if not rows and not faults:
        faults.append(Fault(1, 1, "expected a pseudonym in each row, found none", "write one a line"))
    if faults:
        raise LoadError(problems(file, faults))
    name = masked(Path(file).name)
    told = zip(rows, fields["person"], fields["date"], fields["group"], strict=True)
    return [Stated(ENROLLED, began, 0, person, group, place=f"{name}, row {row}") for row, person, began, group in told]


def _heading_faults(table: Table, head: list[str]) -> Iterator[Fault]:
    if "person" not in head:
        hint = "write the headings person, date and group, or give a list the ending .txt"
        yield Fault(1, 1, "expected a column with the heading 'person', found none", hint)
    for at, text in enumerate(head, 1):
        if text and text not in NAMES and not personal(text):
            yield table.fault(1, at, text, "unknown heading", f"{did_you_mean(text, NAMES)}known: {', '.join(NAMES)}")
        elif text in head[: at - 1]:
            yield table.fault(1, at, text, "found this heading for the second time", "rename or remove one of the two")


def _wrong(
    table: Table, numbers: list[int], values: list[Any], at: int, under: str, *, needed: bool
) -> Iterator[Fault]:
    for number, value in zip(numbers, values, strict=True):
        if isinstance(value, Wrong):
            yield table.fault(number, at + 1, under, value.message, value.hint)
        elif needed and not value:
            yield table.fault(
                number, at + 1, under, "expected a pseudonym, found nothing", "write one, or delete the row"
            )
