"""What a contract's state forbids, and the words in which it says so."""

import datetime as dt
from typing import Any

import pytest

from contracts.events import Enrolled
from contracts.lifecycle import Draw, DropOut, End, Enrol, Measure, Pay, RealiseSaving, Settle, Verify
from contracts.privacy import holds_cpr, looks_like_cpr, masked
from tests.contracts.stories import (
    ENROLLED,
    FIRST_YEAR,
    ONE,
    SAVING_CLAUSE,
    SIGNED,
    WORKED_EXAMPLE,
    card,
    day,
    given,
    noon,
    reached,
    sign,
    such,
    year,
)

END = day("2022-12-31")
FIRST = day("2020-12-31")

REFUSALS: dict[str, tuple[tuple[Any, ...], Any, tuple[str, ...]]] = {
    "drawing before signing": ((), Draw(day("2020-01-01"), 1), ("expected a signed contract, found none",)),
    "signing twice": (SIGNED, sign(), ("not yet signed", "'Rate card'")),
    "signing without dates": ((), sign(card(end=None)), ("no start and end",)),
    "drawing before the start": (
        SIGNED,
        Draw(day("2019-12-31"), 1),
        ("2020-01-01 to 2022-12-31", "2019-12-31"),
    ),
    "drawing more than agreed": (
        SIGNED,
        Draw(day("2020-02-01"), 1),
        ("1,800,000.00 kr.", "1,800,000.01 kr."),
    ),
    "drawing less than nothing": (SIGNED, Draw(day("2020-02-01"), -1), ("no less than nothing", "-1 øre")),
    "drawing past an open statement": (SIGNED, Draw(day("2021-01-01"), 1), ("up to 2020-12-31",)),
    "drawing before a settlement": (FIRST_YEAR, Draw(day("2020-03-01"), 0), ("from 2020-12-31",)),
    "enrolling twice": (
        ENROLLED,
        Enrol(day("2020-02-01"), ("citizen-1",)),
        ("'citizen-1', enrolled on 2020-01-01",),
    ),
    "enrolling one person twice at once": (SIGNED, Enrol(day("2020-02-01"), ("a", "a")), ("'a' twice",)),
    "enrolling a name with spaces at its ends": (SIGNED, Enrol(day("2020-02-01"), ("a ",)), ("read in one way",)),
    "enrolling a name with a hidden letter": (SIGNED, Enrol(day("2020-02-01"), ("a\u200b",)), ("read in one way",)),
    "enrolling a name in pieces": (SIGNED, Enrol(day("2020-02-01"), ("A\u030ase",)), ("read in one way",)),
    "enrolling nobody": (SIGNED, Enrol(day("2020-02-01"), ()), ("at least one person",)),
    "enrolling after the agreed end": (SIGNED, Enrol(day("2023-01-01"), ("a",)), ("to 2022-12-31",)),
    "dropping out unenrolled": (ENROLLED, DropOut(day("2020-02-01"), ("x",)), ("'x', who is not enrolled",)),
    "dropping out before enrolment": (
        (*SIGNED, Enrol(day("2020-03-01"), ("a",))),
        DropOut(day("2020-02-01"), ("a",)),
        ("from 2020-03-01", "2020-02-01"),
    ),
    "dropping out twice": (
        (*ENROLLED, DropOut(day("2020-02-01"), ("citizen-1",))),
        DropOut(day("2020-03-01"), ("citizen-1",)),
        ("left on 2020-02-01",),
    ),
    "measuring a stranger": (ENROLLED, Measure(FIRST, "housed", 12, (("x", ONE),)), ("'x'", "enrol")),
    "measuring an unknown metric": (
        ENROLLED,
        Measure(FIRST, "work", 12, (("citizen-1", ONE),)),
        ("'housed'", "'work'"),
    ),
    "measuring before enrolment": (
        (*SIGNED, Enrol(day("2020-03-01"), ("a",))),
        Measure(day("2020-02-01"), "housed", 12, (("a", ONE),)),
        ("from 2020-03-01", "2020-02-01"),
    ),
    "measuring before the start": (
        SIGNED,
        Measure(day("2019-06-01"), "housed", 12, ((None, ONE),)),
        ("2020-01-01",),
    ),
    "measuring twice": (
        FIRST_YEAR,
        reached("2021-03-01", 12, 1),
        ("not measured before", "'citizen-1' once more"),
    ),
    "measuring a person twice at once": (
        ENROLLED,
        Measure(FIRST, "housed", 12, (("citizen-1", ONE), ("citizen-1", 0))),
        ("'citizen-1' twice",),
    ),
    "measuring a negative quantity": (SIGNED, Measure(FIRST, "housed", 12, ((None, -1),)), ("results",)),
    "counting the same twice": (
        (*SIGNED, Measure(FIRST, "housed", 12, ((None, ONE),))),
        Measure(FIRST, "housed", 12, ((None, ONE),)),
        ("a count on 2020-12-31 once more",),
    ),
    "counting where each person is limited": (
        (sign(card(limits=[{"kind": "per_person", "amount": 100_000}])),),
        Measure(FIRST, "housed", 12, ((None, ONE),)),
        ("a result for each person", "a count"),
    ),
    "a saving that no clause shares": (
        SIGNED,
        RealiseSaving(FIRST, "housed", 1),
        ("none of this kind", "'housed'"),
    ),
    "a saving of the same period": (
        (sign(card(clauses={"share": SAVING_CLAUSE})), RealiseSaving(FIRST, "saving", 1)),
        RealiseSaving(FIRST, "saving", 2),
        ("a period not yet stated",),
    ),
    "verifying before the statement date": (FIRST_YEAR, Verify(END), ("2021-12-31", "2022-12-31")),
    "verifying twice": ((*ENROLLED, Verify(FIRST)), Verify(FIRST), ("facts not yet verified",)),
    "settling unverified": (ENROLLED, Settle(FIRST), ("all 0 facts verified", "found none", "verify")),
    "settling another date": (ENROLLED, Settle(day("2020-06-30")), ("2020-12-31", "2020-06-30")),
    "settling twice": (FIRST_YEAR, Settle(FIRST), ("2021-12-31", "found 2020-12-31")),
    "settling after the last": (WORKED_EXAMPLE[:-1], Settle(END), ("all settled up to 2022-12-31",)),
    "paying the unsettled": (ENROLLED, Pay(FIRST, FIRST), ("a settlement of that date",)),
    "paying before it was settled": (FIRST_YEAR, Pay(FIRST, day("2020-12-30")), ("from 2020-12-31",)),
    "paying another amount": (
        FIRST_YEAR,
        Pay(FIRST, FIRST, {"state": 28_800_001}),
        ("288,000.00 kr.", "288,000.01 kr.", "'state'"),
    ),
    "paying for another": (FIRST_YEAR, Pay(FIRST, FIRST, {"region": 1}), ("municipality, state", "'region'")),
    "paying twice": (
        (*FIRST_YEAR, Pay(FIRST, FIRST)),
        Pay(FIRST, FIRST),
        ("an amount still owed", "everything paid"),
    ),
    "paying nothing": (
        (*SIGNED, Verify(FIRST), Settle(FIRST)),
        Pay(FIRST, FIRST),
        ("nothing settled to be paid",),
    ),
    "ending before the agreed end": (FIRST_YEAR, End(day("2021-06-01")), ("2022-12-31", "early")),
    "ending before a due settlement": (ENROLLED, End(day("2021-01-01"), early=True), ("2020-12-31 open",)),
    "ending before a settlement": (FIRST_YEAR, End(day("2020-06-01"), early=True), ("from 2020-12-31",)),
    "ending after the agreed end": (WORKED_EXAMPLE[:-1], End(day("2023-01-01")), ("to 2022-12-31",)),
    "ending twice": (WORKED_EXAMPLE, End(END), ("one that ended on 2022-12-31",)),
    "enrolling after the end": (WORKED_EXAMPLE, Enrol(END, ("late",)), ("one that ended on 2022-12-31",)),
}


