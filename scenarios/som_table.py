"""A SØM table, Excel or CSV, to a calculation: all of it, or every fault with its sheet, row and column.

The template (`effekt som template`) shows the parts and headings, which `som_words` has and `som_sheets` finds. What
could be read in two ways is refused, and nothing is imported in part.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from contracts.problems import FINDINGS, Finding
from contracts.values import written

from .loading import LoadError, Problem, load_model
from .reading.scalars import shown
from .reading.words import did_you_mean
from .som import (
    AFTER,
    CITIZENS,
    DIFFERENCE,
    FACTS,
    KRONER,
    LAST_YEAR,
    LEVEL,
    LONGEST,
    MOST_CITIZENS,
    MOST_KRONER,
    MOST_UNITS,
    PLACES,
    RATE,
    RATES,
    SAME,
    SHARE,
    UNITS,
    YEAR,
    Consequence,
    Som,
    SomCost,
    doubles,
    other_levels,
    rate_findings,
)
from .som_sheets import PartRows, Place, Row, SheetFault, parts_of
from .som_words import ALLOWED, CHOICES, KEYS, NEEDED, PARTS, known, plain
from .tables.cells import PERSONAL, Cell, Dialect, Number, Wrong, personal, read_number, read_text, word, wrong
from .tables.sheets import Fault, problems

TABLES = (".csv", ".txt", ".tsv", ".xlsx")
"""Endings of the names of tables; everything else is read as YAML."""
LONGEST_SOURCE = 500
LONGEST_TITLE = 200
LEADERS = ("=", "+", "-", "@")
"""Signs that a spreadsheet takes for the beginning of a formula: a text with one has a ' before it in a table."""

ModelT = TypeVar("ModelT", bound=BaseModel)
Reader = Callable[[Cell, Dialect], Any]
_LEVELS = (Decimal(1900), 2200)


def load_som(path: str | os.PathLike[str]) -> Som:
    """A calculation from a table, or from the YAML file that an import wrote. Raises LoadError with every problem."""
    return read_som(path) if Path(path).suffix.lower() in TABLES else load_model(path, Som)


def read_som(path: str | os.PathLike[str]) -> Som:
    """A calculation from a table.

    Raises LoadError with every fault: its line and column are row and column of the sheet that the message names.
    """
    file = os.fspath(path)
    parts = parts_of(file)
    read = _Reading(faults=[fault for part in parts for fault in part.faults])
    for part in parts:
        if part.part == "facts":
            _read_facts(part, read)
        else:
            _read_rows(part, read)
    read.faults += _missing(parts)
    read.faults += _contradictions(read)
    if read.faults:
        sheets = dict.fromkeys([*(part.place.sheet for part in parts), ""])
        raise LoadError(tuple(each for sheet in sheets for each in _problems(file, sheet, read.faults)))
    return Som.model_validate(read.facts | {"costs": tuple(read.costs), "consequences": tuple(read.consequences)})


def _problems(file: str, sheet: str, faults: Iterable[SheetFault]) -> tuple[Problem, ...]:
    return problems(file, [found.fault for found in faults if found.sheet == sheet])


@dataclass
class _Reading:
    """What is wrong, and what could be read.

    rows: of the facts, by name. told: by part, each row and what its cells say, None for a wrong one.
    """

    faults: list[SheetFault]
    facts: dict[str, Any] = field(default_factory=dict)
    costs: list[SomCost] = field(default_factory=list)
    consequences: list[Consequence] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    told: dict[str, list[tuple[Row, dict[str, Any]]]] = field(default_factory=lambda: {"costs": [], "consequences": []})


def _read_facts(part: PartRows, read: _Reading) -> None:
    keys, seen = known(KEYS), set[str]()
    every = [each for several in KEYS.values() for each in several]
    for row in part.rows:
        text = word(row.cells.get("key", ""))
        name = keys.get(plain(text), "")
        if name and name not in seen:
            seen.add(name)
            _read_fact(part, row, name, read)
        elif "key" in row.columns:
            told = f"{shown(text)} stands for the second time" if name else f"there is no fact {shown(text)}"
            hint = "keep one of the two" if name else did_you_mean(text, every).strip() or f"known: {', '.join(every)}"
            read.faults.append(row.columns["key"].fault(told, hint))
    for name in ("title", "citizens", "discount_rate", "price_level"):
        if name not in seen:
            danish, english, *_ = KEYS[name]
            told = f"expected a row {shown(danish)} or {shown(english)}, found none"
            read.faults.append(part.place.fault(told, "add it; effekt som template shows every row"))


