"""What is paid for what would have come anyway, and when a contract last looks, under clauses of every kind."""

from typing import Any

import pytest

from reports.key_figures import key_figures
from scenarios import Scenario
from simulations.run import simulate
from tests.simulations.test_wider_terms import LAST, PRICED, SHARE, scenario

SAVED = [648_000, 972_000, 810_000 + 288_000 - 57_600]


def figures(found: Scenario) -> dict[str, Any]:
    results = simulate(found, 2, 1, designs=["rate_card"])
    return {figure.figure: figure for figure in key_figures(results, "rate_card")}


def test_a_band_pays_anyway_what_it_would_have_paid_for_the_lives_without() -> None:
    found = figures(scenario(LAST | {"due": [12, 24, 36], "otherwise": {"pays": 10_000}}))
    assert found["paid_anyway"].estimate.value == pytest.approx(30 / 210)


def test_where_nothing_is_paid_for_results_there_is_no_such_share() -> None:
    assert figures(scenario(PRICED | {"metric": "enrolled"}))["paid_anyway"].note == "not_applicable"
    assert figures(scenario({"kind": "none"}))["paid_anyway"].note == "not_applicable"


@pytest.mark.parametrize(
    ("clauses", "contract", "last"),
    [
        ([PRICED], {}, 2022),
        ([SHARE | {"due": [18]}], {}, 2020),
        ([SHARE | {"months": [12, 24]}], {}, 2021),
        ([{"kind": "unit_price", "metric": "housed", "tiers": [{"price": 1}]}], {"end": "2021-12-31"}, 2021),
        ([PRICED], {"amendments": [{"from": "2021-07-01", "clauses": {"clause 0": None}}]}, 2020),
        ([{"kind": "scheduled", "amounts": {12: 1}, "unless": [{"metric": "housed", "above": 0}]}], {}, 2022),
    ],
)
def test_the_gain_after_the_last_measurement(clauses: list[Any], contract: dict[str, Any], last: int) -> None:
    found = figures(scenario(*clauses, **contract))["gain_after_last_evidence"].estimate.value
    assert found == pytest.approx(sum(SAVED[last - 2019 :]) / sum(SAVED))


def test_what_never_measures_has_no_last_measurement() -> None:
    found = figures(scenario(PRICED | {"metric": "enrolled"}))["gain_after_last_evidence"]
    assert found.note == "not_applicable"
