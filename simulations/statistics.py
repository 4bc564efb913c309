"""Figures of a simulation with their Monte Carlo errors: R independent replications, compared pair by pair.

Every interval is the 95 % interval of what was simulated, not of reality. Arrays are [R] unless said otherwise, in any
unit; a figure has the unit of its input. Where the data give no number, the figure or its error is None, never NaN.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]
Floats = NDArray[np.float64]
Z = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""
WORST = 0.05
"""The share of replications that the mean of the worst outcomes is taken over."""


@dataclass(frozen=True)
class Estimate:
    """A simulated figure: value, standard error and 95 % interval, each None where the data give no number."""

    value: float | None
    error: float | None = None
    low: float | None = None
    high: float | None = None

    def scaled(self, factor: float) -> "Estimate":
        """The same figure in another unit; factor > 0."""
        return Estimate(*(None if x is None else x * factor for x in (self.value, self.error, self.low, self.high)))


NOTHING = Estimate(None)


def mean(values: Numbers) -> Estimate:
    """The mean, with error s/√R (none for a single replication)."""
    if not len(values):
        return NOTHING
    return _normal(float(np.mean(values)), values)


def _normal(value: float, influence: Numbers) -> Estimate:
    """A figure whose error is that of the mean of its influence values."""
    if len(influence) < 2:
        return Estimate(value)
    error = _spread(influence) / math.sqrt(len(influence))
    return Estimate(value, error, value - Z * error, value + Z * error)


def _spread(values: Numbers) -> float:
    """The standard deviation with R − 1; exactly zero where all values are equal."""
    return 0.0 if np.all(values == values[0]) else float(np.std(values, ddof=1))


def difference(ours: Numbers, theirs: Numbers) -> Estimate:
    """The mean difference of two designs over the same replications, with the paired error s(A − B)/√R."""
    return mean(ours - theirs)


def rank(count: int, p: float) -> int:
    """The rank (from 1) of the order statistic that stands for the p-quantile of so many replications: ⌈Rp⌉."""
    return min(max(math.ceil(count * p - 1e-9), 1), count)


def quantile(values: Numbers, p: float) -> Estimate:
    """The p-quantile as an order statistic, with the distribution-free interval of ranks Rp ± 1.96 √(Rp(1 − p)).

    The error is the width of that interval / (2 · 1.96). A bound whose rank lies outside the sample is None, and so is
    the error then: too few replications say nothing about it. Values may be infinite; what is infinite becomes None.
    """
    count = len(values)
    if not count:
        return NOTHING
    ordered = np.sort(values)
    value = _finite(ordered[rank(count, p) - 1])
    if count > 1 and ordered[0] == ordered[-1] and value is not None:
        return Estimate(value, 0.0, value, value)
    reach = Z * math.sqrt(count * p * (1 - p))
    first, last = math.floor(count * p - reach), math.ceil(count * p + reach)
    low = _finite(ordered[first - 1]) if first >= 1 else None
    high = _finite(ordered[last - 1]) if last <= count else None
    error = None if low is None or high is None else (high - low) / (2 * Z)
    return Estimate(value, error, low, high)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def probability(seen: NDArray[np.bool_]) -> Estimate:
    """The share of replications in which something is seen, with Wilson's interval (Wilson 1927).

    Where it is never seen the upper bound is 3/R (the rule of three), where it is always seen the lower one 1 − 3/R,
    and there is no standard error.
    """
    count = len(seen)
    if not count:
        return NOTHING
    hits = int(np.count_nonzero(seen))
    if hits == 0:
        return Estimate(0.0, None, 0.0, min(3 / count, 1.0))
    if hits == count:
        return Estimate(1.0, None, max(1 - 3 / count, 0.0), 1.0)
    share = hits / count
    middle = (share + Z**2 / (2 * count)) / (1 + Z**2 / count)
    reach = Z / (1 + Z**2 / count) * math.sqrt(share * (1 - share) / count + Z**2 / (4 * count**2))
    return Estimate(share, math.sqrt(share * (1 - share) / count), middle - reach, middle + reach)


def mean_loss(values: Numbers) -> Estimate:
    """The mean of the values below zero (a negative number); None where no replication loses."""
    return mean(values[values < 0])


def worst_mean(values: Numbers, share: float = WORST) -> Estimate:
    """The mean of the worst share: q − E[(q − Y)⁺]/α, with error √(Var((q − Y)⁺)/R)/α (q: the α-quantile).

    Source: Rockafellar and Uryasev 2000. A fraction Rα that is not whole is weighed by the formula itself.
    """
    if not len(values):
        return NOTHING
    q, short = _shortfall(values, share)
    return _normal(q - float(np.mean(short)), short)


def _shortfall(values: Numbers, share: float) -> tuple[float, Floats]:
    """The quantile, and (q − Y)⁺/α by replication."""
    q = float(np.partition(values, rank(len(values), share) - 1)[rank(len(values), share) - 1])
    return q, np.maximum(q - values, 0) / share


def risk_terms(values: Numbers, share: float = WORST) -> Floats:
    """By replication, Y + (q − Y)⁺/α − q: the mean is D = mean − mean of the worst share, the spread its influence."""
    q, short = _shortfall(values, share)
    return np.asarray(values + short - q, np.float64)


def risk_moved(reference: Numbers, design: Numbers, share: float = WORST) -> Estimate:
    """How much less the purse's worst outcomes lie below its mean: D_reference − D_design, error paired."""
    return difference(risk_terms(reference, share), risk_terms(design, share))


