"""An auditor can see how things stood, what happened, and which amount does not recompute."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import given as for_all
from hypothesis import strategies as st

from contracts.audit import Difference, aggregate_of, replay, timeline, verify
from contracts.commands import with_denominators
from contracts.encoding import BrokenLog, decode, encode
from contracts.events import Drawn, Ended, Event, Measured, Paid, Settled, Verified
from contracts.external import ExternalInvestorContract
from tests.contracts.stories import FIRST_YEAR, attempted, attempts, day, given, noon, reached, worked_example

LATE = reached("2020-06-30", 24, 10)


def changed(events: tuple[Event, ...], version: int, **fields: Any) -> tuple[Event, ...]:
    """The log with other recorded fields in one event."""
    other = events[version - 1].model_copy(update=fields)
    return (*events[: version - 1], other, *events[version:])


def versions_of(events: tuple[Event, ...], event_class: type[Event]) -> list[int]:
    return [event.version for event in events if isinstance(event, event_class)]


def test_a_log_replays_to_any_version() -> None:
    events = worked_example()
    for version in range(1, len(events) + 1):
        assert replay(events, version=version) == ExternalInvestorContract.fold(events[:version])
    for version in (0, len(events) + 1):
        with pytest.raises(LookupError, match=f"a version from 1 to 17, found {version}"):
            replay(events, version=version)


def test_a_log_replays_to_what_was_in_force_on_a_day_and_to_what_was_known_then() -> None:
    paid_later = day("2022-01-20")
    events = worked_example()
    assert len(replay(events, effective=day("2021-12-31")).settlements) == 2
    assert [len(replay(events, effective=date).payments) for date in (day("2022-01-19"), paid_later)] == [
        1,
        2,
    ]
    assert [len(replay(events, recorded=date).payments) for date in (day("2022-01-19"), paid_later)] == [1, 2]
    just_before = noon(paid_later) - dt.timedelta(seconds=1)
    assert replay(events, recorded=just_before) == replay(events, version=11)
    with pytest.raises(LookupError, match="begins on 2020-01-01"):
        replay(events, effective=day("2019-12-31"))


def test_what_is_known_late_was_in_force_before() -> None:
    story = given(*FIRST_YEAR)
    late = story.when(LATE, noon(day("2021-03-01"))).events
    events = (*story.events, *late)
    assert len(replay(events, effective=day("2020-12-31")).facts) == 20
    assert len(replay(events, recorded=day("2020-12-31")).facts) == 10


def test_a_broken_log_does_not_replay() -> None:
    events = worked_example()
    with pytest.raises(BrokenLog, match="expected event 5, found event 6"):
        replay(events[:4] + events[5:], version=2)
    with pytest.raises(BrokenLog, match="begins with a signature"):
        aggregate_of(events[1:])


def test_a_timeline_tells_what_happened_in_the_order_recorded() -> None:
    rows = timeline(worked_example())
    assert [(row.kind, row.amount) for row in rows[:7]] == [
        ("contract.signed", None),
        ("contract.drawn", 180_000_000),
        ("contract.enrolled", None),
        ("contract.measured", None),
        ("contract.verified", None),
        ("contract.settled", 72_000_000),
        ("contract.paid", 72_000_000),
    ]
    assert rows[3].detail == {
        "metric": "housed",
        "point": 12,
        "measured": 10,
        "quantity": 8.0,
        "statement": day("2020-12-31"),
    }
    assert rows[5].detail["receipts"] == {"DSI": 36_000_000, "Aarhus investeringsfond": 36_000_000}
    assert rows[-1].kind == "contract.ended"


def test_the_worked_example_recomputes() -> None:
    assert verify(worked_example()) == []


def test_a_changed_fact_is_found_where_it_was_settled() -> None:
    events = worked_example()
    measured, settled = versions_of(events, Measured)[0], versions_of(events, Settled)[0]
    nine = with_denominators(reached("2020-12-31", 12, 9).results)
    first = verify(changed(events, measured, results=nine))[0]
    assert first == Difference(settled, "contract.settled", "amounts.entitled.housing", 81_000_000, 72_000_000)
    assert first.difference == -9_000_000
    assert str(first) == (
        "event 6, contract.settled amounts.entitled.housing: expected 81000000, found 72000000, difference -9000000"
    )


def test_a_changed_payment_is_found() -> None:
    events = worked_example()
    paid = versions_of(events, Paid)[0]
    found = verify(changed(events, paid, amounts={"municipality": 43_200_001, "state": 28_800_000}))
    assert found == [Difference(paid, "contract.paid", "amounts.municipality", 43_200_000, 43_200_001)]


def test_a_changed_draw_is_found() -> None:
    events = worked_example()
    found = verify(changed(events, 2, providers={"DSI": 180_000_000}))
    assert found == [
        Difference(2, "contract.drawn", "providers.DSI", 90_000_000, 180_000_000),
        Difference(2, "contract.drawn", "providers.Aarhus investeringsfond", 90_000_000, 0),
    ]


def test_a_gap_and_an_event_that_the_rules_forbid_are_found() -> None:
    events = worked_example()
    first = verify(events[:4] + events[5:])[0]
    assert (first.version, first.found) == (6, "recorded all the same")
    assert "all 10 facts verified" in first.expected
    swapped = verify(events[:2] + events[3:])[0]
    assert (swapped.version, "not enrolled" in swapped.expected) == (4, True)
    assert verify(())[0].version == 1
    assert "begins with a signature" in verify(events[1:])[0].expected


def test_a_log_in_which_one_event_stands_twice_is_found() -> None:
    events = worked_example()
    assert verify((*events[:2], events[1], *events[2:]))[0].version == 2


@for_all(attempts())
def test_what_was_decided_recomputes(steps: list[tuple[Any, dt.datetime]]) -> None:
    _, events = attempted(ExternalInvestorContract, steps)
    assert verify(events) == [] or not events


def numbers_in(fields: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = fields.items() if isinstance(fields, dict) else ()
    if isinstance(fields, int) and not isinstance(fields, bool):
        return [place]
    return [found for step, below in steps for found in numbers_in(below, (*place, step))]


def raised(event: Event, place: tuple[Any, ...], by: int) -> Event:
    fields = below = json.loads(encode(event))
    for step in place[:-1]:
        below = below[step]
    below[place[-1]] += by
    return decode(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode())


@for_all(attempts(), st.data())
def test_a_changed_amount_is_found_in_its_event(steps: list[tuple[Any, dt.datetime]], data: st.DataObject) -> None:
    _, events = attempted(ExternalInvestorContract, steps)
    places = [
        (number, place)
        for number, event in enumerate(events)
        if isinstance(event, Drawn | Settled | Paid | Ended | Verified)
        for place in numbers_in(json.loads(encode(event)))
        if place[0] not in ("version", "schema")
    ]
    assume(places)
    number, place = data.draw(st.sampled_from(places))
    events[number] = raised(events[number], place, data.draw(st.integers(1, 10_000)))
    assert verify(events)[0].version == number + 1
