"""`effekt som`: calculations as in SØM, from a table and to one, and side by side with a simulation."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reports.commands.options import language, language_option, scenario_file, simulation_options
from reports.output import as_json, check_target, deliver, write_whole
from reports.texts import Language, say

if TYPE_CHECKING:
    from scenarios import Scenario
    from scenarios.som import Som

_force = click.option("--force", is_flag=True, help="Let -o overwrite a file.")
_lang = click.option("--lang", type=click.Choice(["da", "en"]), default="da", show_default=True, help="Language.")
_json = click.option("--json", "want_json", is_flag=True, help="Write everything as one JSON document.")


@click.group("som")
def command() -> None:
    """Read, write and compare calculations as in SØM.

    SØM (Den Socialøkonomiske Investeringsmodel) is the national Excel model: success rate times consequences per
    success times prices. Begin with a template, fill it in, and import it.
    """


@command.command("template")
@click.option("-o", "--output", "target", metavar="FILE", help="Write to a new .xlsx or .csv file, not the screen.")
@_lang
@_force
def template_command(target: str | None, lang: Language, force: bool) -> None:
    """Write a table to fill in, with a guide and an example.

    Excel (.xlsx) has a sheet for each part; CSV has the parts below each other, with semicolons and decimal commas in
    Danish. Without -o the CSV table is printed.
    """
    _check_table(target, force)
    from reports.som_example import example_som

    _write_table(example_som(lang), target, lang, force)


@command.command("import")
@click.argument("file", metavar="FILE")
@click.option("-o", "--output", "target", metavar="FILE", help="Write the calculation to a new YAML file as well.")
@_json
@_lang
@_force
def import_command(file: str, target: str | None, want_json: bool, lang: Language, force: bool) -> None:
    """Read a SØM table, and show its result as SØM has it.

    FILE is .xlsx or .csv as the template, or a YAML file that an import wrote. Every fault is told with its sheet, row
    and column, and then nothing is imported. With -o the calculation is kept as YAML, each number with its source.
    """
    if target is not None and not target.endswith((".yaml", ".yml")):
        raise click.UsageError(f"{target}: expected a name that ends with .yaml; what is imported is written as YAML")
    check_target(target, force, file)
    from scenarios.som_table import load_som

    som = load_som(file)
    if want_json:
        from reports.som_document import som_document

        deliver(as_json(som_document(som)), None)
    else:
        from reports.terminal.screen import screen_width, show
        from reports.terminal.som import som_lines

        show(som_lines(som, lang, screen_width()))
    if target is not None:
        from reports.som_yaml import som_yaml

        deliver(som_yaml(som), target, force)
        click.echo(say(lang, "som.written", file=target), err=want_json)


@command.command("export")
@click.argument("file", metavar="SCENARIO")
@click.option("-o", "--output", "target", metavar="FILE", required=True, help="Write to a new .xlsx or .csv file.")
@click.option("--average", is_flag=True, help="At average prices, as SØM has them, not at what is really released.")
@simulation_options
@language_option
@_force
def export_command(
    file: str, target: str, average: bool, lang: Language | None, force: bool, **simulation: Any
) -> None:
    """Write a simulated scenario as a SØM table.

    The economy's lines become areas, and mean time in a state with the intervention less without, for each extra
    success and budget year, becomes the consequence of a success. Imported again, it has the simulation's totals.
    """
    _check_table(target, force, file)
    from reports.som_exporting import exported, exported_words
    from scenarios import load

    scenario = load(scenario_file(file))
    spoken = language(scenario, lang)
    som, results = exported(scenario, spoken, average, simulation)
    _write_table(som, target, spoken, force)
    for sentence in exported_words(som, results, spoken):
        click.echo(sentence)
    click.echo(say(spoken, "som.written", file=target))


@command.command("compare")
@click.argument("file", metavar="SOM")
@click.argument("scenario", metavar="SCENARIO")
@click.option("--design", metavar="NAME", help="How it is financed.  [default: the ordinary budget]")
@click.option("-o", "--output", "target", metavar="FILE", help="Write to a new file (UTF-8), not the screen.")
@simulation_options
@_json
@language_option
@_force
def compare_command(
    file: str,
    scenario: str,
    design: str | None,
    target: str | None,
    want_json: bool,
    lang: Language | None,
    force: bool,
    **simulation: Any,
) -> None:
    """Set a SØM calculation beside a simulation, and explain the difference.

    SOM is a table or what an import wrote, and SCENARIO a scenario of the same intervention. The difference is told in
    steps that add to it exactly; then comes what SØM leaves out: uncertainty, timing, cash, who gains, service room.
    """
    check_target(target, force, file, scenario)
    from reports.som_comparing import compared
    from scenarios import load
    from scenarios.som_table import load_som

    som = load_som(file)
    path = scenario_file(scenario)
    loaded = load(path)
    spoken = language(loaded, lang)
    found = compared(som, loaded, _design(loaded, design), spoken, simulation)
    if want_json or (target or "").endswith(".json"):
        from reports.som_document import compared_document

        deliver(as_json(compared_document(found, path)), target, force)
        return
    from reports.terminal.screen import as_text, screen_width, show
    from reports.terminal.som_compared import compared_lines

    lines = compared_lines(found, spoken, screen_width(target))
    if target is None:
        show(lines)
    else:
        deliver(as_text(lines), target, force)


def _design(scenario: "Scenario", name: str | None) -> str:
    """The design that is named, else the first ordinary budget, else the first."""
    if name is not None:
        from reports.commands.options import check_design

        check_design(scenario, name)
        return name
    ordinary = [each for each, design in scenario.designs.items() if design.kind == "ordinary_budget"]
    return next(iter([*ordinary, *scenario.designs]))


def _check_table(target: str | None, force: bool, *inputs: str) -> None:
    if target is not None and Path(target).suffix.lower() not in (".xlsx", ".csv"):
        raise click.UsageError(f"{target}: expected a name that ends with .xlsx or .csv")
    check_target(target, force, *inputs)


def _write_table(som: "Som", target: str | None, lang: Language, force: bool) -> None:
    from reports.som_table import som_csv, som_workbook

    if target is None:
        deliver(som_csv(som, lang).decode("utf-8-sig"), None)
    else:
        written = som_workbook if target.lower().endswith(".xlsx") else som_csv
        write_whole(Path(target), written(som, lang), force)
