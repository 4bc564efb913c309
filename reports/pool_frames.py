"""Pool results as tidy pandas frames: amounts in kroner. Import this module late: pandas takes long to load."""

from collections.abc import Iterator

import pandas as pd

from contracts.ledger import RESOURCES
from simulations.pools.compare import PoolResults

from .frames import Row, frame_of, kroner, quantiles
from .pools import party_gains, pool_figures

YEARLY = (
    "paid_in", "lent", "repaid", "earned", "granted", "written_off", "lapsed", "balance", "outstanding",
    "department_loss", "guaranteed", "spent", "gained",
)  # fmt: skip
"""Amounts of a pool by year."""


def summary(results: PoolResults) -> pd.DataFrame:
    """Every figure of every design: design, figure, value, error, low, high, unit, note."""
    rows: list[Row] = []
    for found in pool_figures(results):
        about = found.estimate
        rows.append(
            (found.design, found.figure, about.value, about.error, about.low, about.high, found.unit, found.note)
        )
    return frame_of(rows, ("design", "figure"), ("value", "error", "low", "high"), ("unit", "note"))


def by_year(results: PoolResults) -> pd.DataFrame:
    """design, year, approved, citizens, short (the share of replications), each of `YEARLY` (mean), balance_p5."""
    return frame_of(_year_rows(results), ("design", "year"), ("approved", "citizens", "short", *YEARLY, "balance_p5"))


def _year_rows(results: PoolResults) -> Iterator[Row]:
    count = results.replications
    for name, result in results.designs.items():
        for at, year in enumerate(results.years):
            numbers = (int(result.by_year[key][at]) / count for key in ("approved", "citizens", "short"))
            amounts = (kroner(result.by_year[key][at], count) for key in YEARLY)
            yield (name, year, *numbers, *amounts, *quantiles(result.balance[:, at], (0.05,)))


def who_gains(results: PoolResults) -> pd.DataFrame:
    """design, party, committee, mean, p5, p95 over the years; with the row `resources` each design adds to zero."""
    return frame_of(_party_rows(results), ("design", "party", "committee"), ("mean", "p5", "p95"))


def _party_rows(results: PoolResults) -> Iterator[Row]:
    for name, result in results.designs.items():
        rest = None
        for party, committee, gain in party_gains(results, result):
            rest = -gain if rest is None else rest - gain
            if gain.any():
                yield (name, party, committee, kroner(gain.sum(), len(gain)), *quantiles(gain, (0.05, 0.95)))
        if rest is not None:
            yield (name, RESOURCES, "", kroner(rest.sum(), len(rest)), *quantiles(rest, (0.05, 0.95)))
