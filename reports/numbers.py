"""Numbers as people read them: `1.234.567 kr.`, `3,8 %`, `−4,2`, rounded half away from zero.

Babel groups and places the comma, but it rounds half to even; so numbers are rounded here first. A number that rounds
to zero has no sign.
"""

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

from babel.numbers import format_decimal

Language = Literal["da", "en"]
Number = int | float | Decimal

MINUS = "\N{MINUS SIGN}"
MILLION = 1_000_000
THOUSAND = 1_000

_PATTERNS = {decimals: "#,##0" + ("." + "0" * decimals if decimals else "") for decimals in range(7)}


def rounded(value: Number, decimals: int = 0) -> Decimal:
    """The nearest number with so many decimals, half away from zero; a float counts as it is written.

    Raises ValueError for a value that is no number or infinite.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"expected a finite number, found {value}")
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    with localcontext(prec=60):
        return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def number(value: Number, lang: Language, decimals: int = 0) -> str:
    """A plain number: `−1.234,5` or `−1,234.5`."""
    near = rounded(value, decimals)
    text: str = format_decimal(abs(near), format=_PATTERNS[decimals], locale=lang, decimal_quantization=False)
    return MINUS + text if near < 0 else text


def kroner(value: Number, lang: Language, decimals: int = 0) -> str:
    """An amount in kroner with its unit: `1.234.567 kr.` or `DKK 1,234,567`."""
    text = number(value, lang, decimals)
    if lang == "da":
        return f"{text} kr."
    return f"{MINUS}DKK {text[1:]}" if text.startswith(MINUS) else f"DKK {text}"


def kroner_of_ore(ore: int, lang: Language) -> str:
    """Whole øre as kroner, with øre only where there are any: `1.500 kr.`, `1.500,25 kr.`."""
    return kroner(Decimal(ore) / 100, lang, 2 if ore % 100 else 0)


def amount(ore: int, lang: Language) -> str:
    """Øre (or cents) in whole units, always with two decimals and without the unit: `1.500,25`, `−0,50`."""
    whole, hundredths = divmod(abs(ore), 100)
    sign = MINUS if ore < 0 else ""
    return f"{sign}{_grouped(whole, lang)}{_POINT[lang]}{hundredths:02d}"


def money(ore: int, lang: Language, currency: str = "DKK") -> str:
    """An amount with its currency: `1.500,25 kr.`, `DKK 1,500.25`, `1.500,25 EUR`."""
    text = amount(ore, lang)
    if lang == "da":
        return f"{text} {'kr.' if currency == 'DKK' else currency}"
    return f"{MINUS}{currency} {text[1:]}" if text.startswith(MINUS) else f"{currency} {text}"


def quantity(millionths: int, lang: Language) -> str:
    """A quantity with the decimals that it has, at most six: `13`, `9,6`, `1.240`."""
    whole, rest = divmod(abs(millionths), 10**6)
    decimals = f"{_POINT[lang]}{rest:06d}".rstrip("0") if rest else ""
    return f"{MINUS if millionths < 0 else ''}{_grouped(whole, lang)}{decimals}"


def _grouped(whole: int, lang: Language) -> str:
    return f"{whole:,}".replace(",", ".") if lang == "da" else f"{whole:,}"


_POINT: dict[Language, str] = {"da": ",", "en": "."}


def millions(value: Number, lang: Language, decimals: int = 1) -> str:
    """Kroner as millions with their unit: `4,2 mio. kr.` or `DKK 4.2 million`."""
    text = number(_divided(value, MILLION), lang, decimals)
    if lang == "da":
        return f"{text} mio. kr."
    return f"{MINUS}DKK {text[1:]} million" if text.startswith(MINUS) else f"DKK {text} million"


def percent(share: Number, lang: Language, decimals: int = 1) -> str:
    """A share as per cent: `3,8 %` or `3.8%`."""
    text = number(_exact(share) * 100, lang, decimals)
    return f"{text} %" if lang == "da" else f"{text}%"


def share_decimals(share: Number) -> int:
    """How many decimals show a share as per cent: one, and more where it is nearly nothing or nearly everything."""
    near = min(abs(float(share)), abs(1 - float(share)))
    if near == 0 or near >= 0.001:
        return 1
    return next((decimals for decimals in range(2, 6) if near * 100 * 10**decimals >= 1), 6)


@dataclass(frozen=True)
class Scale:
    """How a table's amounts are shown: divided by `divisor`, with so many decimals; key: its name in the texts."""

    divisor: int
    decimals: int
    key: str

    def show(self, value: Number, lang: Language) -> str:
        """An amount in kroner on this scale, without its unit."""
        return number(_divided(value, self.divisor), lang, self.decimals)

    def margin(self, error: Number, lang: Language) -> str:
        """A standard error in kroner on this scale: `±0,1`; empty for none."""
        return margin(_divided(error, self.divisor), lang, self.decimals)


MILLIONS = Scale(MILLION, 1, "millions")
THOUSANDS = Scale(THOUSAND, 0, "thousands")


def scale_for(largest: Number) -> Scale:
    """Millions with one decimal; thousands where the largest amount, in kroner, is below 20 million.

    So a difference of a twentieth of the largest amount still has two digits.
    """
    return MILLIONS if abs(float(largest)) >= 20 * MILLION else THOUSANDS


def margin(error: Number, lang: Language, decimals: int) -> str:
    """`±` and an error; empty for none. `±0,0` is an error that is there, and too small to be seen."""
    if not math.isfinite(error) or not error > 0:
        return ""
    return "±" + number(error, lang, decimals)


def _exact(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _divided(value: Number, divisor: int) -> Decimal:
    if isinstance(value, float) and not math.isfinite(value):
        return Decimal("NaN")
    return _exact(value) / divisor
