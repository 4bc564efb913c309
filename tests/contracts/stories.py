"""given(commands).when(command).then(events): tests of contracts and funds that read as sentences."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from contracts.aggregate import Aggregate, Refused, play
from contracts.events import Event
from contracts.external import ExternalInvestorContract
from contracts.lifecycle import (
    Command,
    Draw,
    End,
    Enrol,
    Measure,
    Pay,
    RealiseSaving,
    Settle,
    Sign,
    Verify,
)
from contracts.terms import Terms
from contracts.timetable import statement_dates
from tests import oracle
from tests.contracts.strategies import SAVINGS, Case, cases

ONE = 1_000_000
KRONER = 100
CITIZENS = tuple(f"citizen-{number}" for number in range(1, 11))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def noon(date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(12), dt.UTC)


def card(**changes: object) -> Terms:
    """The rate card of the worked example, with a share of savings besides when asked for by `changes`."""
    price = {"kind": "unit_price", "metric": "housed", "prices": {12: 90_000, 24: 180_000, 36: 180_000}}
    payers = {"municipality": "0.6", "state": "0.4"}
    agreed = {
        "start": day("2020-01-01"),
        "end": day("2022-12-31"),
        "capital": {"DSI": "0.5", "Aarhus investeringsfond": "0.5"},
        "draws": {day("2020-01-01"): 1_800_000, day("2021-01-01"): 1_200_000},
        "clauses": {"housing": price | {"payers": payers}},
        "limits": [{"kind": "return_ceiling", "rate": "0.05", "accrual": "yearly"}],
    }
    return Terms.model_validate(agreed | changes)


SAVING_CLAUSE = {"kind": "savings_share", "tiers": [{"share": "0.8"}], "payers": {"municipality": "1"}}


def sign(terms: Terms | None = None, kind: str = "external_investor") -> Sign:
    return Sign("card", kind, "Rate card", terms or card())  # type: ignore[arg-type]


def reached(date: str, point: int, count: int, citizens: tuple[str, ...] = CITIZENS) -> Measure:
    results = tuple((who, ONE if number < count else 0) for number, who in enumerate(citizens))
    return Measure(day(date), "housed", point, results)


def year(number: int, point: int, count: int) -> tuple[Command, ...]:
    """A year of the worked example, up to its settlement: so many reach the goal."""
    date = f"{number}-12-31"
    return reached(date, point, count), Verify(day(date)), Settle(day(date))


SIGNED: tuple[Command, ...] = (sign(), Draw(day("2020-01-01"), 1_800_000 * KRONER))
ENROLLED: tuple[Command, ...] = (*SIGNED, Enrol(day("2020-01-01"), CITIZENS))
FIRST_YEAR: tuple[Command, ...] = (*ENROLLED, *year(2020, 12, 8))
WORKED_EXAMPLE: tuple[Command, ...] = (
    *FIRST_YEAR,
    Pay(day("2020-12-31"), day("2020-12-31")),
    Draw(day("2021-01-01"), 1_200_000 * KRONER),
    *year(2021, 24, 8),
    Pay(day("2021-12-31"), day("2022-01-20")),
    *year(2022, 36, 7),
    Pay(day("2022-12-31"), day("2022-12-31")),
    End(day("2022-12-31")),
)


def natural_time(command: Any) -> dt.datetime:
    if isinstance(command, Sign):
        return noon(day("2019-12-01"))
    return noon(getattr(command, "effective", None) or command.statement)


def timed(commands: Iterable[Any]) -> list[tuple[Any, dt.datetime]]:
    """Each command at noon of its day, and never before the one ahead of it."""
    steps: list[tuple[Any, dt.datetime]] = []
    for command in commands:
        now = natural_time(command)
        steps.append((command, max(now, steps[-1][1]) if steps else now))
    return steps


@dataclass(frozen=True)
class Such:
    """An event of a class with these fields; its other fields do not matter."""

    event_class: type[Event]
    fields: dict[str, Any]


def such(event_class: type[Event], **fields: Any) -> Such:
    return Such(event_class, fields)


@dataclass(frozen=True)
class Outcome:
    events: tuple[Event, ...]
    refusal: str | None

    def then(self, *expected: Such) -> None:
        assert self.refusal is None, self.refusal
        assert [type(event) for event in self.events] == [each.event_class for each in expected]
        for event, each in zip(self.events, expected, strict=True):
            assert {name: getattr(event, name) for name in each.fields} == each.fields

    def then_refused(self, *words: str) -> None:
        assert self.refusal is not None, f"expected a refusal, found {self.events}"
        for word in words:
            assert word in self.refusal


@dataclass(frozen=True)
class Given:
    aggregate: Aggregate[Any, Any]
    state: Any
    events: tuple[Event, ...]

    def when(self, command: Any, now: dt.datetime | None = None) -> Outcome:
        """At noon of the command's day, or of the last event's day when that is later, unless a time is given."""
        last = [self.state.recorded] if self.state else []
        try:
            at = now or max([natural_time(command), *last])
            return Outcome(self.aggregate.decide(self.state, command, now=at), None)
        except Refused as refusal:
            return Outcome((), str(refusal))


def given(*commands: Any, aggregate: Aggregate[Any, Any] = ExternalInvestorContract) -> Given:
    if not commands:
        return Given(aggregate, None, ())
    return Given(aggregate, *play(aggregate, timed(commands)))


def worked_example() -> tuple[Event, ...]:
    return given(*WORKED_EXAMPLE).events


def steps_of(case: Case) -> tuple[list[oracle.Fact], list[tuple[Command, dt.datetime]]]:
    """The first contract of a random case, as commands in the order of their days, and the facts that fit in.

    Left out: what was measured before, counts where each person is limited, what comes after the end.
    """
    terms, end = case.terms, case.ends[0]
    start, days = terms.start, statement_dates(terms)
    assert start is not None
    persons = tuple(f"p{number}" for number in range(3))
    steps: list[tuple[dt.date, int, Command]] = [(start, 1, Enrol(start, persons))]
    steps += [(when, 0, Draw(when, amount)) for when, amount in case.draws[0].items() if when <= end]
    capped = any(limit.kind == "per_person" for limit in terms.limits)
    facts, seen = [], set()
    for fact in case.facts[0]:
        if fact.metric in SAVINGS:
            fact = fact._replace(person=None, point=0)
        count = fact.person is None
        key = (fact.person, fact.metric, fact.point, fact.day if count else None)
        recorded = max(fact.day, days[fact.statement - 1] + dt.timedelta(1)) if fact.statement else fact.day
        outcome = fact.metric not in SAVINGS
        if key in seen or recorded > end or (capped and count and outcome):
            continue
        seen.add(key)
        facts.append(fact)
        steps.append((recorded, 2, _observed(fact)))
    for when in days:
        if when <= end:
            steps += [(when, 3, Verify(when)), (when, 4, Settle(when))]
    steps.append((end, 5, End(end, early=True)))
    commands = [(command, noon(when)) for when, _, command in sorted(steps, key=lambda step: step[:2])]
    return facts, [(Sign("case", "external_investor", "A case", terms), noon(start)), *commands]


def _observed(fact: oracle.Fact) -> Command:
    if fact.metric in SAVINGS:
        return RealiseSaving(fact.day, fact.metric, int(fact.quantity))
    who = None if fact.person is None else f"p{fact.person}"
    return Measure(fact.day, fact.metric, fact.point, ((who, int(fact.quantity * ONE)),))


@st.composite
def attempts(draw: st.DrawFn) -> list[tuple[Any, dt.datetime]]:
    """Commands of a random contract, some left out, some out of turn, so that many are refused."""
    _, steps = steps_of(draw(cases()))
    kept = [step for step in steps if draw(st.integers(0, 9))]
    for _ in range(draw(st.integers(0, 4))):
        command, _ = draw(st.sampled_from(steps))
        place = draw(st.integers(0, len(kept)))
        kept.insert(place, (command, kept[place - 1][1] if kept else steps[0][1]))
    payments = [(Pay(c.statement, c.statement), now) for c, now in kept if isinstance(c, Settle)]
    return sorted(kept + payments, key=lambda step: step[1])


def attempted(aggregate: Aggregate[Any, Any], steps: list[tuple[Any, dt.datetime]]) -> tuple[Any, list[Event]]:
    state, events = None, list[Event]()
    for command, now in steps:
        try:
            new = aggregate.decide(state, command, now=now)
        except Refused:
            continue
        for event in new:
            state = aggregate.evolve(state, event)
        events += new
    return state, events
