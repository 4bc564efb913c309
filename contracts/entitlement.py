"""Entitlement, the first stage of settlement: facts become the cumulative entitlement of each clause at each statement.

It is pure, array-valued and memoryless, in whole øre; persons, prices and tiers live only here. A row is a contract
instance: one row for a live contract, one per replication in the simulator.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .compiled import Plan, PricePlan, SavingsPlan, SchedulePlan
from .money import PPM, Ore, muldiv

Ints = NDArray[np.int64]
_EXACT_IN_FLOAT = 2**53
_UNCAPPED = 2**62


@dataclass(frozen=True)
class Facts:
    """What was found, one element a fact; all arrays int64 of one length.

    row: contract instance; person: index, −1 for a cohort or count; day: proleptic ordinal; statement: index of the
    statement that settles it; metric: index in `Plan.metrics`; point: follow-up month, 0 where there is none;
    quantity: millionths of an outcome, or øre for savings.
    Successes may be handed over counted by (row, statement, metric, point) where no person limit applies: for whole
    quantities that gives the same øre.
    """

    row: Ints
    person: Ints
    day: Ints
    statement: Ints
    metric: Ints
    point: Ints
    quantity: Ints

    def __len__(self) -> int:
        return len(self.row)


def facts_of(records: Sequence[tuple[int, int, int, int, int, int, int]]) -> Facts:
    """Facts from tuples in the order of the fields."""
    table = np.array(records, dtype=np.int64).reshape(-1, 7)
    return Facts(*(np.ascontiguousarray(column) for column in table.T))


def join_facts(pieces: Sequence[Facts]) -> Facts:
    """One table of several."""
    if not pieces:
        return facts_of([])
    if len(pieces) == 1:
        return pieces[0]
    names = Facts.__dataclass_fields__
    return Facts(*(np.concatenate([getattr(piece, name) for piece in pieces]) for name in names))


@dataclass(frozen=True)
class Lines:
    """Each fact's way through a clause: gross øre, what a person limit cut, net = gross − cut; one element a line."""

    fact: Ints
    clause: Ints
    gross: Ore
    cut: Ore

    @property
    def net(self) -> Ore:
        """What is left of each line."""
        return self.gross - self.cut


@dataclass(frozen=True)
class Due:
    """Cumulative entitlement in øre, amount[row, clause, statement], and its lines when asked for."""

    amount: Ore
    lines: Lines | None = None


def entitle(plan: Plan, facts: Facts, rows: int, lines: bool = False) -> Due:
    """What the facts entitle to, by clause and statement, before limits on money.

    Within a person, outcomes are served in the order statement, day, clause, point, so a person limit cuts the last.
    A price of zero earns no line. Savings are taken by statement, then day.
    Raises OverflowError where sums leave the exact range.
    """
    statements = len(plan.statement_days)
    found = [_clause_lines(plan, c, facts, rows) for c in range(len(plan.clauses))]
    table = Lines(
        fact=np.concatenate([np.zeros(0, np.int64)] + [fact for fact, _ in found]),
        clause=np.concatenate([np.zeros(0, np.int64)] + [np.full(len(fact), c) for c, (fact, _) in enumerate(found)]),
        gross=np.concatenate([np.zeros(0, np.int64)] + [gross for _, gross in found]),
        cut=np.zeros(sum(len(fact) for fact, _ in found), np.int64),
    )
    if plan.person_cap is not None:
        table = replace(table, cut=_person_cuts(plan, facts, table, plan.person_cap))
    due = np.zeros((rows, len(plan.clauses), statements), np.int64)
    cell = facts.row.take(table.fact) * len(plan.clauses) + table.clause
    cell = cell * statements + facts.statement.take(table.fact)
    due += _sums(cell, table.net, due.size).reshape(due.shape)
    due = np.cumsum(due, axis=2)
    for c, clause in enumerate(plan.clauses):
        if isinstance(clause, SchedulePlan):
            due[:, c, :] += clause.due
    return Due(due, table if lines else None)


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
    """As `entitle` under a person limit, for facts that come in the order in which persons are served.

    It needs no table of lines and no sorting, which makes ten thousand contracts fast. others: the facts that no person
    limit cuts; persons: how many there are over all rows.
    """
    due = entitle(plan, others, rows).amount
    statements = len(plan.statement_days)
    cap = plan.person_cap if plan.person_cap is not None else _UNCAPPED
    earned = np.zeros(persons, np.int64)
    for turn, c, gross in _in_turn(plan, turns):
        before = earned.take(turn.person)
        net = _within_cap(before, gross, cap)
        earned[turn.person] = before + gross
        found = _sums(turn.row * statements + turn.statement, net, rows * statements).reshape(rows, statements)
        due[:, c] += np.cumsum(found, axis=1)
    return Due(due)


