"""What is paid of what clauses earn, within the limits and by whom: the second half of the oracle."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import Any, TypeVar

from contracts.terms import Terms
from contracts.timetable import statement_dates

from .earning import Column, Fact, Line, columns_of, earned, lines_of, rounded

BILLION = 10**9
KINDS = ("per_clause", "per_metric", "per_year", "total", "return_ceiling")
Key = TypeVar("Key", str, tuple[str, str])
Cuts = Counter[tuple[str, str]]


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


def settle(terms: Terms, facts: Sequence[Fact], draws: Iterable[tuple[dt.date, int]], end: dt.date) -> Settlement:
    """Day by day: capital drawn, then results settled, then the end. A draw of nothing still makes a day."""
    days, columns, draws = list(statement_dates(terms)), columns_of(terms), list(draws)
    purse, settled = _Purse(terms, columns), {}

    def drawn_by(day: dt.date) -> int:
        return sum(amount for when, amount in draws if when <= day)

    for day in sorted({*days, end, *(when for when, _ in draws)}):
        purse.wait_until(day)
        purse.draw(drawn_by(day) - purse.drawn)
        if day in days:
            until = days[: days.index(day) + 1]
            to_date = earned(terms, columns, facts, until, [drawn_by(each) for each in until])
            settled[day] = purse.statement(to_date, ended=day > end)
        if day == end:
            early, to_date = end < days[-1], None
            if early and terms.early_end.results == "settled":
                before = [each for each in days if each < end]
                told = [f._replace(statement=min(f.statement, len(before))) for f in facts if _known(f, before, end)]
                until = [*before, end]
                to_date = earned(terms, columns, told, until, [drawn_by(each) for each in until])
            closing = purse.close(to_date, early)
    return Settlement(lines_of(terms, columns, facts), [settled[day] for day in days], closing)


def _known(fact: Fact, before: Sequence[dt.date], end: dt.date) -> bool:
    """Whether a fact is known at an end between statements: at the latest, it would have gone with the next one."""
    return fact.day <= end and fact.statement <= len(before)


class _Purse:
    """What has been drawn and paid so far, and what the return ceiling still allows."""

    def __init__(self, terms: Terms, columns: Sequence[Column]) -> None:
        self.terms, self.columns = terms, {column.title: column for column in columns}
        self.payers: dict[str, Mapping[str, Decimal]] = {column.title: column.clause.payers for column in columns}
        if terms.floor:
            self.payers["floor"] = terms.floor.payers
        if terms.early_end.compensation:
            self.payers["early end"] = terms.early_end.payers
        if terms.guarantee:
            self.payers["guarantee"] = {terms.guarantee.by: Decimal(1)}
        self.caps = {limit.payer: _ore(limit.amount) for limit in terms.limits if limit.kind == "per_payer"}
        self.day, self.account, self.drawn = terms.start, 0, 0
        self.paid, self.lapsed, self.by_day = Counter[str](), Counter[str](), Counter[dt.date]()

    def wait_until(self, day: dt.date) -> None:
        for limit in self.terms.limits:
            if limit.kind == "return_ceiling":
                simple = limit.method == "simple_average"
                factor = (simple_growth if simple else growth)(limit.rate, limit.accrual, self.day, day)
                self.account += rounded(Fraction((self.drawn if simple else self.account) * factor, BILLION))
        self.day = day

    def draw(self, amount: int) -> None:
        self.drawn += amount
        self.account += amount

    def statement(self, to_date: dict[str, int], ended: bool) -> Settled:
        before, cuts = self.paid.copy(), Cuts()
        if not ended:
            cuts = self._settle(to_date)
        return self._told(to_date, cuts, before)

    def close(self, to_date: dict[str, int] | None, early: bool) -> Settled:
        before, claims, cuts = self.paid.copy(), Counter[str](), Cuts()
        if to_date is not None:
            cuts = self._settle(to_date)
        if early:
            claims["early end"] = _ore(self.terms.early_end.compensation)
        if self.terms.floor:
            least = rounded(self.drawn * Fraction(self.terms.floor.share_of_capital))
            with_claims = {name: self.paid[name] + claims[name] for name in self.payers}
            claims["floor"] = max(least - self._received(with_claims), 0)
        cuts.update(self._within_limits(claims))
        if self.terms.guarantee:
            missing = max(self.drawn - self._received(self.paid), 0)
            self.paid["guarantee"] += min(missing, _ore(self.terms.guarantee.amount))
        return self._told(to_date or {}, cuts, before)

    def _settle(self, to_date: Mapping[str, int]) -> Cuts:
        owed = {name: to_date.get(name, 0) - self.lapsed[name] - self.paid[name] for name in self.columns}
        claims = {name: max(amount, 0) for name, amount in owed.items()}
        too_much = {name: max(-amount, 0) for name, amount in owed.items()}
        for name in owed:
            self._hold_against(name, too_much, name, self.lapsed)
        repaid = self._repaid(claims, too_much)
        if self.terms.overpayment == "set_off_anywhere":
            for name in owed:
                for other in owed:
                    self._hold_against(name, too_much, other, claims)
        for name, amount in repaid.items():
            self._pay(name, -amount)
        return self._within_limits(claims)

    def _repaid(self, claims: dict[str, int], too_much: dict[str, int]) -> dict[str, int]:
        """What each column repays, when all that can be is held against other columns of its clause."""
        repaid = dict.fromkeys(too_much, 0)
        if self.terms.overpayment == "repaid":
            for name, amount in too_much.items():
                repaid[name] = min(amount, max(self.paid[name], 0))
                too_much[name] -= repaid[name]
        for amounts in (claims, self.lapsed):
            for name, other in self._pairs():
                self._hold_against(name, too_much, other, amounts)
        if self.terms.overpayment == "repaid":
            left = dict(repaid)
            for name, other in self._pairs():
                claims[other] += self._hold_against(name, left, other, self.lapsed)
            for name, other in self._pairs():
                more = min(too_much[name], max(self.paid[other], 0) - repaid[other])
                too_much[name] -= more
                repaid[other] += more
        return repaid

    def _pairs(self) -> list[tuple[str, str]]:
        """The columns of each clause that was amended, two by two, and each with itself."""
        every = self.columns.items()
        same = [(a, b) for a, one in every for b, two in every if (one.name, _metric(one)) == (two.name, _metric(two))]
        amended = {a for a, b in same if a != b}
        return [(a, b) for a, b in same if a in amended]

    @staticmethod
    def _hold_against(name: str, amounts: dict[str, int], other: str, others: dict[str, int]) -> int:
        """Take the same off both."""
        both = min(amounts[name], others[other])
        amounts[name] -= both
        others[other] -= both
        return both

    def _within_limits(self, claims: Mapping[str, int]) -> Cuts:
        """Clause by clause, pay the most that every limit in force allows; who cuts is told in the order of kinds."""
        cuts = Cuts()
        for name in self.payers:
            allowed = claims.get(name, 0)
            for limit in sorted(self._limits(), key=lambda limit: KINDS.index(limit.kind)):
                if self._concerns(limit, name):
                    cut = max(allowed - max(self._room(limit), 0), 0)
                    allowed -= cut
                    cuts[limit.kind, name] += cut
                    self.lapsed[name] += cut if limit.excess == "lapses" else 0
            self._pay(name, allowed)
        return cuts

    def _limits(self) -> list[Any]:
        """The limits on money that are in force: those first agreed come first."""
        current = list(self.terms.limits)
        for amendment in self.terms.amendments:
            if amendment.from_ <= self.day and amendment.limits is not None:
                kept = [limit for limit in current if limit in amendment.limits]
                current = kept + [limit for limit in amendment.limits if limit not in current]
        return [limit for limit in current if limit.kind in KINDS]

    def _concerns(self, limit: Any, name: str) -> bool:
        if limit.kind == "per_clause":
            return name in self.columns and self.columns[name].name in (limit.clause, *limit.clauses)
        if limit.kind == "per_metric":
            return name in self.columns and getattr(self.columns[name].clause, "metric", None) == limit.metric
        return True

    def _room(self, limit: Any) -> int:
        if limit.kind == "return_ceiling":
            return self.account
        if limit.kind == "per_year":
            years = {day: day.year - (day.month < limit.begins) for day in (*self.by_day, self.day)}
            this_year = sum(paid for day, paid in self.by_day.items() if years[day] == years[self.day])
            return _ore(limit.amount) - this_year
        return _ore(limit.amount) - sum(paid for name, paid in self.paid.items() if self._concerns(limit, name))

    def _pay(self, name: str, amount: int) -> None:
        self.paid[name] += amount
        self.by_day[self.day] += amount
        self.account -= amount

    def _received(self, paid: Mapping[str, int]) -> int:
        """What reaches the providers of capital of amounts paid in all: a payer pays no more than its limit."""
        return sum(paid.values()) - sum(max(self._share(payer, paid) - cap, 0) for payer, cap in self.caps.items())

    def _share(self, payer: str, paid: Mapping[str, int]) -> int:
        """A payer's part of amounts paid in all, if it had no limit; what it guarantees is not in it."""
        split = (_parts(shares, 0, paid.get(name, 0)) for name, shares in self.payers.items() if name != "guarantee")
        return sum(parts.get(payer, 0) for parts in split)

    def _told(self, to_date: dict[str, int], cuts: Cuts, before: Counter[str]) -> Settled:
        parts = {
            (name, payer): part
            for name, shares in self.payers.items()
            for payer, part in _parts(shares, before[name], self.paid[name]).items()
        }
        for payer, cap in self.caps.items():
            since, until = self._share(payer, before), self._share(payer, self.paid)
            mine = [key for key in parts if key[1] == payer and key[0] != "guarantee"]
            excess = (until - since) - (min(until, cap) - min(since, cap))
            for key in reversed(mine):
                # what is too much is left unpaid by the last clauses; what is too little was left unpaid before
                less = min(excess, max(parts[key], 0)) if excess > 0 else max(excess, min(parts[key], 0))
                parts[key] -= less
                excess -= less
        paid = {name: self.paid[name] - before[name] for name in self.payers}
        receipts = _parts(self.terms.capital, self._received(before), self._received(self.paid))
        return Settled(to_date, _something(cuts), _something(paid), _something(parts), _something(receipts))


