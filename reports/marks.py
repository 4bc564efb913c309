"""How many of a file's numbers are published, derived and assumed."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from contracts.frozen import Sourced

MARKS = ("P", "D", "A")


def count_marks(file: BaseModel) -> dict[str, int]:
    """Numbers by mark (P published, D derived, A assumed).

    Counted are the numbers that the file states, by the mark of the item they stand in; defaults, dates and keys such
    as months are not. What has no mark is an assumption, and so is what an item lists as assumed.
    """
    found = Counter(_marks(file, "A", frozenset()))
    return {mark: found[mark] for mark in MARKS}


def _marks(value: Any, mark: str, assumed: frozenset[str]) -> Iterator[str]:
    if isinstance(value, BaseModel):
        if isinstance(value, Sourced):
            mark, assumed = value.mark, frozenset(value.assumed)
        for name in type(value).model_fields:
            if name in value.model_fields_set:
                yield from _marks(getattr(value, name), "A" if name in assumed else mark, assumed)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _marks(inner, mark, assumed)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _marks(inner, mark, assumed)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        yield mark
