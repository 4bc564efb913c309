"""What a contract reads of a world, as facts: single persons, or counts of them where that gives the same øre."""

import numpy as np
from numpy.typing import NDArray

from contracts.agreed import ENROLLED
from contracts.entitlement import Turn
from contracts.facts import Facts, join_facts
from contracts.money import PPM
from contracts.plans import BandPlan, Plan, PricePlan

from .lives import row_of
from .measuring import FollowUp, Saving
from .setup import ContractSetup

Ints = NDArray[np.int64]
Cells = NDArray[np.intp]


def needs_persons(plan: Plan) -> bool:
    """Whether counts will not do: a clause looks at single persons or days, or rounds what each result earns."""
    return plan.by_person or any(rounds(clause) for clause in plan.clauses if isinstance(clause, PricePlan))


def rounds(clause: PricePlan) -> bool:
    """Whether one result earns a part of an øre: a price for so many units that do not go into it."""
    by_total = bool(clause.tiers) or clause.quota is not None
    return not by_total and bool((clause.price * PPM % clause.per).any())


def served_in_turn(plan: Plan) -> bool:
    """Whether nothing but a limit per person asks who is who, so that `entitle_in_turn` will do."""
    banded = any(isinstance(clause, BandPlan) for clause in plan.clauses)
    return bool(plan.person_limits) and plan.plain_prices and not banded


def reads_failures(plan: Plan, metric: str) -> bool:
    """Whether it matters who was measured and failed; a condition on a number needs to know that any were measured."""
    index = plan.metrics.index(metric)
    return plan.counts_failures(index)


def enrolments(starts: NDArray[np.float32], horizon: int, rows: int) -> list[FollowUp]:
    """Enrolments as results that are found on the day itself, one element a day; starts [cell]: instants."""
    begun = np.flatnonzero(starts < horizon)
    day = starts.take(begun).astype(np.int64)
    found = []
    for start in np.unique(day).tolist():
        cells = begun[day == start]
        count = np.bincount(row_of(cells, rows), minlength=rows)
        found.append(FollowUp(ENROLLED, 0, count, cells, np.full(len(cells), start + 1, np.int64)))
    return found


def contract_facts(
    contract: ContractSetup,
    follow_ups: list[FollowUp],
    savings: list[Saving],
    ordinal_of: Ints,
    rows: int,
    persons: bool,
) -> Facts:
    """The facts that a contract's clauses read, of the follow-ups of its metrics.

    ordinal_of [instant]: proleptic ordinal of the day before. persons: a fact per person, else counts by row,
    statement, point and subgroup (see `needs_persons`). Where a follow-up tells who was measured, failures are facts
    too: of single persons with nothing, of counts in the denominator.
    """
    plan = contract.plan
    mine = [seen for seen in follow_ups if len(seen.reached if seen.everyone is None else seen.everyone[0])]
    if persons:
        pieces = [_by_person(contract, mine, ordinal_of, rows)] if mine else []
    else:
        pieces = [_counted(contract, seen, ordinal_of, rows) for seen in mine]
    for saving in savings:
        number = int(contract.statement_of[saving.at])
        if saving.metric in plan.metrics and number < len(plan.statement_days):
            pieces.append(_certified(plan.metrics.index(saving.metric), saving, number, ordinal_of, rows))
    return join_facts(pieces)


def turns(contract: ContractSetup, follow_ups: list[FollowUp], rows: int) -> list[Turn]:
    """Who reached which goal, follow-up by follow-up, of those that a statement settles."""
    plan, found = contract.plan, []
    for seen in follow_ups:
        cell, statement = seen.reached, contract.statement_of.take(seen.at)
        settled = statement < len(plan.statement_days)
        if not settled.all():
            cell, statement = cell[settled], statement[settled]
        found.append(Turn(plan.metrics.index(seen.metric), seen.point, cell, row_of(cell, rows), statement))
    return found


