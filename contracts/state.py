"""What a contract's log says so far. Amounts are copied from events and added, never computed from terms."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from .encoding import BrokenLog
from .events import (
    Amounts,
    ContractEvent,
    Drawn,
    DroppedOut,
    Ended,
    Enrolled,
    Event,
    Kind,
    Measured,
    Paid,
    SavingRealised,
    Settled,
    Signed,
    Verified,
)
from .terms import Terms, contract_dates

NOBODY = -1

FactKey = tuple[int, str, int, dt.date | None]


class Enrolment(NamedTuple):
    """A person's number in the contract's facts, from 0, and the day of enrolment."""

    number: int
    day: dt.date


class Fact(NamedTuple):
    """One fact, and the date of the statement that settles it.

    person: number, or −1 for a count or saving; point: follow-up month, or 0; quantity: millionths of an outcome, or
    øre for a saving.
    """

    person: int
    day: dt.date
    statement: dt.date
    metric: str
    point: int
    quantity: int


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

    persons by pseudonym; dropped_out: last day by pseudonym; measured: keys of the facts, see `fact_key`;
    verified: number of facts found right, by statement; closing: what fell due at the end. paid and lapsed by
    column, drawn, account (what the return ceiling allows on `day`) and paid_in_year (of `year`) are the
    settlement's position, øre.
    """

    contract: str
    kind: Kind
    title: str
    terms: Terms
    version: int
    recorded: dt.datetime
    day: dt.date
    persons: Mapping[str, Enrolment]
    dropped_out: Mapping[str, dt.date]
    facts: Sequence[Fact]
    measured: AbstractSet[FactKey]
    draws: Sequence[Drawing]
    verified: Mapping[dt.date, int]
    settlements: Sequence[Settlement]
    payments: Sequence[Payment]
    paid: Mapping[str, int]
    lapsed: Mapping[str, int]
    drawn: int = 0
    account: int = 0
    paid_in_year: int = 0
    year: int = 0
    closing: Settlement | None = None
    ended: dt.date | None = None
    early: bool = False

    @property
    def log(self) -> str:
        """The contract's id."""
        return self.contract


def fact_key(fact: Fact) -> FactKey:
    """What may be measured only once: a person at a point of a metric; a count or saving a day."""
    return fact.person, fact.metric, fact.point, fact.day if fact.person == NOBODY else None


class ContractFolding:
    """A contract's state in the making, in containers of its own: see `aggregate.Folding`."""

    def __init__(self, state: State | None = None) -> None:
        self.persons: dict[str, Enrolment] = dict(state.persons) if state else {}
        self.dropped_out: dict[str, dt.date] = dict(state.dropped_out) if state else {}
        self.facts: list[Fact] = list(state.facts) if state else []
        self.measured: set[FactKey] = set(state.measured) if state else set()
        self.draws: list[Drawing] = list(state.draws) if state else []
        self.verified: dict[dt.date, int] = dict(state.verified) if state else {}
        self.settlements: list[Settlement] = list(state.settlements) if state else []
        self.payments: list[Payment] = list(state.payments) if state else []
        self.paid: dict[str, int] = dict(state.paid) if state else {}
        self.state: State | None = replace(state, **self._containers()) if state else None

    def apply(self, event: Event) -> None:
        """Copy what the event tells; raises BrokenLog where it refers to what is not there."""
        if not isinstance(event, ContractEvent):
            raise BrokenLog(f"{event.log}: expected an event of a contract, found '{event.topic}'")
        if isinstance(event, Signed):
            if self.state is not None:
                raise BrokenLog(f"{event.log}: event {event.version} signs what was signed before")
            self.state = self._signed(event)
            return
        if self.state is None:
            raise BrokenLog(f"{event.log}: expected a log that begins with its signature, found '{event.topic}'")
        changes = self._take(self.state, event)
        self.state = replace(self.state, version=event.version, recorded=event.recorded, **changes)

    def _containers(self) -> dict[str, Any]:
        names = (
            "persons",
            "dropped_out",
            "facts",
            "measured",
            "draws",
            "verified",
            "settlements",
            "payments",
        )
        return {name: getattr(self, name) for name in (*names, "paid")}

    def _signed(self, event: Signed) -> State:
        start, _ = contract_dates(event.terms)
        return State(
            contract=event.contract,
            kind=event.kind,
            title=event.title,
            terms=event.terms,
            version=event.version,
            recorded=event.recorded,
            day=start,
            lapsed={},
            **self._containers(),
        )

    def _take(self, state: State, event: ContractEvent) -> dict[str, Any]:
        """Add to the containers; the single values that change."""
        match event:
            case Enrolled():
                for person in event.persons:
                    self.persons[person] = Enrolment(len(self.persons), event.effective)
            case DroppedOut():
                self.dropped_out.update(dict.fromkeys(event.persons, event.effective))
            case Measured() | SavingRealised():
                facts = list(_facts(event, self.persons))
                self.facts += facts
                self.measured.update(map(fact_key, facts))
            case Verified():
                self.verified[event.statement] = event.facts
            case Paid():
                self.payments.append(Payment(event.effective, event.statement, event.closing, event.amounts))
            case Drawn():
                self.draws.append(Drawing(event.effective, event.amount, event.providers))
                return {
                    "drawn": state.drawn + event.amount,
                    "account": event.account,
                    "day": event.effective,
                }
            case Settled():
                settlement = Settlement(event.statement, event.amounts, event.version)
                self.settlements.append(settlement)
                return self._position(settlement)
            case Ended():
                settlement = Settlement(event.effective, event.amounts, event.version, closing=True)
                ended = {"closing": settlement, "ended": event.effective, "early": event.early}
                return ended | self._position(settlement)
            case _:
                raise BrokenLog(f"{event.log}: expected an event of a contract, found '{event.topic}'")
        return {}

    def _position(self, settlement: Settlement) -> dict[str, Any]:
        amounts = settlement.amounts
        for column, paid in amounts.paid.items():
            self.paid[column] = self.paid.get(column, 0) + paid
        return {
            "lapsed": amounts.lapsed,
            "account": amounts.account,
            "paid_in_year": amounts.paid_in_year,
            "day": settlement.statement,
            "year": settlement.statement.year,
        }


def _facts(event: Measured | SavingRealised, persons: Mapping[str, Enrolment]) -> Iterable[Fact]:
    if isinstance(event, SavingRealised):
        yield Fact(NOBODY, event.effective, event.statement, event.metric, 0, event.amount)
        return
    for person, quantity in event.results:
        if person is not None and person not in persons:
            raise BrokenLog(f"{event.log}: event {event.version} measures '{person}', who is not enrolled")
        number = NOBODY if person is None else persons[person].number
        yield Fact(number, event.effective, event.statement, event.metric, event.point, quantity)
