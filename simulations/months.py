"""Time in the simulator: days of 30-day months (30E/360), so that every month costs the same.

An *instant* is an integer number of such days since the scenario's start; day d lasts from instant d to d + 1. Month m
of a contract ends at instant 30·m, and its last day is day 30·m − 1. Contracts see real dates only.
"""

import datetime as dt
from calendar import monthrange

MONTH = 30
YEAR = 360


def day_of(date: dt.date, start: dt.date) -> int:
    """The day number of a date; the last days of a month longer than 30 days share one number."""
    last = monthrange(date.year, date.month)[1]
    within = MONTH - 1 if date.day == last else min(date.day, MONTH) - 1
    return (date.year - start.year) * YEAR + (date.month - start.month) * MONTH + within


def date_of(day: int, start: dt.date) -> dt.date:
    """The date of a day number; the thirtieth day is the last of the month."""
    months, within = divmod(day, MONTH)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, last if within == MONTH - 1 else min(within + 1, last))


def year_starts(start: dt.date, years: tuple[int, ...]) -> list[int]:
    """Instants at which each calendar year begins, and the instant after the last; the first may be negative."""
    return [(year - start.year) * YEAR - (start.month - 1) * MONTH for year in (*years, years[-1] + 1)]
