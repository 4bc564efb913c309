"""What a contract's clauses earn for results, and what the same clauses would for those that come anyway."""

from dataclasses import replace

import numpy as np

from contracts.agreed import ENROLLED
from contracts.entitlement import entitle
from contracts.money import Ore
from contracts.plans import AnyPlan, BandPlan, Plan, PricePlan, SchedulePlan

from .designs import Played, drawn_to, draws_in, read
from .facts import contract_facts, needs_persons
from .measuring import FollowUp
from .setup import ContractSetup
from .world import Block


def earned(block: Block, name: str, played: Played) -> tuple[int, int]:
    """Øre that clauses which pay for results earn in all before any limit, on the lives with and those without.

    They are unit prices, bands, and scheduled amounts that a condition releases; what enrolments earn is not for
    results, and they are the same on both sides. Bands and conditions are settled anew on the lives without, where
    nothing is saved.
    """
    if played.due is None:
        return 0, 0
    world, contract = played.world, block.setup.contracts[name]
    plan = replace(contract.plan, person_limits=())
    if plan.plain_prices and not any(isinstance(clause, BandPlan) for clause in plan.clauses):
        return _priced(block, contract, world.follow_ups), _priced(block, contract, world.anyway)
    columns = [column for column, clause in enumerate(plan.clauses) if pays_for_results(plan, clause)]
    drawn = drawn_to(contract, draws_in(contract, world, block.rows), block.rows)

    def settled(anyway: bool) -> Ore:
        seen, savings = read(block, contract, world, anyway), [] if anyway else world.realised
        facts = contract_facts(contract, seen, savings, block.setup.ordinal_of, block.rows, needs_persons(plan))
        return entitle(plan, facts, block.rows, drawn=drawn).amount

    with_ = played.due if not contract.plan.person_limits else settled(anyway=False)
    total, anyway = (int(due[:, columns, -1].sum()) for due in (with_, settled(anyway=True)))
    return total, anyway


def pays_for_results(plan: Plan, clause: AnyPlan) -> bool:
    """Whether what a clause earns is for results."""
    if isinstance(clause, PricePlan | BandPlan):
        return plan.metrics[clause.metric] != ENROLLED
    return isinstance(clause, SchedulePlan) and bool(clause.tests)


def _priced(block: Block, contract: ContractSetup, seen: list[FollowUp]) -> int:
    """Øre that plain prices give for all who reached a goal while the contract ran."""
    plan, total = contract.plan, 0
    statements = len(contract.statement_days)
    to_the_end = contract.statement_of[block.setup.horizon] < statements
    for clause in plan.clauses:
        if isinstance(clause, PricePlan):
            for mine in (each for each in seen if each.metric == plan.metrics[clause.metric]):
                settled = len(mine.at) if to_the_end else np.count_nonzero(contract.statement_of[mine.at] < statements)
                total += int(settled) * int(clause.price_at(np.array(mine.point)))
    return total
