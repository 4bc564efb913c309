"""At the break-even effect a design neither gains nor loses on average."""

from decimal import Decimal
from pathlib import Path

import pytest

from reports import compare
from reports.break_even import break_even_effects
from scenarios import load
from simulations.run import simulate

AARHUS = Path(__file__).parents[2] / "scenarios" / "aarhus-unge-hjemloese.yaml"


def figure(comparison, design, key, column="value"):
    frame = comparison.summary().set_index(["design", "figure"])
    return frame.loc[(design, key), column]


def test_at_the_break_even_effect_the_mean_gain_is_zero():
    scenario = load(AARHUS)
    results = simulate(scenario, 200, seed=5, designs=["ordinary_budget", "dsi"])
    for name, crossing in break_even_effects(results).items():
        factor = Decimal(repr(crossing.scale.value))
        design = scenario.designs[name].model_copy(update={"effect_factor": factor})
        again = compare(
            scenario.model_copy(update={"designs": {name: design}}), 200, seed=5, workers=1, break_even=False
        )
        gain, error = figure(again, name, "net_gain"), figure(again, name, "net_gain", "error")
        assert abs(gain) < error / 4
        assert crossing.scale.error == pytest.approx(error / _slope(scenario, name, factor), rel=0.1)


def _slope(scenario, name, factor, step=Decimal("0.02")):
    ends = []
    for scale in (factor - step, factor + step):
        design = scenario.designs[name].model_copy(update={"effect_factor": scale})
        found = compare(
            scenario.model_copy(update={"designs": {name: design}}), 200, seed=5, workers=1, break_even=False
        )
        ends.append(figure(found, name, "net_gain"))
    return (ends[1] - ends[0]) / float(2 * step)
