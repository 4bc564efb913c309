"""The machine that both kinds of contract share: which commands a contract's state allows, and what they
bring.

`decide` is pure: it asks no clock and no register. It settles with the one settlement; `evolve` copies what
was recorded and never settles again.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from .aggregate import Aggregate, Refused, check_clock, event_of, fold_into, refused
from .changing import EVENT_OF, amended, corrected, facts_changed
from .commands import (
    Accept,
    Amend,
    Command,
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
    Sign,
    Verify,
    WithdrawFacts,
    command_of,
)
from .compiled import compile_terms
from .events import (
    Amended,
    ContractEvent,
    Corrected,
    Drawn,
    DroppedOut,
    Ended,
    Enrolled,
    Event,
    Kind,
    Measured,
    Paid,
    RunOff,
    SavingRealised,
    Settled,
    Signed,
    Verified,
)
from .folding import ContractFolding
from .observing import dropped_out, enrolled, measured, saving_realised, within_contract
from .plans import Plan
from .problems import Finding
from .settling import draw_amounts, owed, settle_end, settle_statement
from .state import Settlement, State
from .terms import Terms

__all__ = [
    "Accept",
    "Aggregate",
    "Amend",
    "Command",
    "Correct",
    "Dispute",
    "Draw",
    "DropOut",
    "End",
    "Enrol",
    "Measure",
    "Pay",
    "RealiseSaving",
    "Refused",
    "Reject",
    "Settle",
    "Sign",
    "State",
    "Verify",
    "WithdrawFacts",
    "contract",
    "decide",
    "evolve",
    "next_statement",
    "payers_of",
    "unpaid",
]

Rules = Callable[[Terms], Iterator[Finding]]


def decide(
    state: State | None, command: Command, *, now: dt.datetime, by: str = "", reason: str = ""
) -> tuple[Event, ...]:
    """The events that a command brings in a contract's state (None before it is signed).

    now: when it is recorded, with its time zone. Raises Refused for whatever the state forbids.
    """
    doing = _word(command)
    check_clock(doing, now, state, None if isinstance(command, Sign | Verify | Settle) else command.effective)
    if isinstance(command, Sign):
        event_class, fields = _sign(state, command)
    elif state is None:
        raise refused(doing, "a signed contract", "none", "sign it first")
    else:
        if state.ended and not isinstance(command, Pay):
            raise refused(doing, "a contract that runs", f"one that ended on {state.ended}", "only payments remain")
        event_class, fields = _decided(state, compile_terms(state.terms), command, now.date())
    version = state.version + 1 if state else 1
    told = {"contract": state.contract if state else None, "version": version, "recorded": now}
    return (event_of(event_class, doing, **(told | {"by": by, "reason": reason} | fields)),)


def evolve(state: State | None, event: Event) -> State:
    """The state after the next event of any contract; raises BrokenLog when it is not the next."""
    return fold_into(ContractFolding(state), (event,))


def contract(kind: Kind, rules: Rules) -> Aggregate[State, Command]:
    """The machine for one kind of contract: `rules` finds what such a contract may not agree."""

    def decide_own(
        state: State | None, command: Command, *, now: dt.datetime, by: str = "", reason: str = ""
    ) -> tuple[Event, ...]:
        given = command.kind if isinstance(command, Sign) else state.kind if state else kind
        if given != kind:
            raise refused(_word(command), f"a contract of kind {kind}", f"one of kind {given}", "use its own aggregate")
        if isinstance(command, Sign):
            for finding in rules(command.terms):
                raise Refused(f"signing is refused: {finding.message}; {finding.hint}")
        return decide(state, command, now=now, by=by, reason=reason)

    return Aggregate(kind, decide_own, ContractFolding, command_of)


def next_statement(state: State) -> dt.date | None:
    """The date that is settled next; None when all are settled or the contract has ended."""
    days = compile_terms(state.terms).statement_days[len(state.settlements) :]
    return dt.date.fromordinal(days[0]) if days and state.ended is None else None


def unpaid(state: State, settlement: Settlement) -> dict[str, int]:
    """What each payer has still to pay of a settlement, øre."""
    paid = [p for p in state.payments if (p.statement, p.closing) == (settlement.statement, settlement.closing)]
    done = {payer for payment in paid for payer in payment.amounts}
    return {payer: amount for payer, amount in owed(settlement.amounts).items() if payer not in done}


def payers_of(terms: Terms) -> frozenset[str]:
    """All who pay under the clauses or the floor; a guarantor is not one of them."""
    return frozenset(name for path, shares in terms.split_paths() if path[-1] == "payers" for name in shares)


Decided = tuple[type[ContractEvent], dict[str, Any]]


def _decided(state: State, plan: Plan, command: Command, today: dt.date) -> Decided:
    fields: dict[str, Any]
    event_class: type[ContractEvent]
    match command:
        case Draw():
            event_class, fields = Drawn, _drawn(state, plan, command)
        case Enrol():
            event_class, fields = Enrolled, enrolled(state, plan, command, today)
        case DropOut():
            event_class, fields = DroppedOut, dropped_out(state, plan, command)
        case Measure():
            event_class, fields = Measured, measured(state, plan, command, today)
        case RealiseSaving():
            event_class, fields = SavingRealised, saving_realised(state, plan, command, today)
        case WithdrawFacts() | Reject() | Dispute() | Accept():
            event_class, fields = EVENT_OF[type(command)], facts_changed(state, plan, command)
        case Correct():
            event_class, fields = Corrected, corrected(state, plan, command)
        case Amend():
            event_class, fields = Amended, amended(state, plan, command)
        case Verify():
            return Verified, _verified(state, command) | {"effective": command.statement}
        case Settle():
            return Settled, _settled(state, plan, command, today) | {"effective": command.statement}
        case Pay():
            event_class, fields = Paid, _paid(state, command)
        case End():
            event_class, fields = _ended(state, plan, command)
        case Sign():
            raise AssertionError("a signature is decided apart")
    return event_class, fields | {"effective": command.effective}


def _sign(state: State | None, command: Sign) -> Decided:
    if state is not None:
        raise refused("signing", "a contract not yet signed", f"'{state.title}' signed before", "choose another id")
    try:
        compile_terms(command.terms)
    except (ValueError, OverflowError) as error:
        raise Refused(f"signing is refused: {error}; complete the terms") from None
    fields = {
        "contract": command.contract,
        "kind": command.kind,
        "title": command.title,
        "terms": command.terms,
    }
    return Signed, fields | {"effective": command.terms.start}


def _drawn(state: State, plan: Plan, command: Draw) -> dict[str, Any]:
    doing = f"drawing on {command.effective}"
    within_contract(doing, plan, command.effective)
    if state.run_off and command.effective > state.run_off:
        raise refused(doing, f"a day up to {state.run_off}, the early end", str(command.effective), "draw nothing more")
    if command.amount < 0:
        raise refused(doing, "no less than nothing", f"{command.amount} øre", "mend the amount")
    _in_order(doing, state, command.effective)
    settled_next = next_statement(state)
    if settled_next and command.effective > settled_next:
        raise refused(doing, f"a day up to {settled_next}, settled next", str(command.effective), "settle that first")
    if not plan.draws_as_costs:
        agreed = sum(amount for day, amount in plan.draws if day <= command.effective.toordinal())
        if state.drawn + command.amount > agreed:
            found = f"{_kroner(state.drawn + command.amount)}"
            raise refused(doing, f"at most {_kroner(agreed)} drawn in all by then", found, "amend the amount or date")
    providers, account = draw_amounts(state, plan, command.effective, command.amount)
    return {"amount": command.amount, "providers": providers, "account": account}


def _verified(state: State, command: Verify) -> dict[str, Any]:
    """What has been stated so far may be verified before the statement's date; what comes later, once more."""
    doing = f"verifying {command.statement}"
    _next(doing, state, command.statement)
    facts = _facts_of(state, command.statement)
    if state.verified.get(command.statement) == facts:
        raise refused(doing, "facts not yet verified", f"{facts} verified", "settle now")
    return {"statement": command.statement, "facts": facts}


