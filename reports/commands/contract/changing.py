"""`effekt contract withdraw`, `reject`, `dispute`, `accept` and `correct`: what becomes of citizens and of results."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reports.commands.contract.recording import Recording, answer, record, recording_options
from reports.commands.values import DAY, MONTH, NAME, QUANTITY, SAVING

if TYPE_CHECKING:
    from contracts.commands import FactChange
    from contracts.terms import Leaving

F = TypeVar("F", bound=Callable[..., Any])

_PERSON: dict[str, Any] = {"multiple": True, "type": NAME, "metavar": "PSEUDONYM"}


def result_options(function: F) -> F:
    """--metric, --month, --person, --found and --group: which results are meant."""
    found = "The day of the result: needed without a follow-up month, and for counts and savings."
    for option in (
        click.option("--group", type=NAME, metavar="NAME", help="The subgroup of a count."),
        click.option("--found", type=DAY, metavar="YYYY-MM-DD", help=found),
        click.option("--person", "persons", help="Whose result; may be repeated.  [default: a count's]", **_PERSON),
        click.option("--month", default=0, type=MONTH, metavar="N", help="Its follow-up month, where it has one."),
    ):
        function = option(function)
    return function


_METRIC: dict[str, Any] = {"type": NAME, "metavar": "NAME", "help": "What was measured, as the terms call it."}


@click.command("withdraw")
@click.argument("contract", metavar="ID", type=NAME)
@click.option("--why", metavar="REASON", help="moved, died, consent_withdrawn, lost or other: why a citizen left.")
@click.option("--metric", **_METRIC)
@result_options
@recording_options
def withdraw_command(
    contract: str,
    why: str | None,
    metric: str | None,
    month: int,
    persons: tuple[str, ...],
    found: dt.date | None,
    group: str | None,
    **how: Any,
) -> None:
    """Record citizens who left, or take stated results back.

    A citizen who leaves: --person b-03 --why moved; the terms say what becomes of later results. With --metric it is a
    result that is taken back by who stated it: --metric home --month 12 --person b-03.
    """
    from contracts.commands import DropOut, WithdrawFacts

    recording = Recording(**how)
    if metric is not None:
        if why is not None:
            raise click.UsageError("--why is for a citizen who leaves, --metric for a result; leave one of them out")
        _change(WithdrawFacts, recording, contract, metric, month, persons, found, group)
        return
    other = [name for name, value in (("--month", month), ("--found", found), ("--group", group)) if value]
    if other:
        raise click.UsageError(f"{other[0]} is for a result that is taken back; add --metric, or leave it out")
    if not persons:
        raise click.UsageError("expected citizens who left (--person), or a result that is taken back (--metric)")
    leaving = _reason(why)
    answer(recording, record(recording, contract, lambda _, day: [DropOut(day, persons, leaving)]))


def _reason(why: str | None) -> "Leaving":
    from typing import get_args

    from contracts.terms import Leaving
    from reports.commands.options import suggestion

    known: tuple[Leaving, ...] = get_args(Leaving)
    for reason in known:
        if reason == (why or "other"):
            return reason
    raise click.UsageError(f"--why: there is no reason '{why}'; {suggestion(str(why), known)}")


def _change(
    kind: "type[FactChange]",
    recording: Recording,
    contract: str,
    metric: str,
    month: int,
    persons: tuple[str, ...],
    found: dt.date | None,
    group: str | None,
) -> None:
    whose = persons or (None,)
    answer(
        recording,
        record(recording, contract, lambda _, day: [kind(day, metric, month, whose, found, group or "")]),
    )


def _changing(name: str, kind: str, told: str) -> click.Command:
    """A command that only says which results are meant. kind: the class among the commands; told: its help."""

    @click.command(name, help=told)
    @click.argument("contract", metavar="ID", type=NAME)
    @click.option("--metric", required=True, **_METRIC)
    @result_options
    @recording_options
    def changing(
        contract: str,
        metric: str,
        month: int,
        persons: tuple[str, ...],
        found: dt.date | None,
        group: str | None,
        **how: Any,
    ) -> None:
        from contracts import commands

        _change(getattr(commands, kind), Recording(**how), contract, metric, month, persons, found, group)

    return changing


_REJECT = """Reject stated results: they do not count.

As their verifier. What was settled already is set off or repaid, as the terms say.
"""
_DISPUTE = """Object to stated results: they wait until they are accepted.

Until then they do not count.
"""
_ACCEPT = """Let disputed, rejected or withdrawn results count after all.

They are settled with the next statement.
"""
reject_command = _changing("reject", "Reject", _REJECT)
dispute_command = _changing("dispute", "Dispute", _DISPUTE)
accept_command = _changing("accept", "Accept", _ACCEPT)


@click.command("correct")
@click.argument("contract", metavar="ID", type=NAME)
@click.option("--metric", required=True, **_METRIC)
@result_options
@click.option("--quantity", type=QUANTITY, metavar="Q", help="What it really is; 1 for reached, 0 for not.")
@click.option("--of", type=QUANTITY, metavar="N", help="Of how many.  [default: as stated]")
@click.option("--amount", type=SAVING, metavar="KRONER", help="What a saving really is.")
@recording_options
def correct_command(
    contract: str,
    metric: str,
    month: int,
    persons: tuple[str, ...],
    found: dt.date | None,
    group: str | None,
    quantity: Decimal | None,
    of: Decimal | None,
    amount: Decimal | None,
    **how: Any,
) -> None:
    """State what results really are; the difference is settled.

    With the next statement: what was paid too much is set off or repaid, as the terms say.
    """
    from contracts.commands import Correct
    from contracts.money import ore, ppm

    if (quantity is None) == (amount is None):
        raise click.UsageError("expected what it really is: --quantity for a result, or --amount for a saving")
    if amount is not None and (persons or of is not None):
        raise click.UsageError("a saving is nobody's and has only an amount; leave --person and --of out")
    if of is not None and of <= 0:
        raise click.UsageError(f"--of: expected a number above zero, found {of}")
    now = ore(amount) if amount is not None else ppm(quantity or Decimal(0))
    results = tuple((person, now, *(() if of is None else (ppm(of),))) for person in persons or (None,))
    saving = amount is not None
    recording = Recording(**how)
    answer(
        recording,
        record(recording, contract, lambda _, day: [Correct(day, metric, month, results, found, group or "", saving)]),
    )
