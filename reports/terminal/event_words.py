"""What an event of a contract or a fund tells, in words: one line of a timeline, or the answer to a command."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from contracts.events import (
    Amended,
    Amounts,
    Corrected,
    Drawn,
    DroppedOut,
    Ended,
    Enrolled,
    Event,
    FactsEvent,
    FundFounded,
    Measured,
    Paid,
    Released,
    Repaid,
    SavingRealised,
    Settled,
    Signed,
    Verified,
    WrittenOff,
)
from contracts.money import PPM
from contracts.observing import Results
from contracts.terms import Amendment
from reports.numbers import Language, kroner_of_ore, quantity
from reports.texts import counted, say, word

from .naming import Called

MOST_NAMED = 3
"""So many persons are named; of more, only how many they are is told."""


def event_name(event: Event, lang: Language) -> str:
    """What an event is called: `betaling`, and `tilbagebetaling` where money goes back to the payers."""
    if is_repayment(event):
        return say(lang, "happened.paid_back")
    if isinstance(event, Verified) and not event.facts:
        return say(lang, "happened.verified_none")
    return word(lang, "event", event.topic)


def is_repayment(event: Event) -> bool:
    """Whether a payment goes back to those who paid."""
    return isinstance(event, Paid) and sum(event.amounts.values()) < 0


def event_words(event: Event, called: Called, savings: Iterable[str] = (), *, ran_off: bool = False) -> str:
    """What an event tells beside its day and its amount.

    savings: the metrics whose facts are amounts. ran_off: the contract ended early before, and its results ran off.
    """
    lang = called.lang
    what = word(lang, "event", event.topic)
    told = [detail for detail in _details(event, called, frozenset(savings), ran_off) if detail != what]
    if event.by:
        told.append(say(lang, "detail.by", value=event.by))
    if event.reason:
        told.append(say(lang, "detail.reason", value=event.reason))
    return ", ".join(filter(None, told))


def _details(event: Event, called: Called, savings: frozenset[str], ran_off: bool) -> Iterator[str]:
    lang = called.lang
    match event:
        case Signed():
            yield word(lang, "kind", event.kind)
            yield event.title
            yield say(lang, "detail.end", value=event.terms.end)
        case Drawn():
            yield _shares("providers", event.providers, called)
        case Enrolled():
            yield _persons(event.persons, lang)
            yield event.group
        case DroppedOut():
            yield _persons(event.persons, lang)
            yield word(lang, "why", event.why)
        case Measured():
            yield from _place(event.metric, event.point, None, called)
            yield event.group
            yield _found(event.results, lang)
            yield _statement(event.statement, event, lang)
        case SavingRealised():
            yield called.metric(event.metric)
            yield _statement(event.statement, event, lang)
        case FactsEvent():
            yield from _place(event.metric, event.point, event.found, called)
            yield event.group
            yield _facts(event.persons, lang)
            yield _statement(event.statement, event, lang)
        case Corrected():
            yield from _place(event.metric, event.point, event.found, called)
            yield event.group
            yield _corrected(event.results, event.metric in savings, lang)
            yield _statement(event.statement, event, lang)
        case Amended():
            yield from _amended(event.amendment, called)
        case Verified():
            yield _statement(event.statement, event, lang)
            results = counted(lang, "result", event.facts, quantity(event.facts * PPM, lang))
            yield results if event.facts else say(lang, "detail.no_results")
        case Settled():
            yield from _reckoned(event.amounts, called)
        case Paid():
            yield _statement(event.statement, event, lang)
            yield say(lang, "detail.closing") if event.closing else ""
            yield from _payment(event.amounts, called)
        case Ended():
            yield say(lang, "detail.ran_off" if ran_off else "detail.early") if event.early or ran_off else ""
            yield from _reckoned(event.amounts, called)
        case FundFounded():
            yield event.title
        case Released() | Repaid() | WrittenOff():
            yield event.contract


def _place(metric: str, point: int, found: dt.date | None, called: Called) -> Iterator[str]:
    yield called.metric(metric)
    yield say(called.lang, "detail.point", value=point) if point else ""
    yield say(called.lang, "detail.found", value=found) if found else ""


def _statement(statement: dt.date | None, event: Event, lang: Language) -> str:
    """With which statement it is settled, where that is not the event's own day."""
    other = statement is not None and statement != event.effective
    return say(lang, "detail.statement", value=statement) if other else ""


