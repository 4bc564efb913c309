"""What must hold across the parts of a scenario, each contradiction at its place."""

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from scenarios import Scenario, library, load

AARHUS = load(library()["aarhus-unge-hjemloese"])


def problems(*changes: tuple[list[str | int], Any]) -> list[tuple[str, list[Any]]]:
    """The messages and paths that a changed Aarhus scenario is refused with."""
    tree = AARHUS.model_dump(by_alias=True)
    for path, value in changes:
        branch = tree
        for key in path[:-1]:
            branch = branch[key]
        branch[path[-1]] = value
    with pytest.raises(ValidationError) as refused:
        Scenario.model_validate(tree)
    found = [problem for error in refused.value.errors() for problem in error["ctx"]["problems"]]
    return [(problem["message"], problem["path"]) for problem in found]


PRICED = ["designs", "dsi", "contract"]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (["measures", "stable_housing", "at_months"], (12, 12, 18, 24, 36, 48, 60), "12 stands twice"),
        (["measures", "stable_housing", "at_months"], (0, 12, 18, 24, 36, 48, 60), "nobody is measured at month 0"),
        (["measures", "saving", "lines"], ("shelter", "shelter"), "shelter stands twice"),
        (["measures", "stable_housing", "over_months"], 13, "'stable_housing' cannot be reached at month 12"),
        (["parties", "state"], {"role": "payer", "in_purse": True}, "the party 'state' is known already"),
        (["parties", "resources"], {"role": "payer"}, "the party 'resources' is known already"),
        ([*PRICED, "end"], dt.date(2028, 12, 30), "2028-12-30 and the day after are one day in the simulator's months"),
        ([*PRICED, "start"], dt.date(2022, 1, 1), "a contract in a scenario has no start of its own"),
        (["designs", "dsk", "contract", "draws"], {0: 100}, "a loan to the supplier covers the costs"),
        (["designs", "dsk", "contract", "capital"], {"Aarhus Investeringsfond": 1}, "'Aarhus Investeringsfond' is the"),
        (["designs", "pool_realised", "contract", "capital"], {"DSI": 1}, "'DSI' is not the municipality's own fund"),
        (["designs", "dsi", "start_delay_months"], 120, "a start delay of 120 months leaves no time"),
        (["horizon_years"], 4, "month 60 lies after the horizon of month 48"),
        (["start"], dt.date(2021, 12, 2), "the start 2021-12-02 is not the first of a month"),
    ],
)
def test_a_contradiction_is_refused(path: list[str | int], value: Any, told: str) -> None:
    assert any(message.startswith(told) for message, _ in problems((path, value)))


def test_the_place_is_named() -> None:
    found = problems(([*PRICED, "clauses", "housing", "payers"], {"municipality": 0.5, "stat": 0.5}))
    assert found == [("unknown payer 'stat'", [*PRICED, "clauses", "housing", "payers", "stat", "[key]"])]


def test_what_signing_would_refuse_is_refused_before() -> None:
    payers = ["designs", "pool_realised", "contract", "clauses", "repayment", "payers"]
    (found,) = problems((payers, {"Aarhus Investeringsfond": 1}))
    assert found[0] == "expected payers other than the funds, found 'Aarhus Investeringsfond' on both sides"