def _settled(state: State, plan: Plan, command: Settle, today: dt.date) -> dict[str, Any]:
    doing = f"settling {command.statement}"
    _next(doing, state, command.statement)
    if today < command.statement:
        raise refused(doing, f"a day from {command.statement}", f"{today}, today", "wait for the statement date")
    facts, verified = _facts_of(state, command.statement), state.verified.get(command.statement)
    if verified != facts:
        found = "none" if verified is None else f"{verified} verified"
        raise refused(doing, f"all {facts} facts verified", found, "verify them first")
    number = min(len(state.settlements), len(plan.statement_days) - 1)
    try:
        amounts = settle_statement(state, plan, number, command.statement)
    except OverflowError as error:
        raise Refused(f"{doing} is refused: {error}; mend the quantities") from None
    return {"statement": command.statement, "amounts": amounts}


def _paid(state: State, command: Pay) -> dict[str, Any]:
    what = "the end" if command.closing else f"the statement of {command.statement}"
    doing = f"paying {what}"
    settlements = [state.closing] if command.closing else state.settlements
    settlement = next((each for each in settlements if each and each.statement == command.statement), None)
    if settlement is None:
        raise refused(doing, "a settlement of that date", "none", "settle it first")
    if command.effective < command.statement:
        raise refused(doing, f"a day from {command.statement}", str(command.effective), "mend the date")
    due, open_ = owed(settlement.amounts), unpaid(state, settlement)
    amounts = open_ if command.amounts is None else dict(command.amounts)
    for payer, amount in amounts.items():
        if payer not in due:
            raise refused(doing, f"payers who owe: {', '.join(due) or 'none'}", f"'{payer}'", "leave it out")
        if payer not in open_:
            raise refused(doing, "what is not yet paid", f"a second payment by '{payer}'", "leave it out")
        if amount != open_[payer]:
            raise refused(doing, f"{_kroner(open_[payer])} from '{payer}'", _kroner(amount), "pay what was settled")
    if not amounts:
        found = "everything paid" if due else "nothing settled to be paid"
        raise refused(doing, "an amount still owed", found, "leave the payment out")
    return {"statement": command.statement, "closing": command.closing, "amounts": amounts}


