"""What clauses earn of facts: the first half of the oracle, in plain loops over fractions.

Everything is found anew for each statement, from nothing but the facts that are known by then.
"""

import datetime as dt
import operator
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

from contracts.clauses import Band, Condition, Gate, SavingsShare, Scheduled, Threshold, UnitPrice
from contracts.terms import Terms

MILLION = 10**6
COMPARE = {"at_least": operator.ge, "above": operator.gt, "at_most": operator.le, "below": operator.lt}


class Fact(NamedTuple):
    """Something found: outcomes in whole ones (9.6 citizens), savings in øre; no person for a count or a cohort.

    of: how much was measured. group: the subgroup, or nothing.
    """

    person: int | None
    day: dt.date
    statement: int
    metric: str
    point: int
    quantity: Fraction
    of: Fraction = Fraction(1)
    group: str = ""


class Line(NamedTuple):
    """What one fact, by its number, earns by one clause, and what the limit per person cuts off."""

    fact: int
    clause: str
    gross: int
    cut: int = 0


class Column(NamedTuple):
    """A clause and the days on which it is in force: from `since` to before `until`. title: as statements call it.

    begun: from when on it counts what is found, also before it is in force, since it goes on with the clause before.
    """

    name: str
    title: str
    clause: Any
    since: dt.date
    until: dt.date
    begun: dt.date

    def counts(self, day: dt.date) -> bool:
        return self.begun <= day < self.until

    def before(self) -> "Column":
        return self._replace(since=self.begun, until=self.since)

    def holds(self, day: dt.date) -> bool:
        return self.since <= day < self.until


def rounded(exact: Fraction) -> int:
    """To the nearest whole number, a half away from zero."""
    size = floor(abs(exact) + Fraction(1, 2))
    return size if exact >= 0 else -size


def columns_of(terms: Terms) -> list[Column]:
    """Every clause that is ever in force, by name, then by date."""
    spans: dict[str, list[Column]] = {}
    agreed = [(dt.date.min, terms.clauses), *((each.from_, each.clauses) for each in terms.amendments)]
    for since, clauses in agreed:
        for name, clause in clauses.items():
            mine, begun = spans.setdefault(name, []), since
            if mine and mine[-1].until == dt.date.max:
                if mine[-1].clause == clause:
                    continue
                if clause is not None and _alike(mine[-1].clause) == _alike(clause) is not None:
                    begun = mine[-1].begun
                mine[-1] = mine[-1]._replace(until=since)
            if clause is not None:
                mine.append(Column(name, f"{name} {since}" if mine else name, clause, since, dt.date.max, begun))
    return [column for mine in spans.values() for column in mine if column.clause.kind != "none"]


def _alike(clause: Any) -> tuple[Any, ...] | None:
    """Clauses of which one goes on with the other where this is the same, and something."""
    if clause.kind == "band":
        each = clause.on == "each_measurement"
        return None if each else (clause.kind, clause.metric, clause.value, clause.on, bool(clause.due))
    if clause.kind == "unit_price":
        return clause.kind, clause.metric, clause.quota
    if clause.kind == "savings_share":
        return clause.kind, clause.metric, clause.less, clause.baseline is None
    return None


def earned(
    terms: Terms, columns: Sequence[Column], facts: Sequence[Fact], days: Sequence[dt.date], drawn: Sequence[int]
) -> dict[str, int]:
    """Øre by column to the last of these statement days, with the capital drawn by each of them."""
    known = [fact for fact in facts if fact.statement < len(days)]
    paid = Counter[str]()
    for line in lines_of(terms, columns, known):
        paid[line.clause] += line.gross - line.cut
    for column in columns:
        clause = column.clause
        if isinstance(clause, UnitPrice) and clause.quota is not None:
            paid[column.title] = _within_quota(column, known) - _within_quota(column.before(), known)
        elif isinstance(clause, UnitPrice) and clause.less:
            before = sum(gross for _, gross in _priced(column.before(), known))
            paid[column.title] = max(paid[column.title] + before, 0) - max(before, 0)
        elif isinstance(clause, Scheduled):
            due = [(due_day(terms, when), kroner) for when, kroner in clause.amounts.items()]
            paid[column.title] = int(sum(kroner for d, kroner in due if column.holds(d) and d <= days[-1]) * 100)
        elif isinstance(clause, Band):
            paid[column.title] = _banded(terms, column, known, days, drawn)
        for conditions, wanted in ((clause.only_if, True), (clause.unless, False)):
            for condition in conditions:
                if _met(condition, columns, known, paid) != wanted:
                    paid[column.title] = 0
        if isinstance(clause, Band) and not clause.due and column.since > column.begun:
            chain = [each for each in columns if (each.name, each.begun) == (column.name, column.begun)]
            earlier = sum(paid[each.title] for each in chain if each.until <= column.since)
            own = [fact for fact in _read(column, known) if column.holds(fact.day)]
            paid[column.title] = paid[column.title] - earlier if own else 0
    return {title: amount for title, amount in paid.items() if amount}


