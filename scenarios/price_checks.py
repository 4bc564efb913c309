"""What must hold of price levels, the price index and the discount rate of a scenario."""

from collections.abc import Iterator

from contracts.money import ore
from contracts.problems import Finding

from .economy import HIGHEST_PRICE
from .horizon import Path
from .parts import Parts
from .prices import in_prices_of, national_discounting
from .reading.words import unknown


def price_findings(scenario: Parts) -> Iterator[Finding]:
    """A price level needs an index with every rate between it and the scenario's years; a discount rule is known."""
    if scenario.discounting.rule is not None:
        yield from unknown("discounting rule", scenario.discounting.rule, national_discounting(), _RULE)
    levels = dict(_levels(scenario))
    if scenario.price_index is None:
        for path, level in levels.items():
            told = f"prices of {level} cannot be brought to other years: the scenario has no price_index"
            yield Finding(told, path, "add price_index: {after: 0.02}, or remove price_level")
        return
    years = [*scenario.years, *levels.values(), *_threshold_years(scenario)]
    first, last = min(years), max(years)
    missing = scenario.price_index.missing(first, last)
    if missing:
        told = f"the index has no rate for {', '.join(map(str, missing))}"
        hint = f"state the rates from {first + 1} to {last}, or the rate after for the last ones"
        yield Finding(told, ("price_index",), hint)
        return
    yield from _too_high(scenario)


_RULE: Path = ("discounting", "rule")


def _levels(scenario: Parts) -> Iterator[tuple[Path, int]]:
    costs = scenario.intervention.costs.price_level
    if costs is not None:
        yield ("intervention", "costs", "price_level"), costs
    for name, line in scenario.economy.items():
        if line.price_level is not None:
            yield ("economy", name, "price_level"), line.price_level


def _threshold_years(scenario: Parts) -> Iterator[int]:
    """The years whose thresholds for expensive cases the index lifts to later ones."""
    for line in scenario.economy.values():
        if line.high_cost in scenario.known_high_cost():
            yield min(scenario.high_cost(line.high_cost).versions[-1].since.year, scenario.years[-1])


def _too_high(scenario: Parts) -> Iterator[Finding]:
    for name, line in scenario.economy.items():
        for year in scenario.years:
            price = in_prices_of(ore(line.kroner_per_year), line.price_level, year, scenario.price_index)
            if price > ore(HIGHEST_PRICE):
                told = f"with the price index the line costs more than {HIGHEST_PRICE} a year in {year}"
                yield Finding(told, ("economy", name), "lower the price or the index")
                break
