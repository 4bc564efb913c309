"""`python -m tests.benchmarks`: speed, refusion, agreement with the tutorials, memory, claims, pools, `effekt --help`.

`--quick` takes about half a minute, with fewer rounds and replications.
"""

import argparse
import importlib.util
import platform
import sys
from importlib.metadata import version

import numpy as np

from scenarios import load

from . import SCENARIO, agreement, claims, memory, pools, purse, speed

HEADER = """Benchmark: {citizens} citizens, {years} years, {domains} domains, {designs} designs that share the intake.
Python {python}, numpy {numpy}, simpy {simpy}, eventsourcing {eventsourcing}.
Processor time; only ratios of one run can be compared with those of another machine."""


def main(arguments: list[str] | None = None) -> None:
    """Run every benchmark."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="measure speed and memory")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and replications")
    quick = parser.parse_args(arguments).quick
    scenario = load(SCENARIO)
    print(
        HEADER.format(
            citizens=scenario.target_group.citizens,
            years=scenario.horizon_years,
            domains=len(scenario.domains),
            designs=len(scenario.designs),
            python=platform.python_version(),
            numpy=np.__version__,
            simpy=version("simpy"),
            eventsourcing=version("eventsourcing"),
        ),
        flush=True,
    )
    speed.report(scenario, *((400, 3, 1) if quick else (1000, 9, 2)))
    purse.report(scenario, *((400, 3) if quick else (1000, 9)))
    agreement.report(scenario, *((1000, 20) if quick else (4000, 150)))
    memory.report((10_000,) if quick else memory.REPLICATIONS)
    print(flush=True)
    claims.main()
    pools.report(3 if quick else 9)
    _help_time()


def _help_time() -> None:
    name = f"{__package__}.help_time"
    if importlib.util.find_spec(name):
        print(flush=True)
        importlib.import_module(name).main()


if __name__ == "__main__":
    sys.exit(main())