def lines_of(terms: Terms, columns: Sequence[Column], facts: Sequence[Fact]) -> list[Line]:
    """Each fact's way through unit prices and shares of savings, cut by the limit per person."""
    found: list[tuple[tuple[int, dt.date, int, int], Line]] = []
    for place, column in enumerate(columns):
        if isinstance(column.clause, UnitPrice) and column.clause.quota is None:
            for (statement, day, point, number), gross in _priced(column, facts):
                found.append(((statement, day, place, point), Line(number, column.title, gross)))
        elif isinstance(column.clause, SavingsShare):
            for number, _, gross in _shared(column, columns, facts):
                if column.holds(facts[number].day):
                    found.append(((0, dt.date.min, place, 0), Line(number, column.title, gross)))
    caps = [limit for limit in terms.limits if limit.kind == "per_person"]
    if not caps:
        return [line for _, line in found]
    lines = [line for _, line in sorted(found, key=lambda each: each[0])]
    limited = [
        {c.title for c in columns if c.clause.kind == "unit_price" and (not cap.clauses or c.name in cap.clauses)}
        for cap in caps
    ]
    for at in sorted(range(len(caps)), key=lambda at: len(limited[at])):
        had = Counter[int]()
        for number, line in enumerate(lines):
            person, left = facts[line.fact].person, line.gross - line.cut
            if person is not None and line.clause in limited[at]:
                got = min(left, max(int(caps[at].amount * 100) - had[person], 0))
                had[person] += got
                lines[number] = line._replace(cut=line.gross - got)
    return lines


def _priced(column: Column, facts: Sequence[Fact]) -> Iterator[tuple[tuple[int, dt.date, int, int], int]]:
    """The facts that a unit price pays for, in the order in which it does, and what each earns.

    A fact is known by the statement and the day with which it counts, its follow-up month and its number.
    """
    clause: UnitPrice = column.clause
    served = []
    for number, fact in enumerate(facts):
        if fact.metric in (clause.metric, *clause.less) and column.counts(fact.day) and _in(clause.for_groups, fact):
            passed = [_passed(gate, fact, facts) for gate in clause.requires]
            if all(passed) and (clause.tiers or _price_at(clause, fact.point)):
                counts = zip((fact.statement, fact.day), *filter(None, passed), strict=True)
                served.append((*(max(each) for each in counts), fact.point, number))
    total, by_person = Fraction(0), Counter[int]()
    for each in sorted(served):
        fact = facts[each[-1]]
        quantity = -fact.quantity if fact.metric in clause.less else fact.quantity
        if clause.most_per_person is not None and fact.person is not None:
            quantity = min(quantity, max(Fraction(clause.most_per_person) - by_person[fact.person], Fraction(0)))
            by_person[fact.person] += quantity
        if clause.tiers:
            gross = _by_volume(clause, total + quantity) - _by_volume(clause, total)
            total += quantity
        else:
            gross = rounded(quantity * _price_at(clause, each[2]) / Fraction(clause.per))
        if column.holds(fact.day):
            yield each, gross


def _price_at(clause: UnitPrice, point: int) -> Fraction:
    """Øre."""
    return Fraction((clause.prices.get(point, 0) if clause.prices is not None else clause.price) or 0) * 100


def _by_volume(clause: UnitPrice, total: Fraction) -> int:
    worth, low = 0, Fraction(0)
    for tier in clause.tiers or ():
        high = total if tier.until is None else min(total, Fraction(tier.until))
        worth += rounded(max(high - low, Fraction(0)) * Fraction(tier.price) * 100 / Fraction(clause.per))
        low = max(low, high)
    return worth


def _passed(gate: Gate, fact: Fact, facts: Sequence[Fact]) -> tuple[int, dt.date] | None:
    """With which statement, and since which day, a gate is open for a fact; none where it never is."""
    goals = [
        goal
        for goal in facts
        if goal.metric == gate.metric and goal.quantity > 0 and goal.person == fact.person is not None
        if gate.month in (None, goal.point) and (gate.counts == "all" or goal.day <= fact.day)
    ]
    if fact.person is None or not goals:
        return None
    return min((goal.statement, goal.day) for goal in goals)


