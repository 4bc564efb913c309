"""Which facts a contract accepts: persons enrol and drop out, outcomes are measured, savings realised.

Each function gives the fields of the event that the command brings, or raises Refused.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from .aggregate import refused
from .commands import DropOut, Enrol, Measure, RealiseSaving
from .compiled import Plan, PricePlan, SavingsPlan
from .privacy import looks_like_cpr
from .state import NOBODY, Fact, State, fact_key


def enrolled(state: State, plan: Plan, command: Enrol) -> dict[str, Any]:
    """Persons must be new to the contract, and be named by pseudonyms."""
    within_contract("enrolling", plan, command.effective)
    _once("enrolling", command.persons)
    for person in command.persons:
        if looks_like_cpr(person):
            found = "an id that looks like a CPR number"
            raise refused("enrolling", "a pseudonym", found, "use a pseudonym, and keep its key elsewhere")
        if person in state.persons:
            found = f"'{person}', enrolled on {state.persons[person].day}"
            raise refused("enrolling", "persons not yet enrolled", found, "leave the person out")
    return {"persons": command.persons}


def dropped_out(state: State, plan: Plan, command: DropOut) -> dict[str, Any]:
    """Only who is enrolled, and has not left, can drop out."""
    within_contract("dropping out", plan, command.effective)
    _once("dropping out", command.persons)
    for person in command.persons:
        _known("dropping out", state, person, command.effective)
        if person in state.dropped_out:
            found = f"'{person}', who left on {state.dropped_out[person]}"
            raise refused("dropping out", "persons still enrolled", found, "leave the person out")
    return {"persons": command.persons}


def measured(state: State, plan: Plan, command: Measure, today: dt.date) -> dict[str, Any]:
    """A metric with a unit price, at any follow-up month; each person once, a count once a day.

    A month without a price is accepted: it is known, and earns nothing.
    """
    doing = f"measuring '{command.metric}' at month {command.point}"
    _metric(doing, plan, command.metric, PricePlan)
    within_contract(doing, plan, command.effective)
    persons = [person for person, _ in command.results]
    if plan.person_cap is not None and None in persons:
        found = "a count"
        raise refused(doing, "a result for each person, since the terms limit each", found, "name the persons")
    _once(doing, persons)
    for person in persons:
        index = NOBODY if person is None else _known(doing, state, person, command.effective)
        fact = Fact(index, command.effective, command.effective, command.metric, command.point, 0)
        if fact_key(fact) in state.measured:
            whom = f"'{person}'" if person else f"a count on {command.effective}"
            raise refused(doing, "what was not measured before", f"{whom} once more", "leave it out")
    return {
        "metric": command.metric,
        "point": command.point,
        "results": command.results,
        "statement": statement_for(doing, state, plan, command.effective, today),
    }


def saving_realised(state: State, plan: Plan, command: RealiseSaving, today: dt.date) -> dict[str, Any]:
    """A metric of which a clause pays a share, once for each period's last day."""
    doing = f"realising '{command.metric}' on {command.effective}"
    _metric(doing, plan, command.metric, SavingsPlan)
    within_contract(doing, plan, command.effective)
    fact = Fact(NOBODY, command.effective, command.effective, command.metric, 0, command.amount)
    if fact_key(fact) in state.measured:
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
    """The first statement not yet settled on or after both the day of the fact and the day it is recorded."""
    least = max(effective, today).toordinal()
    for day in plan.statement_days[len(state.settlements) :]:
        if day >= least:
            return dt.date.fromordinal(day)
    last = dt.date.fromordinal(plan.statement_days[-1])
    found = f"one of {effective}, recorded on {today}"
    raise refused(doing, f"a fact for a statement up to {last}", found, "nothing settles it under these terms")


def _metric(doing: str, plan: Plan, metric: str, clause_plan: type[PricePlan | SavingsPlan]) -> None:
    known = dict.fromkeys(plan.metrics[c.metric] for c in plan.clauses if isinstance(c, clause_plan))
    if metric not in known:
        names = ", ".join(f"'{name}'" for name in known) or "none of this kind"
        raise refused(doing, f"a metric of the terms: {names}", f"'{metric}'", "mend the name")


def _known(doing: str, state: State, person: str, day: dt.date) -> int:
    if person not in state.persons:
        raise refused(doing, "enrolled persons", f"'{person}', who is not enrolled", "enrol the person first")
    index, since = state.persons[person]
    if day < since:
        raise refused(doing, f"a day from {since}, when '{person}' enrolled", str(day), "mend the date")
    return index


def _once(doing: str, persons: Sequence[str | None]) -> None:
    twice = _first_repeated(persons)
    if twice is not None:
        raise refused(doing, "each person once", f"'{twice}' twice", "leave one out")
    if not persons:
        raise refused(doing, "at least one person", "none", "leave the command out")


def _first_repeated(persons: Iterable[str | None]) -> str | None:
    seen: set[str | None] = set()
    for person in persons:
        if person in seen:
            return person or "the count"
        seen.add(person)
    return None
