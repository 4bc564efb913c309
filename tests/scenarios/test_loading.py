"""Files become models, and what is wrong with a file is told with its place."""

import copy
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from scenarios.loading import MAX_SIZE, LoadError, Problem, load_model, load_text

from .cases import (
    VALID,
    Case,
    place,
    problems_in,
    refused_file,
    the_problem_in,
    written,
)


def test_a_valid_file_becomes_a_model_with_exact_numbers(tmp_path: Path) -> None:
    case = load_model(written(tmp_path, VALID), Case)
    design = case.designs["dsi"]
    assert (case.code, case.start, case.rate) == ("0751", date(2021, 12, 1), Decimal("0.072"))
    assert str(design.investors["Aarhus"]) == "0.50"
    assert design.draws == {6: 1010445, 12: 1010445}
    assert design.paid_on == {date(2024, 2, 29): 5}
    assert isinstance(design.with_, Decimal)
    assert design.inner is not None
    assert design.inner.clauses == design.clauses[1:]


def test_the_path_may_be_a_text_and_the_file_may_start_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbftitle: \xc3\x98st\r\ncount: 3\r\n")
    assert load_model(str(path), Case).title == "Øst"


def test_context_reaches_the_validators() -> None:
    with pytest.raises(LoadError, match="the title says nothing"):
        load_text("title: y", Case, context={"taken": "y"})


def test_all_problems_come_at_once_in_order_of_line() -> None:
    problems = problems_in("count: 1.000\ntitle: x\nplases: 3\nlanguage: dk\ndesigns: {a: {}, b: 3}\n")
    assert [place(problem) for problem in problems] == [(1, 8), (2, 8), (3, 1), (4, 11), (5, 14), (5, 21)]
    assert len({problem.message for problem in problems}) == 6


def test_an_error_renders_place_source_caret_and_hint() -> None:
    with pytest.raises(LoadError) as caught:
        load_text("title: a\n\ncount: 0,8\nlanguag: da\n", Case, file="a/case.yaml")
    assert str(caught.value) == (
        "a/case.yaml:3:8: expected a whole number, found '0,8'\n"
        "    count: 0,8\n"
        "           ^\n"
        "  → write a whole number, such as 1\n"
        "\n"
        "a/case.yaml:4:1: unknown key 'languag'\n"
        "    languag: da\n"
        "    ^\n"
        "  → did you mean 'language'? "
        "Known keys: title, code, start, language, colour, open, rate, count, tags, designs"
    )
    assert copy.copy(caught.value).problems == caught.value.problems


@pytest.mark.parametrize(
    ("line", "caret"),
    [
        ("{title: a,\tcount: b}", "          \t       ^"),
        ("{title: 東京, count: b}", "                     ^"),
        ("{title: e\u0301, count: b}", "                  ^"),
    ],
)
def test_the_caret_stands_below_the_place_after_tabs_and_wide_letters(line: str, caret: str) -> None:
    assert the_problem_in(line).render().splitlines()[1:3] == ["    " + line, "    " + caret]


def test_a_long_line_is_cut_around_the_place() -> None:
    rendered = the_problem_in("{title: " + "a" * 5000 + ", count: b, tags: [" + "c" * 5000 + "]}").render()
    _, line, caret = rendered.splitlines()
    assert len(line) < 120
    assert line[caret.index("^")] == "b"


def test_a_problem_without_a_place_renders_without_a_line() -> None:
    assert Problem("a.yaml", 0, 1, "there is no such file", "", "").render() == "a.yaml: there is no such file"


# --- files


def test_a_missing_file_suggests_its_neighbours(tmp_path: Path) -> None:
    written(tmp_path, VALID, "aarhus.yaml")
    problem = refused_file(tmp_path / "arhus.yml")
    assert (problem.line, problem.message) == (0, "there is no such file")
    assert problem.hint == "did you mean 'aarhus.yaml'?"


def test_a_missing_file_in_a_missing_folder_says_so(tmp_path: Path) -> None:
    assert "does not exist" in refused_file(tmp_path / "nowhere" / "a.yaml").hint


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_an_impossible_name_is_refused(tmp_path: Path, name: str) -> None:
    assert "the file cannot be read" in refused_file(os.path.join(tmp_path, name)).message


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refused_file(tmp_path).message == "expected a file, found a folder"


@pytest.fixture
def locked_file() -> Iterator[Path]:
    """A file without permissions in a folder that everybody may enter (pytest's own is closed to others)."""
    with tempfile.TemporaryDirectory() as folder:
        everybody_may_enter = 0o755
        os.chmod(folder, everybody_may_enter)
        path = written(Path(folder), VALID)
        path.chmod(0)
        yield path


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file modes")
def test_a_file_without_permission_is_refused(locked_file: Path) -> None:
    program = (
        "import os, sys\n"
        "from pydantic import BaseModel\n"
        "from scenarios.loading import LoadError, load_model\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"  # root reads every file
        "try: load_model(sys.argv[1], BaseModel)\n"
        "except LoadError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(locked_file)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.startswith(f"{locked_file}: no permission to read this file\n")


def test_a_cpr_number_beside_an_odd_byte_is_not_repeated(tmp_path: Path) -> None:
    problem = refused_file(written(tmp_path, "title: Unge 010190-1234, hjemløse\n".encode("cp1252")))
    assert problem.source == "title: Unge xxxxxx-xxxx, hjemløse"


def test_a_windows_1252_file_is_refused_at_its_first_odd_byte(tmp_path: Path) -> None:
    problem = refused_file(written(tmp_path, "title: Unge\ntags: [hjemløse, børn]\n".encode("cp1252")))
    assert place(problem) == (2, 13)
    assert problem.source == "tags: [hjemløse, børn]"
    assert problem.hint == (
        "the file seems to be saved as Windows-1252 (ANSI), where it is 'ø': save it again with the encoding UTF-8"
    )


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (VALID.encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04\x14\x00", "Excel"),
        (b"\x7fELF\x00\x00", "a binary file"),
        (b"title: a" + b" " * MAX_SIZE, "too large"),
    ],
)
def test_what_is_not_a_text_file_is_refused(tmp_path: Path, data: bytes, found: str) -> None:
    problem = refused_file(written(tmp_path, data))
    assert found in problem.message
    assert problem.line == 0


def test_a_text_that_is_too_long_is_refused() -> None:
    assert "too large" in the_problem_in("#" * (MAX_SIZE + 1)).message


def test_control_characters_are_refused() -> None:
    problem = the_problem_in("title: a\ncode: \x07\n")
    assert place(problem) == (2, 7)
    assert "U+0007" in problem.message
    assert "\x07" not in problem.render()
