"""Settlement in arrays says what plain loops over fractions say, row by row, and refuses what it cannot say exactly."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import settlement
from contracts.compiled import compile_terms
from contracts.entitlement import entitle
from contracts.facts import Facts, facts_of
from contracts.money import PPM
from contracts.terms import Terms
from tests.contracts.agreements import POINTS, agreed
from tests.contracts.strategies import (
    any_cases,
    capped_returns,
    cases,
    gated_persons,
    limited_persons,
    losses_after_an_amendment,
    outcome_terms,
    savings_near_tiers,
)
from tests.contracts.walking import Case, known_facts, settle_rows
from tests.oracle import Settlement
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


@settings(max_examples=600)
@given(any_cases())
def test_the_arrays_agree_with_the_oracle_in_every_cell(case: Case) -> None:
    assert_agrees_with_the_oracle(case)


@settings(max_examples=200)
@given(any_cases(agreed(amended=True)))
def test_amended_contracts_agree_with_the_oracle(case: Case) -> None:
    assert_agrees_with_the_oracle(case)


@given(cases())
def test_simple_contracts_agree_with_the_oracle(case: Case) -> None:
    assert_agrees_with_the_oracle(case)


@settings(max_examples=200)
@given(limited_persons())
def test_the_limit_per_person_agrees_with_the_oracle(case: Case) -> None:
    assert_agrees_with_the_oracle(case)


@settings(max_examples=200)
@given(gated_persons())
def test_gates_agree_with_the_oracle(case: Case) -> None:
    assert_agrees_with_the_oracle(case)


@given(capped_returns())
def test_the_return_ceiling_agrees_with_the_oracle(case: Case) -> None:
    assert_agrees_with_the_oracle(case)


@settings(max_examples=200)
@given(savings_near_tiers())
def test_the_ends_of_tiers_agree_with_the_oracle(case: Case) -> None:
    assert_agrees_with_the_oracle(case)


@settings(max_examples=200)
@given(losses_after_an_amendment())
def test_losses_after_an_amendment_agree_with_the_oracle(case: Case) -> None:
    assert_agrees_with_the_oracle(case)


@few
@given(any_cases())
def test_rows_do_not_touch_each_other(case: Case) -> None:
    for row, told in enumerate(settle_rows(case)):
        alone = Case(case.terms, (case.facts[row],), (case.draws[row],), (case.ends[row],))
        assert settle_rows(alone) == [told]


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


def sums_that_are_too_large() -> Facts:
    return facts_of([(0, -1, 737_000, 0, 0, 12, 10**13)] * 100)


def simple(**clauses: object) -> Terms:
    return Terms.model_validate(
        {"start": "2020-01-01", "end": "2020-12-31", "capital": {"DSI": 1}, "payers": {"K": 1}, "clauses": clauses}
    )


def test_sums_that_leave_the_exact_range_are_refused() -> None:
    terms = simple(housing={"kind": "unit_price", "prices": {12: 10**7}})
    with pytest.raises(OverflowError, match="cannot be added exactly"):
        entitle(compile_terms(terms), sums_that_are_too_large(), 1)


def test_time_does_not_run_backwards() -> None:
    plan = compile_terms(simple(gift={"kind": "none"}))
    with pytest.raises(ValueError, match="time runs forward"):
        settlement.draw(plan, settlement.opening(plan, 1), plan.start_day - 1, np.zeros(1, np.int64))
