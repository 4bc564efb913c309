"""The loader reports every problem at its place, and never fails in any other way."""

import copy
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from contracts.problems import Finding, refuse
from scenarios.loading import MAX_PROBLEMS, MAX_SIZE, LoadError, Problem, load_model, load_text


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class UnitPrice(Frozen):
    kind: Literal["unit_price"]
    amount: StrictInt = Field(ge=0)
    payers: dict[str, Decimal] = {}


class Share(Frozen):
    kind: Literal["share"]
    share: Decimal = Field(gt=0, le=1, description="of the saving, from 0 to 1")


Clause = Annotated[UnitPrice | Share, Field(discriminator="kind")]


class Design(Frozen):
    clauses: tuple[Clause, ...] = Field(min_length=1, description="what is paid, and by whom")
    draws: dict[int, StrictInt] = {}
    investors: dict[str, Decimal] = {}
    paid_on: dict[date, StrictInt] = {}
    with_: int | Decimal = Field(default=1, alias="with")
    extra: UnitPrice | Share | StrictInt | None = None
    inner: "Design | None" = None

    @model_validator(mode="after")
    def shares_and_months(self) -> "Design":
        found = []
        if self.investors and sum(self.investors.values()) != 1:
            found.append(Finding("the shares do not add to 1", ("investors",), "make them add to 1"))
        if 99 in self.draws:
            found.append(Finding("month 99 is too late", ("draws", 99, "[key]")))
        if self.with_ == 13:
            found.append(Finding("13 brings bad luck", ("with_",)))
        found += [
            Finding(f"{amount} is too much", ("clauses", number, "amount"))
            for number, clause in enumerate(self.clauses)
            if (amount := getattr(clause, "amount", 0)) > 1000
        ]
        refuse(*found)
        return self


class Case(Frozen):
    title: str
    code: str = Field("0000", pattern="^[0-9]{4}$", description="four digits")
    start: date = date(2021, 1, 1)
    language: Literal["da", "en"] = "da"
    colour: Colour = Colour.RED
    open: bool = True
    rate: Decimal = Decimal(0)
    count: StrictInt = 0
    tags: tuple[str, ...] = ()
    designs: dict[str, Design] = {}

    @field_validator("title")
    @classmethod
    def title_says_something(cls, title: str, info: ValidationInfo) -> str:
        if title == "x" or (info.context and title == info.context["taken"]):
            raise ValueError("the title says nothing | hint: name the municipality")
        return title

    @model_validator(mode="after")
    def open_cases_have_no_code(self) -> "Case":
        if self.code == "9999":
            where = {"message": "no such code", "hint": "ask", "path": ["code"]}
            raise PydanticCustomError("effekt_place", "{message}", where)
        return self


def problems_in(text: str) -> tuple[Problem, ...]:
    with pytest.raises(LoadError) as caught:
        load_text(text, Case, file="case.yaml")
    return caught.value.problems


def the_problem_in(text: str) -> Problem:
    problems = problems_in(text)
    assert len(problems) == 1, [problem.render() for problem in problems]
    return problems[0]


def place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column


