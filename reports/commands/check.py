"""`effekt check`: load scenario files and tell every problem in them."""

from typing import TYPE_CHECKING

import click

from reports.commands.options import language, language_option, scenario_file
from reports.harmless import harmless, harmless_line
from reports.texts import Language, counted, say

if TYPE_CHECKING:
    from scenarios import Scenario


@click.command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@language_option
@click.pass_context
def command(ctx: click.Context, files: tuple[str, ...], lang: Language | None) -> None:
    """Check scenario files, and tell every problem in them.

    Each file is answered with a line: its title, citizens, designs, and how many of its numbers are published, derived
    and assumed. Exit 2 when any file has a problem.
    """
    from scenarios import LoadError, load

    wrong = False
    for file in files:
        try:
            scenario = load(scenario_file(file))
        except LoadError as error:
            wrong = True
            click.echo(harmless(f"{error}\n"), err=True)
        else:
            click.echo(harmless_line(_summary(file, scenario, language(scenario, lang))))
    if wrong:
        ctx.exit(2)


def _summary(file: str, scenario: "Scenario", lang: Language) -> str:
    from reports.marks import count_marks
    from reports.numbers import number

    citizens = scenario.target_group.citizens
    return say(
        lang,
        "check.ok",
        file=file,
        title=scenario.title,
        citizens=counted(lang, "citizen", citizens, number(citizens, lang)),
        designs=counted(lang, "design", len(scenario.designs)),
        marks=say(lang, "check.marks", **count_marks(scenario)),
    )
