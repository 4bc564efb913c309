"""A fact as somebody states it, in a file or a table, before a contract has accepted it."""

import datetime as dt
from typing import NamedTuple

from .money import PPM


class Stated(NamedTuple):
    """One stated fact.

    metric: what was measured. date: the day of the fact. month: follow-up month, 0 where there is none. person: a
    pseudonym, none for a count, a cohort's measure or a saving. group: the person's or cohort's subgroup, or "".
    quantity: millionths, 0 for a person who was measured and failed. of: the denominator in millionths, one by default
    (19 of 25 citizens; 13 of 155 events). amount: øre, for a saving and nothing else. place: where it was read, for
    messages, such as "claims.csv, row 7".
    """

    metric: str
    date: dt.date
    month: int = 0
    person: str | None = None
    group: str = ""
    quantity: int = PPM
    of: int = PPM
    amount: int | None = None
    place: str = ""
