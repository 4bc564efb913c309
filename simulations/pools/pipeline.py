"""A pool's pipeline: what each kind of investment costs and gives by age, simulated once, and who applies when.

Age is counted in months from an investment's start; what falls in a year comes evenly over it. A year of a scenario is
twelve months from its own start, under the rules in force at its own dates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from contracts.ledger import CITIZENS, MUNICIPALITY, RESOURCES, Posting
from contracts.money import PPM, Ore, muldiv, ore, ppm
from scenarios.model import Scenario
from scenarios.parts import Design
from scenarios.pool import Between, Delay, PoolScenario, Stated
from simulations.designs import Played, play
from simulations.draws import BLOCK, Draws
from simulations.lives import row_of
from simulations.months import YEAR
from simulations.results import key_result
from simulations.setup import Setup, prepare
from simulations.world import Block

Ints = NDArray[np.int64]
Side = tuple[str, str]
_DESIGN = "investment"


@dataclass(frozen=True)
class Flows:
    """A kind of investment in each of BLOCK replications, by year of age; øre.

    cost, claimed [age]: what it costs, and what the municipality gains by it, on average; spent [row, age]; gains [row,
    age, side]; results [row, age]: citizens who reach the goal, in millionths; citizens: how many there are, on
    average. applicant: the side that applies, spends and repays; it is one of the sides.
    """

    sides: tuple[Side, ...]
    applicant: Side
    cost: Ore
    claimed: Ore
    spent: Ore
    gains: Ore
    results: Ints
    citizens: int


@dataclass(frozen=True)
class Kind:
    """A kind of investment by month of age, cumulated: cost, claimed [month]; spent, gained, results [row, month].

    gained: by the municipality; sides [row, year, side]: by party and committee, by year of age. applicant: its side.
    """

    applicant: int
    cost: Ore
    claimed: Ore
    spent: Ore
    gained: Ore
    results: Ints
    sides: Ore
    citizens: int


@dataclass(frozen=True)
class Application:
    """An application: its kind, the month since the pool's start in which it comes, and by replication its luck.

    row [row]: which simulated course it takes; size, gain, claim [row]: millionths of the kind's cost, of what it
    gains, and of what it gains on average; delay [row] in months.
    """

    name: str
    kind: int
    month: int
    row: Ints
    size: Ints
    gain: Ints
    claim: Ints
    delay: Ints


@dataclass(frozen=True)
class Pipeline:
    """What a block of replications of the pool meets, whatever its design."""

    sides: tuple[Side, ...]
    kinds: tuple[Kind, ...]
    applications: tuple[Application, ...]
    rows: int


def by_age(scenario: Scenario) -> Setup:
    """The setup of a scenario's ordinary budget, whose years are counted from its start.

    Prices of a year are those of the budget year in which it begins.
    """
    alone = scenario.model_copy(update={"designs": {_DESIGN: Design(kind="ordinary_budget")}})
    setup = prepare(alone)
    first, count = scenario.start.year, scenario.horizon_years
    ages = np.clip(np.arange(-1, setup.horizon + 1) // YEAR, 0, count - 1)
    return replace(
        setup,
        years=tuple(range(first, first + count)),
        year_starts=tuple(YEAR * age for age in range(count + 1)),
        year_of=ages + first,
        lines=tuple(replace(line, prices=line.prices[:count]) for line in setup.lines),
    )


def flows_of(setup: Setup, seed: int, number: int) -> Flows:
    """The flows of a scenario in one block."""
    block = Block(setup, Draws(seed, number, setup.scenario.target_group.citizens, BLOCK))
    played = play(block, _DESIGN)
    spent = np.zeros((BLOCK, len(setup.years)), np.int64)
    gains: dict[Side, Ore] = {}
    for posting in played.postings:
        if posting.what.startswith("intervention"):
            spent += posting.amount * (int(_own(posting.giver.party)) - int(_own(posting.receiver.party)))
        else:
            _add_gain(gains, posting)
    applicant = (MUNICIPALITY, setup.scenario.intervention.costs.committee)
    gains.setdefault(applicant, np.zeros_like(spent))
    stacked = np.stack(list(gains.values()), axis=-1)
    own = [_own(party) for party, _ in gains]
    starts = played.world.enrolment.starts.reshape(-1, BLOCK)
    return Flows(
        sides=tuple(gains),
        applicant=applicant,
        cost=_mean(spent),
        claimed=_mean(stacked[..., own].sum(axis=-1)),
        spent=spent,
        gains=stacked,
        results=_results(block, played),
        citizens=round(float(np.count_nonzero(starts < setup.horizon)) / BLOCK),
    )


def _own(party: str) -> bool:
    return party == MUNICIPALITY


def _add_gain(gains: dict[Side, Ore], posting: Posting) -> None:
    for account, sign in ((posting.receiver, 1), (posting.giver, -1)):
        if account.party != RESOURCES:
            side = (account.party, account.committee)
            gains[side] = gains.get(side, np.zeros_like(posting.amount)) + sign * posting.amount


def _mean(amount: Ore) -> Ore:
    """The mean over rows, in whole øre."""
    total: Ore = amount.sum(axis=0)
    return muldiv(total, 1, len(amount))


def _results(block: Block, played: Played) -> Ints:
    key, ages = key_result(block.setup.scenario), len(block.setup.years)
    found = np.zeros(BLOCK * ages, np.int64)
    for seen in played.world.follow_ups:
        if (seen.metric, seen.point) == key:
            age = np.minimum(np.maximum(seen.at - 1, 0) // YEAR, ages - 1)
            found += np.bincount(row_of(seen.reached, BLOCK) * ages + age, minlength=len(found))
    return found.reshape(BLOCK, ages) * PPM


def stated_flows(stated: Stated) -> Flows:
    """The flows of an investment whose figures are stated: the same in every replication."""
    ages = max(len(stated.costs), len(stated.results), *(len(gain.kroner) for gain in stated.gains))

    def by_year(kroner: tuple[int, ...]) -> Ore:
        return np.array([*kroner, *(0 for _ in range(ages - len(kroner)))], np.int64)

    gains: dict[Side, Ore] = {}
    for gain in stated.gains:
        side = (gain.party, gain.committee or "")
        gains[side] = gains.get(side, np.zeros(ages, np.int64)) + by_year(gain.kroner) * ore(1)
    applicant = (MUNICIPALITY, stated.applicant)
    gains.setdefault(applicant, np.zeros(ages, np.int64))
    cost = by_year(stated.costs) * ore(1)
    whole = np.stack(list(gains.values()), axis=-1)
    return Flows(
        sides=tuple(gains),
        applicant=applicant,
        cost=cost,
        claimed=whole[:, [_own(party) for party, _ in gains]].sum(axis=-1),
        spent=np.tile(cost, (BLOCK, 1)),
        gains=np.tile(whole, (BLOCK, 1, 1)),
        results=np.tile(by_year(stated.results) * PPM, (BLOCK, 1)),
        citizens=stated.citizens,
    )


def kind_of(flows: Flows, average: Flows, sides: tuple[Side, ...]) -> Kind:
    """Flows cumulated by month, with the sides in a common order. average: the flows that applications claim."""
    placed = np.zeros((*flows.gains.shape[:2], len(sides)), np.int64)
    for number, side in enumerate(flows.sides):
        placed[..., sides.index(side)] += flows.gains[..., number]
    own = [_own(party) for party, _ in sides]
    nothing = np.zeros((len(placed), 1, len(sides)), np.int64)
    return Kind(
        applicant=sides.index(flows.applicant),
        cost=by_month(average.cost, 0),
        claimed=by_month(average.claimed, 0),
        spent=by_month(flows.spent, 1),
        gained=by_month(placed[..., own].sum(axis=-1), 1),
        results=by_month(flows.results, 1),
        sides=np.concatenate([nothing, placed.cumsum(axis=1)], axis=1),
        citizens=average.citizens,
    )


def by_month(yearly: Ints, axis: int) -> Ints:
    """What has come by the end of each month, from nothing at month 0; within a year evenly, in whole numbers."""
    yearly = np.moveaxis(yearly, axis, -1)
    months = 12 * yearly.shape[-1]
    before = np.repeat(np.cumsum(yearly, axis=-1) - yearly, 12, axis=-1)
    part = muldiv(np.repeat(yearly, 12, axis=-1), np.tile(np.arange(1, 13), months // 12), 12)
    found = np.concatenate([np.zeros((*yearly.shape[:-1], 1), np.int64), before + part], axis=-1)
    return np.ascontiguousarray(np.moveaxis(found, -1, axis))


def joined_kinds(parts: Sequence[Kind]) -> Kind:
    """A kind whose courses stand in several blocks."""
    return replace(
        parts[0],
        spent=np.concatenate([part.spent for part in parts]),
        gained=np.concatenate([part.gained for part in parts]),
        results=np.concatenate([part.results for part in parts]),
        sides=np.concatenate([part.sides for part in parts]),
    )


def joined_applications(parts: Sequence[Application]) -> Application:
    """An application with the luck of several blocks' replications."""
    return replace(
        parts[0],
        row=np.concatenate([part.row for part in parts]),
        size=np.concatenate([part.size for part in parts]),
        gain=np.concatenate([part.gain for part in parts]),
        claim=np.concatenate([part.claim for part in parts]),
        delay=np.concatenate([part.delay for part in parts]),
    )


