"""The central test: a recorded replication pays what the array pays, to the øre, and both what the oracle pays."""

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import audit
from contracts.compiled import Plan, compile_terms
from contracts.entitlement import Facts, entitle
from contracts.events import Amounts
from contracts.money import PPM
from contracts.settling import facts_table
from contracts.state import State
from scenarios import Scenario, load
from simulations.calendar import Moment
from simulations.designs import Played, due_in, facts_in, play
from simulations.draws import Draws
from simulations.record import recorded_row
from simulations.setup import prepare
from simulations.world import Block
from tests import oracle

from .strategies import scenarios

ROWS = 3


def block(scenario: Scenario, independent: bool = False) -> Block:
    return Block(prepare(scenario), Draws(7, 0, scenario.target_group.citizens, ROWS), independent)


def named(plan: Plan, moment: Moment, row: int) -> tuple[dict, dict, dict, dict]:
    """Paid by column, cuts by (limit, column), parts by (column, payer) and receipts; only what is not zero."""
    paid = dict(zip(plan.columns, moment.paid[row].tolist(), strict=True))
    cuts = {
        (limit.kind, column): cut
        for limit, by_column in zip(plan.limits, moment.cuts[:, row].tolist(), strict=True)
        for column, cut in zip(plan.columns, by_column, strict=True)
        if cut
    }
    parts = {
        (column, payer): part
        for column, by_payer in zip(plan.columns, moment.parts[row].tolist(), strict=True)
        for payer, part in zip(plan.payers, by_payer, strict=True)
    }
    receipts = dict(zip(plan.investors, moment.receipts[row].tolist(), strict=True))
    return nonzero(paid), nonzero(cuts), nonzero(parts), nonzero(receipts)


def nonzero(cells: dict) -> dict:
    return {name: amount for name, amount in cells.items() if amount}


def flat(amounts: Amounts) -> tuple[dict, dict, dict, dict]:
    cuts = {(limit, column): cut for limit, cells in amounts.cuts.items() for column, cut in cells.items()}
    parts = {(column, payer): part for column, cells in amounts.parts.items() for payer, part in cells.items()}
    return dict(amounts.paid), cuts, parts, dict(amounts.receipts)


def lines(plan: Plan, facts: Facts, rows: int, row: int) -> list[tuple]:
    """Each fact's way through a clause that is worth something: person, day, statement, metric, point, clause, øre."""
    table = entitle(plan, facts, rows, lines=True).lines
    assert table is not None
    at = [facts.person, facts.day, facts.statement, facts.metric, facts.point]
    mine = facts.row[table.fact] == row
    columns = [column[table.fact] for column in at] + [table.clause, table.gross, table.cut]
    found = zip(*(column[mine].tolist() for column in columns), strict=True)
    return sorted(line for line in found if line[-2] or line[-1])


def judged_lines(plan: Plan, facts: list[oracle.Fact], found: list[oracle.Line]) -> list[tuple]:
    """The oracle's lines in the same words."""
    named_lines = []
    for line in found:
        fact, clause = facts[line.fact], plan.columns.index(line.clause)
        person, metric = -1 if fact.person is None else fact.person, plan.metrics.index(fact.metric)
        where = (person, fact.day.toordinal(), fact.statement, metric, fact.point)
        named_lines.append((*where, clause, line.gross, line.cut))
    return sorted(line for line in named_lines if line[-2] or line[-1])


def told(state: State) -> Iterator[oracle.Fact]:
    """The log's facts in the oracle's words."""
    days = {day: n for n, day in enumerate(compile_terms(state.terms).statement_days)}
    outcomes = {clause.metric for clause in state.terms.clauses.values() if clause.kind == "unit_price"}
    for fact in state.facts:
        unit = PPM if fact.metric in outcomes else 1
        person = None if fact.person < 0 else fact.person
        statement = days[fact.statement.toordinal()]
        yield oracle.Fact(person, fact.day, statement, fact.metric, fact.point, Fraction(fact.quantity, unit))


