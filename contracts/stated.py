"""Facts as somebody states them, in a file or a table, before a contract has accepted them; and settling them.

Nothing is settled here: stated facts become the commands of a contract, which its own aggregate decides on. To settle
without recording is to play them and keep no log.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .aggregate import Aggregate, Refused, play
from .commands import (
    Command,
    Correct,
    Draw,
    DropOut,
    End,
    Enrol,
    FactChange,
    Measure,
    RealiseSaving,
    Settle,
    Sign,
    Verify,
)
from .compiled import compile_terms
from .events import Event, Kind
from .external import ExternalInvestorContract
from .internal import InternalFundContract
from .money import PPM
from .plans import Plan
from .state import State
from .terms import Leaving, Terms


class Stated(NamedTuple):
    """One stated fact.

    metric: what was measured. date: the day of the fact. month: follow-up month, 0 where there is none. person: a
    pseudonym, none for a count, a cohort's measure or a saving. group: the person's or cohort's subgroup, or "".
    quantity: millionths, 0 for a person who was measured and failed. of: the denominator in millionths, one by default
    (19 of 25 citizens; 13 of 155 events). amount: øre, for a saving and nothing else. place: where it was read, for
    messages, such as "claims.csv, row 7". recorded: when it was reported, where that was not at once.
    """

    metric: str
    date: dt.date
    month: int = 0
    person: str | None = None
    group: str = ""
    quantity: int = PPM
    of: int = PPM
    amount: int | None = None
    place: str = ""
    recorded: dt.date | None = None


class Intake(NamedTuple):
    """Persons of one subgroup who were enrolled on a day. place: as of a fact."""

    date: dt.date
    persons: tuple[str, ...]
    group: str = ""
    place: str = "enrolled"


class Leaver(NamedTuple):
    """Persons who left on a day, and why. place: as of a fact."""

    date: dt.date
    persons: tuple[str, ...]
    why: Leaving = "other"
    place: str = "left"


class StatedChange(NamedTuple):
    """What became of facts that were stated before. place: as of a fact."""

    command: FactChange | Correct
    place: str = "changed"


@dataclass(frozen=True)
class StatedFacts:
    """All that is stated of a contract.

    draws: øre by day; none: as the terms schedule them. intakes: none: everyone who is named was enrolled on the first
    day. changes: corrections, withdrawals, rejections and disputes. ended: the day of an early end. until: the last day
    that is settled; none: the end.
    """

    facts: Sequence[Stated] = ()
    draws: Mapping[dt.date, int] | None = None
    intakes: Sequence[Intake] | None = None
    leavers: Sequence[Leaver] = ()
    changes: Sequence[StatedChange] = ()
    ended: dt.date | None = None
    until: dt.date | None = None


def settle_stated(
    kind: Kind, title: str, terms: Terms, stated: StatedFacts, heard: Callable[[State, Event], object] | None = None
) -> tuple[State, tuple[Event, ...]]:
    """Play stated facts through a contract of its own, and settle every statement: the last state, and the log.

    heard: called with each event after the signature, and the state just before it.
    Raises Refused, with the place of the fact, for what contradicts the terms or itself.
    """
    plan = _plan(terms)
    if stated.intakes is not None:
        groups = {person: intake.group for intake in stated.intakes for person in intake.persons}
        check_groups(stated.facts, groups)
    signed = Sign("stated", kind, title, terms)
    state, events = play(aggregate_for(kind), [(signed, _at(dt.date.fromordinal(plan.start_day)))])
    aggregate = aggregate_for(kind)
    steps = sorted(_steps(plan, stated), key=lambda step: (step.day, step.order))
    folding, log = aggregate.folding(state), list(events)
    now = state.recorded
    for step in steps:
        now = max(now, _at(step.day))
        before = folding.state
        try:
            found = aggregate.decide(before, step.command, now=now)
        except Refused as refusal:
            told = f"{step.item}: {refusal}" if step.item else placed(str(refusal), step.facts)
            raise Refused(told) from None
        for event in found:
            if heard and before:
                heard(before, event)
            folding.apply(event)
            log.append(event)
    if folding.state is None:
        raise TypeError("a signed contract has a state")
    return folding.state, tuple(log)


def check_groups(facts: Iterable[Stated], groups: Mapping[str, str]) -> None:
    """Refuse a subgroup of a person, by pseudonym, that is another than the person was enrolled with.

    Raises Refused. Who is not enrolled is looked at later, and so is what leaves the subgroup out.
    """
    for fact in facts:
        enrolled = groups.get(fact.person, fact.group) if fact.person is not None else fact.group
        if fact.group and fact.group != enrolled:
            whose = f"'{enrolled}'" if enrolled else "no subgroup"
            told = f"'{fact.person}' was enrolled in {whose}, and is stated in '{fact.group}'; mend one of the two"
            raise Refused(f"{_where(fact)}{told}")


def aggregate_for(kind: Kind) -> Aggregate[State, Command]:
    """The machine of a kind of contract."""
    return InternalFundContract if kind == "internal_fund" else ExternalInvestorContract


def _plan(terms: Terms) -> Plan:
    try:
        return compile_terms(terms)
    except (ValueError, OverflowError) as error:
        raise Refused(f"settling is refused: {error}; complete the terms") from None


def rounds(plan: Plan, facts: Iterable[Stated]) -> Iterator[tuple[Measure | RealiseSaving, tuple[Stated, ...]]]:
    """Facts as commands, a whole round in each: one metric at one follow-up month, found and reported on one day.

    Raises Refused for a saving that is stated as an outcome, or an outcome as a saving.
    """
    savings = plan.saving_metrics
    gathered: dict[tuple[object, ...], list[Stated]] = {}
    for fact in facts:
        if fact.amount is not None and fact.metric in plan.metrics and fact.metric not in savings:
            raise Refused(f"{_where(fact)}'{fact.metric}' is an outcome: state quantity, not amount")
        if fact.amount is None and fact.metric in savings:
            raise Refused(f"{_where(fact)}'{fact.metric}' is a saving: state amount, in kroner")
        alone = (fact.group, fact.person is None)
        key = (fact.date, fact.recorded or fact.date, fact.metric, fact.month, *(alone if alone[1] else ("", False)))
        gathered.setdefault(key, []).append(fact)
    for together in gathered.values():
        first = together[0]
        if first.amount is not None:
            if len(together) > 1:
                raise Refused(f"{_where(together[1])}the saving of {first.date} is stated twice; keep one")
            yield RealiseSaving(first.date, first.metric, first.amount), tuple(together)
            continue
        results = tuple((fact.person, fact.quantity, fact.of) for fact in together)
        group = first.group if first.person is None else ""
        yield Measure(first.date, first.metric, first.month, results, group), tuple(together)


class _Step(NamedTuple):
    """A command, the day on which it is recorded, its place on that day, and the facts or item that it comes from."""

    day: dt.date
    order: tuple[int, int]
    command: Command
    facts: tuple[Stated, ...] = ()
    item: str = ""


def _steps(plan: Plan, stated: StatedFacts) -> Iterator[_Step]:
    """Every command with the day on which it is recorded."""
    start, end = dt.date.fromordinal(plan.start_day), dt.date.fromordinal(plan.end_day)
    runs_off = plan.early_results == "run_off"
    stops = None if runs_off else stated.ended
    for item, day in (("ended", stated.ended), ("until", stated.until and min(stated.until, end))):
        if day is not None and not start <= day <= end:
            raise Refused(f"{item}: expected a day from {start} to {end}, found {day}; mend the date")
    until = min(each for each in (stated.until, stops, end) if each is not None)
    ending = until in (end, stops)
    last = until + dt.timedelta(days=plan.reporting_days)
    if ending:
        _refuse_after(until, last, "early end" if until < end else "end", stated)
    settling = _settled_on(plan, stated)
    for day, amount in _draws(plan, stated).items():
        if day <= until:
            # what is settled later than its date has to be settled before capital of a later date is drawn
            waits = max((later for statement, later in settling.items() if statement < day), default=day)
            yield _Step(max(day, waits), (7, 0) if waits > day else (0, 0), Draw(day, amount), item="draws")
    for intake in _intakes(stated, start):
        if intake.date <= until:
            yield _Step(intake.date, (1, 0), Enrol(intake.date, intake.persons, intake.group), item=intake.place)
    for leaver in stated.leavers:
        if leaver.date <= until:
            yield _Step(leaver.date, (2, 0), DropOut(leaver.date, leaver.persons, leaver.why), item=leaver.place)
    for command, facts in rounds(plan, stated.facts):
        reported = _reported(facts[0])
        if reported < command.effective:
            raise Refused(f"{_where(facts[0])}expected a report from {command.effective} on, found {reported}; mend it")
        if command.effective <= until and reported <= last:
            yield _Step(reported, (3, 0), command, facts)
    for change, place in stated.changes:
        if change.effective <= last:
            yield _Step(change.effective, (4, 0), change, item=place)
    for number, (day, later) in enumerate(settling.items()):
        if day <= until and day.toordinal() in plan.statement_days:
            yield _Step(later, (5, 2 * number), Verify(day))
            yield _Step(later, (5, 2 * number + 1), Settle(day))
    if runs_off and stated.ended is not None and stated.ended <= until:
        yield _Step(stated.ended, (6, 0), End(stated.ended, early=True))
    if ending:
        closed = [later for day, later in settling.items() if day <= until]
        at = max(closed, default=until)
        if until < end and plan.early_results == "settled":
            following = (dt.date.fromordinal(day) for day in plan.statement_days if day > until.toordinal())
            yield _Step(at, (8, 0), Verify(next(following)))
        yield _Step(at, (8, 1), End(until, early=until < end))


def _draws(plan: Plan, stated: StatedFacts) -> Mapping[dt.date, int]:
    """Capital by day: as stated, or as the terms schedule it until an early end."""
    if stated.draws is not None:
        return stated.draws
    scheduled = {dt.date.fromordinal(day): amount for day, amount in plan.draws}
    return {day: amount for day, amount in scheduled.items() if stated.ended is None or day <= stated.ended}


def _refuse_after(until: dt.date, last: dt.date, word: str, stated: StatedFacts) -> None:
    """Nothing happens after a contract's end, and nothing is reported or changed after the days that are left for it.

    What only lies beyond the last day to be settled is left for later.
    """
    for fact in stated.facts:
        if fact.date > until:
            raise Refused(
                f"{_where(fact)}expected a day up to {until}, the contract's {word}, found {fact.date}; mend it"
            )
        if _reported(fact) > last:
            found = f"found {_reported(fact)}; nothing pays for it after the {word}: mend the date, or leave it out"
            raise Refused(f"{_where(fact)}expected a report up to {last}, {found}")
    told = [(each.place, each.date, until) for each in stated.intakes or ()]
    told += [(each.place, each.date, until) for each in stated.leavers]
    told += [("draws", day, until) for day in stated.draws or ()]
    told += [(each.place, each.command.effective, last) for each in stated.changes]
    for item, day, limit in told:
        if day > limit:
            bound = f"expected a day up to {limit}, for a contract whose {word} is {until}"
            raise Refused(f"{item}: {bound}, found {day}; mend the date, or leave it out")


def _reported(fact: Stated) -> dt.date:
    return fact.recorded or fact.date


def _settled_on(plan: Plan, stated: StatedFacts) -> dict[dt.date, dt.date]:
    """When each statement is settled, and an early end: on its date, or after the days that it leaves for reports where
    a result was reported, or a change made, in these days.
    """
    days = [*map(dt.date.fromordinal, plan.statement_days)]
    if stated.ended is not None and plan.early_results != "run_off":
        days = sorted({*(day for day in days if day < stated.ended), stated.ended})
    settled, before = {}, dt.date.min
    for day in days:
        last = day + dt.timedelta(days=plan.reporting_days)
        late = any(fact.date <= day < fact.recorded <= last for fact in stated.facts if fact.recorded)
        late |= any(day < change.command.effective <= last for change in stated.changes)
        before = settled[day] = max(last if late else day, before)
    return settled


def _intakes(stated: StatedFacts, start: dt.date) -> Sequence[Intake]:
    if stated.intakes is not None:
        return stated.intakes
    by_group: dict[str, dict[str, None]] = {}
    seen: dict[str, str] = {}
    for fact in stated.facts:
        if fact.person is None:
            continue
        if seen.setdefault(fact.person, fact.group) != fact.group:
            told = f"'{seen[fact.person]}' and '{fact.group}'"
            raise Refused(f"{_where(fact)}'{fact.person}' is stated in two subgroups, {told}; mend one")
        by_group.setdefault(fact.group, {})[fact.person] = None
    return [Intake(start, tuple(persons), group, "") for group, persons in by_group.items()]


def _at(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)


def _where(fact: Stated) -> str:
    return f"{fact.place}: " if fact.place else ""


def placed(refusal: str, facts: Sequence[Stated]) -> str:
    """A refusal of a round with the place of the fact that it names, or of the first; of counts, of which one is too
    many, of the last.
    """
    named = [fact for fact in facts if fact.person is None or f"'{fact.person}'" in refusal]
    found = named[-1] if named else facts[0] if facts else None
    return refusal if found is None else _where(found) + refusal
