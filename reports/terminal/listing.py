"""Contracts in a store, how one of them stands, and the scenarios that come with the program, as plain lists."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from contracts.lifecycle import next_statement, unpaid
from contracts.money import PPM
from contracts.state import Settlement, State
from contracts.timetable import contract_dates
from reports.numbers import Language, money, number, quantity
from reports.texts import counted, listed, say, word

from .columns import GAP, NARROWEST, table
from .grid import Line
from .naming import Called, called_in
from .replaying import over_limits, owed_now
from .screen import paragraph

LATEST = 4
"""So many of the latest statements are shown."""

LEAST_TITLE = 30
"""A title of a scenario with less room than this beside its numbers stands below them."""


def contract_lines(store: str, states: Sequence[State], lang: Language, width: int) -> Iterator[Line]:
    """The contracts of a store, a row each."""
    if not states:
        yield from paragraph(say(lang, "contract.empty", store=store), width)
        return
    yield say(lang, "contract.list", store=store), "group"
    yield "", ""
    heads = [say(lang, f"contract.{key}") for key in ("id", "next", "owed", "title")]
    rows = [
        [state.contract, _next(state, lang), money(_owed(state), lang, state.terms.currency), state.title]
        for state in states
    ]
    yield from table(heads, rows, "llrl", width)


def _next(state: State, lang: Language) -> str:
    if state.ended:
        return say(lang, "contract.none_after", date=state.ended)
    due = next_statement(state)
    return due.isoformat() if due else say(lang, "contract.none")


def _owed(state: State) -> int:
    return sum(owed_now(state).values())


def state_lines(state: State, lang: Language, width: int) -> Iterator[Line]:
    """How a contract stands: dates, capital, citizens, what is owed, what comes next, the latest statements."""
    called, currency = called_in(state.terms, lang), state.terms.currency
    yield from paragraph(f"{state.contract}: {state.title} ({word(lang, 'kind', state.kind)})", width)
    yield "", ""
    paid = sum(sum(payment.amounts.values()) for payment in state.payments)
    rows = [
        [say(lang, "contract.term"), _term(state, lang)],
        [say(lang, "replay.drawn"), money(state.drawn, lang, currency)],
        [say(lang, "replay.persons"), number(len(state.persons), lang)],
        [say(lang, "replay.dropped"), number(len(state.dropped_out), lang)],
        [say(lang, "replay.entitled"), money(sum(state.paid.values()), lang, currency)],
        *([[say(lang, "replay.over_limits"), money(over, lang, currency)]] if (over := over_limits(state)) else []),
        [say(lang, "replay.paid"), money(paid, lang, currency)],
        [say(lang, "contract.owed"), _owed_words(owed_now(state), called, currency) or say(lang, "contract.nothing")],
        [say(lang, "contract.next"), _next(state, lang)],
    ]
    if not state.ended:
        rows.append([say(lang, "contract.results"), _results(state, lang)])
    yield from table([], rows, "ll", width)
    every = [*state.settlements, *([state.closing] if state.closing else [])]
    if every:
        yield "", ""
        yield say(lang, "contract.latest"), "group"
        heads = [say(lang, key) for key in ("contract.statement", "settle.paid", "contract.open")]
        settled = [_settlement(state, each, called) for each in reversed(every[-LATEST:])]
        yield from table(heads, settled, "lrl", width)


def _term(state: State, lang: Language) -> str:
    start, end = contract_dates(state.terms)
    term = say(lang, "contract.from_to", since=start, until=end)
    if state.ended:
        return f"{term} · {say(lang, 'contract.ran_off' if state.run_off else 'contract.ended', date=state.ended)}"
    return f"{term} · {say(lang, 'contract.runs_off', date=state.run_off)}" if state.run_off else term


def _results(state: State, lang: Language) -> str:
    due = next_statement(state)
    count = state.counted.get(due, 0)
    told = counted(lang, "result", count, quantity(count * PPM, lang))
    verified = state.verified.get(due)
    if not count:
        return say(lang, "contract.none")
    if verified == count:
        return say(lang, "contract.verified", results=told)
    return say(lang, "contract.unverified", results=told, count=quantity((count - (verified or 0)) * PPM, lang))


def _owed_words(owed: Mapping[str, int], called: Called, currency: str) -> str:
    """Who owes how much, and to whom how much is to be repaid; empty where nothing is owed."""
    lang = called.lang
    owing = [f"{called.party(payer)} {money(amount, lang, currency)}" for payer, amount in owed.items() if amount > 0]
    back = [
        say(lang, "contract.due_back", party=called.party(payer), amount=money(-amount, lang, currency))
        for payer, amount in owed.items()
        if amount < 0
    ]
    return listed(lang, [*owing, *back])


def _settlement(state: State, settlement: Settlement, called: Called) -> list[str]:
    lang, currency = called.lang, state.terms.currency
    date = settlement.statement.isoformat()
    total = sum(sum(parts.values()) for parts in settlement.amounts.parts.values())
    return [
        say(lang, "contract.at_end", date=date) if settlement.closing else date,
        money(total, lang, currency),
        _owed_words(unpaid(state, settlement), called, currency) or say(lang, "contract.none"),
    ]


class Listed(NamedTuple):
    """A scenario of the library: what to type, title, target group, citizens, capital in kroner, number of designs."""

    name: str
    title: str
    group: str
    citizens: int | None
    capital: int | None
    designs: int


def library_lines(found: Sequence[Listed], groups: Sequence[str], lang: Language, width: int) -> Iterator[Line]:
    """The scenarios by target group, a line each."""
    yield from paragraph(say(lang, "scenarios.title"), width)
    heads = [say(lang, f"scenarios.{key}") for key in ("name", "citizens", "capital", "designs", "what")]
    rows = [_library_row(each, lang) for each in found]
    widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads) - 1)]
    longest = max(len(row[-1]) for row in (heads, *rows))
    beside = width - sum(widths) - GAP * len(widths)
    room = min(beside, longest) if beside >= LEAST_TITLE else 0
    yield "", ""
    yield from ((line, "head") for line in _set(heads, widths, room, width))
    yield "─" * (sum(widths) + (GAP * len(widths) + room if room else GAP * (len(widths) - 1))), ""
    for group in groups:
        mine = [row for each, row in zip(found, rows, strict=True) if each.group == group]
        if mine:
            yield say(lang, f"target.{group}"), "group"
            for row in mine:
                yield from ((line, "") for line in _set(row, widths, room, width))
    yield "", ""
    yield from paragraph(say(lang, "scenarios.unit"), width)


def _library_row(each: Listed, lang: Language) -> list[str]:
    capital = "–" if each.capital is None else number(each.capital / 10**6, lang, 1)
    citizens = "–" if each.citizens is None else number(each.citizens, lang)
    return [f"  {each.name}", citizens, capital, str(each.designs), each.title]


def _set(row: Sequence[str], widths: Sequence[int], room: int, width: int) -> Iterator[str]:
    """The lines of a row: its name to the left, numbers to the right, the title beside them or (room: 0) below."""
    first, *numbers, title = row
    cells = [first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(numbers, widths[1:], strict=True))]
    line = (" " * GAP).join(cells)
    indent = " " * (len(line) + GAP if room else len(first) - len(first.lstrip()) + GAP)
    lines = textwrap.wrap(title, room or max(width - len(indent), NARROWEST), break_on_hyphens=False) or [""]
    if room:
        yield f"{line}{' ' * GAP}{lines.pop(0)}".rstrip()
    else:
        yield line
    yield from (indent + each for each in lines)