def applications_of(pool: PoolScenario, seed: int, number: int, rows: int, first: int = 0) -> tuple[Application, ...]:
    """Everyone who applies, in the order in which they come, with the luck of each replication of a block.

    first: number of the block's first course, where several blocks stand side by side.
    """
    draws, found = Draws(seed, number, 0, rows), []
    for kind, (name, investment) in enumerate(pool.investments.items()):
        years = investment.years or pool.years - investment.first_year + 1
        order = _order(draws, name)
        for count in range(years * investment.per_year):
            year, within = divmod(count, investment.per_year)
            key = f"pool/{name}/{count}"
            size, effect = (_drawn(draws, f"{key}/{what}", getattr(investment, what)) for what in ("size", "effect"))
            found.append(
                Application(
                    name=f"{name}-{count + 1}",
                    kind=kind,
                    month=12 * (investment.first_year - 1 + year) + 12 * within // investment.per_year,
                    row=first + (np.arange(rows) + int(order[count % BLOCK])) % BLOCK,
                    size=size,
                    gain=muldiv(effect, size, PPM),
                    claim=muldiv(size, ppm(investment.claimed), PPM),
                    delay=_months(draws, f"{key}/delay", investment.delay_months),
                )
            )
    return tuple(sorted(found, key=lambda each: each.month))


