"""The rows of a CSV file or of a sheet in a workbook, before anybody asks what they mean."""

import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from contracts.privacy import masked

from ..loading import MAX_PROBLEMS, LoadError, Problem
from ..reading.scalars import shown
from ..reading.words import did_you_mean
from .cells import NOT_CALCULATED, Cell, from_workbook, personal
from .columns import Columns, heading

MAX_SIZE = 50_000_000
"""The largest table that is read, in bytes."""

MAX_UNPACKED = 500_000_000
"""The largest workbook that is read, in bytes when unpacked."""

MAX_ROWS = 1_048_576
"""As many rows as a sheet of Excel has."""

MAX_CELLS = 20_000_000
"""How many cells of a sheet are looked at, in rows as wide as their last cell."""

_UNDECODED = re.compile("[\udc80-\udcff]")


class Fault(NamedTuple):
    row: int
    column: int
    message: str
    hint: str


@dataclass(frozen=True)
class Table:
    """Rows from row 1, of which an empty one has no cells.

    lettered: columns go by letters, as in Excel. delimiter: of a CSV file.
    """

    rows: Sequence[Sequence[Cell]]
    lettered: bool = False
    faults: tuple[Fault, ...] = ()
    delimiter: str = ""

    def fault(self, row: int, column: int, under: str, message: str, hint: str) -> Fault:
        """A fault in a cell. column: counted from 1. under: the heading above it."""
        where = shown(under) if under and not personal(under) else f"column {column}"
        if self.lettered:
            from openpyxl.utils import get_column_letter

            where = f"{get_column_letter(column)}{row}, {where}"
        return Fault(row, column, f"{where}: {message}", hint)


def problems(file: str, faults: Iterable[Fault]) -> tuple[Problem, ...]:
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


def refusal(file: str, message: str, hint: str, row: int = 0, column: int = 1) -> LoadError:
    return LoadError(problems(file, [Fault(row, column, message, hint)]))


def rows_of(file: str, columns: Columns) -> Table:
    data = _bytes(file)
    ending = Path(file).suffix.lower()
    if ending in (".csv", ".txt", ".tsv"):
        return _csv(file, data, columns)
    if ending == ".xlsx":
        return _xlsx(file, data, columns)
    found = f"a file with the ending '{ending}'" if ending else "a file name without an ending"
    raise refusal(file, f"expected .csv, .txt, .tsv or .xlsx, found {found}", "save the table as .xlsx or .csv")


def sheets_of(file: str, wanted: Collection[str], columns: Columns) -> dict[str, Table]:
    """The sheets of a workbook that are wanted, by name as it has them; of a CSV file its one table, under "".

    wanted: names in small letters. columns: how a CSV file is written.
    """
    if Path(file).suffix.lower() != ".xlsx":
        return {"": rows_of(file, columns)}

    def chosen(names: Sequence[str]) -> list[str]:
        return [name for name in names if name.strip().lower() in wanted]

    return _tables(file, _bytes(file), chosen)


def windows_1252(file: str) -> bool:
    """Whether a file is no text in UTF-8, and so was saved by an older Excel."""
    try:
        _bytes(file).decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _bytes(file: str) -> bytes:
    path = Path(file)
    if path.is_dir():
        raise refusal(file, "expected a file, found a folder", "give the name of a file in it")
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_SIZE + 1)
    except FileNotFoundError:
        names = sorted(found.name for found in path.parent.iterdir()) if path.parent.is_dir() else []
        hint = did_you_mean(path.name, names) or "check the name and the folder"
        raise refusal(file, "there is no such file", hint.strip()) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        told = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise refusal(file, f"the file cannot be read: {told}", "check its name, and that you may read it") from None
    if len(data) > MAX_SIZE:
        told = f"the file is larger than {MAX_SIZE // 1_000_000} MB, which is too large"
        raise refusal(file, told, "split the table into several files")
    return data


def _too_long(file: str) -> LoadError:
    return refusal(file, f"the table has more than {MAX_ROWS} rows", "split it, or delete what stands below it")