def _persons(persons: Sequence[str], lang: Language) -> str:
    told = counted(lang, "citizen", len(persons), quantity(len(persons) * PPM, lang))
    return f"{told} ({', '.join(persons)})" if len(persons) <= MOST_NAMED else told


def _facts(persons: Sequence[str | None], lang: Language) -> str:
    told = counted(lang, "result", len(persons), quantity(len(persons) * PPM, lang))
    named = [person for person in persons if person is not None]
    return f"{told} ({', '.join(named)})" if 0 < len(named) <= MOST_NAMED else told


def _found(results: Results, lang: Language) -> str:
    """`8 af 10 opnået`, `13 af 155 opgjort`, `20 opgjort`, `1.240 hos 10 borgere`."""
    found, of = sum(result[1] for result in results), sum(result[2] for result in results)
    ratio = say(lang, "settle.of", found=quantity(found, lang), of=quantity(of, lang))
    if any(person is None for person, _, _ in results):
        counts = all(each == PPM for _, _, each in results)
        return say(lang, "detail.counted", value=quantity(found, lang) if counts else ratio)
    if all(each == PPM and 0 <= quantity_ <= PPM for _, quantity_, each in results):
        return say(lang, "detail.reached", quantity=quantity(found, lang), measured=quantity(of, lang))
    whole = quantity(found, lang) if all(each == PPM for _, _, each in results) else ratio
    persons = counted(lang, "citizen", len(results), quantity(len(results) * PPM, lang))
    return say(lang, "detail.summed", found=whole, persons=persons)


def _corrected(results: Results, saving: bool, lang: Language) -> str:
    if len(results) > MOST_NAMED:
        now = say(lang, "detail.now", value=_found(results, lang))
        return f"{_facts([person for person, _, _ in results], lang)}, {now}"
    return ", ".join(_now(person, found, of, saving, lang) for person, found, of in results)


def _now(person: str | None, found: int, of: int, saving: bool, lang: Language) -> str:
    if saving:
        value = kroner_of_ore(found, lang)
    elif of == PPM:
        value = quantity(found, lang)
    else:
        value = say(lang, "settle.of", found=quantity(found, lang), of=quantity(of, lang))
    told = say(lang, "detail.now", value=value)
    return f"{person} {told}" if person else told


def _amended(amendment: Amendment, called: Called) -> Iterator[str]:
    lang = called.lang
    yield say(lang, "detail.from", value=amendment.from_)
    for name, clause in amendment.clauses.items():
        known = called.column(name)
        yield known if clause is not None else say(lang, "detail.closed", value=known)
    yield say(lang, "detail.limits") if amendment.limits is not None else ""
    yield say(lang, "detail.end", value=amendment.end) if amendment.end else ""


def _reckoned(amounts: Amounts, called: Called) -> Iterator[str]:
    cuts = {limit: sum(cells.values()) for limit, cells in amounts.cuts.items()}
    yield _shares("cuts", cuts, called)
    yield _shares("paid", amounts.paid, called)


def _payment(amounts: Mapping[str, int], called: Called) -> Iterator[str]:
    """Whom a payment comes from, and whom something is paid back to."""
    back = {payer: -part for payer, part in amounts.items() if part < 0}
    forth = {payer: part for payer, part in amounts.items() if part > 0 or (part == 0 and not back)}
    alone = not (back and forth)
    yield _shares("payers", forth, called, alone=alone)
    yield _shares("receivers", back, called, alone=alone)


def _shares(field: str, amounts: Mapping[str, int], called: Called, *, alone: bool = True) -> str:
    """Amounts by name: one name without its amount (alone: where nothing else is told), or each with its amount."""
    if not amounts:
        return ""
    name_of = {"paid": called.column, "cuts": called.limit}.get(field, called.party)
    if len(amounts) == 1 and field != "cuts" and alone:
        parts = [name_of(name) for name in amounts]
    else:
        parts = [f"{name_of(name)} {number_of_ore(amount, called.lang)}" for name, amount in amounts.items()]
    return say(called.lang, f"detail.{field}", value=", ".join(parts))


def number_of_ore(ore: int, lang: Language) -> str:
    """Øre as kroner without the unit."""
    return kroner_of_ore(ore, lang).replace("DKK ", "").replace(" kr.", "")