def _ended(state: State, plan: Plan, command: End) -> Decided:
    doing = f"ending on {command.effective}"
    end = dt.date.fromordinal(plan.end_day)
    if command.effective <= end or len(state.settlements) <= len(plan.statement_days):
        within_contract(doing, plan, command.effective)  # later only after a supplementary statement
    early = command.effective < end
    if early and not command.early:
        raise refused(doing, f"the agreed end, {end}", str(command.effective), "end it early, or wait")
    _in_order(doing, state, command.effective)
    if early and plan.early_results == "run_off":
        if state.run_off is not None:
            raise refused(doing, f"the agreed end, {end}, since it runs off", str(command.effective), "wait for it")
        return RunOff, {}
    settled_next = next_statement(state)
    if settled_next and settled_next <= command.effective:
        raise refused(doing, "every statement up to then settled", f"{settled_next} open", "settle it first")
    if not settled_next and _corrections(state):
        raise refused(doing, "every correction settled", "one that is open", "verify and settle it first")
    facts = _facts_of(state, settled_next) if settled_next and early and plan.early_results == "settled" else 0
    if settled_next and facts and state.verified.get(settled_next) != facts:
        found = f"{state.verified.get(settled_next) or 'none'} verified"
        raise refused(doing, f"all {facts} facts verified, which it settles", found, f"verify {settled_next} first")
    early |= state.run_off is not None
    return Ended, {"early": early, "amounts": settle_end(state, plan, command.effective, early)}


def _next(doing: str, state: State, statement: dt.date) -> None:
    expected = next_statement(state)
    if expected is None:
        last = state.settlements[-1].statement
        if not _corrections(state) or statement <= last:
            raise refused(doing, "a statement not yet settled", f"all settled up to {last}", "end the contract")
    elif statement != expected:
        raise refused(doing, f"the next statement date, {expected}", str(statement), f"take {expected}")


def _corrections(state: State) -> bool:
    """Whether something was changed after the last settlement, which a supplementary statement must settle."""
    last = state.settlements[-1].version
    return any(change.version > last for changes in state.changes.values() for change in changes)


def _in_order(doing: str, state: State, day: dt.date) -> None:
    if day < state.day:
        found = f"{day}"
        raise refused(doing, f"a day from {state.day}, the last draw or settlement", found, "mend the date")


def _facts_of(state: State, statement: dt.date) -> int:
    """How many facts and changes a statement takes into account; a supplementary one has no date of its own."""
    return state.counted.get(statement if next_statement(state) is not None else None, 0)


def _kroner(ore: int) -> str:
    whole, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{whole:,}.{rest:02d} kr."


def _word(command: Command) -> str:
    return _WORDS[type(command)]


_WORDS = {
    Sign: "signing",
    Draw: "drawing",
    Enrol: "enrolling",
    DropOut: "dropping out",
    Measure: "measuring",
    RealiseSaving: "realising a saving",
    WithdrawFacts: "withdrawing results",
    Reject: "rejecting results",
    Dispute: "disputing results",
    Accept: "accepting results",
    Correct: "correcting results",
    Amend: "amending",
    Verify: "verifying",
    Settle: "settling",
    Pay: "paying",
    End: "ending",
}
