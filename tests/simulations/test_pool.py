"""A pool neither creates nor loses money, never goes below zero, and does as a pool by hand does, to the øre."""

import datetime as dt
from dataclasses import fields
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings

from contracts import audit
from contracts.fund import outstanding
from contracts.ledger import MUNICIPALITY, RESOURCES, net
from scenarios import Scenario, library, load
from scenarios.pool import PoolScenario
from simulations.designs import play
from simulations.draws import BLOCK, Draws
from simulations.pools.compare import compare_pools, pipeline_of, prepared, run_batch
from simulations.pools.pipeline import Pipeline, by_age, flows_of, parties
from simulations.pools.record import recorded_pool
from simulations.pools.results import merged, result_of
from simulations.pools.terms import payback_years
from simulations.pools.years import PoolCourse
from simulations.world import Block

from .pool_by_hand import ByHand, Luck, pools

ROWS = 3
YEARLY = (
    "paid_in", "lent", "repaid", "earned", "written_off", "lapsed", "balance", "outstanding", "guaranteed",
    "department_loss", "approved", "stopped",
)  # fmt: skip


def course_of(pool: PoolScenario, replications: int = ROWS) -> PoolCourse:
    return run_batch(prepared(pool, {}, 1), 0, replications)["one"]


@settings(max_examples=150)
@given(pools())
def test_money_is_neither_made_nor_lost(pool: PoolScenario) -> None:
    course = course_of(pool)
    check_conservation(course)
    assert (course.balance >= 0).all()
    assert (course.outstanding >= 0).all()
    for name in ("lent", "repaid", "earned", "written_off", "lapsed", "guaranteed", "department_loss", "partner_lent"):
        assert (getattr(course, name) >= 0).all(), name


def check_conservation(course: PoolCourse) -> None:
    def ever(name: str) -> np.ndarray:
        return getattr(course, name).cumsum(axis=1)

    whole = course.balance + course.outstanding + ever("granted") + ever("written_off") + ever("lapsed")
    assert (whole == ever("paid_in") + ever("earned")).all()


@settings(max_examples=100)
@given(pools())
def test_what_all_parties_gain_is_what_is_really_saved(pool: PoolScenario) -> None:
    task = prepared(pool, {}, 1)
    course = run_batch(task, 0, ROWS)["one"]
    own = [number for number, (party, _) in enumerate(task.sides) if party == MUNICIPALITY]
    assert (course.sides[:, own].sum(axis=1) == course.gained.sum(axis=1)).all()
    departments = course.gained - course.spent + course.released - course.repayments - course.department_loss
    assert ((course.sides - course.burdens)[:, own].sum(axis=1) == departments.sum(axis=1)).all()
    back = course.repaid + course.earned + course.partner_received
    assert (back == course.repayments + course.department_loss + course.guaranteed).all()
    assert (course.released == course.lent + course.partner_lent).all()


@settings(max_examples=150)
@given(pools())
def test_it_does_as_a_pool_by_hand(pool: PoolScenario) -> None:
    task = prepared(pool, {}, 1)
    pipeline = pipeline_of(task, 0, ROWS)
    course = course_of(pool)
    paybacks = dict(zip(pool.investments, task.terms["one"].payback, strict=True))
    for row in range(ROWS):
        by_hand = ByHand(pool, pool.designs["one"], luck_of(pool, pipeline, row), paybacks).run()
        for year, found in enumerate(by_hand):
            for name in YEARLY:
                assert getattr(course, name)[row, year] == found[name], (name, year, row)
            assert course.short[row, year] == bool(found["short"])


def luck_of(pool: PoolScenario, pipeline: Pipeline, row: int) -> list[Luck]:
    kinds = list(pool.investments.values())
    return [
        Luck(a.name, kinds[a.kind], a.month, int(a.size[row]), int(a.gain[row]), int(a.claim[row]), int(a.delay[row]))
        for a in pipeline.applications
    ]


@settings(max_examples=40)
@given(pools())
def test_the_recorded_fund_has_what_the_array_has(pool: PoolScenario) -> None:
    events, course = recorded_pool(pool, {}, "one", 1, seed=1)
    if not events:
        assert not course.paid_in.any()
        return
    assert audit.verify(events) == []
    for year in range(pool.years):
        last = dt.date(pool.start.year + year, 12, 31)
        told = [event for event in events if event.effective <= last]
        if told:
            state = audit.replay(told)
            assert state.balance == course.balance[1, year]
            assert sum(outstanding(state, name) for name in state.released) == course.outstanding[1, year]


@settings(max_examples=20)
@given(pools())
def test_fewer_replications_are_the_first_of_more(pool: PoolScenario) -> None:
    few, many = course_of(pool, 2), course_of(pool, 205)
    for each in fields(PoolCourse):
        assert (getattr(few, each.name) == getattr(many, each.name)[:2]).all()


