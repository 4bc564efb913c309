"""A small model to load, valid texts for it, and ways to ask what is wrong with a text."""

import os
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from contracts.problems import Finding, refuse
from scenarios.loading import LoadError, Problem, load_model, load_text


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class UnitPrice(Frozen):
    kind: Literal["unit_price"]
    amount: StrictInt = Field(ge=0)
    payers: dict[str, Decimal] = {}


class Share(Frozen):
    kind: Literal["share"]
    share: Decimal = Field(gt=0, le=1, description="of the saving, from 0 to 1")


Clause = Annotated[UnitPrice | Share, Field(discriminator="kind")]


class Design(Frozen):
    clauses: tuple[Clause, ...] = Field(min_length=1, description="what is paid, and by whom")
    draws: dict[int, StrictInt] = {}
    investors: dict[str, Decimal] = {}
    paid_on: dict[date, StrictInt] = {}
    with_: int | Decimal = Field(default=1, alias="with")
    extra: UnitPrice | Share | StrictInt | None = None
    inner: "Design | None" = None

    @model_validator(mode="after")
    def shares_and_months(self) -> "Design":
        found = []
        if self.investors and sum(self.investors.values()) != 1:
            found.append(Finding("the shares do not add to 1", ("investors",), "make them add to 1"))
        if 99 in self.draws:
            found.append(Finding("month 99 is too late", ("draws", 99, "[key]")))
        if self.with_ == 13:
            found.append(Finding("13 brings bad luck", ("with_",)))
        found += [
            Finding(f"{amount} is too much", ("clauses", number, "amount"))
            for number, clause in enumerate(self.clauses)
            if (amount := getattr(clause, "amount", 0)) > 1000
        ]
        refuse(*found)
        return self


class Case(Frozen):
    title: str
    code: str = Field("0000", pattern="^[0-9]{4}$", description="four digits")
    start: date = date(2021, 1, 1)
    language: Literal["da", "en"] = "da"
    colour: Colour = Colour.RED
    open: bool = True
    rate: Decimal = Decimal(0)
    count: StrictInt = 0
    tags: tuple[str, ...] = ()
    designs: dict[str, Design] = {}

    @field_validator("title")
    @classmethod
    def title_says_something(cls, title: str, info: ValidationInfo) -> str:
        if title == "x" or (info.context and title == info.context["taken"]):
            raise ValueError("the title says nothing | hint: name the municipality")
        return title

    @model_validator(mode="after")
    def open_cases_have_no_code(self) -> "Case":
        if self.code == "9999":
            where = {"message": "no such code", "hint": "ask", "path": ["code"]}
            raise PydanticCustomError("effekt_place", "{message}", where)
        return self


def problems_in(text: str) -> tuple[Problem, ...]:
    with pytest.raises(LoadError) as caught:
        load_text(text, Case, file="case.yaml")
    return caught.value.problems


def the_problem_in(text: str) -> Problem:
    problems = problems_in(text)
    assert len(problems) == 1, [problem.render() for problem in problems]
    return problems[0]


def place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column


def written(folder: Path, text: str | bytes, name: str = "case.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused_file(path: str | os.PathLike[str]) -> Problem:
    with pytest.raises(LoadError) as caught:
        load_model(path, Case)
    (problem,) = caught.value.problems
    assert problem.file == os.fspath(path)
    return problem


VALID = """\
# A case with everything
title: Unge hjemløse – de mest udsatte
code: "0751"
start: 2021-12-01
language: da
rate: 0.072
count: 36
tags: [a, "b", 'c']
designs:
  dsi:
    investors: {DSI: 0.5, Aarhus: 0.50}
    draws: {6: 1010445, 12: 1010445}
    paid_on: {2024-02-29: 5}
    with: 0.80
    clauses:
      - kind: unit_price
        amount: 600
        payers: {municipality: 1}
      - &share {kind: share, share: 0.125}
    inner:
      clauses: [*share]
"""
