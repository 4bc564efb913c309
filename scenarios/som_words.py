"""The words of a SØM table: its sheets, headings and keys in Danish and English, and what may stand in a cell.

A table is read in either language, also mixed. In a workbook its parts are sheets; in a CSV file they stand below each
other, each under a row with its name. The part with the guide is never read.
"""

from typing import Literal

Part = Literal["facts", "costs", "consequences"]
Words = dict[str, tuple[str, ...]]
"""By our name: the Danish word, the English word, and what else is understood."""

PARTS: dict[Part, tuple[str, str]] = {
    "facts": ("Oplysninger", "Facts"),
    "costs": ("Omkostninger", "Costs"),
    "consequences": ("Konsekvenser", "Consequences"),
}
GUIDE = ("Vejledning", "Guide")

_SAID: Words = {"mark": ("mærke", "mark"), "source": ("kilde", "source")}
_WHO: Words = {"actor": ("aktør", "actor"), "committee": ("udvalg", "committee")}
_ITEM: Words = {"item": ("ydelse", "item")}

COLUMNS: dict[Part, Words] = {
    "facts": {"key": ("oplysning", "fact"), "value": ("værdi", "value"), **_SAID},
    "costs": {
        "year": ("år", "year"),
        **_ITEM,
        **_WHO,
        "amount": ("beløb", "amount"),
        "per": ("pr.", "per"),
        **_SAID,
    },
    "consequences": {
        "area": ("område", "area"),
        **_ITEM,
        **_WHO,
        "year": ("år efter succes", "year after success"),
        "quantity": ("konsekvens pr. succes", "consequence per success"),
        "unit": ("enhed", "unit"),
        "price": ("enhedspris", "unit price"),
        "price_level": ("prisniveau", "price level"),
        **_SAID,
    },
}
"""The columns of each part, in the order of the template."""

NEEDED: dict[Part, tuple[str, ...]] = {
    "facts": ("key", "value"),
    "costs": ("year", "actor", "amount"),
    "consequences": ("area", "actor", "year", "quantity", "price"),
}
"""Columns that a part cannot do without, and whose cells are never empty."""

KEYS: Words = {
    "title": ("titel", "title"),
    "citizens": ("antal borgere", "number of citizens", "borgere", "citizens"),
    "success_with": ("succesrate med indsatsen", "success rate with the intervention"),
    "success_without": ("succesrate uden indsatsen", "success rate without it"),
    "success_difference": ("forskel i succesrate", "difference in success rate"),
    "success_after_years": ("år til første år efter succes", "years to the first year after success"),
    "discount_rate": ("diskonteringsrente", "discount rate"),
    "price_level": ("prisniveau", "price level"),
}
"""What the facts are called."""

CHOICES: Words = {
    "municipality": ("kommune", "municipality", "kommunen"),
    "region": ("region", "region", "regionen"),
    "state": ("stat", "state", "staten"),
    "citizen": ("borger", "citizen"),
    "all": ("i alt", "all"),
}
ALLOWED: dict[str, tuple[str, ...]] = {
    "actor": ("municipality", "region", "state"),
    "per": ("citizen", "all"),
}
"""Columns of which each cell is one of a few words."""


def plain(text: str) -> str:
    """A word as it is compared: small letters, single spaces."""
    return " ".join(text.split()).casefold()


def known(words: Words) -> dict[str, str]:
    """Our names by every word for them, and by themselves."""
    return {plain(each): name for name, several in words.items() for each in (*several, name)}
