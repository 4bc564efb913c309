"""What the deals brought up at the edges of the language."""

import datetime as dt
from typing import Any

import pytest

from contracts.aggregate import Refused
from contracts.stated import Intake, Leaver, Stated, StatedFacts, settle_stated
from contracts.terms import Terms
from scenarios.contract_files import Agreement
from tests.deals.settling import Told, settled

LAST = dt.date(2024, 12, 31)
LATER = dt.date(2025, 1, 15)
ONE_PRICE = {"goal": {"kind": "unit_price", "price": 100}}


def agreed(clauses: dict[str, Any], **others: Any) -> Agreement:
    dates = {"title": "Edge", "start": dt.date(2024, 1, 1), "end": LAST}
    return Agreement.model_validate(dates | {"capital": {"A": 1}, "payers": {"B": 1}, "clauses": clauses} | others)


def told(terms: Agreement, *facts: Stated, **others: Any) -> Told:
    return settled(terms, StatedFacts(facts, **others))


@pytest.mark.parametrize("months", [0, 12])
def test_subgroups_measured_together_are_told_apart_also_where_no_clause_names_them(months: int) -> None:
    band = {"kind": "band", "on": "each_measurement", "steps": [{"at_least": 1, "pays": 100}]}
    reached = Stated("goal", LAST, months, group="one")
    failed = Stated("goal", LAST, months, group="other", quantity=0)
    found = told(agreed({"goal": band}), reached, failed)
    assert found.paid() == 100
    assert {line.group for each in found.statements for line in each.basis} == {"one", "other"}


def test_a_limit_per_person_leaves_room_for_tiers_in_clauses_that_it_does_not_cut() -> None:
    tiers = {"kind": "unit_price", "metric": "goal", "tiers": [{"price": 10}]}
    limit = {"kind": "per_person", "amount": 150, "clauses": ["goal"]}
    facts = [Stated("goal", LAST, month, person="P") for month in (3, 6)]
    found = told(agreed(ONE_PRICE | {"more": tiers}, limits=[limit]), *facts)
    assert (found.paid("goal"), found.paid("more")) == (150, 20)


def test_tiers_are_still_refused_where_the_limit_per_person_cuts_them() -> None:
    tiers = {"kind": "unit_price", "metric": "goal", "tiers": [{"price": 10}]}
    for clauses in ((), ("more",)):
        limit = {"kind": "per_person", "amount": 150, "clauses": clauses}
        with pytest.raises(ValueError, match="tiers does not go with a limit per person"):
            agreed(ONE_PRICE | {"more": tiers}, limits=[limit])


@pytest.mark.parametrize(
    "stated",
    [
        StatedFacts([Stated("goal", LATER, person="P", place="claims.csv, row 7")]),
        StatedFacts([Stated("goal", LAST, person="P", place="claims.csv, row 7", recorded=LATER)]),
        StatedFacts(intakes=[Intake(LATER, ("P",))]),
        StatedFacts(intakes=[Intake(LAST, ("P",))], leavers=[Leaver(LATER, ("P",))]),
        StatedFacts(draws={LATER: 100}),
    ],
)
def test_nothing_beyond_the_end_is_passed_over_in_silence(stated: StatedFacts) -> None:
    with pytest.raises(Refused, match=r"up to 2024-12-31.* found 2025-01-15") as refusal:
        settled(agreed(ONE_PRICE), stated)
    assert not stated.facts or "claims.csv, row 7" in str(refusal.value)


def test_what_lies_beyond_the_day_that_is_settled_waits() -> None:
    terms = agreed(ONE_PRICE, statements={"every_months": 6})
    facts = [Stated("goal", dt.date(2024, 3, 1), person="P"), Stated("goal", dt.date(2024, 9, 1), person="P")]
    assert told(terms, *facts, until=dt.date(2024, 6, 30)).paid() == 100
    assert told(terms, *facts).paid() == 200


@pytest.mark.parametrize(("overpayment", "paid"), [("set_off", 200 + 600), ("set_off_anywhere", 600), ("repaid", 600)])
def test_a_clause_that_takes_the_place_of_another_needs_repayment_or_a_set_off_between_clauses(
    overpayment: str, paid: int
) -> None:
    few = {"metric": "goal", "value": "number", "below": 3}
    low = {"kind": "unit_price", "metric": "goal", "price": 100, "only_if": [few]}
    high = {"kind": "unit_price", "metric": "goal", "price": 150, "unless": [few]}
    terms = agreed({"low": low, "high": high}, statements={"every_months": 6}, overpayment=overpayment)
    days = [dt.date(2024, 6, 30), LAST]
    facts = [Stated("goal", day, quantity=2_000_000) for day in days]
    assert told(terms, *facts).paid() == paid


def test_a_deal_without_its_dates_is_refused_and_not_guessed() -> None:
    terms = Terms.model_validate({"capital": {"A": 1}, "payers": {"B": 1}, "clauses": ONE_PRICE})
    with pytest.raises(Refused, match="no start and end date"):
        settle_stated("external_investor", "Edge", terms, StatedFacts())