def _by_person(contract: ContractSetup, seen: list[FollowUp], ordinal_of: Ints, rows: int) -> Facts:
    plan = contract.plan
    told = [_quantities(one) for one in seen]
    cell, at, quantity = (np.concatenate(column) for column in zip(*told, strict=True))
    sizes = [len(cells) for cells, _, _ in told]
    metric = np.repeat(np.array([plan.metrics.index(one.metric) for one in seen], np.int64), sizes)
    point = np.repeat(np.array([one.point for one in seen], np.int64), sizes)
    statement = contract.statement_of.take(at)
    keep = statement < len(plan.statement_days)
    if not keep.all():
        kept = np.flatnonzero(keep)
        columns = (cell, at, quantity, statement, metric, point)
        cell, at, quantity, statement, metric, point = (column.take(kept) for column in columns)
    person = cell // rows
    return Facts(
        row=cell - person * rows,
        person=person,
        day=ordinal_of.take(at),
        statement=statement,
        metric=metric,
        point=point,
        quantity=quantity,
        group=None if contract.groups is None else contract.groups.take(person),
    )


def _quantities(seen: FollowUp) -> tuple[Ints, Ints, Ints]:
    """Cells in order, instants and millionths of those who reached a goal, or of everyone who was measured."""
    if seen.everyone is None:
        order = np.argsort(seen.reached, kind="stable")
        cell = seen.reached.take(order).astype(np.int64, copy=False)
        return cell, seen.at.take(order), np.full(len(cell), PPM, np.int64)
    cell, at = seen.everyone
    there = np.zeros(int(cell.max(initial=-1)) + 1, np.int64)
    there[seen.reached] = PPM
    return cell.astype(np.int64, copy=False), at, there.take(cell)


def _counted(contract: ContractSetup, seen: FollowUp, ordinal_of: Ints, rows: int) -> Facts:
    plan = contract.plan
    groups, beyond, _ = shape = _shape(contract, rows)
    size = (beyond - 1) * rows

    def counted(cell: Cells, at: Ints) -> Ints:
        # what no statement settles is counted beyond the last one, and left out
        count = np.bincount(_places(contract, cell, at, rows), minlength=groups * beyond * rows)
        return count.reshape(shape)[:, :-1].reshape(-1)

    found = counted(seen.reached, seen.at)
    measured = found if seen.everyone is None else counted(*seen.everyone)
    at = np.flatnonzero(measured)
    place = at if groups == 1 else at % size
    statement = place // rows
    one = np.ones(len(at), np.int64)
    return Facts(
        row=place - statement * rows,
        person=-one,
        day=_days(contract, seen, ordinal_of, rows).take(at) if _dated(plan) else 0 * one,
        statement=statement,
        metric=plan.metrics.index(seen.metric) * one,
        point=seen.point * one,
        quantity=found.take(at) * PPM,
        of=None if seen.everyone is None else measured.take(at) * PPM,
        group=None if contract.groups is None else at // size,
    )


def _shape(contract: ContractSetup, rows: int) -> tuple[int, int, int]:
    """Subgroups, statements (with one for what none settles) and rows."""
    groups = 1 if contract.groups is None else int(contract.groups.max()) + 1
    return groups, len(contract.plan.statement_days) + 1, rows


def _places(contract: ContractSetup, cell: Cells, at: Ints, rows: int) -> Ints:
    """Subgroup, statement and row of each as one number."""
    place = contract.statement_of.take(at) * rows + row_of(cell, rows)
    if contract.groups is None:
        return place
    return place + contract.groups.take(cell // rows) * ((len(contract.plan.statement_days) + 1) * rows)


def _dated(plan: Plan) -> bool:
    """Whether the days of counts matter: single measurements are told apart by them, and due dates look at them."""
    return any(isinstance(clause, BandPlan) and (clause.on != "all_so_far" or clause.dated) for clause in plan.clauses)


def _days(contract: ContractSetup, seen: FollowUp, ordinal_of: Ints, rows: int) -> Ints:
    """The last day on which anybody of a count was measured, by the places of counts; 0 for nobody."""
    cell, at = (seen.reached, seen.at) if seen.everyone is None else seen.everyone
    last = np.zeros(_shape(contract, rows), np.int64)
    np.maximum.at(last.reshape(-1), _places(contract, cell, at, rows), ordinal_of.take(at))
    return last[:, :-1].reshape(-1)


def _certified(metric: int, saving: Saving, statement: int, ordinal_of: Ints, rows: int) -> Facts:
    one = np.ones(rows, np.int64)
    return Facts(
        row=np.arange(rows),
        person=-one,
        day=int(ordinal_of[saving.at]) * one,
        statement=statement * one,
        metric=metric * one,
        point=0 * one,
        quantity=saving.amount,
    )
