"""Random scenarios: few citizens, short years, and every kind of clause, limit, clock and refusion rule."""

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from scenarios import Scenario
from tests.contracts.strategies import limits, shares, tiers

PAYERS = ("municipality", "state", "Landsbyggefonden")
INVESTORS = ("DSI", "Banken")
FUND = "Investeringspuljen"
MONTHS = (3, 6, 12, 18, 24)


def rates(low: str = "0.05", high: str = "4") -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=3)


def hazards() -> st.SearchStrategy[dict[str, Any]]:
    constant = rates().map(lambda rate: {"yearly_rate": rate})
    banded = st.tuples(st.integers(1, 9), rates(), rates()).map(
        lambda b: {"bands": [{"months": b[0], "monthly_rate": b[1] / 10}, {"monthly_rate": b[2] / 10}]}
    )
    return constant | banded


@st.composite
def hazard_domains(draw: st.DrawFn, states: tuple[str, ...]) -> dict[str, Any]:
    """A domain in which every state can be left for the next, and sometimes for another too."""
    arrows = [f"{states[n]} -> {states[(n + 1) % len(states)]}" for n in range(len(states))]
    if len(states) > 2 and draw(st.booleans()):
        arrows.append(f"{states[0]} -> {states[2]}")
    helped = draw(st.lists(st.sampled_from(arrows), unique=True))
    effects = [draw(st.decimals(Decimal("0.2"), Decimal(6), places=2)) for _ in helped]
    return {
        "kind": "hazards",
        "states": list(states),
        "without": {arrow: draw(hazards()) for arrow in arrows},
        "with": {arrow: {"hazard_ratio": ratio} for arrow, ratio in zip(helped, effects, strict=True)},
    }


@st.composite
def contracts(draw: st.DrawFn, years: list[int], capital: dict[str, Any], payers: tuple[str, ...]) -> dict[str, Any]:
    months = st.lists(st.sampled_from(MONTHS), min_size=1, unique=True)
    kinds: list[st.SearchStrategy[dict[str, Any]]] = [
        st.fixed_dictionaries(
            {
                "kind": st.just("unit_price"),
                "metric": st.sampled_from(("housed", "working")),
                "prices": months.flatmap(
                    lambda chosen: st.fixed_dictionaries({month: st.integers(0, 90_001) for month in chosen})
                ),
                "payers": shares(payers),
            }
        ),
        st.fixed_dictionaries(
            {
                "kind": st.just("savings_share"),
                "metric": st.sampled_from(("saving", "shelter saving")),
                "tiers": tiers(),
                "payers": shares(payers),
            }
        ),
        st.fixed_dictionaries(
            {
                "kind": st.just("scheduled"),
                "amounts": st.dictionaries(st.sampled_from(years), st.integers(0, 200_000), min_size=1),
                "payers": shares(payers),
            }
        ),
        st.just({"kind": "none"}),
    ]
    bodies = draw(st.lists(st.one_of(kinds), min_size=1, max_size=3))
    clauses = {f"clause {number}": body for number, body in enumerate(bodies)}
    statements = [{"every_months": 6}, {"every_months": 12}, {"months": [6, 12, 24]}]
    statements += [{"dates": [dt.date(year, month, 15) for year in years for month in (2, 9)]}]
    contract = {
        "capital": capital,
        "statements": draw(st.sampled_from(statements)),
        "clauses": clauses,
        "limits": draw(limits(clauses)),
    }
    if draw(st.booleans()):
        contract["floor"] = {"share_of_capital": Decimal("0.4"), "payers": draw(shares(payers))}
    if draw(st.booleans()):
        contract["guarantee"] = {"by": "Bikubenfonden", "amount": draw(st.integers(0, 300_000))}
    return contract


