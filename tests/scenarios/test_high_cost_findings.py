"""What a line that opts into refusion of expensive cases must say."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from scenarios import Scenario, load
from scenarios.economy import national_rules
from scenarios.high_cost import HighCostRule


def with_line(tree_changes: dict[str, Any] | None = None, **changed: Any) -> Scenario:
    tree = load("scenarios/aarhus-unge-hjemloese.yaml").model_dump(by_alias=True) | (tree_changes or {})
    tree["economy"]["support"] |= {"high_cost": "section_176"} | changed
    return Scenario.model_validate(tree)


def rule(**changed: Any) -> dict[str, Any]:
    version = {"since": "2021-01-01", "tiers": [{"above": 800_000, "percent": 25}]} | changed
    return {"name": "Egne grænser", "versions": [version]}


def test_a_line_names_a_national_rule_or_one_of_the_scenarios_own() -> None:
    assert with_line().high_cost("section_176").versions[0].tiers[0].above == 830_000
    own = with_line({"high_cost_rules": {"section_176": rule()}})
    assert own.high_cost("section_176").versions[0].tiers[0].above == 800_000


@pytest.mark.parametrize(
    ("tree", "changed", "told"),
    [
        ({}, {"high_cost": "section_167"}, "unknown high-cost rule 'section_167'"),
        ({"high_cost_rules": {"own": rule(since="2022-01-01")}}, {"high_cost": "own"}, "known from 2022-01-01"),
        (
            {
                "start": "2024-01-01",
                "designs": {"own": {"kind": "ordinary_budget"}},
                "price_index": {"rates": {2024: 0}, "after": 0},
            },
            {},
            "the index has no rate for 2023",
        ),
        ({}, {"refusion": Decimal("0.3333")}, "whole per mille"),
    ],
)
def test_what_does_not_fit_is_refused(tree: dict[str, Any], changed: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        with_line(tree, **changed)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"since": "2021-01-02"}, "thresholds change with a month"),
        ({"tiers": [{"above": 2, "percent": 25}, {"above": 1, "percent": 50}]}, "the tiers do not follow"),
        ({"tiers": [{"above": 2, "percent": 101}]}, "less than or equal to 100"),
    ],
)
def test_a_rule_is_in_order(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        HighCostRule.model_validate(rule(**changed))


def test_versions_are_in_order_of_their_dates() -> None:
    versions = [*rule(since="2022-01-01")["versions"], *rule()["versions"]]
    with pytest.raises(ValidationError, match="the versions do not follow"):
        HighCostRule.model_validate({"name": "x", "versions": versions})


def test_the_national_rules_carry_their_sources() -> None:
    for found in national_rules().high_cost.values():
        assert all(version.mark == "P" and version.source for version in found.versions)
