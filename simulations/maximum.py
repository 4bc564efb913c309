"""The most that a contract can come to pay: the contingent liability that a council asks for."""

from dataclasses import replace
from functools import cache

import numpy as np

from contracts.compiled import PricePlan, SavingsPlan
from contracts.dates import growth_ppb
from contracts.entitlement import entitle
from contracts.money import PPB, Ore, muldiv

from .calendar import run_contract
from .designs import draws_in
from .measuring import FollowUp, contract_facts
from .setup import ContractSetup
from .world import Block, World, measured_cells

UNBOUNDED = -1
_MUCH = 2**50

Draws = list[tuple[int, Ore]]


def maximum_payment(block: Block, contract: ContractSetup, world: World) -> int:
    """Øre paid in all, but by a guarantor, when everyone measured reaches every goal and savings are endless.

    It is settled as any other course of the contract, in every replication, of which the highest counts; whatever a
    limit cuts is taken to wait, so that nothing is lost. Under a return ceiling the most is capital with all its
    return, paid at the very end. UNBOUNDED where no limit bounds a share of savings.
    """
    plan = contract.plan
    draws = draws_in(contract, world, block.rows)
    most = _most(block, contract, world)
    bound = _earned(block, contract, most, draws)
    if plan.person_cap is not None:
        priced = np.array([isinstance(clause, PricePlan) for clause in plan.clauses], bool)
        persons = np.count_nonzero(world.enrolment.starts.reshape(-1, block.rows) < block.setup.horizon, axis=0)
        others = _earned(block, contract, np.where(priced[None, :, None], 0, most), draws)
        bound = np.minimum(bound, others + persons * plan.person_cap)
    if plan.ceiling is not None:
        bound = np.minimum(bound, _returned(block, contract, draws))
    highest = int(bound.max())
    return UNBOUNDED if highest >= _MUCH else highest


def _earned(block: Block, contract: ContractSetup, due: Ore, draws: Draws) -> Ore:
    """What the clauses and the floor come to within every limit but the return ceiling, øre [row]."""
    limits = [replace(limit, lapses=False) for limit in contract.plan.limits if limit.kind != "return_ceiling"]
    plan = replace(contract.plan, limits=tuple(limits), ceiling=None)
    days = (contract.statement_days, contract.end_day)
    # without a ceiling only the sum of the draws matters, for the floor
    drawn = [(draws[0][0], np.sum([amount for _, amount in draws], axis=0))] if draws else []
    paid = run_contract(plan, due, drawn, days, block.setup.dates, block.rows).position.paid
    total: Ore = paid.sum(axis=1)
    return total if plan.guarantee_column is None else total - paid[:, plan.guarantee_column]


def _returned(block: Block, contract: ContractSetup, draws: Draws) -> Ore:
    """All capital with the return that the ceiling allows when nothing is paid before the end, øre [row]."""
    ceiling, end = contract.plan.ceiling, contract.plan.end_day
    if ceiling is None:
        raise ValueError("the terms have no return ceiling")
    # settled step by step, the return may be rounded up by an øre on every draw and statement
    total: Ore = np.full(block.rows, len(draws) + len(contract.statement_days), np.int64)
    for day, amount in draws:
        growth = growth_ppb(ceiling.rate, ceiling.accrual, block.setup.dates(day)[0], end)
        total = total + amount + muldiv(amount, growth + 1, PPB)
    return total


def _most(block: Block, contract: ContractSetup, world: World) -> Ore:
    """Entitlements [row, clause, statement] when every goal is reached, before any limit."""
    plan, setup = contract.plan, block.setup
    everyone = _everyone(block, world, [seen for seen in world.follow_ups if seen.metric in plan.metrics])
    facts = contract_facts(plan, everyone, [], contract.statement_of, setup.ordinal_of, block.rows, persons=False)
    due = entitle(replace(plan, person_cap=None), facts, block.rows).amount
    for column, clause in enumerate(plan.clauses):
        if isinstance(clause, SavingsPlan):
            due[:, column] = _endless(clause)
    return due


def _everyone(block: Block, world: World, follow_ups: list[FollowUp]) -> list[FollowUp]:
    """The follow-ups, with everyone who is measured reaching the goal."""
    cells = cache(lambda point: measured_cells(block, world, point))
    return [replace(seen, reached=(found := cells(seen.point))[0], at=found[1]) for seen in follow_ups]


def _endless(clause: SavingsPlan) -> int:
    """What an endless saving earns: every tier's full step."""
    steps = [step for *_, share, step in clause.tiers if share]
    return _MUCH if None in steps else sum(step for step in steps if step is not None)
