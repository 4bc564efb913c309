"""The most that a contract can come to pay: the contingent liability that a council asks for."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from contracts.banding import band_due
from contracts.dates import growth_ppb, simple_growth_ppb
from contracts.entitlement import entitle
from contracts.facts import Facts
from contracts.money import PPB, PPM, Ore, muldiv, parts
from contracts.plans import AmountPlan, AnyPlan, BandPlan, CeilingPlan, LimitPlan, Plan, PricePlan, SavingsPlan
from contracts.pricing import by_volume

from .calendar import run_contract
from .designs import drawn_to, draws_in, read
from .facts import contract_facts, rounds
from .lives import row_of
from .measuring import FollowUp
from .setup import ContractSetup
from .world import Block, World, measured_cells

UNBOUNDED = -1
_MUCH = 2**50

Draws = list[tuple[int, Ore]]


def maximum_payment(block: Block, contract: ContractSetup, world: World) -> int:
    """Øre paid in all, but by a guarantor, when everyone measured reaches every goal and savings are endless.

    It is a bound that no replication passes, settled as any other course of the contract in every replication, of which
    the highest counts. In favour of the payee, conditions are taken as met, gates as open and metrics that are taken
    off as nothing; where results are paid for so many of each citizen's only, they are the best paid; a band pays its
    largest amount each time that it falls due or is measured; whatever a limit cuts waits, so that nothing is lost; of
    limits that overlap without one holding the other the first counts, since what one leaves depends on who is paid; a
    compensation for an early end falls due at the end. Under a return ceiling the most is capital with all its return,
    paid at the very end. No payer with a limit pays more than that. UNBOUNDED where no limit bounds a share of savings.
    """
    plan = contract.plan
    draws = draws_in(contract, world, block.rows)
    most = _most(block, contract, world, draws)
    bound = _earned(block, contract, most, draws)
    for limit in plan.person_limits:
        cut = np.isin(np.arange(len(plan.clauses)), limit.columns)
        others = _earned(block, contract, np.where(cut[None, :, None], 0, most), draws)
        bound = np.minimum(bound, others + _persons(block, contract, world, ()) * limit.amount)
    if plan.ceiling is not None:
        bound = np.minimum(bound, _returned(block, contract, plan.ceiling, draws))
    if any(cap is not None for cap in plan.payer_caps):
        bound = np.minimum(bound, _by_payers(plan, most[:, :, -1], sum(amount for _, amount in draws)))
    highest = int(bound.max())
    return UNBOUNDED if highest >= _MUCH else highest


def _earned(block: Block, contract: ContractSetup, due: Ore, draws: Draws) -> Ore:
    """What clauses, floor and compensation come to within every limit but the return ceiling and payers', øre [row]."""
    caps = (None,) * len(contract.plan.payers)
    plan = replace(contract.plan, limits=tuple(_nested(contract.plan.limits)), ceiling=None, payer_caps=caps)
    days = (contract.statement_days, contract.end_day)
    # without a ceiling only the sum of the draws matters, for the floor
    drawn = [(draws[0][0], np.sum([amount for _, amount in draws], axis=0))] if draws else []
    course = run_contract(plan, due, drawn, days, block.setup.ordinal, block.rows, early=True)
    paid = course.position.paid
    total: Ore = paid.sum(axis=1)
    return total if plan.guarantee_column is None else total - paid[:, plan.guarantee_column]


def _nested(limits: tuple[LimitPlan, ...]) -> Iterator[LimitPlan]:
    """The limits but the return ceiling, which wait, each within, around or beside the others that are kept."""
    kept: list[frozenset[int]] = []
    for limit in limits:
        mine = frozenset(limit.columns)
        if limit.kind != "return_ceiling" and all(mine <= other or other <= mine or not mine & other for other in kept):
            kept.append(mine)
            yield replace(limit, lapses=False)


def _returned(block: Block, contract: ContractSetup, ceiling: CeilingPlan, draws: Draws) -> Ore:
    """All capital with the return that the ceiling allows when nothing is paid before the end, øre [row]."""
    end = contract.plan.end_day
    # settled step by step, the return may be rounded up by an øre on every draw and statement
    total: Ore = np.full(block.rows, len(draws) + len(contract.statement_days), np.int64)
    for day, amount in draws:
        since = block.setup.ordinal(day)
        if ceiling.simple:
            growth = simple_growth_ppb(ceiling.rate, since, end, ceiling.accrual)
        else:
            growth = growth_ppb(ceiling.rate, ceiling.accrual, since, end)
        total = total + amount + muldiv(amount, growth + 1, PPB)
    return total


