"""A recorded contract as text: what happened, how things stood, and whether every amount recomputes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from contracts.audit import Difference, timeline
from contracts.events import Amended, Event, RunOff, SavingRealised, Signed
from contracts.fund import FundState
from contracts.lifecycle import unpaid
from contracts.register import Entry
from contracts.state import State
from contracts.terms import Terms
from reports.numbers import Language, kroner_of_ore, money, number
from reports.texts import counted, say, word

from .columns import table
from .event_words import event_name, event_words, number_of_ore
from .grid import Line
from .naming import Called, called_in
from .screen import paragraph

Moment = Mapping[str, Any]


def list_lines(store: str, entries: Sequence[Entry], lang: Language, width: int) -> Iterator[Line]:
    """The contracts and funds of a store."""
    if not entries:
        yield say(lang, "replay.empty", store=store), ""
        return
    yield say(lang, "replay.contracts", store=store), "group"
    for entry in entries:
        events = counted(lang, "event", entry.version, number(entry.version, lang))
        yield "  " + entry.id, ""
        yield f"    {word(lang, 'kind', entry.kind)} · {events} · {entry.title}", ""


def contract_lines(
    events: Sequence[Event], moment: Moment, state: State | FundState, lang: Language, width: int
) -> Iterator[Line]:
    """What happened up to a moment, and how things stood then."""
    happened = events_before(events, moment)
    yield from paragraph(f"{state.log}: {state.title} ({word(lang, 'kind', state.kind)})", width)
    yield "", ""
    heads = [say(lang, f"replay.{key}") for key in ("number", "date", "what")]
    heads += [say(lang, "replay.amount", unit=unit_of(currency_of(events), lang)), say(lang, "replay.told")]
    yield from table(heads, list(event_rows(happened, events, lang)), "rllrl", width)
    yield "", ""
    yield say(lang, "replay.version", version=happened[-1].version, count=len(events)), "group"
    yield from table([], [[label, value] for label, value in _standing(state, lang, currency_of(events))], "lr", width)
    yield "", ""


def event_rows(happened: Iterable[Event], events: Sequence[Event], lang: Language) -> Iterator[list[str]]:
    """Number, day, word, amount and details of each event. events: the whole log, which tells the names of things."""
    called, savings, ran_off = called_of(events, lang), savings_of(events), ran_off_in(events)
    for event in happened:
        (row,) = timeline([event])
        shown = "" if row.amount is None else number_of_ore(row.amount, lang)
        told = event_words(event, called, savings, ran_off=ran_off)
        yield [str(row.version), row.effective.isoformat(), event_name(event, lang), shown, told]


def called_of(events: Sequence[Event], lang: Language) -> Called:
    """What the clauses and metrics of a log are called, with those of its amendments."""
    terms = terms_of(events)
    return Called(lang, {}, {}) if terms is None else called_in(terms, lang)


def terms_of(events: Sequence[Event]) -> Terms | None:
    """A contract's terms with all amendments; none for a fund."""
    signed = events[0]
    if not isinstance(signed, Signed):
        return None
    agreed = tuple(event.amendment for event in events if isinstance(event, Amended))
    return signed.terms.model_copy(update={"amendments": (*signed.terms.amendments, *agreed)})


def savings_of(events: Sequence[Event]) -> frozenset[str]:
    """The metrics of a log whose facts are amounts."""
    return frozenset(event.metric for event in events if isinstance(event, SavingRealised))


def ran_off_in(events: Sequence[Event]) -> bool:
    """Whether the contract ended early and its results ran off."""
    return any(isinstance(event, RunOff) for event in events)


def currency_of(events: Sequence[Event]) -> str:
    """The currency of a log; a fund's is kroner."""
    return events[0].terms.currency if isinstance(events[0], Signed) else "DKK"


def unit_of(currency: str, lang: Language) -> str:
    """A currency as it stands over amounts: `kr.` or its code."""
    return "kr." if (lang, currency) == ("da", "DKK") else currency


