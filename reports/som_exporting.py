"""A simulated scenario as a SØM calculation, and what is to be said of it."""

from collections.abc import Iterator
from typing import Any

from contracts.money import muldiv, ppm
from scenarios import Scenario
from scenarios.parts import Design
from scenarios.som import LAST_YEAR, MUNICIPALITY, Som
from scenarios.som_result import entries, present
from simulations.parallel import default_workers
from simulations.run import Results, simulate
from simulations.som_explained import at_average_prices
from simulations.som_export import Words, som_of

from .numbers import Language, money, quantity
from .terminal.comparing import replications
from .terminal.screen import progress_bar
from .texts import say

_ALONE = "ordinary_budget"


def exported(scenario: Scenario, lang: Language, average: bool, simulation: dict[str, Any]) -> tuple[Som, Results]:
    """The calculation and what it is made of: the intervention alone, without the financing of any design.

    average: at average prices, not at what is really released. simulation: replications, seed, workers and coupling.
    Raises simulations.som_export.NoSuccess.
    """
    alone = scenario.model_copy(update={"designs": {_ALONE: Design(kind="ordinary_budget")}})
    with progress_bar(lang) as progress:
        results = simulate(
            at_average_prices(alone) if average else alone,
            simulation["replications"],
            simulation["seed"],
            coupling=simulation["coupling"],
            workers=simulation["workers"] or default_workers(),
            progress=progress,
        )
    source = say(lang, "som.source", replications=replications(results.replications, lang), seed=results.seed)
    words = Words(say(lang, "som.unit.years"), say(lang, "som.unit.amount"), source)
    return som_of(results, _ALONE, words), results


def exported_words(som: Som, results: Results, lang: Language) -> Iterator[str]:
    """What was exported, and what no SØM table has room for."""
    value = sum(entry.present for entry in entries(som) if entry.actor == MUNICIPALITY)
    told = {"replications": replications(results.replications, lang), "successes": quantity(som.successes, lang)}
    yield say(lang, "som.exported", amount=money(value, lang), **told)
    if len(results.years) > LAST_YEAR:
        rate = ppm(som.discount_rate.value)
        means = [muldiv(int(total), 1, results.replications) for total in results.designs[_ALONE].net.sum(axis=0)]
        beyond = sum(present(mean, year, rate) for year, mean in enumerate(means)) - value
        yield say(lang, "som.left_out", amount=money(beyond, lang))
