"""What is typed on the command line: dates, amounts, quantities, names. What could be read in two ways is refused."""

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from reports.commands.options import WholeNumber

if TYPE_CHECKING:
    Typed = click.ParamType[Any]
else:
    Typed = click.ParamType  # which is generic only in newer versions of click

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,19})(\.\d+)?", re.ASCII)
_TWO_READINGS = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_LONGEST = 120


class Day(Typed):
    """A day as year-month-day."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The date; fails with a usage error that says how to write it."""
        if not isinstance(value, str):
            return value
        try:
            if _DAY.fullmatch(value):
                return dt.date.fromisoformat(value)
        except ValueError:
            pass
        from scenarios.reading.scalars import date_hint

        return self.fail(f"expected a day as year-month-day, found '{value}'; {date_hint(value)}", param, ctx)


class Moment(Typed):
    """A day, or a day and time such as 2022-12-31T14:30; without a time zone it is this computer's."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A date, or a datetime with its time zone; fails with a usage error."""
        if not isinstance(value, str) or _DAY.fullmatch(value):
            return DAY.convert(value, param, ctx)
        try:
            if value[:10].count("-") == 2:
                found = dt.datetime.fromisoformat(value)
                return found.astimezone() if found.tzinfo is None else found
        except ValueError:
            pass
        hint = "write 2022-12-31, or 2022-12-31T14:30"
        return self.fail(f"expected a day, or a day and time, found '{value}'; {hint}", param, ctx)


class Exact(Typed):
    """An exact number with a decimal point, no separators, and so many decimals at most."""

    name = "number"

    def __init__(self, places: int, least: int, most: int, what: str) -> None:
        self.places, self.least, self.most, self.what = places, least, most, what

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number as a Decimal; fails with a usage error that says how to write what was meant."""
        if not isinstance(value, str):
            return value
        if _TWO_READINGS.fullmatch(value) or not _NUMBER.fullmatch(value):
            from scenarios.reading.numbers import number_hint

            bounds = {"ge": self.least, "le": self.most, "decimal_places": self.places}
            hint = number_hint(value, bounds) or "write it as in 1010445 or 15.12"
            return self.fail(f"expected {self.what}, found '{value}'; {hint}", param, ctx)
        number = Decimal(value)
        if number != round(number, self.places):
            from scenarios.reading.numbers import rounded_hint

            hint = rounded_hint(number, self.places)
            return self.fail(f"expected {self.what}, found '{value}'; {hint}", param, ctx)
        if not self.least <= number <= self.most:
            self.fail(f"expected {self.what} from {self.least} to {self.most}, found {value}", param, ctx)
        return number


class Named(Typed):
    """An id, a pseudonym, a name or a text of the user's own; what looks like a CPR number is refused unrepeated."""

    name = "name"

    def __init__(self, *, free: bool = False) -> None:
        self.free = free

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The text as it is written; fails with a usage error."""
        from contracts.privacy import holds_cpr, looks_like_cpr
        from contracts.values import written

        if (holds_cpr if self.free else looks_like_cpr)(value):
            hint = "use a pseudonym, and keep the key to it elsewhere"
            self.fail(f"this looks like a CPR number: {hint}", param, ctx)
        name = written(value)
        if not self.free and not 0 < len(name) <= _LONGEST:
            self.fail(f"expected 1 to {_LONGEST} characters, found {len(name)}", param, ctx)
        if not value.isprintable():
            self.fail("expected a text without line breaks and invisible characters", param, ctx)
        return value if self.free else name


DAY, MOMENT = Day(), Moment()
NAME, TEXT = Named(), Named(free=True)
MONEY = Exact(2, 0, 10**10, "an amount with at most two decimals")
SAVING = Exact(2, -(10**10), 10**10, "an amount with at most two decimals")
QUANTITY = Exact(6, -(10**6), 10**6, "a number with at most six decimals")
MONTH = WholeNumber(0, 1200)
