"""`effekt doctor`: whether this installation is sound."""

import locale
import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path

import click

from reports.commands.options import store_option, store_path
from reports.harmless import harmless_line
from reports.versions import LIBRARIES, installed

PACKAGES = ("contracts", "scenarios", "simulations", "reports")
OURS = "effektkontrakt"

Finding = tuple[bool, str, str]
"""Whether it is sound, what was looked at, and what was found."""


@click.command("doctor")
@store_option
@click.pass_context
def command(ctx: click.Context, store: str | None) -> None:
    """Tell whether this installation is sound.

    Looks at versions, at other distributions that claim our packages' names, at the store, the terminal and the
    processors. Exit 1 when something must be mended.
    """
    found = list(_findings(store))
    width = max(len(what) for _, what, _ in found)
    for sound, what, told in found:
        click.echo(harmless_line(f"{'ok  ' if sound else 'MEND'}  {what:<{width}}  {told}"))
    if not all(sound for sound, _, _ in found):
        ctx.exit(1)


def _findings(store: str | None) -> Iterator[Finding]:
    yield sys.version_info >= (3, 11), "python", f"{platform.python_version()} ({platform.system()})"
    yield True, OURS, installed(OURS) or "not installed; runs from its source folder"
    for name in LIBRARIES:
        found = installed(name)
        yield found is not None, name, found or "not installed; install effektkontrakt again"
    yield from _packages()
    yield _store(store)
    kind = "a terminal" if sys.stdout.isatty() else "not a terminal"
    told = f"{kind}; the system's encoding is {locale.getencoding()}, effekt writes {sys.stdout.encoding}"
    yield True, "output", told
    yield True, "processors", str(_processors())


def _packages() -> Iterator[Finding]:
    """Whether all four packages are ours: claimed by no other distribution, and found in one folder."""
    for package, others in claims().items():
        if others:
            told = f"also claimed by {', '.join(others)}; install effektkontrakt in an environment of its own"
            yield False, f"package {package}", told
    homes = {package: _home(package) for package in PACKAGES}
    if len(set(homes.values())) > 1:
        told = "; ".join(f"{package} in {home or 'no folder'}" for package, home in homes.items())
        yield False, "packages", f"{told}; remove what is not effektkontrakt's"
    else:
        yield True, "packages", f"{', '.join(PACKAGES)} in {homes[PACKAGES[0]]}"


def claims() -> dict[str, list[str]]:
    """Other distributions that install one of our import packages, by package."""
    found: dict[str, list[str]] = {package: [] for package in PACKAGES}
    for distribution in distributions():
        name = distribution.metadata["Name"] or "a distribution without a name"
        if name.lower().replace("_", "-") == OURS:
            continue
        tops = {file.parts[0].removesuffix(".py") for file in distribution.files or ()}
        for package in tops.intersection(PACKAGES):
            found[package].append(name)
    return {package: sorted(set(names)) for package, names in found.items()}


def _home(package: str) -> str:
    spec = find_spec(package)
    return str(Path(spec.origin).parent.parent) if spec and spec.origin else ""


def _store(chosen: str | None) -> Finding:
    from contracts.register import BrokenLog, StoreUnavailable, open_register

    path = store_path(chosen)
    if not chosen and not os.path.exists(path):
        return True, "store", f"{path}: none yet; effekt run --record makes it"
    try:
        with open_register(path, create=False) as register:
            return True, "store", f"{register.name}: {len(register.ids())} contracts and funds"
    except (StoreUnavailable, BrokenLog) as error:
        return False, "store", str(error)


def _processors() -> int:
    from simulations.parallel import default_workers

    return default_workers()
