"""The register keeps logs as they were written, and says clearly when it cannot."""

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
    StoreUnavailable,
    open_register,
)
from tests.contracts.stories import SIGNED, attempted, attempts, card, day, given, noon, sign, worked_example

JANUARY = day("2020-01-01")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "contracts.db"


@pytest.fixture
def register(path: Path) -> Iterator[Register]:
    with open_register(path) as opened:
        yield opened


def rewrite(path: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def stored_events(path: Path) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT * FROM stored_events ORDER BY rowid").fetchall()
    connection.close()
    return rows


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
        ("contract.paid", "contract.disputed", NewerLog, "unknown event 'contract.disputed'.*newer version"),
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


def test_closing_leaves_one_file(path: Path) -> None:
    with open_register(path) as register:
        register.append("card", 0, worked_example())
        assert len(list(path.parent.iterdir())) > 1
    assert list(path.parent.iterdir()) == [path]


def test_a_missing_store_is_only_made_for_writing(path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="there is no such store; mend the path"):
        open_register(path, create=False)
    assert not path.exists()


def test_what_is_no_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="expected a file, found a folder"):
        open_register(tmp_path)
    with pytest.raises(StoreUnavailable, match="does not exist; make it, or mend the path"):
        open_register(tmp_path / "nowhere" / "contracts.db")
    text = tmp_path / "text.db"
    text.write_text("not a database, but long enough to be taken for one " * 40)
    with pytest.raises(StoreUnavailable, match="not a database; name another file"):
        open_register(text)
    other = tmp_path / "other.db"
    rewrite(other, "CREATE TABLE songs (title TEXT)")
    before = other.read_bytes()
    with pytest.raises(StoreUnavailable, match="a database, but not a store of contracts"):
        open_register(other)
    assert other.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["other.db", "text.db"]


@pytest.mark.parametrize("store", ["postgresql://localhost/effekt", "https://example.org/store", "sqlite://x", ""])
def test_other_kinds_of_store_are_refused(store: str) -> None:
    with pytest.raises(StoreUnavailable, match=r"PostgreSQL stores are not supported yet|expected a path"):
        open_register(store)


def test_a_name_with_odd_characters_is_a_name(tmp_path: Path) -> None:
    path = tmp_path / "år 100% klar?#1.db"
    with open_register(path) as register:
        register.append("card", 0, worked_example())
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_locked_store_is_named(path: Path, register: Register) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with open_register(path, timeout=1) as waiting:
        assert waiting.ids() == ()
        with pytest.raises(StoreUnavailable, match=r"contracts\.db: database is locked; another program is using it"):
            waiting.append("card", 0, worked_example())
    other.close()


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's privilege to write everywhere."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_store_that_may_not_be_written_is_named() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contracts.db"
        open_register(path).close()
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        try:
            with as_nobody(), pytest.raises(StoreUnavailable, match="permissions"):
                open_register(path)
            with as_nobody(), pytest.raises(StoreUnavailable, match="permissions"):
                open_register(path.with_name("new.db"))
        finally:
            Path(folder).chmod(0o755)


READ_AS_NOBODY = """
import os, sys
from eventsourcing.sqlite import SQLiteFactory
from contracts.register import StoreUnavailable, open_register
from tests.contracts.stories import SIGNED, given
event = given(*SIGNED).events[0].model_copy(update={"contract": "new"})
if os.geteuid() == 0:
    os.setgroups([])
    os.setegid(65534)
    os.seteuid(65534)
try:
    with open_register(sys.argv[1], create=False) as register:
        print(*register.ids(), len(register.events("card")))
        register.append("new", 0, [event])
except StoreUnavailable as error:
    print(error)
"""


def read_as_nobody(path: Path) -> list[str]:
    """What a user without rights of its own reads from a store and is told when it writes."""
    done = subprocess.run(
        [sys.executable, "-c", READ_AS_NOBODY, str(path)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.splitlines()


@pytest.fixture
def shelf() -> Iterator[Path]:
    """A store in a folder that everybody may enter (pytest's own is closed to others)."""
    with tempfile.TemporaryDirectory() as folder:
        everybody_may_enter = 0o755
        os.chmod(folder, everybody_may_enter)
        path = Path(folder) / "contracts.db"
        with open_register(path) as register:
            register.append("card", 0, worked_example())
        yield path
        os.chmod(folder, everybody_may_enter)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file modes")
class TestReadingOnly:
    @pytest.mark.parametrize(("file", "folder"), [(0o444, 0o755), (0o644, 0o555), (0o444, 0o555), (0o444, 0o777)])
    def test_a_store_that_may_only_be_read_is_read(self, shelf: Path, file: int, folder: int) -> None:
        shelf.chmod(file)
        shelf.parent.chmod(folder)
        read, refused = read_as_nobody(shelf)
        assert read == "card 17"
        assert "readonly database; change the permissions" in refused
        assert [each.name for each in shelf.parent.iterdir()] == [shelf.name]

    def test_a_copy_without_a_log_is_read_too(self, shelf: Path) -> None:
        copy = shelf.with_name("copy.db")
        rewrite(shelf, "VACUUM INTO ?", str(copy))
        copy.chmod(0o444)
        assert read_as_nobody(copy)[0] == "card 17"

    def test_what_another_program_has_not_yet_folded_in_is_read(self, shelf: Path) -> None:
        with open_register(shelf) as busy:
            busy.append("second", 0, [worked_example()[0].model_copy(update={"contract": "second"})])
            shelf.chmod(0o444)
            assert read_as_nobody(shelf)[0] == "card second 17"

    def test_a_store_that_may_not_be_read_is_named(self, shelf: Path) -> None:
        shelf.chmod(0)
        (refused,) = read_as_nobody(shelf)
        assert "this user may not read the file" in refused


def test_reading_leaves_a_copy_as_it_was(register: Register, path: Path) -> None:
    register.append("card", 0, worked_example())
    copy = path.with_name("copy.db")
    rewrite(path, "VACUUM INTO ?", str(copy))
    before = copy.read_bytes()
    with open_register(copy, create=False) as reading:
        assert len(reading.events("card")) == 17
    assert copy.read_bytes() == before


def test_when_the_disk_is_full_nothing_is_saved(register: Register, path: Path) -> None:
    resource = pytest.importorskip("resource", reason="file sizes cannot be limited here")
    events = worked_example()
    register.append("card", 0, events[:2])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 4096, hard))
    try:
        with pytest.raises(StoreUnavailable, match=r"contracts\.db: .*disk"):
            register.append("card", 2, events[2:])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert register.events("card") == events[:2]
    register.append("card", 2, events[2:])
    assert register.events("card") == events


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
