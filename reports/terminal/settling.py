"""A payment statement as a page: fact → clause → limits → amount → payer, and what all statements add up to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.agreed import ENROLLED, metrics_of
from contracts.clauses import Band
from contracts.limits import PerPayer, PerPerson
from contracts.statement import ClauseStatement, PaymentStatement
from contracts.statement import Line as FactLine
from contracts.terms import Terms
from contracts.timetable import clause_spans, contract_dates, limit_spans
from reports.numbers import Language, amount, money, number
from reports.texts import capital, counted, listed, say

from .bands import measured_words, percent, value_words
from .grid import Cell, Grid, Line, Row, lay_out
from .naming import Called, called_in
from .screen import paragraph
from .statement_table import MOST_LINES, fact_table

_NONE = "–"
_MOST_MEASUREMENTS = 12


@dataclass(frozen=True)
class Page:
    """How a contract's statements are shown. terms: with all amendments; all_lines: however many there are."""

    title: str
    terms: Terms
    lang: Language
    width: int
    all_lines: bool = False

    @property
    def called(self) -> Called:
        """The names of the contract's clauses and metrics."""
        return called_in(self.terms, self.lang)

    def money(self, ore: int) -> str:
        """An amount with the contract's currency."""
        return money(ore, self.lang, self.terms.currency)

    @property
    def unit(self) -> str:
        """The contract's currency as it is written."""
        return "kr." if (self.lang, self.terms.currency) == ("da", "DKK") else self.terms.currency


def settlement_lines(page: Page, statements: Sequence[PaymentStatement], *, chosen: bool = False) -> Iterator[Line]:
    """Every statement in which something happens, how many there are besides, and the totals.

    chosen: these statements were asked for: all of them are shown, and no totals.
    """
    for statement in statements:
        if chosen or not statement.empty:
            yield from statement_lines(page, statement)
            yield "", ""
    idle = [] if chosen else [each for each in statements if each.empty and not each.closing]
    if idle:
        days = [idle[0].date.isoformat(), idle[-1].date.isoformat()]
        told = counted(page.lang, "idle", len(idle))
        when = days[0] if len(idle) == 1 else say(page.lang, "settle.from_to", since=days[0], until=days[1])
        yield from paragraph(f"{told} ({when}).", page.width)
        yield "", ""
    if not chosen:
        yield from total_lines(page, statements)


def statement_lines(page: Page, statement: PaymentStatement) -> Iterator[Line]:
    """One payment statement."""
    lang, called = page.lang, page.called
    head = say(lang, "settle.closing" if statement.closing else "settle.statement", date=statement.date.isoformat())
    told = say(lang, "settle.head", statement=head, title=page.title, unit=page.unit)
    heading = [line for line, _ in paragraph(told, page.width)]
    yield from ((line, "group") for line in heading)
    yield "═" * max(map(len, heading)), ""
    if statement.lines or statement.basis:
        counts = sum(line.person is None for line in statement.basis)
        together = len(statement.lines) + counts > MOST_LINES and not page.all_lines
        yield from fact_table(statement, called, page.width, each=page.all_lines, together=together)
        if together:
            yield from paragraph(say(lang, "settle.together"), page.width)
    if statement.clauses and not statement.empty:
        if statement.lines or statement.basis:
            yield "", ""
        yield from lay_out(_clause_grid(statement, called), page.width)
        for note in _notes(page, statement, called):
            yield from _bullet(note, page.width)
    yield "", ""
    yield from _payment(page, statement, called)
    for key, values in statement.remarks:
        yield from _bullet(_remark(page, key, values), page.width)


def _bullet(text: str, width: int) -> Iterator[Line]:
    for place, (line, _) in enumerate(paragraph(text, max(min(width, 100) - 2, 20))):
        yield ("– " if place == 0 else "  ") + line, ""


