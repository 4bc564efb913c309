"""A SØM table to write: a calculation as the rows of its parts, with a guide, as CSV or as a workbook."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from scenarios.som import FACTS, Som
from scenarios.som_words import CHOICES, COLUMNS, GUIDE, KEYS, PARTS, Part

from .numbers import Language
from .output import csv_line
from .texts import say
from .workbook import as_workbook

Rows = list[list[Any]]
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_SHARED = ("item", "actor", "committee", "mark", "source")
_GUIDED: dict[Part, dict[str, str]] = {
    "facts": {
        "citizens": "facts.citizens",
        "success_with": "facts.success",
        "success_without": "facts.success",
        "success_difference": "facts.success",
        "success_after_years": "facts.success_after_years",
        "discount_rate": "facts.discount_rate",
        "price_level": "facts.price_level",
    },
    "costs": {"year": "costs.year", "amount": "costs.amount", "per": "costs.per"},
    "consequences": {
        "area": "area",
        "item": "item",
        "actor": "actor",
        "committee": "committee",
        "year": "year",
        "quantity": "quantity",
        "unit": "unit",
        "price": "price",
        "price_level": "level",
        "mark": "mark",
        "source": "source",
    },
}
"""The text of the guide for each row of the facts and each column; what is the same in several parts stands once."""


def som_csv(som: Som, lang: Language) -> bytes:
    """The table as one CSV file, its parts below each other: as Danish Excel writes it, or with commas and points."""
    delimiter, decimal = (";", ",") if lang == "da" else (",", ".")
    lines = []
    for name, rows in _sheets(som, lang).items():
        lines += [[name], *rows, []]
    told = "".join(csv_line(row, delimiter, decimal) for row in lines[:-1])
    return (_BYTE_ORDER_MARK + told).encode("utf-8")  # without the mark, Excel reads æ, ø and å wrong


def som_workbook(som: Som, lang: Language) -> bytes:
    """The table as an .xlsx file with a sheet for each part, the guide first."""
    sheets = _sheets(som, lang)
    guide = GUIDE[_side(lang)]
    return as_workbook({guide: sheets[guide]} | sheets)


def _sheets(som: Som, lang: Language) -> dict[str, Rows]:
    """The rows of each part under its name, headings first."""
    parts: dict[Part, Rows] = {
        "facts": list(_facts(som, lang)),
        "costs": [_row("costs", cost, lang) for cost in som.costs],
        "consequences": [_row("consequences", each, lang) for each in som.consequences],
    }
    side = _side(lang)
    headed = {PARTS[part][side]: [_headings(part, lang), *rows] for part, rows in parts.items()}
    return headed | {GUIDE[side]: list(_guide(lang))}


def _side(lang: Language) -> int:
    return 0 if lang == "da" else 1


def _headings(part: Part, lang: Language) -> list[str]:
    return [words[_side(lang)] for words in COLUMNS[part].values()]


def _facts(som: Som, lang: Language) -> Iterator[list[Any]]:
    side = _side(lang)
    yield [KEYS["title"][side], som.title, None, None]
    for name in FACTS:
        stated = getattr(som, name)
        if stated is not None:
            yield [KEYS[name][side], stated.value, stated.mark, stated.source]


def _row(part: Part, row: Any, lang: Language) -> list[Any]:
    return [_shown(getattr(row, name), lang) for name in COLUMNS[part]]


def _shown(value: Any, lang: Language) -> Any:
    """A value as it stands in a cell: our words in the language, numbers as they are, nothing for an empty text."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else value.normalize()
    return CHOICES[value][_side(lang)] if value in CHOICES else value if value != "" else None


def _guide(lang: Language) -> Iterator[list[Any]]:
    side = _side(lang)
    yield [say(lang, f"som.guide.{key}") for key in ("part", "column", "told")]
    yield [None, None, say(lang, "som.guide.about")]
    for part, told in _GUIDED.items():
        words: dict[str, Sequence[str]] = KEYS if part == "facts" else COLUMNS[part]  # type: ignore[assignment]
        for name, key in told.items():
            yield [PARTS[part][side], words[name][side], say(lang, f"som.guide.{key}")]
    yield [None, None, say(lang, "som.guide.numbers")]
