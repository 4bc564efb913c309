"""Processor time of `effekt --help` beyond a bare interpreter: run `python -m tests.benchmarks.help_time`."""

import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
ROUNDS = 15
PROMISED = 0.3


def processor_time(*arguments: str) -> float:
    """Seconds of processor time that an interpreter with these arguments takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """Print the medians of some rounds, taken in turn."""
    rounds = [(processor_time("-c", "pass"), processor_time("-m", "reports.cli", "--help")) for _ in range(ROUNDS)]
    bare, told = (median(times) for times in zip(*rounds, strict=True))
    print(f"bare interpreter  {bare:.3f} s")
    print(f"effekt --help     {told:.3f} s, {told / bare:.1f} times as much")
    print(f"beyond it         {told - bare:.3f} s (promised: below {PROMISED} s)")


if __name__ == "__main__":
    main()