def _within_quota(column: Column, facts: Sequence[Fact]) -> int:
    clause: UnitPrice = column.clause
    found, measured = Counter[int](), Counter[int]()
    for fact in facts:
        if fact.metric == clause.metric and column.counts(fact.day) and _in(clause.for_groups, fact):
            found[fact.point] += fact.quantity
            measured[fact.point] += fact.of
    worth = 0
    for point in found:
        most = Fraction(floor(measured[point] * Fraction(clause.quota or 0) * MILLION), MILLION)
        worth += rounded(min(found[point], most) * _price_at(clause, point) / Fraction(clause.per))
    return worth


def _shared(column: Column, columns: Sequence[Column], facts: Sequence[Fact]) -> Iterator[tuple[int, Fraction, int]]:
    """The number of each saving that is shared, also before the clause was amended, what it saves and what it earns."""
    clause: SavingsShare = column.clause
    chain = [each for each in columns if (each.name, each.begun) == (column.name, column.begun)]
    told = {
        number: rest for each in chain if each.until == column.since for number, *rest in _shared(each, columns, facts)
    }
    found = [
        (fact.statement, fact.day, number)
        for number, fact in enumerate(facts)
        if fact.metric in (clause.metric, *clause.less) and column.counts(fact.day)
    ]
    saved, earned, own = Fraction(0), 0, Fraction(0)
    for _, _, number in sorted(found):
        if number in told:
            amount, gross = told[number]
            saved, earned = saved + amount, earned + gross
        else:
            amount = facts[number].quantity
            if clause.baseline:
                units = Fraction(clause.baseline.quantity) - amount
                amount = Fraction(rounded(units * Fraction(clause.baseline.unit_price) * 100))
            amount = -amount if facts[number].metric in clause.less else amount
            start = _start(clause, saved, earned) + own
            gross, own = _of_saving(clause, start + amount) - _of_saving(clause, start), own + amount
        yield number, amount, gross


def _start(clause: SavingsShare, saved: Fraction, earned: int) -> Fraction:
    """Where tiers go on after an amendment: at what has been earned if they last by that, else at what was saved."""
    if all(tier.until_earned is None for tier in clause.tiers):
        return saved
    if earned <= 0:
        return min(saved, Fraction(0))
    saving, low = Fraction(0), 0
    for tier in clause.tiers:
        share = Fraction(tier.share)
        if tier.until_earned is None:
            return saving + (rounded((earned - low) / share) if share else 0)
        high = int(tier.until_earned * 100)
        if earned < high:
            return saving + rounded((earned - low) / share)
        saving, low = saving + rounded((high - low) / share), high
    return saving


def _of_saving(clause: SavingsShare, saving: Fraction) -> int:
    """Tier by tier: the share of what lies in it, and exactly what was agreed where the whole tier is earned."""
    earned, low = 0, 0
    for tier in clause.tiers:
        share, within = Fraction(tier.share), saving - low
        if within <= 0:
            break
        if tier.until_earned is not None:
            step = int(tier.until_earned * 100) - earned
            width = rounded(step / share)
        elif tier.until_saved is not None:
            width = int(tier.until_saved * 100) - low
            step = rounded(width * share)
        else:
            return earned + rounded(within * share)
        if within < width:
            return earned + min(rounded(within * share), step)
        earned, low = earned + step, low + width
    return earned


def _banded(terms: Terms, column: Column, facts: Sequence[Fact], days: Sequence[dt.date], drawn: Sequence[int]) -> int:
    clause: Band = column.clause
    mine = _read(column, facts)
    others = _read(column, facts, clause.for_each) if clause.for_each else []

    def worth(known: Sequence[Fact], base: int, others: Sequence[Fact], months: int = 12) -> int:
        amount = _worth(clause, known, base, months) if known else 0
        return rounded(amount * sum(fact.quantity for fact in others)) if clause.for_each else amount

    if clause.on == "each_measurement":
        total = 0
        for each in _measurements(mine, by_group=True):
            at = (each[0].point, each[0].point or each[0].day, each[0].group)
            beside = [fact for fact in others if (fact.point, fact.point or fact.day, fact.group) == at]
            total += worth(each, _base(clause, drawn[-1]), beside)
        return total
    if not clause.due:
        return worth(_measured(clause, mine), _base(clause, drawn[-1]), others)
    total, last_month = 0, 0
    for when in sorted(clause.due, key=lambda when: due_day(terms, when)):
        months = when - last_month if clause.per_year and isinstance(when, int) else 12
        last_month, day = when if isinstance(when, int) else 0, due_day(terms, when)
        if column.holds(day) and day <= days[-1]:
            place = min(number for number, each in enumerate(days) if each >= day)
            base = _base(clause, drawn[place])
            known, beside = ([fact for fact in each if fact.day <= day] for each in (mine, others))
            amount = worth(_measured(clause, known), base, beside, months)
            if clause.least and day <= due_day(terms, clause.least.until_month):
                amount = max(amount, _amount(clause.least, base, months))
            total += amount
    return total


