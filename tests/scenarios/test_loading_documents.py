"""YAML documents that are refused as a whole or at a mark: syntax, tags, aliases, depth."""

import pytest

from scenarios.loading import MAX_PROBLEMS, load_text

from .cases import Case, place, problems_in, the_problem_in

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
