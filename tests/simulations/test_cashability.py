"""What is released of an average cost, against a calendar that is walked day by day."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.ledger import Posting
from scenarios import Scenario
from scenarios.economy import EconomyLine
from simulations.designs import play
from simulations.draws import Draws
from simulations.setup import Variant, prepare
from simulations.world import Block

from .test_designs import by_year, played, scenario

START = dt.date(2022, 5, 1)
HORIZON = 3 * 360
LINE = {"domain": "housing", "state": "place", "gross_per_year": 1_160_001, "committee": "children", "class": "service"}


def placed(lives: list[dict[str, list[int]]], line: dict[str, Any]) -> Scenario:
    """Citizens in a place who leave it, and come back to it, on the given days of months of thirty days."""

    def path(days: list[int]) -> dict[str, str]:
        months = [divmod(day, 30) for day in sorted(set(days))]
        dates = [dt.date(2022 + (4 + month) // 12, (4 + month) % 12 + 1, min(day, 26) + 1) for month, day in months]
        return {str(day): ("home", "place")[number % 2] for number, day in enumerate(dict.fromkeys(dates))}

    domain = {
        "kind": "stated",
        "states": ["place", "home"],
        "stated": [{"citizens": 1, **{side: path(days) for side, days in life.items()}} for life in lives],
    }
    group = {"citizens": len(lives), "intake": {"per_month": len(lives)}}
    tree = scenario().model_dump(by_alias=True) | {"start": START, "target_group": group}
    return Scenario.model_validate(tree | {"domains": {"housing": domain}, "economy": {"place": LINE | line}})


def walk(found: Scenario, side: str, notice: int) -> list[int]:
    """Paid days by budget year: a day is paid on which a citizen is there, or was within the notice before."""
    years = [0] * len(found.years)
    for stated in found.domains["housing"].stated:
        path = stated.without if side == "without" else stated.with_
        turns = {(d.year - 2022) * 360 + (d.month - 5) * 30 + d.day - 1: state for d, state in path.items()}
        there, state = [], "place"
        for day in range(HORIZON):
            state = turns.get(day, state)
            there.append(state == "place")
            if any(there[max(day - notice, 0) :]):
                years[(4 + day // 30) // 12] += 1
    return years


def rounded(value: Fraction) -> int:
    """Half away from zero."""
    size = int(abs(value) + Fraction(1, 2))
    return size if value >= 0 else -size


days = st.lists(st.integers(1, HORIZON - 31), max_size=6)
lives = st.lists(st.fixed_dictionaries({"without": days, "with": days}), min_size=1, max_size=3)
shares = st.integers(0, 10**6).map(lambda millionths: Decimal(millionths) / 10**6)


@settings(max_examples=80)
@given(lives, st.sampled_from([0, 1, 3, 14]), shares, shares, shares)
def test_what_is_released_equals_a_walk_through_the_days_to_the_øre(
    lived: list[dict[str, list[int]]], notice: int, cashable: Decimal, refilled: Decimal, refusion: Decimal
) -> None:
    line = {"notice_months": notice, "cashable": cashable, "refilled": refilled, "refusion": refusion}
    found = placed(lived, line)
    saving = Block(prepare(found), Draws(1, 0, len(lived), 2)).world(Variant()).savings["place"]
    before, after = (walk(found, side, 30 * notice) for side in ("without", "with"))
    for year, fewer in enumerate(np.subtract(before, after).tolist()):
        gross = rounded(rounded(Fraction(fewer * 116_000_100, 360)) * Fraction(cashable))
        kept = rounded(rounded(Fraction(fewer * 116_000_100, 360) * Fraction(refusion)) * Fraction(cashable))
        others, theirs = rounded(gross * Fraction(refilled)), rounded(kept * Fraction(refilled))
        assert saving.gross[:, year].tolist() == [gross - others] * 2
        assert saving.refusion[:, year].tolist() == [kept - theirs] * 2
        assert saving.refilled[:, year].tolist() == [others] * 2


def test_a_place_is_refunded_by_its_rule_for_as_long_as_it_is_paid() -> None:
    """A notice of two months is two months more in the shelter, also to the rule that counts its days."""
    noticed = placed([{"with": [200, 420, 500]}], {"refusion": "shelter_110", "notice_months": 2})
    stayed = placed([{"with": [260, 420, 560]}], {"refusion": "shelter_110"})
    a, b = (Block(prepare(each), Draws(1, 0, 1, 1)).world(Variant()).savings["place"] for each in (noticed, stayed))
    assert (a.gross == b.gross).all()
    assert (a.refusion == b.refusion).all()
    assert a.refusion.any()


def test_who_comes_back_within_the_notice_was_never_away() -> None:
    found = placed([{"with": [200, 250]}], {"notice_months": 2})
    assert not Block(prepare(found), Draws(1, 0, 1, 1)).world(Variant()).savings["place"].gross.any()


def changed(**line: Any) -> Scenario:
    tree = scenario().model_dump(by_alias=True)
    tree["economy"]["shelter"] |= line
    return Scenario.model_validate(tree)


def test_a_place_at_three_months_notice_releases_nothing_for_three_months() -> None:
    one = played(changed(notice_months=3), "own")
    assert by_year(one, "saving:shelter") == [2 * 3 * 10_000, 2 * 12 * 10_000, 2 * 12 * 10_000]
    assert by_year(one, "refusion:shelter") == [2 * 3 * 5_000, 2 * 12 * 5_000, 2 * 12 * 5_000]


def gained(found: Scenario) -> dict[str, int]:
    """Kroner by party over all years."""
    sums: dict[str, int] = {}
    for posting in play(Block(prepare(found), Draws(1, 0, 2, 1)), "own").postings:
        amount = int(posting.amount.sum()) // 100
        sums[posting.receiver.party] = sums.get(posting.receiver.party, 0) + amount
        sums[posting.giver.party] = sums.get(posting.giver.party, 0) - amount
    return sums


def test_a_refilled_place_helps_someone_else_and_saves_no_krone() -> None:
    """The same resources are set free; who gets them is another."""
    saved, refilled = gained(changed()), gained(changed(refilled=1))
    assert saved == {"municipality": 300_000 - 30_000, "state": 300_000, "resources": -570_000}
    assert refilled == {"municipality": -30_000, "state": 0, "waiting_list": 600_000, "resources": -570_000}


def test_a_place_refilled_by_half_helps_by_half_and_saves_by_half() -> None:
    half = gained(changed(refilled="0.5"))
    assert half == {"municipality": 120_000, "state": 150_000, "waiting_list": 300_000, "resources": -570_000}


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ({"class": "transfer", "notice_months": 1}, "notice_months"),
        ({"class": "transfer", "refilled": "0.1"}, "refilled"),
        ({"class": "financing", "refusion": "0.5"}, "refusion"),
        ({"class": "financing", "refusion": "benefit_ladder"}, "refusion"),
    ],
)
def test_a_line_has_only_what_its_class_has(line: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError) as refused:
        EconomyLine.model_validate(LINE | line)
    (error,) = refused.value.errors()
    assert [problem["path"] for problem in error["ctx"]["problems"]] == [[where]]


def line_of(found: Scenario, wanted: Callable[[Posting], bool]) -> Posting:
    (posting,) = filter(wanted, played(found, "own").postings)
    return posting


def test_a_capital_line_releases_resources_and_no_service_room() -> None:
    found = changed(**{"class": "capital"})
    posting = line_of(found, lambda posting: posting.what == "saving:shelter")
    assert (posting.giver.party, posting.receiver.budget_class) == ("resources", "capital")
    assert not posting.receiver.under_ceiling
    assert by_year(played(found, "own"), "saving:shelter") == [120_000, 240_000, 240_000]


def test_a_line_of_class_financing_is_a_tax_that_citizens_pay_in_a_state() -> None:
    found = changed(**{"state": "housed", "class": "financing", "refusion": 0})
    posting = line_of(found, lambda posting: posting.what == "saving:shelter")
    assert (posting.giver.party, posting.receiver.budget_class) == ("citizens", "financing")
    assert by_year(played(found, "own"), "saving:shelter") == [120_000, 240_000, 240_000]