@st.composite
def designs(draw: st.DrawFn, years: list[int], cost_months: list[int]) -> dict[str, Any]:
    """One of each kind; the external investor's may start late, close down or work less well."""
    outside = draw(contracts(years, draw(shares(INVESTORS)), PAYERS))
    early = st.none() | st.just(dt.date(years[-1], 12, 31))
    lent = draw(contracts(years, {"DSI": 1}, PAYERS)) | {"draws": "as_costs", "end": draw(early)}
    pooled = draw(contracts(years, {FUND: 1}, PAYERS[:1])) | {"end": draw(early)}
    if draw(st.booleans()):
        days = [*cost_months, dt.date(years[0], 6, 14)]
        outside["draws"] = {day: draw(st.integers(0, 900_001)) for day in days}
    late: dict[str, Any] = {}
    if draw(st.booleans()):
        late = {
            "start_delay_months": draw(st.sampled_from((0, 2))),
            "yearly_closure_risk": draw(st.sampled_from((0, Decimal("0.4")))),
            "effect_factor": draw(st.sampled_from((1, Decimal("0.5")))),
            "transaction_cost": 50_000,
        }
    return {
        "own": {"kind": "ordinary_budget"},
        "grant": {"kind": "external_investor", "contract": outside, **late},
        "loan": {"kind": "external_investor", "capital_to": "supplier", "contract": lent},
        "pool": {"kind": "internal_fund", "contract": pooled},
    }


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A whole scenario with two domains, four designs and every rule somewhere."""
    start = dt.date(draw(st.sampled_from((2021, 2023))), draw(st.integers(1, 12)), 1)
    horizon = draw(st.integers(3, 4))
    years = list(range(start.year + 1, start.year + horizon))
    citizens = draw(st.integers(1, 7))
    by_citizen = draw(st.booleans())
    cost_months = [0, 12, 24]
    costs: dict[str, Any] = {"committee": "social", "refusion": draw(st.sampled_from((0, Decimal("0.5"))))}
    if by_citizen:
        costs |= {"cost_clock": "citizen", "per_citizen": {"at_start": 20_000, "per_month": 7_777}}
    else:
        costs |= {"cost_clock": "contract", "amounts": {month: draw(st.integers(0, 900_001)) for month in cost_months}}
    line = {"committee": "social", "class": "service", "cashable": draw(st.sampled_from((1, Decimal("0.6"))))}
    refusions = [0, Decimal("0.5"), "shelter_110", "benefit_ladder"]
    return Scenario.model_validate(
        {
            "title": "A random scenario",
            "municipality": "0000",
            "start": start,
            "horizon_years": horizon,
            "target_group": {
                "citizens": citizens,
                "intake": {"per_month": draw(st.integers(1, 3)), "places": draw(st.none() | st.integers(1, 4))},
            },
            "intervention": {
                "months": draw(st.integers(1, 24)),
                "effect_lasts_months_after": draw(st.sampled_from((0, 6))),
                "drop_out": draw(st.none() | hazards()),
                "costs": costs,
            },
            "domains": {
                "housing": draw(
                    hazard_domains(draw(st.sampled_from((("street", "home"), ("street", "sofa", "home")))))
                ),
                "work": draw(hazard_domains(("benefits", "work"))),
            },
            "economy": {
                "shelter": {"domain": "housing", "state": "street", "gross_per_year": 550_001, **line}
                | {"refusion": draw(st.sampled_from(refusions))},
                "benefits": {
                    "domain": "work",
                    "state": "benefits",
                    "gross_per_month": 12_345,
                    "committee": "employment",
                }
                | {"class": "transfer", "refusion": draw(st.sampled_from(refusions))},
            },
            "discounting": {"rate": draw(st.sampled_from((0, Decimal("0.04"))))},
            "follow_up_clock": draw(st.sampled_from(("contract", "citizen"))),
            "measures": {
                "housed": {"kind": "outcome", "domain": "housing", "state": "home", "over_months": 3}
                | {"at_months": list(MONTHS)},
                "working": {"kind": "outcome", "domain": "work", "state": "work", "at_months": list(MONTHS)},
                "saving": {"kind": "saving"},
                "shelter saving": {"kind": "saving", "lines": ["shelter"]},
            },
            "parties": {
                "DSI": {"role": "investor"},
                "Banken": {"role": "investor"},
                FUND: {"role": "fund", "in_purse": True},
                "Landsbyggefonden": {"role": "payer"},
                "Bikubenfonden": {"role": "guarantor"},
            },
            "designs": draw(designs(years, cost_months)),
        }
    )
