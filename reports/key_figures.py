"""The figures that the municipality sees for each design, each with its Monte Carlo error; numpy only.

Amounts are kroner, + is a gain against doing nothing. A figure without a number has a note instead: `none` (there is no
such number), `none_seen` (no replication shows it; the upper bound is 3/R), `not_applicable`, `not_unique` (an internal
rate of return with several roots), `unbounded`, `never_below` (the purse is never below zero in most replications).
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from contracts.compiled import compile_terms
from contracts.plans import AnyPlan, BandPlan, Plan, PricePlan, SavingsPlan
from scenarios.model import Scenario
from simulations import statistics as st
from simulations.earned import pays_for_results
from simulations.maximum import UNBOUNDED
from simulations.months import MONTH, YEAR, date_of, day_of
from simulations.results import DesignResult, Line, key_result
from simulations.run import Results
from simulations.statistics import NOTHING, Estimate, Floats

from .break_even import Crossing

FIGURES = (
    "net_gain", "net_gain_p5", "net_gain_p50", "net_gain_p95", "loss_probability", "mean_loss", "worst_5_percent",
    "risk_moved", "price_of_risk", "price_investor_return", "price_fees", "price_state_co_payment", "liquidity_low",
    "liquidity_low_p5", "liquidity_low_year", "investor_multiple", "investor_largest_exposure", "investor_irr",
    "investor_loss_share", "payback_year", "never_paid_back", "break_even_effect", "service_room_shortfall",
    "service_room_low", "maximum_payment", "expected_payment", "enrolled", "cost_per_extra_result", "paid_anyway",
    "gain_after_last_evidence", "difference_from_ordinary",
)  # fmt: skip
"""Keys of the figures, in their order."""


@dataclass(frozen=True)
class Figure:
    """One figure of one design; unit: kr, share, rate, year, factor or citizens."""

    design: str
    figure: str
    estimate: Estimate
    unit: str
    note: str = ""


Found = Iterator[tuple[str, Estimate, str, str]]
KRONE = 0.01


@dataclass(frozen=True)
class _Seen:
    """A design's result with the reference's, and what both need: present values in kroner."""

    scenario: Scenario
    years: tuple[int, ...]
    name: str
    mine: DesignResult
    other: DesignResult

    @cached_property
    def plan(self) -> Plan | None:
        terms = self.scenario.terms(self.name)
        return None if terms is None else compile_terms(terms)

    def value(self, cash: st.Numbers) -> Floats:
        """Present value in kroner of øre [R, Y]."""
        return st.present_value(cash, self.scenario.discount_divisors) * KRONE


def reference(results: Results) -> str:
    """The design that others are compared with: the first ordinary budget, or the first design if there is none."""
    kinds = {name: results.scenario.designs[name].kind for name in results.designs}
    return next((name for name, kind in kinds.items() if kind == "ordinary_budget"), next(iter(kinds)))


def key_figures(results: Results, reference: str, break_even: Mapping[str, Crossing] | None = None) -> Iterator[Figure]:
    """Every figure of every design, in the order of `FIGURES`; a break-even effect not looked for is not applicable."""
    for name, mine in results.designs.items():
        seen = _Seen(results.scenario, results.years, name, mine, results.designs[reference])
        crossing = break_even[name] if break_even is not None else Crossing(NOTHING, "not_applicable")
        figures = [figure for part in _PARTS for figure in part(seen)]
        figures.append(("break_even_effect", crossing.scale, "factor", crossing.note))
        yield from (Figure(name, *figure) for figure in sorted(figures, key=lambda figure: FIGURES.index(figure[0])))


def _noted(key: str, estimate: Estimate, unit: str, note: str = "none") -> tuple[str, Estimate, str, str]:
    """A figure that keeps its note only where it has no value."""
    return key, estimate, unit, note if estimate.value is None else ""


def share_seen(key: str, seen: NDArray[np.bool_]) -> tuple[str, Estimate, str, str]:
    """A probability; one that is never seen has no value but an upper bound."""
    found = st.probability(seen)
    if seen.any():
        return key, found, "share", ""
    return key, Estimate(None, None, found.low, found.high), "share", "none_seen"


def _gain(seen: _Seen) -> Found:
    """Net gain: the present value of the purse's net, its spread and its losses."""
    gain = seen.value(seen.mine.net)
    yield "net_gain", st.mean(gain), "kr", ""
    for key, p in (("net_gain_p5", 0.05), ("net_gain_p50", 0.5), ("net_gain_p95", 0.95)):
        yield key, st.quantile(gain, p), "kr", ""
    yield share_seen("loss_probability", gain < 0)
    yield _noted("mean_loss", st.mean_loss(gain), "kr")
    yield "worst_5_percent", st.worst_mean(gain), "kr", ""


