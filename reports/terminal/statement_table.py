"""The facts of a payment statement as a table: what each earned, what the limit per person cut, and what is left."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from contracts.money import PPM
from contracts.statement import Line as FactLine
from contracts.statement import PaymentStatement
from reports.numbers import Language, amount, quantity
from reports.texts import capital, counted, say

from .grid import GAP, Line, Style
from .naming import Called
from .screen import paragraph

MOST_LINES = 40
"""A statement with more lines is shown with its results taken together."""

MOST_PRICES = 5
"""Results of one clause that earn more different amounts are shown on one line."""

Columns = tuple[str, ...]
"""The amounts of a line that are shown: `gross`, `cut` and `net`, or some of them."""


class _Row(NamedTuple):
    """Label, quantity, gross, cut and net as they are shown; without the last four it is a heading."""

    label: str
    cells: tuple[str, ...] = ()


def fact_table(
    statement: PaymentStatement, called: Called, width: int, *, each: bool, together: bool
) -> Iterator[Line]:
    """The lines under their clause, metric and follow-up month.

    each: every fact has a line, also where a clause takes persons together; together: results of one price have one.
    """
    lang = called.lang
    cuts = any(line.cut for line in statement.lines)
    columns: Columns = ("gross", "cut", "net") if cuts else ("gross", "net") if statement.lines else ()
    rows = list(_rows(statement, called, columns, each, together))
    heads = [say(lang, f"settle.{key}") for key in ("found", *columns)]
    cells = [heads, *(row.cells for row in rows if row.cells)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    room = max(width - sum(each + GAP for each in widths), 12)
    corner = say(lang, "settle.fact")
    label = min(max(len(corner), *(len(row.label) for row in rows if row.cells)), room)
    yield from _set(corner, heads, label, widths, "head")
    yield "─" * (label + sum(each + GAP for each in widths)), ""
    for row in rows:
        if row.cells:
            yield from _set(row.label, row.cells, label, widths, "")
        else:
            yield from ((line, "group") for line, _ in paragraph(row.label, width))


def _set(text: str, cells: Sequence[str], label: int, widths: Sequence[int], style: Style) -> Iterator[Line]:
    """A row; a label that is too long stands on a line of its own above."""
    told = "".join(" " * GAP + cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    if len(text) > label:
        yield text, style
        text = ""
        if not told.strip():
            return
    yield (text.ljust(label) + told).rstrip(), style


def _rows(statement: PaymentStatement, called: Called, columns: Columns, each: bool, together: bool) -> Iterator[_Row]:
    order = {clause.column: number for number, clause in enumerate(statement.clauses)}
    every = [(line, True) for line in statement.lines] + [(line, False) for line in statement.basis]

    def under(told: tuple[FactLine, bool]) -> tuple[int, str, str, int]:
        line = told[0]
        return order.get(line.column, len(order)), line.column, line.metric, line.month

    for (_, column, metric, month), mine in groupby(sorted(every, key=under), key=under):
        lines = list(mine)
        yield _Row(_heading(column, metric, month, called))
        priced = [line for line, is_priced in lines if is_priced]
        apart: list[FactLine] = []
        pooled: list[FactLine] = []
        for line, is_priced in lines:
            if not is_priced:
                alone = each or (line.person is None and not together)
                (apart if alone else pooled).append(line)
        if together:
            yield from _summed(priced, called, columns)
        else:
            yield from (_row(line, True, called.lang, columns) for line in priced)
        yield from (_row(line, False, called.lang, columns) for line in apart)
        yield from _pooled(pooled, called, columns)


def _heading(column: str, metric: str, month: int, called: Called) -> str:
    what = called.metric(metric)
    if not column:
        heading = say(called.lang, "settle.unpriced", metric=what)
    elif (clause := called.column(column)) == what:
        heading = clause
    else:
        heading = say(called.lang, "settle.clause_of", clause=clause, metric=what)
    at = say(called.lang, "detail.point", value=month)
    return capital(f"{heading}, {at}" if month else heading)


def _row(line: FactLine, priced: bool, lang: Language, columns: Columns) -> _Row:
    label = f"  {line.date.isoformat()}  {_who(line, lang)}"
    return _Row(label, (found_words(line, lang), *_amounts([line], priced, lang, columns)))


def _who(line: FactLine, lang: Language) -> str:
    if line.person is None:
        what = "saving" if line.saving else "figure" if line.quantity % PPM else "count"
        return line.group or say(lang, f"settle.{what}")
    return f"{line.person} ({line.group})" if line.group else line.person


def found_words(line: FactLine, lang: Language) -> str:
    """What a fact found: `1`, `9,6`, `13 af 155`, kroner for a saving, or that it does not count any more."""
    if line.of == 0:
        return say(lang, "settle.gone")
    if line.saving:
        return amount(line.quantity, lang)
    found = quantity(line.quantity, lang)
    return found if line.of == PPM else say(lang, "settle.of", found=found, of=quantity(line.of, lang))


def _amounts(lines: Sequence[FactLine], priced: bool, lang: Language, columns: Columns) -> tuple[str, ...]:
    if not priced:
        return ("",) * len(columns)
    return tuple(amount(sum(getattr(line, name) for line in lines), lang) for name in columns)


def _summed(lines: Sequence[FactLine], called: Called, columns: Columns) -> Iterator[_Row]:
    """Results taken together: those of one amount, those that were not reached, those that do not count any more."""
    lang = called.lang
    gone = [line for line in lines if line.of == 0]
    failed = [line for line in lines if line.of and not line.quantity and not line.saving]
    reached = [line for line in lines if line.of and (line.quantity or line.saving)]
    kinds: list[tuple[str, list[FactLine]]] = []
    grosses = sorted({line.gross for line in reached}, reverse=True)
    if len(grosses) > MOST_PRICES:
        kinds.append((say(lang, "settle.various"), reached))
    else:
        for gross in grosses:
            alike = [line for line in reached if line.gross == gross]
            kinds.append((say(lang, "settle.each", each=amount(gross, lang)), alike))
    kinds += [(say(lang, "settle.not_reached"), failed), (say(lang, "settle.gone"), gone)]
    for words, alike in kinds:
        if alike:
            found = "" if alike is gone else _sum_words(alike, lang)
            yield _Row(f"  {_results(alike, lang)} {words}", (found, *_amounts(alike, True, lang, columns)))


def _pooled(lines: Sequence[FactLine], called: Called, columns: Columns) -> Iterator[_Row]:
    """Results that a clause takes together anyway: what was found, of how many."""
    lang = called.lang
    counting, gone = [line for line in lines if line.of], [line for line in lines if not line.of]
    nothing = _amounts([], False, lang, columns)
    if counting:
        told = _share_words(counting, lang) if _of_how_many(counting) else _sum_words(counting, lang)
        yield _Row(f"  {_results(counting, lang)}", (told, *nothing))
    if gone:
        yield _Row(f"  {_results(gone, lang)} {say(lang, 'settle.gone')}", ("", *nothing))


def _of_how_many(lines: Sequence[FactLine]) -> bool:
    """Whether it tells something of how many: `4 af 5` persons, but 300 days and not `300 af 1`."""
    yes_or_no = all(line.person is not None and line.quantity in (0, PPM) for line in lines)
    return not lines[0].saving and (yes_or_no or any(line.of != PPM for line in lines))


def _results(lines: Sequence[FactLine], lang: Language) -> str:
    return counted(lang, "result", len(lines), quantity(len(lines) * PPM, lang))


def _sum_words(lines: Sequence[FactLine], lang: Language) -> str:
    if lines[0].saving:
        return amount(sum(line.quantity for line in lines), lang)
    if all(line.of == PPM for line in lines):
        return quantity(sum(line.quantity for line in lines), lang)
    return _share_words(lines, lang)


def _share_words(lines: Sequence[FactLine], lang: Language) -> str:
    found, of = sum(line.quantity for line in lines), sum(line.of for line in lines)
    return say(lang, "settle.of", found=quantity(found, lang), of=quantity(of, lang))
