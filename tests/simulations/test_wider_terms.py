"""Bands, conditions, gates, subgroups and the rest on the worked example, whose ten lives one can follow by hand.

All ten are enrolled on the first day. With the intervention 8, 8 and 7 have been housed for half a year at the ends of
the three years, all but the seventh and eighth, in the third year without the sixth; without the intervention it is
nobody in the first year, and then the last two. The third and the eighth are young.
"""

from typing import Any

import pytest

from scenarios import Scenario, load
from simulations.designs import due_in
from simulations.results import DesignResult
from simulations.run import block_of, simulate
from simulations.setup import Variant, prepare, subgroups

EXAMPLE = load("tests/data/worked-example.yaml")
PRICED = {"kind": "unit_price", "metric": "housed", "price": 1000}
TIERED = {"kind": "unit_price", "metric": "housed", "tiers": [{"price": 1000, "until": 10}, {"price": 100}]}
BANDED = {"kind": "band", "metric": "housed", "steps": [{"at_least": "0.75", "pays": 100_000}]}
LAST = BANDED | {"on": "last_measurement"}
EACH = BANDED | {"on": "each_measurement"}
LINE = {"kind": "band", "metric": "housed", "nodes": [{"at": "0.7", "pays": 0}, {"at": "0.9", "pays": 3000}]}
SHARE = {"kind": "band", "metric": "housed", "of": "capital_drawn", "steps": [{"above": 0, "share": "0.1"}]}


def scenario(*clauses: dict[str, Any], **contract: Any) -> Scenario:
    """The example with other clauses, or other terms, in the contract of its rate card."""
    tree = EXAMPLE.model_dump(by_alias=True)
    tree["target_group"]["groups"] = {"old": 8, "young": 2}
    terms = tree["designs"]["rate_card"]["contract"]
    named = {f"clause {number}": clause for number, clause in enumerate(clauses)}
    plain = {"limits": [], "statements": {"every_months": 12}, "payers": {"municipality": 1}}
    terms |= plain | {"clauses": named} | contract
    return Scenario.model_validate(tree)


