"""A calculation as in SØM beside a simulation of the same intervention, with the difference explained."""

from dataclasses import dataclass
from typing import Any

from scenarios import Scenario
from scenarios.som import Som
from simulations.parallel import default_workers
from simulations.run import Results, simulate
from simulations.som_explained import Explanation, at_average_prices, explain, without_financing

from .comparison import Comparison
from .numbers import Language
from .terminal.screen import progress_bar


@dataclass(frozen=True)
class Compared:
    """Both results, how the scenario is financed, and the steps from one to the other."""

    som: Som
    design: str
    comparison: Comparison
    explanation: Explanation


def compared(som: Som, scenario: Scenario, design: str, lang: Language, simulation: dict[str, Any]) -> Compared:
    """Simulate a design twice, as it is and as SØM sees it, with the same luck, and explain the difference.

    simulation: replications, seed, workers and coupling.
    """
    with progress_bar(lang) as progress:

        def simulated(each: Scenario) -> Results:
            return simulate(
                each,
                simulation["replications"],
                simulation["seed"],
                designs=[design],
                coupling=simulation["coupling"],
                workers=simulation["workers"] or default_workers(),
                progress=progress,
            )

        results = simulated(scenario)
        average = simulated(at_average_prices(without_financing(scenario, design)))
    return Compared(som, design, Comparison(results), explain(som, results, average, design))
