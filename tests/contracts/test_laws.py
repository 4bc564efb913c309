"""What settlement promises whatever the contract: limits hold, money adds up, and order and timing change nothing."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import pyxirr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contracts import settlement
from contracts.compiled import compile_terms
from contracts.dates import budget_year
from contracts.entitlement import entitle
from contracts.lifecycle import payers_of
from contracts.limits import PerClause, PerPayer, PerPerson
from contracts.money import PPM
from contracts.plans import LimitPlan, Plan
from contracts.terms import Terms
from contracts.timetable import clause_spans, contract_dates, statement_dates
from tests.contracts.agreements import OUTCOMES, POINTS, agreed, rising_terms
from tests.contracts.strategies import (
    any_cases,
    any_facts,
    capped_returns,
    cases,
    facts_for,
    limited_persons,
    losses_after_an_amendment,
    outcome_terms,
    rising_facts,
)
from tests.contracts.walking import Case, Step, entitled, settle_rows, tabled, walk, walk_case
from tests.oracle import Fact

few = settings(max_examples=50)


def contract_columns(plan: Plan) -> list[int]:
    """What the contract pays: all but the guarantee."""
    return [column for column, name in enumerate(plan.columns) if name != "guarantee"]


def ordinal(step: Step) -> int:
    return step.day.toordinal()


# Limits


def paid_under(limit: LimitPlan, paid: np.ndarray, columns: list[int]) -> np.ndarray:
    return paid[:, list(limit.columns) or columns].sum(axis=1)


@settings(max_examples=100)
@given(any_cases() | losses_after_an_amendment())
def test_no_limit_is_ever_exceeded(case: Case) -> None:
    plan, _, steps = walk_case(case)
    columns, by_year = contract_columns(plan), Counter[int]()
    for step in steps:
        year = budget_year(ordinal(step), plan.year_begins)
        before_this = by_year[year]
        by_year[year] = before_this + step.paid[:, columns].sum(axis=1)
        assert (step.cuts >= 0).all()
        for limit in plan.limits:
            # an amendment may bring a limit below what has been paid: then nothing more is paid
            if limit.since <= ordinal(step) < limit.until and limit.kind in ("per_clause", "per_metric", "total"):
                before, after = (paid_under(limit, at.paid, columns) for at in (step.before, step.after))
                assert (after <= np.maximum(before, limit.amount)).all()
            if limit.since <= ordinal(step) < limit.until and limit.kind == "per_year":
                assert (by_year[year] <= np.maximum(before_this, limit.amount)).all()
        if plan.ceiling is not None:
            assert (step.after.account >= 0).all()
        if plan.guarantee_column is not None:
            assert (step.after.paid[:, plan.guarantee_column] <= plan.guarantee_amount).all()


@few
@given(any_cases(), st.integers(0, 300_000))
def test_no_payer_pays_more_than_its_limit(case: Case, amount: int) -> None:
    case = limiting_a_payer(case, amount)
    plan, _, steps = walk_case(case)
    paid = np.zeros((len(case.facts), len(plan.payers)), np.int64)
    for step in steps:
        parts = settlement.split(plan, step.before.paid, step.after.paid)
        paid += parts[:, contract_columns(plan)].sum(axis=1)
        for payer, cap in enumerate(plan.payer_caps):
            assert cap is None or (paid[:, payer] <= cap).all()


@few
@given(limited_persons() | any_cases())
def test_no_person_earns_more_than_the_limit_per_person(case: Case) -> None:
    plan, due = entitled(case)
    assume(plan.person_limits)
    assert due.lines is not None
    table = tabled(plan, case.facts)
    for limit in plan.person_limits:
        earned = Counter[tuple[int, int]]()
        for fact, clause, net in zip(due.lines.fact, due.lines.clause, due.lines.net, strict=True):
            if table.person[fact] >= 0 and clause in limit.columns:
                earned[table.row[fact], table.person[fact]] += net
        assert all(amount <= limit.amount for amount in earned.values())


@given(capped_returns())
def test_the_yearly_return_stays_under_its_ceiling(case: Case) -> None:
    plan, _, steps = walk_case(case)
    check_return(plan, case, steps)


@few
@given(any_cases(most=8), st.integers(0, 150_000), st.integers(10**8, 3 * 10**8), st.integers(1, 40) | st.just(400))
def test_whatever_is_paid_for_the_return_stays_under_its_ceiling(
    case: Case, rate: int, capital: int, often: int
) -> None:
    ceiling = {"kind": "return_ceiling", "rate": Decimal(rate) / PPM}
    start, end = contract_dates(case.terms)
    fee = {"kind": "scheduled", "amounts": {end: 4_000_000}, "payers": {"Kommunen": 1}}
    facts = tuple(fact._replace(quantity=fact.quantity * often) for fact in case.facts[0])
    terms = changed(case.terms, limits=[ceiling], clauses=case.terms.model_dump()["clauses"] | {"fee": fee})
    whole = Case(terms, (facts,), ({start: capital, start + dt.timedelta(days=90): capital // 3},), (end,))
    plan, _, steps = walk_case(whole)
    check_return(plan, whole, steps)


def check_return(plan: Plan, case: Case, steps: list[Step]) -> None:
    """XIRR (act/365) of draws and payments; the guarantor's payment is not one for the return."""
    flow = Counter({day: -amount for day, amount in case.draws[0].items()})
    for step in steps:
        flow[step.day] += int(step.paid[0, contract_columns(plan)].sum())
    days = sorted(flow)
    amounts = [flow[day] for day in days]
    assume(sum(amounts) > 0 and pyxirr.is_conventional_cash_flow(amounts))
    assert plan.ceiling is not None
    assert pyxirr.xirr(days, amounts) <= float(plan.ceiling.rate) + 1e-6


