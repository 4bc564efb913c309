"""A municipality's own table, CSV or Excel, to stated facts: every fault at once, with its row and column.

A file becomes rows of cells, the headings tell which column is which, and each different cell of a column is read once
(`columns`). Nothing in a file is ever calculated: a workbook's formulas count with the values it was saved with.
"""

import csv
import datetime as dt
import io
import os
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from contracts.money import PPM
from contracts.privacy import masked
from contracts.stated import Stated

from .columns import (
    NAMES,
    NOT_CALCULATED,
    Cell,
    Columns,
    Wrong,
    fixed_value,
    from_workbook,
    heading,
    meanings,
    personal,
    stated,
    word,
)
from .loading import MAX_PROBLEMS, LoadError, Problem, load_model
from .reading.scalars import shown
from .reading.words import did_you_mean

MAX_SIZE = 50_000_000
"""The largest table that is read, in bytes."""

MAX_UNPACKED = 500_000_000
"""The largest workbook that is read, in bytes when unpacked."""

MAX_ROWS = 1_048_576
"""As many rows as a sheet of Excel has."""

MAX_CELLS = 20_000_000
"""How many cells of a sheet are looked at, in rows as wide as their last cell."""

_ABSENT: dict[str, Any] = dict.fromkeys(NAMES) | Stated._field_defaults
"""What stands in a row for a column that the table does not have."""

_UNDECODED = re.compile("[\udc80-\udcff]")


class _Fault(NamedTuple):
    row: int
    column: int
    message: str
    hint: str


@dataclass(frozen=True)
class _Table:
    """Rows from row 1, of which an empty one has no cells. lettered: columns go by letters, as in Excel."""

    rows: Sequence[Sequence[Cell]]
    lettered: bool = False
    faults: tuple[_Fault, ...] = ()

    def fault(self, row: int, column: int, under: str, message: str, hint: str) -> _Fault:
        """A fault in a cell. column: counted from 1. under: the heading above it."""
        where = shown(under) if under and not personal(under) else f"column {column}"
        if self.lettered:
            from openpyxl.utils import get_column_letter

            where = f"{get_column_letter(column)}{row}, {where}"
        return _Fault(row, column, f"{where}: {message}", hint)


def read_table(path: str | os.PathLike[str], columns_path: str | os.PathLike[str] | None = None) -> list[Stated]:
    """The facts of a table in its order, one for each row that is not empty.

    path: .csv, .txt, .tsv or .xlsx. columns_path: a YAML file of `Columns`; without it the headings are our own names:
    metric, person, date, month, quantity, of, amount, group. Only metric and date are needed. In a table with a column
    for quantity or amount each row has one of the two; without them the quantity is one.

    Raises LoadError with every fault. Its lines and columns are the table's rows and columns, counted from 1.
    """
    file = os.fspath(path)
    columns = Columns() if columns_path is None else load_model(columns_path, Columns)
    table = _table(file, columns)
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
        raise LoadError(_problems(file, faults))
    for name in {"quantity", "of"} & placed.keys():
        fields[name] = [PPM if value is None else value for value in fields[name]]
    start = f"{masked(Path(file).name)}, row "
    fields["place"] = [f"{start}{number}" for number in rows]
    return list(map(Stated._make, zip(*(fields[name] for name in Stated._fields), strict=True)))


def _head(table: _Table, columns: Columns) -> list[str]:
    """The headings; in a workbook an empty one for each column that has none."""
    cells = [] if len(table.rows) < columns.head_row else table.rows[columns.head_row - 1]
    head = [heading(word(cell)) for cell in cells]
    widest = max(map(len, table.rows), default=0) if table.lettered and head else 0
    return head + [""] * (widest - len(head))


def _placed(table: _Table, head: Sequence[str], columns: Columns) -> tuple[dict[str, int], list[_Fault]]:
    """The index of each column that is used, by our names, and what is wrong with the headings."""
    row, own = columns.head_row, columns.columns is None
    if not head:
        hint = "write head_row: in the columns file if the headings stand in another row"
        unread = bool(table.faults)  # a fault before the head row, which is told
        return {}, [] if unread else [_Fault(row, 1, f"expected headings in row {row}, found nothing", hint)]
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
        elif own and any(_filled(below[at : at + 1]) for below in table.rows[row:]):
            told = "expected a heading, found nothing above the cells of this column"
            faults.append(table.fault(row, at + 1, text, told, "write a heading, or remove the column"))
    for name in {"person", "quantity", "of"} & fixed.keys() if "amount" in placed else ():
        at, told = placed["amount"], f"a row with an amount has no '{name}', but the columns file has a fixed one"
        faults.append(table.fault(row, at + 1, head[at], told, "leave one of the two out"))
    for name in ("metric", "date") if own else named:
        if name not in placed and name not in fixed:
            faults.append(_missing(row, name, named[name], head))
    return placed, faults


