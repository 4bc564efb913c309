"""`effekt contract verify`, `settle` and `pay`: from results to payments."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from reports.commands.contract.recording import Recorded, Recording, answer, record, recording_options
from reports.commands.values import DAY, NAME

if TYPE_CHECKING:
    from contracts.commands import Pay
    from contracts.state import Settlement, State

_STATEMENT: dict[str, Any] = {"type": DAY, "metavar": "YYYY-MM-DD"}


@click.command("verify")
@click.argument("contract", metavar="ID", type=NAME)
@click.option("--statement", help="The statement's date.  [default: the next]", **_STATEMENT)
@recording_options
def verify_command(contract: str, statement: dt.date | None, **how: Any) -> None:
    """Find the results of the next statement right.

    A statement is settled when all its results, and all changes of results, are verified. After the last agreed
    statement, corrections are settled by a supplementary one, of any later date.
    """
    from contracts.commands import Verify

    recording = _without_day(Recording(**how))
    answer(recording, record(recording, contract, lambda state, day: [Verify(_due(state, statement, day))]))


@click.command("settle")
@click.argument("contract", metavar="ID", type=NAME)
@click.option("--statement", help="The statement's date.  [default: the next]", **_STATEMENT)
@click.option("--all-lines", is_flag=True, help="Show every result, however many there are.")
@recording_options
def settle_command(contract: str, statement: dt.date | None, all_lines: bool, **how: Any) -> None:
    """Settle the next statement, and print the payment statement.

    It leads from each result to clause, limits, amount and payer, as effekt settle does.
    """
    from contracts.commands import Settle

    recording = _without_day(Recording(**how))
    found = record(recording, contract, lambda state, day: [Settle(_due(state, statement, day))])
    answer(recording, found)
    print_statement(recording, found, all_lines=all_lines)
    _print_open_reports(recording, found)


def _print_open_reports(recording: Recording, found: Recorded) -> None:
    """Say so where results for the statement may still be reported, and what becomes of them."""
    from contracts.events import Settled
    from contracts.lifecycle import next_statement
    from contracts.timetable import contract_dates
    from reports.terminal.screen import paragraph, screen_width, show
    from reports.texts import say

    event = found.events[-1]
    days = dt.timedelta(days=found.state.terms.statements.reporting_days)
    agreed = isinstance(event, Settled) and event.statement <= contract_dates(found.state.terms)[1]
    if isinstance(event, Settled) and agreed and event.recorded.date() < event.statement + days:
        lang = recording.spoken
        then = say(lang, "settle.reports_next" if next_statement(found.state) else "settle.reports_lost")
        told = say(lang, "settle.reports_open", date=event.statement + days, then=then)
        show([("", ""), *paragraph(told, screen_width())])


def _without_day(recording: Recording) -> Recording:
    if recording.on is not None:
        raise click.UsageError("a statement concerns its own date: write --statement, and leave --on out")
    return recording


def _due(state: "State", statement: dt.date | None, day: dt.date) -> dt.date:
    """The statement that is meant: as stated, the next, or a supplementary one, of the date that was verified."""
    from contracts.lifecycle import next_statement

    due = statement or next_statement(state)
    if due is not None:
        return due
    last = state.settlements[-1].statement if state.settlements else dt.date.min
    verified = [date for date in state.verified if date is not None and date > last]
    return max(verified, default=day)


def print_statement(recording: Recording, found: Recorded, *, all_lines: bool) -> None:
    """Print the payment statement of the last event, where it settled something."""
    from contracts.events import Ended, Settled
    from contracts.statement import statements_of
    from reports.terminal.screen import screen_width, show
    from reports.terminal.settling import Page, statement_lines

    if not isinstance(found.events[-1], Settled | Ended):
        return
    *_, last = statements_of(found.events)
    page = Page(found.state.title, found.state.terms, recording.spoken, screen_width(), all_lines)
    show([("", ""), *statement_lines(page, last)])


@click.command("pay")
@click.argument("contract", metavar="ID", type=NAME)
@click.option("--statement", help="The statement that is paid.  [default: the last with something owed]", **_STATEMENT)
@click.option("--payer", "payers", multiple=True, type=NAME, metavar="NAME", help="Only this payer; may be repeated.")
@click.option("--closing", is_flag=True, help="What fell due when the contract ended.")
@recording_options
def pay_command(contract: str, statement: dt.date | None, payers: tuple[str, ...], closing: bool, **how: Any) -> None:
    """Record what payers paid of a settlement.

    Each payer pays the whole of what it owes of it. Payers are called as in the terms.
    """
    recording = Recording(**how)
    answer(
        recording, record(recording, contract, lambda state, day: [_payment(state, day, statement, payers, closing)])
    )


def _payment(state: "State", day: dt.date, statement: dt.date | None, payers: tuple[str, ...], closing: bool) -> "Pay":
    from contracts.aggregate import refused
    from contracts.commands import Pay
    from contracts.lifecycle import unpaid

    settlement = _settlement(state, statement, closing)
    if settlement is None:
        told = "at the end" if closing else f"of {statement}" if statement else "of any date"
        raise refused("paying", f"a settlement {told}", "none", "settle it first")
    owed = unpaid(state, settlement)
    amounts = {payer: owed.get(payer, 0) for payer in payers} if payers else None
    return Pay(settlement.statement, day, amounts, settlement.closing)


def _settlement(state: "State", statement: dt.date | None, closing: bool) -> "Settlement | None":
    """The settlement that is meant: as stated, else the last of which something is owed, else the last."""
    from contracts.lifecycle import unpaid

    every = [*state.settlements, *([state.closing] if state.closing else [])]
    if closing:
        every = [each for each in every if each.closing]
    elif statement is not None:
        every = [each for each in every if each.statement == statement and not each.closing] or [
            each for each in every if each.statement == statement
        ]
    owed = [each for each in every if unpaid(state, each)]
    return owed[-1] if owed else every[-1] if every else None
