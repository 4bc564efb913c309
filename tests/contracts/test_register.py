"""The register keeps logs as they were written, and says clearly when it cannot."""

import datetime as dt
import json
import sqlite3
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given as for_all
from hypothesis import settings

from contracts.aggregate import Refused
from contracts.encoding import decode, encode
from contracts.events import ContractEvent, Event, Paid
from contracts.external import ExternalInvestorContract
from contracts.fund import Found
from contracts.internal import InternalFund
from contracts.lifecycle import Draw, Enrol
from contracts.register import (
    BrokenLog,
    Conflict,
    Entry,
    NewerLog,
    NotFound,
    Register,
    open_register,
)
from tests.contracts.stories import SIGNED, attempted, attempts, card, day, given, noon, sign, worked_example

from .stores import rewrite, stored_events

JANUARY = day("2020-01-01")


def test_it_gives_back_what_was_appended(register: Register, path: Path) -> None:
    events = worked_example()
    register.append("card", 0, events[:5])
    register.append("card", 5, events[5:])
    assert register.events("card") == events
    with open_register(f"sqlite:///{path}", create=False) as again:
        assert again.events("card") == events
        assert again.events("card", version=6) == events[:6]


@settings(max_examples=30)
@for_all(attempts())
def test_it_gives_back_any_log_and_the_same_bytes(steps: list[tuple[Any, dt.datetime]]) -> None:
    _, events = attempted(ExternalInvestorContract, steps)
    with tempfile.TemporaryDirectory() as folder, open_register(Path(folder) / "any.db") as register:
        register.append("case", 0, events)
        assert register.events("case") == tuple(events)
        assert register.stored("case") == tuple(encode(event) for event in events)
        assert [encode(decode(data)) for data in register.stored("case")] == list(register.stored("case"))


def test_events_read_as_json_with_their_topic_in_the_database(register: Register, path: Path) -> None:
    register.append("card", 0, given(*SIGNED).events)
    (_, _, topic, _), (log, version, _, data) = stored_events(path)
    assert (log, version, topic) == ("card", 2, "contract.signed")
    assert json.loads(data) == {
        "topic": "contract.drawn",
        "schema": 1,
        "version": 2,
        "effective": "2020-01-01",
        "recorded": "2020-01-01T12:00:00Z",
        "by": "",
        "reason": "",
        "contract": "card",
        "amount": 180_000_000,
        "providers": {"DSI": 90_000_000, "Aarhus investeringsfond": 90_000_000},
        "account": 180_000_000,
    }


def test_a_recorded_time_keeps_its_zone(register: Register) -> None:
    copenhagen = dt.timezone(dt.timedelta(hours=1))
    late = dt.datetime(2020, 2, 1, 0, 30, tzinfo=copenhagen)
    story = given(*SIGNED)
    enrolled = story.when(Enrol(day("2020-02-01"), ("a",)), late).events
    register.append("card", 0, story.events + enrolled)
    assert register.events("card")[-1].recorded.date() == day("2020-02-01")


def test_it_lists_logs_with_kind_title_and_length(register: Register) -> None:
    register.append("card", 0, worked_example())
    founded = given(Found("a-pool", "Investeringspuljen", JANUARY, 300), aggregate=InternalFund)
    register.append("a-pool", 0, founded.events)
    assert register.ids() == ("card", "a-pool")
    assert register.entries() == (
        Entry("card", "external_investor", "Rate card", 17),
        Entry("a-pool", "fund", "Investeringspuljen", 1),
    )


def test_a_command_is_loaded_decided_and_saved(register: Register) -> None:
    state, (signed,) = register.execute(ExternalInvestorContract, "card", sign(), now=noon(JANUARY), by="Ida")
    assert (state.version, signed.by) == (1, "Ida")
    state, _ = register.execute(
        ExternalInvestorContract, "card", Draw(JANUARY, 100), now=noon(JANUARY), reason="first draw"
    )
    assert state == ExternalInvestorContract.fold(register.events("card"))
    with pytest.raises(Refused, match="enrol"):
        register.execute(ExternalInvestorContract, "card", Enrol(JANUARY, ()), now=noon(JANUARY))
    with pytest.raises(Refused, match="expected a command for 'other', found one for 'card'"):
        register.execute(ExternalInvestorContract, "other", sign(), now=noon(JANUARY))
    assert register.ids() == ("card",)


def test_of_two_writers_the_second_is_told_and_nothing_of_it_is_saved(register: Register, path: Path) -> None:
    events = worked_example()
    register.append("card", 0, events[:4])
    with open_register(path) as other:
        other.append("card", 4, events[4:6])
        with pytest.raises(Conflict, match="expected the log at version 4, found it at 6"):
            register.append("card", 4, events[4:])
    assert register.events("card") == events[:6]


def test_a_log_never_gets_a_gap(register: Register) -> None:
    events = worked_example()
    register.append("card", 0, events[:2])
    with pytest.raises(Conflict, match="expected the log at version 3, found it at 2"):
        register.append("card", 3, events[3:5])
    with pytest.raises(ValueError, match="expected card, event 3, found card, event 4"):
        register.append("card", 2, events[3:5])
    with pytest.raises(ValueError, match="expected other, event 1, found card, event 1"):
        register.append("other", 0, events[:1])
    assert register.events("card") == events[:2]


