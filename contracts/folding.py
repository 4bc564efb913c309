"""From events to a contract's state: what each event tells is copied, nothing is decided or computed anew."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from .agreed import ENROLLED
from .encoding import BrokenLog
from .events import (
    Accepted,
    Amended,
    ContractEvent,
    Corrected,
    Disputed,
    Drawn,
    DroppedOut,
    Ended,
    Enrolled,
    Event,
    FactsWithdrawn,
    Measured,
    Paid,
    Rejected,
    RunOff,
    SavingRealised,
    Settled,
    Signed,
    Verified,
)
from .money import PPM
from .recorded import RecordedFacts
from .state import (
    NOBODY,
    Change,
    Departure,
    Drawing,
    Enrolment,
    FactKey,
    Payment,
    Settlement,
    State,
    fact_key,
)
from .terms import Terms
from .timetable import contract_dates

_CONTAINERS = (
    "persons",
    "dropped_out",
    "recorded_facts",
    "places",
    "changes",
    "counted",
    "draws",
    "verified",
    "settlements",
    "payments",
    "paid",
)


class ContractFolding:
    """A contract's state in the making, in containers of its own: see `aggregate.Folding`."""

    def __init__(self, state: State | None = None) -> None:
        self.persons: dict[str, Enrolment] = dict(state.persons) if state else {}
        self.dropped_out: dict[str, Departure] = dict(state.dropped_out) if state else {}
        self.recorded_facts = state.recorded_facts.copy() if state else RecordedFacts()
        self.places: dict[FactKey, int] = dict(state.places) if state else {}
        self.changes: dict[FactKey, list[Change]] = {k: list(v) for k, v in state.changes.items()} if state else {}
        self.counted: dict[dt.date | None, int] = dict(state.counted) if state else {}
        self.draws: list[Drawing] = list(state.draws) if state else []
        self.verified: dict[dt.date | None, int] = dict(state.verified) if state else {}
        self.settlements: list[Settlement] = list(state.settlements) if state else []
        self.payments: list[Payment] = list(state.payments) if state else []
        self.paid: dict[str, int] = dict(state.paid) if state else {}
        single = [each.name for each in fields(State) if each.name not in _CONTAINERS]
        self._values = {name: getattr(state, name) for name in single} if state else {}
        self._state: State | None = None
        self._containers: dict[str, Any] = {name: getattr(self, name) for name in _CONTAINERS}

    @property
    def state(self) -> State | None:
        """The state so far; None before the signature. It is made when it is asked for."""
        if self._state is None and self._values:
            self._state = State(**self._values, **self._containers)
        return self._state

    def apply(self, event: Event) -> None:
        """Copy what the event tells; raises BrokenLog where it refers to what is not there."""
        if not isinstance(event, ContractEvent):
            raise BrokenLog(f"{event.log}: expected an event of a contract, found '{event.topic}'")
        if isinstance(event, Signed):
            if self._values:
                raise BrokenLog(f"{event.log}: event {event.version} signs what was signed before")
            self._values = self._signed(event)
        elif not self._values:
            raise BrokenLog(f"{event.log}: expected a log that begins with its signature, found '{event.topic}'")
        else:
            self._values |= self._take(event)
        self._values |= {"version": event.version, "recorded": event.recorded}
        self._state = None

    def _signed(self, event: Signed) -> dict[str, Any]:
        start, _ = contract_dates(event.terms)
        return {
            "contract": event.contract,
            "kind": event.kind,
            "title": event.title,
            "terms": event.terms,
            "day": start,
            "lapsed": {},
            "drawn": 0,
        }

    def _take(self, event: ContractEvent) -> dict[str, Any]:
        """Add to the containers; the single values that change."""
        match event:
            case Enrolled():
                self._enrol(event)
            case DroppedOut():
                self.dropped_out.update(dict.fromkeys(event.persons, Departure(event.effective, event.why)))
            case Measured():
                self._measured(event)
            case SavingRealised():
                self._add(event, event.metric, 0, (NOBODY,), (event.amount,), (PPM,), ("",))
            case FactsWithdrawn() | Rejected() | Disputed() | Accepted() | Corrected():
                self._change(event)
            case Verified():
                self.verified[event.statement] = event.facts
            case Paid():
                self.payments.append(Payment(event.effective, event.statement, event.closing, event.amounts))
            case RunOff():
                return {"run_off": event.effective}
            case Amended():
                terms: Terms = self._values["terms"]
                amendments = (*terms.amendments, event.amendment)
                return {"terms": terms.model_copy(update={"amendments": amendments})}
            case Drawn():
                self.draws.append(Drawing(event.effective, event.amount, event.providers))
                return {
                    "drawn": self._values["drawn"] + event.amount,
                    "account": event.account,
                    "day": event.effective,
                }
            case Settled():
                settlement = Settlement(event.statement, event.amounts, event.version)
                self.settlements.append(settlement)
                self.counted.pop(None, None)  # what had no statement of its own is settled with this one
                return self._position(settlement)
            case Ended():
                settlement = Settlement(event.effective, event.amounts, event.version, closing=True)
                ended = {"closing": settlement, "ended": event.effective, "early": event.early}
                return ended | self._position(settlement)
            case _:
                raise BrokenLog(f"{event.log}: expected an event of a contract, found '{event.topic}'")
        return {}

    def _enrol(self, event: Enrolled) -> None:
        first = len(self.persons)
        for person in event.persons:
            self.persons[person] = Enrolment(len(self.persons), event.effective, event.group)
        if event.statement is not None:
            count = len(event.persons)
            numbers = tuple(range(first, first + count))
            self._add(event, ENROLLED, 0, numbers, (PPM,) * count, (PPM,) * count, (event.group,) * count)

    def _measured(self, event: Measured) -> None:
        persons, groups = [], []
        for person, _, _ in event.results:
            known = None if person is None else self._known(event, person, self.persons)
            persons.append(NOBODY if known is None else known.number)
            groups.append(event.group if known is None else known.group)
        quantities = [quantity for _, quantity, _ in event.results]
        ofs = [of for _, _, of in event.results]
        self._add(event, event.metric, event.point, persons, quantities, ofs, groups)

    def _known(self, event: ContractEvent, person: str, persons: Mapping[str, Enrolment]) -> Enrolment:
        if person not in persons:
            raise BrokenLog(f"{event.log}: event {event.version} measures '{person}', who is not enrolled")
        return persons[person]

    def _add(
        self,
        event: Enrolled | Measured | SavingRealised,
        metric: str,
        point: int,
        persons: Sequence[int],
        quantities: Sequence[int],
        ofs: Sequence[int],
        groups: Sequence[str],
    ) -> None:
        day, statement = event.effective, event.statement
        if statement is None:
            raise BrokenLog(f"{event.log}: event {event.version} states results for no statement")
        for number, (person, group) in enumerate(zip(persons, groups, strict=True), len(self.recorded_facts)):
            self.places[fact_key(person, metric, point, day, group)] = number
        when = (day.toordinal(), statement.toordinal())
        self.recorded_facts.add(metric, point, *when, persons, quantities, ofs, groups)
        self.counted[statement] = self.counted.get(statement, 0) + len(persons)

    def _change(self, event: FactsWithdrawn | Rejected | Disputed | Accepted | Corrected) -> None:
        results = event.results if isinstance(event, Corrected) else [(person, None, None) for person in event.persons]
        for person, quantity, of in results:
            number = NOBODY if person is None else self._known(event, person, self.persons).number
            key = fact_key(number, event.metric, event.point, event.found or event.effective, event.group)
            if key not in self.places:
                raise BrokenLog(f"{event.log}: event {event.version} changes a result that was never stated")
            stated, before = self.recorded_facts[self.places[key]], self.changes.get(key, [])
            had = before[-1] if before else None
            counts = isinstance(event, Accepted) or (isinstance(event, Corrected) and (had is None or had.counts))
            self.changes.setdefault(key, []).append(
                Change(
                    counts=counts,
                    quantity=quantity if quantity is not None else had.quantity if had else stated.quantity,
                    of=of if of is not None else had.of if had else stated.of,
                    statement=event.statement,
                    version=event.version,
                    kind=event.topic,
                )
            )
        self.counted[event.statement] = self.counted.get(event.statement, 0) + len(results)

    def _position(self, settlement: Settlement) -> dict[str, Any]:
        amounts = settlement.amounts
        for column, paid in amounts.paid.items():
            self.paid[column] = self.paid.get(column, 0) + paid
        return {
            "lapsed": amounts.lapsed,
            "account": amounts.account,
            "paid_in_year": amounts.paid_in_year,
            "day": settlement.statement,
        }
