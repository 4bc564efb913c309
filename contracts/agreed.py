"""What terms have against themselves: names that refer to nothing, shares, limits and dates that do not fit."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from .checks import share_findings
from .clauses import AnyClause, Band, Clause, NoRepayment, SavingsShare, Scheduled, UnitPrice
from .limits import Limit, PerClause, PerMetric, PerPayer, PerPerson, PerYear, ReturnCeiling
from .problems import Finding
from .timetable import dated, due_day, statement_dates

if TYPE_CHECKING:
    from .terms import Terms

Path = tuple[str | int | dt.date, ...]

ENROLLED = "enrolled"
"""The metric that every enrolment adds one to, without anybody measuring it."""

RESERVED = ("floor", "guarantee", "early end")
"""Columns of a payment statement that are no clauses."""


def findings(terms: "Terms") -> Iterator[Finding]:
    """Every contradiction within terms, each with its place."""
    for path, shares in terms.split_paths():
        if shares or path == ("payers",):
            yield from share_findings(shares, path)
        else:
            yield Finding("nobody pays this", path[:-1], "add payers:, here or for the whole contract")
    earlier: dict[str, AnyClause] = {}
    for at, clauses in terms.clause_paths():
        yield from _clause_findings(terms, at, clauses, earlier)
        earlier = {**earlier, **{name: clause for name, clause in clauses.items() if clause is not None}}
    yield from _metric_kind_findings(terms)
    for name in terms.metrics:
        if name not in metrics_of(terms):
            known = ", ".join(metrics_of(terms)) or "none"
            yield Finding(f"no clause reads the metric '{name}'", ("metrics", name, "[key]"), f"read are: {known}")
    yield from _limit_findings(terms, ("limits",), terms.limits, terms.clauses)
    yield from _amendment_findings(terms)
    yield from _year_findings(terms)
    if terms.start and terms.end:
        yield from date_findings(terms, terms.start, terms.end)


def metrics_of(terms: "Terms") -> tuple[str, ...]:
    """Every metric that some clause, gate or condition reads, in order of appearance."""
    return tuple(dict.fromkeys(name for _, name, _ in _metric_uses(terms)))


def _metric_uses(terms: "Terms") -> Iterator[tuple[Path, str, str]]:
    """Path, metric and what it must be there: `outcome`, `saving`, or either (`any`)."""
    for at, clauses in terms.clause_paths():
        for name, clause in clauses.items():
            if clause is None or isinstance(clause, NoRepayment):
                continue
            path = (*at, name)
            if isinstance(clause, UnitPrice | Band):
                yield (*path, "metric"), clause.metric, "outcome"
            if isinstance(clause, Band) and clause.for_each is not None:
                yield (*path, "for_each"), clause.for_each, "outcome"
            if isinstance(clause, SavingsShare):
                kind = "outcome" if clause.baseline else "saving"
                yield (*path, "metric"), clause.metric, kind
            for number, other in enumerate(clause.less if isinstance(clause, UnitPrice | SavingsShare) else ()):
                kind = "outcome" if isinstance(clause, UnitPrice) else "saving"
                yield (*path, "less", number), other, kind
            for number, gate in enumerate(clause.requires if isinstance(clause, UnitPrice) else ()):
                yield (*path, "requires", number, "metric"), gate.metric, "outcome"
            for at_test, test in clause.comparisons():
                if test.metric is not None:
                    yield (*path, *at_test, "metric"), test.metric, "outcome"


def _metric_kind_findings(terms: "Terms") -> Iterator[Finding]:
    uses = list(_metric_uses(terms))
    outcomes = {metric for _, metric, kind in uses if kind == "outcome"}
    for path, metric, kind in uses:
        if kind == "saving" and metric in outcomes:
            text = f"'{metric}' is an outcome in another clause and a saving here"
            yield Finding(text, path, "give the two their own names")


def _clause_findings(
    terms: "Terms", at: Path, clauses: Mapping[str, AnyClause | None], earlier: Mapping[str, AnyClause]
) -> Iterator[Finding]:
    seen = list(earlier)
    limits = [limit for limit in terms.limits if isinstance(limit, PerPerson)]
    for name, clause in clauses.items():
        path = (*at, name)
        if name in RESERVED:
            yield Finding(f"a clause cannot be called {name}", (*path, "[key]"), "choose another name")
        if clause is None and name not in earlier:
            known = ", ".join(earlier) or "none"
            yield Finding(f"there is no clause '{name}' to close", (*path, "[key]"), f"known: {known}")
        if isinstance(clause, Clause):
            before = seen[: seen.index(name)] if name in seen else seen
            for at_test, test in clause.comparisons():
                if test.clause is not None and test.clause not in before:
                    told = ", ".join(before) or "none"
                    hint = f"a condition looks back, so that none can go in circles; earlier clauses: {told}"
                    yield Finding(f"'{test.clause}' is no earlier clause", (*path, *at_test, "clause"), hint)
        if isinstance(clause, UnitPrice) and any(not limit.clauses or name in limit.clauses for limit in limits):
            for key, used in (("tiers", clause.tiers), ("less", clause.less), ("quota", clause.quota is not None)):
                if used:
                    text = f"{key} does not go with a limit per person: what a citizen earns would depend on others"
                    yield Finding(text, (*path, key), "leave one out")
        if name not in seen:
            seen.append(name)


def _limit_findings(
    terms: "Terms", at: Path, limits: Sequence[Limit], clauses: Mapping[str, AnyClause]
) -> Iterator[Finding]:
    seen: list[tuple[str, object]] = []
    for number, limit in enumerate(limits):
        path = (*at, number)
        what: object = ""
        if isinstance(limit, PerClause | PerPerson):
            single = limit.clause if isinstance(limit, PerClause) else None
            what = tuple(sorted(filter(None, (single, *limit.clauses))))
            places = [((*path, "clause"), single)] if single else []
            places += [((*path, "clauses", n), name) for n, name in enumerate(limit.clauses)]
            for place, name in places:
                if name not in clauses:
                    yield Finding(f"unknown clause '{name}'", place, f"known: {', '.join(clauses)}")
                elif isinstance(limit, PerPerson) and not isinstance(clauses[str(name)], UnitPrice):
                    yield Finding(f"'{name}' is not a unit price", place, "a limit per person cuts unit prices")
        elif isinstance(limit, PerMetric):
            what = limit.metric
            known = [c.metric for c in clauses.values() if isinstance(c, UnitPrice | Band | SavingsShare)]
            if limit.metric not in known:
                yield Finding(f"no clause pays for '{limit.metric}'", (*path, "metric"), f"known: {', '.join(known)}")
        elif isinstance(limit, PerPayer):
            what = limit.payer
            payers = {p: None for where, shares in terms.split_paths() if where != ("capital",) for p in shares}
            if limit.payer not in payers:
                yield Finding(f"'{limit.payer}' pays nothing", (*path, "payer"), f"known: {', '.join(payers)}")
        if (limit.kind, what) in seen:
            of = f" of '{limit.clause}'" if isinstance(limit, PerClause) and limit.clause else ""
            yield Finding(f"the limit {limit.kind}{of} stands twice", path, "keep one")
        seen.append((limit.kind, what))


def _year_findings(terms: "Terms") -> Iterator[Finding]:
    begins = [limit.begins for limit in terms.limits if isinstance(limit, PerYear)]
    for number, amendment in enumerate(terms.amendments):
        for at, limit in enumerate(amendment.limits or ()):
            if isinstance(limit, PerYear):
                if begins and limit.begins != begins[0]:
                    text = f"expected a year that begins with month {begins[0]}, as before, found {limit.begins}"
                    yield Finding(text, ("amendments", number, "limits", at, "begins"), "keep the year")
                begins.append(limit.begins)


def _amendment_findings(terms: "Terms") -> Iterator[Finding]:
    before: dt.date | None = terms.start
    clauses: dict[str, AnyClause] = dict(terms.clauses)
    lasting = [limit for limit in terms.limits if isinstance(limit, PerPerson | ReturnCeiling | PerPayer)]
    for number, amendment in enumerate(terms.amendments):
        path: Path = ("amendments", number)
        if before is not None and amendment.from_ <= before:
            yield Finding(
                f"expected a day after {before}, found {amendment.from_}", (*path, "from"), "sort them by date"
            )
        before = amendment.from_
        clauses |= {name: clause for name, clause in amendment.clauses.items() if clause is not None}
        if not amendment.clauses and amendment.limits is None and amendment.end is None:
            yield Finding("the amendment changes nothing", path, "add clauses:, limits: or end:")
        if amendment.limits is not None:
            yield from _limit_findings(terms, (*path, "limits"), amendment.limits, clauses)
            found = [limit for limit in amendment.limits if isinstance(limit, PerPerson | ReturnCeiling | PerPayer)]
            if found != lasting:
                text = "limits per person, per payer and on the return hold for the whole contract"
                yield Finding(text, (*path, "limits"), "state them as they were agreed at first")


def date_findings(terms: "Terms", start: dt.date, end: dt.date) -> Iterator[Finding]:
    """What does not fit a contract that runs from start to end, both included."""
    if end <= start:
        yield Finding(f"the end {end} is not after the start {start}", ("end",), f"write a day after {start}")
        return
    last = end
    for number, amendment in enumerate(terms.amendments):
        path: Path = ("amendments", number)
        if not start < amendment.from_ <= last:
            text = f"the amendment from {amendment.from_} lies outside the contract"
            yield Finding(text, (*path, "from"), f"the contract runs from {start} until {last}")
        if amendment.end is not None:
            if amendment.end < amendment.from_:
                yield Finding(f"the new end {amendment.end} lies before {amendment.from_}", (*path, "end"), "mend it")
            last = amendment.end
    last = max(last, end)  # what was agreed before the contract was shortened may lie beyond: it never falls due
    hint = f"the contract runs from {start} until {last}"
    for when in terms.draws if isinstance(terms.draws, dict) else ():
        if not start <= (day := due_day(start, when)) <= last:
            yield Finding(f"the draw on {day} lies outside the contract", ("draws", when, "[key]"), hint)
    for at, clauses in terms.clause_paths():
        for name, clause in clauses.items():
            yield from (
                replace(each, path=(*at, name, *each.path)) for each in _due_findings(clause, start, last, hint)
            )
    days = [start, *statement_dates(dated(terms, start, end))]
    longest = max((later - day).days for day, later in pairwise(days)) // 365 + 1
    for number, limit in enumerate(terms.limits):
        if isinstance(limit, ReturnCeiling) and (1 + limit.rate) ** longest > 5:
            text = f"{limit.rate} a year lets capital grow more than fivefold between two statements"
            yield Finding(text, ("limits", number, "rate"), "settle more often, or state a lower rate")


def _due_findings(clause: AnyClause | None, start: dt.date, end: dt.date, hint: str) -> Iterator[Finding]:
    if isinstance(clause, Scheduled):
        places: list[tuple[Path, int | dt.date]] = [(("amounts", when, "[key]"), when) for when in clause.amounts]
    elif isinstance(clause, Band):
        places = [(("due", number), when) for number, when in enumerate(clause.due)]
    else:
        return
    for path, when in places:
        if not start <= (day := due_day(start, when)) <= end:
            yield Finding(f"{day} lies outside the contract", path, hint)