@pytest.mark.parametrize("name", library())
def test_an_investment_gives_all_parties_what_its_scenario_gives(name: str) -> None:
    """Also where the scenario reckons with equalisation, sanctions and the budget guarantee."""
    tree = load(library()[name]).model_dump(by_alias=True)
    tree["purse"] = {
        "budget_guarantee": {"also_in_other_municipalities": Decimal("0.5")},
        "equalisation": {"share": Decimal("0.6")},
    }
    setup = by_age(Scenario.model_validate(tree))
    flows = flows_of(setup, 1, 0)
    block = Block(setup, Draws(1, 0, setup.scenario.target_group.citizens, BLOCK))
    everyone = net(play(block, "investment").postings, lambda account: account.party != RESOURCES)
    refunded = sum(p.amount for p in play(block, "investment").postings if p.what == "intervention_refusion")
    assert (flows.gains.sum(axis=(1, 2)) - (flows.spent + refunded).sum(axis=1) == everyone.sum(axis=1)).all()
    assert (MUNICIPALITY, "treasury") in flows.sides


def a_pool(stated: dict, **design: object) -> PoolScenario:
    terms = {"capital": 100_000_000, "repayment": {"basis": "realised", "years": 30}} | design
    head = {"kind": "pool", "title": "Puljen", "municipality": "0751", "start": "2024-01-01", "years": 30}
    investment = {"stated": stated, "years": 1}
    return PoolScenario.model_validate(head | {"investments": {"one": investment}, "designs": {"one": terms}})


def payback(costs: list[int], gains: list[int], counted: str, rate: str = "0") -> Decimal | None:
    pool = a_pool({"citizens": 1, "costs": costs, "gains": [{"committee": "a", "kroner": gains}]})
    kind = pipeline_of(prepared(pool, {}, 1), 0, 1).kinds[0]
    return payback_years(kind, 10**6, counted, [(1 + float(rate)) ** age for age in range(60)])


@pytest.mark.parametrize(
    ("costs", "gains", "counted", "years"),
    [
        ([100], [0, 50, 50, 50], "cumulative", 3),
        ([100], [0, 50, 100, 50], "cumulative", Decimal("2.5")),
        ([100], [0, 50, 100, 50], "full_phase_in", 1),
        ([100, 100], [0, 50], "cumulative", None),
        ([100, 0, 0, 60], [150, 0, 0, 0, 10], "cumulative", 5),
        ([100], [0, 0], "full_phase_in", None),
    ],
)
def test_payback_is_counted_as_it_says(costs: list[int], gains: list[int], counted: str, years: Decimal | None) -> None:
    """The fifth gains more than it costs at first, and falls below once more in its fourth year."""
    assert payback(costs, gains, counted) == years


def test_discounted_it_takes_longer() -> None:
    """A cost of 100 now; 60 in the second year and the third, worth 54.55 and 49.59 at 10 %."""
    assert payback([10000], [0, 6000, 6000], "cumulative") == Decimal(32) / 12
    assert payback([10000], [0, 6000, 6000], "discounted", "0.1") == Decimal(35) / 12


def test_the_sides_of_all_investments_stand_in_one_order() -> None:
    sides = (("citizens", ""), ("state", ""), (MUNICIPALITY, "social"), (MUNICIPALITY, "school"))
    assert parties(sides) == ((MUNICIPALITY, "school"), (MUNICIPALITY, "social"), ("state", ""), ("citizens", ""))


def test_workers_change_nothing() -> None:
    pool = a_pool({"citizens": 5, "costs": [100], "gains": [{"committee": "a", "kroner": [0, 90]}]})
    alone, two = (compare_pools(pool, {}, 1200, 3, workers=count).designs["one"] for count in (1, 2))
    assert (alone.cash == two.cash).all()
    assert all((alone.by_row[name] == two.by_row[name]).all() for name in alone.by_row)


@settings(max_examples=20)
@given(pools())
def test_what_is_kept_of_batches_is_what_the_whole_comes_to(pool: PoolScenario) -> None:
    course = course_of(pool, 5)
    whole = result_of(course)
    kept = merged([result_of(_rows(course, 0, 2)), result_of(_rows(course, 2, 5))])
    for name, amount in whole.by_year.items():
        assert (kept.by_year[name] == amount).all()
        assert (kept.by_row[name] == whole.by_row[name]).all()
    assert (kept.cash == whole.cash).all()
    assert (kept.first_short == whole.first_short).all()
    assert ((whole.first_short >= 0) == course.short.any(axis=1)).all()


def _rows(course: PoolCourse, first: int, last: int) -> PoolCourse:
    return PoolCourse(**{each.name: getattr(course, each.name)[first:last] for each in fields(PoolCourse)})
