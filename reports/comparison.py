"""Compare the ways to finance an intervention: the same citizens under every design, seen from the municipality."""

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING

from scenarios import Scenario, load
from simulations.parallel import Progress, default_workers
from simulations.run import Coupling, Results, simulate

from .break_even import REPLICATIONS, Crossing, break_even_effects, planned
from .key_figures import reference

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Comparison:
    """A compared scenario: its results, and each design's break-even effect (None where it was not looked for).

    The methods give tidy pandas frames: amounts in kroner, + is a gain against doing nothing; see `reports.frames` for
    their columns.
    """

    results: Results
    break_even: dict[str, Crossing] | None = None

    @property
    def reference(self) -> str:
        """The design that the others are compared with: the first ordinary budget, or the first design."""
        return reference(self.results)

    def summary(self) -> "pd.DataFrame":
        """Every figure of every design, one a row, with its Monte Carlo error."""
        from . import frames

        return frames.summary(self.results, self.break_even)

    def cash_flow(self) -> "pd.DataFrame":
        """The purse's lines by design and year, with quantiles, and their net."""
        from . import frames

        return frames.cash_flow(self.results)

    def who_gains(self) -> "pd.DataFrame":
        """What each party gains over the horizon; everything adds to zero."""
        from . import frames

        return frames.who_gains(self.results)

    def who_gains_by_year(self) -> "pd.DataFrame":
        """What each party gains in each year, on average; everything adds to zero."""
        from . import frames

        return frames.who_gains_by_year(self.results)

    def service_room(self) -> "pd.DataFrame":
        """The effect on the room under the service ceiling by design and year, with the probability of a shortfall."""
        from . import frames

        return frames.service_room(self.results)

    def appropriation(self) -> "pd.DataFrame":
        """Effects on the budget year and three forecast years by committee and class."""
        from . import frames

        return frames.appropriation(self.results)

    def results_reached(self) -> "pd.DataFrame":
        """Citizens who reach each goal at each follow-up, with the intervention and without."""
        from . import frames

        return frames.results_reached(self.results)


def compare(
    scenario: Scenario | str | PathLike[str],
    replications: int = 10_000,
    seed: int = 1,
    *,
    workers: int | None = None,
    coupling: Coupling = "keyed",
    designs: Sequence[str] | None = None,
    progress: Progress | None = None,
    break_even: bool = True,
) -> Comparison:
    """Simulate every design of a scenario (or of the file at a path), or the named ones, over the same replications.

    workers: how many processes; all processors when left out. The numbers do not depend on it. coupling: see
    `simulations.run.simulate`. progress(done, all) is called as work is done. break_even: whether to look for each
    design's break-even effect, with a few extra simulations of at most 1,000 replications.
    """
    chosen = scenario if isinstance(scenario, Scenario) else load(scenario)
    count = default_workers() if workers is None else workers
    extra = planned(chosen, min(replications, REPLICATIONS)) if break_even else 0

    def part(before: int) -> Progress | None:
        if progress is None:
            return None
        return lambda done, _: progress(before + done, replications + extra)

    found = simulate(chosen, replications, seed, designs=designs, coupling=coupling, workers=count, progress=part(0))
    if not break_even:
        return Comparison(found)
    crossings = break_even_effects(found, count, part(replications))
    if progress is not None:
        progress(replications + extra, replications + extra)
    return Comparison(found, crossings)
