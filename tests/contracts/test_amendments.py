"""Terms that are amended from a date: each fact is settled under the terms in force on its own day."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.compiled import compile_terms
from contracts.terms import Terms
from contracts.timetable import clause_spans, contract_dates, statement_dates
from tests.contracts.examples import FIRST, SECOND, THIRD, contract, earned, found, paid, settled
from tests.contracts.walking import SAVINGS
from tests.oracle import Fact

SINCE = "2021-07-01"
GAIN = SAVINGS[0]
PRICE = {"kind": "unit_price", "price": 100}


def amended(*amendments: dict[str, Any], clauses: dict[str, Any] | None = None, **more: Any) -> Terms:
    return contract(clauses or {"housing": PRICE}, amendments=amendments, **more)


def doubled(**more: Any) -> Terms:
    return amended({"from": SINCE, "clauses": {"housing": PRICE | {"price": 200}}}, **more)


def test_a_price_that_changes_from_a_date_holds_for_what_is_found_from_then_on() -> None:
    facts = [found("housing", who=who, on=day) for who, day in enumerate(("2021-06-30", SINCE, "2021-07-02"))]
    late = found("housing", who=9, on="2021-06-30", told=THIRD)
    assert earned(doubled(), *facts, late, clause="housing") == [0, 100, 200]
    assert earned(doubled(), *facts, late, clause="housing 2021-07-01") == [0, 400, 400]


def test_an_amended_clause_has_a_column_for_each_of_its_spans() -> None:
    assert compile_terms(doubled()).columns == ("housing", "housing 2021-07-01")
    spans = clause_spans(doubled())
    assert [(span.since, span.until) for span in spans] == [(None, dt.date(2021, 7, 1)), (dt.date(2021, 7, 1), None)]


def test_a_clause_that_is_agreed_again_as_it_was_stays_one_column() -> None:
    same = amended({"from": SINCE, "clauses": {"housing": PRICE, "fee": {"kind": "scheduled", "amounts": {36: 5}}}})
    assert compile_terms(same).columns == ("housing", "fee")


def test_a_closed_clause_pays_only_for_what_was_found_before() -> None:
    closed = amended({"from": SINCE, "clauses": {"housing": None}})
    facts = found("housing", who=1, on="2021-06-30", told=THIRD), found("housing", who=2, on=SINCE)
    assert earned(closed, *facts) == [0, 0, 100]


def test_a_closed_clause_may_be_agreed_anew() -> None:
    terms = amended(
        {"from": "2021-01-01", "clauses": {"housing": None}}, {"from": "2022-01-01", "clauses": {"housing": PRICE}}
    )
    facts = [found("housing", who=who, on=day) for who, day in enumerate((FIRST, SECOND, THIRD))]
    assert earned(terms, *facts, clause="housing") == [100, 100, 100]
    assert earned(terms, *facts, clause="housing 2022-01-01") == [0, 0, 100]


def test_a_clause_may_be_added() -> None:
    terms = amended({"from": SINCE, "clauses": {"job": {"kind": "unit_price", "price": 7}}})
    facts = found("job", who=1, on="2021-06-30"), found("job", who=2, on=SINCE)
    assert earned(terms, *facts, clause="job") == [0, 7, 7]


def test_amounts_of_a_replaced_schedule_fall_due_while_it_is_in_force() -> None:
    old, new = ({"kind": "scheduled", "amounts": dict.fromkeys((12, 24, 36), kroner)} for kroner in (10, 1))
    terms = amended({"from": SINCE, "clauses": {"fee": new}}, clauses={"fee": old})
    assert paid(terms) == [10, 1, 1, 0]


def test_due_months_of_a_replaced_band_fall_due_while_it_is_in_force_and_both_read_what_was_found() -> None:
    old, new = ({"kind": "band", "steps": [{"at_least": "0.5", "pays": k}], "due": [12, 24, 36]} for k in (10, 1))
    terms = amended({"from": SINCE, "clauses": {"score": new}}, clauses={"score": old})
    facts = found("score", 1), found("score", 0, of=9, month=24, on=THIRD)
    assert earned(terms, *facts, clause="score") == [10, 10, 10]
    assert earned(terms, *facts, clause=f"score {SINCE}") == [0, 1, 1]


def test_a_contract_may_be_shortened_though_more_was_to_fall_due() -> None:
    fee = {"kind": "scheduled", "amounts": {12: 10, 36: 10}}
    rate = {"kind": "band", "steps": [{"at_least": "0.5", "pays": 100}], "due": [12, 36]}
    terms = amended({"from": SINCE, "end": "2021-12-31"}, clauses={"fee": fee, "rate": rate})
    assert paid(terms, found("rate")) == [110, 0, 0]


def goes_on(old: dict[str, Any], *facts: Fact, **change: Any) -> list[Decimal]:
    """What the amended clause has earned by each statement."""
    terms = amended({"from": SINCE, "clauses": {"x": old | change}}, clauses={"x": old})
    return earned(terms, *facts, clause=f"x {SINCE}")


def test_an_amended_clause_goes_on_counting_in_tiers() -> None:
    tiers, dearer = ([{"price": 100 * k, "until": 3}, {"price": 10 * k}] for k in (1, 2))
    facts = found("x", 2), found("x", 2, on=SECOND)
    assert goes_on({"kind": "unit_price", "tiers": tiers}, *facts, tiers=dearer) == [0, 220, 220]


def test_an_amended_clause_goes_on_counting_each_persons_results() -> None:
    once = {"kind": "unit_price", "price": 100, "most_per_person": 1}
    facts = found("x", who=1), found("x", who=1, on=SECOND, month=24), found("x", who=2, on=SECOND)
    assert goes_on(once, *facts, price=110) == [0, 110, 110]


def test_an_amended_share_of_savings_goes_on_with_the_saving_to_date() -> None:
    tiers, lower = ([{"share": 1, "until_earned": 1000}, {"share": share}] for share in ("0.4", "0.3"))
    facts = found(GAIN, 900), found(GAIN, 600, on=SECOND), found(GAIN, -500, on=THIRD)
    shared = {"kind": "savings_share", "metric": GAIN}
    assert goes_on(shared | {"tiers": tiers}, *facts, tiers=lower) == [0, 250, 100]


def days(quantity: int) -> dict[str, Any]:
    base = {"quantity": quantity, "unit_price": 10}
    return {"kind": "savings_share", "metric": "x", "saving_basis": "fixed_baseline", "baseline": base}


def test_what_was_saved_before_counts_by_the_baseline_of_its_own_day() -> None:
    all_of_it = days(100) | {"tiers": [{"share": 1}]}
    below, above = found("x", 90), found("x", 60, on=SECOND)
    assert goes_on(all_of_it, below, above, baseline=days(80)["baseline"]) == [0, 200, 200]
    losses = [found("x", 110, on=on) for on in (FIRST, SECOND, THIRD)]
    assert goes_on(all_of_it, *losses, baseline=days(120)["baseline"]) == [0, 0, 100]
    tiers = [{"share": "0.5", "until_saved": 250}, {"share": "0.1"}]
    filled = found("x", 80), found("x", 60, on=SECOND)
    assert goes_on(days(100) | {"tiers": tiers}, *filled, baseline=days(80)["baseline"]) == [0, 40, 40]


@pytest.mark.parametrize(("share", "other", "second"), [("0.9", "0.6", 1400), ("0.6", "0.9", 1700)])
def test_tiers_by_what_is_earned_go_on_with_what_was_earned(share: str, other: str, second: int) -> None:
    old, new = ([{"share": each, "until_earned": 1500}, {"share": "0.4"}] for each in (share, other))
    facts = found(GAIN, 1000), found(GAIN, 3000, on=SECOND)
    paid_now = goes_on({"kind": "savings_share", "metric": GAIN, "tiers": old}, *facts, tiers=new)
    assert paid_now == [0, second, second]


def test_nothing_is_earned_beyond_the_last_tier_after_an_amendment() -> None:
    old, new = ([{"share": each, "until_earned": 1500}] for each in ("0.9", "0.6"))
    facts = found(GAIN, 1000), found(GAIN, 3000, on=SECOND)
    assert goes_on({"kind": "savings_share", "metric": GAIN, "tiers": old}, *facts, tiers=new) == [0, 600, 600]


def test_a_share_of_savings_that_are_stated_otherwise_begins_anew() -> None:
    shared = {"kind": "savings_share", "metric": GAIN, "tiers": [{"share": 1, "until_saved": 1000}]}
    facts = found(GAIN, 1000), found(GAIN, 1000, on=SECOND)
    assert goes_on(shared, *facts, less=["accounts"]) == [0, 1000, 1000]


def test_an_amended_price_nets_a_loss_from_before() -> None:
    netted = {"kind": "unit_price", "price": 100, "less": ["job"]}
    facts = found("job", 10), found("x", 14, on=SECOND)
    assert goes_on(netted, *facts, price=200) == [0, 800, 800]


def test_an_amended_quota_is_of_all_who_were_measured() -> None:
    half = {"kind": "unit_price", "price": 100, "quota": "0.5"}
    facts = [found("x", 0, who=1), found("x", who=2, on=SECOND)]
    assert goes_on(half, *facts, price=200) == [0, 200, 200]
    facts = [found("x", 2, of=4), found("x", 4, of=4, on=SECOND)]
    assert goes_on(half, *facts, price=200) == [0, 400, 400]


def test_a_clause_with_another_quota_begins_anew_since_what_was_held_back_is_lost_or_paid() -> None:
    facts = [found("x", 10, of=10), found("x", 0, of=10, on=SECOND), found("x", 10, of=10, on=THIRD)]
    assert goes_on({"kind": "unit_price", "price": 100}, *facts, quota="0.5") == [0, 0, 1000]
    assert goes_on({"kind": "unit_price", "price": 100, "quota": "0.9"}, *facts, quota="0.5") == [0, 0, 1000]


def test_measurements_that_each_earn_an_amount_begin_anew() -> None:
    each = {"kind": "band", "on": "each_measurement", "steps": [{"at_least": "0.5", "pays": 1000}]}
    facts = [found("x", 6, of=10), found("x", 6, of=10, on=SECOND)]
    assert goes_on(each, *facts, steps=[{"at_least": "0.5", "pays": 1500}]) == [0, 1500, 1500]


def test_an_amended_band_takes_the_place_of_what_the_old_one_stands_at_from_its_first_result_on() -> None:
    band = {"kind": "band", "steps": [{"at_least": "0.5", "pays": 1000}]}
    more = {"steps": [{"at_least": "0.5", "pays": 1500}]}
    assert goes_on(band, found("x", 6, of=10), **more) == [0, 0, 0]
    assert goes_on(band, found("x", 6, of=10), found("x", 4, of=10, on=SECOND), **more) == [0, 500, 500]
    assert goes_on(band, found("x", 6, of=10), found("x", 1, of=10, on=SECOND), **more) == [0, -1000, -1000]


def test_a_clause_that_was_added_goes_on_counting_from_the_day_that_it_was_added() -> None:
    def added(old: dict[str, Any], new: dict[str, Any], *facts: Fact) -> list[Decimal]:
        changes = ({"from": "2020-07-01", "clauses": {"x": old}}, {"from": SINCE, "clauses": {"x": old | new}})
        return earned(amended(*changes), *facts, clause=f"x {SINCE}")

    facts = found("x", on="2020-06-30"), found("x", 2), found("x", 2, on=SECOND)
    tiers, dearer = ([{"price": 100 * k, "until": 3}, {"price": 10 * k}] for k in (1, 2))
    assert added({"kind": "unit_price", "tiers": tiers}, {"tiers": dearer}, *facts) == [0, 220, 220]
    band = {"kind": "band", "value": "number", "nodes": [{"at": 0, "pays": 0}, {"at": 10, "pays": 100}]}
    doubled = {"nodes": [{"at": 0, "pays": 0}, {"at": 10, "pays": 200}]}
    assert added(band, doubled, *facts) == [0, 60, 60]


def test_a_clause_of_another_kind_or_metric_counts_anew() -> None:
    tiers = [{"price": 100, "until": 1}, {"price": 10}]
    once = {"kind": "unit_price", "tiers": tiers}
    facts = found("x", 2), found("y", on=SECOND)
    assert goes_on(once, *facts, metric="y") == [0, 100, 100]
    closed = amended(
        {"from": SINCE, "clauses": {"x": None}}, {"from": "2021-08-01", "clauses": {"x": once}}, clauses={"x": once}
    )
    assert earned(closed, found("x", 2), found("x", 1, on=SECOND), clause="x 2021-08-01") == [0, 100, 100]


def test_gates_and_conditions_look_back_before_the_amendment() -> None:
    gated = {"kind": "unit_price", "price": 200, "requires": [{"metric": "job"}]}
    terms = amended({"from": SINCE, "clauses": {"housing": gated}})
    assert earned(terms, found("job", who=1), found("housing", who=1, on=SECOND), clause="housing 2021-07-01")[1] == 200
    bonus = {"kind": "scheduled", "amounts": {36: 5}, "only_if": [{"clause": "housing", "at_least": 300}]}
    terms = doubled(clauses={"housing": PRICE, "bonus": bonus})
    facts = found("housing"), found("housing", on=SECOND)
    assert earned(terms, *facts, clause="bonus") == [0, 0, 5]
    assert earned(terms, facts[1], clause="bonus") == [0, 0, 0]


def test_a_limit_on_a_clause_holds_for_all_its_spans_together() -> None:
    terms = doubled(limits=[{"kind": "per_clause", "clause": "housing", "amount": 250}])
    assert paid(terms, found("housing"), found("housing", on=SECOND)) == [100, 150, 0, 0]


def test_a_limit_per_person_holds_across_an_amendment() -> None:
    terms = doubled(limits=[{"kind": "per_person", "amount": 250}])
    facts = found("housing", who=1), found("housing", who=1, month=24, on=SECOND)
    assert paid(terms, *facts) == [100, 150, 0, 0]


def test_changed_limits_hold_for_statements_from_their_day_on() -> None:
    low, high = ([{"kind": "total", "amount": amount}] for amount in (150, 10_000))
    raised = amended({"from": SINCE, "limits": high}, limits=low)
    assert paid(raised, found("housing", 3)) == [150, 150, 0, 0]
    lowered = amended({"from": SINCE, "limits": low}, limits=high)
    assert paid(lowered, found("housing", 3), found("housing", on=SECOND)) == [300, 0, 0, 0]
    lifted = amended({"from": SINCE, "limits": []}, limits=low)
    assert paid(lifted, found("housing", 3)) == [150, 150, 0, 0]
    on_the_day = amended({"from": SECOND, "limits": []}, limits=low)
    assert paid(on_the_day, found("housing", 3)) == [150, 150, 0, 0]


def test_a_limit_that_begins_on_a_statements_day_holds_for_that_statement() -> None:
    terms = amended({"from": FIRST, "limits": [{"kind": "total", "amount": 150}]})
    assert paid(terms, found("housing", 3)) == [150, 0, 0, 0]


def test_a_new_end_is_the_last_statement_and_the_day_of_floor_and_guarantee() -> None:
    later = amended({"from": SINCE, "end": "2023-06-30"}, floor={"share_of_capital": "0.5"})
    assert contract_dates(later)[1] == dt.date(2023, 6, 30)
    assert statement_dates(later)[-2:] == (dt.date(2022, 12, 31), dt.date(2023, 6, 30))
    told = settled(later, found("housing", 3), found("housing", month=36, on="2023-03-01"))
    assert [each.paid for each in told.statements] == [{"housing": 30_000}, {}, {}, {"housing": 10_000}]
    assert told.closing.paid == {"floor": 49_960_000}
    sooner = amended({"from": SINCE, "end": "2021-12-31"})
    assert statement_dates(sooner) == (dt.date(2020, 12, 31), dt.date(2021, 12, 31))


def test_limits_that_amendments_cannot_change_are_told() -> None:
    with pytest.raises(ValidationError, match="hold for the whole contract"):
        amended({"from": SINCE, "limits": []}, limits=[{"kind": "per_person", "amount": 5}])


@pytest.mark.parametrize(
    ("amendment", "told"),
    [
        ({"from": "2019-12-31", "clauses": {"housing": None}}, "expected a day after 2020-01-01"),
        ({"from": "2023-01-01", "clauses": {"housing": None}}, "lies outside the contract"),
        ({"from": SINCE}, "changes nothing"),
        ({"from": SINCE, "clauses": {"job": None}}, "no clause 'job' to close"),
        ({"from": SINCE, "end": "2021-06-01"}, "lies before 2021-07-01"),
        ({"from": SINCE, "limits": [{"kind": "per_clause", "clause": "job", "amount": 5}]}, "unknown clause 'job'"),
    ],
)
def test_what_does_not_fit_is_told(amendment: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        amended(amendment)