def test_a_ceiling_that_binds_gives_its_return_exactly() -> None:
    start, end = dt.date(2020, 1, 1), dt.date(2022, 12, 31)
    terms = Terms.model_validate(
        {
            "start": start,
            "end": end,
            "capital": {"DSI": 1},
            "clauses": {"fee": {"kind": "scheduled", "amounts": {2021: 400_000, 2022: 900_000}, "payers": {"K": 1}}},
            "limits": [{"kind": "return_ceiling", "rate": "0.046", "accrual": "daily"}],
        }
    )
    _, _, steps = walk_case(Case(terms, ((),), ({start: 10**8},), (end,)))
    days = [start, *(step.day for step in steps)]
    assert pyxirr.xirr(days, [-1e8, *(float(step.paid.sum()) for step in steps)]) == pytest.approx(0.046, abs=1e-7)


# Money adds up


@settings(max_examples=100)
@given(any_cases())
def test_parts_of_payers_and_receipts_of_providers_add_to_what_is_paid(case: Case) -> None:
    plan, _, steps = walk_case(case)
    capped = np.array([cap is not None for cap in plan.payer_caps])
    for step in steps:
        before, after = step.before.paid, step.after.paid
        parts = settlement.split(plan, before, after)
        unpaid = step.paid - parts.sum(axis=2)
        if not capped.any():
            assert not unpaid.any()
        got = settlement.received(plan, before), settlement.received(plan, after)
        receipts = settlement.to_investors(plan, *got)
        assert (receipts.sum(axis=1) == got[1] - got[0]).all()
        assert (receipts.sum(axis=1) == parts.sum(axis=(1, 2))).all()
        # a part goes the way of its whole, but for the øre of a rounding
        assert (parts >= np.minimum(step.paid, 0)[:, :, None] - 1).all()
        assert (parts <= np.maximum(step.paid, 0)[:, :, None] + 1).all()


