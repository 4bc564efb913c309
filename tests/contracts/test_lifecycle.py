"""What contracts and funds allow, refuse and remember."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as for_all

from contracts import lifecycle
from contracts.aggregate import Refused, play
from contracts.encoding import BrokenLog
from contracts.events import (
    Amounts,
    Drawn,
    DroppedOut,
    Ended,
    Event,
    Measured,
    Paid,
    SavingRealised,
    Settled,
    Signed,
    Verified,
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
    attempted,
    attempts,
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
    given().when(sign()).then(such(Signed, version=1, effective=day("2020-01-01"), terms=card(), title="Rate card"))


def test_a_draw_is_split_between_the_providers() -> None:
    thirds = card(capital={"DSI": "0.333333", "DSK": "0.333333", "Pulje": "0.333334"}, draws="as_costs", limits=[])
    given(sign(thirds)).when(Draw(day("2020-02-01"), 100)).then(
        such(Drawn, amount=100, providers={"DSI": 33, "DSK": 34, "Pulje": 33}, account=100)
    )


def test_a_draw_of_nothing_brings_the_account_up_to_its_day() -> None:
    given(*SIGNED).when(Draw(FIRST, 0)).then(such(Drawn, amount=0, providers={}, account=1_890_000 * KRONER))


def test_a_whole_round_is_one_event_and_failures_are_facts() -> None:
    given(*ENROLLED).when(reached("2020-12-31", 12, 8)).then(
        such(Measured, statement=FIRST, results=tuple((who, ONE * (n < 8), ONE) for n, who in enumerate(CITIZENS)))
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
        given(sign(terms), loss, Verify(FIRST), Settle(FIRST), saved, Verify(second)).when(Settle(second)).events
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
    paid.when(replace(first, effective=day("2021-02-01"))).then_refused("what is not yet paid", "'municipality'")


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


def test_each_kind_of_contract_has_its_own_parties() -> None:
    pool = card(capital={"pool": "1"})
    given(aggregate=InternalFundContract).when(sign(pool, "internal_fund")).then(such(Signed, kind="internal_fund"))
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
        parts={(column, payer): part for column, cells in amounts.parts.items() for payer, part in cells.items()},
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
