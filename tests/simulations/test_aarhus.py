"""The scenario that people start from: its DSI design is the signed contract, and its simulation means what it says."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

from contracts.aggregate import play
from contracts.commands import Command, Draw, Measure, Pay, Settle, Sign, Verify
from contracts.dates import month_end
from contracts.external import ExternalInvestorContract
from contracts.money import ppm
from scenarios import library, load
from simulations.run import simulate

SCENARIO = load(library()["aarhus-unge-hjemloese"])
DEAL = YAML(typ="safe", pure=True).load(
    (Path(__file__).parents[1] / "data" / "aarhus-most-vulnerable-youth.yaml").read_text(encoding="utf-8")
)
METRICS = {"housing": "stable_housing", "self_mastery": "self_mastery", "labour_market": "labour_market"}


def expected(goal: str, month: int) -> int:
    """The contract's expected successes in millionths: 9.6 citizens in housing at month 12."""
    success = DEAL["reconstruction"]["success"][goal]
    share = success[month] if isinstance(success, dict) else success
    return ppm(DEAL["reconstruction"]["measured_citizens"][month] * Decimal(str(share)))


def steps() -> list[tuple[Command, dt.datetime]]:
    terms = SCENARIO.terms("dsi")
    assert terms is not None
    draws = dict(zip(DEAL["flows"]["month"], DEAL["flows"]["cost"], strict=True))
    found: list[tuple[dt.date, Command]] = [
        (SCENARIO.start, Sign("aarhus", "external_investor", SCENARIO.title, terms))
    ]
    for month, cost in draws.items():
        day = month_end(SCENARIO.start, month)
        if cost:
            found.append((day, Draw(day, cost * 100)))
        for goal, metric in METRICS.items():
            if month in DEAL["reconstruction"]["measured_citizens"]:
                found.append((day, Measure(day, metric, month, ((None, expected(goal, month)),))))
        found += [(day, Verify(day)), (day, Settle(day))]
        if month > 6:
            found.append((day, Pay(day, day)))
    return [(command, dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)) for day, command in found]


def test_the_contracts_expected_outcomes_give_every_published_cell() -> None:
    state, _ = play(ExternalInvestorContract, steps())
    paid = {payment.statement: payment.amounts for payment in state.payments}
    for payer, published in (("municipality", "municipality"), ("state", "state_proxy")):
        cells = dict(zip(DEAL["flows"]["month"], DEAL["flows"][published], strict=True))
        found = {month: paid.get(month_end(SCENARIO.start, month), {}).get(payer, 0) for month in cells}
        assert found == {month: 100 * kroner for month, kroner in cells.items()}
        assert sum(found.values()) == 100 * DEAL["totals"][published]
    assert sum(state.paid.values()) == 100 * DEAL["totals"]["results"]


def test_the_simulated_payments_have_the_mean_that_the_contract_expects() -> None:
    """The effects were fitted to 18,021,000 with three digits; half a percent is what those digits allow."""
    paid = simulate(SCENARIO, 4000, 11, designs=["dsi"]).designs["dsi"].paid / 100
    error = paid.std() / np.sqrt(len(paid))
    assert abs(paid.mean() - DEAL["totals"]["results"]) < 4 * error + 0.005 * DEAL["totals"]["results"]
