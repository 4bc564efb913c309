"""The dates of terms: from when until when which terms are in force, and when something falls due."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from .clauses import AnyClause, Band, SavingsShare, Scheduled, UnitPrice
from .dates import month_end
from .limits import Limit

if TYPE_CHECKING:
    from .terms import Terms

_FIRST_YEAR = 1900


def dated(terms: "Terms", start: dt.date, end: dt.date) -> "Terms":
    """The same terms with start and end filled in where they were left open."""
    return terms.model_copy(update={"start": terms.start or start, "end": terms.end or end})


def contract_dates(terms: "Terms") -> tuple[dt.date, dt.date]:
    """Start and end, the end as last amended; terms without them cannot be settled (ValueError)."""
    if terms.start is None or terms.end is None:
        raise ValueError("the terms have no start and end date yet")
    ends = [amendment.end for amendment in terms.amendments if amendment.end is not None]
    return terms.start, ends[-1] if ends else terms.end


def statement_dates(terms: "Terms") -> tuple[dt.date, ...]:
    """The dates on which results are settled, in order.

    The contract's end is always one of them, and so are the dates on which clauses have amounts of their own due.
    """
    start, end = contract_dates(terms)
    rule = terms.statements
    if rule.dates is not None:
        days = list(rule.dates)
    elif rule.months is not None:
        days = [month_end(start, month) for month in rule.months]
    else:
        every = rule.every_months or 12
        count = (end.year - start.year + 1) * 12 // every + 1
        days = [month_end(start, every * number) for number in range(1, count + 1)]
    days += own_dates(terms, start)
    return tuple(sorted({day for day in days if start <= day < end} | {end}))


def own_dates(terms: "Terms", start: dt.date) -> Iterator[dt.date]:
    """The dates on which clauses have amounts of their own due, while they are in force."""
    for span in clause_spans(terms):
        clause = span.clause
        whens = clause.amounts if isinstance(clause, Scheduled) else clause.due if isinstance(clause, Band) else ()
        yield from (day for when in whens if span.holds(day := due_day(start, when)))


class ClauseSpan(NamedTuple):
    """A clause and the days on which it is in force: from `since` (none: the start) to before `until` (none: the end).

    column: its name, with the date of the amendment that brought it when it replaced another of the name. begun: from
    which day on it counts what was found, which is before `since` where it goes on with the clause that it replaced.
    """

    name: str
    column: str
    clause: AnyClause
    since: dt.date | None
    until: dt.date | None
    begun: dt.date | None

    def holds(self, day: dt.date) -> bool:
        """Whether it is in force on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


def clause_spans(terms: "Terms") -> list[ClauseSpan]:
    """Every clause that is ever in force, by name in the order of their first appearance, then by date."""
    found = {name: [ClauseSpan(name, name, clause, None, None, None)] for name, clause in terms.clauses.items()}
    for amendment in terms.amendments:
        since = amendment.from_
        for name, clause in amendment.clauses.items():
            mine = found.setdefault(name, [])
            begun: dt.date | None = since
            if mine and mine[-1].until is None:
                if clause == mine[-1].clause:
                    continue
                if goes_on(mine[-1].clause, clause):
                    begun = mine[-1].begun
                mine[-1] = mine[-1]._replace(until=since)
            if clause is not None:
                column = f"{name} {since}" if mine else name
                mine.append(ClauseSpan(name, column, clause, since, None, begun))
    return [span for spans in found.values() for span in spans]


def goes_on(old: AnyClause, new: AnyClause | None) -> bool:
    """Whether a clause that replaces another counts on from what was found before: one of its kind and metric.

    A unit price goes on with one of the same quota; a share of savings with one whose savings are stated alike; a band
    with one that reads the same value, where both or neither
    have dates of their own, and measurements do not each earn an amount. A schedule counts nothing.
    """
    if isinstance(old, Band) and isinstance(new, Band):
        alike = (old.metric, old.value, old.on, bool(old.due)) == (new.metric, new.value, new.on, bool(new.due))
        return alike and new.on != "each_measurement"
    if isinstance(old, UnitPrice) and isinstance(new, UnitPrice):
        return (old.metric, old.quota) == (new.metric, new.quota)
    if isinstance(old, SavingsShare) and isinstance(new, SavingsShare):
        alike = (old.metric, old.less) == (new.metric, new.less)
        return alike and (old.baseline is None) == (new.baseline is None)
    return False


class LimitSpan(NamedTuple):
    """A limit and the days on which it is in force, as in `ClauseSpan`."""

    limit: Limit
    since: dt.date | None
    until: dt.date | None


def all_limits(terms: "Terms") -> Iterator[Limit]:
    """Every limit that the terms and their amendments name."""
    yield from terms.limits
    for amendment in terms.amendments:
        yield from amendment.limits or ()


def limit_spans(terms: "Terms") -> list[LimitSpan]:
    """Every limit that is ever in force."""
    ended: list[LimitSpan] = []
    current = [LimitSpan(limit, None, None) for limit in terms.limits]
    for amendment in terms.amendments:
        if amendment.limits is not None:
            kept = [span for span in current if span.limit in amendment.limits]
            ended += [span._replace(until=amendment.from_) for span in current if span not in kept]
            known = [span.limit for span in kept]
            new = [limit for limit in amendment.limits if limit not in known]
            current = kept + [LimitSpan(limit, amendment.from_, None) for limit in new]
    return ended + current


def draw_dates(terms: "Terms") -> dict[dt.date, Decimal]:
    """Kroner to be drawn by date, for terms with a stated schedule; empty for `as_costs`."""
    start, _ = contract_dates(terms)
    if terms.draws == "as_costs":
        return {}
    drawn: dict[dt.date, Decimal] = {}
    for when, kroner in terms.draws.items():
        day = due_day(start, when)
        drawn[day] = drawn.get(day, Decimal(0)) + kroner
    return dict(sorted(drawn.items()))


def scheduled_dates(clause: Scheduled, start: dt.date) -> dict[dt.date, Decimal]:
    """Kroner due by date; what stands for the same day is added."""
    due: dict[dt.date, Decimal] = {}
    for when, kroner in clause.amounts.items():
        day = due_day(start, when)
        due[day] = due.get(day, Decimal(0)) + kroner
    return due


def due_day(start: dt.date, when: int | dt.date) -> dt.date:
    """The day that a key means: a date itself, a year its 31 December, a contract month its last day."""
    if isinstance(when, dt.date):
        return when
    return dt.date(when, 12, 31) if when >= _FIRST_YEAR else month_end(start, when)
