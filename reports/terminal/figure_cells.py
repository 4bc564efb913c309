"""A figure of the summary as it is shown: value and error in its unit, or the word for why there is none."""

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from reports.numbers import (
    MILLION,
    THOUSANDS,
    Language,
    Number,
    Scale,
    margin,
    number,
    percent,
    scale_for,
    share_decimals,
)
from reports.texts import say

from .grid import Cell

if TYPE_CHECKING:
    import pandas as pd

Figure = Mapping[str, Any]
"""A row of the summary frame."""

SMALL = frozenset({"cost_per_extra_result"})
"""Amounts for one citizen: always in thousands."""
WIDEST_BOUND = 0.03
"""The upper bound of a probability never seen in 100 replications; what is wider is not shown."""


def records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """A frame's rows, each by the names of its columns."""
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in frame.itertuples(index=False, name=None)]


def number_of(value: Any) -> float | None:
    """A number of a frame, or None where it is missing or infinite."""
    if value is None or isinstance(value, str):
        return None
    return float(value) if math.isfinite(value) else None


def table_scale(figures: Iterable[Figure]) -> Scale:
    """The scale for the amounts of a comparison: that of its largest mean net gain or loss.

    Thousands where a difference that is there (more than two standard errors) would have less than two digits.
    """
    gains = [0.0]
    for figure in figures:
        amount, error = abs(number_of(figure["value"]) or 0.0), number_of(figure["error"]) or 0.0
        if figure["figure"] == "net_gain":
            gains.append(amount)
        elif figure["figure"] == "difference_from_ordinary" and 2 * error < amount < MILLION:
            return THOUSANDS
    return scale_for(max(gains))


def scale_of(figure: str, scale: Scale) -> Scale:
    """The scale of one figure in a table of that scale."""
    return THOUSANDS if figure in SMALL else scale


def figure_cell(figure: Figure, scale: Scale, lang: Language) -> Cell:
    """Value and error of a figure, or the text of its note."""
    value, note = number_of(figure["value"]), str(figure["note"] or "")
    if note == "none_seen":
        return _none_seen(number_of(figure["high"]), lang)
    if note == "none" and figure["figure"] == "price_of_risk":
        return Cell(words=say(lang, "note.moves_no_risk"))
    if value is None or note in ("none", "not_unique", "unbounded", "not_applicable", "never_below", "reference"):
        return Cell(words=say(lang, f"note.{note}") if note else "–")
    error = number_of(figure["error"]) or 0.0
    return _shown(value, error, figure, scale, lang)


def _shown(value: float, error: float, figure: Figure, scale: Scale, lang: Language) -> Cell:
    match figure["unit"]:
        case "kr":
            own = scale_of(figure["figure"], scale)
            return Cell(own.show(value, lang), own.margin(error, lang))
        case "share":
            decimals = share_decimals(value)
            return Cell(percent(value, lang, decimals), margin(error * 100, lang, decimals))
        case "rate":
            return Cell(percent(value, lang), margin(error * 100, lang, 1))
        case "year":
            return Cell(str(round(value)))
        case "factor":
            return Cell(number(value, lang, 2), margin(error, lang, 2))
    return Cell(number(value, lang, 1), margin(error, lang, 1))


def _none_seen(bound: float | None, lang: Language) -> Cell:
    """The upper bound of a probability; too few replications to bound it well only show that none was seen."""
    if bound is None:
        return Cell(words="–")
    if bound > WIDEST_BOUND:
        return Cell(percent(0, lang))
    return Cell(words=say(lang, "note.none_seen", bound=_small_percent(bound, lang)))


def _small_percent(share: Number, lang: Language) -> str:
    """A small share as per cent, with as many decimals as it takes to see it."""
    decimals = next((d for d in range(1, 6) if float(share) * 100 * 10**d >= 1), 6)
    return percent(share, lang, decimals)