def _price(seen: _Seen) -> Found:
    """Risk moved and what moves it: the price is the sum of its parts where the designs differ in nothing else.

    The parts are the design's less the reference's: what providers outside the purse receive less their capital, the
    contract's overhead with fondsmoms and the expected sanction, and (negative, a help) what payers outside the purse
    pay; all present values.
    """
    mine, other = seen.mine, seen.other
    gain, reference = seen.value(mine.net), seen.value(other.net)
    moved = st.risk_moved(reference, gain)
    none = moved.value is None or moved.value <= 2 * (moved.error or 0)
    yield "risk_moved", moved, "kr", ""
    yield _noted("price_of_risk", NOTHING if none else st.difference(reference, gain), "kr")
    outside = st.difference(seen.value(mine.outside), seen.value(other.outside))
    yield "price_investor_return", outside, "kr", ""
    fees = _fees(seen, mine) - _fees(seen, other)
    error = None if _fees_vary(mine) or _fees_vary(other) else 0.0
    yield "price_fees", Estimate(fees, error, *((None, None) if error is None else (fees, fees))), "kr", ""
    yield "price_state_co_payment", st.difference(seen.value(other.co_payment), seen.value(mine.co_payment)), "kr", ""
    yield "difference_from_ordinary", st.difference(gain, reference), "kr", ""


def _fees(seen: _Seen, result: DesignResult) -> float:
    """Mean present value of overhead, fondsmoms and the expected sanction; kroner."""
    total = [totals.total for line, totals in result.lines.items() if line.what == "transaction" or _varies(line)]
    paid = -np.sum(total, axis=0, dtype=np.int64).reshape(1, -1) if total else np.zeros((1, 1), np.int64)
    return float(seen.value(paid)[0]) / len(result.net)


def _varies(line: Line) -> bool:
    """Whether a line of fees differs by replication; the overhead is the same in every one."""
    return line.what == "sanction" or line.what.startswith("fondsmoms:")


def _fees_vary(result: DesignResult) -> bool:
    return any(_varies(line) for line in result.lines)


def _liquidity(seen: _Seen) -> Found:
    """The purse's undiscounted yearly cash: its low point, and when it is paid back."""
    low = st.liquidity(seen.mine.net)
    yield "liquidity_low", low.median.scaled(KRONE), "kr", ""
    yield "liquidity_low_p5", low.p5.scaled(KRONE), "kr", ""
    yield _noted("liquidity_low_year", _year(seen, low.year) if low.median.value else NOTHING, "year")
    paid_back = st.payback_index(seen.mine.net)
    if (np.cumsum(seen.mine.net, axis=1) >= 0).all(axis=1).mean() > 0.5:
        yield "payback_year", NOTHING, "year", "never_below"
    else:
        yield _noted("payback_year", _year(seen, st.quantile(paid_back, 0.5)), "year")
    yield share_seen("never_paid_back", np.isinf(paid_back))


def _year(seen: _Seen, index: Estimate) -> Estimate:
    """A calendar year from a year's index."""
    first = seen.years[0]
    value, low, high = (None if x is None else x + first for x in (index.value, index.low, index.high))
    return Estimate(value, index.error, low, high)


def _investors(seen: _Seen) -> Found:
    """The providers of capital taken together, a fund inside the purse too: the deal as a whole."""
    mine = seen.mine
    note = "none" if seen.plan is not None else "not_applicable"
    drawn = seen.plan is not None and bool(mine.drawn.any())
    yield _noted("investor_multiple", st.ratio(mine.paid, mine.drawn), "factor", note)
    exposure = st.mean(mine.exposure).scaled(KRONE) if seen.plan is not None else NOTHING
    yield _noted("investor_largest_exposure", exposure, "kr", note)
    rate, why = internal_rate(mine.investor_flow) if drawn else (None, note)
    yield _noted("investor_irr", Estimate(rate), "rate", why)
    if drawn:
        yield share_seen("investor_loss_share", mine.paid < mine.drawn)
    else:
        yield "investor_loss_share", NOTHING, "share", note


def internal_rate(flow: Mapping[int, int]) -> tuple[float | None, str]:
    """The internal rate of return of amounts by instant, or a note why there is none.

    Time is the simulator's own, years of twelve equal months, so that capital put in on 1 January and repaid on 31
    December has been out for exactly a year. A flow that changes sign once has one rate. Where it changes sign more
    often (capital is still drawn while payments come in), present values between −99 % and 1,000 % are searched: the
    note is `not_unique` unless exactly one of these rates gives zero. `none` where nothing comes back.
    """
    import pyxirr

    amounts = {instant: float(amount) for instant, amount in sorted(flow.items()) if amount}
    values = list(amounts.values())
    if not any(value > 0 for value in values) or not any(value < 0 for value in values):
        return None, "none"
    guess = None
    if not pyxirr.is_conventional_cash_flow(values):
        roots = _roots(amounts)
        if len(roots) != 1:
            return None, "not_unique"
        guess = roots[0]
    # sums over many replications are large, and the search for a rate stops at an absolute precision
    largest = max(abs(value) for value in values)
    days = [dt.date(2000, 1, 1) + dt.timedelta(instant) for instant in amounts]  # any date: only distances count
    rate = pyxirr.xirr(
        days, [value / largest for value in values], guess=guess, silent=True, day_count=pyxirr.DayCount.ACT_360
    )
    return (None, "none") if rate is None else (round(float(rate), 12) + 0.0, "")


