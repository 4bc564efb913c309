"""The register keeps the logs of contracts and funds; the only file that knows eventsourcing.

A store is an SQLite file. Its table `stored_events` holds one row an event: the id of the log, the version
from 1, the topic, and the event as JSON (`encoding`). To copy a store that is in use, `VACUUM INTO` another
file.
"""

import datetime as dt
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from eventsourcing.persistence import (
    EventStore,
    InfrastructureFactory,
    IntegrityError,
    JSONTranscoder,
    Mapper,
    PersistenceError,
    StoredEvent,
)
from eventsourcing.sqlite import SQLiteDatastore, SQLiteFactory
from eventsourcing.utils import Environment

from .aggregate import Aggregate, C, Refused, S
from .encoding import BrokenLog, NewerLog, decode, encode
from .events import Event, FundFounded, Signed

__all__ = [
    "BrokenLog",
    "Conflict",
    "Entry",
    "NewerLog",
    "NotFound",
    "Register",
    "StoreUnavailable",
    "open_register",
]


class StoreUnavailable(Exception):
    """A store that cannot be opened, read or written. The message names the store and the mend."""


class Conflict(Exception):
    """The log has grown in the meantime, and nothing was saved: load it again, repeat the command."""


class NotFound(LookupError):
    """A log or a version of it that the store does not hold."""


@dataclass(frozen=True)
class Entry:
    """A log in the register: id, kind (one of `audit.AGGREGATES`), title, number of events."""

    id: str
    kind: str
    title: str
    version: int


class _EventMapper(Mapper[str]):
    """Events as JSON through pydantic both ways; the library's own mapper skips validation when it loads."""

    def to_stored_event(self, domain_event: object) -> StoredEvent:
        event = cast(Event, domain_event)
        return StoredEvent(event.log, event.version, event.topic, encode(event))

    def to_domain_event(self, stored_event: StoredEvent) -> Event:  # type: ignore[override]
        place = f"{stored_event.originator_id}, event {stored_event.originator_version}"
        try:
            event = decode(_bytes(stored_event.state))
        except BrokenLog as error:
            raise type(error)(f"{place}: {error}") from None
        if stored_event.topic not in ("", event.topic):  # `entries` asks without a topic
            raise BrokenLog(f"{place}: expected the topic {event.topic}, found {stored_event.topic}; restore the log")
        if (event.log, event.version) != (stored_event.originator_id, stored_event.originator_version):
            raise BrokenLog(f"{place}: expected that event, found {event.log}, event {event.version}; restore the log")
        return event