def _csv(file: str, data: bytes, columns: Columns) -> Table:
    text = _decoded(file, data, columns.encoding)
    delimiter = _delimiter(text, columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    faults = []
    try:
        for row in islice(reader, MAX_ROWS + 1):  # as tuples, which the garbage collector leaves alone
            rows.append(tuple(row) if "".join(row).strip() else ())
    except csv.Error as error:
        unclosed = "unexpected end" in str(error) or "field larger" in str(error)
        told = "a quote is opened and never closed" if unclosed else "expected a delimiter after a closing quote"
        hint = 'write a quote inside a quoted cell twice, as in "5"" pipe"; rows after this one were not read'
        faults.append(Fault(len(rows) + 1, 1, f"{told}, found {error}", hint))
    if len(rows) > MAX_ROWS:
        raise _too_long(file)
    if not text.isascii() and _UNDECODED.search(text):
        raise _undecoded(file, rows, columns.encoding)
    return Table(rows, faults=tuple(faults), delimiter=delimiter)


def _decoded(file: str, data: bytes, encoding: str) -> str:
    """The text of a file, in which a lone surrogate stands for each byte that has no meaning in the encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refusal(file, f"expected a text file in {encoding}, found UTF-16", "save it again as CSV UTF-8")
    if data.startswith(b"PK\x03\x04"):
        raise refusal(file, "expected a text file, found a workbook or zip file", "give a workbook the ending .xlsx")
    if b"\0" in data:
        raise refusal(file, "expected a text file, found a binary file", "save the table as .xlsx or .csv")
    if encoding == "utf-8":
        return data.decode("utf-8-sig", errors="surrogateescape")
    text = data.decode("utf-8", errors="replace")
    if not text.isascii() and "\N{REPLACEMENT CHARACTER}" not in text:
        raise refusal(file, "expected text in windows-1252, found UTF-8", "write encoding: utf-8 in the columns file")
    return data.decode("cp1252", errors="surrogateescape")


def _undecoded(file: str, rows: Sequence[Sequence[str]], encoding: str) -> LoadError:
    """The fault at the first byte that is not of the encoding."""
    numbered = ((row, column, cell) for row, cells in enumerate(rows, 1) for column, cell in enumerate(cells, 1))
    first = ((row, column) for row, column, cell in numbered if _UNDECODED.search(cell))
    row, column = next(first, (len(rows) + 1, 1))
    hint = "save the file again as CSV UTF-8"
    if encoding == "utf-8":
        hint = f"write encoding: windows-1252 in the columns file if Excel wrote the file, or {hint}"
    return refusal(file, f"expected text in {encoding}, found bytes that are none", hint, row, column)


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


def _xlsx(file: str, data: bytes, columns: Columns) -> Table:
    def one(names: Sequence[str]) -> list[str]:
        name = next(iter(names), "") if columns.sheet is None else columns.sheet
        if name not in names:
            known = [each for each in names if not personal(each)]
            hint = f"{did_you_mean(name, known)}write one of them under sheet: in the columns file"
            raise refusal(file, f"expected a sheet {shown(name)}, found {', '.join(map(shown, known)) or 'none'}", hint)
        return [name]

    (table,) = _tables(file, data, one).values()
    return table


def _tables(file: str, data: bytes, chosen: Callable[[Sequence[str]], list[str]]) -> dict[str, Table]:
    """The sheets of a workbook that are chosen from its names."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        hint = "save it as .xlsx without a password"
        raise refusal(file, "expected an .xlsx workbook, found an older one or one with a password", hint)
    with _as_workbook(file):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
        if unpacked > MAX_UNPACKED:
            told = f"the workbook unpacks to more than {MAX_UNPACKED // 1_000_000} MB, which is too large"
            raise refusal(file, told, "save the sheet alone in a new workbook, or as .csv")
        sheets = _values(file, data, chosen, calculated=False)
        if any(_is_formula(value) for rows in sheets.values() for row in rows for value in row):
            calculated = _values(file, data, chosen, calculated=True)
            sheets = {name: _with_results(rows, calculated[name]) for name, rows in sheets.items()}
        cells = {name: [[from_workbook(value) for value in row] for row in rows] for name, rows in sheets.items()}
    return {name: Table([row if filled(row) else [] for row in rows], lettered=True) for name, rows in cells.items()}


def _with_results(rows: Sequence[Sequence[Any]], calculated: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Rows with the values of their formulas."""
    return [
        [NOT_CALCULATED if new is None and _is_formula(old) else new for old, new in zip(*both, strict=True)]
        for both in zip(rows, calculated, strict=True)
    ]


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
        raise refusal(file, told, "open it in Excel, and save it again as .xlsx") from None


def _values(
    file: str, data: bytes, chosen: Callable[[Sequence[str]], list[str]], *, calculated: bool
) -> dict[str, list[Sequence[Any]]]:
    """The values of sheets. calculated: formulas' saved values, None where there is none; else their text."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=calculated)
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    return {name: _sheet_values(file, sheets[name]) for name in chosen(list(sheets))}


def _sheet_values(file: str, sheet: Any) -> list[Sequence[Any]]:
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
            raise refusal(file, told, "delete the columns and rows that are not needed")
    return rows


def _is_formula(value: object) -> bool:
    """Whether a value may be a formula; a text that begins with = looks the same."""
    if isinstance(value, str):
        return value.startswith("=")
    return not (value is None or isinstance(value, int | float | dt.date | dt.time | dt.timedelta))


def filled(cells: Iterable[Cell]) -> bool:
    return any(not isinstance(cell, str) or cell.strip() for cell in cells)
