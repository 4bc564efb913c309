"""What contracts and funds have in common: commands are decided on a state, and the state is folded from
events.

An `Aggregate` joins the functions of one kind. Nothing here knows what a contract or a fund is.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pydantic import ValidationError

from .encoding import BrokenLog, problems
from .events import Event


class Refused(Exception):
    """A command that the state forbids: what was expected, what was found, and what to do."""


def refused(doing: str, expected: str, found: str, mend: str) -> Refused:
    """A refusal in the usual words: doing is the act, such as "settling 2022-12-31"."""
    return Refused(f"{doing} is refused: expected {expected}, found {found}; {mend}")


class Told(Protocol):
    """What any state tells of its log: id, kind, and version and time of the last event."""

    @property
    def log(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def recorded(self) -> dt.datetime: ...


S = TypeVar("S", bound=Told)
C = TypeVar("C")
S_co = TypeVar("S_co", bound=Told, covariant=True)
S_contra = TypeVar("S_contra", bound=Told, contravariant=True)
C_contra = TypeVar("C_contra", contravariant=True)


class Decide(Protocol[S_contra, C_contra]):
    """Whether a command is allowed, and which events it brings; raises Refused."""

    def __call__(
        self, state: S_contra | None, command: C_contra, *, now: dt.datetime, by: str = "", reason: str = ""
    ) -> tuple[Event, ...]: ...


class Folding(Protocol[S_co]):
    """A state in the making: `apply` copies what an event tells, without any check; `state` is None at first.

    A state taken from a folding shares its containers: it is only good until the next `apply`.
    """

    @property
    def state(self) -> S_co | None: ...
    def apply(self, event: Event) -> None: ...


@dataclass(frozen=True)
class Aggregate(Generic[S, C]):
    """The functions of one kind of contract or fund.

    kind: the word for it in the log. decide: see `Decide`. folding: begins from a state, which it copies, or
    from nothing. command_of: the command that would bring an event about again.
    """

    kind: str
    decide: Decide[S, C]
    folding: Callable[[S | None], Folding[S]]
    command_of: Callable[[Event], C]

    def evolve(self, state: S | None, event: Event) -> S:
        """The state after the next event; raises BrokenLog where it is not the next."""
        return self._folded(state, (event,))

    def fold(self, events: Iterable[Event]) -> S:
        """The state after all events; raises BrokenLog for a gap, another kind, or no event."""
        return self._folded(None, events)

    def _folded(self, state: S | None, events: Iterable[Event]) -> S:
        after = fold_into(self.folding(state), events)
        if after.kind != self.kind:
            raise BrokenLog(f"{after.log}: expected a log of kind {self.kind}, found {after.kind}")
        return after


def fold_into(folding: Folding[S], events: Iterable[Event]) -> S:
    """The state after the events, each checked to be the next of its log; raises BrokenLog otherwise."""
    for event in events:
        check_follows(folding.state, event)
        folding.apply(event)
    if folding.state is None:
        raise BrokenLog("expected at least one event, found an empty log")
    return folding.state


def play(
    aggregate: Aggregate[S, C],
    steps: Iterable[tuple[C, dt.datetime]],
    *,
    state: S | None = None,
    by: str = "",
    reason: str = "",
) -> tuple[S, tuple[Event, ...]]:
    """Decide on many commands in a row, each with its time: the last state, and all the new events.

    Faster than deciding and evolving one by one. Raises Refused at the first command that is forbidden.
    """
    folding, events = aggregate.folding(state), list[Event]()
    for command, now in steps:
        for event in aggregate.decide(folding.state, command, now=now, by=by, reason=reason):
            folding.apply(event)
            events.append(event)
    if folding.state is None:
        raise ValueError("expected at least one command, found none")
    return folding.state, tuple(events)


def check_follows(state: Told | None, event: Event) -> None:
    """Raise BrokenLog unless the event is the next in the log of the state."""
    expected = state.version + 1 if state else 1
    if event.version != expected:
        raise BrokenLog(f"{event.log}: expected event {expected}, found event {event.version}; restore the log")
    if state and event.log != state.log:
        raise BrokenLog(f"{state.log}: expected an event of this log, found one of {event.log}")


def check_clock(doing: str, now: dt.datetime, state: Told | None, effective: dt.date | None = None) -> None:
    """Refuse a time without a zone or before the last event's, and an effective day still to come."""
    if now.tzinfo is None:
        raise refused(doing, "a time with its time zone", f"{now} without one", "give the time zone")
    if state is not None and now < state.recorded:
        last = state.recorded.isoformat()
        raise refused(doing, f"a time from {last}, the last event's", now.isoformat(), "mend the clock")
    if effective is not None and effective > now.date():
        raise refused(doing, f"a day up to {now.date()}, today", str(effective), "record it when it has happened")


E = TypeVar("E", bound=Event)


def event_of(event_class: type[E], doing: str, **fields: Any) -> E:
    """The event with these fields; what the fields forbid (amounts, ids) becomes Refused."""
    try:
        return event_class(**fields)
    except ValidationError as error:
        raise Refused(f"{doing} is refused: {problems(error)}; mend the command") from None
