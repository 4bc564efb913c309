"""The gallery is up to date, its examples are short, and together they show every part of the language."""

import datetime as dt
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from contracts.clauses import Clause, Comparison
from contracts.frozen import Sourced
from contracts.terms import Terms
from scenarios.contract_files import Agreement, FactsFile
from scenarios.loading import load_model

DOCS = Path(__file__).parents[1] / "docs"
LONGEST = 30


@cache
def gallery() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_gallery", DOCS / "make_gallery.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


NAMES = gallery().names()
PAGE = (DOCS / "gallery.md").read_text(encoding="utf-8")
TEMPLATE = (DOCS / "gallery" / "page.md").read_text(encoding="utf-8")


def test_the_page_is_up_to_date() -> None:
    assert gallery().page() == PAGE, "run python docs/make_gallery.py"


def test_every_example_stands_on_the_page_once() -> None:
    assert sorted(gallery().EXAMPLE.findall(TEMPLATE)) == NAMES
    assert "{{" not in PAGE


def test_every_file_belongs_to_an_example() -> None:
    known = {path for name in NAMES for path in gallery().files(name)} | {DOCS / "gallery" / "page.md"}
    assert set((DOCS / "gallery").iterdir()) == known


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_short_and_has_no_blank_line(name: str) -> None:
    lines = [line for path in gallery().files(name) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) <= LONGEST
    assert all(line.strip() for line in lines), "a blank line would end the table on the page"
    assert max(map(len, lines)) <= 90


@pytest.mark.parametrize("name", NAMES)
def test_an_example_reads_on_the_page_as_it_stands_in_its_files(name: str) -> None:
    cells = [unescape(cell) for cell in re.findall(r"<pre>(.*?)</pre>", PAGE, re.DOTALL)]
    for path in gallery().files(name):
        assert any(path.read_text(encoding="utf-8").rstrip() in cell for cell in cells)


def anchors(page: str) -> set[str]:
    """The places that a page's headings can be linked to by."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("file", ["gallery.md", "terms.md"])
def test_every_link_between_the_pages_leads_somewhere(file: str) -> None:
    text = (DOCS / file).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([\w.]*)(?:#([\w-]+))?\)", text)
    assert len(links) > 20
    for page, anchor in links:
        target = DOCS / (page or file)
        assert target.exists()
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), f"{file}: #{anchor}"


def test_every_example_is_in_the_table_of_contents() -> None:
    contents, examples = TEMPLATE.split("## Known deals", maxsplit=1)
    linked = set(re.findall(r"\(#([\w-]+)\)", contents))
    shown = anchors("\n".join(re.findall(r"^### .+$", examples, re.MULTILINE)))
    assert linked == shown
    assert len(shown) == len(NAMES)


# every part of the language


def plain(path: Path) -> dict[str, Any]:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def given(model: Any, raw: Any) -> Iterator[tuple[BaseModel, str, Any]]:
    """Every field that is written in a file, with its model and what is written, at any depth."""
    if isinstance(model, BaseModel) and isinstance(raw, dict):
        names = {field.alias or name: name for name, field in type(model).model_fields.items()}
        for key, value in raw.items():
            yield model, names[key], value
            yield from given(getattr(model, names[key]), value)
    elif isinstance(model, dict) and isinstance(raw, dict):
        for value, told in zip(model.values(), raw.values(), strict=True):
            yield from given(value, told)
    elif isinstance(model, tuple) and isinstance(raw, list):
        for value, told in zip(model, raw, strict=True):
            yield from given(value, told)


@cache
def everything() -> tuple[tuple[BaseModel, str, Any], ...]:
    found: list[tuple[BaseModel, str, Any]] = []
    for name in NAMES:
        for path in gallery().files(name):
            kind = FactsFile if path.name.endswith(".facts.yaml") else Agreement
            if path.suffix == ".yaml" and ".columns" not in path.name:
                found += given(load_model(path, kind), plain(path))
    return tuple(found)


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation leads to."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models(field.annotation)
    elif get_origin(annotation) is not None:
        for part in get_args(annotation):
            yield from models(part)


def choices(annotation: Any) -> Iterator[Any]:
    """The fixed values that an annotation allows."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif get_origin(annotation) is not None:
        for part in get_args(annotation):
            yield from choices(part)


def owner(model: type[BaseModel], field: str) -> str:
    """Whose the field is: what all sourced items or all clauses have needs to be shown once only."""
    for base in (Sourced, Clause, Terms, Comparison):
        if issubclass(model, base) and field in base.model_fields:
            return base.__name__
    return model.__name__


PARTS = sorted(
    {f"{owner(m, name)}.{name}" for top in (Agreement, FactsFile) for m in models(top) for name in m.model_fields}
)
CHOICES = sorted(
    {
        f"{owner(m, name)}.{name}: {value}"
        for top in (Agreement, FactsFile)
        for m in models(top)
        for name, field in m.model_fields.items()
        for value in choices(field.annotation)
    }
)


@cache
def parts_shown() -> set[str]:
    return {f"{owner(type(model), name)}.{name}" for model, name, _ in everything()}


@cache
def choices_shown() -> set[str]:
    return {f"{owner(type(m), name)}.{name}: {value}" for m, name, raw in everything() for value in scalars(raw)}


def scalars(raw: Any) -> Iterator[Any]:
    if isinstance(raw, dict):
        for key, value in raw.items():
            yield key
            yield from scalars(value)
    elif isinstance(raw, list):
        for value in raw:
            yield from scalars(value)
    else:
        yield raw


def test_the_language_is_found() -> None:
    assert {"UnitPrice.tiers", "Band.nodes", "Baseline.quantity", "PerPayer.payer", "Clause.unless"} <= set(PARTS)
    assert {"Left.why: lost", "ReturnCeiling.method: simple_average", "Citizens.leaving: last_known"} <= set(CHOICES)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_shown(part: str) -> None:
    assert part in parts_shown()


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_is_shown(choice: str) -> None:
    assert choice in choices_shown()


def kinds(field: str) -> set[str]:
    """As what the keys or values of a field are written: month, year, date, amount."""
    found = set()
    for _, name, raw in everything():
        if name == field:
            for each in raw if isinstance(raw, dict | list) else [raw]:
                number = "year" if isinstance(each, int) and 1900 <= each <= 2200 else "number"
                found.add("date" if isinstance(each, dt.date) else number)
    return found


@pytest.mark.parametrize(
    ("field", "expected"),
    [("draws", {"number", "date"}), ("due", {"number", "date"}), ("amounts", {"number", "year", "date"})],
)
def test_months_years_and_dates_are_shown(field: str, expected: set[str]) -> None:
    assert expected <= kinds(field)


def test_a_share_of_an_amount_and_a_closed_clause_are_shown() -> None:
    assert any(name == "of" and isinstance(raw, int) and raw > 1000 for _, name, raw in everything())
    assert any(name == "clauses" and isinstance(raw, dict) and None in raw.values() for _, name, raw in everything())
