"""Dated shocks: they hit everybody from and until an instant, in both lives, and nothing but the hazards they name.

Shares are compared with theory within 4 standard errors (fixed seed). Stays end rounded to whole days: the share that
lasts beyond instant t is the survival at t + ½.
"""

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import Scenario, load
from scenarios.lives import HazardDomain
from simulations.draws import BLOCK, Draws
from simulations.lives import STEADY, Life, Window, hazard_life, moves, stay
from simulations.months import MONTH, YEAR
from simulations.run import simulate
from simulations.setup import prepare
from simulations.world import Block

START = dt.date(2020, 1, 1)
CITIZENS = 1000
CELLS = CITIZENS * BLOCK
NOBODY_WAITS = np.zeros(CELLS, np.float32)
LOSE_WORK = "work -> benefits"
AARHUS = "scenarios/aarhus-unge-hjemloese.yaml"
COVID: dict[str, Any] = {
    "from": dt.date(2022, 3, 2),
    "until": dt.date(2022, 4, 27),
    "hazard_ratios": {"work_or_education -> benefits": "11.9", "benefits -> work_or_education": "0.4"},
}


def shock(begin: dt.date, until: dt.date | None, **ratios: float) -> dict[str, Any]:
    """A shock to transitions written from_to."""
    named = {" -> ".join(arrow.split("_")): str(ratio) for arrow, ratio in ratios.items()}
    return {"from": begin, "until": until, "hazard_ratios": named}


def domain(without: dict[str, Any], shocks: list[dict[str, Any]], **more: Any) -> HazardDomain:
    """A domain whose states are those that its transitions name, in order."""
    states = list(dict.fromkeys(state for arrow in without for state in arrow.split(" -> ")))
    named = {f"shock {number}": hit for number, hit in enumerate(shocks)}
    return HazardDomain.model_validate(
        {"kind": "hazards", "states": states, "without": without, "shocks": named, **more}
    )


def lived(found: HazardDomain, years: int, exposure: Window | None = None) -> Life:
    """200,000 lives from instant 0 in the first state."""
    draws = Draws(7, 0, CITIZENS, BLOCK)
    return hazard_life("d", moves(found, 1.0, START), draws.exponentials, 0, NOBODY_WAITS, exposure, years * YEAR)


def lasted(life: Life, instant: int) -> float:
    """The share whose first stay lasts beyond an instant."""
    return float((life[0].exit > instant).mean())


def near(found: float, expected: float) -> bool:
    return abs(found - expected) < 4 * math.sqrt(expected * (1 - expected) / CELLS)


def same(one: Life, other: Life) -> bool:
    """Whether two lives are equal to the bit."""
    return len(one) == len(other) and all(
        np.array_equal(a.cell, b.cell)
        and np.array_equal(a.state, b.state)
        and np.array_equal(a.entry, b.entry)
        and np.array_equal(a.exit, b.exit)
        for a, b in zip(one, other, strict=True)
    )


def overlap(low: float, high: float, begin: float, end: float) -> float:
    return max(0.0, min(high, end) - max(low, begin))


@pytest.mark.parametrize("ratio", [0.1, 0.5, 3, 12])
def test_survival_through_a_shock(ratio: float) -> None:
    """Constant hazard h, ratio r in [a, b): survival exp(−h · (t + (r − 1) · overlap of [0, t) with [a, b)))."""
    hit = shock(dt.date(2020, 7, 1), dt.date(2021, 1, 1), work_benefits=ratio)
    life = lived(domain({LOSE_WORK: {"yearly_rate": "0.4"}}, [hit]), 3)
    for day in (90, 179, 180, 230, 359, 360, 700):
        t = day + 0.5
        assert near(lasted(life, day), math.exp(-0.4 / YEAR * (t + (ratio - 1) * overlap(0, t, 180, 360))))


