"""One design in one block: its contract runs through the calendar, and every flow becomes a posting."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from contracts.agreed import ENROLLED
from contracts.entitlement import entitle, entitle_in_turn
from contracts.facts import Facts
from contracts.ledger import CITIZENS, MUNICIPALITY, RESOURCES, STATE, WAITING_LIST, Account, Posting
from contracts.money import PPM, Ore, muldiv, ore, parts, ppm
from contracts.plans import Plan
from scenarios.parts import Design

from .calendar import Course, run_contract
from .facts import contract_facts, enrolments, needs_persons, reads_failures, served_in_turn, turns
from .measuring import FollowUp
from .purse import purse_postings
from .setup import ContractSetup, Setup, variant_of
from .world import Block, World, measured_cells

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Played:
    """A design played in a block: its postings, and where it has a contract its course, its plan, and what was due.

    due [row, clause, statement]: cumulative entitlements, øre.
    """

    world: World
    postings: tuple[Posting, ...]
    course: Course | None = None
    plan: Plan | None = None
    due: Ore | None = None


def play(block: Block, name: str) -> Played:
    """Play a design against the block's world."""
    design = block.setup.scenario.designs[name]
    world = block.world(variant_of(block.setup.scenario, design))
    postings = _saving_postings(block, world)
    contract = block.setup.contracts.get(name)
    if contract is None:
        postings += _cost_postings(block, design, world, None)
        return Played(world, (*postings, *purse_postings(block.setup, world, postings)))
    due = due_in(block, contract, world)
    days = (contract.statement_days, contract.end_day)
    draws = draws_in(contract, world, block.rows)
    course = run_contract(contract.plan, due, draws, days, block.setup.ordinal, block.rows)
    postings += _cost_postings(block, design, world, contract)
    postings += _contract_postings(block, design, contract, course)
    postings += purse_postings(block.setup, world, postings)
    return Played(world, tuple(postings), course, contract.plan, due)


def read(block: Block, contract: ContractSetup, world: World, anyway: bool = False) -> list[FollowUp]:
    """The follow-ups and enrolments that a contract reads in a world, with everyone who was measured where it asks.

    anyway: results of the same citizens' lives without the intervention.
    """
    plan, found = contract.plan, []
    cells: dict[int, tuple[NDArray[np.intp], Ints]] = {}
    for seen in world.anyway if anyway else world.follow_ups:
        if seen.metric in plan.metrics and reads_failures(plan, seen.metric):
            if seen.point not in cells:
                cells[seen.point] = measured_cells(block, world, seen.point)
            found.append(replace(seen, everyone=cells[seen.point]))
        elif seen.metric in plan.metrics:
            found.append(seen)
    if ENROLLED in plan.metrics:
        begun = enrolments(world.enrolment.starts, block.setup.horizon, block.rows)
        failures = reads_failures(plan, ENROLLED)
        found += [replace(seen, everyone=(seen.reached, seen.at)) if failures else seen for seen in begun]
    return found


def facts_in(block: Block, contract: ContractSetup, world: World, persons: bool) -> Facts:
    """The facts that a contract reads in a world; persons: one for each person, else counts."""
    seen = read(block, contract, world)
    return contract_facts(contract, seen, world.realised, block.setup.ordinal_of, block.rows, persons)


def draws_in(contract: ContractSetup, world: World, rows: int) -> list[tuple[int, Ints]]:
    """Capital drawn: (day number, øre [row]), until the intervention is closed down."""
    if contract.plan.draws_as_costs:
        return [(day, amount) for day, amount in world.costs if day <= contract.end_day]
    return [(day, np.where(world.closes > day, np.full(rows, amount), 0)) for day, amount in contract.draw_days]


def due_in(block: Block, contract: ContractSetup, world: World) -> Ore:
    """Entitlements [row, clause, statement]: by counts, in turn where a limit cuts each person's, else by persons."""
    plan, rows = contract.plan, block.rows
    if served_in_turn(plan):
        others = contract_facts(contract, [], world.realised, block.setup.ordinal_of, rows, persons=True)
        served = turns(contract, read(block, contract, world), rows)
        return entitle_in_turn(plan, served, others, rows, block.draws.citizens * rows).amount
    facts = facts_in(block, contract, world, needs_persons(plan))
    return entitle(plan, facts, rows, drawn=drawn_to(contract, draws_in(contract, world, rows), rows)).amount


def drawn_to(contract: ContractSetup, draws: list[tuple[int, Ints]], rows: int) -> Ore | None:
    """Capital drawn up to and on each statement's day, øre [row, statement]; none where no clause asks for it."""
    if not contract.plan.needs_capital:
        return None
    drawn = np.zeros((rows, len(contract.statement_days)), np.int64)
    for day, amount in draws:
        drawn[:, np.searchsorted(contract.statement_days, day) :] += amount[:, None]
    return drawn


Dated = list[tuple[int, Ore]]


def _posted(setup: Setup, rows: int, what: str, between: tuple[Account, Account], dated: Dated) -> Posting:
    """A posting of amounts by day number (øre [row]), from one account to another."""
    return Posting(what, *between, _yearly(setup, rows, dated), tuple(dated))


def _yearly(setup: Setup, rows: int, dated: Dated) -> Ore:
    total = np.zeros((rows, len(setup.years)), np.int64)
    for day, amount in dated:
        total[:, setup.year(day) - setup.years[0]] += amount
    return total


