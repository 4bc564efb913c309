"""The central test: a recorded replication pays what the array pays, to the øre, and both what the oracle pays."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import audit
from contracts.dates import budget_year
from contracts.entitlement import entitle
from contracts.events import Amounts
from contracts.facts import Facts
from contracts.money import PPM
from contracts.plans import ALWAYS, Plan, PricePlan
from contracts.settling import facts_table
from contracts.state import State
from scenarios import Scenario, library, load
from simulations.calendar import Moment
from simulations.designs import Played, drawn_to, draws_in, due_in, facts_in, play
from simulations.draws import Draws
from simulations.record import recorded_row
from simulations.setup import prepare
from simulations.world import Block
from tests import oracle

from .strategies import scenarios

ROWS = 3
REAL = ("service", "capital")


def block(scenario: Scenario, independent: bool = False) -> Block:
    return Block(prepare(scenario), Draws(7, 0, scenario.target_group.citizens, ROWS), independent)


def named(plan: Plan, moment: Moment, row: int) -> tuple[dict, dict, dict, dict]:
    """Paid by column, cuts by (limit, column), parts by (column, payer) and receipts; only what is not zero."""
    paid = dict(zip(plan.columns, moment.paid[row].tolist(), strict=True))
    cuts = Counter()
    for limit, by_column in zip(plan.limits, moment.cuts[:, row].tolist(), strict=True):
        for column, cut in zip(plan.columns, by_column, strict=True):
            cuts[limit.kind, column] += cut
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


def lines(plan: Plan, facts: Facts, rows: int, row: int, citizens: list[int] | None = None) -> list[tuple]:
    """Each fact's way through a clause that is worth something: citizen, day, statement, metric, point, clause, øre.

    citizens: who the facts' persons are, where they are numbered otherwise.
    """
    table = entitle(plan, facts, rows, lines=True).lines
    assert table is not None
    tiered = [isinstance(clause, PricePlan) and bool(clause.tiers) for clause in plan.clauses]
    person = facts.person if citizens is None else np.array([*citizens, -1])[facts.person]
    at = [person, facts.day, facts.statement, facts.metric, facts.point]
    mine = facts.row[table.fact] == row
    columns = [column[table.fact] for column in at] + [table.clause, table.gross, table.cut]
    found = zip(*(column[mine].tolist() for column in columns), strict=True)
    return sorted(anybody(line, tiered) for line in found if line[-2] or line[-1])


def anybody(line: tuple, tiered: list[bool]) -> tuple:
    """Of those who enrol on one day nobody is the first: it is not told who earns which tier of a price."""
    _, *rest = line
    return (-1, *rest) if tiered[line[5]] and not line[4] else line


def citizens_of(state: State) -> list[int]:
    """Which citizen each person of the log is, by the person's number."""
    return [int(name.removeprefix("citizen-")) - 1 for name in state.persons]


def judged_lines(plan: Plan, facts: list[oracle.Fact], found: list[oracle.Line]) -> list[tuple]:
    """The oracle's lines in the same words."""
    tiered = [isinstance(clause, PricePlan) and bool(clause.tiers) for clause in plan.clauses]
    named_lines = []
    for line in found:
        fact, clause = facts[line.fact], plan.columns.index(line.clause)
        person, metric = -1 if fact.person is None else fact.person, plan.metrics.index(fact.metric)
        where = (person, fact.day.toordinal(), fact.statement, metric, fact.point)
        named_lines.append(anybody((*where, clause, line.gross, line.cut), tiered))
    return sorted(line for line in named_lines if line[-2] or line[-1])


def told(state: State, plan: Plan) -> Iterator[oracle.Fact]:
    """The log's facts in the oracle's words."""
    days = {day: n for n, day in enumerate(plan.statement_days)}
    savings = plan.saving_metrics
    for fact in state.facts:
        unit = 1 if fact.metric in savings else PPM
        person = None if fact.person < 0 else fact.person
        statement = days[fact.statement.toordinal()]
        amount, of = Fraction(fact.quantity, unit), Fraction(fact.of, PPM)
        yield oracle.Fact(person, fact.day, statement, fact.metric, fact.point, amount, of, fact.group)


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
    recorded = facts_table(state, plan)
    by_person = facts_in(one, one.setup.contracts[design], played.world, persons=True)
    assert lines(plan, recorded, 1, 0, citizens_of(state)) == lines(plan, by_person, ROWS, row)
    draws = [(drawing.day, drawing.amount) for drawing in state.draws]
    facts = list(told(state, plan))
    judged = oracle.settle(state.terms, facts, draws, dt.date.fromordinal(plan.end_day))
    assert judged_lines(plan, facts, judged.lines) == lines(plan, recorded, 1, 0)
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


@pytest.mark.parametrize("path", [*library().values(), "tests/data/worked-example.yaml"])
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
        drawn = drawn_to(contract, draws_in(contract, world, ROWS), ROWS)
        by_person = entitle(contract.plan, facts_in(one, contract, world, persons=True), ROWS, drawn=drawn).amount
        assert (due_in(one, contract, world) == by_person).all()


@settings(max_examples=60)
@given(scenarios())
def test_postings_balance_and_no_limit_is_exceeded(scenario: Scenario) -> None:
    one = block(scenario)
    for design in scenario.designs:
        played = play(one, design)
        check_balance(one, design, played)
        check_days(one, played)
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
    real = [played.world.savings[line.name] for line in one.setup.lines if line.line.budget_class in REAL]
    free = sum((saving.gross + saving.refilled).sum(axis=1) for saving in real)
    spent = sum(amount for _, amount in played.world.costs) + 100 * one.setup.scenario.designs[design].transaction_cost
    assert (balance["resources"].sum(axis=1) == spent - free).all()


def check_days(one: Block, played: Played) -> None:
    """Capital, payments and the intervention's costs are known by the day, and add to their budget years."""
    dated = [posting for posting in played.postings if posting.paid]
    for posting in dated:
        by_year = np.zeros_like(posting.amount)
        for day, amount in posting.paid:
            by_year[:, one.setup.year(day) - one.setup.years[0]] += amount
        assert (by_year == posting.amount).all()
    undated = [posting for posting in played.postings if not posting.paid and posting.amount.any()]
    assert not any(posting.what.partition(":")[0] in ("capital", "repayment", "payment") for posting in undated)


def check_limits(played: Played) -> None:
    """No limit is exceeded by what is paid to the end; what is repaid makes room again."""
    plan, course = played.plan, played.course
    assert plan is not None
    assert course is not None
    by_terms = [column for column in range(len(plan.columns)) if column != plan.guarantee_column]
    moments = (*course.statements, course.ending)
    for limit in (limit for limit in plan.limits if not limit.since and limit.until == ALWAYS):
        mine = list(limit.columns) or by_terms
        if limit.kind == "per_year":
            years = [budget_year(day, plan.year_begins) for day in plan.statement_days]
            for year in set(years):
                paid = [m for m, y in zip(course.statements, years, strict=True) if y == year]
                assert (sum(m.paid[:, by_terms].sum(axis=1) for m in paid) <= limit.amount).all()
        elif limit.kind == "return_ceiling":
            assert (course.position.account >= 0).all()
        else:
            assert (sum(m.paid[:, mine].sum(axis=1) for m in moments) <= limit.amount).all()
    for payer, cap in enumerate(plan.payer_caps):
        columns = [column for column in by_terms if cap is not None]
        assert cap is None or (sum(m.parts[:, columns, payer].sum(axis=1) for m in moments) <= cap).all()
    assert plan.repays or all((m.paid >= 0).all() for m in moments)
