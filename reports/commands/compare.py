"""`effekt compare`: a scenario's ways of financing side by side."""

import time
from typing import TYPE_CHECKING, Any

import click

from reports.commands.options import (
    check_design,
    language,
    output_form,
    output_options,
    scenario_file,
    simulation_options,
)
from reports.output import as_csv, as_json, check_target, deliver
from reports.texts import Language

if TYPE_CHECKING:
    from reports.comparison import Comparison


@click.command("compare")
@click.argument("file", metavar="FILE")
@click.option("--design", "designs", multiple=True, metavar="NAME", help="Only this design; may be repeated.")
@simulation_options
@output_options
def command(
    file: str,
    designs: tuple[str, ...],
    lang: Language | None,
    want_json: bool,
    want_csv: bool,
    target: str | None,
    force: bool,
    **simulation: Any,
) -> None:
    """Compare a scenario's ways of financing, side by side.

    Every design meets the same citizens, and each is seen from the municipality against doing nothing. --json gives
    everything that was found, --csv the figures with their errors.
    """
    form = output_form(want_json, want_csv, target)
    check_target(target, force, file)
    from scenarios import load

    file = scenario_file(file)
    scenario = load(file)
    for name in designs:
        check_design(scenario, name)
    begun = time.monotonic()
    spoken = language(scenario, lang)
    from reports.comparison import compare
    from reports.terminal.screen import progress_bar

    with progress_bar(spoken) as progress:
        chosen = tuple(dict.fromkeys(designs)) or None
        comparison = compare(scenario, designs=chosen, progress=progress, **simulation)
    if form == "text":
        _page(comparison, spoken, target, force, time.monotonic() - begun)
    else:
        deliver(_json(comparison, file) if form == "json" else _csv(comparison), target, force)


def _page(comparison: "Comparison", lang: Language, target: str | None, force: bool, seconds: float) -> None:
    from reports.terminal.comparing import comparison_lines
    from reports.terminal.screen import as_text, is_terminal, screen_width, show

    told = seconds if target is None and is_terminal() else None
    lines = list(comparison_lines(comparison, lang, screen_width(target), told))
    if target is None:
        show(lines)
    else:
        deliver(as_text(lines), target, force)


def _json(comparison: "Comparison", file: str) -> str:
    from reports.document import comparison_document

    return as_json(comparison_document(comparison, file))


def _csv(comparison: "Comparison") -> str:
    frame = comparison.summary()
    return as_csv(list(frame.columns), frame.itertuples(index=False, name=None))
