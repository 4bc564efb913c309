"""`InternalFund`: capital set aside, released to contracts, and repaid. Amounts are whole øre."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .aggregate import Aggregate, check_clock, event_of, refused
from .encoding import BrokenLog
from .events import (
    Earned,
    Event,
    FundClosed,
    FundEvent,
    FundFounded,
    FundReturned,
    FundToppedUp,
    Released,
    Repaid,
    WrittenOff,
)


@dataclass(frozen=True)
class Found:
    """Found a fund with a capital on a day."""

    fund: str
    title: str
    effective: dt.date
    capital: int


@dataclass(frozen=True)
class TopUp:
    """Put more capital in."""

    effective: dt.date
    amount: int


@dataclass(frozen=True)
class Release:
    """Release money to a contract, never more than the fund has."""

    effective: dt.date
    contract: str
    amount: int


@dataclass(frozen=True)
class ReceiveRepayment:
    """Receive money from a contract that the fund once released to; it may be more than was released."""

    effective: dt.date
    contract: str
    amount: int


@dataclass(frozen=True)
class ReceiveEarnings:
    """Receive from a contract that the fund once released to what is beyond its loan: interest, or a lasting gain."""

    effective: dt.date
    contract: str
    amount: int


@dataclass(frozen=True)
class WriteOff:
    """Give up what a contract will not repay, at most what is outstanding."""

    effective: dt.date
    contract: str
    amount: int


@dataclass(frozen=True)
class ReturnCapital:
    """Give unused capital back to the treasury, never more than the fund has."""

    effective: dt.date
    amount: int


@dataclass(frozen=True)
class CloseFund:
    """Close the fund, once nothing is outstanding; what it has goes back to the treasury."""

    effective: dt.date


FundCommand = Found | TopUp | Release | ReceiveRepayment | ReceiveEarnings | WriteOff | ReturnCapital | CloseFund


@dataclass(frozen=True)
class FundState:
    """A fund as its log tells it.

    capital: put in less what was returned; balance: what it has now; released, repaid, earned, written_off: øre by
    contract; day: of the last event.
    """

    fund: str
    title: str
    version: int
    recorded: dt.datetime
    day: dt.date
    capital: int
    balance: int
    released: Mapping[str, int] = field(default_factory=dict)
    repaid: Mapping[str, int] = field(default_factory=dict)
    earned: Mapping[str, int] = field(default_factory=dict)
    written_off: Mapping[str, int] = field(default_factory=dict)
    closed: dt.date | None = None
    kind: str = "fund"

    @property
    def log(self) -> str:
        """The fund's id."""
        return self.fund


def outstanding(state: FundState, contract: str) -> int:
    """What a contract has neither repaid nor been let off, øre; never below zero."""
    settled = state.repaid.get(contract, 0) + state.written_off.get(contract, 0)
    return max(state.released.get(contract, 0) - settled, 0)


def decide_fund(
    state: FundState | None, command: FundCommand, *, now: dt.datetime, by: str = "", reason: str = ""
) -> tuple[Event, ...]:
    """The events that a command brings in a fund's state; raises Refused for what the state forbids."""
    doing = _WORDS[type(command)]
    check_clock(doing, now, state, command.effective)
    event_class, fields = _decided(doing, state, command)
    told = {"effective": command.effective, "recorded": now, "by": by, "reason": reason}
    fund, version = (state.fund, state.version + 1) if state else (fields.get("fund"), 1)
    return (event_of(event_class, doing, **(told | fields | {"fund": fund, "version": version})),)


def _decided(doing: str, state: FundState | None, command: FundCommand) -> tuple[type[FundEvent], dict[str, Any]]:
    if isinstance(command, Found):
        if state is not None:
            raise refused(doing, "a fund not yet founded", f"'{state.title}' founded before", "choose another id")
        return FundFounded, {"fund": command.fund, "title": command.title, "capital": command.capital}
    if state is None:
        raise refused(doing, "a founded fund", "none", "found it first")
    if state.closed:
        raise refused(doing, "an open fund", f"one closed on {state.closed}", "use another fund")
    if command.effective < state.day:
        found = str(command.effective)
        raise refused(doing, f"a day from {state.day}, the fund's last event", found, "mend the date")
    match command:
        case TopUp():
            return FundToppedUp, {"amount": command.amount}
        case CloseFund():
            return FundClosed, {"returned": _closing(doing, state)}
        case ReturnCapital():
            _check_balance(doing, state, command.amount)
            return FundReturned, {"amount": command.amount}
        case Release():
            _check_balance(doing, state, command.amount)
            event_class: type[FundEvent] = Released
        case ReceiveRepayment() | ReceiveEarnings():
            if command.contract not in state.released:
                known = ", ".join(state.released) or "none"
                raise refused(doing, f"a contract released to: {known}", f"'{command.contract}'", "mend the id")
            event_class = Repaid if isinstance(command, ReceiveRepayment) else Earned
        case WriteOff():
            least = outstanding(state, command.contract)
            if command.amount > least:
                raise refused(doing, f"at most {least} øre outstanding", f"{command.amount} øre", "mend the amount")
            event_class = WrittenOff
    return event_class, {"contract": command.contract, "amount": command.amount}


