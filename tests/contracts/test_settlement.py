"""Settlement in arrays says what plain loops over fractions say, and keeps its promises whatever the contract."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import pyxirr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contracts import settlement
from contracts.compiled import compile_terms
from contracts.entitlement import Facts, entitle, facts_of
from contracts.money import PPM
from contracts.terms import PerPerson, Terms, statement_dates
from tests.contracts.strategies import (
    OUTCOMES,
    POINTS,
    Case,
    agreed,
    capped_returns,
    cases,
    facts_for,
    known_facts,
    limited_persons,
    outcome_terms,
    savings_near_tiers,
    settle_rows,
    tabled,
    walk_case,
)
from tests.oracle import Fact, Settlement
from tests.oracle import settle as settle_by_hand

few = settings(max_examples=50)


def by_hand(case: Case) -> list[Settlement]:
    return [
        settle_by_hand(case.terms, known_facts(case.terms, facts), draws.items(), end)
        for facts, draws, end in zip(case.facts, case.draws, case.ends, strict=True)
    ]


def in_order(told: Settlement) -> Settlement:
    return replace(told, lines=sorted(told.lines))


def assert_agrees_with_the_oracle(case: Case) -> None:
    for array, hand in zip(settle_rows(case), by_hand(case), strict=True):
        assert in_order(array) == in_order(hand)


@settings(max_examples=200)
@given(cases())
def test_the_arrays_agree_with_the_oracle_in_every_cell(case: Case) -> None:
    assert_agrees_with_the_oracle(case)


@settings(max_examples=200)
@given(limited_persons())
def test_the_limit_per_person_agrees_with_the_oracle(case: Case) -> None:
    assert_agrees_with_the_oracle(case)


@given(capped_returns())
def test_the_return_ceiling_agrees_with_the_oracle(case: Case) -> None:
    assert_agrees_with_the_oracle(case)


@settings(max_examples=200)
@given(savings_near_tiers())
def test_the_ends_of_tiers_agree_with_the_oracle(case: Case) -> None:
    assert_agrees_with_the_oracle(case)


@few
@given(cases())
def test_rows_do_not_touch_each_other(case: Case) -> None:
    for row, told in enumerate(settle_rows(case)):
        alone = Case(case.terms, (case.facts[row],), (case.draws[row],), (case.ends[row],))
        assert settle_rows(alone) == [told]


@few
@given(cases(), st.data())
def test_the_order_of_facts_in_the_table_changes_nothing(case: Case, data: st.DataObject) -> None:
    shuffled = replace(case, facts=tuple(tuple(data.draw(st.permutations(facts))) for facts in case.facts))
    for one, other in zip(settle_rows(case), settle_rows(shuffled), strict=True):
        assert (one.statements, one.closing) == (other.statements, other.closing)


@few
@given(cases())
def test_no_limit_is_ever_exceeded(case: Case) -> None:
    plan, _, steps = walk_case(case)
    contract = [column for column, name in enumerate(plan.columns) if name != "guarantee"]
    by_year: Counter[int] = Counter()
    for step in steps:
        paid = step.after.paid[:, contract]
        assert (step.paid >= 0).all()
        assert (step.cuts >= 0).all()
        by_year[step.day.year] += step.paid[:, contract].sum(axis=1)
        for limit in plan.limits:
            if limit.kind == "per_clause":
                assert (step.after.paid[:, limit.column] <= limit.amount).all()
            if limit.kind == "total":
                assert (paid.sum(axis=1) <= limit.amount).all()
            if limit.kind == "per_year":
                assert (by_year[step.day.year] <= limit.amount).all()
            if limit.kind == "return_ceiling":
                assert (step.after.account >= 0).all()
        if plan.guarantee_column is not None:
            assert (step.after.paid[:, plan.guarantee_column] <= plan.guarantee_amount).all()


@few
@given(limited_persons() | cases())
def test_no_person_earns_more_than_the_limit_per_person(case: Case) -> None:
    plan, due, _ = walk_case(case)
    assume(plan.person_cap is not None)
    assert due.lines is not None
    table, earned = tabled(plan, case.facts), Counter[tuple[int, int]]()
    for fact, clause, net in zip(due.lines.fact, due.lines.clause, due.lines.net, strict=True):
        if table.person[fact] >= 0 and case.terms.clauses[plan.columns[clause]].kind == "unit_price":
            earned[table.row[fact], table.person[fact]] += net
    assert all(amount <= plan.person_cap for amount in earned.values())


@few
@given(cases())
def test_parts_of_payers_and_providers_add_to_the_whole(case: Case) -> None:
    plan, _, steps = walk_case(case)
    for step in steps:
        before, after = step.before.paid, step.after.paid
        assert (settlement.split(plan, before, after).sum(axis=2) == step.paid).all()
        received = settlement.to_investors(plan, before.sum(axis=1), after.sum(axis=1))
        assert (received.sum(axis=1) == step.paid.sum(axis=1)).all()


@few
@given(cases())
def test_a_statement_without_new_facts_pays_only_what_waited(case: Case) -> None:
    plan, due, steps = walk_case(case)
    statements = [step for step in steps if not step.closing]
    waits = np.array([not limit.lapses for limit in plan.limits], bool)
    clauses = len(plan.clauses)
    for number in range(1, len(statements)):
        same = due.amount[:, :, number] == due.amount[:, :, number - 1]
        waited = statements[number - 1].cuts[waits].sum(axis=0)[:, :clauses] > 0
        paid = statements[number].paid[:, :clauses]
        assert (paid[same & ~waited] == 0).all()


@few
@given(cases())
def test_settling_the_same_statement_again_pays_nothing(case: Case) -> None:
    plan, due, steps = walk_case(case)
    for number, step in enumerate([step for step in steps if not step.closing]):
        to_date = due.amount[:, :, number]
        _, paid, _ = settlement.pay(plan, step.after, to_date, step.day.toordinal(), step.day.year)
        assert not paid.any()


@few
@given(cases())
def test_a_lapsed_claim_never_comes_back(case: Case) -> None:
    lapsing = tuple(
        limit if isinstance(limit, PerPerson) else limit.model_copy(update={"excess": "lapses"})
        for limit in case.terms.limits
    )
    plan, due, steps = walk_case(replace(case, terms=case.terms.model_copy(update={"limits": lapsing})))
    clauses = len(plan.clauses)
    for number, step in enumerate([step for step in steps if not step.closing]):
        highest = np.maximum(due.amount[:, :, : number + 1].max(axis=2, initial=0), 0)
        assert (step.after.paid[:, :clauses] + step.after.lapsed[:, :clauses] <= highest).all()


@given(outcome_terms(st.none() | st.integers(0, 200_000)), st.data())
def test_a_further_success_never_lowers_what_is_entitled_in_all(terms: Terms, data: st.DataObject) -> None:
    plan = compile_terms(terms)
    before = data.draw(facts_for(terms))
    further = Fact(
        person=data.draw(st.none() | st.integers(0, 2)),
        day=statement_dates(terms)[0],
        statement=data.draw(st.integers(0, 2)),
        metric=data.draw(st.sampled_from(OUTCOMES)),
        point=data.draw(st.sampled_from(POINTS)),
        quantity=Fraction(1),
    )
    due = entitle(plan, tabled(plan, [before, (*before, further)]), 2).amount.sum(axis=1)
    assert (due[1] >= due[0]).all()


@given(outcome_terms(st.none()), st.data())
def test_counted_successes_are_worth_what_persons_are(terms: Terms, data: st.DataObject) -> None:
    plan = compile_terms(terms)
    one = st.tuples(
        st.integers(0, 2),
        st.integers(0, 40),
        st.just(terms.start.toordinal()),
        st.integers(0, len(plan.statement_days) - 1),
        st.integers(0, len(plan.metrics) - 1),
        st.sampled_from(POINTS),
        st.just(PPM),
    )
    persons = data.draw(st.lists(one, max_size=40))
    counted = Counter((row, -1, day, *cell) for row, _, day, *cell, _ in persons)
    counts = [(*cell, count * PPM) for cell, count in counted.items()]
    assert (entitle(plan, facts_of(persons), 3).amount == entitle(plan, facts_of(counts), 3).amount).all()


@few
@given(agreed(), st.data())
def test_terms_that_ask_for_nothing_are_paid_nothing(terms: Terms, data: st.DataObject) -> None:
    nothing = Terms.model_validate(
        {
            **terms.model_dump(),
            "clauses": {"gift": {"kind": "none"}},
            "limits": (),
            "floor": None,
            "guarantee": None,
        }
    )
    for told in settle_rows(data.draw(cases(st.just(nothing)))):
        assert not any(settled.paid or settled.cuts for settled in (*told.statements, told.closing))


@given(capped_returns())
def test_the_yearly_return_stays_under_its_ceiling(case: Case) -> None:
    plan, _, steps = walk_case(case)
    flow = Counter({day: -amount for day, amount in case.draws[0].items()})
    for step in steps:
        flow[step.day] += int(step.paid.sum())
    days, amounts = list(flow), list(flow.values())
    assume(sum(amounts) > 0)
    assert pyxirr.is_conventional_cash_flow(amounts)
    assert plan.ceiling is not None
    assert pyxirr.xirr(days, amounts) <= float(plan.ceiling.rate) + 1e-6


def test_a_ceiling_that_binds_gives_its_return_exactly() -> None:
    terms = Terms.model_validate(
        {
            "start": "2020-01-01",
            "end": "2022-12-31",
            "capital": {"DSI": 1},
            "clauses": {"fee": {"kind": "scheduled", "amounts": {2021: 400_000, 2022: 900_000}, "payers": {"K": 1}}},
            "limits": [{"kind": "return_ceiling", "rate": "0.046", "accrual": "daily"}],
        }
    )
    start, end = dt.date(2020, 1, 1), dt.date(2022, 12, 31)
    _, _, steps = walk_case(Case(terms, ((),), ({start: 10**8},), (end,)))
    days = [start, *(step.day for step in steps)]
    assert pyxirr.xirr(days, [-1e8, *(float(step.paid.sum()) for step in steps)]) == pytest.approx(0.046, abs=1e-7)


def sums_that_are_too_large() -> Facts:
    return facts_of([(0, -1, 737_000, 0, 0, 12, 10**13)] * 100)


def test_sums_that_leave_the_exact_range_are_refused() -> None:
    terms = Terms.model_validate(
        {
            "start": "2020-01-01",
            "end": "2020-12-31",
            "capital": {"DSI": 1},
            "clauses": {
                "price": {
                    "kind": "unit_price",
                    "metric": "housing",
                    "prices": {12: 10**7},
                    "payers": {"K": 1},
                }
            },
        }
    )
    with pytest.raises(OverflowError, match="cannot be added exactly"):
        entitle(compile_terms(terms), sums_that_are_too_large(), 1)


def test_time_does_not_run_backwards() -> None:
    terms = Terms.model_validate(
        {
            "start": "2020-01-01",
            "end": "2020-12-31",
            "capital": {"DSI": 1},
            "clauses": {"gift": {"kind": "none"}},
        }
    )
    plan = compile_terms(terms)
    with pytest.raises(ValueError, match="time runs forward"):
        settlement.draw(plan, settlement.opening(plan, 1), plan.start_day - 1, 2019, np.zeros(1, np.int64))
