"""Which facts a contract accepts: persons enrol and drop out, outcomes are measured, savings realised.

Each function gives the fields of the event that the command brings, or raises Refused.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from .aggregate import refused
from .agreed import ENROLLED
from .commands import DropOut, Enrol, Measure, RealiseSaving, with_denominators
from .dates import add_months
from .money import PPM
from .plans import Plan
from .privacy import looks_like_cpr
from .state import NOBODY, State, fact_key
from .values import written

_NOBODYS = frozenset({"n/a", "i alt", "total"})
"""What stands in tables where there is no citizen."""

Results = tuple[tuple[str | None, int, int], ...]


def enrolled(state: State, plan: Plan, command: Enrol, today: dt.date) -> dict[str, Any]:
    """Persons must be new to the contract, be named by pseudonyms, and be no more than the terms allow."""
    within_contract("enrolling", plan, command.effective)
    if state.run_off and command.effective > state.run_off:
        found = str(command.effective)
        raise refused("enrolling", f"a day up to {state.run_off}, the early end", found, "enrol nobody more")
    _once("enrolling", command.persons)
    for person in command.persons:
        if looks_like_cpr(person):
            found = "an id that looks like a CPR number"
            raise refused("enrolling", "a pseudonym", found, "use a pseudonym, and keep its key elsewhere")
        if person != written(person) or not person.isprintable():
            found = "spaces at its ends, invisible characters, or letters in pieces"
            raise refused("enrolling", "a pseudonym that is read in one way", found, "write it plainly")
        if not any(map(str.isalnum, person)) or person.casefold() in _NOBODYS:
            hint = "write one, or leave it out"
            raise refused("enrolling", "a pseudonym", f"'{person}', which names nobody", hint)
        if person in state.persons:
            found = f"'{person}', enrolled on {state.persons[person].day}"
            raise refused("enrolling", "persons not yet enrolled", found, "leave the person out")
    most = state.terms.citizens.most
    there = len(state.persons) - len(list(_replaced(state)))
    if most is not None and there + len(command.persons) > most:
        found = f"{there} enrolled and {len(command.persons)} more"
        raise refused("enrolling", f"at most {most} citizens", found, "leave some out, or amend the terms")
    counted = ENROLLED in plan.metrics
    statement = statement_for("enrolling", state, plan, command.effective, today) if counted else None
    return {"persons": command.persons, "group": command.group, "statement": statement}


def _replaced(state: State) -> Iterator[str]:
    """Persons who left so soon that another may take their place."""
    months = state.terms.citizens.replaced_within_months
    for person, left in state.dropped_out.items():
        if months is not None and left.day < add_months(state.persons[person].day, months):
            yield person


def dropped_out(state: State, plan: Plan, command: DropOut) -> dict[str, Any]:
    """Only who is enrolled, and has not left, can drop out."""
    within_contract("dropping out", plan, command.effective)
    _once("dropping out", command.persons)
    for person in command.persons:
        _known("dropping out", state, person, command.effective)
        if person in state.dropped_out:
            found = f"'{person}', who left on {state.dropped_out[person].day}"
            raise refused("dropping out", "persons still enrolled", found, "leave the person out")
    return {"persons": command.persons, "why": command.why}


def at_point(metric: str, point: int) -> str:
    """A metric, and the follow-up month where there is one, for messages."""
    return f"'{metric}' at month {point}" if point else f"'{metric}'"


def measured(state: State, plan: Plan, command: Measure, today: dt.date) -> dict[str, Any]:
    """A metric that some clause reads, at any follow-up month; each person once, a count of a subgroup once a day.

    A month without a price is accepted: it is known, and earns nothing. For who has left, the result that the terms
    give (failed, or the last one known) is added; see `terms.Citizens`.
    """
    doing = f"measuring {at_point(command.metric, command.point)}"
    _metric(doing, plan, command.metric, plan.outcome_metrics)
    within_contract(doing, plan, command.effective)
    results = with_denominators(command.results)
    persons = [person for person, _, _ in results]
    _once(doing, persons)
    if None in persons and command.metric in plan.personal_metrics:
        raise refused(doing, "a result for each person, since the terms look at each", "a count", "name the persons")
    if command.group and None not in persons:
        raise refused(doing, "a subgroup only with a count", f"'{command.group}'", "enrol persons with their subgroup")
    for person, quantity, _ in results:
        index = NOBODY if person is None else _known(doing, state, person, command.effective)
        key = fact_key(index, command.metric, command.point, command.effective, command.group)
        if key in state.places:
            whom = f"'{person}'" if person else f"a count on {command.effective}"
            counts = key not in state.changes or state.changes[key][-1].counts
            hint = "leave it out, or correct what was stated" if counts else "accept what was stated before instead"
            raise refused(doing, "what was not measured before", f"{whom} once more", hint)
        check_sign(doing, plan, command.metric, quantity)
        if person in state.dropped_out:
            _check_leaver(doing, state, person, command.effective, quantity)
    if None not in persons:
        results += _for_leavers(state, command, set(persons))
    return {
        "metric": command.metric,
        "point": command.point,
        "results": results,
        "group": command.group,
        "statement": statement_for(doing, state, plan, command.effective, today),
    }


def check_sign(doing: str, plan: Plan, metric: str, quantity: int) -> None:
    """Refuse less than nothing (millionths) of a metric of which that would make no sense."""
    if quantity < 0 and metric in plan.metrics_from_zero:
        found = format((Decimal(quantity) / PPM).normalize(), "f")
        raise refused(doing, "no less than nothing", found, "mend the results")


def _check_leaver(doing: str, state: State, person: str | None, day: dt.date, quantity: int) -> None:
    left = state.dropped_out[str(person)]
    rule = state.terms.citizens.leaving.get(left.why)
    if rule is None or day < left.day:
        return
    found = f"'{person}', who left on {left.day} ({left.why})"
    if rule == "excluded":
        raise refused(doing, "nobody who is excluded", found, "leave the person out")
    if rule == "failed" and quantity > 0:
        raise refused(doing, "no success of who counts as failed", found, "state 0, or leave the person out")


def _for_leavers(state: State, command: Measure, named: set[str | None]) -> Results:
    """What the terms give for those who have left and are not in the round, and not measured at the month before."""
    rules = state.terms.citizens.leaving
    added = []
    for person, left in state.dropped_out.items():
        rule = rules.get(left.why)
        number = state.persons[person].number
        key = fact_key(number, command.metric, command.point, command.effective, "")
        if rule in (None, "excluded") or left.day > command.effective or person in named or key in state.places:
            continue
        quantity, of = _last_known(state, number, command.metric) if rule == "last_known" else (0, PPM)
        added.append((person, quantity, of))
    return tuple(added)


def _last_known(state: State, person: int, metric: str) -> tuple[int, int]:
    known = [fact for fact in state.facts if (fact.person, fact.metric, fact.counts) == (person, metric, True)]
    last = max(known, key=lambda fact: fact.day, default=None)
    return (0, PPM) if last is None else (last.quantity, last.of)


def saving_realised(state: State, plan: Plan, command: RealiseSaving, today: dt.date) -> dict[str, Any]:
    """A metric of which a clause pays a share, once for each period's last day."""
    doing = f"realising '{command.metric}' on {command.effective}"
    _metric(doing, plan, command.metric, plan.saving_metrics)
    within_contract(doing, plan, command.effective)
    if fact_key(NOBODY, command.metric, 0, command.effective, "") in state.places:
        raise refused(doing, "a period not yet stated", "the same day once more", "give the period's last day")
    return {
        "metric": command.metric,
        "amount": command.amount,
        "statement": statement_for(doing, state, plan, command.effective, today),
    }


