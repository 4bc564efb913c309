"""Files of internal pools, and the scenarios that their investments name."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from .loading import load_model
from .model import Scenario
from .pool import PoolScenario

PREFIX = "pool-"
"""Names of the pool files that come with the program begin like this."""


@dataclass(frozen=True)
class LoadedPool:
    """A pool, and the scenarios of its investments by name."""

    pool: PoolScenario
    scenarios: Mapping[str, Scenario]


def load_pool(path: str | PathLike[str]) -> LoadedPool:
    """A pool file with the scenarios that it names: those beside it, else those that come with the program.

    Raises LoadError with every problem of the pool file, or else of the first scenario that has any. A name is never a
    path, so no other files are read.
    """
    known = shipped_scenarios() | _beside(Path(path).parent)
    pool = load_model(path, PoolScenario, context={"scenarios": tuple(known)})
    named = sorted({each.scenario for each in pool.investments.values() if each.scenario is not None})
    return LoadedPool(pool, {name: load_model(known[name], Scenario) for name in named})


def _beside(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def shipped_scenarios() -> dict[str, Path]:
    """The scenario files that come with the program, by name."""
    return {name: path for name, path in _beside(Path(__file__).parent).items() if not name.startswith(PREFIX)}


def shipped_pools() -> dict[str, Path]:
    """The pool files that come with the program, by name."""
    return {name: path for name, path in _beside(Path(__file__).parent).items() if name.startswith(PREFIX)}
