"""Settlement once more, for one contract, in plain loops over fractions: what the array code must agree with.

It follows the rules as contracts.terms and contracts.settlement document them and shares no code with the settlement.
Amounts are whole øre; what is nothing is left out of every dictionary of the result.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import NamedTuple, TypeVar

from contracts.terms import NoRepayment, SavingsShare, Terms, UnitPrice, statement_dates

BILLION = 10**9
Key = TypeVar("Key", str, tuple[str, str])


class Fact(NamedTuple):
    """Something found: outcomes in whole ones (9.6 citizens), savings in øre; no person for a count or a cohort."""

    person: int | None
    day: dt.date
    statement: int
    metric: str
    point: int
    quantity: Fraction


class Line(NamedTuple):
    """What one fact, by its number, earns by one clause, and what the limit per person cuts off."""

    fact: int
    clause: str
    gross: int
    cut: int = 0


@dataclass
class Settled:
    """One statement, or the closing: entitled to date by clause, cuts by (kind of limit, column), and what is paid."""

    entitled: dict[str, int]
    cuts: dict[tuple[str, str], int]
    paid: dict[str, int]
    parts: dict[tuple[str, str], int]
    receipts: dict[str, int]


@dataclass
class Settlement:
    """The whole of a contract."""

    lines: list[Line]
    statements: list[Settled]
    closing: Settled


def rounded(exact: Fraction) -> int:
    """To the nearest whole number, a half away from zero."""
    size = floor(abs(exact) + Fraction(1, 2))
    return size if exact >= 0 else -size


def settle(terms: Terms, facts: Sequence[Fact], draws: Iterable[tuple[dt.date, int]], end: dt.date) -> Settlement:
    """Day by day: capital drawn, then results settled, then the end. A draw of nothing still makes a day."""
    days, purse = statement_dates(terms), _Purse(terms)
    lines = _lines(terms, facts)
    draws, settled = list(draws), {}
    for day in sorted({*days, end, *(when for when, _ in draws)}):
        purse.wait_until(day)
        purse.draw(sum(amount for when, amount in draws if when == day))
        if day in days:
            to_date = _entitled(terms, facts, lines, days.index(day), day)
            settled[day] = purse.pay(to_date, to_date if day <= end else {})
        if day == end:
            closing = purse.close()
    return Settlement(lines, [settled[day] for day in days], closing)


def _lines(terms: Terms, facts: Sequence[Fact]) -> list[Line]:
    lines = []
    for name, clause in terms.clauses.items():
        if isinstance(clause, UnitPrice):
            for number, fact in enumerate(facts):
                if fact.metric == clause.metric and clause.prices.get(fact.point):
                    lines.append(Line(number, name, rounded(fact.quantity * clause.prices[fact.point] * 100)))
        elif isinstance(clause, SavingsShare):
            found = [number for number, fact in enumerate(facts) if fact.metric == clause.metric]
            saving = Fraction(0)
            for number in sorted(found, key=lambda number: (facts[number].statement, facts[number].day)):
                before, saving = saving, saving + facts[number].quantity
                lines.append(Line(number, name, _earned(clause, saving) - _earned(clause, before)))
    return _cut_by_person(terms, facts, lines)


def _earned(clause: SavingsShare, saving: Fraction) -> int:
    earned = 0
    for tier in clause.tiers:
        if saving <= 0:
            break
        share = Fraction(tier.share)
        if tier.until_earned is None:
            return earned + rounded(saving * share)
        step = tier.until_earned * 100 - earned
        width = rounded(step / share)
        if saving < width:
            return earned + rounded(saving * share)
        earned, saving = earned + step, saving - width
    return earned


def _cut_by_person(terms: Terms, facts: Sequence[Fact], lines: list[Line]) -> list[Line]:
    cap = next((limit.amount * 100 for limit in terms.limits if limit.kind == "per_person"), None)
    names, had, result = list(terms.clauses), Counter[int](), []

    def served(line: Line) -> tuple[int, dt.date, int, int]:
        fact = facts[line.fact]
        return fact.statement, fact.day, names.index(line.clause), fact.point

    for line in sorted(lines, key=served):
        person = facts[line.fact].person
        if cap is not None and person is not None and terms.clauses[line.clause].kind == "unit_price":
            line = line._replace(cut=max(line.gross - (cap - had[person]), 0))
            had[person] += line.gross - line.cut
        result.append(line)
    return result


def _entitled(terms: Terms, facts: Sequence[Fact], lines: list[Line], statement: int, day: dt.date) -> dict[str, int]:
    entitled = Counter[str]()
    for line in lines:
        if facts[line.fact].statement <= statement:
            entitled[line.clause] += line.gross - line.cut
    for name, clause in terms.clauses.items():
        if clause.kind == "scheduled":
            for when, kroner in clause.amounts.items():
                due = when if isinstance(when, dt.date) else dt.date(when, 12, 31)
                entitled[name] += kroner * 100 if due <= day else 0
    return _something(entitled)


class _Purse:
    """What has been drawn and paid so far, and what the return ceiling still allows."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.payers = {n: c.payers for n, c in terms.clauses.items() if not isinstance(c, NoRepayment)}
        if terms.floor:
            self.payers["floor"] = terms.floor.payers
        if terms.guarantee:
            self.payers["guarantee"] = {terms.guarantee.by: Decimal(1)}
        self.day, self.account, self.drawn = terms.start, 0, 0
        self.paid, self.lapsed, self.by_year = Counter[str](), Counter[str](), Counter[int]()

    def wait_until(self, day: dt.date) -> None:
        for limit in self.terms.limits:
            if limit.kind == "return_ceiling":
                factor = growth(limit.rate, limit.accrual, self.day, day)
                self.account += rounded(Fraction(self.account * factor, BILLION))
        self.day = day

    def draw(self, amount: int) -> None:
        self.drawn += amount
        self.account += amount

    def pay(self, entitled: dict[str, int], claimed: Mapping[str, int]) -> Settled:
        claims = {n: max(claimed.get(n, 0) - self.lapsed[n] - self.paid[n], 0) for n in self.payers}
        claims, cuts = self._limited(claims)
        return self._book(entitled, claims, cuts)

    def close(self) -> Settled:
        claims, before = dict.fromkeys(self.payers, 0), self.paid.total()
        if self.terms.floor:
            least = rounded(self.drawn * Fraction(self.terms.floor.share_of_capital))
            claims["floor"] = max(least - before, 0)
        claims, cuts = self._limited(claims)
        if self.terms.guarantee:
            missing = max(self.drawn - before - sum(claims.values()), 0)
            claims["guarantee"] = min(missing, self.terms.guarantee.amount * 100)
        return self._book({}, claims, cuts)

    def _limited(self, claims: dict[str, int]) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
        claims, cuts = dict(claims), Counter[tuple[str, str]]()
        rooms = {
            "per_year": lambda limit: limit.amount * 100 - self.by_year[self.day.year],
            "total": lambda limit: limit.amount * 100 - self.paid.total(),
            "return_ceiling": lambda limit: self.account,
            "per_clause": lambda limit: limit.amount * 100 - self.paid[limit.clause],
        }
        for kind in ("per_clause", "per_year", "total", "return_ceiling"):
            for limit in (limit for limit in self.terms.limits if limit.kind == kind):
                room = rooms[kind](limit)
                for name in [n for n in claims if kind != "per_clause" or n == limit.clause]:
                    cut = max(claims[name] - max(room, 0), 0)
                    claims[name] -= cut
                    room -= claims[name]
                    cuts[kind, name] += cut
                    self.lapsed[name] += cut if limit.excess == "lapses" else 0
        return claims, _something(cuts)

    def _book(self, entitled: dict[str, int], paid: dict[str, int], cuts: dict[tuple[str, str], int]) -> Settled:
        parts = {
            (name, payer): part
            for name, shares in self.payers.items()
            for payer, part in _parts(shares, self.paid[name], self.paid[name] + paid[name]).items()
        }
        total, before = sum(paid.values()), self.paid.total()
        receipts = _parts(self.terms.capital, before, before + total)
        self.paid.update(paid)
        self.by_year[self.day.year] += total
        self.account -= total
        return Settled(entitled, cuts, _something(paid), _something(parts), _something(receipts))


