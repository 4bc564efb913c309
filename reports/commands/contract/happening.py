"""`effekt contract draw`, `enrol` and `measure`: capital, citizens and results."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from reports.commands.contract.recording import Asked, Recording, answer, record, recording_options
from reports.commands.values import MONEY, MONTH, NAME, QUANTITY, SAVING

if TYPE_CHECKING:
    from contracts.state import State
    from contracts.stated import Stated, StatedFacts


@click.command("draw")
@click.argument("contract", metavar="ID", type=NAME)
@click.argument("amount", metavar="AMOUNT", type=MONEY)
@recording_options
def draw_command(contract: str, amount: Decimal, **how: Any) -> None:
    """Record capital that was paid out.

    AMOUNT is in kroner (or the contract's currency), such as 1010445 or 15.12. It is split between the providers of
    capital by their shares.
    """
    from contracts.commands import Draw
    from contracts.money import ore

    recording = Recording(**how)
    answer(recording, record(recording, contract, lambda _, day: [Draw(day, ore(amount))]))


@click.command("enrol")
@click.argument("contract", metavar="ID", type=NAME)
@click.option("--person", "persons", multiple=True, type=NAME, metavar="PSEUDONYM", help="A citizen; may be repeated.")
@click.option("--group", type=NAME, metavar="NAME", help="Their subgroup, where the terms tell subgroups apart.")
@click.option("--from", "file", metavar="FILE", help="A list (.txt) with a pseudonym a line, or a table; see above.")
@recording_options
def enrol_command(contract: str, persons: tuple[str, ...], group: str | None, file: str | None, **how: Any) -> None:
    """Record citizens who began, by pseudonym.

    A table (CSV or Excel) has the headings person and, where they differ from row to row, date and group. The whole
    file is recorded, or nothing of it.
    """
    from contracts.commands import Enrol

    recording = Recording(**how)
    if (file is None) == (not persons):
        raise click.UsageError("expected citizens: name them with --person, or a file with --from")

    def asking(_: "State", day: dt.date) -> Iterator[Asked]:
        if file is None:
            yield Asked(Enrol(day, persons, group or ""))
            return
        from scenarios.intake_files import read_intake

        gathered: dict[tuple[dt.date, str], list[Stated]] = {}
        for each in read_intake(file, day, group or ""):
            gathered.setdefault((each.date, each.group), []).append(each)
        for (began, subgroup), rows in sorted(gathered.items()):
            yield Asked(Enrol(began, tuple(str(row.person) for row in rows), subgroup), rows)

    answer(recording, record(recording, contract, asking))


@click.command("measure")
@click.argument("contract", metavar="ID", type=NAME)
@click.option("--metric", type=NAME, metavar="NAME", help="What was measured, as the terms call it.")
@click.option("--month", type=MONTH, metavar="N", help="The follow-up month, where there is one.")
@click.option("--reached", multiple=True, type=NAME, metavar="PSEUDONYM", help="Who reached the goal; may be repeated.")
@click.option("--failed", multiple=True, type=NAME, metavar="PSEUDONYM", help="Who did not; may be repeated.")
@click.option("--quantity", type=QUANTITY, metavar="Q", help="Of a count or cohort, or of each who reached the goal.")
@click.option("--of", type=QUANTITY, metavar="N", help="Of how many, such as 13 of 155.  [default: 1]")
@click.option("--group", type=NAME, metavar="NAME", help="The subgroup of a count or cohort.")
@click.option("--amount", type=SAVING, metavar="KRONER", help="A realised saving; a loss is negative.")
@click.option("--from", "file", metavar="FACTS", help="A file of results: YAML, CSV or Excel, all or nothing.")
@click.option("--columns", metavar="FILE", help="A YAML file that says what the columns of the table mean.")
@recording_options
def measure_command(
    contract: str,
    metric: str | None,
    month: int | None,
    reached: tuple[str, ...],
    failed: tuple[str, ...],
    quantity: Decimal | None,
    of: Decimal | None,
    group: str | None,
    amount: Decimal | None,
    file: str | None,
    columns: str | None,
    **how: Any,
) -> None:
    """State results: of citizens, of a count or cohort, or a saving.

    A round of citizens: --metric home --month 12 --reached b-01 --reached b-02 --failed b-03. A cohort: --metric
    offences --quantity 13 --of 155. A saving of the period that ends on the day: --metric saving --amount 480000. Or a
    whole file with --from; its facts have dates of their own, and may say when they were recorded.
    """
    recording = Recording(**how)
    single = {
        "--metric": metric,
        "--month": month,
        "--reached": reached,
        "--failed": failed,
        "--quantity": quantity,
        "--of": of,
        "--group": group,
        "--amount": amount,
        "--on": recording.on,
    }
    given = [name for name, value in single.items() if value not in (None, ())]
    if file is not None and given:
        raise click.UsageError(f"--from reads everything from the file; leave {', '.join(given)} out")
    if file is None:
        _check_single(metric, reached or failed, quantity, amount, given, columns)

    def asking(state: "State", day: dt.date) -> Iterator[Asked]:
        from contracts.compiled import compile_terms
        from contracts.stated import rounds

        facts: list[Stated]
        if file is None:
            facts = list(_facts(day, str(metric), month or 0, reached, failed, quantity, of, group or "", amount))
        else:
            facts = _facts_in(file, columns, state)
        told = list(rounds(compile_terms(state.terms), facts))
        for command, stated in sorted(told, key=lambda each: each[1][0].recorded or each[0].effective):
            yield Asked(command, stated, stated[0].recorded)

    answer(recording, record(recording, contract, asking))


def _check_single(
    metric: str | None,
    persons: tuple[str, ...],
    quantity: Decimal | None,
    amount: Decimal | None,
    given: list[str],
    columns: str | None,
) -> None:
    """Refuse options that do not go together."""
    if columns is not None:
        raise click.UsageError("--columns is for a table; name it with --from")
    if metric is None:
        raise click.UsageError("expected --metric with what was measured, or --from with a file of results")
    if amount is not None:
        other = [name for name in given if name not in ("--metric", "--amount", "--on")]
        if other:
            raise click.UsageError(f"a saving is nobody's and has only --metric and --amount; leave {other[0]} out")
    elif persons and "--group" in given:
        raise click.UsageError("citizens have their subgroup from enrolment; leave --group out")
    elif not persons and quantity is None:
        raise click.UsageError("expected results: --reached and --failed, or --quantity, or --amount")


def _facts(
    day: dt.date,
    metric: str,
    month: int,
    reached: tuple[str, ...],
    failed: tuple[str, ...],
    quantity: Decimal | None,
    of: Decimal | None,
    group: str,
    amount: Decimal | None,
) -> "Iterator[Stated]":
    from contracts.money import PPM, ore, ppm
    from contracts.stated import Stated

    if amount is not None:
        yield Stated(metric, day, amount=ore(amount))
        return
    found, measured = PPM if quantity is None else ppm(quantity), PPM if of is None else ppm(of)
    if measured <= 0:
        raise click.UsageError(f"--of: expected a number above zero, found {of}")
    persons = [(person, found) for person in reached] + [(person, 0) for person in failed]
    for person, each in persons:
        yield Stated(metric, day, month, person, quantity=each, of=measured)
    if not persons:
        yield Stated(metric, day, month, group=group, quantity=found, of=measured)


def _facts_in(file: str, columns: str | None, state: "State") -> "list[Stated]":
    """The facts of a file, and nothing else; raises Refused for what has a command of its own, and a wrong subgroup."""
    from contracts.aggregate import Refused
    from contracts.stated import check_groups
    from reports.commands.terms_file import load_stated

    stated = load_stated((file,), columns, state.terms)
    for name, command in _ELSEWHERE.items():
        if _is_stated(stated, name):
            told = f"{file}: expected facts alone, found '{name}' too"
            raise Refused(f"{told}; record that with effekt contract {command}, and leave it out of the file")
    check_groups(stated.facts, {person: known.group for person, known in state.persons.items()})
    return list(stated.facts)


_ELSEWHERE = {
    "draws": "draw",
    "enrolled": "enrol",
    "left": "withdraw",
    "changed": "reject, dispute, accept, withdraw or correct",
    "ended": "end",
}


def _is_stated(stated: "StatedFacts", name: str) -> bool:
    held = {
        "draws": stated.draws is not None,
        "enrolled": stated.intakes is not None,
        "left": bool(stated.leavers),
        "changed": bool(stated.changes),
        "ended": stated.ended is not None,
    }
    return held[name]
