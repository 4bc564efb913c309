"""What the columns of a municipality's own table mean: the columns file as data."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from contracts.frozen import Frozen, example
from contracts.privacy import impersonal_name
from contracts.problems import Finding, refuse
from contracts.values import Day, Month

LONGEST = 120
MOST = 1_000_000
MOST_KRONER = 10**10
FIRST_YEAR, LAST_YEAR = 1900, 2200


def heading(text: str) -> str:
    """A heading with single spaces for its line breaks, non-breaking spaces and rows of spaces."""
    return " ".join(text.split())


def _as_written(value: object) -> object:
    """The text of a cell, where YAML made a number or a date of it."""
    return str(value) if isinstance(value, int | Decimal | dt.date) else value


_HEADING = "a heading of the table"
_Heading = Annotated[
    str, Field(pattern=r"\S", description=_HEADING), AfterValidator(heading), AfterValidator(impersonal_name)
]
_Written = Annotated[str, BeforeValidator(_as_written), AfterValidator(str.strip), AfterValidator(impersonal_name)]
_Label = Annotated[
    str,
    Field(pattern=r"\S", max_length=LONGEST, description="a name"),
    AfterValidator(str.strip),
    AfterValidator(impersonal_name),
]
QUANTITY = f"a number from 0 to {MOST} with up to six decimals"
OF = f"a number above 0, to {MOST}, with up to six decimals"
KRONER = "kroner with up to two decimals"
_Quantity = Annotated[Decimal, Field(ge=0, le=MOST, decimal_places=6, description=QUANTITY)]
_Of = Annotated[Decimal, Field(gt=0, le=MOST, decimal_places=6, description=OF)]
_Kroner = Annotated[Decimal, Field(ge=-MOST_KRONER, le=MOST_KRONER, decimal_places=2, description=KRONER)]


class Headings(Frozen):
    """Which heading stands over what; headings of the table that are not named here are ignored."""

    model_config = example(metric="Mål", person="Borger", date="Dato", quantity="Opnået")

    metric: _Heading | None = None
    person: _Heading | None = None
    date: _Heading | None = None
    month: _Heading | None = None
    quantity: _Heading | None = None
    of: _Heading | None = None
    amount: _Heading | None = None
    group: _Heading | None = None
    recorded: _Heading | None = None


NAMES = tuple(Headings.model_fields)
"""Our own names of the columns."""

DAYS = ("date", "recorded")


class Fixed(Frozen):
    """What is the same for every row, instead of a column."""

    model_config = example(metric="stable_housing", month=12)

    metric: _Label | None = None
    person: _Label | None = None
    date: Day | None = None
    month: Month | None = None
    quantity: _Quantity | None = None
    of: _Of | None = None
    amount: _Kroner | None = None
    group: _Label | None = None
    recorded: Day | None = None


class Values(Frozen):
    """What the texts of a column stand for: Ja for 1. A text that is not named here is read as it stands.

    Persons are not among them: the key to pseudonyms is kept elsewhere.
    """

    model_config = example(quantity={"Ja": 1, "Nej": 0})

    metric: dict[_Written, _Label] = {}
    date: dict[_Written, Day] = {}
    month: dict[_Written, Month] = {}
    quantity: dict[_Written, _Quantity] = {}
    of: dict[_Written, _Of] = {}
    amount: dict[_Written, _Kroner] = {}
    group: dict[_Written, _Label] = {}
    recorded: dict[_Written, Day] = {}


class Columns(Frozen):
    """How to read a table.

    sheet: of a workbook, else its first. head_row: the row with the headings, from 1. delimiter: of a CSV file, found
    by itself where none is given. decimal and dates: how texts are written; a workbook's own numbers and dates need
    neither. columns: without them the headings are our own names.
    """

    model_config = example(
        delimiter=";",
        decimal=",",
        dates="day-month-year",
        columns={"person": "Borger", "date": "Dato", "quantity": "Opnået"},
        fixed={"metric": "stable_housing"},
        values={"quantity": {"Ja": 1, "Nej": 0}},
    )

    sheet: Annotated[str, Field(min_length=1, description="the name of a sheet")] | None = None
    head_row: Annotated[int, Field(ge=1, le=1000, description="the row with the headings, from 1")] = 1
    delimiter: Literal[";", ",", "tab"] | None = None
    encoding: Literal["utf-8", "windows-1252"] = "utf-8"
    decimal: Literal[",", "."] = "."
    dates: Literal["year-month-day", "day-month-year"] = "year-month-day"
    columns: Headings | None = None
    fixed: Fixed = Fixed()
    values: Values = Values()

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        refuse(*_findings(self.named(), stated(self.fixed), own=self.columns is None))
        return self

    def named(self) -> dict[str, str]:
        """Headings by our names."""
        return {name: name for name in NAMES} if self.columns is None else stated(self.columns)


def stated(part: Headings | Fixed) -> dict[str, Any]:
    """What is given in a part, by our names."""
    return {name: value for name, value in part if value is not None}


def _findings(named: dict[str, str], fixed: dict[str, Any], own: bool) -> Iterator[Finding]:
    if not own:
        for name in ("metric", "date"):
            if name not in named and name not in fixed:
                hint = f"add '{name}:' with its heading here, or with its value under fixed:"
                yield Finding(f"expected a column or a fixed value for '{name}', found neither", ("columns",), hint)
        for number, (name, text) in enumerate(named.items()):
            if text in list(named.values())[:number]:
                yield Finding(f"the heading '{text}' stands for two columns", ("columns", name), "keep one of the two")
        for name in fixed:
            if name in named:
                yield Finding(f"'{name}' has a column and a fixed value", ("fixed", name), "keep one of the two")
    if "amount" in fixed or (not own and "amount" in named):
        for name in ("person", "quantity", "of"):
            if name in fixed:
                yield Finding(f"a row with an amount has no '{name}'", ("fixed", name), f"leave '{name}' out")
    if "amount" in fixed and "quantity" in named and not own:
        yield Finding("a row has a quantity or an amount, not both", ("fixed", "amount"), "leave one of them out")