def _clause_grid(statement: PaymentStatement, called: Called) -> Grid:
    """A row a clause: earned before, new, in all, settled before, what each limit cuts, and what is to be paid."""
    lang, clauses = called.lang, statement.clauses
    limits = dict.fromkeys(limit for clause in clauses for limit in clause.cuts)
    earned = any(clause.entitled or clause.before for clause in clauses)
    columns: list[tuple[str, list[int | None]]] = []

    def column(head: str, cells: list[int | None], needed: bool = True) -> None:
        if needed:
            columns.append((head, cells))

    def of_clauses(amounts: list[int]) -> list[int | None]:
        return [each if clause.agreed else None for each, clause in zip(amounts, clauses, strict=True)]

    column(say(lang, "settle.before"), of_clauses([clause.before for clause in clauses]), earned)
    column(say(lang, "settle.new"), of_clauses([clause.entitled - clause.before for clause in clauses]), earned)
    column(say(lang, "settle.entitled"), of_clauses([clause.entitled for clause in clauses]), earned)
    column(say(lang, "settle.settled"), of_clauses([-clause.settled for clause in clauses]), earned)
    lapsed = any(clause.lapsed for clause in clauses)
    column(say(lang, "settle.lapsed"), of_clauses([-clause.lapsed for clause in clauses]), earned and lapsed)
    for limit in limits:
        column(capital(called.limit(limit)), [-clause.cuts.get(limit, 0) for clause in clauses])
    owing = [0 if statement.closing else _set_off(clause) for clause in clauses]
    column(say(lang, "settle.set_off"), of_clauses(owing), any(owing))
    column(say(lang, "settle.paid"), [clause.paid for clause in clauses])
    rows = [
        Row(capital(called.column(clause.column)), tuple(_cell(cells[number], lang) for _, cells in columns))
        for number, clause in enumerate(clauses)
    ]
    if len(rows) > 1:
        sums = [sum(each or 0 for each in cells) for _, cells in columns]
        rows.append(Row(say(lang, "settle.sum"), tuple(_cell(total, lang) for total in sums)))
    return Grid(tuple(head for head, _ in columns), tuple(rows), say(lang, "settle.clause"))


def _set_off(clause: ClauseStatement) -> int:
    """What was settled too much and is not taken back now, but waits to be set off."""
    if clause.agreed is None or not (clause.entitled or clause.before or clause.settled):
        return 0
    claim = clause.entitled - clause.settled - clause.lapsed - sum(clause.cuts.values())
    return clause.paid - claim


def _cell(ore: int | None, lang: Language) -> Cell:
    return Cell(_NONE if ore is None else amount(ore, lang))


def _notes(page: Page, statement: PaymentStatement, called: Called) -> Iterator[str]:
    """What a clause as a whole adds to its lines, what a band found, and what becomes of what limits cut."""
    going_on = {span.column for span in clause_spans(page.terms) if span.begun != span.since}
    for clause in statement.clauses:
        name = capital(called.column(clause.column))
        mine = [line for line in statement.basis if line.column == clause.column]
        if clause.kind == "band" and not mine and clause.entitled == clause.before:
            continue
        if words := value_words(clause, page.lang, page.terms.currency):
            yield f"{name}: {words}"
            if clause.column in going_on and isinstance(clause.agreed, Band) and not clause.agreed.due:
                yield say(page.lang, "settle.goes_on", clause=name)
        elif clause.kind == "band":
            yield from _measurements(page, clause, mine, name)
        elif clause.kind == "scheduled" and clause.otherwise:
            yield say(page.lang, "settle.scheduled", clause=name, amount=page.money(clause.otherwise))
        elif clause.kind in ("unit_price", "savings_share") and clause.otherwise:
            told = {"clause": name, "amount": page.money(clause.otherwise)}
            quota: Decimal | None = getattr(clause.agreed, "quota", None)
            if quota is None:
                yield say(page.lang, f"settle.{_why(clause)}", **told)
            else:
                yield say(page.lang, "settle.by_quota", share=percent(quota, page.lang), **told)
    spans = [span.limit for span in limit_spans(page.terms)]
    for kind in dict.fromkeys(limit for clause in statement.clauses for limit in clause.cuts):
        cut = sum(clause.cuts.get(kind, 0) for clause in statement.clauses)
        ways = {each.excess for each in spans if each.kind == kind and not isinstance(each, PerPerson | PerPayer)}
        if len(ways) == 1:
            limit, way = capital(called.limit(kind)), ways.pop()
            last = statement.closing or statement.date >= contract_dates(page.terms)[1]
            key = "lost" if way == "waits" and last else way
            yield say(page.lang, f"settle.cut_{key}", limit=limit, amount=page.money(cut))
    if statement.account is not None and not statement.closing:
        yield say(page.lang, "settle.account", amount=page.money(statement.account))


def _measurements(page: Page, clause: ClauseStatement, basis: Sequence[FactLine], name: str) -> Iterator[str]:
    """What each count found, for a band that pays every measurement on its own."""
    agreed = clause.agreed
    beside = agreed.for_each if isinstance(agreed, Band) else None
    counts = [line for line in basis if line.person is None and line.of and line.metric != beside]
    for line in counts[:_MOST_MEASUREMENTS]:
        words = measured_words(clause, line.quantity, line.of, page.lang, page.terms.currency)
        yield f"{name}, {line.group or line.date.isoformat()}: {words}"


def _why(clause: ClauseStatement) -> str:
    """Why a clause as a whole earns otherwise than its lines: its conditions, or never less than nothing."""
    agreed = clause.agreed
    return "by_condition" if getattr(agreed, "only_if", ()) or getattr(agreed, "unless", ()) else "by_whole"


