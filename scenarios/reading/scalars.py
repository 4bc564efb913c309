"""What an unquoted word in a YAML file means: a number, a date, true or false, nothing, or just a text.

Numbers decide who is paid what, so a spelling that two readers could take for two amounts is refused and
not guessed: 1.000 (one, or a Danish thousand), 1_000, 0751 (a code, or a number), 12:30 (in old YAML a
number of minutes). Numbers with a decimal point become `Decimal` from the text itself and never pass
through a float.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.privacy import holds_cpr, masked

from .numbers import MAX_DIGITS, two_readings

Plain = None | bool | int | Decimal | date | str
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_OTHER_DATES = (
    re.compile(r"(?P<day>[0-9]{1,2})[-./ ]+(?P<month>[0-9]{1,2})[-./ ]+(?P<year>[0-9]{4})"),
    re.compile(r"(?P<day>[0-9]{1,2})\.? *(?P<month>[a-z]{3,9})\.?,? *(?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})[t ].*"),
    re.compile(r"(?P<year>(19|20)[0-9]{2})(-(?P<month>[0-9]{1,2}))?"),
)
_MONTHS = {
    **{
        name: number
        for number, name in enumerate(
            ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"], start=1
        )
    },
    **{"may": 5, "oct": 10},
}


@dataclass(frozen=True)
class Refusal:
    """Why a word is not accepted, and what to write instead."""

    message: str
    hint: str


_PERSONAL = Refusal("this looks like a CPR number", "use a pseudonym")


def read_scalar(text: str) -> Plain | Refusal:
    """The value of an unquoted word, by YAML 1.2 except for the spellings that are refused.

    Times of day and dates with a time stay texts. yes, no, ja and nej are texts in YAML 1.2.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-.0123456789":
        for pattern, reading in _READINGS:
            if pattern.fullmatch(text):
                found = reading(text)
                return _PERSONAL if isinstance(found, Refusal) and holds_cpr(text) else found
    return text


def _whole(text: str) -> Plain | Refusal:
    return int(text) if len(text) <= MAX_DIGITS else _too_long(text)


def _decimal(text: str) -> Plain | Refusal:
    return Decimal(text) if len(text) <= MAX_DIGITS else _too_long(text)


def _too_long(text: str) -> Refusal:
    return Refusal(
        f"{shown(text)} has {len(text)} characters, which is too long for a number",
        "write a shorter number, or put it in quotes if it is a text",
    )


def _day(text: str) -> Plain | Refusal:
    year, month, day = (int(part) for part in text.split("-"))
    try:
        found = date(year, month, day)
    except ValueError:
        return Refusal(
            f"'{text}' is not a day in the calendar",
            "write year-month-day with a month from 01 to 12 and a day which that month has",
        )
    if found.isoformat() != text:
        return Refusal(f"'{text}' is not written as a date with two digits for month and day", f"write {found}")
    return found


def _thousands(text: str) -> Refusal:
    return Refusal(f"'{text}' can be read in two ways", two_readings(text))


def _leading_zero(text: str) -> Refusal:
    number = text.lstrip("+-").lstrip("0") or "0"
    return Refusal(
        f"{shown(text)} starts with a zero, so it can be a code or a number",
        f'write "{text}" in quotes for a code, {"0" if number[0] == "." else ""}{number} for a number',
    )


def _underscore(text: str) -> Refusal:
    return Refusal(
        f"{shown(text)} has '_' inside a number",
        f'write {text.replace("_", "")} for a number, "{text}" in quotes for a text',
    )


def _exponent(text: str) -> Refusal:
    return Refusal(
        f"{shown(text)} is a number with an exponent",
        "write the number out in full, or put it in quotes if it is a text",
    )


def _other_base(text: str) -> Refusal:
    return Refusal(
        f"{shown(text)} is not an ordinary decimal number",
        "write the number with the digits 0-9, or put it in quotes if it is a text",
    )


def _clock(text: str) -> Refusal:
    return Refusal(f"{shown(text)} can be a time of day or a number", f'write "{text}" in quotes')


def _no_number(text: str) -> Refusal:
    return Refusal(f"'{text}' is not a number that can be calculated with", "write a number, or leave the key out")


_READINGS: tuple[tuple[re.Pattern[str], Callable[[str], Plain | Refusal]], ...] = (
    (re.compile(r"[-+]?(0|[1-9][0-9]*)"), _whole),
    (re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}"), _thousands),
    (re.compile(r"[-+]?((0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+)"), _decimal),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"), _day),
    (re.compile(r"[-+]?0[0-9]+(\.[0-9]*)?"), _leading_zero),
    (re.compile(r"[-+]?[0-9](?=[0-9.]*_)[0-9_]*(\.[0-9_]*)?"), _underscore),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+"), _exponent),
    (re.compile(r"[-+]?0(o[0-7]+|x[0-9a-fA-F]+|b[01]+)"), _other_base),
    (re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?"), _clock),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), _no_number),
)


def shown(text: str, limit: int = 60) -> str:
    """A text for a message: in quotes, shortened, without CPR numbers and characters that disturb the screen."""
    text = masked(text)  # before a part of a number is cut away
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return "'" + "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in short) + "'"


def date_hint(text: str) -> str:
    """How to write the date meant by 1.12.2021 (day first), 1. december 2021, 2021-12 or a date with a time."""
    bare = text.strip().lower()
    for pattern in _OTHER_DATES:
        found = pattern.fullmatch(bare)
        if found:
            year, month, day = (found.groupdict().get(part) or "1" for part in ("year", "month", "day"))
            try:
                return f"write {date(int(year), _MONTHS.get(month[:3]) or int(month), int(day))}"
            except ValueError:
                continue
    return "write year-month-day, such as 2021-12-01"
