"""Entitlement, the first stage of settlement: facts become the cumulative entitlement of each clause at each statement.

It is pure, array-valued and memoryless, in whole øre; persons, prices, tiers, gates and bands live only here (and in
`pricing` and `banding`). A row is a contract instance: one row for a live contract, one per replication in the
simulator.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .banding import band_due, holds, told_of_its_own
from .facts import Facts, Ints, groups_of, order_of, running, since_first, sums
from .money import Ore
from .plans import BandPlan, Plan, PricePlan, SavingsPlan, SchedulePlan
from .pricing import Earned, netted, price_lines, savings_lines, within_quota

_UNCAPPED = 2**62


@dataclass(frozen=True)
class Lines:
    """Each fact's way through a clause: gross øre, what a person limit cut, net = gross − cut; one element a line.

    statement, day: with which it is served; a gate may make them later than the fact's own.
    """

    fact: Ints
    clause: Ints
    gross: Ore
    cut: Ore
    statement: Ints
    day: Ints

    @property
    def net(self) -> Ore:
        """What is left of each line."""
        return self.gross - self.cut


@dataclass(frozen=True)
class Due:
    """Cumulative entitlement in øre, amount[row, clause, statement], and its lines when asked for."""

    amount: Ore
    lines: Lines | None = None


def entitle(plan: Plan, facts: Facts, rows: int, lines: bool = False, drawn: Ore | None = None) -> Due:
    """What the facts entitle to, by clause and statement, before limits on money.

    Within a person, outcomes are served in the order statement, day, clause, point, so a person limit cuts the last.
    A price of zero earns no line. Savings are taken by statement, then day. drawn [row, statement]: capital drawn up to
    each statement, øre, for clauses that pay a share of it. Bands, schedules and quotas have amounts but no lines; a
    condition that fails takes a clause's whole amount, and no line.
    Raises OverflowError where sums leave the exact range.
    """
    statements = len(plan.statement_days)
    table = _lines(plan, facts, rows)
    due = np.zeros((rows, len(plan.clauses), statements), np.int64)
    cell = facts.row.take(table.fact) * len(plan.clauses) + table.clause
    due += sums(cell * statements + table.statement, table.net, due.size).reshape(due.shape)
    due = np.cumsum(due, axis=2)
    capital = np.zeros((rows, statements), np.int64) if drawn is None else drawn
    for c, clause in enumerate(plan.clauses):
        if isinstance(clause, SchedulePlan):
            due[:, c, :] += clause.due
        elif isinstance(clause, BandPlan):
            due[:, c, :] = band_due(clause, facts, rows, statements, capital)
        elif isinstance(clause, PricePlan) and clause.quota is not None:
            due[:, c, :] = within_quota(clause, facts, rows, statements)
        elif isinstance(clause, PricePlan) and clause.less:
            due[:, c, :] = netted(clause, facts, due[:, c, :])
        for test in clause.tests:
            due[:, c, :] *= holds(test, facts, due, rows, statements)
        if isinstance(clause, BandPlan) and clause.earlier:
            due[:, c, :] -= due[:, list(clause.earlier), :].sum(axis=1)
            due[:, c, :] *= told_of_its_own(clause, facts, rows, statements)
    return Due(due, table if lines else None)


def _lines(plan: Plan, facts: Facts, rows: int) -> Lines:
    none = np.zeros(0, np.int64)
    earned, numbers = [Earned(none, none, none, none)], [none]
    for c, clause in enumerate(plan.clauses):
        if isinstance(clause, PricePlan) and clause.quota is None:
            found = price_lines(clause, facts)
        elif isinstance(clause, SavingsPlan):
            found = savings_lines(clause, facts, rows)
        else:
            continue
        earned.append(found)
        numbers.append(np.full(len(found.fact), c))
    fact, gross, statement, day = (
        np.concatenate([getattr(each, name) for each in earned]) for name in ("fact", "gross", "statement", "day")
    )
    table = Lines(fact, np.concatenate(numbers), gross, np.zeros(len(fact), np.int64), statement, day)
    return replace(table, cut=_person_cuts(plan, facts, table)) if plan.person_limits else table


@dataclass(frozen=True)
class Turn:
    """Persons who reached a goal at one follow-up, each at most once and on rising dates from turn to turn.

    metric, point; by person: its number over all rows, row, and statement.
    """

    metric: int
    point: int
    person: Ints
    row: Ints
    statement: Ints


def entitle_in_turn(plan: Plan, turns: Sequence[Turn], others: Facts, rows: int, persons: int) -> Due:
    """As `entitle` under one limit per person, for facts that come in the order in which persons are served.

    It needs no table of lines and no sorting, which makes ten thousand contracts fast; for plans with `plain_prices`.
    others: the facts that no person limit cuts; persons: how many there are over all rows.
    """
    due = entitle(plan, others, rows).amount
    statements = len(plan.statement_days)
    (cap,) = (limit.amount for limit in plan.person_limits) if plan.person_limits else (_UNCAPPED,)
    earned = np.zeros(persons, np.int64)
    for turn, c, gross in _in_turn(plan, turns):
        before = earned.take(turn.person)
        net = _within_cap(before, gross, cap)
        earned[turn.person] = before + gross
        found = sums(turn.row * statements + turn.statement, net, rows * statements).reshape(rows, statements)
        due[:, c] += np.cumsum(found, axis=1)
    return Due(due)


def _in_turn(plan: Plan, turns: Sequence[Turn]) -> Iterator[tuple[Turn, int, int]]:
    """Turns in the order of service (point, then clause), each with a clause that pays for it and the price in øre."""
    for point in sorted({turn.point for turn in turns}):
        for c, clause in enumerate(plan.clauses):
            if isinstance(clause, PricePlan) and (price := int(clause.price_at(np.array(point)))):
                mine = (turn for turn in turns if (turn.point, turn.metric) == (point, clause.metric))
                yield from ((turn, c, price) for turn in mine)


def _person_cuts(plan: Plan, facts: Facts, table: Lines) -> Ore:
    """What the limits per person cut of each line; a limit on more clauses cuts what the others have left."""
    (at,) = np.nonzero(facts.person[table.fact] >= 0)
    fact, clause = table.fact[at], table.clause[at]
    row, person, day = facts.row[fact], facts.person[fact], table.day[at]
    order = order_of(row, person, table.statement[at], since_first(day), clause, facts.point[fact])
    group, clause = groups_of(row[order], person[order]), clause[order]
    gross = table.gross[at][order]
    net = gross
    for limit in plan.person_limits:
        limited = np.zeros(len(plan.clauses), bool)
        limited[list(limit.columns)] = True
        mine = np.where(limited[clause], net, 0)
        before, _ = running(group, mine, int(group[-1]) + 1 if len(group) else 0)
        net = net - mine + _within_cap(before, mine, limit.amount)
    cuts = np.zeros(len(table.fact), np.int64)
    cuts[at[order]] = gross - net
    return cuts


def _within_cap(earned: Ore, gross: Ore | int, cap: int) -> Ore:
    """What a person who has earned so much may still earn of the next amount."""
    rest: Ore = np.minimum(earned + gross, cap) - np.minimum(earned, cap)
    return rest
