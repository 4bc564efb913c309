"""The contracts of the worked example, from their facts to the krone: rate card, gain share and frame cut."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from contracts.compiled import compile_terms
from contracts.entitlement import entitle
from contracts.facts import facts_of
from contracts.money import PPM
from contracts.plans import Plan
from contracts.settlement import split
from contracts.terms import Terms
from tests.contracts.strategies import Step, walk

YEARS = (2020, 2021, 2022)
COSTS = {dt.date(2020, 1, 1): 1_800_000, dt.date(2021, 1, 1): 1_200_000}


def agreed(clause: dict[str, Any], limits: tuple[dict[str, Any], ...] = (), end: int = 2022) -> Plan:
    return compile_terms(
        Terms.model_validate(
            {
                "start": dt.date(2020, 1, 1),
                "end": dt.date(end, 12, 31),
                "capital": {"investor": 1},
                "draws": COSTS,
                "clauses": {"clause": clause},
                "limits": limits,
            }
        )
    )


def rate_card(*limits: dict[str, Any]) -> Plan:
    prices = {12: 90_000, 24: 180_000, 36: 180_000}
    payers = {"municipality": "0.6", "state": "0.4"}
    return agreed({"kind": "unit_price", "metric": "housed", "prices": prices, "payers": payers}, limits)


def gain_share() -> Plan:
    tiers = [{"share": "0.8", "until_earned": 2_000_000}, {"share": "0.4"}]
    return agreed({"kind": "savings_share", "tiers": tiers, "payers": {"municipality": 1}})


def frame_cut(end: int) -> Plan:
    amounts = {2021: 900_000} | dict.fromkeys(range(2022, end + 1), 1_200_000)
    clause = {"kind": "scheduled", "amounts": amounts, "payers": {"social committee": 1}}
    return agreed(clause, ({"kind": "total", "amount": 3_000_000},), end)


CEILING = {"kind": "return_ceiling", "rate": "0.05", "accrual": "yearly"}
REACHED = {12: 8, 24: 8, 36: 7}
SAVED = (648_000, 972_000, 810_000 + 230_400)


def found(plan: Plan, by_year: dict[int, int]) -> np.ndarray:
    """Entitled to date [row, clause, statement] when these quantities are found, by follow-up month."""
    table = [(0, -1, plan.statement_days[n], n, 0, month, q) for n, (month, q) in enumerate(by_year.items())]
    return entitle(plan, facts_of(table), 1).amount


def reached(plan: Plan) -> np.ndarray:
    return found(plan, {month: citizens * PPM for month, citizens in REACHED.items()})


def settled(plan: Plan, due: np.ndarray) -> list[Step]:
    draws = {dt.date.fromordinal(day): np.array([amount]) for day, amount in plan.draws}
    return [step for step in walk(plan, due, draws, np.array([plan.end_day])) if not step.closing]


def kroner(amounts: Any) -> list[float]:
    return (np.asarray(amounts) / 100).tolist()


def paid(steps: list[Step]) -> list[float]:
    return kroner([step.paid.sum() for step in steps])


def test_the_rate_card_claims_what_was_reached() -> None:
    due = reached(rate_card())
    assert kroner(np.diff(due[0, 0], prepend=0)) == [720_000, 1_440_000, 1_260_000]


def test_the_account_before_payment_is_capital_and_return_less_payments() -> None:
    steps = settled(rate_card(CEILING), reached(rate_card(CEILING)))
    before = [step.after.account[0] + step.paid.sum() for step in steps]
    assert kroner(before) == [1_890_000, 2_488_500, 1_100_925]


def test_the_ceiling_cuts_the_last_claim_to_what_the_account_holds() -> None:
    steps = settled(rate_card(CEILING), reached(rate_card(CEILING)))
    assert paid(steps) == [720_000, 1_440_000, 1_100_925]
    assert kroner([step.cuts.sum() for step in steps]) == [0, 0, 159_075]
    assert steps[-1].after.account.tolist() == [0]


def test_capital_and_five_per_cent_are_returned_exactly() -> None:
    steps = settled(rate_card(CEILING), reached(rate_card(CEILING)))
    flow = [-1_080_000, 240_000, 1_100_925]
    costs = [1_800_000, 1_200_000, 0]
    assert [p - c for p, c in zip(paid(steps), costs, strict=True)] == flow
    in_2022 = [
        -1_800_000 * 1.05**3 - 1_200_000 * 1.05**2,
        *(p * 1.05 ** (2 - n) for n, p in enumerate(paid(steps))),
    ]
    assert sum(in_2022) == pytest.approx(0, abs=0.01)


def test_municipality_and_state_pay_sixty_and_forty_per_cent() -> None:
    plan = rate_card(CEILING)
    steps = settled(plan, reached(plan))
    parts = [split(plan, step.before.paid, step.after.paid)[0, 0] for step in steps]
    assert plan.payers == ("municipality", "state")
    assert kroner(parts) == [[432_000, 288_000], [864_000, 576_000], [660_555, 440_370]]


def test_the_gain_share_pays_eighty_per_cent_until_two_million_and_forty_after() -> None:
    plan = gain_share()
    saved = {month: kr * 100 for month, kr in zip(REACHED, SAVED, strict=True)}
    assert paid(settled(plan, found(plan, saved))) == [518_400, 777_600, 768_160]


def test_the_frame_cut_pays_its_schedule() -> None:
    plan = frame_cut(2022)
    assert paid(settled(plan, found(plan, {}))) == [0, 900_000, 1_200_000]


def test_the_frame_cut_ends_when_three_million_are_repaid() -> None:
    plan = frame_cut(2025)
    assert paid(settled(plan, found(plan, {}))) == [0, 900_000, 1_200_000, 900_000, 0, 0]


def test_at_the_end_of_2022_the_pool_holds_what_is_not_outstanding() -> None:
    plan = frame_cut(2022)
    repaid = sum(paid(settled(plan, found(plan, {}))))
    assert (repaid, sum(COSTS.values()) - repaid) == (2_100_000, 900_000)
