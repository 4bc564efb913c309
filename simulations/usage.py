"""What lives use of the economy lines: days in their states, and what the state refunds of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .cases import CaseCost
from .cashability import paid_stays
from .high_cost import high_cost
from .lives import Life
from .refusion import Part, first_discharge, parts, refunded
from .setup import LineSetup, Setup
from .spans import Ints, Span, days_by_year

Course = Callable[[str], Life]


@dataclass(frozen=True)
class Usage:
    """What is used of an economy line [row, year]: days in the state, day-millionths refunded of them, and the øre that
    are refunded beyond that as part of expensive cases.
    """

    days: Ints
    refunded: Ints
    high_cost: Ints


def usage(setup: Setup, course: Course, rows: int) -> dict[str, Usage]:
    """What is used of every line in so many replications; course: the life in a domain."""
    span = setup.span(rows)
    cells = setup.scenario.target_group.citizens * rows
    days: dict[tuple[str, int, int], Ints] = {}
    cases: dict[str, CaseCost] = {}
    used = {}
    for line in setup.lines:
        place = (line.line.domain, line.state, line.notice)
        paid = paid_stays(course(line.line.domain), line, cells)
        if place not in days:
            days[place] = days_by_year(paid, line.state, span)
        # parts are large: only those that other lines may need are kept
        found = _parts(line, paid, course, span, cells)
        if line.line.high_cost is not None:
            cases[line.name] = CaseCost(line.prices, line.rule.floor, tuple(found))
        beyond = _high_cost(setup, line, cases, span)
        used[line.name] = Usage(days[place], refunded(found, line.rule.floor, days[place], span), beyond)
    return used


def _parts(line: LineSetup, paid: Life, course: Course, span: Span, cells: int) -> list[Part]:
    discharged = None
    if line.discharged_from is not None:
        domain, state = line.discharged_from
        discharged = first_discharge(course(domain), state, line.rule, cells, span.horizon)
    every = line.line.high_cost is not None
    return parts(paid, line.state, line.rule, span, cells, line.line.counted_days_before, discharged, every)


def _high_cost(setup: Setup, line: LineSetup, cases: Mapping[str, CaseCost], span: Span) -> Ints:
    """What a line adds to the refusion of expensive cases beyond the lines above it that share the rule."""
    if line.line.high_cost is None:
        return np.zeros((span.rows, span.years), np.int64)
    rule, together = setup.thresholds[line.line.high_cost], [cases[name] for name in line.shared]
    total = high_cost(together, rule, span)
    return total - high_cost(together[:-1], rule, span) if len(together) > 1 else total
