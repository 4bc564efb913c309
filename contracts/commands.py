"""What can be asked of a contract. Amounts are whole øre, quantities millionths of an outcome."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from .encoding import BrokenLog
from .events import (
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
from .terms import Terms


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
    """Enrol persons, by pseudonym."""

    effective: dt.date
    persons: tuple[str, ...]


@dataclass(frozen=True)
class DropOut:
    """Note that enrolled persons left the intervention; they may still be measured."""

    effective: dt.date
    persons: tuple[str, ...]


@dataclass(frozen=True)
class Measure:
    """Record one round: results are (person, or None for a count; millionths), with 0 for who failed."""

    effective: dt.date
    metric: str
    point: int
    results: tuple[tuple[str | None, int], ...]


@dataclass(frozen=True)
class RealiseSaving:
    """Record the saving, which may be negative, of the period that ends on the effective day."""

    effective: dt.date
    metric: str
    amount: int


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


Command = Sign | Draw | Enrol | DropOut | Measure | RealiseSaving | Verify | Settle | Pay | End


def command_of(event: Event) -> Command:
    """The command that would bring this event of a contract about again."""
    match event:
        case Signed():
            return Sign(event.contract, event.kind, event.title, event.terms)
        case Drawn():
            return Draw(event.effective, event.amount)
        case Enrolled():
            return Enrol(event.effective, event.persons)
        case DroppedOut():
            return DropOut(event.effective, event.persons)
        case Measured():
            return Measure(event.effective, event.metric, event.point, event.results)
        case SavingRealised():
            return RealiseSaving(event.effective, event.metric, event.amount)
        case Verified():
            return Verify(event.statement)
        case Settled():
            return Settle(event.statement)
        case Paid():
            return Pay(event.statement, event.effective, event.amounts, event.closing)
        case Ended():
            return End(event.effective, event.early)
    raise BrokenLog(f"{event.log}: expected an event of a contract, found '{event.topic}'")
