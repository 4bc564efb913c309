"""Which versions of this program and its libraries are installed."""

import platform
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = ("babel", "click", "eventsourcing", "numpy", "pandas", "pydantic", "pyxirr", "rich", "ruamel.yaml", "simpy")


def installed(distribution: str) -> str | None:
    """The version of a distribution; None where it is not installed."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def versions() -> dict[str, str | None]:
    """The versions that can change a simulated number: Python's, this program's, numpy's and SimPy's."""
    named = {name: installed(name) for name in ("effektkontrakt", "numpy", "pandas", "pyxirr", "simpy")}
    return {"python": platform.python_version()} | named
