"""What it costs to compare pool designs, beside simulating the pipeline's investments once; and the memory it takes."""

import json
import statistics
import subprocess
import sys
import time

from scenarios import library, load
from scenarios.pool import PoolScenario
from simulations.pools.compare import BATCH, PoolTask, compare_pools, pipeline_of, prepared
from simulations.pools.loans import tables_of
from simulations.pools.years import run_pool

from .memory import peak

NAMES = ("holbaek-ips", "ikast-brande-housing-first", "vejle-familiebehandling", "aarhus-unge-hjemloese")
LIMIT = 1.5
REPLICATIONS = (1_000, 10_000)


def benchmark_pool() -> PoolScenario:
    """Ten years with twelve applications each, of four kinds, under four designs that differ in everything."""
    luck = {"size": {"least": "0.2", "most": "0.6"}, "effect": {"least": "0.3", "most": "1.1"}}
    realised = {"basis": "realised", "years": 6}
    return PoolScenario.model_validate(
        {
            "kind": "pool",
            "title": "Benchmark",
            "municipality": "0751",
            "start": "2024-01-01",
            "years": 10,
            "investments": {
                name: {"scenario": name, "per_year": 3, "delay_months": {"least": 0, "most": 9}} | luck
                for name in NAMES
            },
            "designs": {
                "realised": {"capital": 40_000_000, "repayment": realised},
                "frame_cut": {
                    "capital": 40_000_000,
                    "calls": "twice",
                    "ranked_by": "net_gain",
                    "repayment": {"basis": "budgeted", "form": "frame_cut", "grace_years": 1},
                },
                "outcome": {
                    "capital": 40_000_000,
                    "calls": "rolling",
                    "ranked_by": "reach",
                    "repayment": {"basis": "outcome", "price_per_result": 60_000, "years": 6},
                    "loss": {"department_share": "0.5"},
                },
                "none": {
                    "capital": 10_000_000,
                    "top_up": 5_000_000,
                    "unused": "lapses",
                    "repayment": {"basis": "none"},
                    "stop": {"after_years": 2, "below": "0.5"},
                    "payback_limit": {"years": 6},
                },
            },
        }
    )


def _round(task: PoolTask, number: int) -> tuple[float, float]:
    """Processor seconds of a batch's pipeline as cash flows by age, and of all designs on it."""
    began = time.process_time()
    pipeline = pipeline_of(task, number, BATCH)
    tables = tables_of(pipeline)
    simulated = time.process_time()
    for terms in task.terms.values():
        run_pool(terms, pipeline, tables)
    return simulated - began, time.process_time() - simulated


def report(rounds: int = 9) -> None:
    """Print the ratio, and the peak of memory by number of replications."""
    task = prepared(benchmark_pool(), {name: load(library()[name]) for name in NAMES}, 1)
    _round(task, 0)
    found = [_round(task, number) for number in range(1, rounds + 1)]
    ratios = [(pipeline + designs) / pipeline for pipeline, designs in found]
    each = 1000 * statistics.median(pipeline for pipeline, _ in found) / BATCH
    told = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}; limit {LIMIT})"
    print("\nPools: ten years, twelve investments a year, four designs")
    print(
        f"  comparing them / simulating the pipeline's investments once: {told}; the latter {each:.2f} ms a replication"
    )
    for count in REPLICATIONS:
        command = [sys.executable, "-m", "tests.benchmarks.pools", str(count)]
        size = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["peak"]
        print(f"  {count:>7,} replications: {size / 1e6:6,.0f} MB")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        compare_pools(benchmark_pool(), {name: load(library()[name]) for name in NAMES}, int(sys.argv[1]))
        print(json.dumps({"peak": peak()}))
    else:
        report()
