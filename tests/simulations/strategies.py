"""Random scenarios: few citizens, short years, and every kind of clause, limit, clock and refusion rule."""

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from contracts.dates import month_end
from scenarios import Scenario
from tests.contracts.strategies import shares

from .agreements import GROUPS, MONTHS, contracts

PAYERS = ("municipality", "state", "Landsbyggefonden")
INVESTORS = ("DSI", "Banken")
FUND = "Investeringspuljen"


def rates(low: str = "0.05", high: str = "4") -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=3)


def hazards() -> st.SearchStrategy[dict[str, Any]]:
    constant = rates().map(lambda rate: {"yearly_rate": rate})
    banded = st.tuples(st.integers(1, 9), rates(), rates()).map(
        lambda b: {"bands": [{"months": b[0], "monthly_rate": b[1] / 10}, {"monthly_rate": b[2] / 10}]}
    )
    return constant | banded


@st.composite
def shocks(draw: st.DrawFn, arrows: list[str], start: dt.date) -> dict[str, Any]:
    """One or two, which may overlap, within the first three years; the second may last to the end."""
    found: dict[str, Any] = {}
    for name in ("covid", "recession")[: draw(st.integers(1, 2))]:
        begin = start + dt.timedelta(days=draw(st.integers(0, 700)))
        until = begin + dt.timedelta(days=draw(st.integers(2, 390)))
        hit = draw(st.lists(st.sampled_from(arrows), min_size=1, unique=True))
        found[name] = {
            "from": begin,
            "until": None if name == "recession" and draw(st.booleans()) else until,
            "hazard_ratios": {arrow: draw(st.just(1) | rates("0.1", "12")) for arrow in hit},
        }
    return found


@st.composite
def hazard_domains(draw: st.DrawFn, states: tuple[str, ...], start: dt.date) -> dict[str, Any]:
    """A domain in which every state can be left for the next, and sometimes for another too; sometimes with shocks."""
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
        "shocks": draw(shocks(arrows, start)) if draw(st.booleans()) else {},
    }


@st.composite
def designs(draw: st.DrawFn, years: list[int], cost_months: list[int], after: dt.date) -> dict[str, Any]:
    """One of each kind; the external investor's may start late, close down or work less well. after: the last year."""
    new_year = dt.date(years[-1], 12, 31)
    later = max(new_year, month_end(after, -6))
    outside = draw(contracts(years, draw(shares(INVESTORS)), PAYERS, later))
    early = st.none() | st.just(new_year)
    lent = draw(contracts(years, {"DSI": 1}, PAYERS, later, draw(early))) | {"draws": "as_costs"}
    pooled = draw(contracts(years, {FUND: 1}, PAYERS[:1], later, draw(early)))
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


def purses() -> st.SearchStrategy[dict[str, Any]]:
    """Each switch on or off."""
    some = st.sampled_from((Decimal("0.25"), Decimal("0.333333"), 1))
    sanction = st.fixed_dictionaries({"overrun_probability": some, "population_share": some})
    equalisation = st.fixed_dictionaries({"share": some})
    guarantee = st.fixed_dictionaries({"also_in_other_municipalities": some})
    return st.fixed_dictionaries(
        {
            "sanction": st.none() | sanction,
            "equalisation": st.none() | equalisation,
            "budget_guarantee": st.none() | guarantee,
        }
    )


