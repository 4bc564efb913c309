"""A rule that counts from the first discharge knows from what; others do not say it."""

from typing import Any

import pytest
from pydantic import ValidationError

from scenarios import Scenario, load
from scenarios.economy import RefusionRule

RULE = "housing_first_support"


def with_support(**changed: Any) -> Scenario:
    tree = load("scenarios/aarhus-unge-hjemloese.yaml").model_dump(by_alias=True)
    tree["economy"]["support"] |= changed
    return Scenario.model_validate(tree)


def test_support_after_a_shelter_may_be_stated() -> None:
    assert with_support(refusion=RULE, discharged_from="shelter").refusion(RULE).clock == "first_discharge"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"refusion": RULE}, "the key 'discharged_from' is missing"),
        ({"refusion": RULE, "discharged_from": "sheltr"}, "unknown economy line 'sheltr'"),
        ({"discharged_from": "shelter"}, "discharged_from has a meaning only with a rule"),
        ({"refusion": RULE, "discharged_from": "shelter", "counted_days_before": 5}, "days counted before have no"),
        ({"refusion": "housing"}, "unknown refusion rule 'housing'"),
    ],
)
def test_what_does_not_fit_is_refused(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        with_support(**changed)


def test_time_since_the_first_discharge_never_starts_again() -> None:
    tiers = {"tiers": [{"share": 0}]}
    with pytest.raises(ValidationError, match="never starts again"):
        RefusionRule.model_validate(
            {"name": "x", "clock": "first_discharge", "reset": "running_year", "versions": [tiers]}
        )
