"""Compare pool designs: blocks of replications that share one pipeline, in this process or several."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.money import ppm
from scenarios.model import Scenario
from scenarios.pool import Investment, PoolScenario
from simulations.draws import BLOCK, blocks
from simulations.parallel import Progress, run_blocks
from simulations.setup import Setup

from .loans import tables_of
from .pipeline import (
    Flows,
    Pipeline,
    Side,
    applications_of,
    by_age,
    flows_of,
    joined_applications,
    joined_kinds,
    kind_of,
    parties,
    stated_flows,
)
from .results import PoolResult, merged, result_of
from .terms import PoolTerms, compile_pool
from .years import PoolCourse, run_pool

BATCH = 5 * BLOCK
"""How many replications of a pool are run at once."""


@dataclass(frozen=True)
class PoolResults:
    """A pool scenario's designs on the same pipeline. designs, terms: by name; sides: what the columns of
    `PoolResult.sides` and `burdens` are; applications: how many come.
    """

    pool: PoolScenario
    replications: int
    seed: int
    years: tuple[int, ...]
    sides: tuple[Side, ...]
    applications: int
    designs: dict[str, PoolResult]
    terms: dict[str, PoolTerms]


@dataclass(frozen=True)
class PoolTask:
    pool: PoolScenario
    setups: dict[str, Setup]
    averages: dict[str, Flows]
    sides: tuple[Side, ...]
    seed: int
    terms: dict[str, PoolTerms]


def compare_pools(
    pool: PoolScenario,
    scenarios: Mapping[str, Scenario],
    replications: int = 1_000,
    seed: int = 1,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> PoolResults:
    """Run every design over the same pipeline and luck.

    scenarios: those that the pool's investments name, by name. What applications claim is the mean of the first block
    of replications. The result does not depend on the number of workers. Raises KeyError for a scenario that is
    missing.
    """
    task = prepared(pool, scenarios, seed)
    found: dict[str, list[PoolResult]] = {name: [] for name in pool.designs}
    for part in run_blocks(task, _work, _batches(replications), workers, progress):
        for name, result in part.items():
            found[name].append(result)
    joined = {name: merged(parts) for name, parts in found.items()}
    years = tuple(range(pool.start.year, pool.start.year + pool.years))
    count = len(applications_of(pool, seed, 0, 1))
    return PoolResults(pool, replications, seed, years, task.sides, count, joined, task.terms)


def prepared(pool: PoolScenario, scenarios: Mapping[str, Scenario], seed: int) -> PoolTask:
    named = {each.scenario for each in pool.investments.values() if each.scenario is not None}
    setups = {name: by_age(scenarios[name]) for name in sorted(named)}
    averages = _flows(pool, setups, seed, 0)
    sides = parties(tuple({side: None for flows in averages.values() for side in flows.sides}))
    kinds = tuple(kind_of(flows, flows, sides) for flows in averages.values())
    claims = _claims(pool)
    terms = {name: compile_pool(pool, design, kinds, claims) for name, design in pool.designs.items()}
    return PoolTask(pool, setups, averages, sides, seed, terms)


def _claims(pool: PoolScenario) -> tuple[int, ...]:
    return tuple(ppm(each.claimed) for each in pool.investments.values())


def _flows(pool: PoolScenario, setups: Mapping[str, Setup], seed: int, number: int) -> dict[str, Flows]:
    """The flows of every kind of investment in one block; each scenario is simulated once."""
    simulated = {name: flows_of(setup, seed, number) for name, setup in setups.items()}
    return {name: _flows_of(each, simulated) for name, each in pool.investments.items()}


def _flows_of(investment: Investment, simulated: Mapping[str, Flows]) -> Flows:
    return simulated[investment.scenario or ""] if investment.stated is None else stated_flows(investment.stated)


def pipeline_of(task: PoolTask, number: int, size: int) -> Pipeline:
    """The pipeline of a batch: blocks of replications side by side."""
    parts = []
    for place, (block, rows) in enumerate(_blocks_in(number, size)):
        flows = _flows(task.pool, task.setups, task.seed, block)
        kinds = tuple(kind_of(each, task.averages[name], task.sides) for name, each in flows.items())
        parts.append((kinds, applications_of(task.pool, task.seed, block, rows, place * BLOCK)))
    kinds = tuple(joined_kinds(each) for each in zip(*(kinds for kinds, _ in parts), strict=True))
    applications = tuple(joined_applications(each) for each in zip(*(found for _, found in parts), strict=True))
    return Pipeline(task.sides, kinds, applications, size)


def _batches(replications: int) -> list[tuple[int, int]]:
    """Batch numbers and their sizes: a pool is quick to run, and quicker for many replications at once."""
    return [(first // BATCH, min(BATCH, replications - first)) for first in range(0, replications, BATCH)]


def _blocks_in(number: int, size: int) -> list[tuple[int, int]]:
    """Blocks and their sizes in a batch."""
    first = number * BATCH // BLOCK
    return [(first + block, rows) for block, rows in blocks(size)]


def run_batch(task: PoolTask, number: int, size: int) -> dict[str, PoolCourse]:
    """Every design in one batch."""
    pipeline = pipeline_of(task, number, size)
    tables = tables_of(pipeline)
    return {name: run_pool(terms, pipeline, tables) for name, terms in task.terms.items()}


def _work(task: PoolTask, number: int, size: int) -> dict[str, PoolResult]:
    return {name: result_of(course) for name, course in run_batch(task, number, size).items()}
