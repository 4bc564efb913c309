"""How large an effect is needed: the scale on the effect at which a design's mean net gain is zero.

The scale multiplies a design's `effect_factor`, the power to which every hazard ratio is raised: 0 is no effect, 1 the
stated one. All scales meet the same citizens with the same random numbers, so that the mean gain is a smooth function
of the scale and its zero is found to far less than the Monte Carlo error with few replications.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np

from scenarios.model import Scenario
from scenarios.parts import Design
from simulations.parallel import Progress
from simulations.run import Results, simulate
from simulations.statistics import NOTHING, Estimate, Floats, Z, mean, present_value

REPLICATIONS = 1000
WEAKER, STRONGER = (0.0, 0.5), (2.0, 3.0)
ROUNDS = 3
Point = tuple[str, float]
Gains = dict[Point, Floats]
Curve = list[tuple[float, float]]


@dataclass(frozen=True)
class Crossing:
    """A break-even effect: the scale with its error, or a note why there is none."""

    scale: Estimate
    note: str = ""


def planned(scenario: Scenario, replications: int) -> int:
    """How much of a progress bar the search takes, in replications."""
    return replications * (2 + ROUNDS) if _has_effects(scenario) else 0


def break_even_effects(results: Results, workers: int = 1, progress: Progress | None = None) -> dict[str, Crossing]:
    """The break-even effect of every design: the scale from 0 to 3, nearest to 1, at which the mean net gain is zero.

    Weaker effects are tried first where the stated one gains, stronger where it loses, then the others, then `ROUNDS`
    times where the curve so far crosses zero. The note is `none` where the mean gain does not cross zero, and
    `not_applicable` where all lives are stated.
    """
    if not _has_effects(results.scenario):
        return {name: Crossing(NOTHING, "not_applicable") for name in results.designs}
    count = min(results.replications, REPLICATIONS)
    divisors = results.scenario.discount_divisors
    gains = {(name, 1.0): present_value(found.net[:count], divisors) for name, found in results.designs.items()}
    for step in range(2 + ROUNDS):
        todo = [point for name in results.designs for point in _wanted(name, gains, step)]
        if todo:
            gains |= _simulated(results, count, todo, workers, _part(progress, count * step))
    return {name: _crossing(name, gains) for name in results.designs}


def _has_effects(scenario: Scenario) -> bool:
    return any(domain.kind == "hazards" for domain in scenario.domains.values())


def _part(progress: Progress | None, before: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, total: progress(before + done, before + total)


def _simulated(results: Results, count: int, points: Sequence[Point], workers: int, progress: Progress | None) -> Gains:
    """Net gain [replication], øre, at each point, all in one simulation."""
    scenario = results.scenario
    names = {point: f"{point[0]} × {point[1]!r}" for point in points}
    designs = {name: _scaled(scenario.designs[point[0]], point[1]) for point, name in names.items()}
    found = simulate(
        scenario.model_copy(update={"designs": designs}),
        count,
        results.seed,
        coupling=results.coupling,
        workers=workers,
        progress=progress,
    )
    divisors = scenario.discount_divisors
    return {point: present_value(found.designs[name].net, divisors) for point, name in names.items()}


def _scaled(design: Design, scale: float) -> Design:
    return design.model_copy(update={"effect_factor": design.effect_factor * Decimal(repr(scale))})


def _curve(name: str, gains: Gains) -> Curve:
    """Mean net gain by scale, in order of the scales."""
    return sorted((scale, float(np.mean(gain))) for (design, scale), gain in gains.items() if design == name)


def _near_zero(curve: Curve) -> Curve:
    """The neighbours between which the curve crosses zero, nearest to 1; empty where it does not."""
    pairs = [[a, b] for a, b in pairwise(curve) if a[1] * b[1] <= 0 and a[1] != b[1]]
    return min(pairs, key=lambda pair: max(pair[0][0] - 1, 1 - pair[1][0]), default=[])


def _wanted(name: str, gains: Gains, step: int) -> list[Point]:
    curve = _curve(name, gains)
    pair = _near_zero(curve)
    if step < 2:
        gaining = float(np.mean(gains[name, 1.0])) > 0
        return [] if pair else [(name, scale) for scale in (WEAKER if gaining == (step == 0) else STRONGER)]
    if not pair:
        return []
    scale = round(_at(curve, pair, 0.0), 4)
    near, height = min(pair, key=lambda point: abs(point[1]))
    error = mean(gains[name, near]).error or 0.0
    return [] if (name, scale) in gains or abs(height) <= error / 5 else [(name, scale)]


def _at(curve: Curve, pair: Curve, height: float) -> float:
    """The scale at which the curve has a height near zero: inverse interpolation through the pair and a third point."""
    others = sorted((point for point in curve if point not in pair), key=lambda point: abs(point[1]))
    third = [point for point in others if point[1] not in (pair[0][1], pair[1][1])][:1]
    scale = _inverse([*pair, *third], height)
    inside = pair[0][0] <= _inverse([*pair, *third], 0.0) <= pair[1][0]
    return scale if inside else _inverse(pair, height)


def _inverse(points: Curve, height: float) -> float:
    """Lagrange's polynomial of scale on height."""
    total = 0.0
    for scale, own in points:
        for _, other in points:
            if other != own:
                scale *= (height - other) / (own - other)
        total += scale
    return total


def _crossing(name: str, gains: Gains) -> Crossing:
    """The zero and its error: half the width of the scales at which the mean gain is one standard error off."""
    curve = _curve(name, gains)
    pair = _near_zero(curve)
    if not pair:
        return Crossing(NOTHING, "none")
    scale = _at(curve, pair, 0.0)
    spread = mean(gains[name, min(pair, key=lambda point: abs(point[1]))[0]]).error
    if spread is None:
        return Crossing(Estimate(scale))
    error = abs(_at(curve, pair, spread) - _at(curve, pair, -spread)) / 2
    return Crossing(Estimate(scale, error, max(scale - Z * error, 0.0), scale + Z * error))
