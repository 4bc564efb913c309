"""A calculation as in SØM as the YAML file that an import writes: small, each number with its mark and source."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from scenarios.reading.numbers import safe_decimal
from scenarios.som import FACTS, Som


def som_yaml(som: Som) -> str:
    """The file's text; `scenarios.som_table.load_som` reads it back to an equal calculation."""
    return "\n".join(_lines(som)) + "\n"


def _lines(som: Som) -> Iterator[str]:
    yield "# yaml-language-server: $schema=./som.schema.json"
    yield f"title: {_scalar(som.title)}"
    for name in FACTS:
        stated = getattr(som, name)
        if stated is not None:
            yield f"{name}: {_flow(stated)}"
    for name, rows in (("costs", som.costs), ("consequences", som.consequences)):
        if rows:
            yield f"{name}:"
            yield from (f"  - {_flow(row)}" for row in rows)


def _flow(row: BaseModel) -> str:
    """What differs from its default, and the mark always, on one line."""
    stated = {
        name: getattr(row, name)
        for name, about in type(row).model_fields.items()
        if name == "mark" or getattr(row, name) != about.default
    }
    last = ("mark", "source", "assumed", "note")
    ordered = [name for name in stated if name not in last] + [name for name in last if name in stated]
    return f"{{{', '.join(f'{name}: {_scalar(stated[name])}' for name in ordered)}}}"


def _scalar(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_scalar, value))}]"
    if isinstance(value, Decimal):
        return str(int(value)) if value == int(value) else safe_decimal(format(value, "f"))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
