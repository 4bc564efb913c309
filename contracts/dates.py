"""Contract dates: real calendar dates, and months counted from a contract's start."""

import datetime as dt
from calendar import monthrange
from decimal import ROUND_FLOOR, Decimal, localcontext
from functools import lru_cache
from typing import Literal

from .money import PPB

Accrual = Literal["daily", "yearly"]


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month, months later; the last day where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(start: dt.date, month: int) -> dt.date:
    """The last day of a contract's month (1 is the first); month 0 is the start itself.

    Month 12 of a contract that starts on 1 January is 31 December of the same year.
    """
    return start if month == 0 else add_months(start, month) - dt.timedelta(days=1)


def budget_year(ordinal: int, begins: int = 1) -> int:
    """The year of a day (proleptic ordinal), where years begin with that month: the calendar year in which it began."""
    day = _date(ordinal)
    return day.year - (day.month < begins)


@lru_cache(maxsize=4096)
def growth_ppb(rate: Decimal, accrual: Accrual, since: int, until: int) -> int:
    """Growth of a return account between two days (proleptic ordinals), in billionths, rounded down.

    `daily`: (1 + rate)^(days/365) − 1, the convention of XIRR (act/365). `yearly`: the rate once for each 31 December
    passed, so that capital put in on 1 January has earned a full year on 31 December.
    """
    count, per_year = _periods(accrual, since, until)
    with localcontext() as context:
        context.prec = 40
        growth = ((1 + rate) ** (Decimal(count) / per_year) - 1) * PPB
        return int(growth.to_integral_value(rounding=ROUND_FLOOR))


@lru_cache(maxsize=4096)
def simple_growth_ppb(rate: Decimal, since: int, until: int, accrual: Accrual) -> int:
    """Growth between two days without interest on interest, accrued as in `growth_ppb`, in billionths, rounded down."""
    count, per_year = _periods(accrual, since, until)
    growth = rate * count * PPB / per_year
    return int(growth.to_integral_value(rounding=ROUND_FLOOR))


def _periods(accrual: Accrual, since: int, until: int) -> tuple[int, int]:
    """How many days or years accrue between two days, and how many of them are a year."""
    if until < since:
        raise ValueError(f"time runs forward: from {_date(since)} to {_date(until)}")
    return (_years_closed(until) - _years_closed(since), 1) if accrual == "yearly" else (until - since, 365)


def _years_closed(ordinal: int) -> int:
    day = _date(ordinal)
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def _date(ordinal: int) -> dt.date:
    return dt.date.fromordinal(ordinal)