def _in_turn(plan: Plan, turns: Sequence[Turn]) -> Iterator[tuple[Turn, int, int]]:
    """Turns in the order of service (point, then clause), each with a clause that pays for it and the price in øre."""
    for point in sorted({turn.point for turn in turns}):
        for c, clause in enumerate(plan.clauses):
            if isinstance(clause, PricePlan) and (price := int(clause.price_at(np.array(point)))):
                mine = (turn for turn in turns if (turn.point, turn.metric) == (point, clause.metric))
                yield from ((turn, c, price) for turn in mine)


def _clause_lines(plan: Plan, clause_index: int, facts: Facts, rows: int) -> tuple[Ints, Ore]:
    clause = plan.clauses[clause_index]
    if isinstance(clause, PricePlan):
        (at,) = np.nonzero(facts.metric == clause.metric)
        price = clause.price_at(facts.point[at])
        at, price = at[price > 0], price[price > 0]
        return at, muldiv(facts.quantity[at], price, PPM)
    if isinstance(clause, SavingsPlan):
        (at,) = np.nonzero(facts.metric == clause.metric)
        at = at[np.lexsort((facts.day[at], facts.statement[at], facts.row[at]))]
        before, after = _running(facts.row[at], facts.quantity[at], rows)
        return at, tiered(clause, after) - tiered(clause, before)
    return np.zeros(0, np.int64), np.zeros(0, np.int64)


def tiered(clause: SavingsPlan, saving: Ore) -> Ore:
    """What a cumulative saving has earned: nothing below zero, then each tier's share of the saving in its width.

    A tier's width is `until_earned` divided by its share, rounded to an øre; the amount of each tier is rounded once
    and a full tier earns exactly its step.
    """
    earned = np.zeros_like(saving)
    for low, width, share, step in clause.tiers:
        within = np.clip(saving - low, 0, width)
        amount = muldiv(within, share, PPM)
        if step is not None:
            amount = np.where(within == width, step, np.minimum(amount, step))
        earned += amount
    return earned


def _running(row: Ints, quantity: Ints, rows: int) -> tuple[Ints, Ints]:
    """Cumulative quantity before and after each element, within its row; elements are sorted by row."""
    after = np.cumsum(quantity)
    first = np.searchsorted(row, np.arange(rows))
    base = np.concatenate([[0], after])[first]
    after = after - base[row]
    return after - quantity, after


def _person_cuts(plan: Plan, facts: Facts, table: Lines, cap: int) -> Ore:
    priced = np.array([isinstance(clause, PricePlan) for clause in plan.clauses], bool)
    (at,) = np.nonzero(priced[table.clause] & (facts.person[table.fact] >= 0))
    fact, clause = table.fact[at], table.clause[at]
    order, group = _served(plan, facts, fact, clause)
    gross = table.gross[at][order]
    before, _ = _running(group, gross, int(group[-1]) + 1 if len(group) else 0)
    cuts = np.zeros(len(table.fact), np.int64)
    cuts[at[order]] = gross - _within_cap(before, gross, cap)
    return cuts


def _within_cap(earned: Ore, gross: Ore | int, cap: int) -> Ore:
    """What a person who has earned so much may still earn of the next amount."""
    rest: Ore = np.minimum(earned + gross, cap) - np.minimum(earned, cap)
    return rest


def _served(plan: Plan, facts: Facts, fact: Ints, clause: Ints) -> tuple[Ints, Ints]:
    """The order in which lines are served (row, person, statement, day, clause, point), and its person groups."""
    keys = (
        facts.row[fact],
        facts.person[fact],
        facts.statement[fact],
        facts.day[fact] - (int(facts.day.min()) if len(facts) else 0),
        clause,
        facts.point[fact],
    )
    widths = [int(key.max(initial=0)) + 1 for key in keys]
    if np.prod([float(width) for width in widths]) < _EXACT_IN_FLOAT:
        packed = keys[0]
        for key, width in zip(keys[1:], widths[1:], strict=True):
            packed = packed * width + key
        order = np.argsort(packed, kind="stable")
    else:
        order = np.lexsort(keys[::-1])
    who = keys[0][order] * widths[1] + keys[1][order]
    group = np.cumsum(np.concatenate([[0], (np.diff(who) != 0).astype(np.int64)])) if len(who) else who
    return order, group


def _sums(cell: Ints, amount: Ore, size: int) -> Ore:
    """Integer sums of amounts by cell; bincount adds in float64, which is exact below 2^53."""
    if len(amount) and float(np.abs(amount).sum(dtype=np.float64)) >= _EXACT_IN_FLOAT:
        raise OverflowError("amounts of more than 90 000 billion kroner cannot be added exactly")
    return np.bincount(cell, weights=amount, minlength=size).astype(np.int64)