class Register:
    """An open store of logs. Use `open_register`, and close it, best by `with`."""

    def __init__(self, factory: SQLiteFactory, name: str) -> None:
        """factory: eventsourcing's; name: the store's, for messages."""
        self.name = name
        self._factory = factory
        self._datastore: SQLiteDatastore = factory.datastore
        mapper = _EventMapper(JSONTranscoder())
        self._store: EventStore[str] = EventStore(mapper, factory.application_recorder())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the store go; SQLite then folds its write-ahead log into the file."""
        self._factory.close()

    def append(self, aggregate_id: str, expected_version: int, events: Sequence[Event]) -> None:
        """Save new events of one log, all or none.

        expected_version: the version that they follow, 0 for a new log. Raises Conflict when the log stands
        elsewhere, ValueError for events that are not the next of this log, StoreUnavailable when they cannot
        be written.
        """
        _check_sequence(aggregate_id, expected_version, events)
        with _available(self.name):
            try:
                if (found_version := self._version(aggregate_id)) == expected_version:
                    self._store.put(events)  # type: ignore[arg-type]
                    return
            except IntegrityError:
                found_version = self._version(aggregate_id)
        raise Conflict(
            f"{aggregate_id}: expected the log at version {expected_version}, found it at {found_version};"
            " nothing was saved: load it again and repeat the command"
        )

    def begin(self, logs: Sequence[Sequence[Event]]) -> None:
        """Save whole new logs, all of them or none; raises what `append` does."""
        for log in logs:
            _check_sequence(log[0].log, 0, log)
        with _available(self.name):
            taken = self._taken(logs)
            try:
                if not taken:
                    self._store.put([event for log in logs for event in log])  # type: ignore[misc]
                    return
            except IntegrityError:
                taken = self._taken(logs)
        raise Conflict(
            f"expected new logs, found '{taken[0]}' in the store already; nothing was saved: use another store or seed"
        )

    def _taken(self, logs: Sequence[Sequence[Event]]) -> list[str]:
        return [log[0].log for log in logs if self._version(log[0].log)]

    def events(self, aggregate_id: str, *, version: int | None = None) -> tuple[Event, ...]:
        """The log up to a version (all of it by default), oldest first; an unknown id has an empty log.

        Raises NotFound for a version the log does not have, BrokenLog for a gap or a damaged event, NewerLog
        for events of a newer version of the program.
        """
        with _available(self.name):
            found = cast("tuple[Event, ...]", tuple(self._store.get(aggregate_id, lte=version)))
        for expected, event in enumerate(found, start=1):
            if event.version != expected:
                raise BrokenLog(f"{aggregate_id}: expected event {expected}, found {event.version}; restore the log")
        if version is not None and (version < 1 or len(found) < version):
            last = self._version(aggregate_id)
            raise NotFound(f"{aggregate_id}: expected a version from 1 to {last}, found {version}")
        return found

    def stored(self, aggregate_id: str) -> tuple[bytes, ...]:
        """The log's events as the bytes that are stored, for export and hashing."""
        with _available(self.name):
            return tuple(_bytes(each.state) for each in self._store.recorder.select_events(aggregate_id))

    def ids(self) -> tuple[str, ...]:
        """The ids of all logs, in the order in which they were begun."""
        return tuple(originator for originator, _, _ in self._firsts())

    def entries(self) -> tuple[Entry, ...]:
        """All logs with kind, title and number of events, in the order in which they were begun."""
        return tuple(
            _entry(cast(Event, self._store.mapper.to_domain_event(StoredEvent(originator, 1, "", state))), version)
            for originator, state, version in self._firsts()
        )

    def execute(
        self,
        aggregate: Aggregate[S, C],
        aggregate_id: str,
        command: C,
        *,
        now: dt.datetime,
        by: str = "",
        reason: str = "",
    ) -> tuple[S, tuple[Event, ...]]:
        """Load a log, decide on a command, and save what it brings: the new state, and the new events.

        For many commands in a row, `aggregate.play` and one `append` are much faster. Raises Refused,
        Conflict, and what `events` and `append` raise.
        """
        known = self.events(aggregate_id)
        state = aggregate.fold(known) if known else None
        new = aggregate.decide(state, command, now=now, by=by, reason=reason)
        if new[0].log != aggregate_id:
            raise Refused(f"expected a command for '{aggregate_id}', found one for '{new[0].log}'; mend the id")
        self.append(aggregate_id, len(known), new)
        for event in new:
            state = aggregate.evolve(state, event)
        return cast(S, state), new

    def _version(self, aggregate_id: str) -> int:
        with _available(self.name):
            last = self._store.recorder.select_events(aggregate_id, desc=True, limit=1)
        return last[0].originator_version if last else 0

    def _firsts(self) -> list[tuple[str, bytes, int]]:
        # eventsourcing lists no ids, so the table is asked
        statement = (
            "SELECT first.originator_id, first.state, MAX(every.originator_version) FROM stored_events AS first"
            " JOIN stored_events AS every ON every.originator_id = first.originator_id"
            " WHERE first.originator_version = (SELECT MIN(originator_version) FROM stored_events"
            " WHERE originator_id = first.originator_id) GROUP BY first.originator_id ORDER BY first.rowid"
        )
        with _available(self.name), self._datastore.transaction(commit=False) as cursor:
            cursor.execute(statement)
            return [(row[0], _bytes(row[1]), row[2]) for row in cursor.fetchall()]


def open_register(store: str | os.PathLike[str], *, create: bool = True, timeout: int = 5) -> Register:
    """The register in a store: a path, or `sqlite:///path`.

    create: make the file when it is missing; for reading, say False, and a store that this user may only read
    is opened too. timeout: seconds to wait while another program writes. Raises StoreUnavailable.
    """
    path = _path(os.fspath(store))
    _check_file(path, create, timeout)
    settings = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": f"{path.as_uri()}?mode={'rwc' if create else _reading(path)}",
        "SQLITE_LOCK_TIMEOUT": str(timeout),
        "ORIGINATOR_ID_TYPE": "text",
        "CREATE_TABLE": "yes" if create else "no",
    }
    with _available(str(path)):
        factory = cast(SQLiteFactory, InfrastructureFactory.construct(Environment("effekt", settings)))
        # opened for reading, a store keeps its journal mode, which the library would change
        factory.datastore.pool.is_journal_mode_wal = not create
        try:
            return Register(factory, str(path))
        except BaseException:
            factory.close()
            raise


