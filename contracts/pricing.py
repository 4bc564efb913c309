"""What unit prices and shares of savings make of facts, line by line, before the limit per person."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .facts import Facts, Ints, groups_of, order_of, running, since_first, sums
from .money import PPM, Ore, muldiv
from .plans import ALWAYS, GatePlan, PricePlan, SavingsPlan, SavingTiers, VolumeTiers

Flags = NDArray[np.bool_]
_NEVER = 2**20
"""A statement that no contract reaches."""


@dataclass(frozen=True)
class Earned:
    """Lines of one clause: the fact, what it earns in øre, and the statement and day with which it does."""

    fact: Ints
    gross: Ore
    statement: Ints
    day: Ints


def price_lines(clause: PricePlan, facts: Facts) -> Earned:
    """What each fact earns by a unit price. A price of zero earns no line; a gate delays a line, or keeps it out."""
    read = facts.metric == clause.metric
    for other in clause.less:
        read |= facts.metric == other
    (at,) = np.nonzero(_counted(clause, facts, read))
    if not clause.tiers:
        at = at[clause.price_at(facts.point[at]) > 0]
    statement, day, keep = _through_gates(clause.gates, facts, at)
    if clause.gates:
        at, statement, day = at[keep], statement[keep], day[keep]
    quantity = facts.quantity[at]
    for other in clause.less:
        quantity = np.where(facts.metric[at] == other, -quantity, quantity)
    if clause.most_per_person is not None:
        quantity = _first_of_each(facts, at, quantity, statement, day, clause.most_per_person)
    if not clause.tiers:
        gross = muldiv(quantity, clause.price_at(facts.point[at]), clause.per)
        return _own(clause, facts, Earned(at, gross, statement, day))
    order = order_of(facts.row[at], statement, since_first(day), facts.point[at])
    at, statement, day, quantity = at[order], statement[order], day[order], quantity[order]
    group = groups_of(facts.row[at])
    before, after = running(group, quantity, int(group[-1]) + 1 if len(group) else 0)
    gross = by_volume(clause.tiers, after, clause.per) - by_volume(clause.tiers, before, clause.per)
    return _own(clause, facts, Earned(at, gross, statement, day))


def savings_lines(clause: SavingsPlan, facts: Facts, rows: int) -> Earned:
    """What each stated saving earns: the tiers work on the saving to date, taken by statement, then day."""
    at, _, gross = _savings(clause, facts, rows)
    return _own(clause, facts, Earned(at, gross, facts.statement[at], facts.day[at]))


def _savings(clause: SavingsPlan, facts: Facts, rows: int) -> tuple[Ints, Ore, Ore]:
    """The savings of a clause and of those that it goes on with, in order, and what each saves and earns, øre.

    What was found before counts as the clause of its day has it; under tiers by what is earned, the tiers go on where
    that much is earned, else where that much is saved.
    """
    read = facts.metric == clause.metric
    for other in clause.less:
        read |= facts.metric == other
    (at,) = np.nonzero(_counted(clause, facts, read))
    at = at[np.lexsort((facts.day[at], facts.statement[at], facts.row[at]))]
    saving, gross = facts.quantity[at], np.zeros(len(at), np.int64)
    if clause.baseline:
        saving = muldiv(clause.baseline[0] - saving, clause.baseline[1], PPM)
    for other in clause.less:
        saving = np.where(facts.metric[at] == other, -saving, saving)
    mine = np.ones(len(at), bool)
    if clause.before is not None:
        mine = facts.day[at] >= clause.since
        _, saving[~mine], gross[~mine] = _savings(clause.before, facts, rows)
    row = facts.row[at]
    before, after = running(row, np.where(mine, saving, 0), rows)
    (_, saved), (_, earned) = (running(row, np.where(mine, 0, each), rows) for each in (saving, gross))
    start = saved
    if clause.by_earned:
        start = np.where(earned > 0, _saving_for(clause.tiers, earned), np.minimum(saved, 0))
    new = tiered(clause.tiers, start + after) - tiered(clause.tiers, start + before)
    return at, saving, np.where(mine, new, gross)


def _saving_for(tiers: SavingTiers, earned: Ore) -> Ore:
    """The saving with which so much is earned, which `tiered` gives back; all that is shared where more is earned."""
    saving, left = np.zeros_like(earned), earned
    for _, width, share, step in tiers:
        within = left if step is None else np.minimum(left, step)
        part = muldiv(within, PPM, share) if share else np.zeros_like(earned)
        saving = saving + (part if step is None else np.where(within == step, width, part))
        left = left - within
    return saving


def tiered(tiers: SavingTiers, saving: Ore) -> Ore:
    """What a cumulative saving has earned: nothing below zero, then each tier's share of the saving in its width.

    The width of a tier that lasts until so much is earned is that divided by its share, rounded to an øre; the amount
    of each tier is rounded once and a full tier earns exactly its step.
    """
    earned = np.zeros_like(saving)
    for low, width, share, step in tiers:
        within = np.clip(saving - low, 0, width)
        amount = muldiv(within, share, PPM)
        if step is not None:
            amount = np.where(within == width, step, np.minimum(amount, step))
        earned += amount
    return earned


def by_volume(tiers: VolumeTiers, quantity: Ints, per: int) -> Ore:
    """What a cumulative quantity has earned: in each tier its price, rounded once a tier."""
    earned = np.zeros_like(quantity)
    for low, width, price in tiers:
        earned += muldiv(np.clip(quantity - low, 0, width), price, per)
    return earned


def within_quota(clause: PricePlan, facts: Facts, rows: int, statements: int) -> Ore:
    """Cumulative øre [row, statement] of a price with a quota: at each follow-up month, at most this share of those
    measured is paid, rounded down to a millionth.
    """
    whole = _quota_to_date(clause, facts, rows, statements)
    return whole if clause.since == clause.begun else whole - _quota_to_date(_before(clause), facts, rows, statements)


def netted(clause: PricePlan, facts: Facts, due: Ore) -> Ore:
    """Cumulative øre [row, statement] of a price with results that are taken off: in all never below nothing.

    due: what its lines add up to.
    """
    if clause.since == clause.begun:
        return np.maximum(due, 0)
    found = price_lines(_before(clause), facts)
    cell = facts.row[found.fact] * due.shape[1] + found.statement
    before = sums(cell, found.gross, due.size).reshape(due.shape).cumsum(axis=1)
    netted: Ore = np.maximum(due + before, 0) - np.maximum(before, 0)
    return netted


def _before(clause: PricePlan) -> PricePlan:
    """The clause as if it had been in force on the days that it counts before its own."""
    return replace(clause, since=clause.begun, until=clause.since)


def _quota_to_date(clause: PricePlan, facts: Facts, rows: int, statements: int) -> Ore:
    (at,) = np.nonzero(_counted(clause, facts, facts.metric == clause.metric))
    due = np.zeros((rows, statements), np.int64)
    cell = facts.row[at] * statements + facts.statement[at]
    of = facts.denominators()[at]
    for point in np.unique(facts.point[at]).tolist():
        mine = facts.point[at] == point
        found = sums(cell[mine], facts.quantity[at][mine], rows * statements).reshape(rows, statements).cumsum(axis=1)
        measured = sums(cell[mine], of[mine], rows * statements).reshape(rows, statements).cumsum(axis=1)
        paid = np.minimum(found, measured * (clause.quota or 0) // PPM)
        due += muldiv(paid, int(clause.price_at(np.array(point))), clause.per)
    return due


def _counted(clause: PricePlan | SavingsPlan, facts: Facts, read: Flags) -> Flags:
    """Of the facts that are read, those of the days and groups that the clause counts."""
    if clause.begun > 0:
        read &= facts.day >= clause.begun
    if clause.until < ALWAYS:
        read &= facts.day < clause.until
    if isinstance(clause, PricePlan) and clause.groups:
        read &= facts.in_groups(clause.groups)
    return read


def _own(clause: PricePlan | SavingsPlan, facts: Facts, earned: Earned) -> Earned:
    """The lines of facts from the clause's own days; what was found before only counts."""
    if clause.since == clause.begun:
        return earned
    mine = facts.day[earned.fact] >= clause.since
    return Earned(earned.fact[mine], earned.gross[mine], earned.statement[mine], earned.day[mine])


