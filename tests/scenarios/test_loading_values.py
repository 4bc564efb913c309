"""Keys, values and validators: every problem at its place, in plain words."""

from decimal import Decimal

import pytest
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from contracts.problems import Finding, refuse
from scenarios.loading import LoadError, load_text
from scenarios.reading.scalars import Refusal, read_scalar

from .cases import Case, Frozen, place, problems_in, the_problem_in

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


def test_a_number_is_no_cpr_number() -> None:
    assert read_scalar("110190.1234") == Decimal("110190.1234")
    assert read_scalar("1101901234") == 1101901234
    assert read_scalar("110190_1234") == Refusal("this looks like a CPR number", "use a pseudonym")
