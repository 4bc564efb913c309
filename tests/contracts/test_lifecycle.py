"""What contracts and funds allow, refuse and remember."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from contracts import lifecycle
from contracts.aggregate import Aggregate, Refused, play
from contracts.encoding import BrokenLog
from contracts.events import (
    Amounts,
    Drawn,
    DroppedOut,
    Ended,
    Enrolled,
    Event,
    Measured,
    Paid,
    SavingRealised,
    Settled,
    Signed,
    Verified,
    looks_like_cpr,
)
from contracts.external import ExternalInvestorContract
from contracts.internal import InternalFundContract
from contracts.lifecycle import (
    Draw,
    DropOut,
    End,
    Enrol,
    Measure,
    Pay,
    RealiseSaving,
    Settle,
    Verify,
    next_statement,
    unpaid,
)
from contracts.terms import Terms
from tests.contracts.stories import (
    CITIZENS,
    ENROLLED,
    FIRST_YEAR,
    KRONER,
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
    steps_of,
    such,
    timed,
    worked_example,
    year,
)
from tests.contracts.strategies import Case, cases, known_facts
from tests.oracle import Settled as SettledByHand
from tests.oracle import settle as settle_by_hand

END = day("2022-12-31")
FIRST = day("2020-12-31")


def test_the_worked_example_settles_to_the_krone() -> None:
    settled = [event.amounts for event in worked_example() if isinstance(event, Settled)]
    assert [amounts.paid["housing"] for amounts in settled] == [72_000_000, 144_000_000, 110_092_500]
    assert settled[2].cuts == {"return_ceiling": {"housing": 15_907_500}}
    assert [amounts.parts["housing"]["state"] for amounts in settled] == [28_800_000, 57_600_000, 44_037_000]
    assert [amounts.receipts["DSI"] for amounts in settled] == [36_000_000, 72_000_000, 55_046_250]


def test_a_signature_keeps_the_terms_and_takes_effect_on_the_start() -> None:
    given().when(sign()).then(
        such(Signed, version=1, effective=day("2020-01-01"), terms=card(), title="Rate card")
    )


def test_a_draw_is_split_between_the_providers() -> None:
    thirds = card(
        capital={"DSI": "0.333333", "DSK": "0.333333", "Pulje": "0.333334"}, draws="as_costs", limits=[]
    )
    given(sign(thirds)).when(Draw(day("2020-02-01"), 100)).then(
        such(Drawn, amount=100, providers={"DSI": 33, "DSK": 34, "Pulje": 33}, account=100)
    )


def test_a_draw_of_nothing_brings_the_account_up_to_its_day() -> None:
    given(*SIGNED).when(Draw(FIRST, 0)).then(such(Drawn, amount=0, providers={}, account=1_890_000 * KRONER))


def test_a_whole_round_is_one_event_and_failures_are_facts() -> None:
    given(*ENROLLED).when(reached("2020-12-31", 12, 8)).then(
        such(Measured, statement=FIRST, results=tuple((who, ONE * (n < 8)) for n, who in enumerate(CITIZENS)))
    )


def test_a_month_without_a_price_may_be_measured_and_earns_nothing() -> None:
    measured = given(*ENROLLED, reached("2020-06-30", 6, 10), Verify(FIRST))
    measured.when(Settle(FIRST)).then(such(Settled, amounts=Amounts(account=1_890_000 * KRONER)))


def test_a_count_earns_for_a_fraction_of_a_citizen() -> None:
    counted = given(*SIGNED, Measure(FIRST, "housed", 12, ((None, 9_600_000),)), Verify(FIRST))
    (settled,) = counted.when(Settle(FIRST)).events
    assert isinstance(settled, Settled)
    assert settled.amounts.entitled == {"housing": 864_000 * KRONER}


def test_a_fact_recorded_late_settles_with_the_next_statement() -> None:
    given(*ENROLLED).when(reached("2020-12-31", 12, 8), noon(day("2021-01-04"))).then(
        such(Measured, effective=FIRST, statement=day("2021-12-31"))
    )


def test_a_fact_of_a_day_already_settled_settles_with_the_next_statement() -> None:
    settled = given(*ENROLLED, Verify(FIRST), Settle(FIRST))
    settled.when(reached("2020-12-31", 12, 8)).then(such(Measured, statement=day("2021-12-31")))


def test_a_saving_may_be_negative_and_is_set_off_against_later_ones() -> None:
    terms = card(clauses={"share": SAVING_CLAUSE}, limits=[])
    loss = RealiseSaving(FIRST, "saving", -1000 * KRONER)
    given(sign(terms)).when(loss).then(such(SavingRealised, amount=-100_000, statement=FIRST))
    second = day("2021-12-31")
    saved = RealiseSaving(second, "saving", 1500 * KRONER)
    (settled,) = (
        given(sign(terms), loss, Verify(FIRST), Settle(FIRST), saved, Verify(second))
        .when(Settle(second))
        .events
    )
    assert isinstance(settled, Settled)
    assert settled.amounts.paid == {"share": 400 * KRONER}


def test_facts_that_arrive_after_verification_are_verified_anew() -> None:
    late = given(*SIGNED, Enrol(day("2020-01-01"), CITIZENS), Verify(FIRST), reached("2020-12-31", 12, 8))
    late.when(Settle(FIRST)).then_refused("expected all 10 facts verified", "found 0 verified")
    late.when(Verify(FIRST)).then(such(Verified, facts=10))


def test_payers_pay_on_their_own_days_each_the_whole_of_what_it_owes() -> None:
    first = Pay(FIRST, day("2021-01-10"), {"municipality": 43_200_000})
    given(*FIRST_YEAR).when(first).then(such(Paid, amounts={"municipality": 43_200_000}))
    paid = given(*FIRST_YEAR, first)
    assert unpaid(paid.state, paid.state.settlements[0]) == {"state": 28_800_000}
    paid.when(Pay(FIRST, day("2021-02-01"))).then(such(Paid, amounts={"state": 28_800_000}))
    paid.when(replace(first, effective=day("2021-02-01"))).then_refused(
        "what is not yet paid", "'municipality'"
    )


def test_who_dropped_out_is_remembered_and_may_still_be_measured() -> None:
    left = DropOut(day("2020-05-01"), CITIZENS[:2])
    given(*ENROLLED).when(left).then(such(DroppedOut, persons=CITIZENS[:2]))
    given(*ENROLLED, left).when(reached("2020-12-31", 12, 0)).then(such(Measured))


GUARANTEED: dict[str, Any] = {
    "floor": {"share_of_capital": "0.1", "payers": {"municipality": "1"}},
    "guarantee": {"by": "Bikubenfonden", "amount": 500_000},
}


def test_an_early_end_calls_floor_and_guarantee_and_nothing_after() -> None:
    terms = card(**GUARANTEED)
    early = End(day("2020-06-30"), early=True)
    running = given(sign(terms), *ENROLLED[1:])
    running.when(early).then(
        such(
            Ended,
            early=True,
            amounts=Amounts(
                paid={"floor": 18_000_000, "guarantee": 50_000_000},
                parts={"floor": {"municipality": 18_000_000}, "guarantee": {"Bikubenfonden": 50_000_000}},
                receipts={"DSI": 34_000_000, "Aarhus investeringsfond": 34_000_000},
                account=162_000_000,
                paid_in_year=18_000_000,
            ),
        )
    )
    ended = given(sign(terms), *ENROLLED[1:], early)
    assert (ended.state.ended, next_statement(ended.state)) == (day("2020-06-30"), None)
    ended.when(Settle(FIRST)).then_refused("one that ended on 2020-06-30")
    ended.when(Pay(day("2020-06-30"), day("2020-07-15"), closing=True)).then(
        such(Paid, closing=True, amounts={"municipality": 18_000_000, "Bikubenfonden": 50_000_000})
    )


def test_what_was_settled_may_be_paid_after_the_end() -> None:
    unpaid_yet = [command for command in WORKED_EXAMPLE if not isinstance(command, Pay)]
    given(*unpaid_yet).when(Pay(END, day("2023-01-15"))).then(
        such(Paid, amounts={"municipality": 66_055_500, "state": 44_037_000})
    )


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


@pytest.mark.parametrize(
    "cpr", ["010190-1234", "0101901234", "610190-1234", "cpr 311299 4321", "CPR:3112994321"]
)
def test_a_cpr_number_is_no_person_id_and_does_not_reach_the_message(cpr: str) -> None:
    refusal = given(*SIGNED).when(Enrol(day("2020-01-01"), (cpr,)))
    refusal.then_refused("looks like a CPR number", "pseudonym")
    assert cpr not in str(refusal.refusal)
    with pytest.raises(ValueError, match="pseudonym") as refused:
        Enrolled.model_validate({"persons": (cpr,)})
    assert "pseudonym" in str(refused.value)


@pytest.mark.parametrize(
    "pseudonym", ["citizen-1", "4501901234", "0113901234", "010190-12345", "a3f0101901234b7c"]
)
def test_other_ids_are_pseudonyms(pseudonym: str) -> None:
    assert not looks_like_cpr(pseudonym)
    given(*SIGNED).when(Enrol(day("2020-01-01"), (pseudonym,))).then(such(Enrolled, persons=(pseudonym,)))


def test_each_kind_of_contract_has_its_own_parties() -> None:
    pool = card(capital={"pool": "1"})
    given(aggregate=InternalFundContract).when(sign(pool, "internal_fund")).then(
        such(Signed, kind="internal_fund")
    )
    given(aggregate=InternalFundContract).when(sign()).then_refused("internal_fund", "external_investor")
    itself = card(capital={"municipality": "1"})
    given(aggregate=InternalFundContract).when(sign(itself, "internal_fund")).then_refused(
        "'municipality' on both sides"
    )
    given().when(sign(itself)).then_refused("a provider of capital who is not also a payer")
    given().when(sign(card(capital={"DSI": "0.5", "municipality": "0.5"}))).then(such(Signed))


def test_a_contract_of_one_kind_is_not_read_as_the_other() -> None:
    with pytest.raises(BrokenLog, match="expected a log of kind internal_fund, found external_investor"):
        InternalFundContract.fold(worked_example())
    outsider = given(*SIGNED)
    with pytest.raises(Refused, match="internal_fund"):
        InternalFundContract.decide(outsider.state, Draw(FIRST, 0), now=noon(FIRST))


def test_the_state_copies_what_was_recorded_and_never_computes_it_anew() -> None:
    events = list(given(*FIRST_YEAR).events)
    other = Amounts(paid={"housing": 7}, lapsed={"housing": 5}, account=3, paid_in_year=2)
    events[-1] = events[-1].model_copy(update={"amounts": other})
    state = ExternalInvestorContract.fold(events)
    assert (state.paid, state.lapsed, state.account, state.paid_in_year) == (
        {"housing": 7},
        {"housing": 5},
        3,
        2,
    )


def test_a_log_with_a_gap_cannot_be_folded() -> None:
    events = worked_example()
    with pytest.raises(BrokenLog, match="expected event 3, found event 4"):
        ExternalInvestorContract.fold(events[:2] + events[3:])
    with pytest.raises(BrokenLog, match="empty log"):
        ExternalInvestorContract.fold(())


def _by_hand(found: Settled | Ended) -> SettledByHand:
    amounts = found.amounts
    return SettledByHand(
        entitled=amounts.entitled,
        cuts={(limit, column): cut for limit, cells in amounts.cuts.items() for column, cut in cells.items()},
        paid=amounts.paid,
        parts={
            (column, payer): part for column, cells in amounts.parts.items() for payer, part in cells.items()
        },
        receipts=amounts.receipts,
    )


@for_all(cases())
def test_a_contract_played_through_its_commands_settles_as_the_oracle_says(case: Case) -> None:
    facts, steps = steps_of(case)
    known = [fact for fact in facts if fact in known_facts(case.terms, facts)]
    allowed = [(command, now) for command, now in steps if _known(command, case.terms)]
    _, events = play(ExternalInvestorContract, allowed)
    draws = [(when, amount) for when, amount in case.draws[0].items() if when <= case.ends[0]]
    told = settle_by_hand(case.terms, known, draws, case.ends[0])
    settled = [_by_hand(event) for event in events if isinstance(event, Settled)]
    assert settled == told.statements[: len(settled)]
    assert not any(later.paid for later in told.statements[len(settled) :])
    assert [_by_hand(event) for event in events if isinstance(event, Ended)] == [told.closing]


def _known(command: Any, terms: Terms) -> bool:
    metrics = {getattr(clause, "metric", None) for clause in terms.clauses.values()}
    return not isinstance(command, Measure | RealiseSaving) or command.metric in metrics


@st.composite
def attempts(draw: st.DrawFn) -> list[tuple[Any, dt.datetime]]:
    """Commands of a random contract, some left out, some out of turn, so that many are refused."""
    _, steps = steps_of(draw(cases()))
    kept = [step for step in steps if draw(st.integers(0, 9))]
    for _ in range(draw(st.integers(0, 4))):
        command, _ = draw(st.sampled_from(steps))
        place = draw(st.integers(0, len(kept)))
        kept.insert(place, (command, kept[place - 1][1] if kept else steps[0][1]))
    payments = [(Pay(c.statement, c.statement), now) for c, now in kept if isinstance(c, Settle)]
    return sorted(kept + payments, key=lambda step: step[1])


def attempted(
    aggregate: Aggregate[Any, Any], steps: list[tuple[Any, dt.datetime]]
) -> tuple[Any, list[Event]]:
    state, events = None, list[Event]()
    for command, now in steps:
        try:
            new = aggregate.decide(state, command, now=now)
        except Refused:
            continue
        for event in new:
            state = aggregate.evolve(state, event)
        events += new
    return state, events


@for_all(attempts())
def test_the_state_from_the_log_is_the_state_after_the_commands(steps: list[tuple[Any, dt.datetime]]) -> None:
    state, events = attempted(ExternalInvestorContract, steps)
    assert [event.version for event in events] == list(range(1, len(events) + 1))
    if events:
        assert ExternalInvestorContract.fold(events) == state
        assert play(ExternalInvestorContract, _again(events)) == (state, tuple(events))


def _again(events: list[Event]) -> list[tuple[Any, dt.datetime]]:
    return [(ExternalInvestorContract.command_of(event), event.recorded) for event in events]


def test_evolve_leaves_the_state_before_as_it_was() -> None:
    before = given(*ENROLLED)
    (event,) = before.when(reached("2020-12-31", 12, 8)).events
    after = lifecycle.evolve(before.state, event)
    assert (len(before.state.facts), len(after.facts)) == (0, 10)
    assert before.state == ExternalInvestorContract.fold(before.events)


def test_commands_in_their_natural_order_need_no_times() -> None:
    assert [now for _, now in timed(WORKED_EXAMPLE)] == sorted(now for _, now in timed(WORKED_EXAMPLE))
