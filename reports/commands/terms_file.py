"""Terms and facts that a command is given as files: terms alone or a scenario's design, facts of several files."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reports.commands.options import check_design, scenario_file
from reports.texts import Language

if TYPE_CHECKING:
    from contracts.events import Kind
    from contracts.stated import StatedFacts
    from contracts.terms import Terms


@dataclass(frozen=True)
class Agreed:
    """What a file of terms says: title, kind, dated terms, language, and the SHA-256 of its bytes."""

    title: str
    kind: "Kind"
    terms: "Terms"
    language: Language
    sha256: str | None


def load_agreed(file: str, design: str | None, kind: "Kind | None" = None) -> Agreed:
    """The terms in a file of terms, or of a scenario's design. kind: instead of the file's.

    Raises LoadError with every fault of the file, click.UsageError for a design that is not there, or terms without
    dates.
    """
    if design is not None:
        return _of_scenario(scenario_file(file), design, kind)
    from scenarios import LoadError
    from scenarios.contract_files import load_agreement

    try:
        found = load_agreement(file)
    except LoadError:
        if _has_key(file, "designs"):
            told = f"{file}: expected terms, found a scenario; say which of its contracts with --design NAME"
            raise click.UsageError(told) from None
        raise
    for name in ("start", "end"):
        if getattr(found, name) is None:
            raise click.UsageError(f"{file}: expected a contract with a date for {name}, found none; add {name}:")
    return Agreed(found.title, kind or found.kind, found.terms(), found.language, sha256_of(file))


def _of_scenario(file: str, design: str, kind: "Kind | None") -> Agreed:
    from scenarios import load

    scenario = load(file)
    check_design(scenario, design)
    terms, own = scenario.terms(design), scenario.designs[design].kind
    if terms is None or own == "ordinary_budget":
        raise click.UsageError(f"the design '{design}' has no contract; choose another design")
    return Agreed(scenario.title, kind or own, terms, scenario.language, sha256_of(file))


def is_terms(file: str) -> bool:
    """Whether a file looks as if it held a contract's terms: clauses, and no designs."""
    return _has_key(file, r"clauses\s*:") and not _has_key(file, r"designs\s*:")


def is_pool(file: str) -> bool:
    """Whether a file, or what comes with the program under that name, is an internal pool."""
    from scenarios import pools

    return _has_key(file, r"kind\s*:\s*[\"']?pool") or file in pools()


def is_scenario(file: str) -> bool:
    """Whether a file, or what comes with the program under that name, is a scenario of one investment."""
    from scenarios import library

    return _has_key(file, r"target_group\s*:") or file in library()


def _has_key(file: str, key: str) -> bool:
    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return re.search(rf"^{key}", text, re.MULTILINE) is not None


def load_stated(files: tuple[str, ...], columns: str | None, terms: "Terms") -> "StatedFacts":
    """The facts of all files together; raises LoadError with every fault of the first file that has one."""
    from contracts.timetable import contract_dates
    from scenarios.contract_files import TABLES, join_facts, load_facts

    tables = [file for file in files if Path(file).suffix.lower() in TABLES]
    if columns is not None and not tables:
        raise click.UsageError("--columns is for tables, and every file of facts is YAML; leave it out")
    start, _ = contract_dates(terms)
    first, *rest = [load_facts(file, start, columns if file in tables else None) for file in files]
    for more in rest:
        first = join_facts(first, more)
    return first


def sha256_of(file: str) -> str | None:
    """The SHA-256 of a file's bytes; None for what cannot be read twice, such as a pipe."""
    path = Path(file)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
