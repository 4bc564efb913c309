"""Writes docs/gallery.md from docs/gallery: the page's text, with each example beside the statements that it brings.

Run it as `python docs/make_gallery.py` after an example or the text has changed. In gallery/page.md a line `{{price}}`
stands for the example price.yaml with its facts.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # where the packages are, when this is run as a script

from contracts.clauses import AnyClause, Band  # noqa: E402
from contracts.compiled import compile_terms  # noqa: E402
from contracts.money import PPM  # noqa: E402
from contracts.stated import settle_stated  # noqa: E402
from contracts.statement import ClauseStatement, Line, PaymentStatement, statements_of  # noqa: E402
from scenarios.contract_files import load_agreement, load_facts  # noqa: E402

GALLERY = HERE / "gallery"
PAGE = HERE / "gallery.md"
EXAMPLE = re.compile(r"^\{\{([a-z-]+)\}\}$", re.MULTILINE)
_WIDTH = 46
_LIMITS = {
    "per_clause": "limit on the clause",
    "per_metric": "limit on the metric",
    "per_year": "limit of the year",
    "total": "limit in all",
    "return_ceiling": "return ceiling",
    "per_payer": "limit of the payer",
}
_REMARKS = {
    "few_enrolled": "! enrolled by {date}: {found} of {least}",
    "unpaid_by_limited_payer": "! paid by nobody: {amount}",
}


def page() -> str:
    """The whole page."""
    text = (GALLERY / "page.md").read_text(encoding="utf-8")
    return EXAMPLE.sub(lambda found: side_by_side(found[1]), text)


def names() -> list[str]:
    """The examples, in alphabetical order."""
    return sorted(path.stem for path in GALLERY.glob("*.yaml") if "." not in path.stem)


def files(name: str) -> list[Path]:
    """The files of an example: terms, then facts, then how to read the columns of a table of facts."""
    found = [GALLERY / f"{name}{ending}" for ending in (".yaml", ".facts.yaml", ".facts.csv", ".columns.yaml")]
    return [path for path in found if path.exists()]


def side_by_side(name: str) -> str:
    """An example and its statements as an HTML table of two cells, without blank lines, which would end it."""
    given = "\n".join(f"# {path.name}\n{path.read_text(encoding='utf-8').rstrip()}" for path in files(name))
    told = "\n".join(statement_lines(name))
    return (
        '<table><tr><th align="left">Terms and facts</th><th align="left">Statements</th></tr>\n'
        f'<tr valign="top"><td>\n<pre>{escape(given)}</pre>\n</td><td>\n<pre>{escape(told)}</pre>\n</td></tr></table>'
    )


def statement_lines(name: str) -> Iterator[str]:
    """Every statement of an example in plain text; one that tells nothing is left out."""
    terms, facts, *columns = files(name)
    agreement = load_agreement(terms)
    plain = agreement.terms()
    if plain.start is None:
        raise ValueError(f"{terms.name} has no start")
    stated = load_facts(facts, plain.start, columns[0] if columns else None)
    _, events = settle_stated(agreement.kind, agreement.title, plain, stated)
    order, drawn = compile_terms(plain).columns, 0
    for statement in statements_of(events):
        if not statement.empty or statement.drawn > drawn:
            yield f"{statement.date}{', at the end' if statement.closing else ''}"
            if statement.drawn > drawn:
                yield _row(2, "capital drawn in all", _money(statement.drawn))
                drawn = statement.drawn
            yield from _statement(statement, order)


def _statement(statement: PaymentStatement, order: Sequence[str]) -> Iterator[str]:
    """order: all clauses, as they were agreed."""
    clauses = {clause.column: clause for clause in statement.clauses}
    for column in order:
        lines = [line for line in statement.lines if line.column == column]
        basis = [line for line in statement.basis if line.column == column]
        clause = clauses.get(column)
        if clause and (lines or basis or clause.paid or clause.cuts or clause.entitled != clause.before):
            yield from _clause(clause, lines, basis)
        elif basis:
            yield _row(2, column, "0")
            yield from (_fact(line) for line in basis)
    others = [line for line in statement.basis if not line.column]
    if others:
        yield "  earn nothing themselves"
        yield from (_fact(line) for line in others)
    for payer, amount in statement.by_payer.items():
        yield _row(2, f"{payer} {'pays' if amount >= 0 else 'gets back'}", _money(abs(amount)))
    for key, filled in statement.remarks:
        unpaid = filled.get("amount")
        told = dict(filled) | ({"amount": _money(unpaid)} if isinstance(unpaid, int) else {})
        yield "  " + _REMARKS[key].format(**told)


def _clause(clause: ClauseStatement, lines: Sequence[Line], basis: Sequence[Line]) -> Iterator[str]:
    if clause.agreed is None:
        yield _row(2, clause.column, _money(clause.paid))
        return
    added = clause.entitled - clause.before
    yield _row(2, clause.column, _money(added))
    for line in lines:
        yield _fact(line, _money(line.gross))
        if line.cut:
            yield _row(6, "limit per person", _money(-line.cut))
    yield from (_fact(line) for line in basis)
    if clause.value:
        yield f"    to date: {_to_date(clause.agreed, *clause.value)}"
    if lines and clause.otherwise:
        yield _row(4, "all together", _money(clause.otherwise))
    waiting = clause.before - clause.settled - clause.lapsed
    if waiting:
        yield _row(4, "waited till now" if waiting > 0 else "paid too much before", _money(waiting))
    for limit, cut in clause.cuts.items():
        yield _row(4, _LIMITS[limit], _money(-cut))
    if clause.paid != added:
        yield _row(4, "is paid" if clause.paid >= 0 else "is repaid", _money(clause.paid))


def _fact(line: Line, amount: str = "") -> str:
    """Who or what, the metric where it is not the clause's name, the month or day, how much, and what it earns."""
    words = [line.person or line.group, "" if line.column.startswith(line.metric) else line.metric]
    words.append(f"month {line.month}" if line.month else f"{line.date.day} {line.date:%b}")
    words.append(_money(line.quantity) if line.saving else _found(line))
    return _row(4, " ".join(filter(None, words)), amount)


def _found(line: Line) -> str:
    if line.of == 0:
        return "withdrawn"
    if line.person and line.of == PPM and line.quantity in (0, PPM):
        return "" if line.quantity else "no"
    return _number(line.quantity) if line.of == PPM else f"{_number(line.quantity)} of {_number(line.of)}"


def _to_date(agreed: AnyClause, found: int, of: int) -> str:
    if isinstance(agreed, Band) and agreed.value == "number":
        return _number(found)
    return f"{_number(found)} of {_number(of)} = {found / of:.1%}" if of else "nothing measured"


def _number(millionths: int) -> str:
    whole, rest = divmod(abs(millionths), PPM)
    told = f"{whole:,}" + (f".{rest:06d}".rstrip("0") if rest else "")
    return f"−{told}" if millionths < 0 else told


def _money(minor: int) -> str:
    whole, rest = divmod(abs(minor), 100)
    told = f"{whole:,}" + (f".{rest:02d}" if rest else "")
    return f"−{told}" if minor < 0 else told


def _row(indent: int, text: str, amount: str) -> str:
    """A line with an amount at its end, all ends below each other."""
    if not amount:
        return " " * indent + text
    return " " * indent + text + amount.rjust(max(_WIDTH - indent - len(text), len(amount) + 1))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
