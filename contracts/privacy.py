"""Numbers that point at a person must not enter a contract or a scenario: CPR numbers in ids, names and texts.

A CPR number is a date (day, month, year) and four digits. It is looked for in a text as it stands, and as it reads:
with the digits of any script, any dash and any space as plain ones, and without what cannot be seen. Three patterns
of one family look for it. An id is refused for all that resembles one; a text only for what is hardly anything else,
since texts hold amounts, dates and addresses too. What is crossed out in messages lies between the two.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from .problems import Finding, refuse

# replacement numbers add 60 to the day
_DAY, _MONTH = r"(?:[06][1-9]|[1278]\d|[39][01])", r"(?:0[1-9]|1[0-2])"


def _pattern(years: Iterable[tuple[str, str]], within: str, before: str) -> str:
    """The pattern of a date and four digits; where the year has its century, it may stand first.

    years: a year, and the four digits that go with it. within: between the parts of the date. before: the four digits.
    """
    month = f"{within}{_MONTH}{within}"
    orders = [rf"{_DAY}{month}{year}{before}{digits}" for year, digits in years]
    orders += [rf"{year}{month}{_DAY}{before}{digits}" for year, digits in years if year != r"\d\d"]
    return f"(?:{'|'.join(orders)})"


_SHORT = (r"\d\d", r"\d{4}")
_ANY = (_SHORT, (r"(?:1[89]|20)\d\d", r"\d{4}"))
# who was born after 1999 has 4 to 9 first: other digits behind such a date are a time, a year or a running number
_LIKELY = (_SHORT, (r"1[89]\d\d", r"(?!\d{4}-\d\d-\d\d)\d{4}"), (r"20\d\d", r"[4-9]\d{3}"))

_ANYHOW, _APART = r"[\W_]{0,9}", r"[\W_]{1,9}"
_DASH, _BLANKS, _SIGNS = " {0,2}-{1,5} {0,2}", " {1,9}", r"(?:[^\w\s+]|_){1,2}"
_FROM, _TO = r"(?<!\d)", r"(?!\d)"
# ten digits in a row: in a word without others; outside of ids not the end of an ISBN or of an account, and no amount
# with decimals; in a text not within a short hash
_WORD_FROM, _WORD_TO = r"(?<![^\W_])[^\W\d_]*", r"(?![^\W_]*\d)"
_NO_END, _NO_AMOUNT = r"(?<!(?<!\d)\d{3}-)(?<!(?<!\d)\d{4}-)(?<!(?<!\d)\d[.,])", r"(?![.,]\d{1,9}(?!\d))"
_NO_HASH = r"(?<![^\W_])(?![0-9a-f]{12,}+(?![^\W_]))"

_NO_KRONER = r"(?! ?(?:kr|DKK)\b)"
# behind the word it does not matter how the digits stand; in an id they may stand one by one
_SIGN = r"[\W_]{0,3}"
_NAMED = rf"(?i:cpr)[^\d\n]{{0,15}}\d(?:{_SIGN}\d){{9}}"
_SPREAD_DAY = rf"(?:[06]{_SIGN}[1-9]|[1278]{_SIGN}\d|[39]{_SIGN}[01])"
_SPREAD = rf"(?!\d{{10}}){_SPREAD_DAY}{_SIGN}(?:0{_SIGN}[1-9]|1{_SIGN}[0-2])(?:{_SIGN}\d){{6}}"
_IN_ID = re.compile(
    rf"{_FROM}{_pattern(_ANY, _ANYHOW, _APART)}{_TO}|{_WORD_FROM}{_pattern(_ANY, _ANYHOW, '')}{_WORD_TO}"
    rf"|{_FROM}{_SPREAD}{_TO}|{_NAMED}"
)
_IN_MESSAGE = re.compile(
    rf"{_FROM}{_pattern(_LIKELY, _ANYHOW, _APART)}{_TO}"
    rf"|{_NO_END}{_WORD_FROM}{_pattern(_LIKELY, _ANYHOW, '')}{_WORD_TO}{_NO_AMOUNT}|{_NAMED}"
)
_IN_TEXT = re.compile(
    rf"{_FROM}{_pattern(_LIKELY, '[-./ ]?', _DASH)}{_TO}{_NO_KRONER}"
    rf"|{_FROM}{_pattern(_LIKELY, '', _BLANKS)}{_TO}"
    rf"|{_FROM}(?<!/){_pattern(_LIKELY, '', _SIGNS)}{_TO}"  # behind a / it is part of an address
    rf"|{_NO_END}{_NO_HASH}{_WORD_FROM}{_pattern(_LIKELY, '', '')}{_WORD_TO}{_NO_AMOUNT}|{_NAMED}"
)
# most texts are done with at once: they have no ten digits with only signs between, and need no other reading
_TEN_DIGITS = re.compile(r"\d(?:[\W_]{0,9}+\d){9}")
_PLAIN = re.compile(r"[\t\n\r -~À-ÖØ-öø-ÿ]*")
_DIGITS = 10
# letters without a shape, and what stands in messages for what cannot be shown
_UNSEEN = "\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{REPLACEMENT CHARACTER}"
_UUID = re.compile(r"(?<![^\W_])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![^\W_])", re.IGNORECASE)


def looks_like_cpr(text: str) -> bool:
    """Whether an id resembles a Danish CPR number, or holds one: a date and four digits, however they are set apart."""
    return _stands_in(text, _IN_ID)


def holds_cpr(text: str) -> bool:
    """Whether a CPR number seems to stand somewhere in a text."""
    return _stands_in(text, _IN_TEXT)


def masked(text: str) -> str:
    """The text with the digits of what may be a CPR number crossed out; its length stays."""
    while places := {place for reading in _readings(text) for place in _places(reading)}:
        # and once more, since one number may keep another beside it from being seen
        text = "".join("x" if place in places else char for place, char in enumerate(text))
    return text


def impersonal_name(name: str) -> str:
    """For validators: a name, unless it looks like a CPR number. The message does not repeat it."""
    return _refused() if looks_like_cpr(name) else name


def impersonal(text: str) -> str:
    """For validators: a text, unless a CPR number seems to stand in it. The message does not repeat it."""
    return _refused() if holds_cpr(text) else text


def _refused() -> str:
    hint = "write a made-up name instead, and keep the key to it outside the file"
    refuse(Finding("this looks like a CPR number: use a pseudonym", (), hint))
    return ""


def _stands_in(text: str, pattern: re.Pattern[str]) -> bool:
    if len(text) < _DIGITS and text.isascii():  # at once for most pseudonyms
        return False
    return any((view := _view(reading)) and pattern.search(view) for reading in _readings(text))


def _readings(text: str) -> tuple[Sequence[str], ...]:
    """A text as it stands, and as it reads: for each of its characters the plain ones that it is taken for."""
    return (text,) if _PLAIN.fullmatch(text) else (text, [_plain(char) for char in text])


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    return "".join(map(_plain_one, unicodedata.normalize("NFKC", char)))


def _plain_one(char: str) -> str:
    """A digit as 0 to 9, a dash as -, a space as a blank, nothing for what cannot be seen, and the rest as it is."""
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    kind = unicodedata.category(char)
    if kind == "Zs":
        return " "
    if kind == "Pd" or char == "\N{MINUS SIGN}":
        return "-"
    unseen = kind in ("Mn", "Me") or (kind[0] == "C" and not char.isspace())
    return "" if unseen or char in _UNSEEN else char


def _view(reading: Sequence[str]) -> str:
    """A reading in one piece without UUIDs, in which chance may bring about any digits; empty if it has too few."""
    view = reading if isinstance(reading, str) else "".join(reading)
    return _UUID.sub(lambda found: "x" * len(found[0]), view) if _TEN_DIGITS.search(view) else ""


def _places(reading: Sequence[str]) -> Iterator[int]:
    """Where in a text the digits of what may be a CPR number stand, by one of its readings."""
    view = _view(reading)
    spans = [found.span() for found in _IN_MESSAGE.finditer(view)]
    if spans:
        origins = [place for place, signs in enumerate(reading) for _ in signs]
        yield from (origins[at] for start, end in spans for at in range(start, end) if view[at].isdigit())
