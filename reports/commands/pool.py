"""`effekt pool`: the designs of an internal pool over the same pipeline of investments."""

from typing import TYPE_CHECKING, Any

import click

from reports.commands.options import (
    WholeNumber,
    check_store,
    make_room_for_store,
    output_form,
    output_options,
    pool_file,
    store_option,
    suggestion,
)
from reports.output import as_csv, as_json, check_target, deliver
from reports.texts import Language, counted, say

if TYPE_CHECKING:
    from decimal import Decimal

    from reports.pools import PoolComparison
    from scenarios import LoadedPool


@click.command("pool")
@click.argument("file", metavar="FILE")
@click.option("--design", metavar="NAME", help="Show this design year by year.")
@click.option(
    "--record", "number", type=WholeNumber(0), metavar="N", help="Record replication N of --design as a fund."
)
@store_option
@click.option("--workers", type=WholeNumber(1, 1024), help="Processes.  [default: all processors]")
@click.option("--seed", type=WholeNumber(0, 2**63 - 1), default=1, show_default=True, help="Random seed.")
@click.option(
    "--replications",
    type=WholeNumber(1, 10_000_000),
    default=2_000,
    show_default=True,
    help="How many times the pool is played.",
)
@output_options
def command(
    file: str,
    design: str | None,
    number: int | None,
    store: str | None,
    lang: Language | None,
    want_json: bool,
    want_csv: bool,
    target: str | None,
    force: bool,
    **simulation: Any,
) -> None:
    """Compare the designs of an internal pool, over its whole life.

    Every design meets the same applications and the same luck. --design shows one of them year by year, --json gives
    everything that was found, --csv the figures with their errors, or with --design the years. --record plays one
    replication (counted from 0) through a real fund into the store; look at it with effekt replay.
    """
    form = output_form(want_json, want_csv, target)
    check_target(target, force, file)
    from scenarios import load_pool

    loaded = load_pool(pool_file(file))
    if design is not None and design not in loaded.pool.designs:
        raise click.UsageError(f"there is no design '{design}'; {suggestion(design, loaded.pool.designs)}")
    spoken = lang or loaded.pool.language
    if number is not None:
        deliver(_recorded(loaded, design, number, store, spoken, simulation["seed"]), target, force)
        return
    from reports.pools import compare_pool
    from reports.terminal.screen import progress_bar

    with progress_bar(spoken) as progress:
        comparison = compare_pool(loaded, progress=progress, **simulation)
    if form == "json":
        deliver(as_json(_document(comparison, pool_file(file))), target, force)
    elif form == "csv":
        frame = comparison.summary() if design is None else comparison.by_year().query("design == @design")
        deliver(as_csv(list(frame.columns), frame.itertuples(index=False, name=None)), target, force)
    else:
        _page(comparison, design, spoken, target, force)


def _page(comparison: "PoolComparison", design: str | None, lang: Language, target: str | None, force: bool) -> None:
    from reports.terminal.pools import pool_lines, pool_year_lines
    from reports.terminal.screen import as_text, screen_width, show

    width = screen_width(target)
    found = pool_lines(comparison, lang, width) if design is None else pool_year_lines(comparison, design, lang, width)
    if target is None:
        show(found)
    else:
        deliver(as_text(found), target, force)


def _recorded(
    loaded: "LoadedPool", design: str | None, number: int, store: str | None, lang: Language, seed: int
) -> str:
    if design is None:
        raise click.UsageError("--record stands without --design; name the design to record")
    from contracts.register import open_register
    from reports.numbers import number as shown
    from simulations.pools.record import record_pool

    path = make_room_for_store(store)
    check_store(path)
    with open_register(path) as register:
        events = record_pool(loaded.pool, loaded.scenarios, design, register, number, seed=seed)
        if not events:
            raise click.UsageError(f"nothing is paid into '{design}', so there is no fund to record")
        told = {"fund": events[0].log, "events": counted(lang, "event", len(events), shown(len(events), lang))}
        return say(lang, "pool.recorded", store=register.name, **told) + "\n"


def _number(value: "Decimal | None") -> float | None:
    return None if value is None else round(float(value), 6)


def _document(comparison: "PoolComparison", file: str) -> dict[str, Any]:
    from reports.document import FORMAT, MONEY, hash_of
    from reports.marks import count_marks
    from reports.terminal.figure_cells import records
    from reports.versions import versions

    results = comparison.results
    pool = {"title": results.pool.title, "municipality": results.pool.municipality, "sha256": hash_of(file)}
    return MONEY | {
        "format": FORMAT,
        "pool": pool | {"numbers": count_marks(results.pool)},
        "applications": results.applications,
        "replications": results.replications,
        "seed": results.seed,
        "payback_years": {
            name: {kind: _number(years) for kind, years in zip(results.pool.investments, terms.payback, strict=True)}
            for name, terms in results.terms.items()
        },
        "versions": versions(),
        "figures": records(comparison.summary()),
        "by_year": records(comparison.by_year()),
        "who_gains": records(comparison.who_gains()),
    }
