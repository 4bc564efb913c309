"""What an index does to savings, costs and present values, counted by hand."""

from decimal import Decimal
from typing import Any

import pytest

from scenarios import Scenario

from .test_designs import by_year, played, scenario

INDEX = {"rates": {2022: Decimal("0.1"), 2023: Decimal("0.02")}, "after": Decimal("0.03")}


def priced(level: int | None, **parts: Any) -> Scenario:
    """Two citizens at 10,000 a month; the line and the intervention in prices of a year."""
    tree = scenario().model_dump(by_alias=True) | parts
    tree["economy"]["shelter"]["price_level"] = level
    tree["intervention"]["costs"]["price_level"] = level
    return Scenario.model_validate(tree)


def test_prices_of_an_earlier_year_rise_to_each_budget_year() -> None:
    one = played(priced(2021, price_index=INDEX), "own")
    assert by_year(one, "saving:shelter") == [2 * 6 * 11_000, 2 * 12 * 11_220, 2 * 12 * 11_556.6]
    assert by_year(one, "refusion:shelter") == [6 * 11_000, 12 * 11_220, 12 * 11_556.6]
    assert by_year(one, "intervention") == [2 * (5500 + 10 * 1100), 0, 0]


def test_costs_by_date_follow_the_index_of_the_year_they_are_paid_in() -> None:
    costs = {"cost_clock": "contract", "amounts": {0: 1000, 12: 1000, 13: 1000}, "committee": "social"}
    found = priced(2022, price_index=INDEX, intervention={"months": 10, "costs": costs})
    assert by_year(played(found, "own"), "intervention") == [2000, 1020, 0]


def test_without_a_price_level_an_index_changes_no_flow() -> None:
    plain, indexed = played(scenario(), "own"), played(priced(None, price_index=INDEX), "own")
    for one, other in zip(plain.postings, indexed.postings, strict=True):
        assert one.what == other.what
        assert (one.amount == other.amount).all()


def test_a_real_rate_of_indexed_amounts_is_that_rate_of_fixed_amounts() -> None:
    rule = {"rule": "finance_ministry_2021"}
    indexed = priced(2022, price_index=INDEX, discounting=rule).discount_divisors
    fixed = priced(None, discounting=rule).discount_divisors
    growth = (1, 1.02, 1.02 * 1.03)
    assert indexed == pytest.approx([a * b for a, b in zip(fixed, growth, strict=True)])
