"""What the rules of the municipal purse add to a design's postings; see `scenarios.purse` for what each rule means."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from contracts.ledger import MUNICIPALITY, OTHERS, STATE, TREASURY, Account, Posting, net
from contracts.money import PPM, Ore, muldiv, ppm
from scenarios.model import Scenario
from scenarios.parts import Party
from scenarios.purse import Equalisation, Purse, purse_rules

from .setup import Setup
from .world import World

Ints = NDArray[np.int64]
_TREASURY = Account(MUNICIPALITY, TREASURY, "financing", False)


def purse_postings(setup: Setup, world: World, postings: Sequence[Posting]) -> list[Posting]:
    """What follows from a design's postings by the rules that are switched on: from the treasury to state and others.

    One rate per step, each rounded to an øre. Nothing where no rule is on.
    """
    scenario = setup.scenario
    return [
        *_grant_taxes(scenario, setup.years, postings),
        *_not_kept(setup, world),
        *_sanction(scenario.purse, setup.years, postings),
    ]


def _grant_taxes(scenario: Scenario, years: Sequence[int], postings: Sequence[Posting]) -> Iterator[Posting]:
    """Fondsmoms on what a party gives to the municipality, or pays for it under the contract."""
    for name, party in scenario.parties.items():
        if not party.fondsmoms:
            continue
        given = [p.amount for p in postings if p.giver.party == name and p.receiver.party in (MUNICIPALITY, "contract")]
        if given:
            tax = muldiv(np.sum(given, axis=0), _tax_rates(party, years), PPM)
            yield Posting(f"fondsmoms:{name}", _TREASURY, Account(STATE), tax)


def _tax_rates(party: Party, years: Sequence[int]) -> Ints:
    """Millionths by year."""
    if not isinstance(party.fondsmoms, bool):
        return _millionths(party.fondsmoms for _ in years)
    return _millionths(purse_rules().foundation_vat.in_force(year).share for year in years)


def _millionths(shares: Iterable[Decimal]) -> Ints:
    return np.array([ppm(share) for share in shares], np.int64)


def _not_kept(setup: Setup, world: World) -> Iterator[Posting]:
    """Of gains on transfers and taxes: what all municipalities have and the state takes, and what is equalised."""
    purse = setup.scenario.purse
    if purse.budget_guarantee is None and purse.equalisation is None:
        return
    everywhere = ppm(purse.budget_guarantee.also_in_other_municipalities) if purse.budget_guarantee else 0
    transfers, taxes = _gains(setup, world, "transfer"), _gains(setup, world, "financing")
    shared = muldiv(transfers, everywhere, PPM)
    if purse.budget_guarantee:
        yield Posting("budget_guarantee", _TREASURY, Account(STATE), shared)
    if purse.equalisation:
        own = transfers - shared + taxes - muldiv(taxes, everywhere, PPM)
        equalised = muldiv(own, _equalised(purse.equalisation, setup.years), PPM)
        yield Posting("equalisation", _TREASURY, Account(OTHERS), equalised)


def _gains(setup: Setup, world: World, budget_class: str) -> Ore:
    """What the lines of a class save or bring after refusion, øre [row, year]."""
    total = np.zeros_like(next(iter(world.savings.values())).gross)
    for line in setup.lines:
        if line.line.budget_class == budget_class:
            total += world.savings[line.name].gross - world.savings[line.name].refusion
    return total


def _equalised(about: Equalisation, years: Sequence[int]) -> Ints:
    """Millionths by year."""
    share = about.share
    if not isinstance(share, str):
        return _millionths(share for _ in years)
    return _millionths(purse_rules().equalisation[share].in_force(year).share for year in years)


def _sanction(purse: Purse, years: Sequence[int], postings: Sequence[Posting]) -> Iterator[Posting]:
    """Own share of the service room that a design takes in a year, times the probability of a collective overrun."""
    if purse.sanction is None:
        return
    taken = np.maximum(-net(postings, lambda account: account.under_ceiling), 0)
    own = muldiv(taken, _own_shares(purse.sanction.population_share, years), PPM)
    expected = muldiv(own, ppm(purse.sanction.overrun_probability), PPM)
    yield Posting("sanction", _TREASURY, Account(STATE), expected)


def _own_shares(population: Decimal, years: Sequence[int]) -> Ints:
    """What the rule lays on a municipality of its own overrun, millionths by year, the collective part rounded."""
    versions = [purse_rules().sanction.in_force(year) for year in years]
    shares = [ppm(v.individual) + muldiv(ppm(v.collective), ppm(population), PPM) for v in versions]
    return np.array(shares, np.int64)
