"""How the cells of a table are read under its columns file.

Numbers and dates decide who is paid what, so what could be read in two ways is refused and not guessed.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from contracts.money import ore, ppm
from contracts.privacy import holds_cpr, looks_like_cpr
from contracts.values import written

from ..reading.numbers import MAX_DIGITS, number_hint, range_hint, rounded_hint
from ..reading.scalars import date_hint, shown
from .columns import DAYS, FIRST_YEAR, KRONER, LAST_YEAR, LONGEST, MOST, MOST_KRONER, OF, QUANTITY, Columns


@dataclass(frozen=True)
class Odd:
    """A cell of a workbook that is no text, number or date. word: what `values` may translate, or ""."""

    found: str
    hint: str
    word: str = ""


@dataclass(frozen=True)
class Wrong:
    """Why a cell is not accepted."""

    message: str
    hint: str


Cell = str | int | float | dt.date | Odd
"""A text, or what a workbook has instead. A truth value is Odd, since True equals 1."""

Value = str | int | dt.date | None
Exact = TypeVar("Exact", bound=int | Decimal)

NOT_CALCULATED = Odd("a formula without a value", "open the workbook in Excel, and save it")
_TRUTHS = {
    value: Odd(
        f"the truth value {text}", f'write it out, or say under values: what "{text}" stands for, in quotes', text
    )
    for value, text in ((True, "TRUE"), (False, "FALSE"))
}


def from_workbook(value: object) -> Cell:
    """A workbook's value as a cell: whole numbers without decimals, days without a time."""
    match value:
        case None:
            return ""
        case bool():
            return _TRUTHS[value]
        case str() if value in _ERRORS:
            return Odd(f"the error {value}", "mend the cell in the workbook")
        case int() | float() if not abs(value) < _LARGEST:
            return Odd("a number that is too large", "write a smaller number, or format the cell as text")
        case int() | float():
            return int(value) if value == math.floor(value) else value
        case dt.datetime():
            return value.date()
        case str() | dt.date() | Odd():
            return value
    return Odd("a time of day", "format the cell as a date or as a number, and look whether it is right")


class Number(NamedTuple, Generic[Exact]):
    """What a column of numbers takes: words for it, its bounds, its decimals, and how an exact number is kept."""

    expected: str
    least: Decimal
    most: int
    places: int
    exact: Callable[[Decimal], Exact]


class Dialect(NamedTuple):
    """How a table's texts write decimals. other: how to say that it is the other sign; instead: what else helps."""

    decimal: str
    other: str = ""
    instead: str = ""


_TEXTS = {"metric": "the name of a metric", "person": "a pseudonym", "group": "the name of a group"}
_NUMBERS = {
    "month": Number("a whole number from 0 to 1200", Decimal(0), 1200, 0, int),
    "quantity": Number(QUANTITY, Decimal(0), MOST, 6, ppm),
    "of": Number(OF, Decimal("0.000001"), MOST, 6, ppm),
    "amount": Number(KRONER, Decimal(-MOST_KRONER), MOST_KRONER, 2, ore),
}
_EMPTY: dict[str, Value] = {"month": 0, "group": ""}
PERSONAL = Wrong(
    "this looks like a CPR number: use a pseudonym",
    "write a made-up name instead, and keep the key to it outside the table",
)
_DATES = {
    "year-month-day": re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
    "day-month-year": re.compile(r"(?P<day>[0-9]{1,2})([-./])(?P<month>[0-9]{1,2})\2(?P<year>[0-9]{4})"),
}
_PLAIN = {sign: re.compile(rf"-?(0|[1-9][0-9]*)({re.escape(sign)}[0-9]+)?") for sign in ".,"}
_TWO_READINGS = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
_LARGEST = 10**15
_ERRORS = ("#N/A", "#DIV/0!", "#REF!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA")
_NEAR = Decimal("1e-9")
_LOST_ZERO = re.compile(r"[0-9]{9}")


