"""`effekt contract`: a contract that is really kept, command by command, in a store."""

import click

from reports.commands.lazy import LazyGroup

TABLE = {
    "sign": "Sign a contract: its terms go into the store.",
    "draw": "Record capital that was paid out.",
    "enrol": "Record citizens who began, by pseudonym.",
    "withdraw": "Record citizens who left, or take stated results back.",
    "measure": "State results: of citizens, of a count or cohort, or a saving.",
    "verify": "Find the results of the next statement right.",
    "reject": "Reject stated results: they do not count.",
    "dispute": "Object to stated results: they wait until they are accepted.",
    "accept": "Let disputed, rejected or withdrawn results count after all.",
    "correct": "State what results really are; the difference is settled.",
    "settle": "Settle the next statement, and print the payment statement.",
    "pay": "Record what payers paid of a settlement.",
    "amend": "Agree on an amendment, in force from a day of its own.",
    "end": "End the contract: floor and guarantee fall due.",
    "show": "Tell how a contract stands, and what comes next.",
    "list": "List the contracts in the store.",
}
"""Every subcommand and its help in short."""

_PLACES = {
    "agreeing": ("sign", "amend", "end"),
    "happening": ("draw", "enrol", "measure"),
    "changing": ("withdraw", "reject", "dispute", "accept", "correct"),
    "settling": ("verify", "settle", "pay"),
    "showing": ("show", "list"),
}
MODULES = {name: f"{__name__}.{module}" for module, names in _PLACES.items() for name in names}


@click.command("contract", cls=LazyGroup, table=TABLE, modules=MODULES)
def command() -> None:
    """Keep a contract: sign it, record what happens, settle and pay.

    Each command records one event in the store, or for a file of results several, all or none; what contradicts the
    terms or what was recorded before is refused, and nothing is recorded. Citizens are named by pseudonyms.

    A year of a contract: sign, draw, enrol, measure, verify, settle, pay. effekt replay shows the whole log.
    """