def _by_payers(plan: Plan, earned: Ore, drawn: Ore | int) -> Ore:
    """The sum over payers of what each pays of all columns [row] when nothing but its own limit cuts it.

    earned [row, clause]: at most; drawn [row]: capital.
    """
    total: Ore = np.zeros(len(earned), np.int64)
    for payer, cap in enumerate(plan.payer_caps):
        mine = np.zeros(len(earned), np.int64)
        for column, (who, shares) in enumerate(plan.payer_shares):
            if payer in who and column != plan.guarantee_column:
                if column < len(plan.clauses):
                    amount = earned[:, column]
                elif column == plan.floor_column:
                    amount = muldiv(np.zeros(len(earned), np.int64) + drawn, plan.floor_share, PPM)
                else:
                    amount = np.full(len(earned), plan.early_amount, np.int64)
                # of three payers the middle one's part may be an øre more of a smaller amount
                mine += parts(amount, shares)[:, who.index(payer)] + (len(who) > 2)
        total += mine if cap is None else np.minimum(mine, cap)
    return total


def _most(block: Block, contract: ContractSetup, world: World, draws: Draws) -> Ore:
    """Entitlements [row, clause, statement] when every goal is reached, before any limit."""
    plan, rows = contract.plan, block.rows
    eased = replace(plan, clauses=tuple(map(_eased, plan.clauses)), person_limits=())
    everyone = _everyone(block, world, read(block, contract, world))
    facts = contract_facts(contract, everyone, [], block.setup.ordinal_of, rows, persons=eased.by_person)
    drawn = drawn_to(contract, draws, rows)
    due = entitle(eased, facts, rows, drawn=drawn).amount
    for column, clause in enumerate(plan.clauses):
        if isinstance(clause, SavingsPlan):
            due[:, column] = _endless(clause)
        elif isinstance(clause, BandPlan):
            due[:, column] = _largest(clause, facts, due[:, column], drawn)
        elif isinstance(clause, PricePlan) and clause.most_per_person is not None:
            persons = _persons(block, contract, world, clause.groups)
            due[:, column] = np.minimum(due[:, column], _best(clause, persons)[:, None])
    return due


def _eased(clause: AnyPlan) -> AnyPlan:
    """A clause without conditions, gates and what is taken off; where results are rounded one by one, at that price."""
    if not isinstance(clause, PricePlan):
        return replace(clause, tests=())
    bare = replace(clause, tests=(), gates=(), less=(), most_per_person=None)
    return replace(bare, price=_each(clause), per=PPM) if rounds(clause) else bare


def _each(clause: PricePlan) -> Ore:
    """Øre for one result by follow-up month."""
    return muldiv(np.full_like(clause.price, PPM), clause.price, clause.per)


def _best(clause: PricePlan, persons: Ore) -> Ore:
    """Øre [row] for the most that is paid of each person's results, at the highest price."""
    most = clause.most_per_person or 0
    if clause.tiers:
        return by_volume(clause.tiers, persons * most, clause.per)
    highest = int(clause.price.max())
    whole, rest = divmod(most, PPM)
    return persons * (whole * muldiv(PPM, highest, clause.per) + muldiv(rest, highest, clause.per))


def _persons(block: Block, contract: ContractSetup, world: World, groups: tuple[int, ...]) -> Ore:
    """How many are enrolled [row], of some of the plan's subgroups or of all."""
    begun = np.flatnonzero(world.enrolment.starts < block.setup.horizon)
    if groups and contract.groups is not None:
        begun = begun[np.isin(contract.groups.take(begun // block.rows), groups)]
    return np.bincount(row_of(begun, block.rows), minlength=block.rows)


def _everyone(block: Block, world: World, follow_ups: list[FollowUp]) -> list[FollowUp]:
    """The follow-ups, with everyone who is measured reaching the goal; everyone who enrols has enrolled."""
    cells = cache(lambda point: measured_cells(block, world, point))
    return [
        replace(seen, reached=(found := cells(seen.point))[0], at=found[1]) if seen.point else seen
        for seen in follow_ups
    ]


def _endless(clause: SavingsPlan) -> int:
    """What an endless saving earns: every tier's full step."""
    steps = [step for *_, share, step in clause.tiers if share]
    return _MUCH if None in steps else sum(step for step in steps if step is not None)


def _largest(clause: BandPlan, facts: Facts, due: Ore, drawn: Ore | None) -> Ore:
    """Cumulative øre [row, statement] of a band that pays its largest amount whatever is found; due: of its shape."""
    capital = np.zeros_like(due) if drawn is None else drawn
    rows, statements = due.shape

    def at_most(when: BandPlan) -> Ore:
        most = np.zeros_like(due)
        for amount in _amounts(clause):
            fixed = replace(when, steps=(), nodes=(), otherwise=amount)
            most = np.maximum(most, band_due(fixed, facts, rows, statements, capital))
        return most

    if not clause.dated:
        return at_most(clause)
    total = np.zeros_like(due)
    for when in clause.due:
        total += at_most(replace(clause, due=(when,)))
    return total


def _amounts(clause: BandPlan) -> Iterator[AmountPlan]:
    """The largest amount in øre and the largest share that a band names."""
    amounts = [clause.otherwise, *(amount for *_, amount in clause.steps), *(amount for _, amount in clause.nodes)]
    yield AmountPlan(max(amount.pays for amount in amounts), None)
    shares = [amount.share for amount in amounts if amount.share is not None]
    if shares:
        yield AmountPlan(0, max(shares))
