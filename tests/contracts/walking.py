"""Many contracts settled at once by the arrays, and told in the words of the oracle."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from contracts import entitlement, settlement
from contracts.agreed import metrics_of
from contracts.compiled import compile_terms, ended_early
from contracts.entitlement import Due, Lines
from contracts.facts import Facts, facts_of
from contracts.money import PPM
from contracts.plans import Plan
from contracts.settlement import Position
from contracts.terms import Terms
from tests.oracle import Fact, Line, Settled, Settlement

SAVINGS = ("shelter", "benefits")
"""The metrics of savings, in øre; other quantities are in whole ones."""

Draws = dict[dt.date, int]


@dataclass(frozen=True)
class Case:
    """One set of terms and some contracts on it: for each row its facts, its draws (on common days), and its end."""

    terms: Terms
    facts: tuple[tuple[Fact, ...], ...]
    draws: tuple[Draws, ...]
    ends: tuple[dt.date, ...]


def tabled(plan: Plan, rows: Sequence[Sequence[Fact]]) -> Facts:
    """The facts of all rows in one table; facts of a metric that no clause reads are left out."""
    groups = {"": -1} | {name: number for number, name in enumerate(plan.groups)}
    return facts_of(
        [
            (
                row,
                -1 if fact.person is None else fact.person,
                fact.day.toordinal(),
                fact.statement,
                plan.metrics.index(fact.metric),
                fact.point,
                _whole(fact.quantity if fact.metric in SAVINGS else fact.quantity * PPM),
                _whole(fact.of * PPM),
                groups.setdefault(fact.group, len(groups) - 1),
            )
            for row, facts in enumerate(rows)
            for fact in facts
            if fact.metric in plan.metrics
        ]
    )


def _whole(exact: Fraction) -> int:
    assert exact.denominator == 1, exact
    return int(exact)


def known_facts(terms: Terms, facts: Sequence[Fact]) -> list[Fact]:
    """The facts of metrics that some clause reads."""
    return [fact for fact in facts if fact.metric in metrics_of(terms)]


class Step(NamedTuple):
    """A settlement day as arrays: paid and cut on it, and the position after it."""

    day: dt.date
    closing: bool
    before: Position
    after: Position
    paid: np.ndarray
    cuts: np.ndarray


def walk(
    plan: Plan,
    due: np.ndarray,
    draws: Mapping[dt.date, np.ndarray],
    ends: np.ndarray,
    at_end: Mapping[int, np.ndarray] | None = None,
) -> list[Step]:
    """Through the days of many contracts: draw, settle, end.

    due[row, clause, statement]; ends[row] ordinals; at_end: by such a day, what is entitled then [row, clause] where an
    early end settles it.
    """
    position = settlement.opening(plan, len(due))
    steps = []
    ordinals = {*plan.statement_days, *ends.tolist(), *(day.toordinal() for day in draws)}
    for day in map(dt.date.fromordinal, sorted(ordinals)):
        now = day.toordinal()
        if day in draws:
            position = settlement.draw(plan, position, now, draws[day])
        if now in plan.statement_days:
            after, paid, cuts = settlement.pay(plan, position, due[:, :, plan.statement_days.index(now)], now)
            steps.append(Step(day, False, position, after, paid, cuts))
            position = after
        if now in ends:
            before, rows = position, ends == now
            found, cut = 0, 0
            if at_end and now in at_end:
                done = position.paid + position.lapsed
                to_date = np.where(rows[:, None], at_end[now], done[:, : len(plan.clauses)])
                position, found, cut = settlement.pay(plan, position, to_date, now)
            after, paid, cuts = settlement.close(plan, position, now, rows, early=now < plan.end_day)
            steps.append(Step(day, True, before, after, found + paid, cut + cuts))
            position = after
    return steps


def drawn_to(case: Case, days: Sequence[int]) -> np.ndarray:
    """Capital drawn up to each of these days [row, day], øre."""
    to_date = [[sum(d[when] for when in d if when.toordinal() <= day) for day in days] for d in case.draws]
    return np.array(to_date, np.int64).reshape(len(case.draws), len(days))


def entitled(case: Case) -> tuple[Plan, Due]:
    """All rows of a case entitled in one array, with lines."""
    plan = compile_terms(case.terms)
    drawn = drawn_to(case, plan.statement_days)
    return plan, entitlement.entitle(plan, tabled(plan, case.facts), len(case.facts), lines=True, drawn=drawn)


def walk_case(case: Case) -> tuple[Plan, Due, list[Step]]:
    """Entitle and pay all rows of a case in one array."""
    plan, due = entitled(case)
    drawn = {day: np.array([draws[day] for draws in case.draws]) for day in case.draws[0]}
    return plan, due, walk(plan, due.amount, drawn, np.array([e.toordinal() for e in case.ends]), _at_end(plan, case))


def _at_end(plan: Plan, case: Case) -> dict[int, np.ndarray]:
    """Where early ends settle what was found since the last statement: what is entitled on those days [row, clause]."""
    found = {}
    for end in {end for end in case.ends if plan.early_results == "settled" and end.toordinal() < plan.end_day}:
        shorter = ended_early(plan, end.toordinal())
        last = len(shorter.statement_days) - 1
        known = [
            [fact._replace(statement=min(fact.statement, last)) for fact in facts if told(fact, last, end)]
            for facts in case.facts
        ]
        drawn = drawn_to(case, shorter.statement_days)
        found[end.toordinal()] = entitlement.entitle(shorter, tabled(plan, known), len(known), drawn=drawn).amount[
            :, :, -1
        ]
    return found


def told(fact: Fact, statement: int, end: dt.date) -> bool:
    """Whether a fact is known when the contract ends, this being the number of the statement that would come next."""
    return fact.day <= end and fact.statement <= statement


def settle_rows(case: Case) -> list[Settlement]:
    """All rows of a case settled in one array, each told as the oracle tells it."""
    plan, due, steps = walk_case(case)
    assert due.lines is not None
    table, at_end = tabled(plan, case.facts), _at_end(plan, case)
    found = []
    for row, end in enumerate(case.ends):
        statements = [_told(plan, step, row) for step in steps if not step.closing]
        for number, settled in enumerate(statements):
            statements[number] = replace(settled, entitled=_named(plan, due.amount[row, :, number]))
        (closing,) = (_told(plan, step, row) for step in steps if step.closing and step.day == end)
        if end.toordinal() in at_end:
            closing = replace(closing, entitled=_named(plan, at_end[end.toordinal()][row]))
        found.append(Settlement(_told_lines(plan, due.lines, table, row), statements, closing))
    return found


def _named(plan: Plan, amounts: np.ndarray) -> dict[str, int]:
    return {name: amount for name, amount in zip(plan.columns, amounts.tolist(), strict=False) if amount}


def _told(plan: Plan, step: Step, row: int) -> Settled:
    before, after = step.before.paid, step.after.paid
    split = settlement.split(plan, before, after)[row]
    got = settlement.received(plan, before), settlement.received(plan, after)
    receipts = settlement.to_investors(plan, *got)[row]
    cuts = Counter[tuple[str, str]]()
    for n, c in _places(step.cuts[:, row]):
        cuts[plan.limits[n].kind, plan.columns[c]] += int(step.cuts[n, row, c])
    return Settled(
        entitled={},
        cuts=dict(cuts),
        paid=_named(plan, step.paid[row]),
        parts={(plan.columns[c], plan.payers[p]): int(split[c, p]) for c, p in _places(split)},
        receipts={plan.investors[i]: int(receipts[i]) for (i,) in _places(receipts)},
    )


def _told_lines(plan: Plan, lines: Lines, table: Facts, row: int) -> list[Line]:
    (own,) = np.nonzero(table.row == row)
    numbers = {fact: number for number, fact in enumerate(own.tolist())}
    each = zip(lines.fact.tolist(), lines.clause.tolist(), lines.gross.tolist(), lines.cut.tolist(), strict=True)
    return [Line(numbers[f], plan.columns[c], gross, cut) for f, c, gross, cut in each if f in numbers]


def _places(amounts: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(place) for place in np.argwhere(amounts).tolist()]
