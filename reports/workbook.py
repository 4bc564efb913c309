"""Workbooks for Excel: the same bytes for the same rows, and no text that Excel would take for a formula."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from .output import safe_text

_WIDEST = 60
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file knows


def as_workbook(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """An .xlsx file: sheets of rows by name, the first row of each a heading; None is an empty cell."""
    import openpyxl
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([safe_text(value) if isinstance(value, str) else value for value in row])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for column in range(1, sheet.max_column + 1):
            widest = max(len(str(row[column - 1] or "")) for row in rows if len(row) >= column)
            sheet.column_dimensions[get_column_letter(column)].width = min(widest, _WIDEST) + 2
        for cells in sheet.iter_rows():
            for cell in cells:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    return _timeless(book)


def _timeless(book: Any) -> bytes:
    """A workbook's file without the moment at which it was made."""
    import datetime as dt

    from openpyxl.writer.excel import ExcelWriter

    book.properties.created = book.properties.modified = dt.datetime(*_BEGINNING[:3])  # noqa: DTZ001
    written = io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(written, "w")).save()
    timeless = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(timeless, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _BEGINNING), old.read(name), zipfile.ZIP_DEFLATED)
    return timeless.getvalue()