def _read_fact(part: PartRows, row: Row, name: str, read: _Reading) -> None:
    if "value" not in row.columns:
        return
    readers = {"value": _FACTS[name], "mark": _mark, "source": _source}
    values = _values(row, ("value",), readers, part.dialect, read)
    if name != "title":
        read.rows[name] = row
        for built in _built(FACTS[name], values, row, read):
            read.facts[name] = built
        return
    for other in ("mark", "source"):
        if values.get(other) is not None:
            told = f"expected nothing beside a title, found {shown(values[other])}"
            read.faults.append(row.columns[other].fault(told, "clear the cell"))
    read.facts[name] = values["value"]


def _read_rows(part: PartRows, read: _Reading) -> None:
    if any(name not in row.columns for row in part.rows for name in NEEDED[part.part]):
        return  # told with the headings
    readers = _COSTS if part.part == "costs" else _CONSEQUENCES
    for row in part.rows:
        values = _values(row, NEEDED[part.part], readers, part.dialect, read)
        read.told[part.part].append((row, values))
        if part.part == "costs":
            read.costs += _built(SomCost, values, row, read)
        else:
            read.consequences += _built(Consequence, values, row, read)


def _values(
    row: Row, needed: Iterable[str], readers: Mapping[str, Reader], dialect: Dialect, read: _Reading
) -> dict[str, Any]:
    """What the cells of a row say; None, and a fault, for one that says nothing that is allowed."""
    values: dict[str, Any] = {}
    for name, place in row.columns.items():
        if name not in readers or (name not in row.cells and name not in needed):
            continue
        found = readers[name](row.cells.get(name, ""), dialect)
        values[name] = None if isinstance(found, Wrong) else found
        if isinstance(found, Wrong):
            read.faults.append(place.fault(found.message, found.hint))
    return values


def _built(model: type[ModelT], values: Mapping[str, Any], row: Row, read: _Reading) -> list[ModelT]:
    """The row as a model, or nothing where a cell is wrong or the model refuses the row, which is told.

    For a wrong cell stands the value of the model's example, so that the row's other faults are told at once.
    """
    (example,) = model.model_json_schema()["examples"]
    stated = {name: example.get(name) if value is None else value for name, value in values.items()}
    try:
        built = model.model_validate({name: value for name, value in stated.items() if value is not None})
    except ValidationError as error:
        for finding in _findings(error):
            read.faults.append(_place(row, finding.path).fault(finding.message, finding.hint))
        return []
    return [] if None in values.values() else [built]


def _findings(error: ValidationError) -> Iterator[Finding]:
    for each in error.errors():
        if each["type"] != FINDINGS:
            yield Finding(each["msg"], each["loc"])
            continue
        for told in each["ctx"]["problems"]:
            yield Finding(told["message"], (*each["loc"], *told["path"]), told["hint"])


def _place(row: Row, path: tuple[Any, ...]) -> Place:
    """The place of a value of a row; the row itself where it has no column."""
    return row.columns.get(str(path[0]), row.place) if path else row.place


def _missing(parts: list[PartRows]) -> Iterator[SheetFault]:
    for part, (danish, english) in PARTS.items():
        found = [each for each in parts if each.part == part]
        if not found:
            told = f"expected a sheet (in a CSV file a row) {shown(danish)} or {shown(english)}, found none"
            yield SheetFault("", Fault(0, 1, told, "begin with what effekt som template writes"))
        for again in found[1:]:
            yield again.place.fault("this part stands for the second time", "keep one of the two")
        if part == "consequences" and found and not found[0].rows:
            yield found[0].place.fault("expected a consequence, found none", "write a row for each consequence")