def test_an_unknown_log_is_empty_and_an_unknown_version_is_not_found(register: Register) -> None:
    assert register.events("card") == ()
    register.append("card", 0, worked_example())
    for version in (0, 18, 99):
        with pytest.raises(NotFound, match=f"expected a version from 1 to 17, found {version}"):
            register.events("card", version=version)


def test_a_lost_event_is_noticed(register: Register, path: Path) -> None:
    register.append("card", 0, worked_example())
    rewrite(path, "DELETE FROM stored_events WHERE originator_version = 3")
    with pytest.raises(BrokenLog, match="card: expected event 3, found 4"):
        register.events("card")


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        ("contract.paid", "contract.audited", NewerLog, "unknown event 'contract.audited'.*newer version"),
        (
            '"schema":1',
            '"schema":2',
            NewerLog,
            "'contract.paid' has schema 2, known here up to 1.*newer version",
        ),
        ('"closing":false', '"closing":false,"note":1', BrokenLog, "note: Extra inputs"),
        ('"version":7', '"version":8', BrokenLog, "expected that event, found card, event 8"),
        ("}}", "}", BrokenLog, "damaged"),
        ('{"topic":"contract.paid","schema":1,', "{", BrokenLog, "found topic None and schema None"),
    ],
)
def test_an_event_that_cannot_be_read_is_named(
    register: Register, path: Path, old: str, new: str, error: type[Exception], words: str
) -> None:
    events = worked_example()
    register.append("card", 0, events)
    data = encode(events[6]).decode().replace(old, new).encode()
    rewrite(path, "UPDATE stored_events SET state = ? WHERE originator_version = 7", data)
    with pytest.raises(error, match=f"card, event 7: .*{words}"):
        register.events("card")


class Noted(ContractEvent):
    """An event that once had a `text` and now has `words`."""

    topic: ClassVar[str] = "contract.noted"
    schema_version: ClassVar[int] = 3

    words: tuple[str, ...]


def test_an_old_schema_is_brought_up_to_date_step_by_step() -> None:
    noted = Noted(version=1, effective=JANUARY, recorded=noon(JANUARY), contract="card", words=("to", "be"))
    old = encode(noted).replace(b'"schema":3', b'"schema":1').replace(b'"words":["to","be"]', b'"text":"to be"')
    upcasts = {
        ("contract.noted", 1): lambda fields: fields | {"text": fields["text"].split()},
        ("contract.noted", 2): lambda fields: {
            ("words" if name == "text" else name): value for name, value in fields.items()
        },
    }
    assert decode(old, classes=(Noted,), upcasts=upcasts) == noted
    with pytest.raises(BrokenLog, match="no way is known from schema 1"):
        decode(old, classes=(Noted,))


def test_terms_with_months_years_and_dates_as_keys_come_back_as_they_were() -> None:
    clause = {
        "kind": "scheduled",
        "amounts": {2021: 5, day("2022-05-01"): 7},
        "payers": {"municipality": "1.0"},
    }
    terms = card(draws={0: 10, 6: 20, day("2021-07-01"): 30}, clauses={"cut": clause})
    (signed,) = given(sign(terms)).events
    assert decode(encode(signed)) == signed


def test_a_paid_amount_is_found_by_its_json(register: Register, path: Path) -> None:
    events: tuple[Event, ...] = worked_example()
    register.append("card", 0, events)
    connection = sqlite3.connect(path)
    query = (
        "SELECT json_extract(CAST(state AS TEXT), '$.amounts.municipality') FROM stored_events"
        " WHERE topic = 'contract.paid' ORDER BY originator_version"
    )
    found = [row[0] for row in connection.execute(query)]
    connection.close()
    assert found == [event.amounts["municipality"] for event in events if isinstance(event, Paid)]


def test_new_logs_are_begun_together_or_not_at_all(register: Register) -> None:
    events = worked_example()
    other = tuple(event.model_copy(update={"contract": "other"}) for event in events)
    register.append("other", 0, other[:1])
    with pytest.raises(Conflict, match="'other' in the store already; nothing was saved"):
        register.begin([events, other])
    assert register.ids() == ("other",)
    third = tuple(event.model_copy(update={"contract": "third"}) for event in events)
    register.begin([events, third])
    assert register.events("card") == events
    assert register.events("third") == third


def test_a_log_without_its_first_event_is_broken_and_does_not_vanish(register: Register, path: Path) -> None:
    register.append("card", 0, worked_example())
    rewrite(path, "DELETE FROM stored_events WHERE originator_version = ?", 1)
    with pytest.raises(BrokenLog):
        register.entries()
    with pytest.raises(BrokenLog):
        register.events("card")


def test_text_in_the_place_of_bytes_is_a_broken_log(register: Register, path: Path) -> None:
    register.append("card", 0, worked_example())
    rewrite(path, "UPDATE stored_events SET state = ? WHERE originator_version = ?", "{}", 3)
    with pytest.raises(BrokenLog, match="card, event 3"):
        register.events("card")
