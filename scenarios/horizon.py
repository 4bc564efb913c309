"""What lies within the years of a scenario, and what to say of what does not."""

import datetime as dt
from collections.abc import Iterator

from contracts.problems import Finding

from .parts import Parts

Path = tuple[str | int | dt.date, ...]


def span(scenario: Parts) -> str:
    """The scenario's years in words."""
    return f"the scenario runs from {scenario.start} until {scenario.end - dt.timedelta(days=1)}"


def within(scenario: Parts, when: int | dt.date, path: Path) -> Iterator[Finding]:
    """A finding if a date, or a month counted from the start, lies outside the scenario's years."""
    if isinstance(when, dt.date):
        if not scenario.start <= when < scenario.end:
            yield Finding(f"{when} lies outside the scenario's years", path, span(scenario))
    elif when > 12 * scenario.horizon_years:
        hint = f"the horizon is {_years(scenario)}: raise horizon_years or remove the month"
        yield Finding(f"month {when} lies after the horizon of month {12 * scenario.horizon_years}", path, hint)


def _years(scenario: Parts) -> str:
    return "1 year" if scenario.horizon_years == 1 else f"{scenario.horizon_years} years"