@few
@given(any_cases(), st.integers(0, 300_000))
def test_what_a_payer_leaves_unpaid_is_what_is_beyond_its_limit(case: Case, amount: int) -> None:
    case = limiting_a_payer(case, amount)
    plan, _, steps = walk_case(case)
    unlimited = compile_terms(changed(case.terms, limits=[each for each in dumped(case.terms) if not_payer(each)]))
    paid = steps[-1].after.paid
    nothing = np.zeros_like(paid)
    wanted, found = settlement.split(unlimited, nothing, paid), settlement.split(plan, nothing, paid)
    for payer, cap in enumerate(plan.payer_caps):
        columns = contract_columns(plan)
        whole = wanted[:, columns, payer].sum(axis=1)
        expected = whole if cap is None else np.minimum(whole, cap)
        assert (found[:, columns, payer].sum(axis=1) == expected).all()


def limiting_a_payer(case: Case, amount: int) -> Case:
    """The same with a limit on a payer, where there is none and anybody pays."""
    if any(limit.kind == "per_payer" for limit in case.terms.limits) or not payers_of(case.terms):
        return case
    payer = min(payers_of(case.terms))
    limits = [*dumped(case.terms), {"kind": "per_payer", "payer": payer, "amount": amount}]
    return replace(case, terms=changed(case.terms, limits=limits))


def not_payer(limit: dict[str, Any]) -> bool:
    return limit["kind"] != "per_payer"


def dumped(terms: Terms) -> list[dict[str, Any]]:
    return [limit.model_dump() for limit in terms.limits]


def changed(terms: Terms, **changes: Any) -> Terms:
    """The terms otherwise: with limits that hold throughout, the amendments without theirs."""
    whole = terms.model_dump(by_alias=True)
    if "limits" in changes:
        kept = [each for each in whole["amendments"] if each["clauses"] or each["end"]]
        whole["amendments"] = [{**each, "limits": None} for each in kept]
    return Terms.model_validate(whole | changes)


# Order and timing


@few
@given(any_cases(), st.data())
def test_the_order_of_facts_changes_nothing(case: Case, data: st.DataObject) -> None:
    shuffled = replace(case, facts=tuple(tuple(data.draw(st.permutations(facts))) for facts in case.facts))
    for one, other in zip(settle_rows(case), settle_rows(shuffled), strict=True):
        assert (one.statements, one.closing) == (other.statements, other.closing)


@settings(max_examples=100)
@given(any_cases())
def test_what_is_entitled_at_a_statement_rests_on_what_is_told_by_then(case: Case) -> None:
    _, due = entitled(case)
    for number in range(due.amount.shape[2]):
        known = tuple(tuple(fact for fact in facts if fact.statement <= number) for facts in case.facts)
        _, then = entitled(replace(case, facts=known))
        assert (then.amount[:, :, : number + 1] == due.amount[:, :, : number + 1]).all()


@settings(max_examples=100)
@given(any_cases() | losses_after_an_amendment())
def test_settling_twice_pays_once(case: Case) -> None:
    plan, due, steps = walk_case(case)
    for number, step in enumerate([step for step in steps if not step.closing]):
        after, paid, _ = settlement.pay(plan, step.after, due.amount[:, :, number], ordinal(step))
        assert not paid.any()
        assert (after.paid == step.after.paid).all()
    everyone = np.ones(len(case.facts), bool)
    for step in steps:
        if step.closing and (step.after.ended).all():
            _, paid, _ = settlement.close(plan, step.after, ordinal(step), everyone, early=True)
            assert not paid.any()


@few
@given(any_cases())
def test_a_statement_without_new_facts_pays_only_what_waited(case: Case) -> None:
    """An amendment may change limits, and so release what lapsed or waited long before: here there is none.

    Where clauses are set off against each other, none of them may have new facts.
    """
    plan, due, steps = walk_case(replace(case, terms=changed(case.terms, limits=dumped(case.terms))))
    statements = [step for step in steps if not step.closing]
    waits = np.array([not limit.lapses for limit in plan.limits], bool)
    clauses = len(plan.clauses)
    together = [list(range(clauses))] if plan.sets_off_anywhere else list(map(list, plan.replaced))
    for number in range(1, len(statements)):
        same = due.amount[:, :, number] == due.amount[:, :, number - 1]
        for columns in together:
            same[:, columns] = same[:, columns].all(axis=1, keepdims=True)
        waited = statements[number - 1].cuts[waits].sum(axis=0)[:, :clauses] > 0
        paid = statements[number].paid[:, :clauses]
        assert (paid[same & ~waited] == 0).all()