def haircuts() -> st.SearchStrategy[dict[str, Any]]:
    """Neutral, or a cut in the effect, the gain or both."""
    some = st.sampled_from((0, Decimal("0.2")))
    return st.fixed_dictionaries({"effect": some, "gain": some})


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A whole scenario with two domains, four designs and every rule somewhere."""
    start = dt.date(draw(st.sampled_from((2021, 2023))), draw(st.integers(1, 12)), 1)
    horizon = draw(st.integers(3, 4))
    years = list(range(start.year + 1, start.year + horizon))
    citizens = draw(st.integers(2, 7))
    young = draw(st.integers(1, citizens - 1))
    by_citizen = draw(st.booleans())
    cost_months = [0, 12, 24]
    costs: dict[str, Any] = {"committee": "social", "refusion": draw(st.sampled_from((0, Decimal("0.5"))))}
    if by_citizen:
        costs |= {"cost_clock": "citizen", "per_citizen": {"at_start": 20_000, "per_month": 7_777}}
    else:
        costs |= {"cost_clock": "contract", "amounts": {month: draw(st.integers(0, 900_001)) for month in cost_months}}
    line = {
        "committee": "social",
        "class": "service",
        "ceiling": draw(st.sampled_from(("gross", "net", "outside"))),
        "cashable": draw(st.sampled_from((1, Decimal("0.6")))),
        "notice_months": draw(st.sampled_from((0, 3))),
        "refilled": draw(st.sampled_from((0, Decimal("0.35"), 1))),
    }
    refusions = [0, Decimal("0.5"), "shelter_110", "benefit_ladder"]
    index = draw(st.none() | st.just({"rates": {2022: 0, 2023: Decimal("0.031")}, "after": Decimal("0.02")}))
    level = {"price_level": start.year + draw(st.integers(0, 1))} if index else {}
    costs |= level
    line |= level | {"high_cost": draw(st.sampled_from((None, "section_176")))}
    discounting = [{"rate": 0}, {"rate": Decimal("0.04")}, {"rule": "finance_ministry_2021"}]
    supported = {"refusion": "housing_first_support", "discharged_from": "shelter"}
    return Scenario.model_validate(
        {
            "title": "A random scenario",
            "municipality": "0000",
            "start": start,
            "horizon_years": horizon,
            "target_group": {
                "citizens": citizens,
                "intake": {"per_month": draw(st.integers(1, 3)), "places": draw(st.none() | st.integers(1, 4))},
                "groups": dict(zip(GROUPS, (young, citizens - young), strict=True)),
            },
            "intervention": {
                "months": draw(st.integers(1, 24)),
                "effect_lasts_months_after": draw(st.sampled_from((0, 6))),
                "drop_out": draw(st.none() | hazards()),
                "costs": costs,
            },
            "domains": {
                "housing": draw(
                    hazard_domains(draw(st.sampled_from((("street", "home"), ("street", "sofa", "home")))), start)
                ),
                "work": draw(hazard_domains(("benefits", "work"), start)),
            },
            "economy": {
                "shelter": {
                    "domain": "housing",
                    "state": "street",
                    "gross_per_year": draw(st.sampled_from((550_001, 2_500_001))),
                }
                | line
                | {"refusion": draw(st.sampled_from(refusions))},
                "benefits": {
                    "domain": "work",
                    "state": "benefits",
                    "gross_per_month": 12_345,
                    "committee": "employment",
                }
                | {"class": "transfer", "refusion": draw(st.sampled_from(refusions))},
                "support": {"domain": "housing", "state": "home", "gross_per_year": 900_001, **line}
                | draw(st.sampled_from(({}, supported))),
                "tax": {"domain": "work", "state": "work", "gross_per_year": 30_003, "committee": "finance"}
                | {"class": "financing"},
                "flat": {"domain": "housing", "state": "home", "gross_per_year": 20_001, "committee": "social"}
                | {"class": "capital", "refilled": draw(st.sampled_from((0, Decimal("0.35"))))},
            },
            "price_index": index,
            "discounting": draw(st.sampled_from(discounting)),
            "purse": draw(purses()),
            "optimism_haircut": draw(haircuts()),
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
                "Banken": {"role": "investor", "fondsmoms": draw(st.booleans() | st.just(Decimal("0.1")))},
                FUND: {"role": "fund", "in_purse": True},
                "Landsbyggefonden": {"role": "payer"},
                "Bikubenfonden": {"role": "guarantor", "fondsmoms": draw(st.booleans())},
            },
            "designs": draw(designs(years, cost_months, start.replace(year=start.year + horizon))),
        }
    )
