"""`effekt scenarios`: the scenarios that come with the program."""

from typing import TYPE_CHECKING

import click

from reports.output import as_json, check_target, deliver
from reports.texts import Language

if TYPE_CHECKING:
    from reports.terminal.listing import Listed
    from scenarios import Scenario
    from scenarios.pool import PoolScenario

OTHER = "other"
POOL = "pool"


@click.command("scenarios")
@click.option("--lang", type=click.Choice(["da", "en"]), help="Danish or English.  [default: da]")
@click.option("--json", "want_json", is_flag=True, help="Write the list as a JSON document.")
@click.option("-o", "--output", "target", metavar="FILE", help="Write to a new file (UTF-8), not the screen.")
@click.option("--force", is_flag=True, help="Let -o overwrite a file.")
def command(lang: Language | None, want_json: bool, target: str | None, force: bool) -> None:
    """List the scenarios and internal pools that come with the program.

    By target group: the name to type in place of a file, citizens, capital where a contract states it, how many ways of
    financing are compared, and the title.
    """
    check_target(target, force)
    from typing import get_args

    from reports.terminal.listing import library_lines
    from reports.terminal.screen import as_text, screen_width, show
    from scenarios import library, load, load_pool, pools
    from scenarios.parts import Group

    found = [_listed(name, load(path)) for name, path in library().items()]
    found += [_listed_pool(name, load_pool(path).pool) for name, path in pools().items()]
    groups = (*get_args(Group), OTHER, POOL)
    if want_json or (target or "").endswith(".json"):
        deliver(_json(found), target, force)
        return
    lines = library_lines(found, groups, lang or "da", screen_width(target))
    if target is None:
        show(lines)
    else:
        deliver(as_text(lines), target, force)


def _listed(name: str, scenario: "Scenario") -> "Listed":
    from reports.terminal.listing import Listed

    citizens, designs = scenario.target_group.citizens, len(scenario.designs)
    return Listed(name, scenario.title, scenario.group or OTHER, citizens, _capital(scenario), designs)


def _listed_pool(name: str, pool: "PoolScenario") -> "Listed":
    from reports.terminal.listing import Listed

    capital = next(iter(pool.designs.values())).capital
    return Listed(name, pool.title, POOL, None, capital, len(pool.designs))


def _capital(scenario: "Scenario") -> int | None:
    """The largest capital that a contract of the scenario states, whole kroner; none where all draw as costs."""
    stated = [
        sum(design.contract.draws.values())
        for design in scenario.designs.values()
        if design.contract is not None and isinstance(design.contract.draws, dict)
    ]
    return int(max(stated)) if stated else None


def _json(found: "list[Listed]") -> str:
    from reports.document import FORMAT, MONEY

    return as_json(MONEY | {"format": FORMAT, "scenarios": [each._asdict() for each in found]})
