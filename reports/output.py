"""Where a command's answer goes: standard output, or a new file that is there whole or not at all."""

import json
import math
import os
import re
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from .harmless import INVISIBLE, harmless

_LEADERS = ("=", "+", "-", "@", "\t", "\r")
_ESCAPED = re.compile(rf"[\x7f-\x9f{INVISIBLE}]")


def check_target(target: str | None, force: bool, *inputs: str) -> None:
    """Refuse a file that cannot be written, before the work begins; raises click.UsageError (exit 2).

    inputs: files that are read, of which none may be overwritten.
    """
    if target is None:
        return
    path = Path(target)
    try:
        if path.is_dir():
            raise click.UsageError(f"{target}: expected a file, found a folder; name a file in it")
        if not path.parent.is_dir():
            raise click.UsageError(f"{target}: the folder {path.parent} does not exist; make it, or mend the path")
        if any(path.exists() and os.path.exists(each) and path.samefile(each) for each in inputs):
            raise click.UsageError(f"{target}: this file is read by the same command; choose another name")
        if path.exists() and not force:
            raise click.UsageError(f"{target}: the file exists; choose another name, or overwrite it with --force")
        if path.exists() and not path.is_file():
            raise click.UsageError(f"{target}: not an ordinary file; choose another name")
        if not os.access(path.parent, os.W_OK):
            raise click.UsageError(f"{target}: no permission to write in {path.parent}; choose another folder")
    except OSError as error:
        raise click.UsageError(f"{target}: {error.strerror}; mend the name") from None


def deliver(text: str, target: str | None, force: bool = False) -> None:
    """Write text to a file, or print it where no file is named."""
    if target is None:
        sys.stdout.write(harmless(text) if sys.stdout.isatty() else text)
        sys.stdout.flush()
        return
    write_whole(Path(target), text.encode("utf-8"), force)


def write_whole(path: Path, data: bytes, force: bool = False) -> None:
    """Write a file beside its place and move it there: it never stands half-written.

    Raises click.UsageError where the file exists and `force` is not given.
    """
    path = Path(os.path.realpath(path))
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(beside, "xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _move(beside, path, force)
    except FileExistsError:
        raise click.UsageError(f"{path}: the file exists; choose another name, or use --force") from None
    finally:
        beside.unlink(missing_ok=True)


def _move(beside: Path, path: Path, force: bool) -> None:
    if force:
        os.replace(beside, path)
        return
    try:
        os.link(beside, path)  # unlike a rename, refuses a file that came in the meantime
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(path) from None
        os.replace(beside, path)


def as_json(document: object) -> str:
    """A document as JSON: keys sorted, numbers in their shortest form, what is no number as null.

    Control and invisible characters are escaped, those that JSON allows too.
    """
    text = json.dumps(plain(document), ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True) + "\n"
    return _ESCAPED.sub(lambda found: json.dumps(found[0])[1:-1], text)


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV with a head; text that a spreadsheet would take for a formula gets a `'` before it.

    A Decimal keeps its decimals. A character that a terminal may obey, or that shows nothing, is replaced by �.
    """
    return "".join(csv_line(row) for row in (columns, *rows))


def csv_line(row: Iterable[Any], delimiter: str = ",", decimal: str = ".") -> str:
    """One row of CSV with its line break; see `as_csv`."""
    cells = (_cell(value if isinstance(value, Decimal) else plain(value), delimiter, decimal) for value in row)
    return delimiter.join(cells) + "\n"


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula, and no terminal for a command."""
    return harmless("'" + text if text.startswith(_LEADERS) else text, kept="\n\t\r")


def plain(value: Any) -> Any:
    """A value in Python's own types: numpy's numbers become numbers, what is missing None."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return None if type(value).__name__ in ("NAType", "NaTType") else str(value)


def _cell(value: Any, delimiter: str, decimal: str) -> str:
    # the csv module leaves a carriage return bare, which readers take for the end of a row
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", decimal)
    if not isinstance(value, str):
        return "" if value is None else str(value).replace(".", decimal)
    safe = safe_text(value)
    return '"' + safe.replace('"', '""') + '"' if any(char in safe for char in f'{delimiter}"\r\n') else safe
