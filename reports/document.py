"""A comparison as one document for other programs: the same bytes for the same scenario, seed and versions."""

import hashlib
from pathlib import Path
from typing import Any

from .comparison import Comparison
from .marks import count_marks
from .terminal.figure_cells import records
from .versions import versions

FORMAT = 1
"""Raised when a reader of the document would have to change."""
MONEY = {"currency": "DKK", "unit": "kr."}
"""What every amount in a document is in."""


def comparison_document(comparison: Comparison, file: str) -> dict[str, Any]:
    """Everything that was found, and what is needed to find it again. No times and no paths."""
    return origin(comparison, file) | {
        "figures": records(comparison.summary()),
        "cash_flow": records(comparison.cash_flow()),
        "who_gains": records(comparison.who_gains()),
        "service_room": records(comparison.service_room()),
        "appropriation": records(comparison.appropriation()),
        "results_reached": records(comparison.results_reached()),
    }


def origin(comparison: Comparison, file: str) -> dict[str, Any]:
    """Where the numbers come from: scenario, seed, replications, coupling, and versions of the programs."""
    results = comparison.results
    scenario = results.scenario
    return MONEY | {
        "format": FORMAT,
        "scenario": {
            "title": scenario.title,
            "municipality": scenario.municipality,
            "sha256": hash_of(file),
            "numbers": count_marks(scenario),
        },
        "designs": {name: scenario.designs[name].kind for name in results.designs},
        "reference": comparison.reference,
        "replications": results.replications,
        "seed": results.seed,
        "coupling": results.coupling,
        "versions": versions(),
    }


def hash_of(file: str) -> str | None:
    """The SHA-256 of a file's bytes; None for what cannot be read twice, such as a pipe."""
    path = Path(file)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