def written(folder: Path, text: str | bytes, name: str = "case.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused_file(path: str | os.PathLike[str]) -> Problem:
    with pytest.raises(LoadError) as caught:
        load_model(path, Case)
    (problem,) = caught.value.problems
    assert problem.file == os.fspath(path)
    return problem


VALID = """\
# A case with everything
title: Unge hjemløse – de mest udsatte
code: "0751"
start: 2021-12-01
language: da
rate: 0.072
count: 36
tags: [a, "b", 'c']
designs:
  dsi:
    investors: {DSI: 0.5, Aarhus: 0.50}
    draws: {6: 1010445, 12: 1010445}
    paid_on: {2024-02-29: 5}
    with: 0.80
    clauses:
      - kind: unit_price
        amount: 600
        payers: {municipality: 1}
      - &share {kind: share, share: 0.125}
    inner:
      clauses: [*share]
"""


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


# --- documents


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "~\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    assert the_problem_in(text).message == "expected keys with values, found an empty file"


def test_a_list_is_refused() -> None:
    assert the_problem_in("# a\n- title: b\n").message == "expected keys with values, found a list"


def test_a_text_is_refused() -> None:
    problem = the_problem_in("title:a")
    assert "only the text 'title:a'" in problem.message
    assert "a space after ':'" in problem.hint


def test_a_second_document_is_refused() -> None:
    assert place(the_problem_in("title: a\n---\ntitle: b\n")) == (2, 1)


def test_yaml_1_1_is_refused() -> None:
    assert "YAML 1.1" in the_problem_in("%YAML 1.1\n---\ntitle: a\n").message


@pytest.mark.parametrize(
    ("text", "at", "told"),
    [
        ("title: a\n\tcount: 1\n", (2, 1), "found a tab where spaces are expected"),
        ("title: a\n  count: 1\n", (2, 8), "found a ':' which does not belong here"),
        ("title: a: b\n", (1, 9), "found a ':' which does not belong here"),
        ("title: a\ncount\nopen: true\n", (2, 1), "expected ':' after the key"),
        ("  title: a\ncount: 1\n", (2, 1), "this line does not line up"),
        ("title: |\n   x\n  y\n", (3, 3), "this line does not line up"),
        ("title: a\ndesigns: {a: {b: 1}\ncount: 1\n", (2, 10), "'{' is broken or not closed"),
        ("tags: [a, b\ntitle: x\n", (1, 7), "'[' is broken or not closed"),
        ('tags: ["a" "b"]\n', (1, 7), "'[' is broken or not closed"),
        ("tags: [a]]\n", (1, 10), "a bracket or ',' too many"),
        ('title: "a\ncount: 1\n', (1, 8), "no closing quote"),
        ("title: 'it's'\n", (1, 12), "found more text after the value"),
        (r'title: "C:\Users"', (1, 13), "'\\' has a special meaning"),
        ("title: @home\n", (1, 8), "cannot start with '@'"),
        ("title: *\n", (1, 8), "'*' and '&' have a special meaning"),
        ("title: a\n- b\n", (2, 1), "found a list entry ('- ') among keys"),
        ("- a\ntitle: b\n", (2, 1), "this line is neither an entry"),
        ("title: |x\n", (1, 8), "the text block that starts here"),
        ("title: !e!x a\n", (1, 8), "'!' has a special meaning"),
        ("%YAML 3.0\n---\ntitle: a\n", (1, 1), "starts with '%'"),
        ('title: "\\UFFFFFFFF"\n', (1, 1), "cannot be read as YAML"),
    ],
)
def test_broken_syntax_is_told_in_plain_words(text: str, at: tuple[int, int], told: str) -> None:
    problem = the_problem_in(text)
    assert told in problem.message
    assert place(problem) == at
    assert problem.hint


def test_numbers_refused_before_broken_syntax_are_told_too() -> None:
    assert [place(problem) for problem in problems_in("count: 1.000\ntitle: a: b\n")] == [(1, 8), (2, 9)]


def test_a_line_ends_as_editors_see_it() -> None:
    assert place(the_problem_in("title: a\u2028b\r\ntags: []\rcount: x\n")) == (3, 8)


# --- tags, aliases, depth


@pytest.mark.parametrize("value", ["!!python/object:os.system x", "!secret x", "!!int 3", "!x {a: 1}", "!x [a]"])
def test_tags_are_refused_at_their_place(value: str) -> None:
    problem = the_problem_in(f"title: {value}")
    assert place(problem) == (1, 8)
    assert f"found the tag '{value.split()[0]}'" in problem.message


def test_the_tag_for_a_text_is_accepted() -> None:
    assert load_text("title: !!str 12\ntags: !!seq []", Case).title == "12"


def test_an_unknown_alias_is_refused() -> None:
    assert "nothing before it is named &b" in the_problem_in("title: *b").message


def test_an_alias_inside_itself_is_refused() -> None:
    problem = the_problem_in("title: a\ntags: &a [*a]\n")
    assert place(problem) == (2, 11)
    assert "stands inside &a itself" in problem.message


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)]
    problem = the_problem_in("a0: &a0 [x]\n" + "".join(levels))
    assert "repeat too much" in problem.message
    assert problem.line == 6