def events_before(events: Sequence[Event], moment: Moment) -> list[Event]:
    """The events up to a moment: a version, a day that they concern, a day on which they were known."""
    version, effective, recorded = moment["version"], moment["effective"], moment["recorded"]
    return [
        event
        for event in events
        if (version is None or event.version <= version)
        and (effective is None or event.effective <= effective)
        and (recorded is None or event.recorded.date() <= recorded)
    ]


def _standing(state: State | FundState, lang: Language, currency: str) -> Iterator[tuple[str, str]]:
    if isinstance(state, FundState):
        yield say(lang, "replay.capital"), _money(state.capital, lang, currency)
        for key in ("released", "repaid", "earned", "written_off"):
            amount = sum(getattr(state, key).values())
            if amount or key != "earned":
                yield say(lang, f"replay.{key}"), _money(amount, lang, currency)
        yield say(lang, "replay.balance"), _money(state.balance, lang, currency)
        return
    settled = sum(state.paid.values())
    paid = sum(sum(payment.amounts.values()) for payment in state.payments)
    yield say(lang, "replay.drawn"), _money(state.drawn, lang, currency)
    yield say(lang, "replay.entitled"), _money(settled, lang, currency)
    if over := over_limits(state):
        yield say(lang, "replay.over_limits"), _money(over, lang, currency)
    yield say(lang, "replay.paid"), _money(paid, lang, currency)
    yield say(lang, "replay.unpaid"), _money(sum(owed_now(state).values()), lang, currency)
    yield say(lang, "replay.persons"), number(len(state.persons), lang)
    yield say(lang, "replay.dropped"), number(len(state.dropped_out), lang)
    if state.run_off and not state.ended:
        yield say(lang, "replay.run_off"), state.run_off.isoformat()
    if state.ended:
        yield say(lang, "replay.ended"), state.ended.isoformat()


def owed_now(state: State) -> dict[str, int]:
    """What each payer has still to pay, of all settlements, øre."""
    total: dict[str, int] = {}
    for settlement in (*state.settlements, *([state.closing] if state.closing else ())):
        for payer, amount in unpaid(state, settlement).items():
            total[payer] = total.get(payer, 0) + amount
    return total


def over_limits(state: State) -> int:
    """What was settled and nobody pays, since payers have reached their limits, øre."""
    every = (*state.settlements, *([state.closing] if state.closing else ()))
    parts = sum(sum(cells.values()) for settlement in every for cells in settlement.amounts.parts.values())
    return sum(state.paid.values()) - parts


def _money(ore: int, lang: Language, currency: str) -> str:
    return kroner_of_ore(ore, lang) if currency == "DKK" else money(ore, lang, currency)


def check_lines(
    events: Sequence[Event], differences: Sequence[Difference], lang: Language, width: int
) -> Iterator[Line]:
    """Whether every event recomputes from the facts, or the first that does not."""
    if not differences:
        holds = "replay.holds_one" if len(events) == 1 else "replay.holds"
        yield from paragraph(say(lang, holds, count=len(events)), width)
        return
    first = differences[0]
    event = next((each for each in events if each.version == first.version), events[0])
    wrong = say(
        lang,
        "replay.refused" if first.refused else "replay.wrong",
        reason=first.expected,
        version=first.version,
        event=word(lang, "event", first.kind),
        date=event.effective.isoformat(),
        field=first.field or word(lang, "event", first.kind),
        expected=_said(first.expected, first.field, lang),
        found=_said(first.found, first.field, lang),
    )
    yield from paragraph(wrong, width)
    if len(differences) > 1:
        more = counted(lang, "difference", len(differences) - 1)
        yield from paragraph(say(lang, "replay.wrong_more", differences=more), width)


def difference_line(difference: Difference, lang: Language) -> str:
    """Where a log does not recompute, as a program tells it: amounts in kroner, as on the page."""
    place = f"{difference.kind} {difference.field}".strip()
    expected, found = (_said(each, difference.field, lang) for each in (difference.expected, difference.found))
    return f"event {difference.version}, {place}: expected {expected}, found {found}"


def _said(value: Any, field: str, lang: Language) -> str:
    if not isinstance(value, int):
        return str(value)
    money = field.partition(".")[0] in ("amount", "amounts", "providers", "account", "capital", "returned")
    return kroner_of_ore(value, lang) if money else number(value, lang)
