"""Further deals, recalled from memory (mark A): whether their shapes can be said, not what they paid.

Amounts that are expected here are worked out by hand from the terms and facts beside them.
"""

import datetime as dt
from decimal import Decimal

import pytest

from tests.deals.settling import HERE, Told, agreement, settled_files

NAMES = sorted(path.stem for path in (HERE / "other").glob("*.yaml") if ".facts" not in path.name)


def told(name: str) -> Told:
    return settled_files(name, folder="other")


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_a_recalled_deal_is_marked_an_assumption(name: str) -> None:
    terms = agreement(name, "other")
    parts = (terms, *terms.clauses.values(), *terms.limits)
    assert {part.mark for part in parts} == {"A"}


def test_essex_pays_for_days_averted_in_all_so_that_a_bad_quarter_is_made_up_for() -> None:
    assert told("essex-mst").paid_on(dt.date(2013, 3, 31)) == 0
    assert told("essex-mst").paid() == 105 * (900 + 2000 - 1000 - 900)


def test_sweet_dreams_pays_in_proportion_between_17_and_22_children() -> None:
    assert told("sweet-dreams").paid() == Decimal("1193181.80")
    assert round(1_250_000 * 21 / 22) == 1_193_182


def test_educate_girls_pays_up_to_its_cap() -> None:
    learning, enrolment = Decimal("43.16") * 8940, round(84_000 * Decimal(768) / 837, 2)
    found = told("educate-girls")
    assert (found.entitled("learning"), found.entitled("enrolment")) == (learning, enrolment)
    assert found.paid() == 422_000 < learning + enrolment


def test_empleando_futuro_pays_a_ladder_of_milestones() -> None:
    found = told("empleando-futuro")
    assert found.paid("placed") == 4 * 1_900_000
    assert found.paid("kept_3_months") == 3 * 1_900_000
    assert found.paid("kept_6_months") == 2 * 350_000  # who is kept for 6 months, and was kept for 3


def test_utah_pays_95_percent_until_the_loan_is_repaid_and_then_40() -> None:
    saved = [2607 * (110 - used) for used in (2, 8, 10, 12)]
    needed = Decimal(875_000) / Decimal("0.95")
    expected = 875_000 + (sum(saved) - needed) * Decimal("0.4")
    assert told("utah-preschool").paid() == round(expected, 2)


def test_massachusetts_pays_on_the_line_twice_and_for_quarters() -> None:
    found = told("massachusetts-roca")
    line = 5_500_000 + 5_500_000 * Decimal("0.07") / Decimal("0.15")
    assert found.paid("prison_days") == 2 * round(line, 2)
    assert (found.paid("readiness"), found.paid("work")) == (300 * 789, 40 * 750)


def test_cuyahoga_pays_nothing_when_families_fare_worse() -> None:
    assert told("cuyahoga").paid() == 0


def test_koto_sib_shares_what_lies_beyond_the_threshold() -> None:
    assert told("koto-sib").paid_on(dt.date(2019, 12, 31)) == 0
    assert told("koto-sib").paid() == 14_000_000 // 2


def test_ways_to_wellness_pays_each_years_measurement_once() -> None:
    found = told("ways-to-wellness")
    assert found.paid("wellbeing") == 700_000 * Decimal("1.2") / Decimal("1.5") + 700_000
    assert found.paid("hospital_costs") == 1_100_000 // 2
    assert found.paid_by("Big Lottery Fund") == found.paid("wellbeing") / 2


def test_norrkoepings_investor_gets_the_guaranteed_part_when_nothing_is_saved() -> None:
    found = told("norrkoeping")
    assert found.paid("savings") == 0
    assert found.paid("floor") == found.paid() == 4_000_000


def test_reconnections_takes_off_who_has_become_lonelier() -> None:
    assert told("reconnections").paid() == 460 * (2 + 2 - 1) + 240 * Decimal("1.5")
