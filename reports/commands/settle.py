"""`effekt settle`: what stated facts are worth under a contract's terms, by statement; nothing is recorded."""

import datetime as dt
import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from reports.commands.options import output_form, output_options
from reports.commands.values import DAY
from reports.output import as_csv, as_json, check_target, deliver
from reports.texts import Language

if TYPE_CHECKING:
    from contracts.statement import PaymentStatement
    from contracts.terms import Terms
    from reports.commands.terms_file import Agreed


@click.command("settle")
@click.argument("file", metavar="TERMS")
@click.argument("facts", metavar="FACTS...", nargs=-1, required=True)
@click.option("--design", metavar="NAME", help="TERMS is a scenario; take the contract of this design.")
@click.option("--columns", metavar="FILE", help="A YAML file that says what the columns of tables mean.")
@click.option("--until", type=DAY, metavar="YYYY-MM-DD", help="Settle the statements up to that day.  [default: all]")
@click.option("--statement", type=DAY, metavar="YYYY-MM-DD", help="Show only the statement of that date.")
@click.option("--all-lines", is_flag=True, help="Show every result, however many there are.")
@output_options
def command(
    file: str,
    facts: tuple[str, ...],
    design: str | None,
    columns: str | None,
    until: dt.date | None,
    statement: dt.date | None,
    all_lines: bool,
    lang: Language | None,
    want_json: bool,
    want_csv: bool,
    target: str | None,
    force: bool,
) -> None:
    """Settle facts under a contract's terms, without recording anything.

    TERMS is a YAML file with a contract's terms. FACTS are one or more files that say what happened: YAML, or CSV or
    Excel tables with a result a row. For each payment statement the page leads from fact to clause, limits, amount and
    payer. --json gives everything, with amounts in hundredths (øre), and --csv the lines.

    effekt schema terms, facts and columns tell what can stand in the three kinds of files.
    """
    form = output_form(want_json, want_csv, target)
    check_target(target, force, file, *facts)
    from contracts.events import Ended, Event, Settled
    from contracts.state import State
    from contracts.stated import settle_stated
    from contracts.statement import PaymentStatement, Telling
    from reports.commands.terms_file import load_agreed, load_stated

    with _without_collecting():
        agreed = load_agreed(file, design)
        stated = load_stated(facts, columns, agreed.terms)
        if until is not None:
            stated = replace(stated, until=until)
        every, telling = list[PaymentStatement](), Telling()

        def heard(state: State, event: Event) -> None:
            if isinstance(event, Settled | Ended):
                every.append(telling.statement(state, event))

        state, _ = settle_stated(agreed.kind, agreed.title, agreed.terms, stated, heard)
    chosen = every if statement is None else _chosen(every, statement)
    if form == "csv":
        from reports.settlement_document import COLUMNS, settlement_rows

        deliver(as_csv(COLUMNS, settlement_rows(agreed.terms.currency, chosen)), target, force)
    elif form == "json":
        deliver(_json(agreed, facts, every, chosen), target, force)
    else:
        _page(agreed, state.terms, chosen, statement is not None, lang, all_lines, target, force)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Leave the garbage be: nearly all of a hundred thousand facts is kept, and looking takes a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _chosen(every: "Sequence[PaymentStatement]", day: dt.date) -> "list[PaymentStatement]":
    chosen = [statement for statement in every if statement.date == day]
    if not chosen:
        known = ", ".join(dict.fromkeys(statement.date.isoformat() for statement in every)) or "none"
        raise click.UsageError(f"there is no statement of {day}; known: {known}")
    return chosen


def _json(
    agreed: "Agreed", facts: tuple[str, ...], every: "list[PaymentStatement]", chosen: "list[PaymentStatement]"
) -> str:
    from reports.commands.terms_file import sha256_of
    from reports.settlement_document import settlement_document

    found = settlement_document(agreed.title, agreed.kind, agreed.terms.currency, every, chosen)
    return as_json(found | {"terms_sha256": agreed.sha256, "facts_sha256": [sha256_of(file) for file in facts]})


def _page(
    agreed: "Agreed",
    terms: "Terms",
    statements: "list[PaymentStatement]",
    chosen: bool,
    lang: Language | None,
    all_lines: bool,
    target: str | None,
    force: bool,
) -> None:
    from reports.terminal.screen import as_text, screen_width, show
    from reports.terminal.settling import Page, settlement_lines

    page = Page(agreed.title, terms, lang or agreed.language, screen_width(target), all_lines)
    lines = settlement_lines(page, statements, chosen=chosen)
    if target is None:
        show(lines)
    else:
        deliver(as_text(lines), target, force)