def _payment(page: Page, statement: PaymentStatement, called: Called) -> Iterator[Line]:
    """Who pays, by clause, and who receives it."""
    lang = page.lang
    payers = [payer for payer, part in statement.by_payer.items() if part]
    if not statement.paid and not payers:
        yield say(lang, "settle.nothing"), ""
        return
    paying = [clause for clause in statement.clauses if any(clause.parts.values())]
    if len(payers) == 1 or len(paying) == 1:
        yield from _who(page, called, "payers", {payer: statement.by_payer[payer] for payer in payers})
    elif paying:
        yield from lay_out(_paid_grid(paying, payers, called), page.width)
    yield from _who(page, called, "receivers", statement.receipts)
    if statement.drawn:
        yield from paragraph(say(lang, "settle.drawn", amount=page.money(statement.drawn)), page.width)


def _who(page: Page, called: Called, role: str, amounts: Mapping[str, int]) -> Iterator[Line]:
    """Who pays or receives (role), and in a sentence of its own who has something repaid or repays."""
    for key, sign in ((f"settle.{role}", 1), (f"settle.{role}_back", -1)):
        parts = [f"{called.party(name)} {page.money(each * sign)}" for name, each in amounts.items() if each * sign > 0]
        if parts:
            yield from paragraph(say(page.lang, key, parts=listed(page.lang, parts)), page.width)


def _paid_grid(paying: Sequence[ClauseStatement], payers: Sequence[str], called: Called) -> Grid:
    """Who pays each clause; where nothing is paid but only repaid, to whom."""
    back = all(part <= 0 for clause in paying for part in clause.parts.values())
    sign = -1 if back else 1
    cells = {clause.column: {payer: part * sign for payer, part in clause.parts.items()} for clause in paying}
    return _payer_grid(cells, payers, say(called.lang, "settle.back_to" if back else "settle.by_payer"), called)


def _payer_grid(cells: Mapping[str, Mapping[str, int]], payers: Sequence[str], corner: str, called: Called) -> Grid:
    """A row a clause, a column a payer, and sums of both."""
    lang = called.lang
    rows = [
        Row(
            capital(called.column(column)),
            tuple(_cell(each, lang) for each in (*(parts.get(payer, 0) for payer in payers), sum(parts.values()))),
        )
        for column, parts in cells.items()
    ]
    if len(rows) > 1:
        sums = [sum(parts.get(payer, 0) for parts in cells.values()) for payer in payers]
        rows.append(Row(say(lang, "settle.sum"), tuple(_cell(each, lang) for each in (*sums, sum(sums)))))
    heads = (*(called.party(payer) for payer in payers), say(lang, "settle.sum"))
    return Grid(heads, tuple(rows), corner)


def _remark(page: Page, key: str, values: Mapping[str, object]) -> str:
    told = dict(values)
    amount, found = values.get("amount"), values.get("found")
    if isinstance(amount, int):
        told["amount"] = page.money(amount)
    if isinstance(found, int):
        told["citizens"] = counted(page.lang, "citizen", found, number(found, page.lang))
    return say(page.lang, f"remark.{key}", **told)


def total_lines(page: Page, statements: Sequence[PaymentStatement]) -> Iterator[Line]:
    """What all statements add up to: by clause, payer and provider of capital, what is drawn, and what is not told."""
    lang, called = page.lang, page.called
    if not statements:
        yield from paragraph(say(lang, "settle.none"), page.width)
        return
    days = (statements[0].date.isoformat(), statements[-1].date.isoformat())
    yield say(lang, "settle.totals", since=days[0], until=days[1], unit=page.unit), "group"
    yield "", ""
    cells: dict[str, dict[str, int]] = {}
    receipts: dict[str, int] = {}
    for statement in statements:
        for clause in statement.clauses:
            mine = cells.setdefault(clause.column, {})
            for payer, part in clause.parts.items():
                mine[payer] = mine.get(payer, 0) + part
        for investor, part in statement.receipts.items():
            receipts[investor] = receipts.get(investor, 0) + part
    paid = {column: parts for column, parts in cells.items() if any(parts.values())}
    if not paid:
        yield say(lang, "settle.nothing"), ""
    else:
        payers = list(dict.fromkeys(payer for parts in paid.values() for payer in parts))
        yield from lay_out(_payer_grid(paid, payers, say(lang, "settle.clause"), called), page.width)
    yield from _who(page, called, "receivers", receipts)
    drawn = page.money(statements[-1].drawn)
    yield from paragraph(say(lang, "settle.drawn", amount=drawn), page.width)
    told = {line.metric for statement in statements for line in (*statement.lines, *statement.basis)}
    untold = [called.metric(metric) for metric in metrics_of(page.terms) if metric not in told and metric != ENROLLED]
    if untold:
        yield from paragraph(say(lang, "settle.untold", metrics=listed(lang, untold)), page.width)
