"""`effekt replay`: rebuild a recorded contract, and check that its payments recompute."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from reports.commands.options import WholeNumber, language_option, store_option, store_path, suggestion
from reports.harmless import harmless_line
from reports.texts import Language

if TYPE_CHECKING:
    from contracts.events import Event
    from contracts.register import Register

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("replay")
@click.argument("contract", required=False)
@click.option("--version", type=WholeNumber(1), metavar="N", help="As it stood after event N.")
@click.option("--date", "effective", type=DAY, metavar="YYYY-MM-DD", help="As it stood on that day.")
@click.option("--recorded", type=DAY, metavar="YYYY-MM-DD", help="As it was known at the end of that day.")
@store_option
@language_option
@click.pass_context
def command(
    ctx: click.Context,
    contract: str | None,
    version: int | None,
    effective: dt.datetime | None,
    recorded: dt.datetime | None,
    store: str | None,
    lang: Language | None,
) -> None:
    """Rebuild a recorded contract, and check its payments.

    Prints what happened and how things stood, and decides every event anew from the facts before it: exit 3 names the
    first that does not agree. Without CONTRACT: the contracts and funds in the store.
    """
    from contracts.register import open_register

    spoken: Language = lang or "da"
    with open_register(store_path(store), create=False) as register:
        if contract is None:
            _list(register, spoken)
            return
        events = _events(register, contract)
        contracts = _named_contracts(register, events)
    moment = {
        "version": version,
        "effective": effective.date() if effective else None,
        "recorded": recorded.date() if recorded else None,
    }
    if not _replayed(events, contracts, moment, spoken):
        ctx.exit(3)


def _list(register: "Register", lang: Language) -> None:
    from reports.terminal.replaying import list_lines
    from reports.terminal.screen import screen_width, show

    show(list_lines(register.name, register.entries(), lang, screen_width()))


def _events(register: "Register", contract: str) -> "tuple[Event, ...]":
    events = register.events(contract)
    if not events:
        hint = suggestion(contract, register.ids())
        raise click.UsageError(f"there is no contract '{contract}' in {register.name}; {hint}")
    return events


def _named_contracts(register: "Register", events: "tuple[Event, ...]") -> "dict[str, tuple[Event, ...]]":
    """The logs of the contracts that a fund's log names, as far as the store has them."""
    from contracts.audit import contracts_of

    return {name: log for name in contracts_of(events) if (log := register.events(name))}


def _replayed(
    events: "tuple[Event, ...]", contracts: "dict[str, tuple[Event, ...]]", moment: dict[str, Any], lang: Language
) -> bool:
    """Print a log's timeline, standing and check; whether it holds. contracts: the logs that a fund's log names."""
    from contracts.audit import replay, verify, verify_fund
    from reports.terminal.replaying import check_lines, contract_lines, difference_line
    from reports.terminal.screen import screen_width, show

    try:
        state = replay(events, **moment)
    except LookupError as error:
        raise click.UsageError(str(error.args[0] if error.args else error)) from None
    show(contract_lines(events, moment, state, lang, screen_width()))
    differences = verify(events) or verify_fund(events, contracts)
    show(check_lines(events, differences, lang, screen_width()))
    if differences:
        told = f"verification failed: {events[0].log}, {difference_line(differences[0], lang)}"
        click.echo(harmless_line(told), err=True)
    return not differences
