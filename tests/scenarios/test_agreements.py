"""What must hold of a contract in a scenario: each contradiction at its place; what can be simulated is accepted."""

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from scenarios import LoadError, Scenario, library, load
from scenarios.loading import load_text
from tests.scenarios.test_broken_scenarios import GOOD

AARHUS = load(library()["aarhus-unge-hjemloese"])
GROUPS = {"young": 20, "old": 16}
PRICED = {"kind": "unit_price", "metric": "stable_housing", "price": 1000}
BANDED = {"kind": "band", "metric": "stable_housing", "steps": [{"at_least": "0.5", "pays": 1000}]}
SHARED = {"kind": "savings_share", "tiers": [{"share": "0.5"}]}


def scenario(clause: dict[str, Any] | None = None, **contract: Any) -> Scenario:
    """The Aarhus scenario with subgroups, and another clause or other keys in one contract."""
    tree = AARHUS.model_dump(by_alias=True)
    tree["target_group"]["groups"] = GROUPS
    terms = tree["designs"]["dsi"]["contract"]
    if clause is not None:
        terms["clauses"]["more"] = {"payers": {"municipality": 1}} | clause
    terms.update(contract)
    return Scenario.model_validate(tree)


def the_problem(clause: dict[str, Any] | None = None, **contract: Any) -> tuple[str, tuple[Any, ...]]:
    """The one message that it is refused with, and its path below the contract."""
    with pytest.raises(ValidationError) as refused:
        scenario(clause, **contract)
    (problem,) = [problem for error in refused.value.errors() for problem in error["ctx"]["problems"]]
    return problem["message"], tuple(problem["path"][3:])


@pytest.mark.parametrize(
    "clause",
    [
        PRICED | {"requires": [{"metric": "labour_market", "month": 24}, {"metric": "enrolled"}]},
        PRICED | {"for_groups": ["young"], "only_if": [{"metric": "self_mastery", "at_least": "0.5"}]},
        PRICED | {"less": ["labour_market"]},
        PRICED | {"metric": "enrolled"},
        BANDED | {"months": [12, 24], "due": [24]},
        BANDED | {"metric": "enrolled", "value": "number", "steps": [{"at_least": 20, "pays": 1000}]},
        SHARED | {"saving_basis": "budget_minus_accounts"},
        {"kind": "scheduled", "amounts": {24: 1000}, "unless": [{"clause": "housing", "below": 1000}]},
    ],
)
def test_what_can_be_simulated_is_accepted(clause: dict[str, Any]) -> None:
    assert "more" in (scenario(clause).designs["dsi"].contract or pytest.fail("no contract")).clauses


@pytest.mark.parametrize(
    ("clause", "told", "where"),
    [
        (
            PRICED | {"requires": [{"metric": "housing"}]},
            "unknown outcome measure 'housing'",
            ("requires", 0, "metric"),
        ),
        (
            PRICED | {"requires": [{"metric": "stable_housing", "month": 13}]},
            "'stable_housing' is not measured at month 13",
            ("requires", 0, "month"),
        ),
        (
            PRICED | {"requires": [{"metric": "stable_housing", "month": 0}]},
            "'stable_housing' is not measured at month 0",
            ("requires", 0, "month"),
        ),
        (
            {"kind": "unit_price", "metric": "enrolled", "prices": {12: 1000}},
            "'enrolled' is not measured at month 12",
            ("prices", 12, "[key]"),
        ),
        (PRICED | {"less": ["saving"]}, "'saving' is a saving, not an outcome", ("less", 0)),
        (PRICED | {"for_groups": ["rich"]}, "unknown group 'rich'", ("for_groups", 0)),
        (BANDED | {"metric": "saving"}, "'saving' is a saving, not an outcome", ("metric",)),
        (BANDED | {"months": [12, 30]}, "'stable_housing' is not measured at month 30", ("months", 1)),
        (BANDED | {"due": [97]}, "2029-12-31 lies outside the contract", ("due", 0)),
        (
            BANDED | {"due": [dt.date(2023, 5, 30)]},
            "2023-05-30 and the day after are one day in the simulator's months of thirty days",
            ("due", 0),
        ),
        (
            BANDED | {"unless": [{"metric": "homeless", "at_least": 1}]},
            "unknown outcome measure 'homeless'",
            ("unless", 0, "metric"),
        ),
        (
            BANDED | {"only_if": [{"metric": "enrolled", "above": 1, "for_groups": ["young", "rich"]}]},
            "unknown group 'rich'",
            ("only_if", 0, "for_groups", 1),
        ),
        (SHARED | {"metric": "enrolled"}, "'enrolled' is an outcome, not a saving", ("metric",)),
        (
            SHARED | {"saving_basis": "budget_minus_accounts", "less": ["accounts"]},
            "unknown saving measure 'accounts'",
            ("less", 0),
        ),
        (
            SHARED
            | {"metric": "nights", "saving_basis": "fixed_baseline", "baseline": {"quantity": 400, "unit_price": 900}},
            "in a simulation nothing is counted that could be set against a fixed baseline",
            ("saving_basis",),
        ),
    ],
)
def test_what_no_measure_gives_is_refused(clause: dict[str, Any], told: str, where: tuple[Any, ...]) -> None:
    message, path = the_problem(clause)
    assert message.startswith(told)
    assert path == ("clauses", "more", *where)


