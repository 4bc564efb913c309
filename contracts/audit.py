"""What an auditor asks of a log: how things stood, what happened, whether amounts recompute."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .aggregate import Aggregate, Folding, Refused, Told
from .encoding import BrokenLog
from .events import (
    Amended,
    Amounts,
    Corrected,
    Drawn,
    DroppedOut,
    Earned,
    Ended,
    Enrolled,
    Event,
    FactsEvent,
    FundClosed,
    FundFounded,
    FundReturned,
    FundToppedUp,
    Measured,
    Paid,
    Released,
    Repaid,
    RunOff,
    SavingRealised,
    Settled,
    Signed,
    Verified,
    WrittenOff,
)
from .external import ExternalInvestorContract
from .fund import InternalFund
from .internal import InternalFundContract
from .money import PPM

AGGREGATES: Mapping[str, Aggregate[Any, Any]] = {
    each.kind: each for each in (ExternalInvestorContract, InternalFundContract, InternalFund)
}
"""Every kind of log, by its word."""

RECORDED = "recorded all the same"


@dataclass(frozen=True)
class Row:
    """A line of a timeline.

    kind: the event's topic, the key to its words. amount: øre that the event is about; None where it is about
    none. detail: what else it tells, by field: dates, names, counts, øre.
    """

    version: int
    effective: dt.date
    recorded: dt.datetime
    kind: str
    amount: int | None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """Where a log does not recompute: event, field, and what was expected and found (øre or words)."""

    version: int
    kind: str
    field: str
    expected: Any
    found: Any

    @property
    def refused(self) -> bool:
        """Whether the rules refuse the event as a whole; `expected` is then the reason."""
        return bool(self.found == RECORDED)

    @property
    def difference(self) -> int | None:
        """found − expected, where both are numbers."""
        both = isinstance(self.expected, int) and isinstance(self.found, int)
        return self.found - self.expected if both else None

    def __str__(self) -> str:
        by = "" if self.difference is None else f", difference {self.difference}"
        place = f"{self.kind} {self.field}".strip()
        return f"event {self.version}, {place}: expected {self.expected}, found {self.found}{by}"


def aggregate_of(events: Sequence[Event]) -> Aggregate[Any, Any]:
    """The machine that a log belongs to, by its first event; raises BrokenLog for any other."""
    first = events[0] if events else None
    if isinstance(first, Signed):
        return AGGREGATES[first.kind]
    if isinstance(first, FundFounded):
        return InternalFund
    found = f"'{first.topic}'" if first else "no event"
    raise BrokenLog(f"expected a log that begins with a signature or a founding, found {found}")


def replay(
    events: Sequence[Event],
    *,
    version: int | None = None,
    effective: dt.date | None = None,
    recorded: dt.date | dt.datetime | None = None,
) -> Any:
    """The state (State, or FundState for a fund) from the events up to a version, a day or a time.

    effective: how things stood on that day, as is known now. recorded: what was known at that time, or at the
    end of that day. Given together they narrow each other. Raises LookupError when nothing is left,
    BrokenLog.
    """
    aggregate = aggregate_of(events)
    aggregate.fold(events)  # the whole log must hold together
    if version is not None and not 1 <= version <= len(events):
        raise LookupError(f"{events[0].log}: expected a version from 1 to {len(events)}, found {version}")
    folding = aggregate.folding(None)
    for event in events[:version]:
        if (effective is None or event.effective <= effective) and _known_by(event, recorded):
            folding.apply(event)
    if folding.state is None:
        begins = f"begins on {events[0].effective}, recorded {events[0].recorded.isoformat()}"
        raise LookupError(f"{events[0].log}: nothing had happened by then; the log {begins}")
    return folding.state


def _known_by(event: Event, recorded: dt.date | dt.datetime | None) -> bool:
    if recorded is None:
        return True
    if isinstance(recorded, dt.datetime):
        return event.recorded <= recorded
    return event.recorded.date() <= recorded


def timeline(events: Iterable[Event]) -> list[Row]:
    """What happened, a row an event, in the order recorded."""
    return [Row(e.version, e.effective, e.recorded, e.topic, *_told(e)) for e in events]


def _told(event: Event) -> tuple[int | None, dict[str, Any]]:
    match event:
        case Signed():
            return None, {"kind": event.kind, "title": event.title, "end": event.terms.end}
        case Drawn():
            return event.amount, {"providers": event.providers}
        case Enrolled():
            return None, {"persons": len(event.persons)} | _some(group=event.group)
        case DroppedOut():
            return None, {"persons": len(event.persons), "why": event.why}
        case Measured():
            counted = sum(quantity for _, quantity, _ in event.results) / PPM
            of = sum(of for _, _, of in event.results) / PPM
            told = {"metric": event.metric, "point": event.point, "measured": int(of) if of == int(of) else of}
            return None, told | _some(group=event.group) | {"quantity": counted, "statement": event.statement}
        case FactsEvent():
            told = {"metric": event.metric, "point": event.point, "facts": len(event.persons)}
            return None, told | _some(group=event.group, statement=event.statement)
        case Corrected():
            told = {"metric": event.metric, "point": event.point, "facts": len(event.results)}
            return None, told | _some(group=event.group, statement=event.statement)
        case Amended():
            changed = ", ".join(event.amendment.clauses)
            return None, {"from": event.amendment.from_} | _some(clauses=changed, end=event.amendment.end)
        case SavingRealised():
            return event.amount, {"metric": event.metric, "statement": event.statement}
        case Verified():
            return None, {"statement": event.statement, "facts": event.facts}
        case Settled():
            return _paid(event.amounts), {"statement": event.statement} | _reckoned(event.amounts)
        case Paid():
            told = {"statement": event.statement, "closing": event.closing, "payers": event.amounts}
            return sum(event.amounts.values()), told
        case Ended():
            return _paid(event.amounts), {"early": event.early} | _reckoned(event.amounts)
        case RunOff():
            return None, {"early": True}
        case FundFounded():
            return event.capital, {"title": event.title}
        case FundToppedUp() | FundReturned():
            return event.amount, {}
        case Released() | Repaid() | Earned() | WrittenOff():
            return event.amount, {"contract": event.contract}
        case FundClosed():
            return event.returned, {}
    return None, {}


def _some(**details: Any) -> dict[str, Any]:
    """The details that tell anything."""
    return {name: value for name, value in details.items() if value}


def _paid(amounts: Amounts) -> int:
    return sum(amounts.paid.values())


def _reckoned(amounts: Amounts) -> dict[str, Any]:
    cuts = {limit: sum(cells.values()) for limit, cells in amounts.cuts.items()}
    return {"entitled": amounts.entitled, "cuts": cuts, "paid": amounts.paid, "receipts": amounts.receipts}


def verify(events: Sequence[Event]) -> list[Difference]:
    """Decide every event anew, from the events recorded before it, and compare with what was recorded.

    Statements, settlements, shares of draws and payments are thus computed from the facts by the rules of
    today. The first difference names the first wrong event; what follows may only be its consequence. None
    means that all hold.
    """
    try:
        aggregate = aggregate_of(events)
    except BrokenLog as error:
        first = events[0] if events else None
        return [Difference(first.version if first else 1, first.topic if first else "", "", str(error), "otherwise")]
    folding = aggregate.folding(None)
    found: list[Difference] = []
    for event in events:
        try:
            found += _differences(aggregate, folding.state, event)
            folding.apply(event)
        except (Refused, BrokenLog) as error:
            found.append(Difference(event.version, event.topic, "", str(error), RECORDED))
            if not _applied(folding, event):
                break
    return found


def verify_fund(events: Sequence[Event], contracts: Mapping[str, Sequence[Event]]) -> list[Difference]:
    """Compare what a fund's log says it released and was repaid with what its contracts' logs say, øre in all.

    contracts: logs by id; a contract whose log is not at hand is passed over. In a contract, the fund stands under its
    title as a provider of capital.
    """
    found: list[Difference] = []
    title = events[0].title if isinstance(events[0], FundFounded) else ""
    for contract, log in contracts.items():
        drawn = sum(event.providers.get(title, 0) for event in log if isinstance(event, Drawn))
        settled = [event.amounts.receipts.get(title, 0) for event in log if isinstance(event, Settled | Ended)]
        for kind, expected in ((Released, drawn), (Repaid, sum(max(receipt, 0) for receipt in settled))):
            mine = [event for event in events if isinstance(event, kind) and event.contract == contract]
            told = sum(event.amount for event in mine)
            if told != expected:
                version = mine[-1].version if mine else events[-1].version
                found.append(Difference(version, kind.topic, "amount", expected, told))
    return found


def contracts_of(events: Sequence[Event]) -> tuple[str, ...]:
    """The contracts that a fund's log names, in order."""
    named = (event.contract for event in events if isinstance(event, Released | Repaid | WrittenOff))
    return tuple(dict.fromkeys(named))


