"""What refusion, price index and lines add to a run: `python -m tests.benchmarks.purse`.

The benchmark scenario as it stands (three lines, constant shares) against the same with every rule: shelter days by
running year, the benefit ladder, Housing First support after the first discharge, one more line of expensive cases, and
price levels. Both are run in turn with the same random numbers, round after round.
"""

import statistics
from typing import Any

from scenarios import Scenario, load

from . import SCENARIO
from .speed import simulated

LIMIT = 1.5
INDEX = {"price_index": {"after": "0.02"}, "discounting": {"rule": "finance_ministry_2021"}}
PLACEMENT = {
    "domain": "mastery", "state": "low", "gross_per_year": 1_160_000, "high_cost": "section_176",
    "committee": "social", "class": "service",
}  # fmt: skip
RULES: dict[str, dict[str, dict[str, Any]]] = {
    "shelter days by running year": {"shelter": {"refusion": "shelter_110"}},
    "benefit ladder": {"benefits": {"refusion": "benefit_ladder"}},
    "support after the first discharge": {
        "support": {"refusion": "housing_first_support", "discharged_from": "shelter"}
    },
    "a line of expensive cases": {"placement": PLACEMENT},
    "price levels": {name: {"price_level": 2021} for name in ("shelter", "benefits", "support")},
}
DEAR_SHELTER = {"shelter": {"gross_per_year": 2_500_000, "high_cost": "section_176", "refusion": "shelter_110"}}


def with_rules(scenario: Scenario, *rules: dict[str, dict[str, Any]]) -> Scenario:
    """The scenario with more keys on its lines, and an index for their price levels."""
    tree = scenario.model_dump(by_alias=True)
    tree |= INDEX
    for rule in rules:
        for line, more in rule.items():
            tree["economy"][line] = tree["economy"].get(line, {}) | more
    return Scenario.model_validate(tree)


def report(scenario: Scenario, replications: int, rounds: int) -> None:
    """Measure and print the ratio of the whole run with the rules to the one without."""
    cases = {name: with_rules(scenario, rule) for name, rule in RULES.items()}
    cases["all of these"] = with_rules(scenario, *RULES.values())
    cases["expensive cases after shelter days"] = with_rules(scenario, DEAR_SHELTER)
    ratios: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + 1):
        plain = simulated(scenario, replications, number, None)
        for name, case in cases.items():
            ratio = simulated(case, replications, number, None) / plain
            if number:  # the first round only warms up
                ratios[name].append(ratio)
    print(f"\nRefusion, index and lines: the run with / without, median of {rounds} rounds of {replications}")
    for name, found in ratios.items():
        limit = f"limit {LIMIT}" if name == "all of these" else ""
        print(
            f"  {name:40}{limit:12}{statistics.median(found):7.2f}  ({min(found):.2f} to {max(found):.2f})", flush=True
        )


if __name__ == "__main__":
    report(load(SCENARIO), 1000, 9)