def _missing(row: int, name: str, text: str, head: Iterable[str]) -> _Fault:
    known = [each for each in head if each and not personal(each)]
    hint = f"{did_you_mean(text, known)}found: {', '.join(known[:30]) or 'none'}"
    meant = "" if text == name else f" ({name})"
    return _Fault(row, 1, f"expected a column with the heading {shown(text)}{meant}, found none", hint)


def _wrong_cells(
    table: _Table, numbers: Iterable[int], values: Iterable[object], at: int, under: str
) -> Iterator[_Fault]:
    for number, value in zip(numbers, values, strict=True):
        if isinstance(value, Wrong):
            yield table.fault(number, at + 1, under, value.message, value.hint)


def _beyond(table: _Table, rows: Mapping[int, Sequence[Cell]], width: int) -> Iterator[_Fault]:
    """Rows of a CSV file with cells beyond the last heading, mostly because a text holds the delimiter."""
    for number, row in rows.items():
        if len(row) > width and width and _filled(row[width:]):
            told = f"expected at most {width} cells, as many as headings, found {len(row)}"
            hint = 'put a cell that holds the delimiter in quotes, such as "12,5"'
            yield table.fault(number, width + 1, "", told, hint)


def _filled(cells: Iterable[Cell]) -> bool:
    return any(not isinstance(cell, str) or cell.strip() for cell in cells)


def _contradictions(
    table: _Table,
    numbers: Iterable[int],
    head: Sequence[str],
    placed: Mapping[str, int],
    fields: Mapping[str, Sequence[object]],
) -> Iterator[_Fault]:
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


def _problems(file: str, faults: Iterable[_Fault]) -> tuple[Problem, ...]:
    """The faults in order of row and column. CPR numbers are crossed out, since problems end on screens and in logs."""
    distinct = sorted(set(faults))
    told = [
        Problem(file, fault.row, fault.column, masked(fault.message), masked(fault.hint), "")
        for fault in distinct[:MAX_PROBLEMS]
    ]
    if len(distinct) > MAX_PROBLEMS:
        more = f"{len(distinct) - MAX_PROBLEMS} more problems are not shown"
        told.append(Problem(file, 0, 1, more, "mend those above first", ""))
    return tuple(told)


def _refusal(file: str, message: str, hint: str, row: int = 0, column: int = 1) -> LoadError:
    return LoadError(_problems(file, [_Fault(row, column, message, hint)]))


def _table(file: str, columns: Columns) -> _Table:
    data = _bytes(file)
    ending = Path(file).suffix.lower()
    if ending in (".csv", ".txt", ".tsv"):
        return _csv(file, data, columns)
    if ending == ".xlsx":
        return _xlsx(file, data, columns)
    found = f"a file with the ending '{ending}'" if ending else "a file name without an ending"
    raise _refusal(file, f"expected .csv, .txt, .tsv or .xlsx, found {found}", "save the table as .xlsx or .csv")


def _bytes(file: str) -> bytes:
    path = Path(file)
    if path.is_dir():
        raise _refusal(file, "expected a file, found a folder", "give the name of a file in it")
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_SIZE + 1)
    except FileNotFoundError:
        names = sorted(found.name for found in path.parent.iterdir()) if path.parent.is_dir() else []
        hint = did_you_mean(path.name, names) or "check the name and the folder"
        raise _refusal(file, "there is no such file", hint.strip()) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        told = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise _refusal(file, f"the file cannot be read: {told}", "check its name, and that you may read it") from None
    if len(data) > MAX_SIZE:
        told = f"the file is larger than {MAX_SIZE // 1_000_000} MB, which is too large"
        raise _refusal(file, told, "split the table into several files")
    return data


def _too_long(file: str) -> LoadError:
    return _refusal(file, f"the table has more than {MAX_ROWS} rows", "split it, or delete what stands below it")


# CSV


def _csv(file: str, data: bytes, columns: Columns) -> _Table:
    text = _decoded(file, data, columns.encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, columns), strict=True)
    rows: list[tuple[str, ...]] = []
    faults = []
    try:
        for row in islice(reader, MAX_ROWS + 1):  # as tuples, which the garbage collector leaves alone
            rows.append(tuple(row) if "".join(row).strip() else ())
    except csv.Error as error:
        unclosed = "unexpected end" in str(error) or "field larger" in str(error)
        told = "a quote is opened and never closed" if unclosed else "expected a delimiter after a closing quote"
        hint = 'write a quote inside a quoted cell twice, as in "5"" pipe"; rows after this one were not read'
        faults.append(_Fault(len(rows) + 1, 1, f"{told}, found {error}", hint))
    if len(rows) > MAX_ROWS:
        raise _too_long(file)
    if not text.isascii() and _UNDECODED.search(text):
        raise _undecoded(file, rows, columns.encoding)
    return _Table(rows, faults=tuple(faults))


