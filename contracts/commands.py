"""What can be asked of a contract. Amounts are whole øre, quantities millionths of an outcome."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from .encoding import BrokenLog
from .events import (
    Accepted,
    Amended,
    Corrected,
    Disputed,
    Drawn,
    DroppedOut,
    Ended,
    Enrolled,
    Event,
    FactsWithdrawn,
    Kind,
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
from .terms import Amendment, Leaving, Terms

Result = tuple[str | None, int] | tuple[str | None, int, int]
"""A person, or None for a count; a quantity; of how much: one when left out. Both in millionths."""


@dataclass(frozen=True)
class Sign:
    """Sign terms with start and end dates; the signature takes effect on the start."""

    contract: str
    kind: Kind
    title: str
    terms: Terms


@dataclass(frozen=True)
class Draw:
    """Put in capital on a day; it is split between the providers by their shares."""

    effective: dt.date
    amount: int


@dataclass(frozen=True)
class Enrol:
    """Enrol persons of one subgroup, by pseudonym."""

    effective: dt.date
    persons: tuple[str, ...]
    group: str = ""


@dataclass(frozen=True)
class DropOut:
    """Note that enrolled persons left the intervention, and why; the terms say what becomes of their results."""

    effective: dt.date
    persons: tuple[str, ...]
    why: Leaving = "other"


@dataclass(frozen=True)
class Measure:
    """Record one round, with 0 for who failed. group: the subgroup of a count."""

    effective: dt.date
    metric: str
    point: int
    results: tuple[Result, ...]
    group: str = ""


@dataclass(frozen=True)
class RealiseSaving:
    """Record the saving, which may be negative, of the period that ends on the effective day."""

    effective: dt.date
    metric: str
    amount: int


@dataclass(frozen=True)
class FactsCommand:
    """About facts that were stated before. found: their day, needed without a follow-up month and for counts."""

    effective: dt.date
    metric: str
    point: int
    persons: tuple[str | None, ...]
    found: dt.date | None = None
    group: str = ""


@dataclass(frozen=True)
class WithdrawFacts(FactsCommand):
    """Take facts back, as who stated them."""


@dataclass(frozen=True)
class Reject(FactsCommand):
    """Reject facts, as their verifier."""


@dataclass(frozen=True)
class Dispute(FactsCommand):
    """Object to facts: they do not count until they are accepted."""


@dataclass(frozen=True)
class Accept(FactsCommand):
    """Let disputed, rejected or withdrawn facts count after all."""


@dataclass(frozen=True)
class Correct:
    """State what results really are; for a saving one result without a person, in øre. found, group: as above.

    A result without its last part is of as much as it was stated to be.

    saving: whether they were stated as a saving, which must then be one; none where that was not said.
    """

    effective: dt.date
    metric: str
    point: int
    results: tuple[Result, ...]
    found: dt.date | None = None
    group: str = ""
    saving: bool | None = None


@dataclass(frozen=True)
class Amend:
    """Agree on an amendment, which is in force from a day of its own."""

    effective: dt.date
    amendment: Amendment


@dataclass(frozen=True)
class Verify:
    """Find the facts of the next statement right."""

    statement: dt.date


@dataclass(frozen=True)
class Settle:
    """Settle the next statement, once its facts are verified."""

    statement: dt.date


@dataclass(frozen=True)
class Pay:
    """Pay a settlement, or with `closing` what fell due at the end: øre by payer; None is all that is owed.

    Payers may pay on different days, each the whole of what it owes.
    """

    statement: dt.date
    effective: dt.date
    amounts: Mapping[str, int] | None = None
    closing: bool = False


@dataclass(frozen=True)
class End:
    """End the contract, before its agreed end only with `early`: floor and guarantee fall due."""

    effective: dt.date
    early: bool = False


FactChange = WithdrawFacts | Reject | Dispute | Accept
Command = (
    Sign | Draw | Enrol | DropOut | Measure | RealiseSaving | FactChange | Correct | Amend | Verify | Settle | Pay | End
)
_CHANGES: Mapping[type[Event], type[FactChange]] = {
    FactsWithdrawn: WithdrawFacts,
    Rejected: Reject,
    Disputed: Dispute,
    Accepted: Accept,
}


def with_denominators(results: tuple[Result, ...]) -> tuple[tuple[str | None, int, int], ...]:
    """Results with what each is of."""
    return tuple((each[0], each[1], each[2] if len(each) == 3 else PPM) for each in results)


def command_of(event: Event) -> Command:
    """The command that would bring this event of a contract about again."""
    match event:
        case Signed():
            return Sign(event.contract, event.kind, event.title, event.terms)
        case Drawn():
            return Draw(event.effective, event.amount)
        case Enrolled():
            return Enrol(event.effective, event.persons, event.group)
        case DroppedOut():
            return DropOut(event.effective, event.persons, event.why)
        case Measured():
            return Measure(event.effective, event.metric, event.point, event.results, event.group)
        case SavingRealised():
            return RealiseSaving(event.effective, event.metric, event.amount)
        case FactsWithdrawn() | Rejected() | Disputed() | Accepted():
            told = (event.effective, event.metric, event.point, event.persons, event.found, event.group)
            return _CHANGES[type(event)](*told)
        case Corrected():
            return Correct(event.effective, event.metric, event.point, event.results, event.found, event.group)
        case Amended():
            return Amend(event.effective, event.amendment)
        case Verified():
            return Verify(event.statement)
        case Settled():
            return Settle(event.statement)
        case Paid():
            return Pay(event.statement, event.effective, event.amounts, event.closing)
        case RunOff():
            return End(event.effective, early=True)
        case Ended():
            return End(event.effective, event.early)
    raise BrokenLog(f"{event.log}: expected an event of a contract, found '{event.topic}'")