def _check_sequence(log: str, before: int, events: Sequence[Event]) -> None:
    for version, event in enumerate(events, start=before + 1):
        if (event.log, event.version) != (log, version):
            raise ValueError(f"expected {log}, event {version}, found {event.log}, event {event.version}")


def _bytes(state: object) -> bytes:
    """What is stored of an event; SQLite gives back whatever somebody else may have written into the column."""
    return bytes(state) if isinstance(state, bytes | memoryview) else str(state).encode()


def _path(store: str) -> Path:
    if store.startswith(("postgresql://", "postgres://")):
        raise StoreUnavailable("PostgreSQL stores are not supported yet; give the path of an SQLite file instead")
    text = store.removeprefix("sqlite:///") if store.startswith("sqlite://") else store
    if "://" in text or not text:
        raise StoreUnavailable(f"expected a path or sqlite:///path, found '{store}'; name the store's file")
    return Path(text).expanduser().absolute()


def _check_file(path: Path, create: bool, timeout: int) -> None:
    """Refuse what is not ours before the library opens it, since opening alone would change the file."""
    try:
        if path.is_dir():
            raise StoreUnavailable(f"{path}: expected a file, found a folder; name a file in it")
        if not path.parent.is_dir():
            raise StoreUnavailable(f"{path}: the folder {path.parent} does not exist; make it, or mend the path")
        if not path.exists() and not create:
            raise StoreUnavailable(f"{path}: there is no such store; mend the path, or record into it first")
    except OSError as error:
        raise StoreUnavailable(f"{path}: {error.strerror}; mend the path or its permissions") from None
    exists = path.exists()
    if exists and not _may(path, os.R_OK):
        raise StoreUnavailable(f"{path}: this user may not read the file; change its permissions, or ask its owner")
    if create and not (_may(path.parent, os.W_OK) and (not exists or _may(path, os.W_OK))):
        raise StoreUnavailable(
            f"{path}: this user may not write the file and its folder; change their permissions, or copy the store"
        )
    if exists and not (create and path.stat().st_size == 0) and not _is_store(path, timeout):
        raise StoreUnavailable(f"{path}: a database, but not a store of contracts; name another file")


def _may(path: Path, right: int) -> bool:
    return os.access(path, right, effective_ids=os.access in os.supports_effective_ids)


def _reading(path: Path) -> str:
    """SQLite's mode for reading a store, after the rights that this user has.

    Without the right to write, a store in use is read with its log. One that nobody has open is read as it stands:
    otherwise SQLite would leave files beside it that keep its owner from writing.
    """
    if _may(path.parent, os.W_OK) and _may(path, os.W_OK):
        return "rw"
    log, index = (path.with_name(path.name + ending) for ending in ("-wal", "-shm"))
    in_use = index.exists() or (log.exists() and log.stat().st_size > 0)
    return "ro" if in_use else "ro&immutable=1"


def _is_store(path: Path, timeout: int) -> bool:
    with _available(str(path)):
        uri = f"{path.as_uri()}?mode={_reading(path).replace('rw', 'ro')}"
        connection = sqlite3.connect(uri, uri=True, timeout=timeout)
        try:
            query = "SELECT name FROM sqlite_master WHERE type = 'table'"
            return ("stored_events",) in connection.execute(query).fetchall()
        finally:
            connection.close()


@contextmanager
def _available(name: str) -> Iterator[None]:
    """Turn the library's and SQLite's troubles into StoreUnavailable."""
    try:
        yield
    except (PersistenceError, sqlite3.Error, OSError) as error:
        raise StoreUnavailable(f"{name}: {error}; {_mend(str(error))}") from error


def _mend(error: str) -> str:
    mends = {
        "locked": "another program is using it: close that, or try again",
        "readonly": "change the permissions of the file and its folder",
        "read-only": "change the permissions of the file and its folder",
        "not a database": "name another file, or restore the store from a copy",
        "malformed": "restore the store from a copy",
        "full": "make room on the disk",
        "no such table": "it is not a store of contracts: name another file",
    }
    return next((mend for word, mend in mends.items() if word in error), "check the path, its permissions and the disk")


def _entry(first: Event, version: int) -> Entry:
    if isinstance(first, Signed):
        return Entry(first.log, first.kind, first.title, version)
    if isinstance(first, FundFounded):
        return Entry(first.log, "fund", first.title, version)
    raise BrokenLog(f"{first.log}: expected a log that begins with a signature or a founding; restore the log")