def _decoded(file: str, data: bytes, encoding: str) -> str:
    """The text of a file, in which a lone surrogate stands for each byte that has no meaning in the encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refusal(file, f"expected a text file in {encoding}, found UTF-16", "save it again as CSV UTF-8")
    if data.startswith(b"PK\x03\x04"):
        raise _refusal(file, "expected a text file, found a workbook or zip file", "give a workbook the ending .xlsx")
    if b"\0" in data:
        raise _refusal(file, "expected a text file, found a binary file", "save the table as .xlsx or .csv")
    if encoding == "utf-8":
        return data.decode("utf-8-sig", errors="surrogateescape")
    text = data.decode("utf-8", errors="replace")
    if not text.isascii() and "\N{REPLACEMENT CHARACTER}" not in text:
        raise _refusal(file, "expected text in windows-1252, found UTF-8", "write encoding: utf-8 in the columns file")
    return data.decode("cp1252", errors="surrogateescape")


def _undecoded(file: str, rows: Sequence[Sequence[str]], encoding: str) -> LoadError:
    """The fault at the first byte that is not of the encoding."""
    numbered = ((row, column, cell) for row, cells in enumerate(rows, 1) for column, cell in enumerate(cells, 1))
    first = ((row, column) for row, column, cell in numbered if _UNDECODED.search(cell))
    row, column = next(first, (len(rows) + 1, 1))
    hint = "save the file again as CSV UTF-8"
    if encoding == "utf-8":
        hint = f"write encoding: windows-1252 in the columns file if Excel wrote the file, or {hint}"
    return _refusal(file, f"expected text in {encoding}, found bytes that are none", hint, row, column)


def _delimiter(text: str, columns: Columns) -> str:
    """The delimiter as stated; else the one that finds most expected headings, or most cells, in the head row."""
    if columns.delimiter is not None:
        return "\t" if columns.delimiter == "tab" else columns.delimiter
    wanted = set(columns.named().values())

    def found(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            cells = next(islice(reader, columns.head_row - 1, None), [])
        except csv.Error:
            return 0, 0
        return len(wanted.intersection(map(heading, cells))), len(cells)

    return max(";,\t", key=found)


# Excel


def _xlsx(file: str, data: bytes, columns: Columns) -> _Table:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        hint = "save it as .xlsx without a password"
        raise _refusal(file, "expected an .xlsx workbook, found an older one or one with a password", hint)
    with _as_workbook(file):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
        if unpacked > MAX_UNPACKED:
            told = f"the workbook unpacks to more than {MAX_UNPACKED // 1_000_000} MB, which is too large"
            raise _refusal(file, told, "save the sheet alone in a new workbook, or as .csv")
        rows = _values(file, data, columns, calculated=False)
        if any(_is_formula(value) for row in rows for value in row):
            calculated = _values(file, data, columns, calculated=True)
            rows = [
                [NOT_CALCULATED if new is None and _is_formula(old) else new for old, new in zip(*both, strict=True)]
                for both in zip(rows, calculated, strict=True)
            ]
        cells = [[from_workbook(value) for value in row] for row in rows]
    return _Table([row if _filled(row) else [] for row in cells], lettered=True)


@contextmanager
def _as_workbook(file: str) -> Iterator[None]:
    """Turns whatever a damaged workbook brings about into a LoadError, and silences warnings about its decoration."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except LoadError:
        raise
    except Exception as error:  # zipfile, the XML parser and openpyxl each fail in many ways
        told = f"the workbook cannot be read: {type(error).__name__}"
        raise _refusal(file, told, "open it in Excel, and save it again as .xlsx") from None


def _values(file: str, data: bytes, columns: Columns, *, calculated: bool) -> list[Sequence[Any]]:
    """The values of a sheet. calculated: formulas' saved values, None where there is none; else their text."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=calculated)
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    name = next(iter(sheets), "") if columns.sheet is None else columns.sheet
    if name not in sheets:
        known = [each for each in sheets if not personal(each)]
        hint = f"{did_you_mean(name, known)}write one of them under sheet: in the columns file"
        raise _refusal(file, f"expected a sheet {shown(name)}, found {', '.join(map(shown, known)) or 'none'}", hint)
    sheet = sheets[name]
    sheet.reset_dimensions()  # what a workbook says of its size may be wrong
    rows: list[Sequence[Any]] = []
    count = 0
    for row in sheet.iter_rows(values_only=True):
        rows.append(row)
        count += len(row)
        if len(rows) > MAX_ROWS:
            raise _too_long(file)
        if count > MAX_CELLS:
            told = f"the sheet has more than {MAX_CELLS} cells"
            raise _refusal(file, told, "delete the columns and rows that are not needed")
    return rows


def _is_formula(value: object) -> bool:
    """Whether a value may be a formula; a text that begins with = looks the same."""
    if isinstance(value, str):
        return value.startswith("=")
    return not (value is None or isinstance(value, int | float | dt.date | dt.time | dt.timedelta))