def _saving_postings(block: Block, world: World) -> list[Posting]:
    """What the lines release, and of places that others get the place itself: its gross cost, in kind."""
    postings = []
    for line in block.setup.lines:
        saving, about = world.savings[line.name], line.line
        service = about.budget_class == "service"
        committee = Account(MUNICIPALITY, about.committee, about.budget_class, service and about.ceiling != "outside")
        refunding = Account(MUNICIPALITY, about.committee, about.budget_class, service and about.ceiling == "net")
        source = CITIZENS if about.budget_class in ("transfer", "financing") else RESOURCES
        postings.append(Posting(f"saving:{line.name}", Account(source), committee, saving.gross))
        if not about.income:
            postings.append(Posting(f"refusion:{line.name}", refunding, Account(STATE), saving.refusion))
        if line.refilled:
            place = Account(WAITING_LIST)
            postings.append(Posting(f"refilled:{line.name}", Account(RESOURCES), place, saving.refilled))
    return postings


def _own_account(setup: Setup, design: Design) -> Account:
    """The budget line that pays for the intervention, its results and the contract's overhead."""
    costs = setup.scenario.intervention.costs
    under = costs.budget_class == "service" and costs.ceiling != "outside"
    return Account(MUNICIPALITY, costs.committee, costs.budget_class, under)


def _cost_postings(block: Block, design: Design, world: World, contract: ContractSetup | None) -> list[Posting]:
    """What the intervention costs: a supplier pays it out of its loan while that runs, the municipality the rest."""
    setup, costs = block.setup, block.setup.scenario.intervention.costs
    own = _own_account(setup, design)
    lent_until = contract.end_day if contract and design.capital_to == "supplier" else -1
    lent = [(day, cost) for day, cost in world.costs if day <= lent_until]
    paid = [(day, cost) for day, cost in world.costs if day > lent_until]
    postings = [_posted(setup, block.rows, "intervention", (own, Account(RESOURCES)), paid)]
    amount = postings[0].amount
    if lent_until >= 0:
        lender = (Account("supplier"), Account(RESOURCES))
        postings.append(_posted(setup, block.rows, "intervention", lender, lent))
    if costs.refusion:
        refunded = Account(MUNICIPALITY, own.committee, own.budget_class, own.under_ceiling and costs.ceiling == "net")
        share = muldiv(amount, ppm(costs.refusion), PPM)
        postings.append(Posting("intervention_refusion", Account(STATE), refunded, share))
    if design.transaction_cost:
        overhead = np.zeros_like(amount)
        overhead[:, 0] = ore(design.transaction_cost)
        postings.append(Posting("transaction", own, Account(RESOURCES), overhead))
    return postings


def _contract_postings(block: Block, design: Design, contract: ContractSetup, course: Course) -> list[Posting]:
    """Capital and payments. What moves between the municipality and its own funds is financing: it neither gives nor
    takes room under the service ceiling.
    """
    setup, plan, rows = block.setup, contract.plan, block.rows
    service = _own_account(setup, design)
    financing = Account(MUNICIPALITY, service.committee, "financing", False)
    through = Account("supplier") if design.capital_to == "supplier" else Account("contract")
    moments = [*course.statements, course.ending]
    inside = [party in setup.scenario.parties and setup.scenario.parties[party].in_purse for party in plan.investors]
    postings = []
    for number, investor in enumerate(plan.investors):
        receiver = financing if inside[number] else service
        given_to = through if design.capital_to == "supplier" else receiver
        drawn = [(d.day, d.amount[:, number]) for d in course.draws]
        postings.append(_posted(setup, rows, "capital", (Account(investor), given_to), drawn))
        received = [(m.day, m.receipts[:, number]) for m in moments]
        postings.append(_posted(setup, rows, "repayment", (through, Account(investor)), received))
    own_share = sum(share for share, own in zip(plan.capital_shares, inside, strict=True) if own)
    for number, payer in enumerate(plan.payers):
        for column, clause in enumerate(plan.columns):
            if number not in plan.payer_shares[column][0]:
                continue
            paid = [(m.day, m.parts[:, column, number]) for m in moments]
            if payer != MUNICIPALITY:
                postings.append(_posted(setup, rows, f"payment:{clause}", (Account(payer), through), paid))
                continue
            for account, part in zip((service, financing), _shared(setup, paid, own_share), strict=True):
                if part:
                    postings.append(_posted(setup, rows, f"payment:{clause}", (account, through), part))
    return postings


def _shared(setup: Setup, paid: Dated, own_share: int) -> tuple[Dated, Dated]:
    """What of payments goes to others, and what to the municipality's own funds (share in ppm); empty for nothing.

    A year's payments are split together, so that they are within one øre of their shares.
    """
    if own_share in (0, PPM):
        return (paid, []) if own_share == 0 else ([], paid)
    outside: Dated = []
    year, before, before_outside = 0, np.zeros_like(paid[0][1]), np.zeros_like(paid[0][1])
    for day, amount in paid:
        if setup.year(day) != year:
            year, before, before_outside = setup.year(day), np.zeros_like(amount), np.zeros_like(amount)
        before = before + amount
        to_others = parts(before, [PPM - own_share, own_share])[..., 0]
        outside.append((day, to_others - before_outside))
        before_outside = to_others
    own = [(day, amount - other) for (day, amount), (_, other) in zip(paid, outside, strict=True)]
    return outside, own