def test_two_thirds_lose_their_work_within_eight_weeks() -> None:
    """With r from 1 − exp(−56 h r) = 2/3, two thirds of those at work when the shock begins are out at its end."""
    ratio = math.log(3) / (56 * 0.05 / MONTH)
    struck = domain(
        {LOSE_WORK: {"monthly_rate": "0.05"}},
        [shock(dt.date(2020, 3, 2), dt.date(2020, 4, 28), work_benefits=ratio)],  # instants 61 to 117
    )
    ((lose,), _) = moves(struck, 1.0, START)
    days = stay(Draws(7, 0, CITIZENS, BLOCK).exponentials("d"), lose.bands, None, lose.seasons_from(NOBODY_WAITS))
    at_work = days[days > 61]
    assert abs((at_work <= 61 + 56).mean() - 2 / 3) < 4 * math.sqrt(2 / 9 / at_work.size)


BANDED = {"bands": [{"months": 3, "monthly_rate": "0.10"}, {"months": 9, "monthly_rate": "0.02"}]}
BANDED["bands"].append({"monthly_rate": "0.05"})


def hazard_of_bands(t: float, exposed: float, hits: list[tuple[float, float, float]]) -> float:
    """Cumulative hazard of BANDED at t, half-day by half-day, with ratio `exposed` from day 60 to day 500."""
    total = 0.0
    for half in range(int(2 * t)):
        now = half / 2
        monthly = 0.10 if now < 90 else 0.02 if now < 360 else 0.05
        ratio = exposed if 60 <= now < 500 else 1
        ratio *= math.prod(by for begin, end, by in hits if begin <= now < end)
        total += monthly / MONTH * ratio / 2
    return total


def test_bands_exposure_and_shocks_that_overlap_multiply() -> None:
    hits = [
        shock(dt.date(2020, 2, 11), dt.date(2020, 6, 1), work_benefits=4),  # instants 40 to 150
        shock(dt.date(2020, 5, 1), dt.date(2021, 2, 1), work_benefits=0.25),  # 120 to 390
        shock(dt.date(2021, 4, 1), None, work_benefits=2),  # from 450
    ]
    instants = [(40.0, 150.0, 4.0), (120.0, 390.0, 0.25), (450.0, math.inf, 2.0)]
    found = domain({LOSE_WORK: BANDED}, hits, **{"with": {LOSE_WORK: {"hazard_ratio": "2.5"}}})
    exposure = (np.full(CELLS, 60, np.float32), np.full(CELLS, 500, np.float32))
    for window, ratio in ((None, 1.0), (exposure, 2.5)):
        life = lived(found, 3, window)
        for day in (39, 80, 119, 140, 300, 380, 420, 470, 600, 900):
            assert near(lasted(life, day), math.exp(-hazard_of_bands(day + 0.5, ratio, instants)))


def test_competing_transitions_are_hit_each_by_its_own_ratio() -> None:
    """Rates 0.3 and 0.1 a year, ratios 0.5 and 6 in the first half-year: 0.15 to 0.6 then, and 3 to 1 afterwards."""
    arrows = {"a -> b": {"yearly_rate": "0.3"}, "a -> c": {"yearly_rate": "0.1"}}
    life = lived(domain(arrows, [shock(START, dt.date(2020, 7, 1), a_b=0.5, a_c=6)]), 1)
    early, late = -math.expm1(-0.75 / 2), math.exp(-0.75 / 2) * -math.expm1(-0.4 / 2)
    assert near(life[1].within(1).cell.size / CELLS, 0.2 * early + 0.75 * late)
    assert near(life[1].within(2).cell.size / CELLS, 0.8 * early + 0.25 * late)


@pytest.mark.parametrize("ways_out", [{"benefits": "0.5"}, {"benefits": "0.3", "school": "0.2"}])
def test_later_stays_meet_the_shock_at_its_date_and_not_at_their_own(ways_out: dict[str, str]) -> None:
    """Share at work in a two-state chain: p(t + u) = π + (p(t) − π) e^(−(a + b) u), π = b / (a + b), with the rates of
    each year; the second year has a shock to both. Two ways out with the same way back are as one."""
    out_of_work = {f"work -> {state}": {"yearly_rate": rate} for state, rate in ways_out.items()}
    back = {f"{state} -> work": {"yearly_rate": 1} for state in ways_out}
    hit = shock(dt.date(2021, 1, 1), dt.date(2022, 1, 1))
    hit["hazard_ratios"] = dict.fromkeys(out_of_work, 4) | dict.fromkeys(back, Decimal("0.25"))
    life = lived(domain(out_of_work | back, [hit]), 4)
    for day in (180, 360, 450, 720, 900):
        expected = 1.0
        for year, (out, home) in enumerate([(0.5, 1.0), (2.0, 0.25), (0.5, 1.0)]):
            settled = home / (out + home)
            lived_in_it = overlap(0, (day + 0.5) / YEAR, year, year + 1)
            expected = settled + (expected - settled) * math.exp(-(out + home) * lived_in_it)
        at_work = sum(((s.entry <= day) & (day < s.exit)).sum() for s in (round_.within(0) for round_ in life))
        assert near(at_work / CELLS, expected)


