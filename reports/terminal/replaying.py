"""A recorded contract as text: what happened, how things stood, and whether every amount recomputes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.audit import Difference, timeline
from contracts.audit import Row as Happened
from contracts.events import Event, Measured, SavingRealised, Signed
from contracts.fund import FundState
from contracts.register import Entry
from contracts.state import State
from reports.numbers import Language, kroner_of_ore, number
from reports.texts import counted, names, say, word

from .columns import table
from .grid import Line
from .screen import paragraph

Moment = Mapping[str, Any]
Called = Mapping[str, Mapping[str, str]]
"""What names of a log are called, by area of the texts."""


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
    happened = timeline([event for event in events if _before(event, moment)])
    yield from paragraph(f"{state.log}: {state.title} ({word(lang, 'kind', state.kind)})", width)
    yield "", ""
    heads = [say(lang, f"replay.{key}") for key in ("number", "date", "what", "amount", "told")]
    called = _called(events, lang)
    rows = [
        [str(h.version), h.effective.isoformat(), word(lang, "event", h.kind), _amount(h, lang), told(h, called, lang)]
        for h in happened
    ]
    yield from table(heads, rows, "rllrl", width)
    yield "", ""
    yield say(lang, "replay.version", version=happened[-1].version, count=len(events)), "group"
    yield from table([], [[label, value] for label, value in _standing(state, lang)], "lr", width)
    yield "", ""


def _before(event: Event, moment: Moment) -> bool:
    version, effective, recorded = moment["version"], moment["effective"], moment["recorded"]
    return (
        (version is None or event.version <= version)
        and (effective is None or event.effective <= effective)
        and (recorded is None or event.recorded.date() <= recorded)
    )


def _called(events: Sequence[Event], lang: Language) -> Called:
    """What a log's clauses and metrics are called."""
    clauses = events[0].terms.clauses if isinstance(events[0], Signed) else ()
    metrics = {event.metric for event in events if isinstance(event, Measured | SavingRealised)}
    return {"column": names(lang, "column", clauses), "measure": names(lang, "measure", metrics)}


def _amount(happened: Happened, lang: Language) -> str:
    if happened.amount is None:
        return ""
    return number_of_ore(happened.amount, lang)


def number_of_ore(ore: int, lang: Language) -> str:
    """Øre as kroner without the unit."""
    return kroner_of_ore(ore, lang).replace("DKK ", "").replace(" kr.", "")


def told(happened: Happened, called: Called, lang: Language) -> str:
    """What an event tells beside its amount, in words."""
    shown = {field: value for field, value in happened.detail.items() if value != happened.effective}
    return ", ".join(filter(None, _details(shown, called, lang)))


def _details(detail: Mapping[str, Any], called: Called, lang: Language) -> Iterator[str]:
    for field, value in detail.items():
        match field:
            case "kind":
                yield word(lang, "kind", value)
            case "quantity" | "entitled" | "receipts":
                continue
            case "measured":
                quantity = number(detail["quantity"], lang, 0 if float(detail["quantity"]).is_integer() else 2)
                yield say(lang, "detail.reached", quantity=quantity, measured=value)
            case "providers" | "payers" | "paid" | "cuts":
                yield _shares(field, value, called, lang)
            case "persons" | "facts":
                yield say(lang, f"detail.{field.removesuffix('s') if value == 1 else field}", value=value)
            case "closing" | "early":
                yield say(lang, f"detail.{field}") if value else ""
            case "metric":
                yield called["measure"].get(value, value)
            case _:
                yield say(lang, f"detail.{field}", value=value)


def _shares(field: str, amounts: Mapping[str, int], called: Called, lang: Language) -> str:
    """Amounts by name: one name alone, or each with its amount."""
    area = {"paid": "column", "cuts": "limit"}.get(field, "party")
    if not amounts:
        return ""
    named = {called.get(area, {}).get(name) or word(lang, area, name): amount for name, amount in amounts.items()}
    if len(named) == 1 and field != "cuts":
        parts = list(named)
    else:
        parts = [f"{name} {number_of_ore(amount, lang)}" for name, amount in named.items()]
    return say(lang, f"detail.{field}", value=", ".join(parts))


def _standing(state: State | FundState, lang: Language) -> Iterator[tuple[str, str]]:
    if isinstance(state, FundState):
        yield say(lang, "replay.capital"), kroner_of_ore(state.capital, lang)
        for key in ("released", "repaid", "written_off"):
            yield say(lang, f"replay.{key}"), kroner_of_ore(sum(getattr(state, key).values()), lang)
        yield say(lang, "replay.balance"), kroner_of_ore(state.balance, lang)
        return
    settled = sum(state.paid.values())
    paid = sum(sum(payment.amounts.values()) for payment in state.payments)
    yield say(lang, "replay.drawn"), kroner_of_ore(state.drawn, lang)
    yield say(lang, "replay.entitled"), kroner_of_ore(settled, lang)
    yield say(lang, "replay.paid"), kroner_of_ore(paid, lang)
    yield say(lang, "replay.unpaid"), kroner_of_ore(settled - paid, lang)
    yield say(lang, "replay.persons"), number(len(state.persons), lang)
    yield say(lang, "replay.dropped"), number(len(state.dropped_out), lang)
    if state.ended:
        yield say(lang, "replay.ended"), state.ended.isoformat()


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