def personal(text: str) -> bool:
    """Whether a text looks like a CPR number, also like one whose leading zero Excel took away."""
    if len(text) < 9:  # at once for most pseudonyms
        return False
    return looks_like_cpr(text) or (_LOST_ZERO.fullmatch(text) is not None and looks_like_cpr("0" + text))


def _personal_number(text: str) -> bool:
    """Whether a whole number looks like a CPR number, and not like one whose leading zero was lost."""
    return text.lstrip("-").isdecimal() and holds_cpr(text)


def word(cell: Cell) -> str:
    """A cell as a text, as `values` and headings name it; empty for an empty cell."""
    return cell.word if isinstance(cell, Odd) else cell if isinstance(cell, str) else str(cell)


def fixed_value(name: str, value: Any) -> Value:
    """A value of the columns file as `Stated` has it: millionths, øre, or itself."""
    return _NUMBERS[name].exact(Decimal(value)) if name in _NUMBERS else value


def meanings(name: str, cells: Iterable[Cell], columns: Columns, *, needed: bool) -> dict[Cell, Value | Wrong]:
    """What cells say under one of our names, as `Stated` has it; None for an empty person, quantity, of or amount.

    needed: whether no cell may be empty.
    """
    translated = {text: fixed_value(name, value) for text, value in dict(columns.values).get(name, {}).items()}
    nothing = Wrong(f"expected {_expected(name, columns)}, found nothing", _FILL[name]) if needed else _EMPTY.get(name)
    read = _text if name in _TEXTS else _day if name in DAYS else _number
    suspect = personal if name in _TEXTS else _personal_number

    def meaning(cell: Cell) -> Value | Wrong:
        text = written(word(cell))
        if text in translated and (text or not isinstance(cell, Odd)):
            return translated[text]
        if not text and isinstance(cell, str):
            return nothing
        if suspect(text):
            return PERSONAL
        found = read(name, text if isinstance(cell, str) else cell, columns)
        return PERSONAL if isinstance(found, Wrong) and personal(text) else found

    return {cell: meaning(cell) for cell in cells}


_FILL = {
    "metric": "write the name of the metric, as in the contract",
    "date": "write the day of the fact",
    "recorded": "write the day on which it was reported",
    "quantity": "write 1 for reached and 0 for not reached; leave the row out if nothing was measured",
    "amount": "write the saving in kroner, or leave the row out",
}


def _expected(name: str, columns: Columns) -> str:
    if name in DAYS:
        return f"a date as {columns.dates}"
    return _TEXTS[name] if name in _TEXTS else _NUMBERS[name].expected


def _wrong(name: str, cell: Cell, columns: Columns, hint: str, why: str = "") -> Wrong:
    return wrong(_expected(name, columns), cell, hint, why)


def wrong(expected: str, cell: Cell, hint: str, why: str = "") -> Wrong:
    """Why a cell is not what was expected; why: what more is said of what was found."""
    if isinstance(cell, Odd):
        found, hint = cell.found, cell.hint
    elif isinstance(cell, str):
        found = shown(cell) if cell else "nothing"
    else:
        found = f"the {'date' if isinstance(cell, dt.date) else 'number'} {cell}"
    return Wrong(f"expected {expected}, found {found}{why}", hint)


def _text(name: str, cell: Cell, columns: Columns) -> str | Wrong:
    return read_text(_TEXTS[name], cell)


def read_text(expected: str, cell: Cell, longest: int = LONGEST) -> str | Wrong:
    """A cell as a text of one line; expected: words for what it is."""
    if isinstance(cell, int):
        return str(cell)
    if not isinstance(cell, str):
        return wrong(expected, cell, "format the cell as text, and write it again")
    if len(cell) > longest:
        return wrong(expected, cell, f"write at most {longest} characters", f" of {len(cell)} characters")
    if not cell.isprintable():
        return wrong(expected, cell, "delete line breaks and invisible characters", ", which cannot all be shown")
    return cell


