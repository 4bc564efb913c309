"""Scenarios: what we want to find out, as data with sources.

Where things are: `model` is the whole scenario, `parts`, `lives` and `economy` its parts, `checks` what must hold
across them, `agreements` what of contracts, and `horizon` its years; `pool` is an internal pool with a pipeline of
investments, `pool_files` reads it; `loading` and `reading` turn YAML into it;
`national` has dated national rules; the library lies here as YAML.
"""

from os import PathLike
from pathlib import Path

from .loading import LoadError, load_model
from .model import Scenario
from .pool_files import LoadedPool, load_pool, shipped_pools, shipped_scenarios


def load(path: str | PathLike[str]) -> Scenario:
    """The scenario in a YAML file; every problem at once as LoadError, with its place and how to mend it."""
    return load_model(path, Scenario)


def library() -> dict[str, Path]:
    """The scenario files that come with the package, by name."""
    return shipped_scenarios()


def pools() -> dict[str, Path]:
    """The pool files that come with the package, by name."""
    return shipped_pools()


__all__ = ["LoadError", "LoadedPool", "Scenario", "library", "load", "load_pool", "pools"]
