"""Refusion of expensive cases: worked figures, and a walk through the months citizen by citizen."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import Scenario
from simulations.draws import Draws
from simulations.months import MONTH, YEAR, date_of, day_of
from simulations.setup import Variant, prepare
from simulations.usage import usage
from simulations.world import Block, life

from .test_designs import by_year, played

KRONER = 100
LAW = {
    2021: [(830_000, 25), (1_630_000, 50), (2_050_000, 75)],
    2022: [(860_000, 25), (1_680_000, 50), (2_120_000, 75)],
}


def scenario(
    economy: dict[str, dict[str, Any]],
    courses: list[dict[str, dict[str, str]]],
    start: str = "2021-01-01",
    years: int = 3,
    **more: Any,
) -> Scenario:
    """Citizens referred on the first day; a course is by domain {date: state}, and begins in state `off`.

    Without the intervention they stay off: what is saved is minus what the courses cost.
    """
    domains = {line["domain"] for line in economy.values()}
    tree: dict[str, Any] = {
        "title": "Expensive cases",
        "municipality": "0000",
        "start": start,
        "horizon_years": years,
        "target_group": {"citizens": len(courses), "intake": {"per_month": len(courses)}},
        "intervention": {
            "months": 1,
            "costs": {"cost_clock": "citizen", "per_citizen": {"at_start": 0}, "committee": "family"},
        },
        "domains": {
            domain: {
                "kind": "stated",
                "states": ["off", "home", "place"],
                "stated": [{"citizens": 1, "with": course.get(domain, {})} for course in courses],
            }
            for domain in sorted(domains)
        },
        "economy": {name: {"committee": "family", "class": "service"} | line for name, line in economy.items()},
        "designs": {"own": {"kind": "ordinary_budget"}},
    }
    return Scenario.model_validate(tree | more)


def line(price: int, domain: str = "child", state: str = "place", **more: Any) -> dict[str, Any]:
    return {"domain": domain, "state": state, "gross_per_year": price, "high_cost": "section_176"} | more


def drawn(found: Scenario, name: str = "placement") -> list[float]:
    """Kroner that the state refunds by year: minus the refusion on what is saved."""
    return [-each for each in by_year(played(found, "own"), f"refusion:{name}")]


def placed(price: int, course: dict[str, str], start: str = "2020-12-01", **more: Any) -> Scenario:
    own = {"high_cost_rules": {"section_176": rule_from(2020)}} if start < "2021" else {}
    return scenario({"placement": line(price)}, [{"child": course}], start, **own, **more)


def rule_from(year: int) -> dict[str, Any]:
    """The national rule, with its first thresholds also before they came in force."""
    versions = [
        {"since": f"{since}-01-01", "tiers": [{"above": above, "percent": share} for above, share in tiers]}
        for since, tiers in ((year, LAW[2021]), (2022, LAW[2022]))
    ]
    return {"name": "§176", "versions": versions}


def test_a_placement_of_1_160_000_a_year_draws_82_500_under_the_thresholds_of_2020() -> None:
    assert drawn(placed(1_160_000, {"2021-01-01": "place", "2022-01-01": "off"}))[1] == 82_500


def test_over_half_a_year_it_draws_41_250() -> None:
    assert drawn(placed(1_160_000, {"2021-04-01": "place", "2021-10-01": "off"}))[1] == 41_250


def test_a_case_of_2_500_000_draws_710_000_under_the_thresholds_of_2022() -> None:
    assert drawn(placed(2_500_000, {"2022-01-01": "place", "2023-01-01": "off"}))[2] == 710_000


def test_a_contract_that_runs_across_the_date_changes_on_the_date() -> None:
    """12 months under each: 25 % of 330,000, then 25 % of 300,000."""
    assert drawn(placed(1_160_000, {"2021-01-01": "place"}))[1:3] == [82_500, 75_000]
    half = drawn(placed(1_160_000, {"2021-07-01": "place", "2022-07-01": "off"}))
    assert half[1:3] == [41_250, 37_500]


def test_other_refusion_comes_first() -> None:
    """Half of 2,320,000 is refunded otherwise; what is left is 1,160,000."""
    both = scenario({"placement": line(2_320_000, refusion=Decimal("0.5"))}, [{"child": {"2021-02-01": "place"}}])
    assert drawn(both)[1] == 1_160_000 + 75_000


def test_lines_of_one_case_count_together_and_each_gets_what_it_adds() -> None:
    lines = {
        "placement": line(800_000),
        "school": line(360_000, "school"),
        "guardian": line(900_000, "school", high_cost=None),
    }
    course = {"child": {"2021-02-01": "place"}, "school": {"2021-02-01": "place"}}
    found = scenario(lines, [course])
    assert drawn(found, "placement") == [0, 0, 0]
    assert drawn(found, "school") == [82_500 * 11 / 12, 75_000, 75_000]
    assert drawn(found, "guardian") == [0, 0, 0]


def test_cases_are_counted_apart() -> None:
    two = [{"child": {"2021-02-01": "place"}}, {"child": {"2021-02-01": "place"}}]
    assert drawn(scenario({"placement": line(800_000)}, two)) == [0, 0, 0]
    assert drawn(scenario({"placement": line(1_160_000)}, two))[1] == 2 * 75_000


def test_days_of_several_stays_in_a_month_add_up() -> None:
    """20 of 30 days cost 83,333.33 at 1,500,000 a year, whether in one stay or two; 14,166.67 of it above 69,166.67."""
    one = {"2021-03-01": "place", "2021-03-21": "off"}
    two = {"2021-03-01": "place", "2021-03-11": "off", "2021-03-15": "place", "2021-03-25": "off"}
    expected = round((1_500_000 * 20 / 360 - 830_000 / 12) * 0.25, 2)
    assert drawn(scenario({"placement": line(1_500_000)}, [{"child": one}]))[0] == expected
    assert drawn(scenario({"placement": line(1_500_000)}, [{"child": two}]))[0] == expected


def test_the_last_thresholds_follow_the_index_from_their_own_year() -> None:
    found = scenario(
        {"placement": line(1_160_000, price_level=2022)},
        [{"child": {"2021-02-01": "place"}}],
        price_index={"rates": {2022: Decimal("0.5"), 2023: Decimal("0.1")}},
    )
    assert drawn(found) == [0, 75_000, 82_500]


def test_only_the_released_share_of_a_case_loses_its_refusion() -> None:
    assert drawn(
        scenario({"placement": line(1_160_000, cashable=Decimal("0.6"))}, [{"child": {"2021-02-01": "place"}}])
    )[1] == pytest.approx(45_000)


STATES = st.sampled_from(["off", "home", "place"])


@st.composite
def cases(draw: st.DrawFn) -> Scenario:
    """Several citizens who move in and out within months, lines that overlap, and other refusion of every kind."""
    start = draw(st.sampled_from(["2021-01-01", "2021-11-01", "2022-05-01"]))
    first = dt.date.fromisoformat(start)

    def course() -> dict[str, str]:
        days = draw(st.lists(st.integers(1, 3 * YEAR - 1), max_size=7, unique=True))
        return {str(date_of(day, first)): draw(STATES) for day in sorted(days)}

    economy: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 3))):
        refusion = draw(st.sampled_from([0, Decimal("0.5"), Decimal("0.125"), "shelter_110", "benefit_ladder"]))
        economy[f"line {number}"] = line(
            draw(st.integers(300_000, 3_000_000)),
            draw(st.sampled_from(["child", "school"])),
            draw(st.sampled_from(["home", "place"])),
            refusion=refusion,
            counted_days_before=draw(st.sampled_from([0, 100])) if isinstance(refusion, str) else 0,
            price_level=draw(st.sampled_from([None, 2021])),
        )
    if draw(st.booleans()):
        economy["support"] = line(
            1_000_000, "school", "home", refusion="housing_first_support", discharged_from="line 0"
        )
    citizens = draw(st.integers(1, 3))
    courses = [{"child": course(), "school": course()} for _ in range(citizens)]
    return scenario(economy, courses, start, price_index={"after": Decimal("0.03")})


def walked(found: Scenario) -> dict[str, list[Fraction]]:
    """Øre by line and year: every month of every citizen, from days and shares of single days."""
    setup, first = prepare(found), found.start
    total = {name: [Fraction(0)] * len(found.years) for name in found.economy}
    for citizen in range(found.target_group.citizens):
        shares = {one.name: shares_of_days(found, one, citizen) for one in setup.lines}
        for month in range(12 * found.horizon_years):
            date = date_of(month * MONTH, first)
            year, before, case = date.year - first.year, Fraction(0), Fraction(0)
            factor = Fraction("1.03") ** max(date.year - 2022, 0)
            for one in setup.lines:
                for day in range(month * MONTH, (month + 1) * MONTH):
                    if day in shares[one.name]:
                        case += Fraction(int(one.prices[year]), YEAR) * (1 - shares[one.name][day])
                tiers = LAW[min(date.year, 2022)]
                after = Fraction(0)
                for (above, share), (_, less) in zip(tiers, [(0, 0), *tiers], strict=False):
                    limit = Fraction(round(above * KRONER * factor), 12)
                    after += max(case - limit, Fraction(0)) * (share - less) / 100
                total[one.name][year] += after - before
                before = after
    return total


def shares_of_days(found: Scenario, one: Any, citizen: int) -> dict[int, Fraction]:
    """Which days a citizen is in a line's state, and what other refusion pays of each: plain counting, day by day."""
    days = days_in(found, one.line.domain, one.line.state, citizen)
    if not isinstance(one.line.refusion, str):
        return dict.fromkeys(days, Fraction(one.line.refusion))
    rule, shares = found.refusion(one.line.refusion), {}
    used, turn, out, reset_at = one.line.counted_days_before, 0, None, 0
    if one.line.discharged_from:
        left = found.economy[one.line.discharged_from]
        there = days_in(found, left.domain, left.state, citizen)
        since = day_of(rule.versions[0].since, found.start)
        out = next((d + 1 for d in there if d + 1 not in there and since <= d + 1), None)
    for day in days:
        if rule.reset == "running_year" and (day - days[0]) // YEAR != turn:
            used, turn = 0, (day - days[0]) // YEAR
        if rule.reset == "self_support" and day - 1 not in days:
            recent = range(max(day - 3 * YEAR, days[0], reset_at), day)
            if sum(each not in days for each in recent) >= YEAR:
                used, reset_at = 0, day
        if one.line.discharged_from:
            used = -1 if out is None or day < out else day - out
        in_force = [v for v in rule.versions if v.since is None or day_of(v.since, found.start) <= day]
        shares[day] = Fraction(0)
        if in_force and used >= 0:
            shares[day] = Fraction(next(t.share for t in in_force[-1].tiers if t.until is None or used < t.until))
        used += 1
    return shares


def days_in(found: Scenario, domain: str, state: str, citizen: int) -> list[int]:
    path, now, days = found.domains[domain].stated[citizen].with_, "off", []
    changes = {day_of(date, found.start): to for date, to in path.items()}
    for day in range(found.horizon_years * YEAR):
        now = changes.get(day, now)
        if now == state:
            days.append(day)
    return days


@settings(max_examples=60, deadline=None)
@given(cases())
def test_a_walk_through_the_months_of_each_citizen_finds_the_same(found: Scenario) -> None:
    block = Block(prepare(found), Draws(1, 0, found.target_group.citizens, 2))
    everywhere = (np.zeros(2), np.zeros(2))
    used = usage(block.setup, lambda domain: life(block, domain, everywhere, Variant()), 2)
    expected = walked(found)
    for name, by_years in expected.items():
        for row in range(2):
            for year, amount in enumerate(by_years):
                # each line's part is a difference of two rounded sums
                assert abs(int(used[name].high_cost[row, year]) - amount) <= 1
