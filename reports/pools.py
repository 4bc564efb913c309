"""Compare the designs of an internal pool: the same pipeline and luck under each, seen from the municipality."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

from contracts.ledger import MUNICIPALITY
from scenarios import LoadedPool, load_pool
from simulations import statistics as st
from simulations.parallel import Progress, default_workers
from simulations.pools.compare import PoolResults, compare_pools
from simulations.pools.pipeline import Ints
from simulations.pools.results import PoolResult

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
PARTNER, GUARANTOR, POOL = "partner", "guarantor", "pool"


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
    divisors = results.pool.discount_divisors
    for name, result in results.designs.items():
        found = [*_investments(result), *_capital(results, result), *_losses(result), *_result(result, divisors)]
        yield from (Figure(name, *figure) for figure in sorted(found, key=lambda figure: order.index(figure[0])))


def _investments(result: PoolResult) -> Iterator[Found]:
    for key in ("approved", "citizens", "stopped"):
        yield f"pool_{key}", st.mean(result.by_row[key]), "citizens", ""
    followed = result.by_row["green"] + result.by_row["yellow"] + result.by_row["red"]
    for light in ("green", "yellow", "red"):
        yield f"pool_{light}", st.ratio(result.by_row[light], followed), "share", ""


def _capital(results: PoolResults, result: PoolResult) -> Iterator[Found]:
    for key in ("paid_in", "lent"):
        yield _kroner(f"pool_{key}", result.by_row[key])
    yield _kroner("pool_balance", result.balance[:, -1])
    yield _kroner("pool_outstanding", result.outstanding)
    yield "pool_turnover", st.ratio(result.by_row["lent"], result.by_row["paid_in"]), "factor", ""
    first = result.first_short[result.first_short >= 0]
    yield share_seen("pool_short", np.asarray(result.first_short >= 0, np.bool_))
    yield "pool_short_year", st.quantile(results.years[0] + first, 0.5), "year", "" if len(first) else "none"


def _losses(result: PoolResult) -> Iterator[Found]:
    for key in ("granted", "written_off", "department_loss", "guaranteed"):
        yield _kroner(f"pool_{key}", result.by_row[key])
    yield _kroner("pool_partner", partner_gain(result))
    departments = departments_gain(result)
    yield _kroner("pool_departments", departments)
    yield share_seen("pool_department_risk", np.asarray(departments < 0, np.bool_))


def _result(result: PoolResult, divisors: Sequence[float]) -> Iterator[Found]:
    gain = st.present_value(result.cash, divisors) * KRONE
    yield "net_gain", st.mean(gain), "kr", ""
    for key, p in (("net_gain_p5", 0.05), ("net_gain_p95", 0.95)):
        yield key, st.quantile(gain, p), "kr", ""
    yield share_seen("loss_probability", gain < 0)


def departments_gain(result: PoolResult) -> Ints:
    """What departments keep over the years [row], øre: gains and loans less what they spend, repay and make good."""
    of = result.by_row
    return of["gained"] - of["spent"] + of["released"] - of["repayments"] - of["department_loss"]


def pool_gain(result: PoolResult) -> Ints:
    """What the pool itself has gained over the years [row], øre: what came back less what it lent."""
    return result.by_row["repaid"] + result.by_row["earned"] - result.by_row["lent"]


def partner_gain(result: PoolResult) -> Ints:
    """What a co-investor has gained over the years [row], øre."""
    return result.by_row["partner_received"] - result.by_row["partner_lent"]


def party_gains(results: PoolResults, result: PoolResult) -> Iterator[tuple[str, str, Ints]]:
    """Party, committee and gain over the years [row], øre: committees and others, pool, co-investor, guarantor."""
    for number, (party, committee) in enumerate(results.sides):
        yield party, committee, result.sides[:, number] - result.burdens[:, number]
    yield MUNICIPALITY, POOL, pool_gain(result)
    yield PARTNER, "", partner_gain(result)
    yield GUARANTOR, "", -result.by_row["guaranteed"]


def _kroner(key: str, amount: Ints) -> Found:
    return key, st.mean(amount * KRONE), "kr", ""
