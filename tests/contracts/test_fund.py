"""An internal fund lends what it has, gets back what it can, and keeps count."""

from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from contracts.aggregate import Refused
from contracts.audit import verify
from contracts.encoding import BrokenLog
from contracts.events import FundClosed, FundFounded, FundToppedUp, Released, Repaid, WrittenOff
from contracts.external import ExternalInvestorContract
from contracts.fund import (
    CloseFund,
    Found,
    ReceiveEarnings,
    ReceiveRepayment,
    Release,
    ReturnCapital,
    TopUp,
    WriteOff,
    outstanding,
)
from contracts.internal import InternalFund
from tests.contracts.stories import day, given, noon, such, worked_example

START = day("2020-01-01")
FOUNDED = Found("pool", "Investeringspuljen", START, 300)
LENT = (FOUNDED, Release(START, "youth", 200))


def story(*commands: Any) -> Any:
    return given(*commands, aggregate=InternalFund)


def test_it_is_founded_with_a_capital_and_topped_up() -> None:
    story().when(FOUNDED).then(such(FundFounded, fund="pool", version=1, capital=300))
    story(FOUNDED).when(TopUp(START, 50)).then(such(FundToppedUp, fund="pool", version=2, amount=50))
    assert story(FOUNDED, TopUp(START, 50)).state.balance == 350


def test_it_releases_what_it_has_and_never_more() -> None:
    story(FOUNDED).when(Release(START, "youth", 300)).then(such(Released, contract="youth", amount=300))
    story(*LENT).when(Release(START, "families", 101)).then_refused(
        "at most 100 øre, the balance", "101 øre", "top it up"
    )


def test_it_gets_back_what_was_released_and_may_get_more() -> None:
    more = ReceiveRepayment(START, "youth", 250)
    story(*LENT).when(more).then(such(Repaid, contract="youth", amount=250))
    repaid = story(*LENT, more).state
    assert (repaid.balance, outstanding(repaid, "youth")) == (350, 0)
    story(*LENT).when(ReceiveRepayment(START, "families", 1)).then_refused("released to: youth", "'families'")


def test_what_it_earns_beyond_a_loan_lessens_no_loan() -> None:
    story(*LENT).when(ReceiveEarnings(START, "families", 1)).then_refused("released to: youth", "'families'")
    earned = story(*LENT, ReceiveEarnings(START, "youth", 30)).state
    assert (earned.balance, outstanding(earned, "youth"), earned.earned) == (130, 200, {"youth": 30})


def test_it_writes_off_no_more_than_is_outstanding() -> None:
    partly = (*LENT, ReceiveRepayment(START, "youth", 150))
    story(*partly).when(WriteOff(START, "youth", 51)).then_refused("at most 50 øre outstanding", "51 øre")
    story(*partly).when(WriteOff(START, "youth", 50)).then(such(WrittenOff, amount=50))
    lost = story(*partly, WriteOff(START, "youth", 50)).state
    assert (lost.balance, outstanding(lost, "youth")) == (250, 0)


def test_it_returns_what_it_does_not_use_and_goes_on() -> None:
    story(*LENT).when(ReturnCapital(START, 101)).then_refused("at most 100 øre, the balance", "101 øre")
    returned = story(*LENT, ReturnCapital(START, 60))
    assert (returned.state.balance, returned.state.capital) == (40, 240)
    returned.when(Release(START, "families", 40)).then(such(Released, amount=40))


def test_it_closes_when_nothing_is_outstanding_and_returns_what_it_has() -> None:
    story(*LENT).when(CloseFund(START)).then_refused("nothing outstanding", "200 øre with 'youth'")
    story(FOUNDED).when(CloseFund(START)).then(such(FundClosed, returned=300))
    closed = story(FOUNDED, CloseFund(START))
    assert closed.state.balance == 0
    closed.when(TopUp(START, 1)).then_refused("an open fund", "closed on 2020-01-01")


def test_it_refuses_what_its_state_forbids() -> None:
    story().when(TopUp(START, 1)).then_refused("a founded fund, found none")
    story(FOUNDED).when(FOUNDED).then_refused("not yet founded", "'Investeringspuljen'")
    story(FOUNDED).when(TopUp(day("2019-12-31"), 1)).then_refused("from 2020-01-01")
    story(FOUNDED).when(TopUp(day("2020-03-01"), 1), noon(START)).then_refused("up to 2020-01-01")
    for command in (TopUp(START, 0), Release(START, "youth", -1), Found("pool", "Pulje", START, 0)):
        story(*(() if isinstance(command, Found) else (FOUNDED,))).when(command).then_refused("greater than 0")


def test_its_log_is_not_a_contracts() -> None:
    with pytest.raises(BrokenLog, match="expected an event of a contract"):
        ExternalInvestorContract.fold(story(FOUNDED).events)
    with pytest.raises(BrokenLog, match="begins with its founding"):
        InternalFund.fold(worked_example())


AMOUNTS = st.integers(1, 300)
CONTRACTS = st.sampled_from(("youth", "families"))
COMMANDS = st.one_of(
    st.builds(TopUp, st.just(START), AMOUNTS),
    st.builds(Release, st.just(START), CONTRACTS, AMOUNTS),
    st.builds(ReceiveRepayment, st.just(START), CONTRACTS, AMOUNTS),
    st.builds(ReceiveEarnings, st.just(START), CONTRACTS, AMOUNTS),
    st.builds(WriteOff, st.just(START), CONTRACTS, AMOUNTS),
    st.builds(ReturnCapital, st.just(START), AMOUNTS),
    st.builds(CloseFund, st.just(START)),
)


@for_all(st.lists(COMMANDS))
def test_whatever_happens_its_balance_adds_up_and_is_never_below_zero(commands: list[Any]) -> None:
    start = story(FOUNDED)
    state, events = start.state, list(start.events)
    for command in commands:
        try:
            (event,) = InternalFund.decide(state, command, now=noon(START))
        except Refused:
            continue
        state = InternalFund.evolve(state, event)
        events.append(event)
        assert state.balance >= 0
    if not state.closed:
        came = sum(state.repaid.values()) + sum(state.earned.values())
        assert state.balance == state.capital - sum(state.released.values()) + came
    assert InternalFund.fold(events) == state
    assert verify(events) == []
