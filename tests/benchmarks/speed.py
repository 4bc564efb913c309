"""Speed: processor time per replication of the benchmark scenario, as ratios of one run.

What is compared is run in turn, round after round, with new random numbers each round; figures are medians over rounds
(of times, and of each round's ratios), so that a busy machine disturbs both sides alike.

*Random numbers it consumes*: exactly the streams that the blocks drew, drawn again in full and alone.

"Within 12 times the random numbers; *a person cap adds at most 2×, a design with its own intake at most 6×*" is read as
it stands, in one unit: what the cap, or the rate card once more with a start three months later (own enrolment, lives,
facts and savings), adds to the three designs, against the random numbers. Other readings are printed below it: for the
cap, the whole run against the one without; for the own intake, what it adds against what the same rate card adds that
shares the intake (like with like), against what gain share and pool add on average (two contracts that measure nobody,
so that a rate card costs more however it starts), and the whole run.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from eventsourcing.application import Application

from scenarios import Scenario
from simulations.designs import play
from simulations.draws import BLOCK, blocks
from simulations.run import block_of, simulate
from simulations.setup import prepare

from .parts import PARTS, watching
from .tutorial import replicate

Times = dict[str, list[float]]


@dataclass(frozen=True)
class Cases:
    """The scenario and its variants, and how many replications a round takes of each."""

    scenario: Scenario
    replications: int
    tutorial: int

    def changed(self, change: Callable[[dict[str, Any]], None]) -> Scenario:
        """A variant of the scenario."""
        tree = self.scenario.model_dump(by_alias=True)
        change(tree)
        return Scenario.model_validate(tree)

    def capped(self) -> Scenario:
        """A person's goals earn at most 100 000 kr.: a limit that binds."""

        def change(tree: dict[str, Any]) -> None:
            cap = {"kind": "per_person", "amount": 100_000}
            terms = tree["designs"]["rate_card"]["contract"]
            terms["limits"] = [cap, *terms["limits"]]

        return self.changed(change)

    def widened(self, delay: int) -> Scenario:
        """One design more: the rate card again, starting so many months later."""

        def change(tree: dict[str, Any]) -> None:
            tree["designs"]["more"] = tree["designs"]["rate_card"] | {"start_delay_months": delay}

        return self.changed(change)


def measured(cases: Cases, rounds: int) -> Times:
    """Milliseconds per replication by case and round; the first round only warms up."""
    runs: dict[str, tuple[Scenario, list[str] | None]] = {
        "ours": (cases.scenario, None),
        "first": (cases.scenario, list(cases.scenario.designs)[:1]),
        "capped": (cases.capped(), None),
        "shared": (cases.widened(0), None),
        "own": (cases.widened(3), None),
    }
    times: Times = defaultdict(list)
    for number in range(rounds + 1):
        found = {name: simulated(scenario, cases.replications, number, some) for name, (scenario, some) in runs.items()}
        found["random"] = _redrawn(cases.scenario, cases.replications, number)
        found |= _in_parts(cases.scenario, cases.replications, number)
        for failures in (True, False):
            found[f"tutorial {failures}"] = _in_the_tutorials_way(cases.tutorial, number, failures)
        for name, value in found.items() if number else ():
            times[name].append(value)
    return times


def simulated(scenario: Scenario, replications: int, seed: int, designs: list[str] | None) -> float:
    """Milliseconds of processor time per replication."""
    began = time.process_time()
    simulate(scenario, replications, seed, designs=designs)
    return (time.process_time() - began) * 1000 / replications


def _in_the_tutorials_way(replications: int, seed: int, failures: bool) -> float:
    application: Application = Application()
    began = time.process_time()
    for number in range(replications):
        replicate(application, seed, number, failures)
    return (time.process_time() - began) * 1000 / replications


def _in_parts(scenario: Scenario, replications: int, seed: int) -> dict[str, float]:
    with watching() as seconds:
        total = simulated(scenario, replications, seed, None)
    found = {f"part {part}": seconds[part] * 1000 / replications for part in PARTS}
    return found | {"part the rest": total - sum(found.values()), "watched": total}


def _redrawn(scenario: Scenario, replications: int, seed: int) -> float:
    """Draw again, alone and in full blocks, every stream that the replications consumed."""
    setup, total, citizens = prepare(scenario), 0.0, scenario.target_group.citizens
    for number, size in blocks(replications):
        block = block_of(setup, seed, "keyed", number, size)
        for design in scenario.designs:
            play(block, design)
        names, draws = list(block.draws._kept), block_of(setup, seed, "keyed", number, size).draws
        began = time.process_time()
        for name in names:
            draws._stream(name).standard_exponential((citizens, BLOCK), dtype=np.float32)
        total += time.process_time() - began
    return total * 1000 / replications


def _ratio(times: Times, above: Callable[[dict[str, float]], float], below: Callable[[dict[str, float]], float]) -> str:
    rounds = [dict(zip(times, values, strict=True)) for values in zip(*times.values(), strict=True)]
    ratios = sorted(above(one) / below(one) for one in rounds)
    return f"{statistics.median(ratios):7.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def report(scenario: Scenario, replications: int, rounds: int, tutorial: int) -> None:
    """Measure and print."""
    times = measured(Cases(scenario, replications, tutorial), rounds)
    middle = {name: statistics.median(values) for name, values in times.items()}
    print(f"\nSpeed: median of {rounds} rounds of {replications} replications (tutorials': {tutorial}), processor time")
    print(f"  {'':52}{'ms/replication':>15}{'× random numbers':>18}")
    names = {"random": "random numbers alone", "ours": "three designs", "watched": "three designs, with the stopwatch"}
    names |= {name: f"  {name.removeprefix('part ')}" for name in times if name.startswith("part ")}
    names |= {"first": "rate card alone", "capped": "three designs, with a limit per person"}
    names |= {"shared": "and a fourth that shares the intake", "own": "and a fourth with its own intake"}
    names |= {
        "tutorial True": "the tutorials' way",
        "tutorial False": "the tutorials' way, without events for failures",
    }
    for name, text in names.items():
        print(f"  {text:52}{middle[name]:15.4f}{middle[name] / middle['random']:18.2f}")
    _limits(times)


def _limits(times: Times) -> None:
    def more(name: str) -> Callable[[dict[str, float]], float]:
        return lambda one: one[name] - one["ours"]

    def of(name: str) -> Callable[[dict[str, float]], float]:
        return lambda one: one[name]

    ours, random = of("ours"), of("random")
    print("  Ratios: median over rounds (least to most)")
    for text, above, below in (
        ("three designs / random numbers            limit  12", ours, random),
        ("tutorials' way / three designs            limit 300", of("tutorial True"), ours),
        ("  the same without events for failures", of("tutorial False"), ours),
        ("a limit per person adds / random numbers  limit   2", more("capped"), random),
        ("  the whole run with / without", of("capped"), ours),
        ("own intake adds / random numbers          limit   6", more("own"), random),
        ("  it adds / the same, sharing the intake, adds", more("own"), more("shared")),
        ("  it adds / each of the other two adds", more("own"), lambda one: (one["ours"] - one["first"]) / 2),
        ("  the whole run with / without", of("own"), ours),
    ):
        print(f"  {text:52}{_ratio(times, above, below)}", flush=True)