def _parts(shares: Mapping[str, Decimal], before: int, after: int) -> dict[str, int]:
    parts, low = {}, Fraction(0)
    for name, share in shares.items():
        high = low + Fraction(share)
        part = {amount: rounded(amount * high) - rounded(amount * low) for amount in (before, after)}
        parts[name], low = part[after] - part[before], high
    return parts


@lru_cache(maxsize=4096)
def growth(rate: Decimal, accrual: str, since: dt.date, until: dt.date) -> int:
    """Growth in billionths, rounded down: the largest g with (1 + g)^365 ≤ (1 + rate)^days, found in whole numbers."""
    if accrual == "yearly":
        ends = [dt.date(year, 12, 31) for year in range(since.year, until.year + 1)]
        years = len([day for day in ends if since < day <= until])
        return floor(((1 + Fraction(rate)) ** years - 1) * BILLION)
    days = (until - since).days
    target = (1 + Fraction(rate)) ** days
    found = int((float(1 + rate) ** (days / 365) - 1) * BILLION)
    while Fraction(BILLION + found + 1, BILLION) ** 365 <= target:
        found += 1
    while Fraction(BILLION + found, BILLION) ** 365 > target:
        found -= 1
    return found


def _something(amounts: Mapping[Key, int]) -> dict[Key, int]:
    return {key: amount for key, amount in amounts.items() if amount}
