"""Payment, the second stage of settlement: what is entitled to date becomes what each party pays and receives.

Settling is to entitle (see `entitlement`), to pay within the limits, and to split between payers. Paying takes what is
entitled to date less what lapsed or was paid, applies the limits in a fixed order, and carries all memory in a
`Position`: pure, array-valued, whole øre, one row for each contract instance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .dates import budget_year, growth_ppb, simple_growth_ppb
from .money import PPB, PPM, Ore, muldiv, parts
from .plans import LimitPlan, Plan


@dataclass(frozen=True)
class Position:
    """All that paying remembers, by row and column (clauses, then floor and guarantee); øre.

    The account is rounded on every day on which anything happens in any row, also a draw of nothing: a log that is to
    give the same øre has the same days.

    paid, lapsed [row, column]; paid_year [row] in `year`; account [row] is what the return ceiling still
    allows, on `day` (proleptic ordinal); drawn [row]; ended [row] bool.
    """

    paid: Ore
    lapsed: Ore
    paid_year: Ore
    account: Ore
    drawn: Ore
    ended: NDArray[np.bool_]
    day: int
    year: int


def opening(plan: Plan, rows: int) -> Position:
    """The position before anything has been drawn or paid, on the day the contract starts."""

    def nothing(*shape: int) -> Ore:
        return np.zeros(shape, np.int64)

    columns = len(plan.columns)
    return Position(
        paid=nothing(rows, columns),
        lapsed=nothing(rows, columns),
        paid_year=nothing(rows),
        account=nothing(rows),
        drawn=nothing(rows),
        ended=np.zeros(rows, bool),
        day=plan.start_day,
        year=0,
    )


def draw(plan: Plan, position: Position, day: int, amount: Ore) -> Position:
    """Capital drawn on a day, amount[row] in øre: it adds to what the return ceiling allows.

    Capital drawn on a statement day is drawn before it is settled; the end comes after.
    """
    now = _advance(plan, position, day)
    return replace(now, drawn=now.drawn + amount, account=now.account + amount)


def pay(plan: Plan, position: Position, to_date: Ore, day: int) -> tuple[Position, Ore, Ore]:
    """Settle what is entitled to date, to_date[row, clause], on a statement day.

    Returns the new position, what is paid now [row, column], and what each limit cut [limit, row, column], limits in
    the order of `plan.limits`: clause, metric, year, total, return ceiling; limits of one kind as they were agreed.
    Earlier clauses are served first, each within the room of every limit, and only what is paid uses the room of a
    limit: settling twice pays once. What is entitled below what was paid is set off against the clause's later amounts
    (or any clause's), or, where the terms say so, repaid now: a negative amount, which makes room in the limits. What
    lapsed counts as settled in this, and is given up first. The columns of a clause that was amended are netted with
    each other.
    """
    now = _advance(plan, position, day)
    clauses = len(plan.clauses)
    lapsed = now.lapsed.copy()
    claim, over = np.zeros_like(now.paid), np.zeros_like(now.paid)
    claim[:, :clauses] = to_date - lapsed[:, :clauses] - now.paid[:, :clauses]
    claim = np.where(now.ended[:, None], 0, claim)
    claim, over = np.maximum(claim, 0), np.maximum(-claim, 0)
    given_up = np.minimum(over, lapsed)
    lapsed, over = lapsed - given_up, over - given_up
    for columns in map(list, plan.replaced):
        netted = _netted(plan.repays, *(cells[:, columns] for cells in (now.paid, lapsed, claim, over)))
        lapsed[:, columns], claim[:, columns], over[:, columns] = netted
    if plan.sets_off_anywhere:
        claim, over = _cancelled(claim, over)
    back = -over if plan.repays else np.zeros_like(over)
    after, paid, cuts = _within_limits(plan, replace(_with_payment(plan, now, back), lapsed=lapsed), claim)
    return after, back + paid, cuts


def _netted(repays: bool, paid: Ore, lapsed: Ore, claim: Ore, over: Ore) -> tuple[Ore, Ore, Ore]:
    """What has lapsed, is claimed and is overpaid [row, column] in the columns of one clause, held against each other.

    Nothing moves between payers by this: what is overpaid in one column lessens what others claim, then what lapsed in
    them. Where it is repaid, that is so only of what the column itself was never paid (a value that fell under new
    terms); what is left of it is repaid by those who were paid, and what they were paid too much frees what lapsed.
    """
    own = np.minimum(over, np.maximum(paid, 0)) if repays else np.zeros_like(over)
    rest = over - own
    claim, rest = _cancelled(claim, rest)
    lapsed, rest = _cancelled(lapsed, rest)
    if not repays:
        return lapsed, claim, rest
    kept, _ = _cancelled(lapsed, own)
    more = _served_in_order(np.maximum(paid, 0) - own, rest.sum(axis=1))
    return kept, claim + lapsed - kept, own + more


def _cancelled(one: Ore, other: Ore) -> tuple[Ore, Ore]:
    """Two amounts [row, column] that cancel each other in all, earlier columns first."""
    amount = np.minimum(one.sum(axis=1), other.sum(axis=1))
    return one - _served_in_order(one, amount), other - _served_in_order(other, amount)


def close(
    plan: Plan, position: Position, day: int, rows: NDArray[np.bool_], early: bool = False
) -> tuple[Position, Ore, Ore]:
    """End the contract for the chosen rows: the agreed floor and guarantee fall due, and nothing after.

    The floor, and the compensation for an early end, are paid within the same limits as the clauses; the guarantor pays
    outside them. What was found since the last statement is not paid. Returns as `pay`.
    """
    now = _advance(plan, position, day)
    ending = rows & ~now.ended
    claim = np.zeros_like(now.paid)
    if plan.early_column is not None and early:
        claim[:, plan.early_column] = np.where(ending, plan.early_amount, 0)
    if plan.floor_column is not None:
        least = muldiv(now.drawn, plan.floor_share, PPM) - received(plan, now.paid + claim)
        claim[:, plan.floor_column] = np.where(ending, np.maximum(least, 0), 0)
    now, paid, cuts = _within_limits(plan, now, claim)
    if plan.guarantee_column is not None:
        short = np.maximum(now.drawn - received(plan, now.paid), 0)
        called = np.where(ending, np.minimum(short, plan.guarantee_amount), 0)
        paid[:, plan.guarantee_column] += called
        whole = now.paid.copy()
        whole[:, plan.guarantee_column] += called
        now = replace(now, paid=whole)
    return replace(now, ended=now.ended | ending), paid, cuts


def split(plan: Plan, before: Ore, after: Ore) -> Ore:
    """Payers' parts [row, column, payer] of what was settled between two cumulative positions [row, column].

    Cumulative amounts are split and their differences taken: the parts add to the whole, and drift by at most one øre.
    A single part can therefore be −1 øre. Where a payer has a limit, its parts stop there, earlier clauses first, and
    nobody pays the rest; a guarantor pays outside its limit.
    """
    result = np.zeros((*before.shape, len(plan.payers)), np.int64)
    for column, (who, shares) in enumerate(plan.payer_shares):
        result[:, column, who] = parts(after[:, column], shares) - parts(before[:, column], shares)
    for payer, columns, cap in _capped(plan):
        whole = result[:, columns, payer]
        until, since = (_cumulative_part(plan, paid, columns, payer) for paid in (after, before))
        unpaid = whole.sum(axis=1) - (np.minimum(until, cap) - np.minimum(since, cap))
        up, down = np.maximum(whole, 0), np.maximum(-whole, 0)
        up = _served_in_order(up, up.sum(axis=1) - np.maximum(unpaid, 0))
        down = _served_in_order(down, down.sum(axis=1) + np.minimum(unpaid, 0))
        result[:, columns, payer] = up - down
    return result


def received(plan: Plan, paid: Ore) -> Ore:
    """What the investors have received in all [row], of what was settled in all [row, column]."""
    total: Ore = paid.sum(axis=1)
    for payer, columns, cap in _capped(plan):
        total = total - np.maximum(_cumulative_part(plan, paid, columns, payer) - cap, 0)
    return total


def _capped(plan: Plan) -> Iterator[tuple[int, list[int], int]]:
    """Payers with a limit: index, the columns that it is on, øre."""
    for payer, cap in enumerate(plan.payer_caps):
        if cap is not None:
            paying = (c for c, (who, _) in enumerate(plan.payer_shares) if payer in who)
            yield payer, [c for c in paying if c != plan.guarantee_column], cap


def _cumulative_part(plan: Plan, paid: Ore, columns: Sequence[int], payer: int) -> Ore:
    """A payer's part [row] of some columns in all, without its limit."""
    total = np.zeros(len(paid), np.int64)
    for column in columns:
        who, shares = plan.payer_shares[column]
        total = total + parts(paid[:, column], shares)[:, who.index(payer)]
    return total


def to_investors(plan: Plan, before: Ore, after: Ore) -> Ore:
    """Capital providers' parts [row, provider] of an amount between two cumulative totals [row] (draws or payments)."""
    return parts(after, plan.capital_shares) - parts(before, plan.capital_shares)


def _advance(plan: Plan, position: Position, day: int) -> Position:
    """The position on a later day: what the return account has grown to, and what has been paid in the year."""
    account = position.account
    if plan.ceiling is not None and plan.ceiling.simple:
        growth = simple_growth_ppb(plan.ceiling.rate, position.day, day, plan.ceiling.accrual)
        account = account + muldiv(position.drawn, growth, PPB)
    elif plan.ceiling is not None:
        growth = growth_ppb(plan.ceiling.rate, plan.ceiling.accrual, position.day, day)
        account = account + muldiv(account, growth, PPB)
    elif day < position.day:
        raise ValueError("time runs forward")
    year = budget_year(day, plan.year_begins)
    paid_year = position.paid_year if year == position.year else np.zeros_like(position.paid_year)
    return replace(position, account=account, paid_year=paid_year, day=day, year=year)


def _within_limits(plan: Plan, now: Position, claim: Ore) -> tuple[Position, Ore, Ore]:
    """Pay claims, which are not below zero, within the limits."""
    cuts = np.zeros((len(plan.limits), *claim.shape), np.int64)
    lapsed, allowed = now.lapsed.copy(), claim.copy()
    rooms = {n: np.maximum(_room(plan, now, limit), 0) for n, limit in enumerate(plan.limits) if _holds(limit, now.day)}
    for column in range(claim.shape[1]):
        mine = [n for n in rooms if not plan.limits[n].columns or column in plan.limits[n].columns]
        for n in mine:
            cut = np.maximum(allowed[:, column] - rooms[n], 0)
            cuts[n, :, column] = cut
            allowed[:, column] -= cut
            if plan.limits[n].lapses:
                lapsed[:, column] += cut
        for n in mine:
            rooms[n] = rooms[n] - allowed[:, column]
    return replace(_with_payment(plan, now, allowed), lapsed=lapsed), allowed, cuts


def _holds(limit: LimitPlan, day: int) -> bool:
    return limit.since <= day < limit.until


def _room(plan: Plan, now: Position, limit: LimitPlan) -> Ore:
    """What a limit leaves [row]."""
    if limit.kind == "return_ceiling":
        return now.account
    if limit.kind == "per_year":
        return limit.amount - now.paid_year
    paid = now.paid[:, list(limit.columns)].sum(axis=1) if limit.columns else _by_payers(plan, now.paid)
    return limit.amount - paid


def _with_payment(plan: Plan, now: Position, paid: Ore) -> Position:
    """The position after a payment [row, column]."""
    total = paid.sum(axis=1)
    account = now.account - total if plan.ceiling is not None else now.account
    return replace(now, paid=now.paid + paid, paid_year=now.paid_year + total, account=account)


def _by_payers(plan: Plan, paid: Ore) -> Ore:
    """Paid in all under the contract; a guarantor's payment is not the payers'."""
    columns = [c for c in range(paid.shape[1]) if c != plan.guarantee_column]
    total: Ore = paid[:, columns].sum(axis=1)
    return total


def _served_in_order(claim: Ore, room: Ore) -> Ore:
    before = np.cumsum(claim, axis=1) - claim
    return np.clip(room[:, None] - before, 0, claim)