def test_aliases_may_not_nest_deeply_either() -> None:
    levels = [f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 100)]
    assert "repeat too much" in the_problem_in("a0: &a0 [x]\n" + "".join(levels)).message


@pytest.mark.parametrize("deeper", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused(deeper: str) -> None:
    assert "levels inside each other" in the_problem_in("title:\n " + deeper * 50_000).message


def test_a_flood_of_problems_is_counted_and_not_all_told() -> None:
    problems = problems_in("title: a\ntags: [" + "1.000, " * (MAX_PROBLEMS + 7) + "]")
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[-1].message == "7 more problems are not shown"


# --- keys


def test_a_duplicate_key_is_refused_and_names_the_first() -> None:
    problem = the_problem_in("title: a\ncount: 1\ntitle: b\n")
    assert place(problem) == (3, 1)
    assert "'title' stands here for the second time, first in line 1" in problem.message


@pytest.mark.parametrize("second", ["6", '"6"', '"06"', "+6"])
def test_a_month_in_another_spelling_is_a_duplicate(second: str) -> None:
    problem = the_problem_in(in_design(f"draws: {{6: 1, {second}: 2}}"))
    assert "for the second time" in problem.message


def test_a_month_with_a_leading_zero_is_refused() -> None:
    problem = the_problem_in(in_design("draws: {1: 1, 01: 2}"))
    assert "'01' starts with a zero" in problem.message


@pytest.mark.parametrize("key", ["[a]", "{a: 1}", "true", "~", "", "<<"])
def test_a_key_that_is_no_word_is_refused(key: str) -> None:
    problem = the_problem_in(f"title: a\n? {key}\n: 1\n")
    assert problem.line == 2
    assert "key" in problem.message or "'<<'" in problem.message


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("title: a\nplases: 3\n", (2, 1)),
        ("{title: a, plases: 3}", (1, 12)),
        ("title: a\ndesigns:\n  b:\n    clauses: [{kind: share, share: 1}]\n    plases: 1\n", (5, 5)),
        ("title: a\ndesigns: {b: {clauses: [{kind: share, share: 1, plases: 1}]}}\n", (2, 49)),
        (
            "title: a\ndesigns: {b: {extra: {p: 1, kind: share, share: 1}, clauses: [{kind: share, share: 1}]}}",
            (2, 23),
        ),
    ],
)
def test_an_unknown_key_is_told_at_the_key(text: str, at: tuple[int, int]) -> None:
    problem = the_problem_in(text)
    assert problem.message.startswith("unknown key 'p")
    assert place(problem) == at
    assert "Known keys: " in problem.hint


def test_an_unknown_key_gets_a_suggestion_from_its_own_model_with_aliases() -> None:
    assert the_problem_in(in_design("wiht: 3")).hint == (
        "did you mean 'with'? Known keys: clauses, draws, investors, paid_on, with, extra, inner"
    )
    clause = "title: a\ndesigns: {b: {clauses: [{kind: share, share: 1, Shares: 1}]}}"
    assert the_problem_in(clause).hint == "did you mean 'share'? Known keys: kind, share"


def test_a_key_without_a_space_behind_it_gets_a_hint() -> None:
    assert the_problem_in("{title: a, count:3}").hint == "write a space after 'count:'"


def test_a_missing_key_is_told_at_its_group_with_its_description() -> None:
    problem = the_problem_in("title: a\ndesigns:\n  b:\n    draws: {}\n")
    assert place(problem) == (4, 5)
    assert problem.message == "key 'clauses' is missing under 'b'"
    assert problem.hint == "add 'clauses:' (what is paid, and by whom)"


def test_a_number_as_key_of_a_model_is_refused() -> None:
    problem = the_problem_in("title: a\n5: b\n")
    assert (problem.message, place(problem)) == ("unknown key '5'", (2, 1))


# --- values