def _read(column: Column, facts: Sequence[Fact], metric: str | None = None) -> list[Fact]:
    """The facts of its own metric, or of another, that a band looks at."""
    clause: Band = column.clause
    mine = [
        f for f in facts if f.metric == (metric or clause.metric) and _in(clause.for_groups, f) and column.counts(f.day)
    ]
    return [fact for fact in mine if not clause.months or fact.point in clause.months]


def _base(clause: Band, drawn: int) -> int:
    return drawn if clause.of == "capital_drawn" else int((clause.of or 0) * 100)


def _measurements(facts: Sequence[Fact], by_group: bool) -> list[list[Fact]]:
    """Facts of one follow-up month, or without one of one day; by subgroup, or together."""
    found = defaultdict[Any, list[Fact]](list)
    for fact in facts:
        found[fact.point, None if fact.point else fact.day, fact.group if by_group else ""].append(fact)
    return list(found.values())


def _measured(clause: Band, facts: Sequence[Fact]) -> Sequence[Fact]:
    """The facts that a band looks at: all, or the measurement with the latest result, of the later month."""
    if clause.on == "all_so_far" or not facts:
        return facts
    return max(_measurements(facts, by_group=False), key=lambda each: (max(f.day for f in each), each[0].point))


def _value(facts: Sequence[Fact], value: str) -> Fraction:
    total = sum((fact.quantity for fact in facts), Fraction(0))
    return total if value == "number" else total / sum(fact.of for fact in facts)


def _worth(clause: Band, facts: Sequence[Fact], base: int, months: int) -> int:
    value = _value(facts, clause.value)
    if clause.steps is not None:
        met = [step for step in clause.steps if _compared(step, value)]
        chosen = max(met, key=_hardness) if met else clause.otherwise
        return _amount(chosen, base, months) if chosen else 0
    nodes = [(Fraction(node.at), _amount(node, base, months)) for node in clause.nodes or ()]
    below = [node for node in nodes if node[0] <= value]
    above = [node for node in nodes if node[0] > value]
    if not below or not above:
        return below[-1][1] if below else above[0][1]
    (low, begin), (high, end) = below[-1], above[0]
    return rounded(begin + (end - begin) * (value - low) / (high - low))


def _hardness(step: Threshold) -> tuple[Decimal, bool]:
    """A number further off is harder to meet, and to pass it is harder than to reach it."""
    name, at = step.comparison
    return at if name in ("at_least", "above") else -at, name in ("above", "below")


def _compared(test: Threshold, value: Fraction) -> bool:
    name, at = test.comparison
    return COMPARE[name](value, Fraction(at))


def _amount(amount: Any, base: int, months: int) -> int:
    """Øre of a stated amount: a share is rounded, and then the part of a year."""
    whole = int(amount.pays * 100) if amount.share is None else rounded(base * Fraction(amount.share))
    return whole if months == 12 else rounded(Fraction(whole * months, 12))


def _met(condition: Condition, columns: Sequence[Column], facts: Sequence[Fact], paid: Mapping[str, int]) -> bool:
    """A value of which nothing has been measured meets no comparison."""
    if condition.any_of:
        return any(_met(Condition.model_validate(vars(each)), columns, facts, paid) for each in condition.any_of)
    if condition.clause is not None:
        titles = [column.title for column in columns if column.name == condition.clause]
        return _compared(condition, Fraction(sum(paid.get(title, 0) for title in titles), 100))
    mine = [fact for fact in facts if fact.metric == condition.metric and _in(condition.for_groups, fact)]
    mine = [fact for fact in mine if not condition.months or fact.point in condition.months]
    return bool(mine) and _compared(condition, _value(mine, condition.value))


def _in(groups: Sequence[str], fact: Fact) -> bool:
    return not groups or fact.group in groups


def due_day(terms: Terms, when: int | dt.date) -> dt.date:
    """A date itself; a year's 31 December; the last day of a contract month, which for month 0 is the start."""
    if isinstance(when, dt.date):
        return when
    if when >= 1900:
        return dt.date(when, 12, 31)
    if when == 0:
        return terms.start
    months = terms.start.year * 12 + terms.start.month - 1 + when
    year, month = months // 12, months % 12 + 1
    return dt.date(year, month, min(terms.start.day, monthrange(year, month)[1])) - dt.timedelta(days=1)
