"""Findings: what a validator has against a contract's terms, and where in them it stands.

A validator that looks at a whole model often finds several faults, each deep below the model. It collects
them as `Finding` and calls `refuse`. Whoever loads the terms from a file turns each path into a line and a
column; this package knows nothing of files.
"""

import datetime as dt
from dataclasses import dataclass

from pydantic_core import PydanticCustomError

FINDINGS = "effekt_place"
"""The type of the pydantic error that carries findings."""


@dataclass(frozen=True)
class Finding:
    """One fault.

    message: what was expected and what was found, one sentence without a full stop.
    path:    keys and list indices from the model that is validated down to the fault, by field name or
             by alias. Empty: the model as a whole. A last item "[key]" means the key and not its value.
    hint:    how to mend it; empty if there is nothing to say.
    """

    message: str
    path: tuple[str | int | dt.date, ...] = ()
    hint: str = ""


def refuse(*findings: Finding) -> None:
    """Raise one pydantic error that carries every finding; with none, do nothing.

    Call it inside a pydantic validator. Outside of a loader the error reads well: its text is every message.

    Raises PydanticCustomError when there is any finding.
    """
    if not findings:
        return
    raise PydanticCustomError(
        FINDINGS,
        "{message}",
        {
            "message": "; ".join(finding.message for finding in findings),
            "problems": [
                {"message": finding.message, "path": list(finding.path), "hint": finding.hint} for finding in findings
            ],
        },
    )
