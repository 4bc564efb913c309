"""The most that a contract can come to pay: settled, not summed, so that every limit counts."""

from typing import Any

import pytest
from hypothesis import given, settings

from scenarios import Scenario, library, load
from simulations.maximum import UNBOUNDED
from simulations.run import simulate

from .strategies import scenarios

AARHUS = load(library()["aarhus-unge-hjemloese"])


def maximum(design: str, **changed: Any) -> float:
    """Kroner, for the Aarhus scenario with parts of one design's contract changed."""
    tree = AARHUS.model_dump(by_alias=True)
    tree["designs"][design]["contract"] |= changed
    found = simulate(Scenario.model_validate(tree), 200, 1, designs=[design]).designs[design].maximum
    return found if found == UNBOUNDED else found / 100


def test_everyone_at_every_goal() -> None:
    """12 + 18 + 24 citizens at 130,000 and three times 36 at 260,000, as the contract's expected places."""
    assert maximum("dsi") == 54 * 130_000 + 108 * 260_000


@pytest.mark.parametrize(
    ("limit", "most"),
    [
        ({"kind": "per_person", "amount": 60_000}, 36 * 60_000),
        ({"kind": "total", "amount": 20_000_000}, 20_000_000),
        ({"kind": "per_year", "amount": 1_000_000}, 6_000_000),  # 2022 to 2026, and the statement at the end in 2029
        ({"kind": "per_clause", "clause": "housing", "amount": 0}, 54 * 70_000 + 108 * 140_000),
    ],
)
def test_each_limit_bounds_it(limit: dict[str, Any], most: int) -> None:
    assert maximum("dsi", limits=[limit]) == most


def test_a_return_ceiling_bounds_an_endless_saving_and_nothing_else_does() -> None:
    assert maximum("dsk", limits=[]) == UNBOUNDED
    assert 15_933_562 < maximum("dsk") < 15_933_562 * 1.07**8


@settings(max_examples=40)
@given(scenarios())
def test_no_replication_pays_more(scenario: Scenario) -> None:
    for result in simulate(scenario, 60, 8).designs.values():
        guarantor = [n for n, account in enumerate(result.parties) if account.party == "Bikubenfonden"]
        paid = result.paid + result.party_total[:, guarantor].sum(axis=1)  # what a guarantor gives stands as a minus
        assert result.maximum == UNBOUNDED or (paid <= result.maximum).all()
