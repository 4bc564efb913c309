"""What the rules of the municipal purse post, by hand, and by a second way of reckoning; all parties balance."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from contracts.ledger import Account
from scenarios import Scenario, library, load
from scenarios.purse import purse_rules
from simulations.designs import Played, play
from simulations.run import simulate

from .strategies import scenarios
from .test_cashability import rounded
from .test_designs import by_year, contract, played, scenario
from .test_recorded_equals_array import block, check_balance

TREASURY = Account("municipality", "treasury", "financing", False)


def job(area: str, **changed: Any) -> Scenario:
    """One recipient of kontanthjælp who has a job in all of 2007: the published example, in kroner."""
    work = {"kind": "stated", "states": ["benefit", "job"], "stated": [{"citizens": 1, "with": {"2007-01-01": "job"}}]}
    line = {"domain": "work", "committee": "employment"}
    tree = scenario().model_dump(by_alias=True) | {
        "start": "2006-01-01",
        "horizon_years": 2,
        "target_group": {"citizens": 1, "intake": {"per_month": 1}},
        "domains": {"work": work},
        "economy": {
            "benefit": line | {"state": "benefit", "gross_per_year": 68_200, "class": "transfer"},
            "tax": line | {"state": "job", "gross_per_year": 30_000, "class": "financing"},
        },
        "purse": {"equalisation": {"share": f"cash_benefit_to_job_{area}"}},
    }
    return Scenario.model_validate(tree | changed)


@pytest.mark.parametrize(
    ("area", "equalised", "net"),
    [
        ("outside_capital", 23_400, 74_800),
        ("weak_tax_base", 39_000, 59_200),
        ("capital_area", 49_300, 48_900),
    ],
)
def test_the_published_example_of_equalisation(area: str, equalised: int, net: int) -> None:
    one = played(job(area), "own")
    assert by_year(one, "saving:benefit") == [0, 68_200]
    assert by_year(one, "saving:tax") == [0, 30_000]
    paid = by_year(one, "equalisation")
    assert [round(kroner, -2) for kroner in paid] == [0, equalised]
    assert round(68_200 + 30_000 - paid[1], -2) == net
    (posting,) = (posting for posting in one.postings if posting.what == "equalisation")
    assert (posting.giver, posting.receiver.party) == (TREASURY, "other_municipalities")


def test_what_is_saved_everywhere_is_not_kept_and_not_equalised() -> None:
    purse = {"budget_guarantee": {"also_in_other_municipalities": 1}, "equalisation": {"share": Decimal("0.4")}}
    one = played(job("capital_area", purse=purse), "own")
    assert by_year(one, "budget_guarantee") == [0, 68_200]
    assert by_year(one, "equalisation") == [0, 0]
    half = {"budget_guarantee": {"also_in_other_municipalities": "0.5"}, "equalisation": {"share": Decimal("0.4")}}
    one = played(job("capital_area", purse=half), "own")
    assert by_year(one, "budget_guarantee") == [0, 34_100]
    assert by_year(one, "equalisation") == [0, (34_100 + 15_000) * 0.4]


def test_a_rule_must_be_in_force_in_every_year() -> None:
    with pytest.raises(ValidationError, match="in force in 2021 to 2022"):
        job("capital_area", start="2020-01-01", horizon_years=3)
    with pytest.raises(ValidationError, match="in force in 2006 to 2007"):
        job("capital_area", purse={"sanction": {"overrun_probability": "0.5"}})
    with pytest.raises(ValidationError, match="unknown equalisation rule"):
        job("moon")


def test_room_taken_costs_the_own_share_of_the_sanction_times_its_probability() -> None:
    """Overrun 30,000 in 2022: 60 % and 5 % of 40 %, with probability a quarter. Later years give room."""
    purse = {"sanction": {"overrun_probability": "0.25", "population_share": "0.05"}}
    tree = scenario(purse=purse).model_dump(by_alias=True)
    tree["economy"]["shelter"]["notice_months"] = 6
    one = played(Scenario.model_validate(tree), "own")
    assert by_year(one, "sanction") == [30_000 * 0.62 / 4, 0, 0]
    (posting,) = (posting for posting in one.postings if posting.what == "sanction")
    assert (posting.giver, posting.receiver.party) == (TREASURY, "state")


@pytest.mark.parametrize(("stated", "rate"), [(True, 0.175), (Decimal("0.1"), 0.1), (False, 0)])
def test_a_grant_bears_fondsmoms_on_capital_and_guarantee(stated: bool | Decimal, rate: float) -> None:
    guarantee = {"by": "Fonden", "amount": 100_000}
    agreed = contract({"Fonden": 0.5, "Puljen": 0.5}, draws={0: 200_000}, guarantee=guarantee)
    agreed["clauses"]["gain"]["tiers"] = [{"share": 0.0}]
    found = scenario(
        parties={"Fonden": {"role": "investor", "fondsmoms": stated}, "Puljen": {"role": "fund", "in_purse": True}},
        designs={"grant": {"kind": "external_investor", "contract": agreed}},
    )
    one = played(found, "grant")
    assert by_year(one, "payment:guarantee") == [0, 0, 100_000]
    tax = by_year(one, "fondsmoms:Fonden") if rate else [0, 0, 0]
    assert tax == [100_000 * rate, 0, 100_000 * rate]
    assert bool(rate) == any(posting.what.startswith("fondsmoms") for posting in one.postings)


def test_a_loan_to_the_supplier_is_no_grant() -> None:
    found = scenario(
        parties={"Fonden": {"role": "investor", "fondsmoms": True}},
        designs={
            "loan": {"kind": "external_investor", "capital_to": "supplier", "contract": contract({"Fonden": 1})},
        },
    )
    assert not any(posting.what.startswith("fondsmoms") for posting in played(found, "loan").postings)


def test_the_own_fund_gives_no_grants() -> None:
    with pytest.raises(ValidationError, match="its money is no grant"):
        scenario(parties={"Puljen": {"role": "fund", "in_purse": True, "fondsmoms": True}})


def test_a_haircut_on_the_effect_is_the_effect_factor_of_every_design() -> None:
    found = load(library()["aarhus-unge-hjemloese"])
    cut = found.model_copy(
        update={"optimism_haircut": found.optimism_haircut.model_copy(update={"effect": Decimal("0.2")})}
    )
    weaker = {
        name: design.model_copy(update={"effect_factor": Decimal("0.8")}) for name, design in found.designs.items()
    }
    a, b = (simulate(each, 50, 1) for each in (cut, found.model_copy(update={"designs": weaker})))
    assert all((a.designs[name].net == b.designs[name].net).all() for name in found.designs)
    assert a.designs["dsi"].paid.mean() < simulate(found, 50, 1).designs["dsi"].paid.mean()


def test_a_haircut_on_the_gain_leaves_lives_and_cuts_what_is_released() -> None:
    cut = scenario(optimism_haircut={"gain": "0.35", "mark": "A"})
    one = played(cut, "own")
    assert by_year(one, "saving:shelter") == [
        0.65 * year for year in by_year(played(scenario(), "own"), "saving:shelter")
    ]
    assert by_year(one, "refusion:shelter") == [0.65 * 60_000, 0.65 * 120_000, 0.65 * 120_000]


def amounts(one: Played, what: str) -> np.ndarray:
    """Øre [row, year] of the postings that begin so."""
    found = [posting.amount for posting in one.postings if posting.what.startswith(what)]
    return np.sum(found, axis=0) if found else np.zeros((3, 1), np.int64)


def gains(one: Played, budget_class: str) -> np.ndarray:
    """Øre [row, year] that lines of a class save or bring after refusion, seen from the postings."""
    total = np.zeros_like(one.postings[0].amount)
    for posting in one.postings:
        if posting.what.startswith(("saving:", "refusion:")):
            total += posting.amount * (posting.receiver.budget_class == budget_class)
            total -= posting.amount * (posting.giver.budget_class == budget_class)
    return total


def reckoned(found: Scenario, one: Played, row: int, year: int) -> dict[str, int]:
    """What each rule takes in one year of one replication, øre, from the other postings, one at a time."""
    purse, taken = found.purse, {}
    transfers, taxes = (int(gains(one, name)[row, year]) for name in ("transfer", "financing"))
    room = sum(
        int(posting.amount[row, year]) * (posting.receiver.under_ceiling - posting.giver.under_ceiling)
        for posting in one.postings
    )
    everywhere = (
        Fraction(purse.budget_guarantee.also_in_other_municipalities) if purse.budget_guarantee else Fraction(0)
    )
    if purse.budget_guarantee:
        taken["budget_guarantee"] = rounded(transfers * everywhere)
    if purse.equalisation:
        own = transfers - rounded(transfers * everywhere) + taxes - rounded(taxes * everywhere)
        assert isinstance(purse.equalisation.share, Decimal)
        taken["equalisation"] = rounded(own * Fraction(purse.equalisation.share))
    if purse.sanction:
        collective = Fraction(rounded(Fraction(4, 10) * Fraction(purse.sanction.population_share) * 10**6), 10**6)
        own = rounded(max(-room, 0) * (Fraction(6, 10) + collective))
        taken["sanction"] = rounded(own * Fraction(purse.sanction.overrun_probability))
    return taken


@settings(max_examples=60)
@given(scenarios())
def test_each_rule_takes_what_a_second_reckoning_takes(found: Scenario) -> None:
    one = block(found)
    for design in found.designs:
        seen = play(one, design)
        for row in range(3):
            for year in range(len(found.years)):
                taken = {
                    name: int(amounts(seen, name)[row, year])
                    for name in ("budget_guarantee", "equalisation", "sanction")
                    if any(posting.what == name for posting in seen.postings)
                }
                assert taken == reckoned(found, seen, row, year)


def switched_on(found: Scenario) -> Scenario:
    """A scenario with every rule of the purse on, every grant taxed, and every place at notice and partly refilled."""
    tree = found.model_dump(by_alias=True)
    tree["purse"] = {
        "sanction": {"overrun_probability": "0.25", "population_share": "0.01"},
        "equalisation": {"share": Decimal("0.4")},
        "budget_guarantee": {"also_in_other_municipalities": "0.3"},
    }
    tree["optimism_haircut"] = {"effect": "0.2", "gain": "0.1"}
    for party in tree["parties"].values():
        party["fondsmoms"] = not party["in_purse"]
    for line in tree["economy"].values():
        if line["class"] == "service":
            line |= {"notice_months": 3, "refilled": "0.25"}
    return Scenario.model_validate(tree)


@pytest.mark.parametrize("every_rule", [False, True])
@pytest.mark.parametrize("path", [*library().values(), "tests/data/worked-example.yaml"])
def test_all_parties_balance_but_for_real_resources_in_the_scenarios_that_people_use(
    path: str, every_rule: bool
) -> None:
    found = switched_on(load(path)) if every_rule else load(path)
    one = block(found)
    for design in found.designs:
        check_balance(one, design, play(one, design))


def test_the_national_rules_carry_their_sources() -> None:
    rules = purse_rules()
    for rule in (rules.sanction, rules.foundation_vat, *rules.equalisation.values()):
        assert all(version.mark in ("P", "D") and version.source for version in rule.versions)
