"""A pool's design compiled: amounts in øre, shares in millionths, and which kinds of investment it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from contracts.money import PPB, PPM, Ore, muldiv, ore, ppb, ppm
from scenarios.pool import Counted, Investment, PoolDesign, PoolScenario, Repayment
from scenarios.prices import divisors

from .pipeline import Kind, by_month

CALLS = {"once": (0,), "twice": (0, 6), "rolling": tuple(range(12))}
"""Months of the year in which applications are decided."""


@dataclass(frozen=True)
class PoolTerms:
    """A design as the calculation reads it.

    paid_in [year]: capital and top-ups; prices [kind]: for one result, where they are paid for; own_share: of every
    loan that is the pool's; payback [kind]: years, or none; net_gain [kind]: claimed gain less cost, øre; taken [kind]:
    whether the payback limit lets it in; index [year since approval]: in millionths.
    """

    design: PoolDesign
    paid_in: Ore
    calls: tuple[int, ...]
    own_share: int
    payback: tuple[Decimal | None, ...]
    net_gain: tuple[int, ...]
    taken: tuple[bool, ...]
    room: int | None
    prices: Ore
    retained: int
    interest: int
    index: tuple[int, ...]
    department_share: int
    guarantee: int


def compile_pool(pool: PoolScenario, design: PoolDesign, kinds: tuple[Kind, ...], claims: tuple[int, ...]) -> PoolTerms:
    """The terms of a design for a pipeline's kinds. claims [kind]: what applications claim, in millionths."""
    years, repayment = pool.years, design.repayment
    last = years if design.top_up_years is None else min(design.top_up_years + 1, years)
    paid_in = np.zeros(years, np.int64)
    paid_in[1:last] = ore(design.top_up)
    paid_in[0] += ore(design.capital)
    limit = design.payback_limit
    factors = divisors(pool.discounting, None, range(pool.start.year, pool.start.year + 100))
    certain = PPM - ppm(design.haircut)
    counted = limit.counted if limit else "cumulative"
    payback = tuple(
        payback_years(kind, muldiv(claim, certain, PPM), counted, factors)
        for kind, claim in zip(kinds, claims, strict=True)
    )
    return PoolTerms(
        design=design,
        paid_in=paid_in,
        calls=CALLS[design.calls],
        own_share=PPM - (ppm(design.co_investment.share) if design.co_investment else 0),
        payback=payback,
        net_gain=tuple(
            muldiv(int(kind.claimed[-1]), muldiv(claim, certain, PPM), PPM) - int(kind.cost[-1])
            for kind, claim in zip(kinds, claims, strict=True)
        ),
        taken=tuple(limit is None or (each is not None and each <= limit.years) for each in payback),
        room=None if design.spending_room is None else ore(design.spending_room),
        prices=np.array([_price(each, repayment) for each in pool.investments.values()], np.int64),
        retained=ppm(repayment.retained),
        interest=ppb(repayment.interest),
        index=_powers(repayment.index, years),
        department_share=ppm(design.loss.department_share),
        guarantee=ore(design.loss.guarantee),
    )


def _price(investment: Investment, repayment: Repayment) -> int:
    """Øre for one result; nothing where results are not paid for."""
    if repayment.basis != "outcome":
        return 0
    own = investment.price_per_result
    return ore(own if own is not None else repayment.price_per_result or 0)


def _powers(rate: Decimal, count: int) -> tuple[int, ...]:
    """(1 + rate)^n in millionths for n from 0."""
    return tuple(round((1 + rate) ** number * PPM) for number in range(count + 1))


def payback_years(kind: Kind, claim: int, counted: Counted, divided_by: Sequence[float]) -> Decimal | None:
    """Years until an investment has paid back by what is claimed (claim in millionths), or none if it never does.

    divided_by: what each year of its age is divided by to have its present value.

    By `cumulative` and `discounted` it is the month after which gains to date never again fall below costs to date.
    """
    cost, gain = np.diff(kind.cost[::12]), muldiv(np.diff(kind.claimed[::12]), claim, PPM)
    if counted == "full_phase_in":
        best = int(gain.max())
        return Decimal(int(cost.sum())) / best if best > 0 else None
    if counted == "discounted":
        factors = np.array([round(PPB / each) for each in divided_by[: len(cost)]], np.int64)
        cost, gain = muldiv(cost, factors, PPB), muldiv(gain, factors, PPB)
    short = np.flatnonzero(by_month(gain - cost, 0) < 0)
    if len(short) == 0:
        return Decimal(0)
    months = int(short[-1]) + 1
    return Decimal(months) / 12 if months <= 12 * len(cost) else None