def _metric(column: Column) -> str | None:
    return getattr(column.clause, "metric", None)


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
        return floor(((1 + Fraction(rate)) ** _years(since, until) - 1) * BILLION)
    target = (1 + Fraction(rate)) ** (until - since).days
    found = int((float(1 + rate) ** ((until - since).days / 365) - 1) * BILLION)
    while Fraction(BILLION + found + 1, BILLION) ** 365 <= target:
        found += 1
    while Fraction(BILLION + found, BILLION) ** 365 > target:
        found -= 1
    return found


def simple_growth(rate: Decimal, accrual: str, since: dt.date, until: dt.date) -> int:
    """Interest in billionths of the capital, rounded down, without interest on interest."""
    years = _years(since, until) if accrual == "yearly" else Fraction((until - since).days, 365)
    return floor(Fraction(rate) * years * BILLION)


def _years(since: dt.date, until: dt.date) -> int:
    ends = [dt.date(year, 12, 31) for year in range(since.year, until.year + 1)]
    return len([day for day in ends if since < day <= until])


def _ore(kroner: Decimal) -> int:
    exact = Fraction(kroner) * 100
    assert exact.denominator == 1
    return int(exact)


def _something(amounts: Mapping[Key, int]) -> dict[Key, int]:
    return {key: amount for key, amount in amounts.items() if amount}
