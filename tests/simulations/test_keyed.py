"""Keyed numbers: what is simulated for someone never depends on how many others are simulated, nor in which order."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from scenarios import Scenario, load
from simulations.designs import play
from simulations.draws import Draws
from simulations.lives import Life
from simulations.run import block_of, simulate
from simulations.setup import Variant, prepare
from simulations.world import Block

from .strategies import scenarios

AARHUS = "scenarios/aarhus-unge-hjemloese.yaml"


def with_(scenario: Scenario, path: list[str], value: Any) -> Scenario:
    """The scenario with one value changed."""
    tree = scenario.model_dump(by_alias=True)
    *parents, last = path
    branch = tree
    for key in parents:
        branch = branch[key]
    branch[last] = value
    return Scenario.model_validate(tree)


def course(life: Life, cell: int) -> list[tuple[int, int, int]]:
    """One life: (state, entry, exit) in order."""
    found = []
    for spells in life:
        at = np.flatnonzero(spells.cell == cell)
        states = np.broadcast_to(np.asarray(spells.state), spells.cell.shape)
        found += [(int(states[n]), int(spells.entry[n]), int(spells.exit[n])) for n in at]
    return found


def block(scenario: Scenario, rows: int) -> Block:
    return Block(prepare(scenario), Draws(5, 0, scenario.target_group.citizens, rows))


@pytest.mark.parametrize("domain", ["housing", "labour_market", "self_mastery"])
def test_a_larger_cohort_leaves_the_lives_of_those_before_as_they_were(domain: str) -> None:
    small, large = load(AARHUS), with_(load(AARHUS), ["target_group", "citizens"], 50)
    one, two = block(small, 20), block(large, 20)
    for cell in range(0, 36 * 20, 37):
        assert course(one.without(domain), cell) == course(two.without(domain), cell)


def test_a_larger_cohort_takes_no_place_from_those_before() -> None:
    small, large = load(AARHUS), with_(load(AARHUS), ["target_group", "citizens"], 50)
    served = [block(scenario, 20).world(Variant()).enrolment for scenario in (small, large)]
    assert (served[0].starts == served[1].starts[: 36 * 20]).all()
    assert (served[0].stops == served[1].stops[: 36 * 20]).all()


def test_more_replications_leave_the_first_as_they_were() -> None:
    scenario = load(AARHUS)
    few, many = simulate(scenario, 150, 3), simulate(scenario, 450, 3)
    for design in scenario.designs:
        assert (few.designs[design].net == many.designs[design].net[:150]).all()
        assert (few.designs[design].party_total == many.designs[design].party_total[:150]).all()


def test_blocks_may_come_in_any_order() -> None:
    scenario = load(AARHUS)
    setup, whole = prepare(scenario), simulate(scenario, 500, 9).designs["dsi"]
    for number in (2, 0, 1):
        size = 100 if number == 2 else 200
        played = play(block_of(setup, 9, "keyed", number, size), "dsi")
        assert played.course is not None
        paid = played.course.position.paid.sum(axis=1)
        assert (paid == whole.paid[number * 200 : number * 200 + size]).all()


@settings(max_examples=15)
@given(scenarios())
def test_two_workers_find_the_same_as_one(scenario: Scenario) -> None:
    one, two = (simulate(scenario, 450, 2, workers=workers) for workers in (1, 2))
    for design in scenario.designs:
        a, b = one.designs[design], two.designs[design]
        assert (a.net == b.net).all()
        assert (a.party_year == b.party_year).all()
        assert all((a.lines[line].counts == b.lines[line].counts).all() for line in a.lines)


@settings(max_examples=25)
@given(scenarios())
def test_a_copy_of_a_design_differs_by_exactly_nothing(scenario: Scenario) -> None:
    name = "grant"
    tree = scenario.model_dump(by_alias=True)
    twice = Scenario.model_validate(tree | {"designs": dict.fromkeys(("a", "b"), tree["designs"][name])})
    found = simulate(twice, 40, 4)
    assert (found.designs["a"].net == found.designs["b"].net).all()
    assert (found.designs["a"].party_total == found.designs["b"].party_total).all()


@settings(max_examples=25)
@given(scenarios())
def test_without_effect_nothing_is_saved_and_nothing_changes(scenario: Scenario) -> None:
    """Hazard ratios of 1 differ from nothing by exactly zero in every replication, whatever else the scenario says."""
    tree = scenario.model_dump(by_alias=True)
    for domain in tree["domains"].values():
        domain["with"] = {arrow: {"hazard_ratio": 1} for arrow in domain["with"]}
    one = block(Scenario.model_validate(tree), 20)
    for name in scenario.designs:
        world = play(one, name).world
        assert not any(saving.gross.any() or saving.refusion.any() for saving in world.savings.values())
        for with_help, anyway in zip(world.follow_ups, world.anyway, strict=True):
            assert sorted(with_help.reached.tolist()) == sorted(anyway.reached.tolist())


@settings(max_examples=20)
@given(scenarios())
def test_a_design_that_pays_nothing_pays_nothing(scenario: Scenario) -> None:
    tree = scenario.model_dump(by_alias=True)
    gift = {"clauses": {"gift": {"kind": "none"}}, "limits": [], "amendments": [], "floor": None, "guarantee": None}
    tree["designs"]["pool"]["contract"] |= gift
    found = simulate(Scenario.model_validate(tree), 30, 6).designs["pool"]
    assert not found.paid.any()
    assert not any(totals.total.any() for line, totals in found.lines.items() if line.what.startswith("payment:"))