def _differences(aggregate: Aggregate[Any, Any], state: Told | None, event: Event) -> Iterator[Difference]:
    expected = _expected(aggregate, state, event)
    if expected == event:
        return
    left, right = _flat(expected.model_dump()), _flat(event.model_dump())
    for place in {**left, **right}:
        # cells that are zero are left out of events
        nothing = 0 if isinstance(left.get(place, right.get(place)), int) else "nothing"
        one, other = left.get(place, nothing), right.get(place, nothing)
        if one != other:
            yield Difference(event.version, event.topic, place, one, other)


def _expected(aggregate: Aggregate[Any, Any], state: Told | None, event: Event) -> Event:
    command = aggregate.command_of(event)
    if isinstance(event, Paid):
        command = replace(command, amounts=None)
    (expected,) = aggregate.decide(state, command, now=event.recorded, by=event.by, reason=event.reason)
    if isinstance(event, Paid) and isinstance(expected, Paid):
        # not every payer pays on the same day
        strangers = [payer for payer in event.amounts if payer not in expected.amounts]
        if strangers and not any(event.amounts[payer] for payer in strangers):
            raise Refused(
                f"expected payers who owe: {', '.join(expected.amounts)}, found '{strangers[0]}' with nothing"
            )
        amounts = {payer: expected.amounts.get(payer, 0) for payer in event.amounts}
        return expected.model_copy(update={"amounts": amounts})
    return expected


def _flat(value: Any, place: str = "") -> dict[str, Any]:
    if isinstance(value, tuple | list):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        return {place: value}
    return {
        inner: leaf
        for step, below in value.items()
        for inner, leaf in _flat(below, f"{place}.{step}" if place else str(step)).items()
    }


def _applied(folding: Folding[Any], event: Event) -> bool:
    try:
        folding.apply(event)
    except BrokenLog:
        return False
    return True