def _through_gates(gates: tuple[GatePlan, ...], facts: Facts, at: Ints) -> tuple[Ints, Ints, Flags]:
    """Statement and day with which facts count: the later of their own and of each gate's; and which count at all.

    A gate opens with the first statement that tells of it, on the earliest day told then: what is told later does not
    change what was settled before.
    """
    statement, day = facts.statement[at], facts.day[at]
    keep = np.ones(len(at), bool)
    if not gates:
        return statement, day, keep
    who = facts.row * (int(facts.person.max(initial=-1)) + 2) + facts.person + 1
    for gate in gates:
        opens = (facts.metric == gate.metric) & (facts.quantity > 0) & (facts.person >= 0)
        if gate.point >= 0:
            opens &= facts.point == gate.point
        told, since = _opened(gate, facts, who, np.flatnonzero(opens), at)
        keep &= told < _NEVER
        statement = np.maximum(statement, told)
        day = np.maximum(day, since)
    return statement, day, keep


def _opened(gate: GatePlan, facts: Facts, who: Ints, goals: Ints, at: Ints) -> tuple[Ints, Ints]:
    """For each fact the statement with which a gate opens (or never), and the day; `goals`: the facts that open it."""
    told, since = np.full(len(at), _NEVER), facts.day[at]
    if not len(goals):
        return told, since
    if gate.from_then:
        # of the goals that are no later than the fact, the one told first
        goals = goals[np.lexsort((facts.day[goals], who[goals]))]
        person = groups_of(who[goals]) * _NEVER
        first_told = np.minimum.accumulate(facts.statement[goals] - person) + person
        place = np.searchsorted(who[goals] * ALWAYS + facts.day[goals], who[at] * ALWAYS + since, side="right") - 1
        mine = (place >= 0) & (who[goals][place] == who[at])
        told[mine] = first_told[place[mine]]
    else:
        goals = goals[np.lexsort((facts.day[goals], facts.statement[goals], who[goals]))]
        place = np.minimum(np.searchsorted(who[goals], who[at]), len(goals) - 1)
        mine = who[goals][place] == who[at]
        told[mine], since[mine] = facts.statement[goals][place[mine]], facts.day[goals][place[mine]]
    return told, since


def _first_of_each(facts: Facts, at: Ints, quantity: Ints, statement: Ints, day: Ints, most: int) -> Ints:
    """Quantities cut so that no person has more than so much in all, the first ones first; counts are not cut."""
    kept = quantity.copy()
    (mine,) = np.nonzero(facts.person[at] >= 0)
    keys = (facts.row[at], facts.person[at], statement, since_first(day), facts.point[at])
    order = mine[order_of(*(key[mine] for key in keys))]
    group = groups_of(facts.row[at][order], facts.person[at][order])
    before, after = running(group, quantity[order], int(group[-1]) + 1 if len(group) else 0)
    kept[order] = np.minimum(after, most) - np.minimum(before, most)
    return kept