def ratio(above: Numbers, below: Numbers) -> Estimate:
    """A ratio of means, ΣA / ΣB, with the delta method's error s(A − rB)/(mean B √R); None where ΣB ≤ 0."""
    if not len(below) or float(np.sum(below)) <= 0:
        return NOTHING
    value = float(np.sum(above)) / float(np.sum(below))
    return _normal(value, (above - value * below) / float(np.mean(below)))


def payback_index(cash: Numbers) -> Floats:
    """The first year from whose end the cumulative cash never is below zero again; infinite where it ends below.

    cash [R, Y]: undiscounted net by year. Returns years' indices [R]; 0 also for those who never were below.
    """
    below = np.cumsum(cash, axis=1) < 0
    years = cash.shape[1]
    last = years - np.argmax(below[:, ::-1], axis=1)
    index = np.where(below.any(axis=1), last, 0).astype(np.float64)
    index[index == years] = np.inf
    return index


def payback(cash: Numbers) -> tuple[Estimate, Estimate]:
    """The median payback year's index over all replications, and the share never paid back; cash [R, Y].

    Who never is paid back counts as later than every year: the median is None where half or more never are.
    """
    index = payback_index(cash)
    return quantile(index, 0.5), probability(np.isinf(index))


@dataclass(frozen=True)
class LowPoint:
    """The lowest point of the cumulative cash: median, 5th percentile, and the median index of the year it falls in."""

    median: Estimate
    p5: Estimate
    year: Estimate


def liquidity(cash: Numbers) -> LowPoint:
    """By replication the minimum of the cumulative undiscounted yearly cash, never above zero; cash [R, Y].

    The year is the first in which the low point is reached, over the replications that fall below zero; None if none
    do.
    """
    total = np.cumsum(cash, axis=1)
    lowest = np.minimum(total.min(axis=1), 0)
    fell = lowest < 0
    return LowPoint(quantile(lowest, 0.5), quantile(lowest, 0.05), quantile(np.argmin(total, axis=1)[fell], 0.5))


def present_value(cash: Numbers, divisors: Sequence[float]) -> Floats:
    """Present value [R] of yearly cash [R, Y]: each year is divided by its own (see `scenarios.prices.divisors`)."""
    total = np.zeros(len(cash))
    for year in range(cash.shape[1]):  # not a matrix product, whose order of addition depends on the machine
        total += cash[:, year] / divisors[year]
    return total
