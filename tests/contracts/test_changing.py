"""What becomes of facts after they were stated, and of terms after they were signed: new events, and differences."""

import datetime as dt
from typing import Any

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from contracts.audit import verify
from contracts.commands import (
    Accept,
    Amend,
    Correct,
    Dispute,
    Draw,
    DropOut,
    End,
    Enrol,
    Measure,
    Pay,
    RealiseSaving,
    Reject,
    Settle,
    Verify,
    WithdrawFacts,
)
from contracts.encoding import decode, encode
from contracts.events import Amended, Corrected, Disputed, Ended, Measured, RunOff, Settled, Verified
from contracts.lifecycle import unpaid
from contracts.settling import owed
from contracts.terms import Amendment, Terms
from tests.contracts.stories import (
    CITIZENS,
    FIRST_YEAR,
    KRONER,
    ONE,
    card,
    day,
    given,
    noon,
    reached,
    sign,
    such,
    year,
)

FIRST, SECOND, LAST = day("2020-12-31"), day("2021-12-31"), day("2022-12-31")
OPEN = card(limits=[])
STARTED = (sign(OPEN), Enrol(day("2020-01-01"), CITIZENS))


def settled(found: Any) -> dict[str, int]:
    """What a settlement pays, in kroner."""
    assert found.refusal is None, found.refusal
    (event,) = found.events
    assert isinstance(event, Settled | Ended)
    return {name: amount // KRONER for name, amount in event.amounts.paid.items()}


def about(kind: Any, *persons: str, on: dt.date = FIRST) -> Any:
    return kind(on, "housed", 12, persons)


def test_a_rejected_result_does_not_count_and_must_be_verified_anew() -> None:
    story = given(*STARTED, reached("2020-12-31", 12, 8), Verify(FIRST), about(Reject, CITIZENS[0]))
    story.when(Settle(FIRST)).then_refused("expected all 11 facts verified, found 10 verified")
    assert settled(
        given(*STARTED, reached("2020-12-31", 12, 8), about(Reject, CITIZENS[0]), Verify(FIRST)).when(Settle(FIRST))
    ) == {"housing": 7 * 90_000}


def test_a_disputed_result_waits_until_it_is_accepted_and_then_settles_with_the_next_statement() -> None:
    disputed = (*STARTED, reached("2020-12-31", 12, 8), about(Dispute, CITIZENS[0], CITIZENS[1]))
    given(*disputed[:-1]).when(disputed[-1]).then(such(Disputed, statement=FIRST, persons=CITIZENS[:2]))
    first = given(*disputed, Verify(FIRST))
    assert settled(first.when(Settle(FIRST))) == {"housing": 6 * 90_000}
    later = (*disputed, Verify(FIRST), Settle(FIRST), about(Accept, CITIZENS[0], on=day("2021-03-01")))
    assert settled(given(*later, Verify(SECOND)).when(Settle(SECOND))) == {"housing": 90_000}


def test_a_correction_after_payment_settles_the_difference() -> None:
    wrong = Correct(day("2021-02-01"), "housed", 12, ((CITIZENS[9], ONE),))
    paid = (*STARTED, *year(2020, 12, 8), Pay(FIRST, FIRST))
    given(*paid).when(wrong).then(such(Corrected, statement=SECOND, results=((CITIZENS[9], ONE, ONE),)))
    assert settled(given(*paid, wrong, Verify(SECOND)).when(Settle(SECOND))) == {"housing": 90_000}


def test_what_was_paid_too_much_is_set_off_against_later_amounts() -> None:
    paid = (*STARTED, *year(2020, 12, 8), about(WithdrawFacts, *CITIZENS[:3], on=day("2021-02-01")))
    assert settled(given(*paid, Verify(SECOND)).when(Settle(SECOND))) == {}
    assert settled(given(*paid, *year(2021, 24, 2)[:2]).when(Settle(SECOND))) == {"housing": 2 * 180_000 - 3 * 90_000}


def test_what_was_paid_too_much_is_set_off_against_what_the_clause_earns_under_amended_terms() -> None:
    both = {"municipality": "0.9", "state": "0.1"}
    dearer = {
        "from": "2021-01-01",
        "clauses": {
            "housing": {"kind": "unit_price", "metric": "housed", "prices": {24: 200_000, 36: 200_000}, "payers": both}
        },
    }
    story = (sign(card(limits=[], amendments=[dearer])), Enrol(day("2020-01-01"), CITIZENS), *year(2020, 12, 8))
    gone = about(WithdrawFacts, *CITIZENS[:3], on=day("2021-02-01"))
    after = given(*story, gone, *year(2021, 24, 2)[:2]).when(Settle(SECOND))
    assert settled(after) == {"housing 2021-01-01": 400_000 - 270_000}
    less = (*story, gone, *year(2021, 24, 1)[:2])
    assert settled(given(*less).when(Settle(SECOND))) == {}
    assert settled(given(*less, Settle(SECOND), *year(2022, 36, 2)[:2]).when(Settle(LAST))) == {
        "housing 2021-01-01": 200_000 + 400_000 - 270_000
    }


def test_what_was_paid_too_much_is_repaid_where_the_terms_say_so() -> None:
    terms = card(limits=[], overpayment="repaid")
    story = (sign(terms), Enrol(day("2020-01-01"), CITIZENS), *year(2020, 12, 8))
    after = given(*story, about(WithdrawFacts, *CITIZENS[:3], on=day("2021-02-01")), Verify(SECOND))
    found = after.when(Settle(SECOND))
    assert settled(found) == {"housing": -270_000}
    assert owed(found.events[0].amounts) == {"municipality": -162_000 * KRONER, "state": -108_000 * KRONER}


def test_a_correction_after_the_last_statement_is_settled_by_a_supplementary_one() -> None:
    whole = (*STARTED, *year(2020, 12, 8), *year(2021, 24, 8), *year(2022, 36, 7))
    fixed = Correct(day("2023-02-01"), "housed", 36, ((CITIZENS[7], ONE),))
    then = day("2023-03-01")
    story = given(*whole, fixed)
    story.when(Settle(then)).then_refused("facts verified")
    assert settled(given(*whole, fixed, Verify(then)).when(Settle(then))) == {"housing": 180_000}
    given(*whole, fixed, Verify(then), Settle(then)).when(Settle(day("2023-03-02"))).then_refused("all settled up to")
    given(*whole, fixed, Verify(then), Settle(then)).when(End(then)).then(such(Ended, early=False))
    given(*whole, fixed).when(End(LAST)).then_refused("expected every correction settled, found one that is open")
    again = Correct(day("2023-04-01"), "housed", 36, ((CITIZENS[7], 0),))
    story = (*whole, fixed, Verify(then), Settle(then), again)
    given(*story).when(Verify(day("2023-04-02"))).then(such(Verified, facts=1))


def test_a_supplementary_statement_opens_no_new_year() -> None:
    limited = card(limits=[{"kind": "per_year", "amount": 300_000}])
    story = (
        sign(limited),
        Enrol(day("2020-01-01"), CITIZENS),
        *year(2020, 12, 8),
        *year(2021, 24, 8),
        *year(2022, 36, 7),
    )
    less = Correct(day("2023-02-01"), "housed", 36, ((CITIZENS[6], 0),))
    then = day("2023-03-01")
    assert settled(given(*story, less, Verify(then)).when(Settle(then))) == {}


def test_what_a_corrected_count_is_of_stays_as_it_was_stated() -> None:
    band = {
        "kind": "band",
        "metric": "share",
        "steps": [{"at_least": "0.5", "pays": 1000}],
        "payers": {"municipality": 1},
    }
    counted = Measure(FIRST, "share", 0, ((None, 2 * ONE, 10 * ONE),))
    story = (sign(card(limits=[], clauses={"share": band})), counted)
    found = given(*story).when(Correct(day("2021-02-01"), "share", 0, ((None, 3 * ONE),), FIRST))
    found.then(such(Corrected, results=((None, 3 * ONE, 10 * ONE),)))


def test_changes_refuse_what_was_never_stated_by_name() -> None:
    story = given(*FIRST_YEAR)
    story.when(Reject(FIRST, "housed", 12, ("nobody",))).then_refused("'nobody', who is not enrolled")
    story.when(Reject(FIRST, "well", 12, (CITIZENS[0],))).then_refused("'housed'", "'well'")
    story.when(Reject(FIRST, "housed", 24, (CITIZENS[0],))).then_refused("none of 'citizen-1'")
    story.when(Reject(FIRST, "housed", 12, (CITIZENS[0], CITIZENS[0]))).then_refused("each person once")
    story.when(Accept(FIRST, "housed", 12, (CITIZENS[0],))).then_refused("which counts already")
    story.when(Correct(FIRST, "housed", 12, ((CITIZENS[0], ONE),))).then_refused("the same for 'citizen-1'")
    story.when(Correct(FIRST, "housed", 12, ((None, ONE),))).then_refused("the day of the result")


def test_a_result_that_was_withdrawn_cannot_be_stated_a_second_time_but_is_accepted_again() -> None:
    story = (*STARTED, reached("2020-12-31", 12, 8), about(WithdrawFacts, CITIZENS[0]))
    again = Measure(FIRST, "housed", 12, ((CITIZENS[0], ONE),))
    given(*story).when(again).then_refused("accept what was stated before")
    assert settled(given(*story, about(Accept, CITIZENS[0]), Verify(FIRST)).when(Settle(FIRST))) == {
        "housing": 8 * 90_000
    }


def test_a_late_fact_within_the_reporting_days_settles_with_its_own_statement() -> None:
    terms = card(limits=[], statements={"every_months": 12, "reporting_days": 45})
    story = given(sign(terms), Enrol(day("2020-01-01"), CITIZENS))
    found = story.when(reached("2020-12-31", 12, 8), now=noon(day("2021-02-14")))
    found.then(such(Measured, statement=FIRST))
    story.when(reached("2020-12-31", 12, 8), now=noon(day("2021-02-15"))).then(such(Measured, statement=SECOND))


AMENDED = Amend(
    day("2021-01-15"),
    Amendment.model_validate(
        {
            "from": "2021-07-01",
            "clauses": {
                "housing": {
                    "kind": "unit_price",
                    "metric": "housed",
                    "prices": {24: 100_000, 36: 100_000},
                    "payers": {"state": 1},
                }
            },
        }
    ),
)


def test_a_fact_settles_under_the_terms_in_force_on_its_own_date() -> None:
    before = Measure(day("2021-06-30"), "housed", 24, ((CITIZENS[0], ONE),))
    after = Measure(day("2021-07-01"), "housed", 24, ((CITIZENS[1], ONE),))
    story = (*STARTED, *year(2020, 12, 8), AMENDED, before, after, Verify(SECOND))
    assert settled(given(*story).when(Settle(SECOND))) == {"housing": 180_000, "housing 2021-07-01": 100_000}


def test_an_amendment_reads_back_from_the_log_and_recomputes() -> None:
    events = given(*STARTED, *year(2020, 12, 8), AMENDED, *year(2021, 24, 8)).events
    (amended,) = (event for event in events if isinstance(event, Amended))
    assert decode(encode(amended)) == amended
    assert verify(events) == []


def test_an_amendment_cannot_reach_back_behind_a_settlement_or_contradict_the_terms() -> None:
    story = given(*STARTED, *year(2020, 12, 8))
    back = Amendment.model_validate({"from": "2020-12-31", "limits": []})
    story.when(Amend(day("2021-01-15"), back)).then_refused("a day after 2020-12-31")
    odd = Amendment.model_validate({"from": "2021-02-01", "clauses": {"other": None}})
    story.when(Amend(day("2021-01-15"), odd)).then_refused("no clause 'other' to close")
    closed = Amendment.model_validate({"from": "2021-02-01", "end": "2021-01-31"})
    story.when(Amend(day("2021-01-15"), closed)).then_refused("lies before")


def test_a_longer_contract_has_more_statements() -> None:
    longer = Amendment.model_validate({"from": "2021-02-01", "end": "2023-12-31"})
    story = (*STARTED, *year(2020, 12, 8), Amend(day("2021-01-15"), longer), *year(2021, 24, 8), *year(2022, 36, 8))
    given(*story).when(Settle(LAST)).then_refused("the next statement date, 2023-12-31")


def leaving(**rules: str) -> Terms:
    return card(limits=[], citizens={"most": 11, "replaced_within_months": 6, "leaving": rules})


def test_who_has_left_is_measured_as_the_terms_say() -> None:
    terms = leaving(moved="excluded", died="failed", lost="last_known")
    gone = (
        DropOut(day("2021-03-01"), CITIZENS[:1], "moved"),
        DropOut(day("2021-03-01"), CITIZENS[1:2], "died"),
        DropOut(day("2021-03-01"), CITIZENS[2:3], "lost"),
    )
    story = given(sign(terms), Enrol(day("2020-01-01"), CITIZENS), *year(2020, 12, 8), *gone)
    found = story.when(Measure(SECOND, "housed", 24, ((CITIZENS[3], ONE),)))
    (event,) = found.events
    assert isinstance(event, Measured)
    assert event.results == ((CITIZENS[3], ONE, ONE), (CITIZENS[1], 0, ONE), (CITIZENS[2], ONE, ONE))
    story.when(Measure(SECOND, "housed", 24, ((CITIZENS[0], ONE),))).then_refused("excluded", CITIZENS[0])
    story.when(Measure(SECOND, "housed", 24, ((CITIZENS[1], ONE),))).then_refused("counts as failed", CITIZENS[1])


def test_no_more_citizens_than_agreed_but_for_those_who_replace_an_early_leaver() -> None:
    story = (sign(leaving()), Enrol(day("2020-01-01"), CITIZENS))
    given(*story).when(Enrol(day("2020-05-01"), ("a", "b"))).then_refused("at most 11 citizens")
    left = DropOut(day("2020-04-01"), CITIZENS[:1], "moved")
    assert given(*story, left).when(Enrol(day("2020-05-01"), ("a", "b"))).refusal is None
    late = DropOut(day("2020-07-01"), CITIZENS[:1], "moved")
    given(*story, late).when(Enrol(day("2020-08-01"), ("a", "b"))).then_refused("at most 11 citizens")


def test_an_early_end_pays_what_was_agreed_for_it() -> None:
    payers = {"municipality": 1}
    now = day("2021-07-01")
    facts = (*STARTED[1:], *year(2020, 12, 8), reached("2021-06-30", 24, 4))

    def ended(**agreed: object) -> Any:
        signed = sign(card(limits=[], early_end=agreed | {"payers": payers}))
        unverified = given(signed, *facts)
        if agreed.get("results") == "settled":
            unverified.when(End(now, early=True)).then_refused("expected all 10 facts verified, which it settles")
        return given(signed, *facts, Verify(SECOND)).when(End(now, early=True))

    assert settled(ended(compensation=50_000)) == {"early end": 50_000}
    assert settled(ended(results="settled")) == {"housing": 4 * 180_000}
    assert settled(ended(results="settled", compensation=1_000)) == {"housing": 4 * 180_000, "early end": 1_000}
    ended(results="run_off").then(such(RunOff, effective=now))


def test_a_contract_that_runs_off_still_pays_for_those_enrolled_and_takes_nobody_more() -> None:
    terms = card(limits=[], early_end={"results": "run_off", "compensation": 7, "payers": {"municipality": 1}})
    stopped = End(day("2021-07-01"), early=True)
    story = (sign(terms), Enrol(day("2020-01-01"), CITIZENS), *year(2020, 12, 8), stopped)
    given(*story).when(Enrol(day("2021-08-01"), ("new",))).then_refused("the early end")
    given(*story).when(Draw(day("2021-08-01"), 1)).then_refused("the early end")
    given(*story).when(End(day("2021-08-01"), early=True)).then_refused("the agreed end, 2022-12-31")
    assert settled(given(*story, *year(2021, 24, 2)[:2]).when(Settle(SECOND))) == {"housing": 360_000}
    whole = given(*story, *year(2021, 24, 2), *year(2022, 36, 1))
    assert settled(whole.when(End(LAST))) == {"early end": 7}


def test_a_saving_is_corrected_by_its_day() -> None:
    clause = {"kind": "savings_share", "tiers": [{"share": "0.5"}], "payers": {"municipality": 1}}
    terms = card(limits=[], clauses={"gain": clause})
    story = (sign(terms), RealiseSaving(FIRST, "saving", 1_000 * KRONER), Verify(FIRST), Settle(FIRST))
    fixed = Correct(day("2021-02-01"), "saving", 0, ((None, 1_500 * KRONER),), FIRST)
    assert settled(given(*story, fixed, Verify(SECOND)).when(Settle(SECOND))) == {"gain": 250}


@st.composite
def stories_with_changes(draw: st.DrawFn) -> tuple[list[Any], set[str]]:
    """Who is measured, and for whom the result is withdrawn, before or after the first settlement."""
    gone = draw(st.sets(st.sampled_from(CITIZENS)))
    early = draw(st.sets(st.sampled_from(sorted(gone)))) if gone else set()
    success = draw(st.integers(0, 10))
    story: list[Any] = [reached("2020-12-31", 12, success)]
    if early:
        story.append(about(WithdrawFacts, *sorted(early)))
    story += [Verify(FIRST), Settle(FIRST)]
    if gone - early:
        story.append(about(WithdrawFacts, *sorted(gone - early), on=day("2021-05-01")))
    return story, gone


@settings(max_examples=60, deadline=None)
@for_all(stories_with_changes())
def test_withdrawing_a_fact_settles_as_if_it_had_never_been(case: tuple[list[Any], set[str]]) -> None:
    story, gone = case
    terms = card(limits=[], overpayment="repaid")
    begun = (sign(terms), Enrol(day("2020-01-01"), CITIZENS))
    rest = tuple(result for result in story[0].results if result[0] not in gone)
    never = [Measure(FIRST, "housed", 12, rest)] if rest else []
    changed = given(*begun, *story, Verify(SECOND), Settle(SECOND)).state
    without = given(*begun, *never, Verify(FIRST), Settle(FIRST), Verify(SECOND), Settle(SECOND)).state
    assert {k: v for k, v in changed.paid.items() if v} == {k: v for k, v in without.paid.items() if v}


@settings(max_examples=40, deadline=None)
@for_all(stories_with_changes(), st.integers(0, 3))
def test_a_log_with_changes_recomputes_and_reads_back(case: tuple[list[Any], set[str]], count: int) -> None:
    story, _ = case
    steps = [sign(OPEN), Enrol(day("2020-01-01"), CITIZENS), *story, Verify(SECOND), Settle(SECOND)]
    events = given(*steps[: len(steps) - count]).events
    assert verify(events) == []
    assert tuple(decode(encode(event)) for event in events) == events


def test_a_negative_payment_can_be_paid() -> None:
    terms = card(limits=[], overpayment="repaid")
    story = (sign(terms), Enrol(day("2020-01-01"), CITIZENS), *year(2020, 12, 8))
    back = (about(WithdrawFacts, CITIZENS[0], on=day("2021-02-01")), Verify(SECOND), Settle(SECOND))
    state = given(*story, *back, Pay(SECOND, SECOND)).state
    assert unpaid(state, state.settlements[-1]) == {}