def due(*clauses: dict[str, Any], **contract: Any) -> list[list[int]]:
    """Kroner that each clause has earned by each statement, at the end of each of the three years and when due."""
    block = block_of(prepare(scenario(*clauses, **contract)), 1, "keyed", 0, 3)
    found = due_in(block, block.setup.contracts["rate_card"], block.world(Variant()))
    assert (found == found[:1]).all(), "stated lives are the same in every replication"
    assert not (found % 100).any()
    earned: list[list[int]] = (found[0] // 100).tolist()
    return earned


def result(*clauses: dict[str, Any], **contract: Any) -> DesignResult:
    return simulate(scenario(*clauses, **contract), 2, 1, designs=["rate_card"]).designs["rate_card"]


@pytest.mark.parametrize(
    ("clause", "earned"),
    [
        (PRICED, [8_000, 16_000, 23_000]),
        (PRICED | {"metric": "enrolled"}, [10_000, 10_000, 10_000]),
        (PRICED | {"per": "0.5"}, [16_000, 32_000, 46_000]),
        (PRICED | {"quota": "0.5"}, [5_000, 10_000, 15_000]),
        (PRICED | {"most_per_person": 2}, [8_000, 16_000, 16_000]),
        (PRICED | {"less": ["enrolled"]}, [0, 6_000, 13_000]),
        (PRICED | {"for_groups": ["young"]}, [1_000, 2_000, 3_000]),
        (PRICED | {"requires": [{"metric": "housed", "month": 36}]}, [0, 0, 21_000]),
        (PRICED | {"requires": [{"metric": "housed", "month": 24, "counts": "from_then"}]}, [0, 8_000, 15_000]),
        (PRICED | {"only_if": [{"metric": "housed", "value": "number", "above": 8}]}, [0, 16_000, 23_000]),
        (PRICED | {"unless": [{"metric": "housed", "at_least": "0.78"}]}, [0, 0, 23_000]),
        (
            PRICED | {"unless": [{"metric": "housed", "at_least": "0.6", "for_groups": ["young"]}]},
            [8_000, 16_000, 23_000],
        ),
        (TIERED, [8_000, 10_600, 11_300]),
        (BANDED, [100_000, 100_000, 100_000]),
        (LAST, [100_000, 100_000, 0]),
        (LAST | {"for_groups": ["old"]}, [100_000, 100_000, 100_000]),
        (EACH | {"months": [12, 36], "otherwise": {"pays": 7}}, [100_007, 100_007, 200_014]),
        (LAST | {"due": [24, 36], "otherwise": {"pays": 9}}, [0, 100_000, 100_009]),
        (LINE, [1_500, 1_500, 1_000]),
        (SHARE, [180_000, 300_000, 300_000]),
        (SHARE | {"due": [18, 36], "per_year": True}, [0, 450_000, 450_000, 900_000]),
    ],
)
def test_what_a_clause_earns(clause: dict[str, Any], earned: list[int]) -> None:
    assert due(clause) == [earned]


def test_what_has_been_drawn_on_the_day_of_a_statement_counts() -> None:
    assert due(SHARE, draws={12: 1_000_000, 24: 500_000}) == [[100_000, 150_000, 150_000]]


def test_a_condition_looks_at_what_an_earlier_clause_has_earned() -> None:
    bonus = {"kind": "scheduled", "amounts": {12: 500}, "unless": [{"clause": "clause 0", "above": 10_000}]}
    assert due(PRICED, bonus)[1] == [500, 0, 0]


def test_that_somebody_was_measured_is_known_when_nobody_succeeded() -> None:
    """Two work at the end of the third year, and nobody before: at most nobody, since they were asked."""
    few = {"metric": "work", "value": "number", "at_most": 0}
    tree = scenario(PRICED).model_dump(by_alias=True)
    tree["measures"]["work"] = {"kind": "outcome", "domain": "work", "state": "work", "at_months": [12, 36]}
    tree["designs"]["rate_card"]["contract"]["clauses"]["clause 0"]["only_if"] = [few]
    block = block_of(prepare(Scenario.model_validate(tree)), 1, "keyed", 0, 2)
    found = due_in(block, block.setup.contracts["rate_card"], block.world(Variant()))
    assert found[0].tolist() == [[800_000, 1_600_000, 0]]


def test_an_amendment_settles_what_is_found_from_its_day() -> None:
    amendment = {"from": "2021-07-01", "clauses": {"clause 0": PRICED | {"price": 10}, "clause 1": PRICED}}
    assert due(PRICED, amendments=[amendment]) == [[8_000, 8_000, 8_000], [0, 80, 150], [0, 8_000, 15_000]]


@pytest.mark.parametrize(
    ("clause", "kroner"),
    [
        (PRICED, 30_000),
        (PRICED | {"metric": "enrolled"}, 10_000),
        (PRICED | {"per": 3}, 9_999.9),  # 333.33 kr. for each
        (PRICED | {"quota": "0.5"}, 15_000),
        (PRICED | {"most_per_person": 2}, 20_000),
        (PRICED | {"most_per_person": "1.5", "for_groups": ["young"]}, 3_000),
        ({"kind": "unit_price", "metric": "housed", "prices": {12: 1, 36: 9}, "most_per_person": 1}, 90),
        (TIERED | {"most_per_person": 1}, 10_000),
        (TIERED, 12_000),
        (PRICED | {"requires": [{"metric": "housed", "month": 24}], "less": ["enrolled"]}, 30_000),
        (PRICED | {"unless": [{"metric": "enrolled", "above": 0}]}, 30_000),
        (BANDED, 100_000),
        (EACH, 600_000),
        (LAST | {"due": [24, 36], "otherwise": {"pays": 100_001}}, 200_002),
        (LINE, 3_000),
        (SHARE | {"steps": [{"above": 0, "share": "0.1"}, {"above": "0.5", "pays": 200_000}]}, 300_000),
        ({"kind": "scheduled", "amounts": {12: 500}, "only_if": [{"metric": "housed", "above": "0.9"}]}, 500),
    ],
)
def test_the_most_that_it_can_come_to_pay(clause: dict[str, Any], kroner: float) -> None:
    assert result(clause).maximum == round(100 * kroner)


def test_what_payers_may_pay_bounds_it_and_a_compensation_adds_to_it() -> None:
    split = PRICED | {"payers": {"municipality": "0.4", "state": "0.6"}}
    cap = {"kind": "per_payer", "payer": "state", "amount": 5_000}
    assert result(split, limits=[cap]).maximum == 100 * (12_000 + 5_000)
    assert result(PRICED, early_end={"compensation": 700}).maximum == 100 * 30_700
    total = {"kind": "total", "amount": 30_100}
    assert result(PRICED, early_end={"compensation": 700}, limits=[total]).maximum == 100 * 30_100


def test_what_lapses_in_a_good_year_does_not_bound_a_slow_one() -> None:
    """Each goal earns half at once, and half when it is seen that there are many: the second half is not too much."""
    half = {"kind": "unit_price", "metric": "housed", "prices": {12: 500}}
    late = half | {"only_if": [{"metric": "housed", "value": "number", "above": 8}]}
    found = result(half, late, limits=[{"kind": "per_year", "amount": 5_000, "excess": "lapses"}])
    assert (found.paid == 800_000).all()
    assert found.maximum == 1_000_000


def test_of_limits_that_overlap_who_earns_nothing_leaves_room_in_both() -> None:
    never = PRICED | {"only_if": [{"metric": "enrolled", "value": "number", "above": 10}]}
    overlapping = [{"kind": "per_clause", "clauses": ["clause 0", f"clause {n}"], "amount": 9_000} for n in (1, 2)]
    found = result(never, PRICED, PRICED, limits=overlapping)
    assert (found.paid == 2 * 900_000).all()
    assert found.maximum == 100 * (9_000 + 30_000)


@pytest.mark.parametrize(
    ("clauses", "earned"),
    [
        ([PRICED], (23_000, 4_000)),
        ([TIERED], (11_300, 4_000)),
        ([PRICED | {"most_per_person": 1}], (8_000, 2_000)),
        ([LAST | {"due": [12, 24, 36], "otherwise": {"pays": 10_000}}], (210_000, 30_000)),
        ([PRICED | {"metric": "enrolled"}], (0, 0)),
        ([PRICED | {"metric": "enrolled"}, PRICED | {"quota": "0.5"}], (15_000, 4_000)),
        ([{"kind": "scheduled", "amounts": {12: 500}}], (0, 0)),
        ([{"kind": "scheduled", "amounts": {12: 500}, "only_if": [{"metric": "housed", "above": "0.5"}]}], (500, 0)),
    ],
)
def test_what_is_earned_for_results_and_would_be_anyway(clauses: list[Any], earned: tuple[int, int]) -> None:
    assert result(*clauses).earned == tuple(2 * 100 * kroner for kroner in earned)


def test_subgroups_are_referred_mixed() -> None:
    assert subgroups({"old": 8, "young": 2}) == tuple(["old"] * 2 + ["young"] + ["old"] * 4 + ["young"] + ["old"] * 2)
    assert subgroups({"a": 2, "b": 2}) == ("a", "b", "a", "b")
    assert subgroups({}) == ()


def test_a_conditional_share_of_savings_reads_outcomes_too() -> None:
    shared = {"kind": "savings_share", "tiers": [{"share": 1}]}
    (always,), (sometimes,) = due(shared), due(shared | {"only_if": [{"metric": "housed", "at_least": "0.8"}]})
    assert sometimes == [always[0], always[1], 0]