def in_design(line: str) -> str:
    return f"title: a\ndesigns:\n  b:\n    clauses: [{{kind: share, share: 1}}]\n    {line}\n"


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("1.000", "write 1000 for a thousand, 1.0 for one"),
        ("450.000", "write 450000 if the thousands are set apart, 450.0 if these are decimals"),
        ("-2.125", "write -2125 if the thousands are set apart, -2.1250 if these are decimals"),
        ("1_000", 'write 1000 for a number, "1_000" in quotes for a text'),
        ("0751", 'write "0751" in quotes for a code, 751 for a number'),
        ("-007.5", 'write "-007.5" in quotes for a code, 7.5 for a number'),
        ("12:30", 'write "12:30" in quotes'),
        ("0x1F", "write the number with the digits 0-9, or put it in quotes if it is a text"),
        ("0o17", "write the number with the digits 0-9, or put it in quotes if it is a text"),
        ("1e5", "write the number out in full, or put it in quotes if it is a text"),
        ("9" * 5000, "write a shorter number, or put it in quotes if it is a text"),
        (".nan", "write a number, or leave the key out"),
        ("-.inf", "write a number, or leave the key out"),
        ("2021-02-30", "write year-month-day with a month from 01 to 12 and a day which that month has"),
        ("2021-2-3", "write 2021-02-03"),
    ],
)
@pytest.mark.parametrize("line", ["title: {}", "tags: [{}]", "colour: {}"])
def test_numbers_and_dates_with_two_readings_are_refused_wherever_they_stand(line: str, value: str, hint: str) -> None:
    problem = the_problem_in(line.format(value) if line.startswith("title") else "title: a\n" + line.format(value))
    assert place(problem)[1] == line.index("{") + 1
    assert problem.hint == hint


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("rate: 1.000", "write 1000 for a thousand, 1.0 for one"),
        ("count: 1.000", "write 1000 for a thousand, 1 for one"),
        ("count: 450.125", "write 450125"),
        ("count: 1_000", "write 1000"),
        ("count: 0751", "write 751"),
        ("rate: 0x1F", "write the number with the digits 0-9, or put it in quotes if it is a text"),
        ("code: 0751", 'write "0751"'),
        ("start: 2021-02-30", "write year-month-day with a month from 01 to 12 and a day which that month has"),
    ],
)
def test_where_a_number_is_expected_the_hint_is_a_number_that_fits(line: str, hint: str) -> None:
    assert the_problem_in(f"title: a\n{line}").hint == hint


@pytest.mark.parametrize("value", ["1.000", "0751", "12:30", "2021-02-30"])
def test_in_quotes_they_are_texts(value: str) -> None:
    assert load_text(f'title: "{value}"', Case).title == value


