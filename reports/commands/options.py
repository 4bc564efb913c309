"""The options that several subcommands share, and what follows from them."""

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from reports.numbers import Language
    from scenarios import Scenario

F = TypeVar("F", bound=Callable[..., Any])

STORE_VARIABLE = "EFFEKT_STORE"


class WholeNumber(click.IntRange):
    """A whole number between bounds; one written with separators is refused with how to write it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; fails with a usage error."""
        if isinstance(value, str) and re.fullmatch(r"\d{1,3}([., _']\d{3})+", value):
            plain = re.sub(r"\D", "", value)
            self.fail(f"expected a whole number without separators, found '{value}'; write {plain}", param, ctx)
        return super().convert(value, param, ctx)


def simulation_options(function: F) -> F:
    """--replications, --seed, --workers, --coupling."""
    for option in (
        click.option(
            "--coupling",
            type=click.Choice(["keyed", "independent"]),
            default="keyed",
            show_default=True,
            help="Whether a citizen's lives with and without the intervention share their random numbers.",
        ),
        click.option("--workers", type=WholeNumber(1, 1024), help="Processes.  [default: all processors]"),
        click.option("--seed", type=WholeNumber(0, 2**63 - 1), default=1, show_default=True, help="Random seed."),
        click.option(
            "--replications",
            type=WholeNumber(1, 10_000_000),
            default=10_000,
            show_default=True,
            help="How many times the scenario is played.",
        ),
    ):
        function = option(function)
    return function


def output_options(function: F) -> F:
    """--lang, --json, --csv, -o and --force."""
    for option in (
        click.option("--force", is_flag=True, help="Let -o overwrite a file."),
        click.option("-o", "--output", "target", metavar="FILE", help="Write to a new file (UTF-8), not the screen."),
        click.option("--csv", "want_csv", is_flag=True, help="Write a table as comma-separated values."),
        click.option("--json", "want_json", is_flag=True, help="Write everything as one JSON document."),
        language_option,
    ):
        function = option(function)
    return function


def language_option(function: F) -> F:
    """--lang."""
    kind = click.Choice(["da", "en"])
    return click.option("--lang", type=kind, help="Danish or English.  [default: the scenario's language]")(function)


def store_option(function: F) -> F:
    """--store, or the variable EFFEKT_STORE."""
    told = "The SQLite file that keeps recorded contracts.  [default: one in your user folder]"
    return click.option("--store", envvar=STORE_VARIABLE, show_envvar=True, metavar="PATH", help=told)(function)


def output_form(as_json: bool, as_csv: bool, target: str | None) -> str:
    """`json`, `csv` or `text`: as asked for, or else as the file's name says. Raises click.UsageError for both."""
    if as_json and as_csv:
        raise click.UsageError("--json and --csv stand together; keep one of them")
    if as_json or as_csv:
        return "json" if as_json else "csv"
    ending = os.path.splitext(target or "")[1].lower()
    return {".json": "json", ".csv": "csv"}.get(ending, "text")


def language(scenario: "Scenario", chosen: "Language | None") -> "Language":
    """The language to answer in."""
    return chosen or scenario.language


def check_design(scenario: "Scenario", name: str) -> None:
    """Raise click.UsageError, with a suggestion, for a design that the scenario does not have."""
    if name not in scenario.designs:
        raise click.UsageError(f"there is no design '{name}'; {suggestion(name, scenario.designs)}")


def suggestion(name: str, known: Any) -> str:
    """What may have been meant by a name, or what there is."""
    import difflib

    names = list(known)
    inside = [each for each in names if name.lower() in each.lower()][:3]
    close = inside or difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(repr(each) for each in close)}?"
    shown = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
    return f"known: {shown}" if names else "there is none yet"


def scenario_file(name: str) -> str:
    """The file that is named, or the scenario of that name among those that come with the program.

    Raises click.UsageError for a name that is neither, and for an internal pool.
    """
    from reports.commands.terms_file import is_pool

    if is_pool(name):
        raise click.UsageError(f"'{name}' is an internal pool; run: effekt pool {name}")
    if os.path.exists(name) or os.path.dirname(name) or os.path.splitext(name)[1]:
        return name
    from scenarios import library

    known = library()
    if name not in known:
        raise click.UsageError(f"there is no file and no scenario '{name}'; {suggestion(name, known)}")
    return str(known[name])


def pool_file(name: str) -> str:
    """The file that is named, or the pool of that name among those that come with the program, with or without `pool-`.

    Raises click.UsageError for a name that is neither, and for a scenario.
    """
    from reports.commands.terms_file import is_scenario

    if is_scenario(name):
        raise click.UsageError(f"'{name}' is a scenario, not an internal pool; run: effekt compare {name}")
    if os.path.exists(name) or os.path.dirname(name) or os.path.splitext(name)[1]:
        return name
    from scenarios import pools

    known = pools()
    found = known.get(name) or known.get(f"pool-{name}")
    if found is None:
        raise click.UsageError(f"there is no file and no pool '{name}'; {suggestion(name, known)}")
    return str(found)


def store_path(chosen: str | None) -> str:
    """The store that is named, or the one in the user's own folder for data."""
    if chosen:
        return chosen
    from platformdirs import user_data_path

    return str(user_data_path("effektkontrakt", appauthor=False) / "contracts.sqlite")


def make_room_for_store(chosen: str | None) -> str:
    """As `store_path`; the folder of the default store is made where it is missing, or StoreUnavailable raised."""
    path = store_path(chosen)
    if chosen:
        return path
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    except OSError as error:
        from contracts.register import StoreUnavailable

        told = f"{path}: the folder of the store cannot be made ({error.strerror})"
        raise StoreUnavailable(f"{told}; name another place with --store or {STORE_VARIABLE}") from None
    return path


def check_store(path: str) -> None:
    """Refuse a store that cannot be recorded into before the work begins, and make nothing; raises StoreUnavailable."""
    from contracts.register import StoreUnavailable, open_register

    file = path.removeprefix("sqlite:///")
    if "://" in file or (os.path.exists(file) and (os.path.isdir(file) or os.path.getsize(file))):
        open_register(path, create=False).close()
        return
    folder = os.path.dirname(os.path.abspath(os.path.expanduser(file)))
    if not os.path.isdir(folder):
        raise StoreUnavailable(f"{path}: the folder {folder} does not exist; make it, or mend the path")
    if not os.access(folder, os.W_OK):
        raise StoreUnavailable(f"{path}: this user may not write in {folder}; change its permissions, or mend the path")
