"""Every library file marks each of its numbers, and names a source for what is published or derived."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from contracts.frozen import Sourced
from reports.marks import count_marks
from scenarios import library, load

LIBRARY = library()
every_file = pytest.mark.parametrize("name", LIBRARY)


def items(value: Any) -> Iterator[Sourced]:
    """Every item that states numbers of its own, not only in items within it."""
    if isinstance(value, Sourced) and any(True for _ in own_numbers(value)):
        yield value
    for inner in parts(value):
        yield from items(inner)


def own_numbers(value: Any) -> Iterator[Any]:
    for inner in parts(value):
        if isinstance(inner, int | Decimal) and not isinstance(inner, bool):
            yield inner
        elif not isinstance(inner, Sourced):
            yield from own_numbers(inner)


def parts(value: Any) -> Iterator[Any]:
    if isinstance(value, BaseModel):
        yield from (getattr(value, key) for key in value.model_fields_set)
    elif isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, tuple):
        yield from value


@every_file
def test_every_number_has_a_mark_and_what_is_published_a_source_in_the_list(name: str) -> None:
    found = load(LIBRARY[name])
    for item in items(found):
        assert "mark" in item.model_fields_set, item
        if item.mark != "A":
            assert item.source in found.sources, item
    counted = count_marks(found)
    assert counted["P"] > 0
    assert counted["A"] > 0


@every_file
def test_every_source_is_used(name: str) -> None:
    found = load(LIBRARY[name])
    assert {item.source for item in items(found)} - {None} == set(found.sources)
