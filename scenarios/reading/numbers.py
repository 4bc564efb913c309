"""The number that somebody meant by 1.160.000,00 kr., 1,16 mio. kr., 80 %, 7 år or femogtyve, and how to write it.

A hint must not lead into the next error, so what is proposed has to fit the field: whole or with decimals, and
within its bounds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

MAX_DIGITS = 30
_PERCENT = 2
"""From here on a number that should be a share is taken for one in percent."""

_SCALES = {
    **dict.fromkeys(("%", "pct", "pct.", "procent", "percent"), Decimal("0.01")),
    **dict.fromkeys(("t.kr.", "t.kr", "tkr", "tkr.", "tusind", "tusinde", "thousand"), Decimal(10**3)),
    **dict.fromkeys(("mio", "mio.", "mill.", "million", "millioner", "millions"), Decimal(10**6)),
    **dict.fromkeys(("mia", "mia.", "mrd.", "milliard", "milliarder", "billion"), Decimal(10**9)),
}
_PLAIN_UNITS = [
    "kr",
    "kr.",
    "kroner",
    "dkk",
    "borger",
    "borgere",
    "personer",
    "citizens",
    "stk",
    "stk.",
    "pladser",
    "places",
]
_TIMES = {
    "years": "år year years",
    "months": "måned måneder mdr mdr. md. month months",
    "weeks": "uge uger week weeks",
    "days": "dag dage day days",
}
_TIME_UNITS = {word: unit for unit, words in _TIMES.items() for word in words.split()}
_ONES = "nul en to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten"
_TENS = "tyve tredive fyrre halvtreds tres halvfjerds firs halvfems"
_SPELLED = {
    **{word: number for number, word in enumerate(_ONES.split())},
    **{word: 10 * number for number, word in enumerate(_TENS.split(), start=2)},
    **{"et": 1, "hundrede": 100, "tusind": 1000},
}


@dataclass(frozen=True)
class _Reading:
    number: Decimal
    when: str = ""


def number_hint(text: str, schema: Mapping[str, Any] | None = None, *, whole: bool = False, key: str = "") -> str:
    """How to write the number that somebody seems to have meant by a text; empty if no number shows.

    schema: what is expected of the number. whole: without decimals. key: the key it stands under, which tells years
    from months.
    """
    bounds = schema or {}
    readings = _readings(text.strip().lower().replace("\N{MINUS SIGN}", "-"), key)
    told = [(spelled, each.when) for each in readings if (spelled := _fitting(each.number, bounds, whole))]
    if len(told) > 1:
        return "write " + ", ".join(f"{spelled} {when}" for spelled, when in told)
    if told:
        return f"write {told[0][0]}" + (", without quotes" if told[0][0] == text else "")
    return range_hint(readings[0].number, bounds, whole=whole) if readings else ""


def range_hint(number: Decimal, schema: Mapping[str, Any], *, whole: bool = False) -> str:
    """How to write a number that does not fit its field: another size, or the nearest that is allowed."""
    if not whole and number >= _PERCENT and (share := _fitting(number / 100, schema, whole)):
        return f"write {share} for {number:f} %"
    if number < 0 and (positive := _fitting(-number, schema, whole)):
        return f"write {positive}, without the minus"
    if whole and number != number.to_integral_value():
        for near in (number.to_integral_value(ROUND_HALF_UP), number.to_integral_value() + 1):
            if _fits(near, schema):
                return f"write a whole number, such as {near}"
    for bound, words in (("ge", "{} or more"), ("le", "{} or less")):
        if bound in schema and not _fits(number, {bound: schema[bound]}):
            return "write " + words.format(_plain(Decimal(schema[bound])))
    for bound, words, step in (("gt", "more than {}", Decimal("0.01")), ("lt", "less than {}", Decimal("-0.01"))):
        if bound in schema and not _fits(number, {bound: schema[bound]}):
            limit = Decimal(schema[bound])
            near = limit + (step * 100).to_integral_value() if whole else limit + step
            return f"write {words.format(_plain(limit))}, such as {_plain(near)}"
    return "write a whole number" if whole else ""


def rounded_hint(number: Decimal, places: int) -> str:
    """How to write a number that has too many decimals."""
    return f"round it: write {_plain(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))}"


def two_readings(text: str) -> str:
    """The hint for 1.000 or 1,000: how to write each of the two numbers it can mean."""
    return number_hint(text)


def safe_decimal(text: str) -> str:
    """A number with decimals whose point cannot be taken for a thousands separator: 1.0, 1.1250."""
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0") or "0"
    return f"{whole}.{decimals}0" if len(decimals) == 3 and whole.lstrip("-") != "0" else f"{whole}.{decimals}"


def _fitting(number: Decimal, schema: Mapping[str, Any], whole: bool) -> str:
    """The number as it is written where it fits; else empty."""
    if not _fits(number, schema) or (whole and number != number.to_integral_value()):
        return ""
    return str(int(number)) if whole else _plain(number)


def _plain(number: Decimal) -> str:
    if abs(number) >= 1000 and number == number.to_integral_value():
        return str(int(number))
    spelled = format(number, "f")
    return safe_decimal(spelled) if "." in spelled else spelled


def _fits(number: Decimal, schema: Mapping[str, Any]) -> bool:
    if ("ge" in schema and number < schema["ge"]) or ("gt" in schema and number <= schema["gt"]):
        return False
    if ("le" in schema and number > schema["le"]) or ("lt" in schema and number >= schema["lt"]):
        return False
    places = schema.get("decimal_places")
    return places is None or number == round(number, places)


def _readings(text: str, key: str) -> list[_Reading]:
    """Every number that a text can mean; two for 1.000 and 1,000."""
    bare = re.sub(r"(?<=[0-9])[\s_](?=[0-9]{3}(?![0-9]))", "", re.sub(r"^(kr\.?|dkk)\s*", "", text))
    match = re.fullmatch(r"(-?[0-9.,]*[0-9])\s*(.*)", bare) or re.fullmatch(r"(\w+)(?:\s+(.*))?", bare)
    factor = _factor((match[2] or "").split() or [], key) if match else None
    if match is None or factor is None or len(match[1]) > MAX_DIGITS:
        return []
    number = match[1]
    if factor == 1 and re.fullmatch(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}", number):
        thousands, decimals = Decimal(re.sub("[.,]", "", number)), Decimal(number.replace(",", "."))
        if number.endswith("000") and number[:-4] == "1":
            return [_Reading(thousands, "for a thousand"), _Reading(decimals, "for one")]
        return [
            _Reading(thousands, "if the thousands are set apart"),
            _Reading(decimals, "if these are decimals"),
        ]
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?", number):
        number = number.replace(".", "")
    elif re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3}){2,}(\.[0-9]+)?", number):
        number = number.replace(",", "")
    number = number.replace(",", ".")
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number):
        return [_Reading(Decimal(number) * factor)]
    spelled = _spelled(number)
    return [] if spelled is None else [_Reading(spelled * factor)]


def _factor(units: list[str], key: str) -> Decimal | None:
    """What the words behind a number multiply it by; None if they are unknown or do not suit the key."""
    factor = Decimal(1)
    for unit in units:
        if unit in _SCALES:
            factor *= _SCALES[unit]
        elif unit in _TIME_UNITS:
            if _TIME_UNITS[unit] == "years" and "months" in key:
                factor *= 12
            elif _TIME_UNITS[unit] not in key:
                return None
        elif unit not in _PLAIN_UNITS:
            return None
    return factor


def _spelled(word: str) -> Decimal | None:
    """A Danish number word up to ninety-nine, hundrede and tusind."""
    ones, _, tens = word.partition("og")
    if word in _SPELLED:
        return Decimal(_SPELLED[word])
    if tens in _TENS.split() and 1 <= _SPELLED.get(ones, 0) <= 9:
        return Decimal(_SPELLED[ones] + _SPELLED[tens])
    return None