@few
@given(any_cases() | losses_after_an_amendment())
def test_a_lapsed_claim_never_comes_back(case: Case) -> None:
    lapsing = [each | ({"excess": "lapses"} if "excess" in each else {}) for each in dumped(case.terms)]
    plan, due, steps = walk_case(replace(case, terms=changed(case.terms, limits=lapsing)))
    clauses = len(plan.clauses)
    for number, step in enumerate([step for step in steps if not step.closing]):
        settled = (step.after.paid + step.after.lapsed)[:, :clauses]
        highest = np.maximum(due.amount[:, :, : number + 1].max(axis=2, initial=0), 0)
        running = ~step.after.ended[:, None]
        if plan.repays:
            together = [*plan.replaced, *([c] for c in range(clauses) if not any(c in each for each in plan.replaced))]
            for columns in map(list, together):
                whole = due.amount[:, columns, number].sum(axis=1)
                assert ((settled[:, columns].sum(axis=1) == np.maximum(whole, 0)) | ~running[:, 0]).all()
        # an early end settles again what was found by then: savings of later days may have been losses
        assert ((settled <= highest) | ~running).all()


def split_case(data: st.DataObject, terms: Terms, limits: Sequence[dict[str, Any]]) -> tuple[Case, Case]:
    """A contract with a statement every year, and the same with one every quarter, on the same facts.

    A fact goes with the first statement on or after the day on which it was told. Under the terms that look at each
    citizen, everything is told on its own day: these serve first what is told first, and of what is told late, more
    may be told before it by the same statement when statements are rare.
    """
    often = changed(terms, limits=limits, statements={"every_months": 3})
    rarely = changed(terms, limits=limits, statements={"every_months": 12})
    start, end = contract_dates(terms)
    facts = data.draw(any_facts(often))
    if compile_terms(often).by_person:
        facts = tuple(fact._replace(statement=first(often, fact.day)) for fact in facts)
    days = statement_dates(often)
    seldom = tuple(fact._replace(statement=first(rarely, days[fact.statement])) for fact in facts)
    draws = {start: data.draw(st.integers(0, 30_000_001)), data.draw(st.dates(start, end)): 10_000_000}
    return Case(often, (facts,), (draws,), (end,)), Case(rarely, (seldom,), (draws,), (end,))


def first(terms: Terms, day: dt.date) -> int:
    return next(number for number, each in enumerate(statement_dates(terms)) if each >= day)


def at_the_end(case: Case) -> tuple[Plan, np.ndarray, np.ndarray]:
    """Paid in all by column, and by payer over the columns."""
    plan, _, steps = walk_case(case)
    paid = steps[-1].after.paid
    return plan, paid[0], settlement.split(plan, np.zeros_like(paid), paid)[0].sum(axis=0)


def never_falls(case: Case) -> bool:
    """Whether no clause is ever entitled to less than before."""
    return bool((np.diff(entitled(case)[1].amount, axis=2) >= 0).all())


# The next two laws leave out terms under which it matters when something is paid, and not only how much in all: limits
# per year, the return ceiling, excess that lapses, and limits that an amendment changes. Where overpayment is set off,
# they leave out contracts in which a clause falls below what it has earned before: between two statements it may rise
# and fall unseen. Limits on several clauses are left out too, since who has been served first keeps what it has. Bands
# with due dates are not left out: a due date is a statement date however rare the others are, and so judged alike.


@settings(max_examples=150)
@given(agreed(), st.data())
def test_splitting_a_period_changes_nothing_in_the_end(terms: Terms, data: st.DataObject) -> None:
    limits = [limit.model_dump() for limit in terms.limits if is_lasting(limit)]
    often, rarely = split_case(data, terms, limits)
    assume(terms.overpayment == "repaid" or never_falls(often))
    (plan, paid, by_payer), (_, other, by_payer_then) = at_the_end(often), at_the_end(rarely)
    assert dict(zip(plan.columns, paid.tolist(), strict=True)) == dict(zip(plan.columns, other.tolist(), strict=True))
    assert by_payer.tolist() == by_payer_then.tolist()


