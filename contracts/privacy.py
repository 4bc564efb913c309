"""Numbers that point at a person must not enter a contract or a scenario: CPR numbers in ids, names and texts."""

import re

from .problems import Finding, refuse

# day (replacement numbers add 60), month, year
_DAY, _MONTH = r"(?:[06][1-9]|[1278]\d|[39][01])", r"(?:0[1-9]|1[0-2])"
_DATE = rf"{_DAY}{_MONTH}\d\d"
# an id: such a date and four digits, with no other digit in the id, or as a word of their own
_APART = r"[-\s./\u2010-\u2014]{0,3}"
_ID = re.compile(
    rf"\D*{_DATE}[-\s./]?\d{{4}}\D*\Z"
    rf"|.*(?<![^\W_]){_DAY}[-.\s/]?{_MONTH}[-.\s/]?(?:\d\d)?\d\d{_APART}\d{{4}}(?![^\W_])",
    re.DOTALL,
)
# a text: DDMMYY-NNNN anywhere; ten digits only as a word of their own, not within an amount, a hash or an ISBN
_IN_TEXT = re.compile(
    rf"(?<!\d){_DATE}[-\u2010-\u2013 \u00a0]\d{{4}}(?!\d)"
    rf"|(?<![^\W_])(?<!\d[-.,]){_DATE}\d{{4}}(?![^\W_])(?![-.,]\d)"
)


def looks_like_cpr(text: str) -> bool:
    """Whether an id reads as a Danish CPR number: DDMMYY-NNNN, or ten digits that begin with a date."""
    return _ID.match(text) is not None


def holds_cpr(text: str) -> bool:
    """Whether a CPR number seems to stand somewhere in a text."""
    return _IN_TEXT.search(text) is not None


def masked(text: str) -> str:
    """The text with the digits of what seems to be a CPR number crossed out; its length stays."""
    return _IN_TEXT.sub(lambda found: re.sub(r"\d", "x", found[0]), text)


def impersonal_name(name: str) -> str:
    """For validators: a name, unless it looks like a CPR number. The message does not repeat it."""
    return _refused() if looks_like_cpr(name) else impersonal(name)


def impersonal(text: str) -> str:
    """For validators: a text, unless a CPR number seems to stand in it. The message does not repeat it."""
    return _refused() if holds_cpr(text) else text


def _refused() -> str:
    hint = "write a made-up name instead, and keep the key to it outside the file"
    refuse(Finding("this looks like a CPR number: use a pseudonym", (), hint))
    return ""
