"""`effekt replay`: rebuild a recorded contract, and check that its payments recompute."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from reports.commands.options import WholeNumber, output_form, output_options, store_option, store_path, suggestion
from reports.commands.values import DAY, NAME
from reports.harmless import harmless_line
from reports.output import as_csv, as_json, check_target, deliver
from reports.texts import Language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.audit import Difference
    from contracts.events import Event
    from contracts.register import Entry, Register
    from reports.terminal.grid import Line


@click.command("replay")
@click.argument("contract", required=False, type=NAME)
@click.option("--version", type=WholeNumber(1), metavar="N", help="As it stood after event N.")
@click.option("--date", "effective", type=DAY, metavar="YYYY-MM-DD", help="As it stood on that day.")
@click.option("--recorded", type=DAY, metavar="YYYY-MM-DD", help="As it was known at the end of that day.")
@store_option
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    contract: str | None,
    version: int | None,
    effective: dt.date | None,
    recorded: dt.date | None,
    store: str | None,
    lang: Language | None,
    want_json: bool,
    want_csv: bool,
    target: str | None,
    force: bool,
) -> None:
    """Rebuild a recorded contract, and check its payments.

    Prints what happened and how things stood, and decides every event anew from the facts before it: exit 3 names the
    first that does not agree. Without CONTRACT: the contracts and funds in the store. --json gives every event with all
    its fields, amounts in hundredths (øre), and --csv the timeline as a table.
    """
    form = output_form(want_json, want_csv, target)
    check_target(target, force)
    from contracts.register import open_register

    spoken: Language = lang or "da"
    with open_register(store_path(store), create=False) as register:
        if contract is None:
            _answer(_listed(register.name, register.entries(), form, spoken, target), target, force)
            return
        events = log_of(register, contract)
        contracts = _named_contracts(register, events)
    from contracts.audit import verify, verify_fund
    from reports.terminal.replaying import difference_line

    moment = {"version": version, "effective": effective, "recorded": recorded}
    differences = verify(events) or verify_fund(events, contracts)
    _answer(_replayed(events, moment, differences, form, spoken, target), target, force)
    if differences:
        told = f"verification failed: {events[0].log}, {difference_line(differences[0], spoken)}"
        click.echo(harmless_line(told), err=True)
        ctx.exit(3)


def log_of(register: "Register", contract: str) -> "tuple[Event, ...]":
    """The log of an id; raises click.UsageError, with a suggestion, where there is none."""
    events = register.events(contract)
    if not events:
        hint = suggestion(contract, register.ids())
        raise click.UsageError(f"there is no contract '{contract}' in {register.name}; {hint}")
    return events


def _answer(answer: "str | Iterable[Line]", target: str | None, force: bool) -> None:
    """Deliver a document, or show a page."""
    from reports.terminal.screen import as_text, show

    if isinstance(answer, str):
        deliver(answer, target, force)
    elif target is None:
        show(answer)
    else:
        deliver(as_text(answer), target, force)


def _listed(
    store: str, entries: "tuple[Entry, ...]", form: str, lang: Language, target: str | None
) -> "str | Iterable[Line]":
    if form == "text":
        from reports.terminal.replaying import list_lines
        from reports.terminal.screen import screen_width

        return list_lines(store, entries, lang, screen_width(target))
    from reports.log_document import ENTRIES, list_document, list_rows

    return as_json(list_document(entries)) if form == "json" else as_csv(ENTRIES, list_rows(entries))


def _named_contracts(register: "Register", events: "tuple[Event, ...]") -> "dict[str, tuple[Event, ...]]":
    """The logs of the contracts that a fund's log names, as far as the store has them."""
    from contracts.audit import contracts_of

    return {name: log for name in contracts_of(events) if (log := register.events(name))}


def _replayed(
    events: "tuple[Event, ...]",
    moment: dict[str, Any],
    differences: "list[Difference]",
    form: str,
    lang: Language,
    target: str | None,
) -> "str | Iterable[Line]":
    """A log's timeline, standing and check in the form that is asked for."""
    from contracts.audit import replay
    from reports.terminal.replaying import check_lines, contract_lines, currency_of, event_rows, events_before

    try:
        state = replay(events, **moment)
    except LookupError as error:
        raise click.UsageError(str(error.args[0] if error.args else error)) from None
    if form == "text":
        from reports.terminal.screen import screen_width

        width = screen_width(target)
        page = contract_lines(events, moment, state, lang, width)
        return [*page, *check_lines(events, differences, lang, width)]
    from reports.log_document import COLUMNS, log_document, log_rows

    happened, currency = events_before(events, moment), currency_of(events)
    if form == "json":
        return as_json(log_document(happened, state, differences, currency, len(events)))
    details = [row[-1] for row in event_rows(happened, events, lang)]
    return as_csv(COLUMNS, log_rows(happened, details, currency))