@settings(max_examples=100)
@given(agreed(), st.integers(0, 500_000), st.data())
def test_splitting_a_period_under_a_limit_in_total_changes_no_total(
    terms: Terms, most: int, data: st.DataObject
) -> None:
    """Of what was waiting, other clauses may be served; a payer's limit would then leave another amount unpaid."""
    limits = [limit.model_dump() for limit in terms.limits if is_lasting(limit) and not isinstance(limit, PerPayer)]
    often, rarely = split_case(data, terms, [*limits, {"kind": "total", "amount": most}])
    assume(terms.overpayment == "repaid" or never_falls(often))
    assert at_the_end(often)[1].sum() == at_the_end(rarely)[1].sum()


def is_lasting(limit: object) -> bool:
    single = isinstance(limit, PerClause) and limit.clause is not None and limit.excess == "waits"
    return single or isinstance(limit, PerPerson | PerPayer)


@settings(max_examples=100)
@given(agreed(), st.data())
def test_splitting_a_period_changes_no_entitlement_on_a_day(terms: Terms, data: st.DataObject) -> None:
    often, rarely = split_case(data, terms, dumped(terms))
    days = statement_dates(often.terms)
    common = [days.index(day) for day in statement_dates(rarely.terms)]
    assert (entitled(often)[1].amount[:, :, common] == entitled(rarely)[1].amount).all()


# Facts that come, and facts that are withdrawn


def withdrawn(data: st.DataObject, terms: Terms) -> tuple[int, np.ndarray, list[Step], list[Step]]:
    """A fact is withdrawn after a statement, or has never been.

    The number of that statement, what is entitled at each [row, clause, statement], and the steps of both contracts.
    """
    plan, (start, end) = compile_terms(terms), contract_dates(terms)
    facts = data.draw(any_facts(terms).filter(len))
    number = data.draw(st.integers(0, len(facts) - 1))
    less = [*facts[:number], *facts[number + 1 :]]
    last = len(plan.statement_days) - 1
    after = data.draw(st.integers(0, last - 1)) if last else 0
    draws, ends = {start: np.array([data.draw(st.integers(0, 30_000_001))])}, np.array([end.toordinal()])
    drawn = np.full((1, last + 1), int(draws[start][0]))
    told, without = (entitle(plan, tabled(plan, [each]), 1, drawn=drawn).amount for each in (facts, less))
    due = np.where(np.arange(last + 1) <= after, told, without)
    return after, due, walk(plan, due, draws, ends), walk(plan, without, draws, ends)


def statement(steps: list[Step], number: int) -> np.ndarray:
    return [step for step in steps if not step.closing][number].after.paid[0]


@settings(max_examples=150)
@given(agreed(), st.data())
def test_what_is_withdrawn_is_repaid_as_if_it_had_never_been(terms: Terms, data: st.DataObject) -> None:
    """Limits by which it matters when something was paid are left out, and those on several clauses."""
    limits = [limit.model_dump() for limit in terms.limits if is_lasting(limit)]
    after, due, steps, never = withdrawn(data, changed(terms, limits=limits, overpayment="repaid"))
    for number in range(after + 1, due.shape[2]):
        assert statement(steps, number).tolist() == statement(never, number).tolist()


@settings(max_examples=100)
@given(agreed(), st.integers(0, 500_000), st.data())
def test_what_is_withdrawn_makes_room_under_a_limit_in_total(terms: Terms, most: int, data: st.DataObject) -> None:
    limits = [limit.model_dump() for limit in terms.limits if is_lasting(limit)]
    limits.append({"kind": "total", "amount": most})
    after, due, steps, never = withdrawn(data, changed(terms, limits=limits, overpayment="repaid"))
    for number in range(after + 1, due.shape[2]):
        assert statement(steps, number).sum() == statement(never, number).sum()


