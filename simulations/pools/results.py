"""What is kept of a pool's course for many replications: sums by year, sums by replication, and what quantiles need."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from contracts.money import Ore

from .pipeline import Ints
from .years import YEARLY, PoolCourse

LIGHTS = ("green", "yellow", "red")


@dataclass(frozen=True)
class PoolResult:
    """A design's results; amounts in øre.

    by_year [year]: sums over all replications, and by_row [row]: sums over all years, of each amount and count of
    `PoolCourse` and of each light. By replication and year [row, year]: `balance`, and `cash`, what the municipality
    gains by the pool, departments and pool together. By replication: `outstanding` at the end; `first_short`, the index
    of the first year in which an application was turned away for want of capital, or -1; `sides` and `burdens`.
    """

    by_year: dict[str, Ints]
    by_row: dict[str, Ints]
    balance: Ore
    cash: Ore
    outstanding: Ore
    first_short: Ints
    sides: Ore
    burdens: Ore


def result_of(course: PoolCourse) -> PoolResult:
    """What is kept of a course."""
    every: dict[str, Ints] = {name: getattr(course, name) for name in YEARLY if name not in LIGHTS}
    every |= {name: course.lights[:, :, number] for number, name in enumerate(LIGHTS)}
    every["short"] = course.short.astype(np.int64)
    first = np.where(course.short.any(axis=1), np.argmax(course.short, axis=1), -1)
    return PoolResult(
        by_year={name: amount.sum(axis=0) for name, amount in every.items()},
        by_row={name: amount.sum(axis=1) for name, amount in every.items()},
        balance=course.balance,
        cash=course.gained - course.spent + course.partner_lent - course.partner_received + course.guaranteed,
        outstanding=course.outstanding[:, -1],
        first_short=first,
        sides=course.sides,
        burdens=course.burdens,
    )


def merged(parts: Sequence[PoolResult]) -> PoolResult:
    """Parts joined in the order of their replications."""
    first = parts[0]
    return PoolResult(
        by_year={name: np.sum([part.by_year[name] for part in parts], axis=0) for name in first.by_year},
        by_row={name: np.concatenate([part.by_row[name] for part in parts]) for name in first.by_row},
        balance=np.concatenate([part.balance for part in parts]),
        cash=np.concatenate([part.cash for part in parts]),
        outstanding=np.concatenate([part.outstanding for part in parts]),
        first_short=np.concatenate([part.first_short for part in parts]),
        sides=np.concatenate([part.sides for part in parts]),
        burdens=np.concatenate([part.burdens for part in parts]),
    )