@st.composite
def parts(draw: st.DrawFn, most: int, days: int, low: float, high: float) -> list[tuple[float, float]]:
    """(end, value) in order; the last never ends."""
    ends = sorted(draw(st.lists(st.integers(1, days), max_size=most, unique=True)))
    return [(float(end), draw(st.floats(low, high))) for end in [*ends, math.inf]]


def begun(ended: list[tuple[float, float]], first: float) -> list[tuple[float, float, float]]:
    """(begin, end, value) of each part."""
    ends = [first, *(end for end, _ in ended)]
    return [(begin, end, value) for begin, (end, value) in zip(ends, ended, strict=False)]


@settings(max_examples=300)
@given(
    bands=parts(3, 900, 0.0005, 0.05),
    seasons=parts(4, 1500, 0.05, 20.0),
    effect=st.floats(0.1, 8.0),
    now=st.integers(0, 1200),
    begin=st.integers(0, 800),
    exposed=st.integers(0, 800),
    waits=st.lists(st.floats(0.0625, 8.0, width=32), min_size=1, max_size=9),
)
def test_a_stay_is_the_inverse_of_its_cumulative_hazard(
    bands: list[tuple[float, float]],
    seasons: list[tuple[float, float]],
    effect: float,
    now: int,
    begin: int,
    exposed: int,
    waits: list[float],
) -> None:
    """For any bands, shocks and exposure: the plain sum over all their parts of rate × days in it is `wait` again."""
    wait = np.array(waits, np.float32)
    window = (np.full_like(wait, begin), np.full_like(wait, begin + exposed))
    from_now = tuple((np.full_like(wait, end - now), ratio) for end, ratio in seasons[:-1])
    found = stay(wait, tuple((end, rate, rate * effect) for end, rate in bands), window, (*from_now, seasons[-1]))
    for target, days in zip(waits, found.tolist(), strict=True):
        total = 0.0
        for low, high, rate in begun(bands, 0.0):
            for since, until, ratio in begun(seasons, -math.inf):
                a, b = max(low, since - now), min(high, until - now, days)
                total += rate * ratio * (max(0.0, b - a) + (effect - 1) * overlap(a, b, begin, begin + exposed))
        assert total == pytest.approx(target, rel=2e-4, abs=2e-4)


def test_a_ratio_of_one_is_bitwise_no_shock() -> None:
    plain = domain({LOSE_WORK: BANDED}, [])
    nothing = domain({LOSE_WORK: BANDED}, [shock(dt.date(2020, 3, 2), dt.date(2020, 6, 1), work_benefits=1)])
    assert moves(nothing, 1.0, START) == moves(plain, 1.0, START)
    assert moves(plain, 1.0)[0][0].seasons == STEADY


def test_shocks_that_cancel_each_other_are_none() -> None:
    times = (dt.date(2020, 3, 2), dt.date(2020, 6, 1))
    found = domain({LOSE_WORK: BANDED}, [shock(*times, work_benefits=4), shock(*times, work_benefits=0.25)])
    assert moves(found, 1.0, START)[0][0].seasons == STEADY


def test_only_the_transitions_that_are_named_are_hit() -> None:
    arrows = {LOSE_WORK: {"yearly_rate": "0.5"}, "benefits -> work": {"yearly_rate": 1}}
    (lose,), (find,) = moves(domain(arrows, [shock(dt.date(2020, 3, 2), None, work_benefits=3)]), 1.0, START)
    assert lose.seasons == ((61, 1.0), (math.inf, 3.0))
    assert find.seasons == STEADY


