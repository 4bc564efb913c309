"""Compare the designs of an internal pool: the same pipeline and luck under each, seen from the municipality."""

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from contracts.ledger import MUNICIPALITY
from scenarios import LoadedPool, load_pool
from simulations import statistics as st
from simulations.parallel import Progress, default_workers
from simulations.pool import PoolCourse
from simulations.pool_run import PoolResults, compare_pools

from .key_figures import KRONE, Figure, share_seen

if TYPE_CHECKING:
    import pandas as pd

Found = tuple[str, st.Estimate, str, str]
POOL_GROUPS: dict[str, tuple[str, ...]] = {
    "pool_investments": ("pool_approved", "pool_citizens", "pool_green", "pool_yellow", "pool_red", "pool_stopped"),
    "pool_capital": (
        "pool_paid_in",
        "pool_lent",
        "pool_turnover",
        "pool_balance",
        "pool_outstanding",
        "pool_short",
        "pool_short_year",
    ),
    "pool_losses": (
        "pool_granted",
        "pool_written_off",
        "pool_department_loss",
        "pool_guaranteed",
        "pool_partner",
        "pool_departments",
        "pool_department_risk",
    ),
    "result": ("net_gain", "net_gain_p5", "net_gain_p95", "loss_probability"),
}
"""The figures of a comparison of pools in the order of the screen, by heading."""
PARTNER, GUARANTOR, POOL, OTHERS = "partner", "guarantor", "pool", "all"


@dataclass(frozen=True)
class PoolComparison:
    """Compared pool designs. The methods give tidy pandas frames: amounts in kroner, + is a gain against no pool."""

    results: PoolResults

    def summary(self) -> "pd.DataFrame":
        """Every figure of every design, one a row, with its Monte Carlo error; columns as in `reports.frames`."""
        from . import pool_frames

        return pool_frames.summary(self.results)

    def by_year(self) -> "pd.DataFrame":
        """Each design year by year: investments approved, capital left and lent out, repaid, lost."""
        from . import pool_frames

        return pool_frames.by_year(self.results)

    def who_gains(self) -> "pd.DataFrame":
        """What each party gains over the years; everything adds to zero with the real resources."""
        from . import pool_frames

        return pool_frames.who_gains(self.results)


def compare_pool(
    pool: LoadedPool | str | PathLike[str],
    replications: int = 10_000,
    seed: int = 1,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> PoolComparison:
    """Run every design of a pool (or of the file at a path) over the same pipeline.

    workers: how many processes; all processors when left out. The numbers do not depend on it.
    """
    loaded = pool if isinstance(pool, LoadedPool) else load_pool(pool)
    count = default_workers() if workers is None else workers
    return PoolComparison(
        compare_pools(loaded.pool, loaded.scenarios, replications, seed, workers=count, progress=progress)
    )


def pool_figures(results: PoolResults) -> Iterator[Figure]:
    """Every figure of every design, in the order of `POOL_GROUPS`."""
    order = [key for keys in POOL_GROUPS.values() for key in keys]
    rate = float(results.pool.discounting.rate)
    for name, course in results.courses.items():
        found = [*_investments(course), *_capital(results, course), *_losses(course), *_result(course, rate)]
        yield from (Figure(name, *figure) for figure in sorted(found, key=lambda figure: order.index(figure[0])))


def _investments(course: PoolCourse) -> Iterator[Found]:
    for key in ("approved", "citizens", "stopped"):
        yield f"pool_{key}", st.mean(getattr(course, key).sum(axis=1)), "citizens", ""
    followed = course.lights.sum(axis=(1, 2))
    for number, light in enumerate(("green", "yellow", "red")):
        yield f"pool_{light}", st.ratio(course.lights[:, :, number].sum(axis=1), followed), "share", ""


def _capital(results: PoolResults, course: PoolCourse) -> Iterator[Found]:
    for key in ("paid_in", "lent"):
        yield _kroner(f"pool_{key}", getattr(course, key).sum(axis=1))
    for key in ("balance", "outstanding"):
        yield _kroner(f"pool_{key}", getattr(course, key)[:, -1])
    yield "pool_turnover", st.ratio(course.lent.sum(axis=1), course.paid_in.sum(axis=1)), "factor", ""
    ever = np.asarray(course.short.any(axis=1), np.bool_)
    yield share_seen("pool_short", ever)
    first = results.years[0] + np.argmax(course.short, axis=1)[ever]
    yield "pool_short_year", st.quantile(first, 0.5), "year", "" if ever.any() else "none"


def _losses(course: PoolCourse) -> Iterator[Found]:
    for key in ("granted", "written_off", "department_loss", "guaranteed"):
        yield _kroner(f"pool_{key}", getattr(course, key).sum(axis=1))
    yield _kroner("pool_partner", (course.partner_received - course.partner_lent).sum(axis=1))
    yield _kroner("pool_departments", departments_gain(course))
    yield share_seen("pool_department_risk", departments_lose(course))


def _result(course: PoolCourse, rate: float) -> Iterator[Found]:
    gain = st.present_value(municipality_cash(course), rate) * KRONE
    yield "net_gain", st.mean(gain), "kr", ""
    for key, p in (("net_gain_p5", 0.05), ("net_gain_p95", 0.95)):
        yield key, st.quantile(gain, p), "kr", ""
    yield share_seen("loss_probability", gain < 0)


def municipality_cash(course: PoolCourse) -> NDArray[np.int64]:
    """What the municipality gains by the pool in each year [row, year], øre: its departments and the pool together."""
    partner = course.partner_lent - course.partner_received
    cash: NDArray[np.int64] = course.gained - course.spent + partner + course.guaranteed
    return cash


def departments_gain(course: PoolCourse) -> NDArray[np.int64]:
    """What departments keep over the years [row], øre: gains and loans less what they spend, repay and make good."""
    cash = course.gained - course.spent + course.released - course.repayments - course.department_loss
    kept: NDArray[np.int64] = cash.sum(axis=1)
    return kept


def departments_lose(course: PoolCourse) -> NDArray[np.bool_]:
    """In which replications departments end below zero."""
    return np.asarray(departments_gain(course) < 0, np.bool_)


def pool_gain(course: PoolCourse) -> NDArray[np.int64]:
    """What the pool itself has gained over the years [row], øre: what came back less what it lent."""
    gain: NDArray[np.int64] = (course.repaid + course.earned - course.lent).sum(axis=1)
    return gain


def party_gains(results: PoolResults, course: PoolCourse) -> Iterator[tuple[str, str, NDArray[np.int64]]]:
    """Party, committee and gain over the years [row], øre: departments, pool, partner, guarantor, then all others."""
    for number, (party, committee) in enumerate(results.sides):
        yield party, committee, course.sides[:, number] - course.burdens[:, number]
    yield MUNICIPALITY, POOL, pool_gain(course)
    yield PARTNER, "", (course.partner_received - course.partner_lent).sum(axis=1)
    yield GUARANTOR, "", -course.guaranteed.sum(axis=1)


def _kroner(key: str, amount: NDArray[np.int64]) -> Found:
    return key, st.mean(amount * KRONE), "kr", ""
