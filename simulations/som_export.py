"""A simulated scenario as a calculation in the manner of SØM: consequences per success from simulated means.

A success is an extra citizen with the key result (`results.key_result`): reached with the intervention less reached
without it, mean over the replications. A consequence per success is the mean extra time in a line's state, with less
without, divided by that number; so what others than the extra ones gain is ascribed to them too. Year n after success
is the scenario's n-th budget year, and year 0 of the costs its first: the calculation has the simulation's calendar.

The price of a line in a year is what the actor's mean amount comes to for each year in the state: the gross price, of
it what is cashable, less the refusion of just those days. Where refusion and time do not go together (days saved early
that others use later at another rate) there is no such price, and the amount itself stands as one unit. Either way a
row's amount is the simulated mean, within half an øre per unit of its price and 10⁻⁹ units of its quantity.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from contracts.money import PPM, muldiv, ore, ppm
from scenarios.economy import EconomyLine
from scenarios.model import Scenario
from scenarios.prices import national_discounting
from scenarios.som import (
    LAST_YEAR,
    PLACES,
    Consequence,
    Som,
    SomCost,
    StatedCitizens,
    StatedLevel,
    StatedRate,
    StatedShare,
    StatedYears,
)

from .results import DesignResult, key_result
from .run import Results

_NANO = 10**PLACES
_DEAREST = 2
"""An amount of more than so many times the price of the time that goes with it comes from something else."""
Payer = Literal["municipality", "state"]


class NoSuccess(Exception):
    """A scenario that cannot be told as a success rate times consequences; the text says why."""


@dataclass(frozen=True)
class Words:
    """What stands in the calculation as text: units for years in a state and for an amount, and the source."""

    years: str
    amount: str
    source: str


def som_of(results: Results, design: str, words: Words) -> Som:
    """The calculation that a design's simulated means amount to; years beyond SØM's ten are left out.

    The design should be an ordinary budget: what a contract pays is no part of SØM. Raises NoSuccess where there is no
    outcome measure, or the intervention makes no difference to it.
    """
    scenario, found = results.scenario, results.designs[design]
    with_, without = _rates(results, found)
    citizens = scenario.target_group.citizens
    successes = citizens * (ppm(with_) - ppm(without))
    if not successes:
        raise NoSuccess("as many reach the key result with the intervention as without it, so no success has a price")
    told = {"mark": "D", "source": words.source}
    rows = [
        row
        for name, line in scenario.economy.items()
        for row in _consequences(name, line, results, found, successes, words)
    ]
    if not rows:
        raise NoSuccess("the intervention changes no cost in the scenario, so a success has no consequences")
    return Som(
        title=scenario.title,
        citizens=StatedCitizens(value=citizens, **told),
        success_with=StatedShare(value=with_, **told),
        success_without=StatedShare(value=without, **told),
        success_after_years=StatedYears(value=0),
        discount_rate=_rate(scenario),
        price_level=StatedLevel(value=scenario.start.year),
        costs=tuple(_costs(scenario, results, found, words)),
        consequences=tuple(rows),
    )


def _rate(scenario: Scenario) -> StatedRate:
    """SØM has one rate: of a rule with steps it is that of the first years."""
    stated = scenario.discounting
    rate = national_discounting()[stated.rule].rate(1) if stated.rule else stated.rate
    source = scenario.sources.get(stated.source, stated.source) if stated.source else None
    return StatedRate(value=rate, mark=stated.mark, source=source)


def _rates(results: Results, found: DesignResult) -> tuple[Decimal, Decimal]:
    """The shares of all citizens who reach the key result with the intervention and without it."""
    key = key_result(results.scenario)
    if key is None:
        raise NoSuccess("the scenario has no outcome measure; add one, which says what a success is")
    everyone = results.replications * results.scenario.target_group.citizens
    with_, without = (Decimal(muldiv(count, PPM, everyone)) / PPM for count in found.reached[key])
    return with_, without


def _costs(scenario: Scenario, results: Results, found: DesignResult, words: Words) -> Iterator[SomCost]:
    committee = scenario.intervention.costs.committee
    gross, refunded = (_by_year(results, found, what) for what in ("intervention", "intervention_refusion"))
    actors: dict[Payer, list[int]] = {
        "municipality": [-a - b for a, b in zip(gross, refunded, strict=True)],
        "state": refunded,
    }
    for actor, amounts in actors.items():
        for year, total in enumerate(amounts[: LAST_YEAR + 1]):
            mean = muldiv(total, 1, results.replications)
            if mean:
                whose = committee if actor == "municipality" else ""
                yield SomCost(
                    year=year, actor=actor, committee=whose, amount=_kroner(mean), mark="D", source=words.source
                )


def _consequences(
    name: str, line: EconomyLine, results: Results, found: DesignResult, successes: int, words: Words
) -> Iterator[Consequence]:
    gross, refunded = (_by_year(results, found, f"{what}:{name}") for what in ("saving", "refusion"))
    released = ore(line.kroner_per_year) * ppm(line.cashable)
    actors: dict[Payer, list[int]] = {
        "municipality": [a + b for a, b in zip(gross, refunded, strict=True)],
        "state": [-b for b in refunded],
    }
    for actor, amounts in actors.items():
        for year, (total, saved) in enumerate(zip(amounts, gross, strict=True), 1):
            if year <= LAST_YEAR and total:
                share = results.replications * successes
                quantity, price, unit = _priced(total, saved, released, share, words)
                yield Consequence(
                    area=name.replace("_", " "),
                    actor=actor,
                    committee=line.committee if actor == "municipality" else "",
                    year=year,
                    quantity=quantity,
                    unit=unit,
                    price=_kroner(price),
                    mark="D",
                    source=words.source,
                )


def _priced(total: int, saved: int, released: int, share: int, words: Words) -> tuple[Decimal, int, str]:
    """Quantity per success, price in øre and unit of an amount.

    total, saved: øre over all replications, of an actor and of all; released: price of a year, øre · ppm; share:
    replications · successes in millionths.
    """
    side = -1 if (saved < 0) == (share < 0) else 1
    quantity = side * muldiv(abs(saved) * PPM * PPM * _NANO, 1, released * abs(share)) if released else 0
    if quantity and (total < 0) == (saved < 0):
        price = muldiv(abs(total) * PPM * _NANO, 1, abs(share) * abs(quantity))
        if price * PPM <= _DEAREST * released:
            return Decimal(quantity) / _NANO, price, words.years
    side = -1 if (total < 0) == (share < 0) else 1
    return Decimal(side), muldiv(abs(total) * PPM, 1, abs(share)), words.amount


def _by_year(results: Results, found: DesignResult, what: str) -> list[int]:
    """Øre by year over all replications that the purse has on a line; + is a gain."""
    years = [0] * len(results.years)
    for line, totals in found.lines.items():
        if line.what == what:
            years = [before + int(more) for before, more in zip(years, totals.total, strict=True)]
    return years


def _kroner(amount: int) -> Decimal:
    return Decimal(amount) / 100