def _order(draws: Draws, name: str) -> Ints:
    """Which course each application of a kind takes in the first replication: all different."""
    whole = Draws(draws.seed, draws.block, 0, BLOCK)
    order: Ints = np.argsort(whole.row_exponentials(f"pool/{name}/order"), kind="stable").astype(np.int64)
    return order


def _uniform(draws: Draws, key: str) -> NDArray[np.float64]:
    """A number from 0 to 1 by replication."""
    return -np.expm1(-draws.row_exponentials(key).astype(np.float64))


def _drawn(draws: Draws, key: str, value: Decimal | Between) -> Ints:
    if not isinstance(value, Between):
        return np.full(draws.replications, ppm(value), np.int64)
    least, most = ppm(value.least), ppm(value.most)
    return least + np.rint(_uniform(draws, key) * (most - least)).astype(np.int64)


def _months(draws: Draws, key: str, value: int | Delay) -> Ints:
    if not isinstance(value, Delay):
        return np.full(draws.replications, value, np.int64)
    span = value.most - value.least + 1
    return value.least + np.minimum((_uniform(draws, key) * span).astype(np.int64), span - 1)


def parties(sides: tuple[Side, ...]) -> tuple[Side, ...]:
    """Sides in order: the municipality's committees, then other parties, citizens last."""
    return tuple(sorted(sides, key=lambda side: (not _own(side[0]), side[0] == CITIZENS, side)))
