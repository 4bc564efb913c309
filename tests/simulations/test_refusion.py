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
from simulations.refusion import CountedRule, Span, counted_rule, days_by_year, refunded

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
    by_year = refunded(life([]), 0, rule("benefit_ladder"), SPAN, 1, 0)[0] / PPM
    first = (by_year[0] + by_year[1] - 0.2 * 8 * 30) / YEAR  # May to December 2022, and January to April 2023
    assert first == pytest.approx(0.381, abs=0.0005)
    assert by_year[2] / YEAR == pytest.approx(0.2)


def test_six_weeks_of_work_do_not_reset_the_ladder_and_a_year_does() -> None:
    short, long = [2 * YEAR, 2 * YEAR + 42], [2 * YEAR, 3 * YEAR]
    after_short = refunded(life(short), 0, rule("benefit_ladder"), SPAN, 1, 0)[0] / PPM
    after_long = refunded(life(long), 0, rule("benefit_ladder"), SPAN, 1, 0)[0] / PPM
    assert after_short[3] / YEAR == pytest.approx(0.2)
    assert after_long[3] + after_long[4] > 0.2 * (8 * 30 + YEAR) + 60


def test_shelter_days_change_with_the_law() -> None:
    """50 % of all days until 30-9-2023, then of 120 days a running year from first admission, from 1-4-2026 of 90."""
    by_year = refunded(life([]), 0, rule("shelter_110"), SPAN, 1, 0)[0] / PPM
    assert by_year[0] == 0.5 * 8 * 30
    # the running year from 1 May 2023 has used its 120 days on 31 August, before the new rule comes in October
    assert by_year[1] == 0.5 * 9 * 30
    assert by_year[2] == 0.5 * 120
    assert by_year[4] == 0.5 * 90


def test_the_national_rules_carry_their_sources() -> None:
    for found in national_rules().refusion.values():
        assert isinstance(found, RefusionRule)
        assert all(version.mark == "P" and version.source for version in found.versions)
