"""Calculations as in SØM as documents for other programs; amounts are whole øre, + is a gain."""

from typing import Any

from scenarios.som import Som
from scenarios.som_result import Entry, entries

from .document import FORMAT, origin
from .marks import count_marks
from .som_comparing import Compared
from .terminal.figure_cells import records

UNIT = {"currency": "DKK", "unit": "øre"}
"""What every amount of a calculation is in; figures of a simulation are in kroner, as in `effekt compare`."""


def som_document(som: Som) -> dict[str, Any]:
    """The result row by row, by area, actor, committee and year, and its sums."""
    found = entries(som)
    return UNIT | {
        "format": FORMAT,
        "title": som.title,
        "successes_millionths": som.successes,
        "numbers": count_marks(som),
        "rows": [_row(entry) for entry in found],
        "nominal": sum(entry.amount for entry in found),
        "present": sum(entry.present for entry in found),
        "present_by_actor": _by_actor(found),
        "calculation": som.model_dump(mode="json"),
    }


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "actor": entry.actor,
        "committee": entry.committee,
        "area": entry.area,
        "cost": entry.is_cost,
        "year": entry.year,
        "nominal": entry.amount,
        "present": entry.present,
    }


def _by_actor(found: tuple[Entry, ...]) -> dict[str, int]:
    actors = dict.fromkeys(entry.actor for entry in found)
    return {actor: sum(entry.present for entry in found if entry.actor == actor) for actor in actors}


def compared_document(compared: Compared, file: str) -> dict[str, Any]:
    """Both results, the steps between them in øre, and what SØM leaves out; no times and no paths."""
    told, comparison = compared.explanation, compared.comparison
    return {
        "format": FORMAT,
        "som": som_document(compared.som),
        "explanation": UNIT
        | {
            "design": compared.design,
            "from": told.som,
            "steps": [{"step": name, "amount": amount} for name, amount in told.steps.items()],
            "to": told.simulated,
            "successes_millionths": dict(zip(("som", "simulated"), told.successes, strict=True)),
            "years": [{"year": n, "som": som, "simulated": mean} for n, (som, mean) in enumerate(told.years)],
        },
        "simulation": origin(comparison, file)
        | {
            "figures": records(comparison.summary()),
            "who_gains": records(comparison.who_gains()),
            "service_room": records(comparison.service_room()),
        },
    }