def _contradictions(read: _Reading) -> Iterator[SheetFault]:
    """What facts and rows have against each other, as far as they could be read."""
    if all(name in read.facts or name not in read.rows for name in RATES) and read.rows:
        for finding in rate_findings(read.facts):
            row = read.rows[str(finding.path[0])] if finding.path else next(iter(read.rows.values()))
            place = row.columns["key"] if finding.path and "key" in row.columns else row.place
            yield place.fault(finding.message, finding.hint)
    found: list[Finding] = []
    for part, rows in read.told.items():
        keys = [tuple(values.get(name, "") for name in SAME[part]) for _, values in rows]
        places = [f"row {row.place.row}" for row, _ in rows]
        found += doubles(part, [None if None in key else key for key in keys], places)
    if "price_level" in read.facts:
        levels = [values.get("price_level") for _, values in read.told["consequences"]]
        found += other_levels(read.facts["price_level"].value, levels)
    for finding in found:
        where, number, column = finding.path
        row, _ = read.told[str(where)][int(str(number))]
        yield _place(row, (column,)).fault(finding.message, finding.hint)


def _number(kind: Number[Any], key: str = "") -> Reader:
    return lambda cell, dialect: read_number(kind, _trimmed(cell), dialect, key)


def _label(expected: str, longest: int = LONGEST) -> Reader:
    def read(cell: Cell, _: Dialect) -> str | Wrong:
        text = _trimmed(cell)
        if text == "":
            return wrong(expected, text, "fill it in, or delete the row")
        if isinstance(text, str) and text.startswith("'") and text[1:].startswith(LEADERS):
            text = text[1:]
        return PERSONAL if personal(word(text)) else read_text(expected, text, longest)

    return read


def _choice(name: str) -> Reader:
    words = {each: ours for each, ours in known(CHOICES).items() if ours in ALLOWED[name]}
    told = " or ".join("/".join(CHOICES[each][:2]) for each in ALLOWED[name])

    def read(cell: Cell, _: Dialect) -> str | Wrong:
        text = word(_trimmed(cell))
        hint = f"{did_you_mean(text, words)}write one of them"
        return words.get(plain(text)) or wrong(told, cell if isinstance(cell, str) else text, hint)

    return read


def _mark(cell: Cell, _: Dialect) -> str | Wrong:
    text = word(_trimmed(cell)).upper()
    told = "P (published), D (derived) or A (assumed)"
    return text if text in ("P", "D", "A") else wrong(told, cell, "write one letter, or leave it empty for A")


def _trimmed(cell: Cell) -> Cell:
    return written(cell) if isinstance(cell, str) else cell


_source = _label("a source", LONGEST_SOURCE)
_SAID: dict[str, Reader] = {"mark": _mark, "source": _source}
_WHO: dict[str, Reader] = {
    "item": _label("the name of what is used"),
    "actor": _choice("actor"),
    "committee": _label("a political committee"),
}
_FACTS: dict[str, Reader] = {
    "title": _label("a title", LONGEST_TITLE),
    "citizens": _number(Number(CITIZENS, Decimal(1), MOST_CITIZENS, 0, int)),
    "success_with": _number(Number(SHARE, Decimal(0), 1, 6, Decimal)),
    "success_without": _number(Number(SHARE, Decimal(0), 1, 6, Decimal)),
    "success_difference": _number(Number(DIFFERENCE, Decimal(-1), 1, 6, Decimal)),
    "success_after_years": _number(Number(YEAR, Decimal(0), LAST_YEAR, 0, int), "years"),
    "discount_rate": _number(Number(RATE, Decimal(0), 1, 6, Decimal)),
    "price_level": _number(Number(LEVEL, *_LEVELS, 0, int)),
}
_AMOUNT = _number(Number(KRONER, Decimal(-MOST_KRONER), MOST_KRONER, 2, Decimal))
_COSTS: dict[str, Reader] = {
    "year": _number(Number(YEAR, Decimal(0), LAST_YEAR, 0, int), "years"),
    **_WHO,
    "amount": _AMOUNT,
    "per": _choice("per"),
    **_SAID,
}
_CONSEQUENCES: dict[str, Reader] = {
    "area": _label("the name of an area"),
    **_WHO,
    "year": _number(Number(AFTER, Decimal(1), LAST_YEAR, 0, int), "years"),
    "quantity": _number(Number(UNITS, Decimal(-MOST_UNITS), MOST_UNITS, PLACES, Decimal)),
    "unit": _label("a unit"),
    "price": _AMOUNT,
    "price_level": _number(Number(LEVEL, *_LEVELS, 0, int)),
    **_SAID,
}