def within_contract(doing: str, plan: Plan, day: dt.date) -> None:
    """Refuse a day before the contract's start or after its agreed end."""
    if not plan.start_day <= day.toordinal() <= plan.end_day:
        start, end = dt.date.fromordinal(plan.start_day), dt.date.fromordinal(plan.end_day)
        raise refused(doing, f"a day from {start} to {end}", str(day), "mend the date")


def statement_for(doing: str, state: State, plan: Plan, effective: dt.date, today: dt.date) -> dt.date:
    """The first statement not yet settled on or after the day of the fact, reported within the days that it allows."""
    for day in plan.statement_days[len(state.settlements) :]:
        if day >= effective.toordinal() and day + plan.reporting_days >= today.toordinal():
            return dt.date.fromordinal(day)
    last = dt.date.fromordinal(plan.statement_days[-1])
    found = f"one of {effective}, recorded on {today}"
    hint = "no later statement pays it; if it was recorded in time, say when"
    raise refused(doing, f"a fact for a statement up to {last}", found, hint)


def _metric(doing: str, plan: Plan, metric: str, known: tuple[str, ...]) -> None:
    if metric not in known:
        names = ", ".join(f"'{name}'" for name in known) or "none of this kind"
        raise refused(doing, f"a metric of the terms: {names}", f"'{metric}'", "mend the name")


def _known(doing: str, state: State, person: str, day: dt.date) -> int:
    if person not in state.persons:
        raise refused(doing, "enrolled persons", f"'{person}', who is not enrolled", "enrol the person first")
    index, since, _ = state.persons[person]
    if day < since:
        raise refused(doing, f"a day from {since}, when '{person}' enrolled", str(day), "mend the date")
    return index


def _once(doing: str, persons: Sequence[str | None]) -> None:
    if not persons:
        raise refused(doing, "at least one person", "none", "leave the command out")
    if len(set(persons)) < len(persons):
        twice = next(person for person, count in Counter(persons).items() if count > 1)
        expected, found = ("each person once", f"'{twice}' twice") if twice else ("one count", "two for that day")
        raise refused(doing, expected, found, "leave one out")
