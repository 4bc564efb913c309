"""Simulate a scenario: blocks of replications, in this process or several, joined in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scenarios.model import Scenario

from .designs import play
from .draws import Draws, blocks
from .parallel import Progress, run_blocks
from .results import DesignResult, merge, summarise
from .setup import Setup, prepare
from .world import Block

Coupling = Literal["keyed", "independent"]


@dataclass(frozen=True)
class Results:
    """A simulated scenario: results by design, and what is needed to make them again."""

    scenario: Scenario
    replications: int
    seed: int
    coupling: Coupling
    years: tuple[int, ...]
    designs: dict[str, DesignResult]


@dataclass(frozen=True)
class _Task:
    setup: Setup
    seed: int
    coupling: Coupling
    designs: tuple[str, ...]


def simulate(
    scenario: Scenario,
    replications: int = 10_000,
    seed: int = 1,
    *,
    designs: Sequence[str] | None = None,
    coupling: Coupling = "keyed",
    workers: int = 1,
    progress: Progress | None = None,
) -> Results:
    """Run every design (or the named ones) over the same replications.

    coupling: whether a citizen's two lives share their random numbers (`keyed`) or not (`independent`); means are the
    same, loss probabilities are not. The result does not depend on the number of workers. progress(done, all) is called
    as replications finish. Raises KeyError for an unknown design and ValueError for fewer than one replication.
    """
    if replications < 1:
        raise ValueError(f"expected at least 1 replication, found {replications}")
    chosen = tuple(scenario.designs) if designs is None else tuple(designs)
    for name in chosen:
        scenario.designs[name]
    task = _Task(prepare(scenario), seed, coupling, chosen)
    parts: dict[str, list[DesignResult]] = {name: [] for name in chosen}
    for found in run_blocks(task, run_block, blocks(replications), workers, progress):
        for name, part in found.items():
            parts[name] = _collect(parts[name], part)
    merged = {name: merge(found) for name, found in parts.items()}
    return Results(scenario, replications, seed, coupling, task.setup.years, merged)


def _collect(kept: list[DesignResult], part: DesignResult) -> list[DesignResult]:
    """Keep parts in a few runs of doubling length, so that histograms stay small and rows are copied rarely."""
    kept = [*kept, part]
    while len(kept) > 1 and len(kept[-2].enrolled) <= len(kept[-1].enrolled):
        kept[-2:] = [merge(kept[-2:])]
    return kept


def block_of(setup: Setup, seed: int, coupling: Coupling, number: int, size: int) -> Block:
    """A block of replications, ready to play designs."""
    draws = Draws(seed, number, setup.scenario.target_group.citizens, size)
    return Block(setup, draws, coupling == "independent")


def run_block(task: _Task, number: int, size: int) -> dict[str, DesignResult]:
    """Every design of one block."""
    block = block_of(task.setup, task.seed, task.coupling, number, size)
    return {name: summarise(block, name, play(block, name)) for name in task.designs}
