"""`effekt check`: load files of scenarios, pools and terms, and tell every problem in them."""

import click

from reports.commands.options import language, language_option, pool_file, scenario_file
from reports.commands.terms_file import is_pool, is_terms
from reports.harmless import harmless, harmless_line
from reports.texts import Language, counted, say


@click.command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@language_option
@click.pass_context
def command(ctx: click.Context, files: tuple[str, ...], lang: Language | None) -> None:
    """Check scenarios, pools and terms, and tell every problem in them.

    Each file is answered with a line: its title, citizens and designs, or clauses and dates, and how many of its
    numbers are published, derived and assumed. Exit 2 when any file has a problem.
    """
    from scenarios import LoadError

    wrong = False
    for file in files:
        try:
            summary = _summary(file, lang)
        except LoadError as error:
            wrong = True
            click.echo(harmless(f"{error}\n"), err=True)
        else:
            click.echo(harmless_line(summary))
    if wrong:
        ctx.exit(2)


def _summary(file: str, lang: Language | None) -> str:
    if is_terms(file):
        return _terms(file, lang)
    return _pool(file, lang) if is_pool(file) else _scenario(file, lang)


def _pool(file: str, asked: Language | None) -> str:
    from reports.marks import count_marks
    from scenarios import load_pool

    pool = load_pool(pool_file(file)).pool
    lang: Language = asked or pool.language
    return say(
        lang,
        "check.pool",
        file=file,
        title=pool.title,
        investments=counted(lang, "investment", len(pool.investments)),
        designs=counted(lang, "pool", len(pool.designs)),
        marks=say(lang, "check.marks", **count_marks(pool)),
    )


def _terms(file: str, lang: Language | None) -> str:
    from reports.marks import count_marks
    from scenarios.contract_files import load_agreement

    found = load_agreement(file)
    spoken: Language = lang or found.language
    clauses = counted(spoken, "clause", len(found.clauses))
    return say(
        spoken,
        "check.terms",
        file=file,
        title=found.title,
        clauses=clauses,
        start=str(found.start or "–"),
        end=str(found.end or "–"),
        marks=say(spoken, "check.marks", **count_marks(found)),
    )


def _scenario(file: str, asked: Language | None) -> str:
    from reports.marks import count_marks
    from reports.numbers import number
    from scenarios import load

    scenario = load(scenario_file(file))
    lang = language(scenario, asked)
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
