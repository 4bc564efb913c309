"""What lives use of the economy lines: days in their states, and what the state refunds of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .high_cost import CaseCost, high_cost
from .lives import Life
from .refusion import Part, first_discharge, parts, refunded, stays_in
from .setup import LineSetup, Setup
from .spans import Ints, Span, days_by_year, joined

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
    found = {line.name: _parts(setup, line, course, span) for line in setup.lines}
    used = {}
    for line in setup.lines:
        days = days_by_year(course(line.line.domain), line.state, span)
        beyond = _high_cost(setup, line, found, course, span)
        used[line.name] = Usage(days, refunded(found[line.name], line.rule.floor, days, span), beyond)
    return used


def _parts(setup: Setup, line: LineSetup, course: Course, span: Span) -> list[Part]:
    cells, discharged = setup.scenario.target_group.citizens * span.rows, None
    if line.discharged_from is not None:
        domain, state = line.discharged_from
        discharged = first_discharge(course(domain), state, line.rule, cells, span.horizon)
    mine = course(line.line.domain)
    return parts(mine, line.state, line.rule, span, cells, line.line.counted_days_before, discharged)


def _high_cost(setup: Setup, line: LineSetup, found: Mapping[str, list[Part]], course: Course, span: Span) -> Ints:
    """What a line adds to the refusion of expensive cases beyond the lines above it that share the rule."""
    if line.line.high_cost is None:
        return np.zeros((span.rows, span.years), np.int64)
    cases = [_case(other, found[other.name], course, span) for other in setup.lines if other.name in line.shared]
    rule = setup.thresholds[line.line.high_cost]
    total = high_cost(cases, rule, span)
    return total - high_cost(cases[:-1], rule, span) if len(cases) > 1 else total


def _case(line: LineSetup, found: list[Part], course: Course, span: Span) -> CaseCost:
    stays = joined(list(stays_in(course(line.line.domain), line.state, span.horizon)))
    return CaseCost(stays, line.prices, line.rule.floor, tuple(found))