def _check_balance(doing: str, state: FundState, amount: int) -> None:
    if amount > state.balance:
        raise refused(doing, f"at most {state.balance} øre, the balance", f"{amount} øre", "top it up")


def _closing(doing: str, state: FundState) -> int:
    for contract in state.released:
        if amount := outstanding(state, contract):
            found = f"{amount} øre with '{contract}'"
            raise refused(doing, "nothing outstanding", found, "receive or write off that first")
    return state.balance


class FundFolding:
    """A fund's state in the making: see `aggregate.Folding`."""

    def __init__(self, state: FundState | None = None) -> None:
        self.state: FundState | None = state

    def apply(self, event: Event) -> None:
        """Copy what the event tells; raises BrokenLog for an event of something else."""
        if isinstance(event, FundFounded) and self.state is None:
            self.state = FundState(
                fund=event.fund,
                title=event.title,
                version=event.version,
                recorded=event.recorded,
                day=event.effective,
                capital=event.capital,
                balance=event.capital,
            )
        elif self.state is None:
            raise BrokenLog(f"{event.log}: expected a log that begins with its founding, found '{event.topic}'")
        else:
            changes = _changes(self.state, event)
            self.state = replace(
                self.state, version=event.version, recorded=event.recorded, day=event.effective, **changes
            )


def _changes(state: FundState, event: Event) -> dict[str, Any]:
    match event:
        case FundToppedUp():
            return {"capital": state.capital + event.amount, "balance": state.balance + event.amount}
        case Released():
            released = _added(state.released, event.contract, event.amount)
            return {"released": released, "balance": state.balance - event.amount}
        case Repaid():
            repaid = _added(state.repaid, event.contract, event.amount)
            return {"repaid": repaid, "balance": state.balance + event.amount}
        case Earned():
            earned = _added(state.earned, event.contract, event.amount)
            return {"earned": earned, "balance": state.balance + event.amount}
        case WrittenOff():
            return {"written_off": _added(state.written_off, event.contract, event.amount)}
        case FundReturned():
            return {"capital": state.capital - event.amount, "balance": state.balance - event.amount}
        case FundClosed():
            return {"closed": event.effective, "balance": state.balance - event.returned}
    raise BrokenLog(f"{event.log}: expected an event of a running fund, found '{event.topic}'")


def _added(amounts: Mapping[str, int], contract: str, amount: int) -> dict[str, int]:
    return {**amounts, contract: amounts.get(contract, 0) + amount}


def fund_command_of(event: Event) -> FundCommand:
    """The command that would bring this event of a fund about again."""
    match event:
        case FundFounded():
            return Found(event.fund, event.title, event.effective, event.capital)
        case FundToppedUp():
            return TopUp(event.effective, event.amount)
        case Released():
            return Release(event.effective, event.contract, event.amount)
        case Repaid():
            return ReceiveRepayment(event.effective, event.contract, event.amount)
        case Earned():
            return ReceiveEarnings(event.effective, event.contract, event.amount)
        case WrittenOff():
            return WriteOff(event.effective, event.contract, event.amount)
        case FundReturned():
            return ReturnCapital(event.effective, event.amount)
        case FundClosed():
            return CloseFund(event.effective)
    raise BrokenLog(f"{event.log}: expected an event of a fund, found '{event.topic}'")


_WORDS = {
    Found: "founding",
    TopUp: "topping up",
    Release: "releasing",
    ReceiveRepayment: "receiving a repayment",
    ReceiveEarnings: "receiving earnings",
    WriteOff: "writing off",
    ReturnCapital: "returning capital",
    CloseFund: "closing",
}

InternalFund: Aggregate[FundState, FundCommand] = Aggregate("fund", decide_fund, FundFolding, fund_command_of)
