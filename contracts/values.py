"""The plain values of terms and scenarios: names and texts, amounts, shares, months and days.

The description of each says in words what a reader has to write; messages use it.
"""

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StrictInt, WithJsonSchema
from pydantic_core import PydanticKnownError

from .privacy import impersonal, impersonal_name

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _whole_day(value: object) -> object:
    """Refuse what pydantic would take for a day too: a time, or a count of seconds since 1970."""
    if isinstance(value, dt.datetime) or not (isinstance(value, dt.date) or _DAY.fullmatch(str(value))):
        raise PydanticKnownError("date_parsing", {"error": "expected year-month-day"})
    return value


def written(text: str) -> str:
    """A name as it is kept and compared: letters in one piece (NFC), plain spaces, and none at the ends."""
    return unicodedata.normalize("NFC", text).replace("\N{NO-BREAK SPACE}", " ").strip()


def _number(value: object) -> object:
    """Refuse what Python would take for a number too: true and false, and floats, which are not exact."""
    if isinstance(value, bool | float):
        raise PydanticKnownError("decimal_type")
    return value


def _shortest(value: Decimal) -> int | str:
    return int(value) if value == value.to_integral_value() else format(value.normalize(), "f")


_AS_JSON = PlainSerializer(_shortest, return_type=int | str, when_used="json")

_NAME = "a name of letters, digits, spaces and . , & / - that begins with a letter or a digit"

Name = Annotated[
    str, Field(pattern=r"^[\w][\w .,&/-]*$", max_length=80, description=_NAME), AfterValidator(impersonal_name)
]
Title = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(impersonal)]
Text = Annotated[str, AfterValidator(impersonal)]
Day = Annotated[dt.date, BeforeValidator(_whole_day)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="a currency code such as DKK")]
Kroner = Annotated[StrictInt, Field(ge=0, le=10**10, description="whole kroner")]
Money = Annotated[
    Decimal,
    Field(ge=0, le=10**10, decimal_places=2, description="an amount such as 60000 or 15.12"),
    BeforeValidator(_number),
    _AS_JSON,
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 10**10, "multipleOf": 0.01}),
]
Quantity = Annotated[
    Decimal,
    Field(ge=-(10**6), le=10**6, decimal_places=6, description="a number with at most six decimals, such as 0.085"),
    BeforeValidator(_number),
    _AS_JSON,
    WithJsonSchema({"type": "number", "minimum": -(10**6), "maximum": 10**6}),
]
Level = Annotated[
    Decimal,
    Field(ge=-(10**10), le=10**10, decimal_places=6, description="a number to compare with: a share, a sum, or kroner"),
    BeforeValidator(_number),
    _AS_JSON,
    WithJsonSchema({"type": "number", "minimum": -(10**10), "maximum": 10**10}),
]
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=6, description="a share from 0 to 1, such as 0.5")]
Rate = Annotated[Decimal, Field(ge=0, le=1, decimal_places=6, description="a yearly rate, such as 0.046")]
Month = Annotated[int, Field(ge=0, le=1200, description="a month counted from the start")]
Year = Annotated[int, Field(ge=1900, le=2200, description="a calendar year")]