@pytest.mark.parametrize(
    ("contract", "told", "where"),
    [
        ({"currency": "EUR"}, "a scenario is reckoned in kroner, and the contract in EUR", ("currency",)),
        ({"payers": {"kommunen": 1}}, "unknown payer 'kommunen'", ("payers", "kommunen", "[key]")),
        (
            {"early_end": {"compensation": 1000, "payers": {"kommunen": 1}}},
            "unknown payer 'kommunen'",
            ("early_end", "payers", "kommunen", "[key]"),
        ),
        ({"citizens": {"most": 35}}, "the contract enrols at most 35, and the", ("citizens", "most")),
        (
            {"citizens": {"leaving": {"moved": "excluded", "other": "failed"}}},
            "in a simulation those who drop out go on being measured",
            ("citizens", "leaving", "other"),
        ),
        (
            {"amendments": [{"from": dt.date(2023, 1, 1), "end": dt.date(2030, 6, 30)}]},
            "2030-06-30 lies outside the scenario's years",
            ("amendments", 0, "end"),
        ),
        (
            {"amendments": [{"from": dt.date(2021, 11, 1), "clauses": {"housing": None}}]},
            "the amendment from 2021-11-01 lies outside the contract",
            ("amendments", 0, "from"),
        ),
        (
            {"amendments": [{"from": dt.date(2023, 8, 30), "clauses": {"housing": None}}]},
            "2023-08-30 and the day after are one day in the simulator's months of thirty days",
            ("amendments", 0, "from"),
        ),
        (
            {
                "payers": {"municipality": 1},
                "amendments": [{"from": dt.date(2023, 8, 1), "clauses": {"more": PRICED | {"metric": "homes"}}}],
            },
            "unknown outcome measure 'homes'",
            ("amendments", 0, "clauses", "more", "metric"),
        ),
        (
            {"amendments": [{"from": dt.date(2023, 8, 1), "clauses": {"more": PRICED | {"payers": {"stat": 1}}}}]},
            "unknown payer 'stat'",
            ("amendments", 0, "clauses", "more", "payers", "stat", "[key]"),
        ),
    ],
)
def test_what_a_scenario_does_not_know_is_refused(contract: dict[str, Any], told: str, where: tuple[Any, ...]) -> None:
    message, path = the_problem(**contract)
    assert message.startswith(told)
    assert path == where


def test_groups_add_to_the_citizens() -> None:
    tree = AARHUS.model_dump(by_alias=True)
    tree["target_group"]["groups"] = {"young": 20, "old": 15}
    with pytest.raises(ValidationError, match="the groups have 35 citizens"):
        Scenario.model_validate(tree)


def test_no_measure_takes_the_name_of_enrolments() -> None:
    tree = AARHUS.model_dump(by_alias=True)
    tree["measures"]["enrolled"] = tree["measures"]["stable_housing"]
    with pytest.raises(ValidationError, match="'enrolled' counts enrolments"):
        Scenario.model_validate(tree)


def test_a_clause_of_the_name_of_its_measure_is_told_at_its_name() -> None:
    """Neither metric nor payers stand in the file; what is wrong with them is told once, where one can mend it."""
    clause = "home: {kind: unit_price, metric: at_home, prices: {6: 30000}, payers: {municipality: 1}}"
    text = GOOD.replace(clause, "homme: {kind: unit_price, price: 30000}").replace(
        "      capital: {DSI: 1}\n", "      capital: {DSI: 1}\n      payers: {kommunen: 1}\n"
    )
    with pytest.raises(LoadError) as caught:
        load_text(text, Scenario, file="case.yaml")
    told = {problem.message: problem.line for problem in caught.value.problems}
    lines = text.splitlines()
    places = {message: lines[line - 1].strip() for message, line in told.items()}
    assert places == {
        "unknown payer 'kommunen'": "payers: {kommunen: 1}",
        "unknown outcome measure 'homme'": "homme: {kind: unit_price, price: 30000}",
    }
    assert len(caught.value.problems) == 2
