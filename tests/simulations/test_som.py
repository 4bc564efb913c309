"""A simulation as a SØM calculation and back, and the difference between the two explained to the øre."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.money import PPM
from scenarios import Scenario, load
from scenarios.parts import Design
from scenarios.som import LAST_YEAR, Som
from scenarios.som_result import entries, totals
from simulations.results import DesignResult, line_totals
from simulations.run import Results, simulate
from simulations.som_explained import STEPS, at_average_prices, explain, without_financing
from simulations.som_export import NoSuccess, Words, som_of

from ..scenarios.som_cases import consequence, soms, stated

ROOT = Path(__file__).parents[2]
WORDS = Words("years", "in all", "simulated")
ALONE = "ordinary_budget"


def alone(name: str) -> Scenario:
    """A scenario with an ordinary budget only."""
    return load(ROOT / name).model_copy(update={"designs": {ALONE: Design(kind="ordinary_budget")}})


AARHUS = simulate(alone("scenarios/aarhus-unge-hjemloese.yaml"), 200)
BY_HAND = load(ROOT / "tests/data/worked-example.yaml")
EVERY = {"aarhus": load(ROOT / "scenarios/aarhus-unge-hjemloese.yaml"), "by_hand": BY_HAND}
SIMULATED = {name: simulate(each, 100) for name, each in EVERY.items()}


@lru_cache
def both(name: str, design: str) -> tuple[Results, Results]:
    """A scenario simulated as it is, and as SØM prices it."""
    average = at_average_prices(without_financing(EVERY[name], design))
    return SIMULATED[name], simulate(average, 100)


def simulated_means(results: Results, actor: str) -> list[Fraction]:
    """The mean of a party by year, øre."""
    found = results.designs[ALONE]
    flows = [flow for side, flow in zip(found.parties, found.party_year, strict=True) if side.party == actor]
    return [
        Fraction(sum(int(flow[year]) for flow in flows), results.replications) for year in range(len(results.years))
    ]


@pytest.mark.parametrize("actor", ["municipality", "state"])
def test_an_export_has_the_simulations_totals_in_every_year(actor: str) -> None:
    """Within an øre for each row, and half an øre for each unit, whose price is rounded."""
    som = som_of(AARHUS, ALONE, WORDS)
    by_year = totals((entry for entry in entries(som) if entry.actor == actor), lambda entry: entry.year)
    for year, mean in enumerate(simulated_means(AARHUS, actor)):
        rows = [row for row in som.consequences if row.actor == actor and row.year == year + 1]
        units = sum(abs(row.quantity) for row in rows) * som.successes / PPM
        assert abs(by_year.get(year, (0, 0))[0] - mean) <= len(rows) + 1 + units / 2


@pytest.mark.parametrize("name", ["scenarios/aarhus-unge-hjemloese.yaml", "scenarios/holbaek-ips.yaml"])
def test_an_export_at_average_prices_has_those_of_whole_places(name: str) -> None:
    scenario = alone(name)
    average = som_of(simulate(at_average_prices(scenario), 20), ALONE, WORDS)
    for row in average.consequences:
        (line,) = (line for key, line in scenario.economy.items() if key.replace("_", " ") == row.area)
        if row.unit == "years":
            assert 0 <= row.price <= line.kroner_per_year + 1


def test_an_amount_without_a_price_by_the_year_stands_as_one_unit() -> None:
    """A refusion that is more than the saving: what is saved costs the municipality money."""
    scenario = alone("tests/data/worked-example.yaml")
    results = simulate(scenario, 1)
    found = results.designs[ALONE]
    (refusion,) = (line for line in found.lines if line.what == "refusion:shelter")
    found.lines[refusion] = line_totals(5 * found.lines[refusion].total.reshape(1, -1))
    som = som_of(results, ALONE, WORDS)
    shelter = [row for row in som.consequences if row.area == "shelter"]
    assert {(row.actor, row.unit) for row in shelter} == {("municipality", "in all"), ("state", "in all")}
    assert {row.quantity for row in shelter if row.actor == "municipality"} == {Decimal(1)}  # it loses
    assert {row.quantity for row in shelter if row.actor == "state"} == {Decimal(-1)}


def test_years_beyond_the_tenth_are_left_out() -> None:
    som = som_of(simulate(alone("scenarios/aarhus-laer-for-livet.yaml"), 10), ALONE, WORDS)
    assert {row.year for row in som.consequences} <= set(range(1, LAST_YEAR + 1))
    assert max(row.year for row in som.consequences) == LAST_YEAR


def test_what_has_no_success_has_no_consequences() -> None:
    scenario = alone("tests/data/worked-example.yaml")
    without = scenario.model_copy(update={"measures": {}})
    with pytest.raises(NoSuccess, match="no outcome measure"):
        som_of(simulate(without, 1), ALONE, WORDS)
    same = simulate(scenario, 1)
    same.designs[ALONE].reached = dict.fromkeys(same.designs[ALONE].reached, (3, 3))
    with pytest.raises(NoSuccess, match="as many reach"):
        som_of(same, ALONE, WORDS)


SOM_BY_HAND = Som.model_validate(
    {
        "title": "Worked example",
        "citizens": stated(10),
        "success_difference": stated("0.4"),
        "success_after_years": stated(0),
        "discount_rate": stated("0.03"),
        "price_level": stated(2020),
        "costs": [{"year": 0, "actor": "municipality", "committee": "social", "amount": Decimal(2_500_000)}],
        "consequences": [
            consequence(1, "-0.5", "270000"),
            consequence(2, "-1", "270000"),
            consequence(3, "-1", "270000"),
            consequence(1, "-0.5", "270000", "state"),
        ],
    }
)


def test_the_steps_of_a_case_worked_by_hand() -> None:
    """SØM: 4 successes × 270,000 × (0.5, 1, 1) = 540,000, 1,080,000, 1,080,000, at 3 % 2,606,547.27 (1,048,543.69 and
    1,018,003.58 in the later years); less 2,500,000 is 106,547.27 for the municipality; 540,000 for the state.

    The simulation, not discounted: 180 months in a shelter less. At 45,000 a month, half of it refunded, that is
    4,050,000, of which 60 % are cashable: 2,430,000. 24 months of benefits less at 12,000, 20 % refunded: 230,400.
    Costs 3,000,000. Net −339,600. At month 36 seven are housed with the intervention and two without it: 5 successes.

    Undiscounted SØM says 200,000: + 93,452.73. Costs 500,000 higher: −300,000. Five successes and not four: 5/4 of
    2,700,000, + 675,000. Average gains 4,280,400 and not 3,375,000: + 905,400. No rate, no timing. Of 4,050,000 40 %
    are not released: −1,620,000, which leaves −339,600.
    """
    found = explain(SOM_BY_HAND, *both("by_hand", "ordinary"), "ordinary")
    assert found.som == 646_547_27
    assert found.simulated == -339_600_00
    assert found.successes == (4_000_000, 5_000_000)
    assert found.steps == {
        "state": -540_000_00,
        "region": 0,
        "discounting": 93_452_73,
        "horizon": 0,
        "costs": -500_000_00,
        "successes": 675_000_00,
        "consequences": 905_400_00,
        "timing": 0,
        "cashability": -1_620_000_00,
        "financing": 0,
    }


def test_financing_is_what_a_design_differs_by_from_an_ordinary_budget() -> None:
    for name in ("rate_card", "pool", "gain_share"):
        found = explain(SOM_BY_HAND, *both("by_hand", name), name)
        assert found.simulated == int(SIMULATED["by_hand"].designs[name].net.sum()) // 100
        assert found.steps["financing"] == found.simulated + 339_600_00


def test_what_was_exported_differs_only_by_what_is_not_the_municipalitys() -> None:
    som = som_of(AARHUS, ALONE, WORDS)
    found = explain(som, AARHUS, simulate(at_average_prices(AARHUS.scenario), 200), ALONE)
    own = sum(entry.present for entry in entries(som) if entry.actor == "municipality")
    assert abs(own - found.simulated) < 200  # øre, over some fifty rows
    for name in ("region", "discounting", "horizon", "costs", "financing"):
        assert found.steps[name] == 0
    at_prices = ("successes", "consequences", "timing", "cashability")
    assert abs(sum(found.steps[name] for name in at_prices)) < 200


def test_gains_that_cancel_out_have_no_timing_of_their_own() -> None:
    rows = [consequence(1, "-1", "1000"), consequence(2, "1", "1000")]
    som = Som.model_validate(SOM_BY_HAND.model_dump() | {"consequences": rows})
    found = explain(som, *both("aarhus", "ordinary_budget"), "ordinary_budget")
    assert "timing" not in found.steps
    assert found.som + sum(found.steps.values()) == found.simulated


@settings(max_examples=60, deadline=None)
@given(soms, st.sampled_from([(name, design) for name, each in EVERY.items() for design in each.designs]))
def test_the_steps_always_add_to_the_difference(som: Som, which: tuple[str, str]) -> None:
    name, design = which
    found = explain(som, *both(name, design), design)
    assert found.som == sum(entry.present for entry in entries(som))
    assert found.som + sum(found.steps.values()) == found.simulated
    assert list(found.steps) == [step for step in STEPS if step in found.steps]
    results = SIMULATED[name]
    rate = float(results.scenario.discounting.rate)
    mean = sum(
        float(total) / results.replications / (1 + rate) ** year
        for year, total in enumerate(results.designs[design].net.sum(axis=0))
    )
    assert abs(found.simulated - mean) <= 3 * len(results.years)
    assert sum(ours for _, ours in found.years) == pytest.approx(
        float(results.designs[design].net.sum(axis=1).mean()), abs=10
    )


def test_average_prices_change_no_life() -> None:
    before, after = (each.designs["ordinary_budget"] for each in both("aarhus", "ordinary_budget"))
    assert before.reached == after.reached

    def saved(found: DesignResult, what: str) -> Any:
        return sum(int(totals.total.sum()) for line, totals in found.lines.items() if line.what == what)

    assert saved(before, "saving:benefits") == saved(after, "saving:benefits")
    assert saved(before, "saving:shelter") == pytest.approx(0.6 * saved(after, "saving:shelter"))
