"""What may become of facts that were stated, and of terms that were signed: changed by new events, never rewritten.

Each function gives the fields of the event that the command brings, or raises Refused.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from .aggregate import Refused, refused
from .commands import Accept, Amend, Correct, Dispute, FactChange, Reject, WithdrawFacts
from .compiled import compile_terms
from .encoding import problems
from .events import Accepted, Disputed, FactsEvent, FactsWithdrawn, Rejected
from .observing import at_point, check_sign
from .plans import Plan
from .state import NOBODY, FactKey, State, fact_key
from .terms import Terms

EVENT_OF: dict[type[FactChange], type[FactsEvent]] = {
    WithdrawFacts: FactsWithdrawn,
    Reject: Rejected,
    Dispute: Disputed,
    Accept: Accepted,
}
_DOING = {
    WithdrawFacts: ("withdrawing", "withdrawn"),
    Reject: ("rejecting", "rejected"),
    Dispute: ("disputing", "disputed"),
    Accept: ("accepting", "accepted"),
}


def facts_changed(state: State, plan: Plan, command: FactChange) -> dict[str, Any]:
    """Facts must have been stated, and stand otherwise than the command would have them."""
    verb, _ = _DOING[type(command)]
    doing = f"{verb} {at_point(command.metric, command.point)}"
    keys = list(_stated(doing, state, plan, command, command.persons))
    for key, person in zip(keys, command.persons, strict=True):
        counts = _counts(state, key)
        if counts == isinstance(command, Accept):
            whom = f"'{person}'" if person else "the count"
            found = f"{whom}, which {'counts' if counts else 'does not count'} already"
            expected = "results that do not count" if counts else "results that count"
            raise refused(doing, expected, found, "leave it out")
    return {
        "metric": command.metric,
        "point": command.point,
        "found": command.found,
        "group": command.group,
        "persons": command.persons,
        "statement": _statement(state, plan, keys),
    }


def corrected(state: State, plan: Plan, command: Correct) -> dict[str, Any]:
    """Facts must have been stated, and be stated otherwise now."""
    doing = f"correcting {at_point(command.metric, command.point)}"
    saving = command.metric in plan.saving_metrics
    if command.metric in plan.metrics and command.saving not in (None, saving):
        what, other = ("amount", "quantity") if saving else ("quantity", "amount")
        expected = f"the {what} of {'a saving' if saving else 'an outcome'}"
        raise refused(doing, expected, f"its {other}", f"state its {what} instead")
    keys = list(_stated(doing, state, plan, command, [result[0] for result in command.results]))
    # what a result is of stays as it was stated, unless it is stated anew
    results = tuple(
        (each[0], each[1], each[2] if len(each) == 3 else _stands(state, key)[1])
        for key, each in zip(keys, command.results, strict=True)
    )
    for key, (person, quantity, of) in zip(keys, results, strict=True):
        check_sign(doing, plan, command.metric, quantity)
        if _stands(state, key) == (quantity, of):
            whom = f"'{person}'" if person else "the count"
            raise refused(doing, "another result than before", f"the same for {whom}", "leave it out")
    return {
        "metric": command.metric,
        "point": command.point,
        "found": command.found,
        "group": command.group,
        "results": results,
        "statement": _statement(state, plan, keys),
    }


def amended(state: State, plan: Plan, command: Amend) -> dict[str, Any]:
    """An amendment is in force from a day after the last settlement, and the terms must hold together with it.

    Metric and payers that its clauses leave out are filled in as in the terms.
    """
    since = command.amendment.from_
    doing = f"amending from {since}"
    last = state.settlements[-1].statement if state.settlements else None
    if last is not None and since <= last:
        hint = "what is settled stays settled: let it begin later, and correct what was stated wrongly"
        raise refused(doing, f"a day after {last}, the last settlement", str(since), hint)
    given = command.amendment.model_dump(by_alias=True, exclude_unset=True)
    amendments = [*_dumped(state.terms.amendments), given]
    try:
        whole = Terms.model_validate(state.terms.model_dump(by_alias=True) | {"amendments": amendments})
        new = compile_terms(whole)
    except ValidationError as error:
        raise Refused(f"{doing} is refused: {problems(error)}; mend the amendment") from None
    except (ValueError, OverflowError) as error:
        raise Refused(f"{doing} is refused: {error}; mend the amendment") from None
    settled = len(state.settlements)
    if new.statement_days[:settled] != plan.statement_days[:settled]:
        raise refused(doing, "the settled statement dates as they are", "others", "mend the amendment")
    for stated in state.recorded_facts:
        if stated.statement not in new.statement_days or stated.metric not in new.metrics:
            found = f"'{stated.metric}' of {dt.date.fromordinal(stated.day)} without one"
            raise refused(doing, "a clause and a statement for every fact", found, "settle first, or mend it")
    return {"amendment": whole.amendments[-1]}


def _dumped(amendments: Sequence[Any]) -> list[dict[str, Any]]:
    return [amendment.model_dump(by_alias=True) for amendment in amendments]


def _stated(
    doing: str, state: State, plan: Plan, command: FactChange | Correct, persons: Sequence[str | None]
) -> Iterator[FactKey]:
    """The keys of facts that the command is about; raises Refused for persons, metrics and facts that are unknown."""
    known = (*plan.outcome_metrics, *plan.saving_metrics)
    if command.metric not in known:
        names = ", ".join(f"'{name}'" for name in known) or "none"
        raise refused(doing, f"a metric of the terms: {names}", f"'{command.metric}'", "mend the name")
    if len(set(persons)) < len(persons) or not persons:
        raise refused(doing, "each person once", "one twice" if persons else "none", "mend the persons")
    for person in persons:
        if person is not None and person not in state.persons:
            raise refused(doing, "enrolled persons", f"'{person}', who is not enrolled", "mend the name")
        if (person is None or not command.point) and command.found is None:
            raise refused(doing, "the day of the result", "none", "say on which day it was found")
        number = NOBODY if person is None else state.persons[person].number
        key = fact_key(number, command.metric, command.point, command.found or command.effective, command.group)
        if key not in state.places:
            whom = f"'{person}'" if person else f"a count on {command.found}"
            raise refused(doing, "a result that was stated", f"none of {whom}", "mend metric, month, day or person")
        yield key


def _counts(state: State, key: FactKey) -> bool:
    return state.changes[key][-1].counts if key in state.changes else True


def _stands(state: State, key: FactKey) -> tuple[int, int]:
    """Quantity and of how much, as they stand now."""
    if key in state.changes:
        last = state.changes[key][-1]
        return last.quantity, last.of
    stated = state.recorded_facts[state.places[key]]
    return stated.quantity, stated.of


def _statement(state: State, plan: Plan, keys: Sequence[FactKey]) -> dt.date | None:
    """The statement that takes a change into account: the next, or that of the facts; none when all are settled."""
    open_ = plan.statement_days[len(state.settlements) :]
    if not open_:
        return None
    statements = state.recorded_facts.statement
    return dt.date.fromordinal(max(open_[0], *(statements[state.places[key]] for key in keys)))
