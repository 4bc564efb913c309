"""`effekt contract show` and `list`: how contracts stand, and what comes next."""

from typing import Any

import click

from reports.commands.options import store_option, store_path
from reports.commands.values import NAME
from reports.texts import Language

_LANG: dict[str, Any] = {"type": click.Choice(["da", "en"]), "help": "Danish or English.  [default: da]"}


@click.command("show")
@click.argument("contract", metavar="ID", type=NAME)
@store_option
@click.option("--lang", **_LANG)
def show_command(contract: str, store: str | None, lang: Language | None) -> None:
    """Tell how a contract stands, and what comes next.

    The next statement and its results, what payers owe, and the latest statements. effekt replay shows every event.
    """
    from contracts.audit import aggregate_of
    from contracts.register import open_register
    from reports.commands.contract.recording import contract_log
    from reports.terminal.listing import state_lines
    from reports.terminal.screen import screen_width, show

    with open_register(store_path(store), create=False) as register:
        events = contract_log(register, contract)
    show(state_lines(aggregate_of(events).fold(events), lang or "da", screen_width()))


@click.command("list")
@store_option
@click.option("--lang", **_LANG)
def list_command(store: str | None, lang: Language | None) -> None:
    """List the contracts in the store.

    With the date of the next statement, and what payers owe.
    """
    from contracts.audit import aggregate_of
    from contracts.register import open_register
    from reports.terminal.listing import contract_lines
    from reports.terminal.screen import screen_width, show

    with open_register(store_path(store), create=False) as register:
        ids = [entry.id for entry in register.entries() if entry.kind != "fund"]
        logs = [register.events(each) for each in ids]
        name = register.name
    states = [aggregate_of(events).fold(events) for events in logs]
    show(contract_lines(name, states, lang or "da", screen_width()))
