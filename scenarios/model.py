"""A scenario: what we want to find out."""

from typing import Self

from pydantic import model_validator

from contracts.problems import refuse

from .checks import findings
from .parts import Parts


class Scenario(Parts):
    """All that a simulation needs to know. Built by `scenarios.load`; see the schema for every key."""

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        refuse(*findings(self))
        return self
