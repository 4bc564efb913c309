"""Small contracts whose øre can be reckoned by hand; arrays and oracle must both say what the example expects."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from contracts.terms import Terms
from contracts.timetable import contract_dates, draw_dates, statement_dates
from tests.contracts.walking import SAVINGS, Case, settle_rows
from tests.oracle import Fact, Settlement, settle

FIRST, SECOND, THIRD = "2020-12-31", "2021-12-31", "2022-12-31"


def contract(clauses: Mapping[str, Any], **more: Any) -> Terms:
    """Three years with a statement each, paid by the municipality, with a million kroner drawn on the first day."""
    agreed = {"start": "2020-01-01", "end": THIRD, "capital": {"DSI": 1}, "payers": {"Kommunen": 1}, "clauses": clauses}
    return Terms.model_validate(agreed | {"draws": {0: 1_000_000}} | more)


def found(
    metric: str,
    quantity: float | str = 1,
    month: int = 12,
    *,
    who: int | None = None,
    on: str = FIRST,
    of: int | str = 1,
    group: str = "",
    told: str | None = None,
) -> Fact:
    """A result of a citizen, or a count; told on its day, or later. Savings in kroner. `statement` holds that day."""
    amount = Fraction(str(quantity)) * (100 if metric in SAVINGS else 1)
    day = dt.date.fromisoformat(on)
    known = dt.date.fromisoformat(told or on).toordinal()
    return Fact(who, day, known, metric, 0 if metric in SAVINGS else month, amount, Fraction(of), group)


def settled(terms: Terms, *facts: Fact, ended: str | None = None) -> Settlement:
    """The contract settled by the arrays, which must be as the oracle has it; until an early end when there is one."""
    days = statement_dates(terms)
    told = tuple(
        fact._replace(statement=next(n for n, day in enumerate(days) if day.toordinal() >= fact.statement))
        for fact in facts
    )
    end = dt.date.fromisoformat(ended) if ended else contract_dates(terms)[1]
    draws = {day: int(kroner * 100) for day, kroner in draw_dates(terms).items()}
    (array,) = settle_rows(Case(terms, (told,), (draws,), (end,)))
    hand = settle(terms, told, draws.items(), end)
    assert (array.statements, array.closing) == (hand.statements, hand.closing)
    assert sorted(array.lines) == sorted(hand.lines)
    return array


def earned(terms: Terms, *facts: Fact, clause: str | None = None) -> list[Decimal]:
    """What a clause (the only one, unless it is named) has earned by each statement, kroner."""
    name = clause or next(iter(terms.clauses))
    return [Decimal(each.entitled.get(name, 0)) / 100 for each in settled(terms, *facts).statements]


def paid(terms: Terms, *facts: Fact, ended: str | None = None, column: str | None = None) -> list[Decimal]:
    """What is paid with each statement, and last at the end, kroner: by all clauses, or in one column."""
    told = settled(terms, *facts, ended=ended)
    return [
        Decimal(sum(amount for name, amount in each.paid.items() if column in (None, name))) / 100
        for each in (*told.statements, told.closing)
    ]


def kr(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]
