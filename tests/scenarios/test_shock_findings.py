"""What may be wrong with a dated shock is told at its place, with a mend."""

import datetime as dt
from decimal import Decimal

import pytest

from scenarios import Scenario
from scenarios.lives import HazardDomain
from scenarios.loading import LoadError, Problem, load_text

SCENARIO = """\
title: En chokprøve
municipality: "0630"
start: 2020-01-01
horizon_years: 3
sources: {jobindsats: "jobindsats.dk, 2020"}
target_group: {citizens: 5, intake: {per_month: 1}}
intervention:
  months: 6
  costs: {cost_clock: citizen, per_citizen: {at_start: 25000}, committee: beskæftigelse}
domains:
  labour_market:
    kind: hazards
    states: [benefits, work]
    without:
      benefits -> work: {yearly_rate: 0.3}
    shocks:
      covid: SHOCK
economy:
  benefits: {domain: labour_market, state: benefits, gross_per_year: 160000, committee: beskæftigelse, class: transfer}
designs:
  own: {kind: ordinary_budget}
"""
HITS = "hazard_ratios: {benefits -> work: 0.4}"


def problems_in(shock: str) -> tuple[Problem, ...]:
    with pytest.raises(LoadError) as caught:
        load_text(SCENARIO.replace("SHOCK", shock), Scenario, file="case.yaml")
    return caught.value.problems


def shocked(shock: str) -> HazardDomain:
    found = load_text(SCENARIO.replace("SHOCK", shock), Scenario).domains["labour_market"]
    assert isinstance(found, HazardDomain)
    return found


def test_a_shock_is_read_with_its_source() -> None:
    (shock,) = shocked(
        f"{{from: 2020-03-11, until: 2020-05-11, {HITS}, mark: P, source: jobindsats, note: Nedlukning.}}"
    ).shocks.values()
    assert (shock.from_, shock.until) == (dt.date(2020, 3, 11), dt.date(2020, 5, 11))
    assert shock.hazard_ratios == {"benefits -> work": Decimal("0.4")}
    assert (shock.mark, shock.source) == ("P", "jobindsats")


def test_a_domain_without_shocks_has_none() -> None:
    text = SCENARIO.replace("    shocks:\n      covid: SHOCK\n", "")
    found = load_text(text, Scenario).domains["labour_market"]
    assert isinstance(found, HazardDomain)
    assert found.shocks == {}


@pytest.mark.parametrize(
    "dates",
    [
        "from: 2020-01-01",
        "from: 2022-12-31",
        "from: 2020-01-01, until: 2023-01-01",
        "from: 2020-03-30, until: 2020-04-01",
    ],
)
def test_a_shock_may_last_to_the_end_and_begin_at_the_start(dates: str) -> None:
    assert shocked(f"{{{dates}, {HITS}}}").shocks


@pytest.mark.parametrize(
    # the ! stands before the place
    ("shock", "message", "hint"),
    [
        ("{from: 2020-03-11, until: !2020-03-10, HITS}", "expected an end after 2020-03-11", "the first day after"),
        ("{from: 2020-03-11, until: !2020-03-11, HITS}", "expected an end after 2020-03-11", "leave it out"),
        (
            "{from: !2019-12-31, HITS}",
            "2019-12-31 lies outside the scenario's years",
            "from 2020-01-01 until 2022-12-31",
        ),
        (
            "{from: !2023-01-01, HITS}",
            "2023-01-01 lies outside the scenario's years",
            "from 2020-01-01 until 2022-12-31",
        ),
        ("{from: 2022-01-01, until: !2023-01-02, HITS}", "2023-01-02 lies outside the scenario's years", "2022-12-31"),
        ("{from: 2020-03-30, until: !2020-03-31, HITS}", "are one day in the simulator's months", "the next month"),
        ("{from: !marts 2020, HITS}", "expected a date", "write year-month-day"),
        ("!{HITS}", "key 'from' is missing", "add 'from:' (its first day"),
        ("!{from: 2020-03-11}", "key 'hazard_ratios' is missing", "add 'hazard_ratios:'"),
        ("{from: 2020-03-11, hazard_ratios: !{}}", "expected at least 1 entry", "transition: hazard ratio"),
        ("{from: 2020-03-11, hazard_ratios: {benefits -> work: !0}}", "expected at least 0.001", "0.5 halves the rate"),
        ("{from: 2020-03-11, hazard_ratios: {benefits -> work: !1001}}", "expected at most 1000", "a hazard ratio"),
        (
            "{from: 2020-03-11, hazard_ratios: {!work -> benefits: 2}}",
            "'work -> benefits' has no hazard without the intervention",
            "give its hazard without",
        ),
        ("{from: 2020-03-11, hazard_ratios: {!benefits -> wrk: 2}}", "unknown state 'wrk'", "did you mean 'work'?"),
        ("{from: 2020-03-11, hazard_ratios: {!work -> work: 2}}", "a transition to the same state", "name two states"),
        ("{from: 2020-03-11, hazard_ratios: {!benefits => work: 2}}", "expected a transition", "'benefits -> work'"),
        ("{from: 2020-03-11, HITS, mark: !P}", "the mark P needs a source", "add source:"),
        ("{from: 2020-03-11, HITS, source: !dst}", "unknown source 'dst'", "known: jobindsats"),
    ],
)
def test_it_is_told_once_at_its_place(shock: str, message: str, hint: str) -> None:
    marked = shock.replace("HITS", HITS)
    (problem,) = problems_in(marked.replace("!", "", 1))
    assert (problem.line, problem.column) == (17, len("      covid: ") + marked.index("!") + 1)
    assert message in problem.message
    assert hint in problem.hint


def test_every_shock_is_looked_at() -> None:
    later = f"{{from: 2020-03-11, {HITS}}}\n      crisis: {{from: 2008-09-15, {HITS}}}"
    (problem,) = problems_in(later)
    assert (problem.line, problem.message) == (18, "2008-09-15 lies outside the scenario's years")
