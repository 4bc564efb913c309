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

Plain = None | bool | int | Decimal | date | str

MAX_DIGITS = 30
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DANISH_DATE = re.compile(r"([0-9]{1,2})[-./ ]+([0-9]{1,2})[-./ ]+([0-9]{4})")
_UNITS = re.compile(r"\s*(kr\.?|kroner|dkk)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Refusal:
    """Why a word is not accepted, and what to write instead."""

    message: str
    hint: str


def read_scalar(text: str) -> Plain | Refusal:
    """The value of an unquoted word, by YAML 1.2 except for the spellings that are refused.

    Times of day and dates with a time stay texts. yes, no, ja and nej are texts in YAML 1.2.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-.0123456789":
        for pattern, reading in _READINGS:
            if pattern.fullmatch(text):
                return reading(text)
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
    """A text for a message: in quotes, shortened, without characters that disturb the screen."""
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return "'" + "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in short) + "'"


def two_readings(text: str) -> str:
    """The hint for 1.000 or 1,000: how to write each of the two numbers it can mean."""
    whole, _, decimals = text.lstrip("+").replace(",", ".").partition(".")
    small = safe_decimal(f"{whole}.{decimals}")
    if (whole, decimals) == ("1", "000"):
        return f"write 1000 for a thousand, {small} for one"
    return f"write {whole}{decimals} if the thousands are set apart, {small} if these are decimals"


def safe_decimal(text: str) -> str:
    """A number with decimals whose point cannot be taken for a thousands separator: 1.0, 1.1250."""
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0") or "0"
    return f"{whole}.{decimals}0" if len(decimals) == 3 and whole.lstrip("-") != "0" else f"{whole}.{decimals}"


def number_hint(text: str) -> str:
    """How to write the number that somebody seems to have meant by a text; empty if no number shows.

    Knows decimal commas, thousands separated by points, commas or spaces, kr., % and the typographic minus.
    """
    bare = _UNITS.sub("", text.strip()).replace("\N{MINUS SIGN}", "-")
    percent = bare.endswith("%")
    bare = re.sub(r"(?<=[0-9])\s(?=[0-9]{3}(?![0-9]))", "", bare.rstrip("% \t\N{NO-BREAK SPACE}"))
    if len(bare) > MAX_DIGITS:
        return ""
    if not percent and re.fullmatch(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}", bare):
        return two_readings(bare)
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?", bare):
        bare = bare.replace(".", "")
    elif re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3}){2,}(\.[0-9]+)?", bare):
        bare = bare.replace(",", "")
    bare = bare.replace(",", ".")
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", bare):
        return ""
    number = Decimal(bare) / 100 if percent else Decimal(bare)
    spelled = format(number, "f")
    return f"write {safe_decimal(spelled) if '.' in spelled else spelled}" + (
        "" if text != bare else ", without quotes"
    )


def date_hint(text: str) -> str:
    """How to write the date that somebody seems to have meant by a text such as 1.12.2021 (day first)."""
    match = _DANISH_DATE.fullmatch(text.strip())
    if match:
        try:
            return f"write {date(int(match[3]), int(match[2]), int(match[1]))}"
        except ValueError:
            pass
    return "write year-month-day, such as 2021-12-01"