def _day(name: str, cell: Cell, columns: Columns) -> dt.date | Wrong:
    if isinstance(cell, dt.date):
        found = cell
    elif not isinstance(cell, str):
        return _wrong(name, cell, columns, "format the cell as a date")
    elif parts := _DATES[columns.dates].fullmatch(cell):
        try:
            found = dt.date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
        except ValueError:
            return _wrong(name, cell, columns, "write a day that the month has", ", which is not a day in the calendar")
    else:
        return _wrong(name, cell, columns, _date_hint(cell, columns.dates))
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        return _wrong(name, cell, columns, f"write a year from {FIRST_YEAR} to {LAST_YEAR}, with four digits")
    return found


def _date_hint(text: str, dates: str) -> str:
    other = next(order for order in _DATES if order != dates)
    parts = _DATES[other].fullmatch(text)
    if dates == "year-month-day":
        return date_hint(text) + (f", or dates: {other} in the columns file" if parts else "")
    if parts:
        return f"write {parts['day']}-{parts['month']}-{parts['year']}, or dates: {other} in the columns file"
    return "write day-month-year, such as 01-12-2021"


def _number(name: str, cell: Cell, columns: Columns) -> int | Wrong:
    other = "," if columns.decimal == "." else "."
    instead = ", or say under values: what this text stands for"
    return read_number(
        _NUMBERS[name], cell, Dialect(columns.decimal, f'decimal: "{other}" in the columns file', instead), name
    )


def read_number(kind: Number[Exact], cell: Cell, dialect: Dialect, key: str = "") -> Exact | Wrong:
    """A cell as a number of a kind; a text that could be read as two numbers is refused.

    key: what the number is called, which tells years from months in hints.
    """
    if isinstance(cell, str):
        if _TWO_READINGS.fullmatch(cell):
            return wrong(kind.expected, cell, _meant(cell, kind, dialect, key), ", which can be read in two ways")
        if len(cell) > MAX_DIGITS or not _PLAIN[dialect.decimal].fullmatch(cell):
            return wrong(kind.expected, cell, _number_hint(cell, kind, dialect, key))
        number = Decimal(cell.replace(",", "."))
    elif isinstance(cell, int | float):
        number = _unblurred(cell, kind.places)
    else:
        return wrong(kind.expected, cell, "format the cell as a number")
    if number > kind.most:
        return wrong(kind.expected, cell, f"write {kind.most} or less")
    whole = kind.places == 0
    if number < kind.least or (whole and number != round(number)):
        hint = range_hint(number, {"ge": kind.least, "le": kind.most}, whole=whole)
        return wrong(kind.expected, cell, _in_dialect(hint, dialect))
    if number != round(number, kind.places):
        return wrong(kind.expected, cell, _in_dialect(rounded_hint(number, kind.places), dialect))
    return kind.exact(number)


def _number_hint(text: str, kind: Number[Exact], dialect: Dialect, key: str) -> str:
    meant = _meant(text, kind, dialect, key)
    other = "," if dialect.decimal == "." else "."
    if other in text and _PLAIN[other].fullmatch(text) and dialect.other:
        return f"{meant + ', or' if meant else 'write'} {dialect.other}"
    example = "12" if kind.places == 0 else _in_dialect("0.5", dialect)
    return meant or f"write a number such as {example}{dialect.instead}"


def _meant(text: str, kind: Number[Exact], dialect: Dialect, key: str) -> str:
    bounds = {"ge": kind.least, "le": kind.most, "decimal_places": kind.places}
    hint = number_hint(text, bounds, whole=kind.places == 0, key=key)
    return _in_dialect(hint.removesuffix(", without quotes"), dialect)


def _in_dialect(hint: str, dialect: Dialect) -> str:
    """A hint with its decimals as the table has them, so that it does not lead into the next fault."""
    return re.sub(r"(?<=[0-9])\.(?=[0-9])", dialect.decimal, hint)


def _unblurred(cell: int | float, places: int) -> Decimal:
    """A workbook's number without what binary arithmetic added to it: 0.3 for 0.30000000000000004."""
    number = Decimal(repr(cell))
    near = round(number, places)
    return near if abs(number - near) <= max(_NEAR, 2 * Decimal(math.ulp(cell))) else number