def test_a_shock_from_beginning_to_end_is_another_hazard() -> None:
    """Twice the hazard all the time; powers of two are exact, so the lives are too."""
    always = domain({LOSE_WORK: {"yearly_rate": "0.5"}}, [shock(START, None, work_benefits=2)])
    assert same(lived(always, 2), lived(domain({LOSE_WORK: {"yearly_rate": 1}}, []), 2))


def test_nothing_changes_before_the_shock() -> None:
    arrows = {LOSE_WORK: BANDED, "benefits -> work": {"yearly_rate": 2}}
    plain = lived(domain(arrows, []), 2)
    struck = lived(domain(arrows, [shock(dt.date(2021, 1, 1), None, work_benefits=5, benefits_work=0.2)]), 2)
    assert not same(plain, struck)
    for one, other in zip(plain, struck, strict=False):
        ended = [{(c, a, b) for c, a, b in zip(s.cell, s.entry, s.exit, strict=True) if b < YEAR} for s in (one, other)]
        assert ended[0] == ended[1]


def test_no_effect_is_bitwise_the_life_without_in_a_shock_too() -> None:
    arrows = {"a -> b": BANDED, "a -> c": {"yearly_rate": "0.3"}, "b -> a": {"yearly_rate": 1}}
    found = domain(
        arrows,
        [shock(dt.date(2020, 5, 1), dt.date(2020, 9, 1), a_b=6, b_a=0.3)],
        **{"with": {"a -> b": {"hazard_ratio": 1}, "b -> a": {"hazard_ratio": 1}}},
    )
    exposure = (np.full(CELLS, 60, np.float32), np.full(CELLS, 500, np.float32))
    assert same(lived(found, 3), lived(found, 3, exposure))


def test_shocks_cannot_be_dated_without_a_start() -> None:
    with pytest.raises(ValueError, match="expected the scenario's start"):
        moves(domain({LOSE_WORK: BANDED}, [shock(START, None, work_benefits=2)]), 1.0)


def aarhus(*shocks: dict[str, Any], citizens: int = 36) -> Scenario:
    """Aarhus with shocks to the labour market."""
    tree = load(AARHUS).model_dump(by_alias=True)
    tree["domains"]["labour_market"]["shocks"] = {f"shock {number}": hit for number, hit in enumerate(shocks)}
    tree["target_group"]["citizens"] = citizens
    return Scenario.model_validate(tree)


def test_a_shock_in_a_scenario_is_dated_from_its_start() -> None:
    """2 March 2022 is 91 days of 30-day months after 1 December 2021; 27 April is 146."""
    (find,), (lose,) = prepare(aarhus(COVID)).moves("labour_market", Decimal(1))
    assert lose.seasons == ((91, 1.0), (146, 11.9), (math.inf, 1.0))
    assert find.seasons == ((91, 1.0), (146, 0.4), (math.inf, 1.0))


def test_the_lives_without_the_intervention_are_hit_too() -> None:
    lives = [block(scenario, 20).without("labour_market") for scenario in (aarhus(), aarhus(COVID))]
    assert not same(*lives)


def block(scenario: Scenario, rows: int) -> Block:
    return Block(prepare(scenario), Draws(5, 0, scenario.target_group.citizens, rows))


def test_other_domains_are_left_as_they_were() -> None:
    plain, struck = block(aarhus(), 20), block(aarhus(COVID), 20)
    for name in ("housing", "self_mastery"):
        assert same(plain.without(name), struck.without(name))


def test_a_ratio_of_one_changes_no_krone() -> None:
    nothing = COVID | {"hazard_ratios": dict.fromkeys(COVID["hazard_ratios"], 1)}
    plain, struck = simulate(aarhus(), 100, 3), simulate(aarhus(nothing), 100, 3)
    for name in plain.designs:
        assert (plain.designs[name].party_total == struck.designs[name].party_total).all()
    assert (simulate(aarhus(COVID), 100, 3).designs["dsi"].net != plain.designs["dsi"].net).any()


def test_a_larger_cohort_leaves_those_before_in_the_shock_they_had() -> None:
    small, large = (block(aarhus(COVID, citizens=citizens), 20).without("labour_market") for citizens in (36, 50))
    for one, other in zip(small, large, strict=False):
        first = other.cell < 36 * 20
        assert np.array_equal(one.cell, other.cell[first])
        assert np.array_equal(one.exit, other.exit[first])