def _roots(amounts: Mapping[int, float]) -> list[float]:
    """Rates near which the present value changes sign."""
    growth = np.linspace(math.log(0.01), math.log(11), 5000)
    first = min(amounts)
    value = np.zeros_like(growth)
    for instant, amount in amounts.items():
        value += amount * np.exp(-growth * (instant - first) / YEAR)
    return [float(rate) for rate in np.expm1(growth[1:])[value[1:] * value[:-1] <= 0]]


def _service_room(seen: _Seen) -> Found:
    """The yearly effect on the room under the service ceiling: the year most often negative, and the lowest mean."""
    room = seen.mine.service_room
    short = room[:, int(np.argmax(np.count_nonzero(room < 0, axis=0)))] < 0
    yield share_seen("service_room_shortfall", short)
    lowest = room[:, int(np.argmin(room.sum(axis=0)))]
    yield "service_room_low", st.mean(lowest).scaled(KRONE), "kr", ""


def _payments(seen: _Seen) -> Found:
    """What all payers can come to pay, and do pay on average; who starts; what an extra key result costs the purse."""
    mine = seen.mine
    if seen.plan is None:
        yield "maximum_payment", NOTHING, "kr", "not_applicable"
        yield "expected_payment", NOTHING, "kr", "not_applicable"
    else:
        most = NOTHING if mine.maximum == UNBOUNDED else Estimate(mine.maximum * KRONE)
        yield _noted("maximum_payment", most, "kr", "unbounded")
        yield "expected_payment", st.mean(mine.paid - mine.guaranteed).scaled(KRONE), "kr", ""
    yield "enrolled", st.mean(mine.enrolled), "citizens", ""
    note = "none" if key_result(seen.scenario) else "not_applicable"
    yield _noted("cost_per_extra_result", st.ratio(mine.outlay * KRONE, mine.extra), "kr", note)


def _evidence(seen: _Seen) -> Found:
    """What is paid for results that would have come anyway, and how much of the gain nobody measures any more.

    A unit price pays anyway for who would have reached the goal without the intervention; a band what its clause would
    have paid had everybody lived without it.
    """
    plan = seen.plan
    with_, anyway = seen.mine.earned
    paying = plan is not None and any(pays_for_results(plan, clause) for clause in plan.clauses)
    note = "none" if paying else "not_applicable"
    yield _noted("paid_anyway", Estimate(anyway / with_) if with_ else NOTHING, "share", note)
    last = _last_measured(seen)
    saved = float(seen.mine.saving_year.sum())
    if last is None or saved <= 0:
        yield "gain_after_last_evidence", NOTHING, "share", "not_applicable" if last is None else "none"
    else:
        after = seen.mine.saving_year[np.array(seen.years) > last].sum()
        yield "gain_after_last_evidence", Estimate(float(after) / saved), "share", ""


def _last_measured(seen: _Seen) -> int | None:
    """The last year in which a fact that the contract pays for is measured; none if it pays for nothing measured."""
    plan = seen.plan
    if plan is None:
        return None
    return max((year for clause in plan.clauses for year in _measured_in(seen, plan, clause)), default=None)


def _measured_in(seen: _Seen, plan: Plan, clause: AnyPlan) -> Iterator[int]:
    """The last year in which a clause reads a fact; nothing where it reads none."""
    scenario = seen.scenario
    last = min(plan.end_day, clause.until - 1)
    if isinstance(clause, BandPlan) and clause.due:
        last = min(last, plan.statement_days[max(when.statement for when in clause.due)])
    if isinstance(clause, SavingsPlan):
        after = dt.date.fromordinal(last + 1)
        # certified when a year ends, and at the end of the horizon
        yield seen.years[-1] if after == scenario.end else after.year - 1
    delay = scenario.designs[seen.name].start_delay_months * MONTH
    since = seen.mine.last_start if scenario.follow_up_clock == "citizen" else delay
    begin = day_of(dt.date.fromordinal(max(plan.start_day, clause.since)), scenario.start)
    end = day_of(dt.date.fromordinal(last), scenario.start) + 1
    instants = [month * MONTH + since for month in _months_read(seen, plan, clause)]
    if scenario.follow_up_clock == "contract":
        instants = [instant for instant in instants if begin < instant <= end]
    if instants:
        yield date_of(min(max(instants), end) - 1, scenario.start).year


def _months_read(seen: _Seen, plan: Plan, clause: AnyPlan) -> Iterator[int]:
    """The follow-up months of outcomes that a clause, or a condition of it, reads."""
    tested = [plan.metrics[metric] for metric in clause.tested]
    for name, month in seen.mine.reached:
        mine = isinstance(clause, PricePlan | BandPlan) and name == plan.metrics[clause.metric]
        if isinstance(clause, PricePlan):
            mine &= bool(clause.tiers) or int(clause.price_at(np.array(month))) > 0
        elif isinstance(clause, BandPlan):
            mine &= not clause.months or month in clause.months
        if mine or name in tested:
            yield month


_PARTS = (_gain, _price, _liquidity, _investors, _service_room, _payments, _evidence)
