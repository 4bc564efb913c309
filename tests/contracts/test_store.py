"""Stores that are missing, foreign, locked, read-only or full: the register says so and harms nothing."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.register import (
    Register,
    StoreUnavailable,
    open_register,
)
from tests.contracts.stories import worked_example

from .stores import rewrite


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
