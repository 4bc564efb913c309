"""Results as tidy pandas frames: one observation a row, amounts in kroner, + is a gain against doing nothing.

Import this module late: pandas takes long to load.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from contracts.ledger import MUNICIPALITY, RESOURCES
from scenarios.prices import in_prices_of
from simulations import statistics as st
from simulations.results import DesignResult, Ints
from simulations.run import Results

from .break_even import Crossing
from .key_figures import key_figures, reference

SHARES = (0.05, 0.5, 0.95)
FORECAST_YEARS = 3
Row = tuple[object, ...]


def summary(results: Results, break_even: Mapping[str, Crossing] | None = None) -> pd.DataFrame:
    """Every figure of every design: design, figure, value, error, low, high, unit, note.

    figure: a key of `reports.key_figures.FIGURES`, in that order; error: Monte Carlo standard error; low, high: 95 %
    interval; unit: kr, share, rate, year, factor or citizens; note: why there is no value. What is missing is NaN.
    """
    rows: list[Row] = []
    for found in key_figures(results, reference(results), break_even):
        about = found.estimate
        rows.append(
            (found.design, found.figure, about.value, about.error, about.low, about.high, found.unit, found.note)
        )
    return frame_of(rows, ("design", "figure"), ("value", "error", "low", "high"), ("unit", "note"))


def cash_flow(results: Results) -> pd.DataFrame:
    """The purse's lines: design, year, what, party, committee, class, mean, p5, p50, p95; nominal kroner.

    Quantiles of a line are rounded down to a whole 10,000 kr. Rows with what == "net" are the purse's net, with exact
    quantiles; the lines' means add to them.
    """
    return frame_of(
        _cash_rows(results), ("design", "year", "what", "party", "committee", "class"), ("mean", "p5", "p50", "p95")
    )


def _cash_rows(results: Results) -> Iterator[Row]:
    for name, found in results.designs.items():
        for number, year in enumerate(results.years):
            for line, totals in found.lines.items():
                mean = kroner(totals.total[number], results.replications)
                marks = (value / 100 for value in totals.quantiles(number, SHARES))
                yield (name, year, line.what, line.party, line.committee, line.budget_class, mean, *marks)
            net = found.net[:, number]
            yield (name, year, "net", "", "", "", kroner(net.sum(), len(net)), *quantiles(net, SHARES))


def who_gains(results: Results) -> pd.DataFrame:
    """What each party gains over the horizon: design, party, committee, mean, p5, p95; nominal kroner.

    The municipality stands by committee. The row `resources` is the real use of staff and places (negative: set
    free), which makes each design's means add to zero. The row `waiting_list` is what others gain in places set free
    that no one saves (in kind, at gross cost).
    """
    return frame_of(_party_rows(results), ("design", "party", "committee"), ("mean", "p5", "p95"))


def _party_rows(results: Results) -> Iterator[Row]:
    for name, found in results.designs.items():
        rest = -found.party_total.sum(axis=1)
        sides = [(side.party, side.committee) for side in found.parties]
        for side, total in zip([*sides, (RESOURCES, "")], [*found.party_total.T, rest], strict=True):
            yield (name, *side, kroner(total.sum(), len(total)), *quantiles(total, (0.05, 0.95)))


def who_gains_by_year(results: Results) -> pd.DataFrame:
    """What each party gains in each year on average: design, year, party, committee, mean; nominal kroner."""
    return frame_of(_party_year_rows(results), ("design", "year", "party", "committee"), ("mean",))


def _party_year_rows(results: Results) -> Iterator[Row]:
    for name, found in results.designs.items():
        sides = [(side.party, side.committee) for side in found.parties]
        flows: list[Ints] = [*found.party_year, -found.party_year.sum(axis=0)]
        for number, year in enumerate(results.years):
            for side, flow in zip([*sides, (RESOURCES, "")], flows, strict=True):
                yield (name, year, *side, kroner(flow[number], results.replications))


def service_room(results: Results) -> pd.DataFrame:
    """The effect on the room under the service ceiling: design, year, mean, error, p5, shortfall, low, high.

    shortfall: the probability that the year's effect is negative, with its 95 % interval low and high (Wilson; 3/R
    where none is seen). Nominal kroner.
    """
    rows: list[Row] = []
    for name, found in results.designs.items():
        for number, year in enumerate(results.years):
            room = found.service_room[:, number]
            mean, short = st.mean(room), st.probability(room < 0)
            error = None if mean.error is None else mean.error / 100
            rows.append((name, year, kroner(room.sum(), len(room)), error, *quantiles(room, (0.05,)), short.value,
                         short.low, short.high))  # fmt: skip
    return frame_of(rows, ("design", "year"), ("mean", "error", "p5", "shortfall", "low", "high"))


def appropriation(results: Results) -> pd.DataFrame:
    """Appropriation effects: design, year, committee, class, kroner; the budget year and three forecast years.

    Mean kroner in the prices of the scenario's first year, by its price index; without one amounts stand as they are.
    + is less spending or more income. A fund of the purse stands under its own name with class financing, as do the
    committees' payments to it.
    """
    rows: list[Row] = []
    first, index = results.years[0], results.scenario.price_index
    for name, found in results.designs.items():
        for number, year in enumerate(results.years[: FORECAST_YEARS + 1]):
            for (committee, budget_class), nominal in _by_class(found, number).items():
                total = in_prices_of(nominal, year, first, index)
                rows.append((name, year, committee, budget_class, kroner(total, results.replications)))
    return frame_of(rows, ("design", "year", "committee", "class"), ("kroner",))


def _by_class(found: DesignResult, year: int) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for line, totals in found.lines.items():
        own = line.party == MUNICIPALITY
        key = (line.committee, line.budget_class) if own else (line.party, "financing")
        sums[key] = sums.get(key, 0) + int(totals.total[year])
    return sums


def results_reached(results: Results) -> pd.DataFrame:
    """Goals reached: design, measure, month, measured, with_intervention, without, extra; mean number of citizens.

    with_intervention and without are of those measured at the follow-up; extra is their difference.
    """
    rows: list[Row] = []
    count = results.replications
    for name, found in results.designs.items():
        for (measure, month), (with_, without) in found.reached.items():
            citizens = (found.measured[measure, month], with_, without, with_ - without)
            rows.append((name, measure, month, *(each / count for each in citizens)))
    return frame_of(rows, ("design", "measure", "month"), ("measured", "with_intervention", "without", "extra"))


def kroner(total: int | np.integer, count: int) -> float:
    """The mean in kroner of a sum in øre over so many replications."""
    return int(total) / (100 * count)


def quantiles(values: Ints, shares: Sequence[float]) -> list[float]:
    ordered = np.sort(values)
    return [float(ordered[st.rank(len(values), share) - 1]) / 100 for share in shares]


def frame_of(
    rows: Iterator[Row] | list[Row], keys: Sequence[str], numbers: Sequence[str], words: Sequence[str] = ()
) -> pd.DataFrame:
    """A frame of plain types: numbers are floats, and NaN where there is none."""
    columns = [*keys, *numbers, *words]
    return pd.DataFrame(list(rows), columns=columns).astype(dict.fromkeys(numbers, float))
