"""`effekt contract sign`, `amend` and `end`: what the parties agree on."""

import os
from typing import TYPE_CHECKING, Any

import click

from reports.commands.contract.recording import Recorded, Recording, answer, decided, moment, record, recording_options
from reports.commands.options import check_store, make_room_for_store
from reports.commands.values import NAME

if TYPE_CHECKING:
    from contracts.events import Event, Kind


@click.command("sign")
@click.argument("contract", metavar="ID", type=NAME)
@click.argument("file", metavar="TERMS")
@click.option("--design", metavar="NAME", help="TERMS is a scenario; sign the contract of this design.")
@click.option(
    "--kind",
    type=click.Choice(["external_investor", "internal_fund"]),
    help="Whose capital it is.  [default: as the file says]",
)
@recording_options
def sign_command(contract: str, file: str, design: str | None, kind: "Kind | None", **how: Any) -> None:
    """Sign a contract: its terms go into the store.

    ID is a name of your own without spaces, such as aarhus-unge-2021; the other commands call the contract by it. The
    signature takes effect on the contract's first day, so --on is not used. The store is made when it is missing.
    """
    from contracts.commands import Sign
    from contracts.stated import aggregate_for
    from reports.commands.terms_file import load_agreed

    recording = Recording(**how)
    if recording.on is not None:
        raise click.UsageError("a contract takes effect on the first day of its terms; leave --on out")
    agreed = load_agreed(file, design, kind)
    aggregate = aggregate_for(agreed.kind)
    path = make_room_for_store(recording.store)
    check_store(path)
    known = _known(path, contract)
    before = aggregate.fold(known) if known else None
    command = Sign(contract, agreed.kind, agreed.title, agreed.terms)
    new = decided(aggregate, before, [command], recording, moment(recording.recorded, before))
    from contracts.register import open_register

    with open_register(path) as register:
        register.append(contract, 0, new)
    answer(recording, Recorded(new, len(new), aggregate.fold(new)))


def _known(path: str, contract: str) -> "tuple[Event, ...]":
    """What the store has of a contract already, without making the store."""
    from contracts.register import open_register

    file = path.removeprefix("sqlite:///")
    if not (os.path.exists(file) and os.path.getsize(file)):
        return ()
    with open_register(path, create=False) as register:
        return register.events(contract)


@click.command("amend")
@click.argument("contract", metavar="ID", type=NAME)
@click.argument("file", metavar="AMENDMENT")
@recording_options
def amend_command(contract: str, file: str, **how: Any) -> None:
    """Agree on an amendment, in force from a day of its own.

    AMENDMENT is a YAML file: `from:` the first day of the new terms, and `clauses:` that are replaced, added or (with
    null) closed, `limits:` from then on, or a new `end:`. What is settled stays settled.
    """
    from contracts.commands import Amend
    from contracts.terms import Amendment
    from scenarios.loading import load_model

    amendment = load_model(file, Amendment)
    recording = Recording(**how)
    answer(recording, record(recording, contract, lambda _, day: [Amend(day, amendment)]))


@click.command("end")
@click.argument("contract", metavar="ID", type=NAME)
@click.option("--early", is_flag=True, help="Before the agreed end, with what the terms say of that.")
@recording_options
def end_command(contract: str, early: bool, **how: Any) -> None:
    """End the contract: floor and guarantee fall due.

    Every statement up to then must be settled. What falls due is paid with effekt contract pay ID.
    """
    from contracts.commands import End
    from reports.commands.contract.settling import print_statement

    recording = Recording(**how)
    found = record(recording, contract, lambda _, day: [End(day, early=early)])
    answer(recording, found)
    print_statement(recording, found, all_lines=False)
