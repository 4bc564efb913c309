"""Payment statements as a document or a table for other programs: all that was found, the same bytes each time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from contracts.money import PPM
from contracts.statement import ClauseStatement, Line, PaymentStatement

FORMAT = 1
"""Raised when a reader of the document would have to change."""

UNIT = "minor unit, hundredths"
"""What amounts in a document are in: øre, cents, pence."""

COLUMNS = (
    "statement",
    "closing",
    "clause",
    "metric",
    "person",
    "group",
    "date",
    "month",
    "quantity",
    "of",
    "saving",
    "gross",
    "cut",
    "net",
    "currency",
)
"""The columns of the table."""


def settlement_document(
    title: str, kind: str, currency: str, statements: Sequence[PaymentStatement], chosen: Sequence[PaymentStatement]
) -> dict[str, Any]:
    """The chosen statements, and what all of them add up to. Amounts are whole numbers in `UNIT`.

    A line without gross, cut and net is a fact that a clause takes together with others, or that nothing pays for.
    """
    return {
        "format": FORMAT,
        "title": title,
        "kind": kind,
        "currency": currency,
        "unit": UNIT,
        "statements": [_statement(statement) for statement in chosen],
        "totals": _totals(statements),
    }


def _statement(statement: PaymentStatement) -> dict[str, Any]:
    return {
        "date": statement.date.isoformat(),
        "closing": statement.closing,
        "drawn": statement.drawn,
        "paid": statement.paid,
        "lines": [_line(line, priced=True) for line in statement.lines]
        + [_line(line, priced=False) for line in statement.basis],
        "clauses": [_clause(clause) for clause in statement.clauses],
        "receipts": dict(statement.receipts),
        "return_ceiling_leaves": statement.account,
        "remarks": [{"remark": key} | dict(values) for key, values in statement.remarks],
    }


def _line(line: Line, *, priced: bool) -> dict[str, Any]:
    return {
        "clause": line.column or None,
        "metric": line.metric,
        "person": line.person,
        "group": line.group or None,
        "date": line.date.isoformat(),
        "month": line.month,
        "quantity": None if line.saving else exact(line.quantity),
        "of": None if line.saving else exact(line.of),
        "saving": line.quantity if line.saving else None,
        "gross": line.gross if priced else None,
        "cut": line.cut if priced else None,
        "net": line.net if priced else None,
    }


def exact(millionths: int) -> int | float:
    """A quantity as a JSON number: its shortest form has the decimals that it has, six at most."""
    return millionths // PPM if millionths % PPM == 0 else millionths / PPM


def _clause(clause: ClauseStatement) -> dict[str, Any]:
    value = clause.value
    return {
        "clause": clause.column,
        "kind": clause.kind,
        "entitled": clause.entitled,
        "before": clause.before,
        "lines": clause.lines,
        "otherwise": clause.otherwise,
        "settled_before": clause.settled,
        "lapsed_before": clause.lapsed,
        "value": None if value is None else {"found": exact(value[0]), "of": exact(value[1])},
        "cuts": dict(clause.cuts),
        "paid": clause.paid,
        "parts": dict(clause.parts),
    }


def _totals(statements: Iterable[PaymentStatement]) -> dict[str, Any]:
    by_clause: dict[str, int] = {}
    by_payer: dict[str, int] = {}
    by_investor: dict[str, int] = {}
    drawn = 0
    for statement in statements:
        drawn = statement.drawn
        add(by_clause, {clause.column: clause.paid for clause in statement.clauses if clause.paid})
        add(by_payer, statement.by_payer)
        add(by_investor, statement.receipts)
    return {
        "paid": sum(by_clause.values()),
        "by_clause": by_clause,
        "by_payer": by_payer,
        "by_investor": by_investor,
        "drawn": drawn,
        "guaranteed": by_clause.get("guarantee", 0),
    }


def add(total: dict[str, int], amounts: Mapping[str, int]) -> None:
    """Add amounts to a total, name by name."""
    for name, amount in amounts.items():
        total[name] = total.get(name, 0) + amount


def settlement_rows(currency: str, statements: Iterable[PaymentStatement]) -> Iterator[tuple[Any, ...]]:
    """The lines of all statements as rows under `COLUMNS`; amounts in whole units with two decimals."""
    for statement in statements:
        told = [(line, True) for line in statement.lines] + [(line, False) for line in statement.basis]
        for line, priced in told:
            amounts = [units(each) if priced else None for each in (line.gross, line.cut, line.net)]
            saving = units(line.quantity) if line.saving else None
            found = (None, None) if line.saving else (exact(line.quantity), exact(line.of))
            yield (
                statement.date.isoformat(),
                int(statement.closing),
                line.column,
                line.metric,
                line.person,
                line.group,
                line.date.isoformat(),
                line.month,
                *found,
                saving,
                *amounts,
                currency,
            )


def units(hundredths: int) -> Decimal:
    """An amount in whole units, with two decimals."""
    return Decimal(hundredths).scaleb(-2)