def check_row(one: Block, design: str, played: Played, row: int) -> None:
    events, *_ = recorded_row(one, design, played, row, "contract")
    assert audit.verify(events) == []
    state = audit.replay(events)
    plan, course = played.plan, played.course
    assert plan is not None
    assert course is not None
    assert [flat(s.amounts) for s in state.settlements] == [named(plan, m, row) for m in course.statements]
    assert state.closing is not None
    assert flat(state.closing.amounts) == named(plan, course.ending, row)
    by_person = facts_in(one, one.setup.contracts[design], played.world, persons=True)
    assert lines(plan, facts_table(state, plan), 1, 0) == lines(plan, by_person, ROWS, row)
    draws = [(drawing.day, drawing.amount) for drawing in state.draws]
    facts = list(told(state))
    judged = oracle.settle(state.terms, facts, draws, dt.date.fromordinal(plan.end_day))
    assert judged_lines(plan, facts, judged.lines) == lines(plan, by_person, ROWS, row)
    for settled, moment in zip((*judged.statements, judged.closing), (*course.statements, course.ending), strict=True):
        found = (nonzero(settled.paid), nonzero(settled.cuts), nonzero(settled.parts), nonzero(settled.receipts))
        assert found == named(plan, moment, row)


@settings(max_examples=60)
@given(scenarios(), st.booleans())
def test_every_design_pays_the_same_in_the_arrays_in_the_log_and_by_the_oracle(
    scenario: Scenario, independent: bool
) -> None:
    one = block(scenario, independent)
    for design in one.setup.contracts:
        played = play(one, design)
        for row in range(ROWS):
            check_row(one, design, played, row)


@pytest.mark.parametrize("path", ["scenarios/aarhus-unge-hjemloese.yaml", "tests/data/worked-example.yaml"])
def test_so_do_the_scenarios_that_people_use(path: str) -> None:
    one = block(load(path))
    for design in one.setup.contracts:
        check_row(one, design, play(one, design), ROWS - 1)


@settings(max_examples=60)
@given(scenarios(), st.booleans())
def test_counted_or_turn_by_turn_the_entitlement_is_that_of_single_persons(
    scenario: Scenario, independent: bool
) -> None:
    one = block(scenario, independent)
    for design, contract in one.setup.contracts.items():
        world = play(one, design).world
        by_person = entitle(contract.plan, facts_in(one, contract, world, persons=True), ROWS).amount
        assert (due_in(one, contract, world) == by_person).all()


@settings(max_examples=60)
@given(scenarios())
def test_postings_balance_and_no_limit_is_exceeded(scenario: Scenario) -> None:
    one = block(scenario)
    for design in scenario.designs:
        played = play(one, design)
        check_balance(one, design, played)
        if played.plan is not None:
            check_limits(played)


def check_balance(one: Block, design: str, played: Played) -> None:
    """What all parties gain is the real resources saved less those used, in every replication and year."""
    balance: dict[str, np.ndarray] = {}
    for posting in played.postings:
        for account, sign in ((posting.giver, -1), (posting.receiver, 1)):
            balance[account.party] = balance.get(account.party, 0) + sign * posting.amount
    assert not sum(balance.values()).any()
    assert not balance.get("contract", np.zeros(1)).any(), "what payers pay, investors receive"
    service = [line for line in one.setup.lines if line.line.budget_class == "service"]
    saved = sum(played.world.savings[line.name].gross.sum(axis=1) for line in service)
    spent = sum(amount for _, amount in played.world.costs) + 100 * one.setup.scenario.designs[design].transaction_cost
    assert (balance["resources"].sum(axis=1) == spent - saved).all()


def check_limits(played: Played) -> None:
    plan, course = played.plan, played.course
    assert plan is not None
    assert course is not None
    by_terms = [column for column in range(len(plan.columns)) if column != plan.guarantee_column]
    moments = (*course.statements, course.ending)
    for limit in plan.limits:
        if limit.kind == "total":
            assert (sum(m.paid[:, by_terms].sum(axis=1) for m in moments) <= limit.amount).all()
        elif limit.kind == "per_clause":
            assert (sum(m.paid[:, limit.column] for m in moments) <= limit.amount).all()
        elif limit.kind == "per_year":
            for year in set(plan.statement_years):
                mine = [m for m, y in zip(course.statements, plan.statement_years, strict=True) if y == year]
                assert (sum(m.paid[:, by_terms].sum(axis=1) for m in mine) <= limit.amount).all()
        else:
            assert (course.position.account >= 0).all()
    assert all((m.paid >= 0).all() for m in moments)
