"""The most that a contract can come to pay: the contingent liability that a council asks for."""

from dataclasses import replace

import numpy as np

from contracts.compiled import Plan, PricePlan, SavingsPlan
from contracts.money import Ore
from contracts.settlement import entitle

from .calendar import Course, run_contract
from .designs import draws_in
from .measuring import FollowUp, contract_facts
from .setup import ContractSetup
from .world import Block, World, measured_cells

UNBOUNDED = -1
_MUCH = 2**50


def maximum_payment(block: Block, contract: ContractSetup, world: World) -> int:
    """Øre paid in all, but by a guarantor, when everyone measured reaches every goal and savings are endless.

    It is settled as any other course of the contract, in every replication, of which the highest counts; whatever a
    limit cuts is taken to wait, so that nothing is lost. Under a return ceiling the most is capital with all its
    return, paid at the very end. UNBOUNDED where no limit bounds a share of savings.
    """
    draws = draws_in(contract, world, block.rows)
    most = _most(block, contract, world)
    bound = _earned(block, contract, most, draws)
    if contract.plan.person_cap is not None:
        priced = np.array([isinstance(clause, PricePlan) for clause in contract.plan.clauses], bool)
        persons = np.count_nonzero(world.enrolment.starts.reshape(-1, block.rows) < block.setup.horizon, axis=0)
        others = _earned(block, contract, np.where(priced[None, :, None], 0, most), draws)
        bound = np.minimum(bound, others + persons * contract.plan.person_cap)
    if contract.plan.ceiling is not None:
        bound = np.minimum(bound, _returned(block, contract, draws))
    highest = int(bound.max())
    return UNBOUNDED if highest >= _MUCH else highest


Draws = list[tuple[int, Ore]]


def _earned(block: Block, contract: ContractSetup, due: Ore, draws: Draws) -> Ore:
    """What the clauses and the floor come to within every limit but the return ceiling."""
    limits = [replace(limit, lapses=False) for limit in contract.plan.limits if limit.kind != "return_ceiling"]
    plan = replace(contract.plan, limits=tuple(limits), ceiling=None)
    paid = _course(block, contract, plan, due, draws).position.paid
    total: Ore = paid.sum(axis=1)
    return total if plan.guarantee_column is None else total - paid[:, plan.guarantee_column]


def _returned(block: Block, contract: ContractSetup, draws: Draws) -> Ore:
    """All capital with the return that the ceiling allows when nothing is paid before the end."""
    plan = replace(contract.plan, floor_column=None)
    nothing = np.zeros((block.rows, len(plan.clauses), len(plan.statement_days)), np.int64)
    return _course(block, contract, plan, nothing, draws).position.account


def _course(block: Block, contract: ContractSetup, plan: Plan, due: Ore, draws: Draws) -> Course:
    days = (contract.statement_days, contract.end_day)
    return run_contract(plan, due, draws, days, block.setup.dates, block.rows)


def _most(block: Block, contract: ContractSetup, world: World) -> Ore:
    plan, setup = contract.plan, block.setup
    everyone = [_everyone(block, world, seen) for seen in world.follow_ups if seen.metric in plan.metrics]
    facts = contract_facts(plan, everyone, [], contract.statement_of, setup.ordinal_of, block.rows, persons=False)
    due = entitle(replace(plan, person_cap=None), facts, block.rows).amount
    for column, clause in enumerate(plan.clauses):
        if isinstance(clause, SavingsPlan):
            due[:, column] = _endless(clause)
    return due


def _everyone(block: Block, world: World, seen: FollowUp) -> FollowUp:
    """A follow-up at which everyone measured reaches the goal."""
    return FollowUp(seen.metric, seen.point, seen.measured, *measured_cells(block, world, seen.point))


def _endless(clause: SavingsPlan) -> int:
    """What an endless saving earns: every tier's full step."""
    steps = [step for *_, share, step in clause.tiers if share]
    return _MUCH if None in steps else sum(step for step in steps if step is not None)
