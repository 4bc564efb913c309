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
from .world import Block, World, measured_in_row

UNBOUNDED = -1
_MUCH = 2**50


def maximum_payment(block: Block, contract: ContractSetup, world: World) -> int:
    """Øre paid in all, but by a guarantor, when everyone measured reaches every goal and savings are endless.

    It is settled as any other course of the contract, for the replication of the block in which most are measured;
    whatever a limit cuts is taken to wait, so that nothing is lost. Under a return ceiling the most is capital with all
    its return, paid at the very end. UNBOUNDED where no limit bounds a share of savings.
    """
    row = int(np.argmax(np.sum([seen.measured for seen in world.follow_ups], axis=0))) if world.follow_ups else 0
    draws = [(day, amount[row : row + 1]) for day, amount in draws_in(contract, world, block.rows)]
    most = _most(block, contract, world, row)
    bounds = [_earned(block, contract, most, draws)]
    if contract.plan.person_cap is not None:
        priced = np.array([isinstance(clause, PricePlan) for clause in contract.plan.clauses], bool)
        persons = int(np.count_nonzero(world.enrolment.starts.reshape(-1, block.rows)[:, row] < block.setup.horizon))
        others = _earned(block, contract, np.where(priced[None, :, None], 0, most), draws)
        bounds.append(others + persons * contract.plan.person_cap)
    if contract.plan.ceiling is not None:
        bounds.append(_returned(block, contract, draws))
    return UNBOUNDED if min(bounds) >= _MUCH else min(bounds)


Draws = list[tuple[int, Ore]]


def _earned(block: Block, contract: ContractSetup, due: Ore, draws: Draws) -> int:
    """What the clauses and the floor come to within every limit but the return ceiling."""
    limits = [replace(limit, lapses=False) for limit in contract.plan.limits if limit.kind != "return_ceiling"]
    plan = replace(contract.plan, limits=tuple(limits), ceiling=None)
    paid = _course(block, contract, plan, due, draws).position.paid[0]
    return int(paid.sum()) - (int(paid[plan.guarantee_column]) if plan.guarantee_column is not None else 0)


def _returned(block: Block, contract: ContractSetup, draws: Draws) -> int:
    """All capital with the return that the ceiling allows when nothing is paid before the end."""
    plan = replace(contract.plan, floor_column=None)
    nothing = np.zeros((1, len(plan.clauses), len(plan.statement_days)), np.int64)
    return int(_course(block, contract, plan, nothing, draws).position.account[0])


def _course(block: Block, contract: ContractSetup, plan: Plan, due: Ore, draws: Draws) -> Course:
    days = (contract.statement_days, contract.end_day)
    return run_contract(plan, due, draws, days, block.setup.dates, 1)


def _most(block: Block, contract: ContractSetup, world: World, row: int) -> Ore:
    plan, setup = contract.plan, block.setup
    everyone = [_everyone(block, world, seen, row) for seen in world.follow_ups]
    facts = contract_facts(plan, everyone, [], contract.statement_of, setup.ordinal_of, 1, persons=False)
    due = entitle(replace(plan, person_cap=None), facts, 1).amount
    for column, clause in enumerate(plan.clauses):
        if isinstance(clause, SavingsPlan):
            due[:, column] = _endless(clause)
    return due


def _everyone(block: Block, world: World, seen: FollowUp, row: int) -> FollowUp:
    """A follow-up at which everyone measured in a row reaches the goal, as if that row were alone."""
    persons, at = measured_in_row(block, world, seen.point, row)
    return FollowUp(seen.metric, seen.point, seen.measured[row : row + 1], persons, at)


def _endless(clause: SavingsPlan) -> int:
    """What an endless saving earns: every tier's full step."""
    steps = [step for *_, share, step in clause.tiers if share]
    return _MUCH if None in steps else sum(step for step in steps if step is not None)