@pytest.mark.parametrize("value", ["0.072", "-0.125", "1.0", "1.0000", "12.5", ".5", "1000.125", "7", "0", "+3"])
def test_numbers_with_one_reading_are_exact(value: str) -> None:
    assert load_text(f"title: a\nrate: {value}", Case).rate == Decimal(value)


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "ja", "nej", "12:30-13", "1.12.2021", "3 kr", "-a"])
def test_words_stay_words(word: str) -> None:
    assert load_text(f"title: {word}", Case).title == word


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("count: abc", "expected a whole number, found 'abc'", ""),
        ("count: '5'", "expected a whole number, found '5'", "write 5, without quotes"),
        ("count: 12.0", "expected a whole number, found 12.0", "write 12, without decimals"),
        ("count: 12.5", "expected a whole number, found 12.5", "write a whole number, such as 13"),
        ("count: true", "expected a whole number, found true", ""),
        ("count: 1.000.000 kr.", "expected a whole number, found '1.000.000 kr.'", "write 1000000"),
        ("count: 12 000", "expected a whole number, found '12 000'", "write 12000"),
        ("count:", "expected a whole number, found nothing", "write the value after ':', or remove the key"),
        ("count: [1]", "expected a whole number, found a list of 1", "write 1 without the list around it"),
        ("rate: 0,8", "expected a number such as 0.8, found '0,8'", "write 0.8"),
        ("rate: −1.250,5", "expected a number such as 0.8, found '−1.250,5'", "write -1250.5"),
        ("rate: 80 %", "expected a number such as 0.8, found '80 %'", "write 0.8"),
        (
            "rate: 1,000",
            "expected a number such as 0.8, found '1,000'",
            "write 1000 for a thousand, 1.0 for one",
        ),
        ("start: 1.12.2021", "expected a date such as 2021-12-01, found '1.12.2021'", "write 2021-12-01"),
        (
            "start: soon",
            "expected a date such as 2021-12-01, found 'soon'",
            "write year-month-day, such as 2021-12-01",
        ),
        ("open: ja", "expected true or false, found 'ja'", "write true"),
        ("title: 2021-12-01", "expected a text, found 2021-12-01", 'put it in quotes: "2021-12-01"'),
        ("code: 751", "expected a text, found 751", 'put it in quotes: "0751"'),
        ("code: '75'", "expected four digits, found '75'", "write it in that form"),
        ("code: '07-51'", "expected four digits, found '07-51'", 'write "0751"'),
        ("code: '751'", "expected four digits, found '751'", 'write "0751"'),
        ("tags: a", "expected a list, found 'a'", "write [a] for a list with one entry"),
        ("language: dk", "expected 'da' or 'en', found 'dk'", "did you mean 'da'?"),
        ("language: 7", "expected 'da' or 'en', found 7", ""),
        ("language: EN", "expected 'da' or 'en', found 'EN'", "did you mean 'en'?"),
        ("colour: blu", "expected 'red' or 'blue', found 'blu'", "did you mean 'blue'?"),
        ("designs: []", "expected keys with values, found an empty list", "write {} for none"),
    ],
)
def test_a_wrong_value_is_told_in_plain_words(line: str, message: str, hint: str) -> None:
    problem = the_problem_in(line if line.startswith("title") else f"title: a\n{line}")
    assert (problem.message, problem.hint) == (message, hint)


@pytest.mark.parametrize(
    ("line", "at", "message"),
    [
        ("draws: {6: a}", (5, 16), "expected a whole number, found 'a'"),
        ("draws: {a: 6}", (5, 13), "expected a whole number as key, found 'a'"),
        ("paid_on: {2021-12-01: a}", (5, 27), "expected a whole number, found 'a'"),
        ("paid_on: {soon: 1}", (5, 15), "expected a date such as 2021-12-01 as key, found 'soon'"),
        ("investors: {A: 0,5}", (5, 20), "found a decimal comma in '0,5'"),
        ("with: abc", (5, 11), "expected a whole number or a number such as 0.8, found 'abc'"),
        ("extra: abc", (5, 12), "expected keys with values or a whole number, found 'abc'"),
        ("extra: {kind: share, share: a}", (5, 33), "expected a number such as 0.8, found 'a'"),
        ("inner: {clauses: []}", (5, 22), "expected at least 1 entry, found an empty list"),
        ("inner: {clauses: [{kind: share, share: 2}]}", (5, 44), "expected at most 1, found 2"),
        ("inner: {clauses: [3]}", (5, 23), "expected keys with values, found 3"),
        ("inner: {clauses: [{}]}", (5, 23), "key 'kind' is missing"),
        ("inner: {clauses: [{kind: shar}]}", (5, 30), "expected 'unit_price' or 'share', found 'shar'"),
        (
            "inner: {clauses: [{kind: 0751}]}",
            (5, 30),
            "'0751' starts with a zero, so it can be a code or a number",
        ),
    ],
)
def test_a_problem_deep_inside_is_told_once_at_its_place(line: str, at: tuple[int, int], message: str) -> None:
    problem = the_problem_in(in_design(line))
    assert (problem.message, place(problem)) == (message, at)


def test_the_words_that_choose_a_branch_are_suggested() -> None:
    problem = the_problem_in("title: a\ndesigns: {b: {clauses: [{kind: unitprice}]}}")
    assert problem.hint == "did you mean 'unit_price'?"


# --- validators with their own words


def test_a_validators_message_is_told_as_it_is_with_its_hint() -> None:
    problem = the_problem_in("title: x")
    assert (problem.message, problem.hint) == ("the title says nothing", "name the municipality")
    assert place(problem) == (1, 8)


