"""Memory: the peak of a process of its own that simulates the benchmark scenario with all its designs.

Rows, sums and histograms are kept, never lives; so the peak should grow slowly. `python -m tests.benchmarks.memory N`
is that process.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from scenarios import load
from simulations.run import simulate

from . import SCENARIO

LIMIT = 1_000_000_000
REPLICATIONS = (10_000, 100_000)


def peak() -> int:
    """The largest resident size of this process so far, in bytes; 0 where the system does not tell (Windows)."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss of Linux begins with the size of the process that started this one
        return next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if "VmHWM" in line)
    try:
        import resource
    except ImportError:
        return 0
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


def measure(replications: int) -> dict[str, float]:
    """Peak before and after, and processor seconds, of a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.memory", str(replications)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def report(replications: tuple[int, ...] = REPLICATIONS) -> None:
    """Print the peak by number of replications."""
    print(f"\nMemory: peak resident size of a process of its own (limit {LIMIT / 1e6:,.0f} MB)")
    for count in replications:
        found = measure(count)
        size = f"{found['peak'] / 1e6:6,.0f} MB, {found['before'] / 1e6:,.0f} MB of it before the first replication"
        print(f"  {count:>7,} replications: {size}; {found['seconds']:.1f} s of processor time", flush=True)


def main(replications: int) -> None:
    """Simulate, and print what it took as JSON."""
    scenario = load(SCENARIO)
    before, began = peak(), time.process_time()
    found = simulate(scenario, replications, seed=3)
    seconds = time.process_time() - began
    if any(len(design.enrolled) != replications for design in found.designs.values()):
        raise RuntimeError("replications are missing")
    print(json.dumps({"before": before, "peak": peak(), "seconds": seconds}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
