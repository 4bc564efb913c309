"""Days and refusion against a calendar that is walked day by day."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.money import PPM
from scenarios.economy import RefusionRule, national_rules
from simulations.lives import Life, Spells
from simulations.months import YEAR, date_of, day_of, year_starts
from simulations.refusion import CountedRule, counted_rule, first_discharge, parts
from simulations.refusion import refunded as refunded_of
from simulations.spans import Span, days_by_year

START = dt.date(2022, 5, 1)
YEARS = tuple(range(2022, 2029))
HORIZON = 6 * YEAR
SPAN = Span(tuple(year_starts(START, YEARS)), HORIZON, 1)


def rule(name: str) -> CountedRule:
    found = national_rules().refusion[name]
    return counted_rule(found, {v.since: day_of(v.since, START) for v in found.versions if v.since})


def life(changes: list[int]) -> Life:
    """A life that begins in state 0 and changes between 0 and 1 at the given instants."""
    marks = [0, *sorted(set(changes)), HORIZON + 1]
    cell = np.zeros(1, np.intp)
    return tuple(
        Spells(cell, number % 2, np.array([begin], np.int32), np.array([end], np.int32))
        for number, (begin, end) in enumerate(pairwise(marks))
    )


def refunded(life: Life, state: int, counted: CountedRule, span: Span, cells: int, before: int) -> np.ndarray:
    found = parts(life, state, counted, span, cells, before)
    return refunded_of(found, counted.floor, days_by_year(life, state, span), span)


def in_state(changes: list[int], day: int) -> bool:
    return sum(change <= day for change in set(changes)) % 2 == 0


def walked(changes: list[int], counted: CountedRule, counted_before: int = 0) -> np.ndarray:
    """Day by day: which share of each day in the state is refunded, by budget year."""
    found = np.zeros(len(YEARS), np.int64)
    used, supported, reset_at, entered, running_year = counted_before, [], 0, True, 0
    for day in range(HORIZON):
        if not in_state(changes, day):
            supported.append(day)
            entered = False
            continue
        if counted.reset == "running_year" and day // YEAR != running_year:
            used, running_year = 0, day // YEAR
        if counted.reset == "self_support" and not entered:
            recent = [free for free in supported if free >= max(day - 3 * YEAR, reset_at)]
            if len(recent) >= YEAR:
                used, reset_at = 0, day
        entered = True
        tiers = [tiers for since, tiers in counted.versions if since <= day][-1]
        share = next(share for low, high, share in tiers if low <= used < high)
        found[date_of(day, START).year - YEARS[0]] += share
        used += 1
    return found


courses = st.lists(st.integers(1, HORIZON - 1), max_size=9)
NEW_RULE = day_of(dt.date(2023, 10, 1), START)


def supported(shelter: list[int], support: list[int]) -> list[int]:
    """Refunded ppm-days by year of support (state 0) after leaving a shelter (state 0)."""
    counted = rule("housing_first_support")
    discharged = first_discharge(life(shelter), 0, counted, 1, HORIZON)
    found = parts(life(support), 0, counted, SPAN, 1, 0, discharged)
    return refunded_of(found, counted.floor, days_by_year(life(support), 0, SPAN), SPAN)[0].tolist()


def walked_support(shelter: list[int], support: list[int]) -> list[int]:
    """Day by day: half of each day of support within 720 days of the first day out of the shelter under the rule."""
    found, out = [0] * len(YEARS), None
    for day in range(HORIZON):
        left = day and in_state(shelter, day - 1) and not in_state(shelter, day)
        if left and day >= NEW_RULE and out is None:
            out = day
        if in_state(support, day) and out is not None and day < out + 2 * YEAR:
            found[date_of(day, START).year - YEARS[0]] += PPM // 2
    return found


@settings(max_examples=60)
@given(courses, st.sampled_from(["shelter_110", "benefit_ladder"]), st.sampled_from([0, 100, 400]))
def test_refusion_equals_a_walk_through_the_days(changes: list[int], name: str, before: int) -> None:
    found = refunded(life(changes), 0, rule(name), SPAN, 1, before)
    assert found.tolist() == [walked(changes, rule(name), before).tolist()]


@given(courses)
def test_days_equal_a_walk_through_the_days(changes: list[int]) -> None:
    found = np.zeros(len(YEARS), np.int64)
    for day in range(HORIZON):
        found[date_of(day, START).year - YEARS[0]] += in_state(changes, day)
    assert days_by_year(life(changes), 0, SPAN).tolist() == [found.tolist()]


@given(courses)
def test_a_constant_share_refunds_that_share_of_every_day(changes: list[int]) -> None:
    half = CountedRule("never", ((-(10**9), ((0, 10**9, PPM // 2),)),))
    days = days_by_year(life(changes), 0, SPAN)
    assert (refunded(life(changes), 0, half, SPAN, 1, 0) == days * (PPM // 2)).all()


def test_the_benefit_ladder_refunds_38_percent_in_a_first_year_and_20_percent_after() -> None:
    """28 days at 80 %, 152 at 40 % and 180 at 30 %: weeks 4, 26 and 52 in days of a 360-day year."""
    by_year = refunded(life([]), 0, rule("benefit_ladder"), SPAN, 1, 0)[0]
    first = by_year[0] + by_year[1] - PPM // 5 * 8 * 30  # May to December 2022, and January to April 2023
    assert first == 28 * 800_000 + 152 * 400_000 + 180 * 300_000
    assert first / YEAR / PPM == pytest.approx(0.381, abs=0.0005)
    assert by_year[2] == YEAR * PPM // 5


def test_a_long_term_recipient_is_refunded_20_percent_from_the_first_day() -> None:
    by_year = refunded(life([]), 0, rule("benefit_ladder"), SPAN, 1, YEAR)[0]
    assert (by_year == days_by_year(life([]), 0, SPAN)[0] * (PPM // 5)).all()


def test_six_weeks_of_work_do_not_reset_the_ladder_and_a_year_does() -> None:
    short, long = [2 * YEAR, 2 * YEAR + 42], [2 * YEAR, 3 * YEAR]
    after_short = refunded(life(short), 0, rule("benefit_ladder"), SPAN, 1, 0)[0] / PPM
    after_long = refunded(life(long), 0, rule("benefit_ladder"), SPAN, 1, 0)[0] / PPM
    assert after_short[2:].tolist() == [0.2 * days for days in days_by_year(life(short), 0, SPAN)[0][2:]]
    assert after_long[3] + after_long[4] > 0.2 * (8 * 30 + YEAR) + 60


def test_shelter_days_change_with_the_law() -> None:
    """50 % of all days until 30-9-2023, then of 120 days a running year from first admission, from 1-4-2026 of 90."""
    by_year = refunded(life([]), 0, rule("shelter_110"), SPAN, 1, 0)[0] / PPM
    assert by_year[0] == 0.5 * 8 * 30
    # the running year from 1 May 2023 has used its 120 days on 31 August, before the new rule comes in October
    assert by_year[1] == 0.5 * 9 * 30
    assert by_year[2] == 0.5 * 120
    assert by_year[4] == 0.5 * 90


@pytest.mark.parametrize(
    ("start", "at", "share"),
    [
        (dt.date(2023, 9, 1), dt.date(2023, 9, 30), 0.5),  # no limit yet
        (dt.date(2023, 5, 1), dt.date(2023, 9, 30), 0.5),  # 150th day
        (dt.date(2023, 5, 1), dt.date(2023, 10, 1), 0),  # 151st day of the running year, under the 120 days
        (dt.date(2023, 6, 1), dt.date(2023, 10, 1), 0),  # 121st day
        (dt.date(2023, 7, 1), dt.date(2023, 10, 1), 0.5),  # 91st day
        (dt.date(2023, 7, 1), dt.date(2023, 11, 1), 0),  # 121st day
        (dt.date(2023, 7, 1), dt.date(2024, 7, 1), 0.5),  # a new running year
        (dt.date(2026, 1, 1), dt.date(2026, 3, 31), 0.5),  # 90th day
        (dt.date(2025, 12, 1), dt.date(2026, 3, 31), 0.5),  # 120th day, still under the 120 days
        (dt.date(2025, 12, 1), dt.date(2026, 4, 1), 0),  # 121st day
        (dt.date(2026, 1, 1), dt.date(2026, 4, 1), 0),  # 91st day, under the 90 days
        (dt.date(2026, 2, 1), dt.date(2026, 4, 1), 0.5),  # 61st day
        (dt.date(2026, 2, 1), dt.date(2026, 5, 1), 0),  # 91st day
    ],
)
def test_a_shelter_day_is_refunded_by_the_table(start: dt.date, at: dt.date, share: float) -> None:
    """Somebody is admitted on a day and stays: the share of one day by admission and date."""
    admitted, day = day_of(start, START), day_of(at, START)
    stayed = [refunded(life([admitted, end]), 1, rule("shelter_110"), SPAN, 1, 0).sum() for end in (day, day + 1)]
    assert stayed[1] - stayed[0] == share * PPM


def test_housing_first_support_is_refunded_for_two_years_from_the_first_discharge() -> None:
    left = day_of(dt.date(2024, 1, 1), START)
    assert [each / PPM for each in supported([left], [])] == [0, 0, 180, 180, 0, 0, 0]
    # back in the shelter after half a year and out again: the two years do not begin anew
    again = [left, left + 180, left + 270]
    assert supported(again, []) == supported([left], [])


def test_nobody_is_supported_by_the_state_before_a_discharge_or_after_one_before_the_rule() -> None:
    assert sum(supported([], [])) == 0
    before, last, first = (
        day_of(day, START) for day in (dt.date(2023, 9, 29), dt.date(2023, 9, 30), dt.date(2023, 10, 1))
    )
    assert sum(supported([before], [])) == sum(supported([last], [])) == 0
    assert sum(supported([first], [])) == 2 * YEAR * PPM // 2
    # a discharge before the rule does not use up the two years of one under it
    assert supported([before, last, first + 30], []) == supported([first + 30], [])


def test_who_is_admitted_at_the_instant_of_leaving_was_not_discharged() -> None:
    cell, one, two = np.zeros(1, np.intp), np.array([600], np.int32), np.array([900], np.int32)
    there = (Spells(cell, 0, np.array([0], np.int32), one), Spells(cell, 0, one, two))
    assert first_discharge(there, 0, rule("housing_first_support"), 1, HORIZON).tolist() == [900]


@settings(max_examples=80)
@given(courses, courses)
def test_support_after_discharge_equals_a_walk_through_the_days(shelter: list[int], support: list[int]) -> None:
    assert supported(shelter, support) == walked_support(shelter, support)


@settings(max_examples=80)
@given(courses, st.data())
def test_any_dated_rule_equals_a_walk_through_the_days(changes: list[int], data: st.DataObject) -> None:
    """Rules with steps and dates of their own: shares that rise or fall, several versions, every reset."""
    versions = []
    for since in [-(10**9), *sorted(data.draw(st.sets(st.integers(1, HORIZON - 1), max_size=2)))]:
        bounds = [0, *sorted(data.draw(st.sets(st.integers(1, 800), max_size=3))), 10**9]
        shares = [data.draw(st.integers(0, 10)) * (PPM // 10) for _ in bounds[1:]]
        versions.append((since, tuple(zip(bounds, bounds[1:], shares, strict=False))))
    counted = CountedRule(data.draw(st.sampled_from(["never", "running_year", "self_support"])), tuple(versions))
    before = data.draw(st.integers(0, 500))
    found = refunded(life(changes), 0, counted, SPAN, 1, before)
    assert found.tolist() == [walked(changes, counted, before).tolist()]


def test_the_national_rules_carry_their_sources() -> None:
    for found in national_rules().refusion.values():
        assert isinstance(found, RefusionRule)
        assert all(version.mark == "P" and version.source for version in found.versions)