@settings(max_examples=100)
@given(agreed(), st.data())
def test_what_is_withdrawn_is_set_off_clause_by_clause(terms: Terms, data: st.DataObject) -> None:
    """A clause that an amendment gives another metric is another one here."""
    limits = [limit.model_dump() for limit in terms.limits if isinstance(limit, PerPerson)]
    terms = changed(terms, limits=limits, overpayment="set_off")
    _, due, steps, _ = withdrawn(data, terms)
    spans = [span for span in clause_spans(terms) if span.clause.kind != "none"]
    clauses = [(span.name, getattr(span.clause, "metric", None)) for span in spans]
    for clause in set(clauses):
        mine = [column for column, each in enumerate(clauses) if each == clause]
        for number in range(due.shape[2]):
            highest = due[0, mine, : number + 1].sum(axis=0).max()
            assert statement(steps, number)[mine].sum() == max(highest, 0)


@given(outcome_terms(st.none() | st.integers(0, 200_000)), st.data())
def test_a_further_result_of_any_size_never_lowers_what_is_entitled(terms: Terms, data: st.DataObject) -> None:
    plan = compile_terms(terms)
    before = data.draw(facts_for(terms))
    further = data.draw(successes(terms))
    due = entitle(plan, tabled(plan, [before, (*before, further)]), 2).amount.sum(axis=1)
    assert (due[1] >= due[0]).all()


@st.composite
def successes(draw: st.DrawFn, terms: Terms) -> Fact:
    """One whole success of one, of a citizen or not, told with any statement."""
    days = statement_dates(terms)
    number = draw(st.integers(0, len(days) - 1))
    metric, point = draw(st.sampled_from(OUTCOMES)), draw(st.sampled_from(POINTS))
    person = draw(st.none() | st.integers(0, 2))
    return Fact(person, draw(st.sampled_from(days[: number + 1])), number, metric, point, Fraction(1))


@settings(max_examples=200)
@given(rising_terms(), st.data())
def test_a_further_success_never_lowers_what_is_entitled(terms: Terms, data: st.DataObject) -> None:
    """Where more is never worth less: `rising_terms` says which these are."""
    plan = compile_terms(terms)
    before = data.draw(rising_facts(terms))
    due = entitle(plan, tabled(plan, [before, (*before, data.draw(successes(terms)))]), 2).amount.sum(axis=1)
    assert (due[1] >= due[0]).all()


@settings(max_examples=100)
@given(rising_terms(bands=False), st.integers(0, 150_000), st.integers(1, 3), st.data())
def test_a_further_success_never_lowers_the_value_of_what_is_paid_under_a_ceiling(
    terms: Terms, rate: int, drawn: int, data: st.DataObject
) -> None:
    """Present values at the ceiling's own rate: what is paid earlier may be less, but is never worth less."""
    ceiling = {"kind": "return_ceiling", "rate": Decimal(rate) / PPM}
    terms = changed(terms, limits=[*dumped(terms), ceiling])
    before = data.draw(rising_facts(terms))
    start, end = contract_dates(terms)
    draws = {start: drawn * 2_000_000, start + dt.timedelta(days=200): 1_000_000}
    facts = before, (*before, data.draw(successes(terms)))
    _, _, steps = walk_case(Case(terms, facts, (draws, draws), (end, end)))
    value = np.zeros(2)
    for step in steps:
        value += step.paid.sum(axis=1) / (1 + rate / PPM) ** ((step.day - start).days / 365)
    assert value[1] >= value[0] - len(steps)


@few
@given(agreed(), st.data())
def test_terms_that_ask_for_nothing_are_paid_nothing(terms: Terms, data: st.DataObject) -> None:
    gift = {"clauses": {"gift": {"kind": "none"}}, "limits": (), "amendments": (), "floor": None, "guarantee": None}
    nothing = Terms.model_validate(terms.model_dump() | gift | {"early_end": {}})
    for told in settle_rows(data.draw(cases(st.just(nothing), facts=any_facts))):
        assert not any(settled.paid or settled.cuts for settled in (*told.statements, told.closing))
