"""`effekt run`: one design year by year, or recorded as contracts."""

from typing import TYPE_CHECKING, Any

import click

from reports.commands.options import (
    STORE_VARIABLE,
    WholeNumber,
    check_design,
    check_store,
    language,
    make_room_for_store,
    output_form,
    output_options,
    scenario_file,
    simulation_options,
    store_option,
)
from reports.output import as_csv, as_json, check_target, deliver
from reports.texts import Language, counted, say

if TYPE_CHECKING:
    from reports.comparison import Comparison
    from scenarios import Scenario
    from simulations.record import Recorded


@click.command("run")
@click.argument("file", metavar="FILE")
@click.option("--design", required=True, metavar="NAME", help="The design, by its key in the scenario.")
@click.option("--record", "recording", is_flag=True, help="Play replications into the store as contracts.")
@click.option(
    "--replication",
    "numbers",
    type=WholeNumber(0),
    multiple=True,
    metavar="N",
    help="Which replication to record, counted from 0; may be repeated.  [default: those nearest P5, P50 and P95]",
)
@store_option
@simulation_options
@output_options
def command(
    file: str,
    design: str,
    recording: bool,
    numbers: tuple[int, ...],
    store: str | None,
    lang: Language | None,
    want_json: bool,
    want_csv: bool,
    target: str | None,
    force: bool,
    **simulation: Any,
) -> None:
    """Show one design year by year, or record it as contracts.

    Without --record: the municipality's cash flow, what it pays under each clause, appropriation effects, room under
    the service ceiling, and the results reached. With it, replications are played through real contracts into the
    store; look at them with effekt replay.
    """
    form = output_form(want_json, want_csv, target)
    check_target(target, force, file)
    from scenarios import load

    file = scenario_file(file)
    scenario = load(file)
    check_design(scenario, design)
    if numbers and not recording:
        raise click.UsageError("--replication stands without --record; add --record, or leave it out")
    spoken = language(scenario, lang)
    if recording:
        answer = _recorded(scenario, design, numbers, store, form, spoken, simulation)
    else:
        answer = _shown(scenario, design, form, file, target, spoken, simulation)
    if answer:
        deliver(answer, target, force)


def _simulated(scenario: "Scenario", design: str, lang: Language, simulation: dict[str, Any]) -> "Comparison":
    from reports.comparison import compare
    from reports.terminal.screen import progress_bar

    with progress_bar(lang) as progress:
        return compare(scenario, designs=(design,), progress=progress, break_even=False, **simulation)


def _shown(
    scenario: "Scenario",
    design: str,
    form: str,
    file: str,
    target: str | None,
    lang: Language,
    simulation: dict[str, Any],
) -> str:
    """The answer as text; empty where it was shown on the screen already."""
    comparison = _simulated(scenario, design, lang, simulation)
    if form == "csv":
        frame = comparison.cash_flow()
        return as_csv(list(frame.columns), frame.itertuples(index=False, name=None))
    if form == "json":
        from reports.document import origin
        from reports.terminal.figure_cells import records

        return as_json(
            origin(comparison, file)
            | {
                "cash_flow": records(comparison.cash_flow()),
                "service_room": records(comparison.service_room()),
                "appropriation": records(comparison.appropriation()),
                "results_reached": records(comparison.results_reached()),
            }
        )
    from reports.terminal.one_design import design_lines
    from reports.terminal.screen import as_text, screen_width, show

    lines = list(design_lines(comparison, design, lang, screen_width(target)))
    if target is not None:
        return as_text(lines)
    show(lines)
    return ""


def _recorded(
    scenario: "Scenario",
    design: str,
    numbers: tuple[int, ...],
    store: str | None,
    form: str,
    lang: Language,
    simulation: dict[str, Any],
) -> str:
    if scenario.designs[design].contract is None:
        raise click.UsageError(f"the design '{design}' has no contract to record; choose another design")
    too_high = [number for number in numbers if number >= simulation["replications"]]
    if too_high:
        most = simulation["replications"] - 1
        raise click.UsageError(f"expected replications from 0 to {most}, found {too_high[0]}; raise --replications")
    from contracts.register import open_register
    from simulations.record import nearest, record

    path = make_room_for_store(store)
    check_store(path)
    which = [(number, "") for number in dict.fromkeys(numbers)]
    if not which:
        which = nearest(_simulated(scenario, design, lang, simulation).results, design)
    with open_register(path) as register:
        found = record(scenario, design, register, which, seed=simulation["seed"], coupling=simulation["coupling"])
        return _told(found, register.name, store, form, lang)


_FIELDS = ("contract", "replication", "percentile", "events", "paid")


def _told(found: "list[Recorded]", place: str, store: str | None, form: str, lang: Language) -> str:
    import os

    from reports.numbers import kroner_of_ore, number

    rows = [{name: getattr(each, name) for name in _FIELDS} | {"paid": each.paid / 100} for each in found]
    if form == "json":
        from reports.document import MONEY

        return as_json(MONEY | {"recorded": rows})
    if form == "csv":
        return as_csv(_FIELDS, (tuple(row.values()) for row in rows))
    lines = [say(lang, "run.recorded", store=place)]
    for each in found:
        told = {
            "contract": each.contract,
            "replication": each.replication,
            "percentile": f" ({each.percentile})" if each.percentile else "",
            "events": counted(lang, "event", each.events, number(each.events, lang)),
            "paid": kroner_of_ore(each.paid, lang),
        }
        lines.append("  " + say(lang, "run.recorded_line", **told))
    named = f" --store {store}" if store and os.environ.get(STORE_VARIABLE) != store else ""
    lines.append(say(lang, "run.hint", contract=found[0].contract, store=named))
    return "\n".join(lines) + "\n"
