"""What a contract's log says so far. Amounts are copied from events and added, never computed from terms."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .events import Amounts, Kind
from .recorded import RecordedFacts, Stood
from .terms import Leaving, Terms

NOBODY = -1

FactKey = tuple[int, str, int, dt.date | None, str]
"""Person's number, metric, follow-up month, and where these do not tell facts apart, their day and subgroup."""


class Enrolment(NamedTuple):
    """A person's number in the contract's facts, from 0, the day of enrolment, and the subgroup."""

    number: int
    day: dt.date
    group: str = ""


class Departure(NamedTuple):
    """When a person left, and why."""

    day: dt.date
    why: Leaving


class Fact(NamedTuple):
    """One fact as it stands now, and the date of the statement that first settles it.

    person: number, or −1 for a count or saving; point: follow-up month, or 0; quantity, of: millionths of an outcome,
    or øre for a saving; counts: whether it is settled (not withdrawn, rejected or disputed).
    """

    person: int
    day: dt.date
    statement: dt.date
    metric: str
    point: int
    quantity: int
    of: int
    group: str
    counts: bool


class Change(NamedTuple):
    """What has become of a fact: whether it counts, its quantity and of how much now, and by which event.

    statement: which takes the change into account (none: a supplementary one). version: of the event.
    """

    counts: bool
    quantity: int
    of: int
    statement: dt.date | None
    version: int
    kind: str


class Drawing(NamedTuple):
    """Capital put in on a day, øre, in all and by provider."""

    day: dt.date
    amount: int
    providers: Mapping[str, int]


class Settlement(NamedTuple):
    """What was settled for a statement date, or at the end (`closing`), and by which event."""

    statement: dt.date
    amounts: Amounts
    version: int
    closing: bool = False


class Payment(NamedTuple):
    """What payers paid of a settlement on a day, øre."""

    day: dt.date
    statement: dt.date
    closing: bool
    amounts: Mapping[str, int]


@dataclass(frozen=True)
class State:
    """A contract as its log tells it.

    terms: with all amendments so far. persons by pseudonym; dropped_out: when and why, by pseudonym; recorded_facts:
    all facts as stated; places: the number of a fact among them, by its key; changes: every change of a fact, by its
    key, in order. counted: facts and changes by statement; verified: how many of them were found right, by statement.
    closing: what fell due at the end; run_off: since when only follow-ups of those enrolled are settled. paid and
    lapsed by column, drawn, account (what the return ceiling allows on `day`) and paid_in_year (of the last
    settlement's year) are the settlement's position, øre.
    """

    contract: str
    kind: Kind
    title: str
    terms: Terms
    version: int
    recorded: dt.datetime
    day: dt.date
    persons: Mapping[str, Enrolment]
    dropped_out: Mapping[str, Departure]
    recorded_facts: RecordedFacts
    places: Mapping[FactKey, int]
    changes: Mapping[FactKey, Sequence[Change]]
    counted: Mapping[dt.date | None, int]
    draws: Sequence[Drawing]
    verified: Mapping[dt.date | None, int]
    settlements: Sequence[Settlement]
    payments: Sequence[Payment]
    paid: Mapping[str, int]
    lapsed: Mapping[str, int]
    drawn: int = 0
    account: int = 0
    paid_in_year: int = 0
    closing: Settlement | None = None
    ended: dt.date | None = None
    run_off: dt.date | None = None
    early: bool = False

    @property
    def log(self) -> str:
        """The contract's id."""
        return self.contract

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Every fact as it stands now, in the order in which it was stated."""
        return tuple(map(self._as_it_stands, self.recorded_facts))

    def _as_it_stands(self, stood: Stood) -> Fact:
        day, statement = dt.date.fromordinal(stood.day), dt.date.fromordinal(stood.statement)
        key = fact_key(stood.person, stood.metric, stood.point, day, stood.group)
        now = self.changes[key][-1] if key in self.changes else None
        told = (stood.quantity, stood.of, True) if now is None else (now.quantity, now.of, now.counts)
        return Fact(stood.person, day, statement, stood.metric, stood.point, told[0], told[1], stood.group, told[2])


def fact_key(person: int, metric: str, point: int, day: dt.date, group: str) -> FactKey:
    """What may be stated only once: a person at a follow-up month of a metric, or a day where there is no month; a
    count of a subgroup, or a saving, a day.
    """
    if person == NOBODY:
        return person, metric, point, day, group
    return person, metric, point, None if point else day, ""
