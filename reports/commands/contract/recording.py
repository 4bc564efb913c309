"""Recording in a store: what all commands of a contract share."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from reports.commands.options import store_option, store_path
from reports.commands.values import DAY, MOMENT, TEXT
from reports.harmless import harmless_line
from reports.texts import Language

if TYPE_CHECKING:
    from contracts.aggregate import Aggregate
    from contracts.commands import Command
    from contracts.events import Event
    from contracts.state import State
    from contracts.stated import Stated

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Recording:
    """Where, for which day, when, by whom and why something is recorded, and the language of the answer."""

    store: str | None
    on: dt.date | None
    recorded: dt.date | dt.datetime | None
    by: str
    reason: str
    lang: Language | None

    @property
    def spoken(self) -> Language:
        """The language to answer in."""
        return self.lang or "da"


def recording_options(function: F) -> F:
    """--on, --recorded, --by, --reason, --store and --lang: the fields of `Recording`."""
    at = "When it was written down, for a contract whose history is entered later.  [default: now]"
    for option in (
        click.option("--lang", type=click.Choice(["da", "en"]), help="Danish or English.  [default: da]"),
        store_option,
        click.option("--reason", default="", type=TEXT, metavar="TEXT", help="Why, in free words."),
        click.option("--by", default="", type=TEXT, metavar="NAME", help="Who records it."),
        click.option("--recorded", type=MOMENT, metavar="WHEN", help=at),
        click.option("--on", type=DAY, metavar="YYYY-MM-DD", help="The day it concerns.  [default: today]"),
    ):
        function = option(function)
    return function


class Asked(NamedTuple):
    """A command, the facts that it states, each with its place, and the day on which they were reported, if told."""

    command: "Command"
    facts: "Sequence[Stated]" = ()
    reported: dt.date | None = None


class Recorded(NamedTuple):
    """A contract's whole log, how many events of it are new, and the state after them."""

    events: "tuple[Event, ...]"
    new: int
    state: "State"


Asking = Callable[["State", dt.date], "Iterable[Command | Asked]"]


def record(how: Recording, contract: str, asking: Asking) -> Recorded:
    """Decide on what is asked for, one after the other, and save all of it or nothing.

    asking: the commands, from the state and the day that they concern. Raises what Register raises, Refused, and
    click.UsageError for a contract that is not there.
    """
    from contracts.audit import aggregate_of
    from contracts.register import open_register

    with open_register(store_path(how.store), create=False) as register:
        events = contract_log(register, contract)
        aggregate = aggregate_of(events)
        before = aggregate.fold(events)
        now = moment(how.recorded, before)
        new = decided(aggregate, before, asking(before, how.on or now.date()), how, now)
        register.append(contract, len(events), new)
    whole = (*events, *new)
    return Recorded(whole, len(new), aggregate.fold(whole))


def contract_log(register: Any, contract: str) -> "tuple[Event, ...]":
    """The log of a contract; raises click.UsageError where there is none, and for a fund's."""
    from contracts.events import Signed
    from reports.commands.replay import log_of

    events = log_of(register, contract)
    if not isinstance(events[0], Signed):
        told = f"'{contract}' is a fund, not a contract; look at it with effekt replay {contract}"
        raise click.UsageError(told)
    return events


def decided(
    aggregate: "Aggregate[State, Command]",
    state: "State | None",
    asked: "Iterable[Command | Asked]",
    how: Recording,
    now: dt.datetime,
) -> "tuple[Event, ...]":
    """The events that commands bring one after the other; raises Refused with the place of the fact that it names."""
    from contracts.aggregate import Refused
    from contracts.stated import placed

    folding, new = aggregate.folding(state), list["Event"]()
    for each in asked:
        asking = each if isinstance(each, Asked) else Asked(each)
        told = how.recorded is None and asking.reported is not None
        at = moment(asking.reported, folding.state) if told else now
        try:
            found = aggregate.decide(folding.state, asking.command, now=at, by=how.by, reason=how.reason)
        except Refused as refusal:
            raise Refused(placed(str(refusal), asking.facts)) from None
        for event in found:
            folding.apply(event)
            new.append(event)
    return tuple(new)


def moment(recorded: dt.date | dt.datetime | None, state: "State | None") -> dt.datetime:
    """When it is recorded: now, or as stated; a day means that day, after what was recorded on it before.

    Raises click.UsageError for a time to come.
    """
    now = dt.datetime.now(dt.UTC).astimezone()
    if recorded is None:
        return now
    if isinstance(recorded, dt.datetime):
        at = recorded
    elif recorded == now.date():
        at = now
    else:
        at = dt.datetime.combine(recorded, dt.time(12)).astimezone()
        last = state.recorded if state else at
        at = last if last.date() == recorded and last > at else at
    if at > now:
        raise click.UsageError(f"--recorded: expected a time up to now, found {at.isoformat()}; record it when it is")
    return at


def answer(how: Recording, found: Recorded) -> None:
    """Tell in one line what was recorded."""
    from reports.terminal.answering import event_line, events_line

    lang = how.spoken
    line = event_line(found.events, lang) if found.new == 1 else events_line(found.events, found.new, lang)
    click.echo(harmless_line(line))