def test_a_validator_of_the_whole_model_names_many_places() -> None:
    problems = problems_in(
        "title: a\n"
        "designs:\n"
        "  b:\n"
        "    clauses:\n"
        "      - {kind: unit_price, amount: 2000}\n"
        "      - {kind: unit_price, amount: 3000}\n"
        "    with: 13\n"
        "    draws: {6: 1, 99: 1}\n"
        "    investors: {A: 0.5}\n"
    )
    assert [(place(problem), problem.message) for problem in problems] == [
        ((5, 36), "2000 is too much"),
        ((6, 36), "3000 is too much"),
        ((7, 11), "13 brings bad luck"),
        ((8, 19), "month 99 is too late"),
        ((9, 16), "the shares do not add to 1"),
    ]
    assert problems[-1].hint == "make them add to 1"


def test_a_path_that_leads_to_no_place_stops_at_the_last_one() -> None:
    class Lost(Frozen):
        title: str

        @model_validator(mode="after")
        def lost(self) -> "Lost":
            refuse(Finding("lost", ("nowhere", 3)))
            return self

    with pytest.raises(LoadError) as caught:
        load_text("\n  title: a", Lost)
    assert place(caught.value.problems[0]) == (2, 3)


def test_one_place_in_the_error_itself_is_enough() -> None:
    problem = the_problem_in('title: a\ncode: "9999"')
    assert (problem.message, problem.hint, place(problem)) == ("no such code", "ask", (2, 7))


def test_no_findings_refuse_nothing() -> None:
    refuse()


def test_findings_read_well_without_a_loader() -> None:
    with pytest.raises(PydanticCustomError) as caught:
        refuse(Finding("one"), Finding("two", ("a", 0)))
    assert str(caught.value) == "one; two"


# --- anything at all


ODD = [
    b"\t",
    b"\xff",
    b"\0",
    b"&a ",
    b"*a",
    b"!x ",
    b"? ",
    b"- ",
    b": ",
    b"{",
    b"]",
    b"|",
    b"'",
    b'"',
    b"\\U",
    b"%",
]
ODD += [
    b"1.000",
    b"01",
    b"<<: ",
    b"\r",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\xef\xbb\xbf",
    b"---\n",
    b"...\n",
    b"~",
    b",",
]
Edit = Callable[[bytes], bytes]


def edits() -> st.SearchStrategy[Edit]:
    where = st.integers(0, len(VALID.encode()))
    piece = st.sampled_from(ODD) | st.binary(max_size=4) | st.text(max_size=4).map(lambda text: text.encode())

    def replace_bytes(at: int, length: int, new: bytes) -> Edit:
        return lambda data: data[:at] + new + data[at + length :]

    def replace_line(at: int, new: bytes) -> Edit:
        def edit(data: bytes) -> bytes:
            rows = data.split(b"\n")
            rows[at % len(rows)] = new
            return b"\n".join(rows)

        return edit

    rows = st.sampled_from(VALID.encode().split(b"\n")) | piece
    return st.builds(replace_bytes, where, st.integers(0, 30), piece) | st.builds(replace_line, where, rows)


@settings(max_examples=400)
@given(st.lists(edits(), min_size=1, max_size=5))
def test_a_damaged_file_loads_or_is_refused_with_sensible_places(changes: list[Edit]) -> None:
    data = VALID.encode()
    for change in changes:
        data = change(data)
    text = data.decode("utf-8", errors="surrogateescape")
    expect_model_or_problems(text)


@settings(max_examples=200)
@given(st.text(alphabet=st.sampled_from("ab:-?{}[],&*!|>'\"%@#~<0.5_ \t\n\\xuU"), max_size=60))
@example('a: "\\ud800"')
@example("? - ")
def test_any_soup_of_yaml_marks_loads_or_is_refused_with_sensible_places(text: str) -> None:
    expect_model_or_problems("title: a\ntags: " + text)
    expect_model_or_problems(text)


def expect_model_or_problems(text: str) -> None:
    try:
        load_text(text, Case)
    except LoadError as error:
        refused = error
    else:
        return
    assert refused.problems
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in refused.problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.message
    assert str(refused).encode()
