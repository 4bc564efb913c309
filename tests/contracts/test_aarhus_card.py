"""The signed Aarhus contract for the most vulnerable youth: its expected outcomes give its published cells exactly."""

import datetime as dt
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from contracts.compiled import compile_terms
from contracts.dates import month_end
from contracts.entitlement import entitle
from contracts.facts import Facts, facts_of
from contracts.money import PPM, ppm
from contracts.plans import Plan
from contracts.settlement import split
from contracts.terms import Terms
from tests.contracts.strategies import Step, walk

DEAL = Path(__file__).parents[1] / "data" / "aarhus-most-vulnerable-youth.yaml"
START = dt.date(2021, 12, 1)
GOALS = ("housing", "self_mastery", "labour_market")


@cache
def deal() -> dict[str, Any]:
    return YAML(typ="safe", pure=True).load(DEAL.read_text(encoding="utf-8"))


def flow(name: str) -> dict[int, int]:
    return dict(zip(deal()["flows"]["month"], deal()["flows"][name], strict=True))


def measured() -> dict[int, int]:
    return deal()["reconstruction"]["measured_citizens"]


def success(goal: str, month: int) -> Decimal:
    shares = deal()["reconstruction"]["success"][goal]
    return Decimal(str(shares[month] if isinstance(shares, dict) else shares))


def rate_card(goal: str) -> dict[str, object]:
    """The half-year price at half-yearly points; the points that close a whole year pay it twice."""
    card, months = deal()["reconstruction"]["prices"][goal], deal()["flows"]["month"]
    since_last = {month: month - before for before, month in pairwise(months)}
    return {
        "kind": "unit_price",
        "metric": goal,
        "prices": {month: card["price"] * since_last[month] // 6 for month in measured()},
        "payers": {payer: Decimal(str(share)) for payer, share in card["payers"].items()},
    }


@cache
def plan() -> Plan:
    guarantee = deal()["guarantee"]
    return compile_terms(
        Terms.model_validate(
            {
                "start": START,
                "end": month_end(START, 60),
                "capital": {"DSI": Decimal("0.5"), "Aarhus investeringsfond": Decimal("0.5")},
                "draws": flow("cost"),
                "statements": {"months": list(measured())},
                "clauses": {goal: rate_card(goal) for goal in GOALS},
                "guarantee": {"by": guarantee["guarantor"], "amount": guarantee["amount"]},
            }
        )
    )


def day_of(month: int) -> dt.date:
    return month_end(START, month)


def counts(quantity: np.ndarray) -> Facts:
    """Successes in millionths, quantity[row, month, goal], as counts without persons."""
    return facts_of(
        [
            (
                row,
                -1,
                day_of(month).toordinal(),
                statement,
                plan().metrics.index(goal),
                month,
                quantity[row, m, g],
            )
            for row in range(len(quantity))
            for m, month in enumerate(measured())
            for statement in [plan().statement_days.index(day_of(month).toordinal())]
            for g, goal in enumerate(GOALS)
        ]
    )


def expected_quantities() -> np.ndarray:
    return np.array([[[ppm(n * success(goal, month)) for goal in GOALS] for month, n in measured().items()]])


@cache
def expected_steps() -> list[Step]:
    due = entitle(plan(), counts(expected_quantities()), 1).amount
    draws = {dt.date.fromordinal(day): np.array([amount]) for day, amount in plan().draws}
    return walk(plan(), due, draws, np.array([plan().end_day]))


def paid_by(payer: str) -> dict[int, int]:
    """Kroner by month; an amount with øre would not be equal to any published cell."""
    who, months = plan().payers.index(payer), {day_of(month): month for month in measured()}
    paid = dict.fromkeys(measured(), 0)
    for step in expected_steps():
        parts = split(plan(), step.before.paid, step.after.paid)[0]
        paid[months[step.day]] += int(parts[:, who].sum())
    return {month: kroner(amount) for month, amount in paid.items()}


def kroner(amount: int) -> int:
    whole, rest = divmod(amount, 100)
    assert rest == 0, f"{amount} øre is not a whole number of kroner"
    return whole


@pytest.mark.parametrize("month", [12, 18, 24, 36, 48, 60])
@pytest.mark.parametrize("payer", ["municipality", "state_proxy"])
def test_each_published_cell_is_paid_exactly(payer: str, month: int) -> None:
    assert paid_by(payer)[month] == flow(payer)[month]


def test_the_cells_are_all_that_was_published() -> None:
    assert (
        set(measured()) == {12, 18, 24, 36, 48, 60} == {month for month, paid in flow("municipality").items() if paid}
    )


def test_expected_claims_are_fractions_of_citizens() -> None:
    first = {goal: Decimal(int(q)) / PPM for goal, q in zip(GOALS, expected_quantities()[0, 0], strict=True)}
    assert first == {
        "housing": Decimal("9.6"),
        "self_mastery": Decimal("7.2"),
        "labour_market": Decimal("1.2"),
    }


@pytest.mark.parametrize("payer", ["municipality", "state_proxy"])
def test_each_payer_pays_its_published_total(payer: str) -> None:
    assert sum(paid_by(payer).values()) == deal()["totals"][payer]


def test_the_whole_and_the_net_are_the_published_ones() -> None:
    totals = deal()["totals"]
    results = kroner(int(expected_steps()[-1].after.paid.sum()))
    assert results == totals["results"]
    assert results - totals["cost"] == totals["net"]


def test_the_published_tranches_are_drawn() -> None:
    drawn = kroner(int(expected_steps()[-1].after.drawn[0]))
    assert drawn == sum(flow("cost").values())
    assert deal()["totals"]["cost"] - drawn == 1, "the published cells are rounded: they add to one krone less"


def test_the_guarantee_is_not_called_when_the_capital_comes_back() -> None:
    assert "guarantee" in plan().columns
    assert expected_steps()[-1].after.paid[0, plan().columns.index("guarantee")] == 0


def test_the_guarantee_covers_its_amount_when_nobody_succeeds() -> None:
    draws = {dt.date.fromordinal(day): np.array([amount]) for day, amount in plan().draws}
    steps = walk(plan(), entitle(plan(), facts_of([]), 1).amount, draws, np.array([plan().end_day]))
    assert kroner(int(steps[-1].after.paid.sum())) == deal()["guarantee"]["amount"]


def test_random_outcomes_pay_the_published_total_on_average() -> None:
    rows = 10_000
    citizens = np.array(list(measured().values()))[:, None]
    chance = np.array([[float(success(goal, month)) for goal in GOALS] for month in measured()])
    reached = np.random.default_rng(2022).binomial(citizens, chance, (rows, *chance.shape))
    due = entitle(plan(), counts(reached * PPM), rows).amount
    paid = walk(plan(), due, {}, np.full(rows, plan().end_day))[-1].after.paid.sum(axis=1) / 100
    error = paid.std(ddof=1) / np.sqrt(rows)
    assert 0 < error < 30_000
    assert abs(paid.mean() - deal()["totals"]["results"]) < 4 * error