@pytest.mark.parametrize("story", REFUSALS)
def test_it_refuses(story: str) -> None:
    before, command, words = REFUSALS[story]
    given(*before).when(command).then_refused("is refused: ", *words)


def test_it_refuses_what_is_still_to_come_and_times_that_run_backwards() -> None:
    signed = given(*SIGNED)
    signed.when(Enrol(day("2020-03-01"), ("a",)), noon(day("2020-02-29"))).then_refused("up to 2020-02-29")
    signed.when(Settle(FIRST), noon(day("2020-12-30"))).then_refused("from 2020-12-31", "wait")
    signed.when(Enrol(day("2020-01-01"), ("a",)), noon(day("2019-12-31"))).then_refused("mend the clock")
    signed.when(Enrol(day("2020-01-01"), ("a",)), dt.datetime(2020, 2, 1)).then_refused("time zone")


def test_a_fact_after_the_last_statement_is_refused() -> None:
    late = given(*FIRST_YEAR, *year(2021, 24, 8), *year(2022, 36, 7))
    late.when(Measure(END, "housed", 48, ((None, ONE),))).then_refused("a statement up to 2022-12-31")


@pytest.mark.parametrize("cpr", ["010190-1234", "0101901234", "610190-1234", "cpr 311299 4321", "CPR:3112994321"])
def test_a_cpr_number_is_no_person_id_and_does_not_reach_the_message(cpr: str) -> None:
    refusal = given(*SIGNED).when(Enrol(day("2020-01-01"), (cpr,)))
    refusal.then_refused("looks like a CPR number", "pseudonym")
    assert cpr not in str(refusal.refusal)
    with pytest.raises(ValueError, match="pseudonym") as refused:
        Enrolled.model_validate({"persons": (cpr,)})
    assert "pseudonym" in str(refused.value)


@pytest.mark.parametrize("name", ["010190-1234", "0101901234", "fond 311299-4321", "cpr0101901234"])
def test_a_cpr_number_is_no_name_in_the_terms_either(name: str) -> None:
    with pytest.raises(ValueError, match="looks like a CPR number: use a pseudonym") as refused:
        card(capital={name: "1.0"})
    assert "input_value" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "masks"),
    [
        ("sag 010190-1234.", "sag xxxxxx-xxxx."),
        ("(0101901234)", "(xxxxxxxxxx)"),
        ("010190 1234 og 311299–4321", "xxxxxx xxxx og xxxxxx–xxxx"),
    ],
)
def test_a_cpr_number_in_a_text_is_found_and_can_be_crossed_out(text: str, masks: str) -> None:
    assert holds_cpr(text)
    assert masked(text) == masks


OTHER_NUMBERS = ["a3f0101901234b7c", "01019012345", "9901901234", "1210901234,50", "978-0306406157", "2023-01-01"]


@pytest.mark.parametrize("text", OTHER_NUMBERS)
def test_other_numbers_in_a_text_are_left_alone(text: str) -> None:
    assert not holds_cpr(text)
    assert masked(text) == text


@pytest.mark.parametrize("pseudonym", ["citizen-1", "4501901234", "0113901234", "010190-12345", "a3f0101901234b7c"])
def test_other_ids_are_pseudonyms(pseudonym: str) -> None:
    assert not looks_like_cpr(pseudonym)
    given(*SIGNED).when(Enrol(day("2020-01-01"), (pseudonym,))).then(such(Enrolled, persons=(pseudonym,)))
