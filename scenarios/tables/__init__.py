"""A municipality's own table, CSV or Excel, to stated facts: every fault at once, with its row and column.

A file becomes rows of cells (`sheets`), the headings tell which column is which (`columns`), and each different cell of
a column is read once (`cells`). Nothing in a file is ever calculated: a workbook's formulas count with the values it
was saved with.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from contracts.money import PPM
from contracts.privacy import masked
from contracts.stated import Stated

from ..loading import LoadError, load_model
from ..reading.scalars import shown
from ..reading.words import did_you_mean
from .cells import Cell, Wrong, fixed_value, meanings, personal, word
from .columns import NAMES, Columns, heading, stated
from .sheets import Fault, Table, filled, problems, rows_of

__all__ = ["Columns", "read_table"]

_ABSENT: dict[str, Any] = dict.fromkeys(NAMES) | Stated._field_defaults
"""What stands in a row for a column that the table does not have."""


def read_table(path: str | os.PathLike[str], columns_path: str | os.PathLike[str] | None = None) -> list[Stated]:
    """The facts of a table in its order, one for each row that is not empty.

    path: .csv, .txt, .tsv or .xlsx. columns_path: a YAML file of `Columns`; without it the headings are our own names:
    metric, person, date, month, quantity, of, amount, group, recorded. Only metric and date are needed. In a table with
    a column for quantity or amount each row has one of the two; without them the quantity is one.

    Raises LoadError with every fault. Its lines and columns are the table's rows and columns, counted from 1.
    """
    file = os.fspath(path)
    columns = Columns() if columns_path is None else load_model(columns_path, Columns)
    table = rows_of(file, columns)
    head = _head(table, columns)
    placed, faults = _placed(table, head, columns)
    rows = {number: row for number, row in enumerate(table.rows, start=1) if row and number > columns.head_row}
    given = _ABSENT | {name: fixed_value(name, value) for name, value in stated(columns.fixed).items()}
    fields = {name: [value] * len(rows) for name, value in given.items()}
    for name, at in placed.items():
        cells = [row[at] if at < len(row) else "" for row in rows.values()]
        needed = name in ("metric", "date") or {"quantity", "amount"} & placed.keys() == {name}
        meant = meanings(name, set(cells), columns, needed=needed)
        fields[name] = [meant[cell] for cell in cells]
        if any(isinstance(value, Wrong) for value in meant.values()):
            faults += _wrong_cells(table, rows, fields[name], at, head[at])
    faults += [*table.faults, *_beyond(table, rows, len(head)), *_contradictions(table, rows, head, placed, fields)]
    if faults:
        raise LoadError(problems(file, faults))
    for name in {"quantity", "of"} & placed.keys():
        fields[name] = [PPM if value is None else value for value in fields[name]]
    start = f"{masked(Path(file).name)}, row "
    fields["place"] = [f"{start}{number}" for number in rows]
    return list(map(Stated._make, zip(*(fields[name] for name in Stated._fields), strict=True)))


def _head(table: Table, columns: Columns) -> list[str]:
    """The headings; in a workbook an empty one for each column that has none."""
    cells = [] if len(table.rows) < columns.head_row else table.rows[columns.head_row - 1]
    head = [heading(word(cell)) for cell in cells]
    widest = max(map(len, table.rows), default=0) if table.lettered and head else 0
    return head + [""] * (widest - len(head))


def _placed(table: Table, head: Sequence[str], columns: Columns) -> tuple[dict[str, int], list[Fault]]:
    """The index of each column that is used, by our names, and what is wrong with the headings."""
    row, own = columns.head_row, columns.columns is None
    if not head:
        hint = "write head_row: in the columns file if the headings stand in another row"
        unread = bool(table.faults)  # a fault before the head row, which is told
        return {}, [] if unread else [Fault(row, 1, f"expected headings in row {row}, found nothing", hint)]
    named, fixed = columns.named(), stated(columns.fixed)
    ours = {text: name for name, text in named.items()}
    placed: dict[str, int] = {}
    faults = []
    for at, text in enumerate(head):
        name = ours.get(text)
        if name in placed:
            told = f"found this heading for the second time, first over column {placed[name] + 1}"
            faults.append(table.fault(row, at + 1, text, told, "rename or remove one of the two columns"))
        elif name in fixed:
            told = f"'{name}' has a column here and a fixed value in the columns file"
            faults.append(table.fault(row, at + 1, text, told, "keep one of the two"))
        elif name:
            placed[name] = at
        elif own and text:
            hint = f"{did_you_mean(text, NAMES)}known: {', '.join(NAMES)}; for other headings write a columns file"
            faults.append(table.fault(row, at + 1, text, "unknown heading", hint))
        elif own and any(filled(below[at : at + 1]) for below in table.rows[row:]):
            told = "expected a heading, found nothing above the cells of this column"
            faults.append(table.fault(row, at + 1, text, told, "write a heading, or remove the column"))
    for name in {"person", "quantity", "of"} & fixed.keys() if "amount" in placed else ():
        at, told = placed["amount"], f"a row with an amount has no '{name}', but the columns file has a fixed one"
        faults.append(table.fault(row, at + 1, head[at], told, "leave one of the two out"))
    for name in ("metric", "date") if own else named:
        if name not in placed and name not in fixed:
            faults.append(_missing(row, name, named[name], head))
    return placed, faults


def _missing(row: int, name: str, text: str, head: Iterable[str]) -> Fault:
    known = [each for each in head if each and not personal(each)]
    hint = f"{did_you_mean(text, known)}found: {', '.join(known[:30]) or 'none'}"
    meant = "" if text == name else f" ({name})"
    return Fault(row, 1, f"expected a column with the heading {shown(text)}{meant}, found none", hint)


def _wrong_cells(
    table: Table, numbers: Iterable[int], values: Iterable[object], at: int, under: str
) -> Iterator[Fault]:
    for number, value in zip(numbers, values, strict=True):
        if isinstance(value, Wrong):
            yield table.fault(number, at + 1, under, value.message, value.hint)


def _beyond(table: Table, rows: Mapping[int, Sequence[Cell]], width: int) -> Iterator[Fault]:
    """Rows of a CSV file with cells beyond the last heading, mostly because a text holds the delimiter."""
    for number, row in rows.items():
        if len(row) > width and width and filled(row[width:]):
            told = f"expected at most {width} cells, as many as headings, found {len(row)}"
            hint = 'put a cell that holds the delimiter in quotes, such as "12,5"'
            yield table.fault(number, width + 1, "", told, hint)


def _contradictions(
    table: Table,
    numbers: Iterable[int],
    head: Sequence[str],
    placed: Mapping[str, int],
    fields: Mapping[str, Sequence[object]],
) -> Iterator[Fault]:
    """Rows that say both that something was measured and that something was saved, or neither."""
    for name in ("person", "quantity", "of") if any(value is not None for value in fields["amount"]) else ():
        for number, amount, value in zip(numbers, fields["amount"], fields[name], strict=True):
            both = not any(each is None or isinstance(each, Wrong) for each in (amount, value))
            if both and name in placed:
                at, hint = placed[name], f"leave '{name}' empty for a saving, or the amount for anything else"
                yield table.fault(number, at + 1, head[at], f"a row with an amount has no '{name}'", hint)
    if {"quantity", "amount"} <= placed.keys():
        for number, amount, quantity in zip(numbers, fields["amount"], fields["quantity"], strict=True):
            if amount is None and quantity is None:
                hint = "write one of them; for a person 1 if the result was reached and 0 if not"
                at, told = placed["quantity"], "expected a quantity or an amount, found neither"
                yield table.fault(number, at + 1, head[at], told, hint)
    if "person" in placed:
        yield from _nobody(table, numbers, head, placed, fields)


def _nobody(
    table: Table,
    numbers: Iterable[int],
    head: Sequence[str],
    placed: Mapping[str, int],
    fields: Mapping[str, Sequence[object]],
) -> Iterator[Fault]:
    """Rows without a person that are no count: a metric that other rows have by person, or no quantity of their own."""
    at, counts = placed["person"], "quantity" in placed
    names = ("metric", "person", "amount", "quantity")
    found = list(zip(*(fields[name] for name in names), strict=True))
    by_person = {metric for metric, person, *_ in found if isinstance(metric, str) and isinstance(person, str)}
    for number, (metric, person, amount, quantity) in zip(numbers, found, strict=True):
        nothing = person is None and amount is None and quantity is not None
        if nothing and (metric in by_person or not counts):
            why = f"as in the other rows of {shown(str(metric))}, " if metric in by_person else ""
            hint = "write one, or delete the row; a count has a quantity, and no row of its metric has a person"
            yield table.fault(number, at + 1, head[at], f"expected a pseudonym, {why}found nothing", hint)
