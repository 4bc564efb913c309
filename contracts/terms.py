"""What was agreed: the terms of a contract as frozen data, read from YAML and kept in the contract's first event.

Amounts are whole kroner as signed, shares and rates exact decimals; `settlement.compile_terms` turns them into øre and
millionths. A contract is capital in, facts, clauses and limits: an external investor's contract and an internal fund's
are the same terms with other parties.
"""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .checks import share_findings, tier_findings
from .dates import Accrual, month_end
from .problems import Finding, refuse
from .values import Day, Kroner, Month, Name, Rate, Share, Text, Year


class Frozen(BaseModel):
    """Base of all data that is agreed or has happened: immutable, and unknown keys are refused.

    Errors do not repeat what was given, which may be personal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Sourced(Frozen):
    """Data that says where its numbers come from: published (P), derived by arithmetic (D) or assumed (A).

    What has no mark is an assumption; P and D need a source. `assumed` names keys whose
    numbers are assumed all the same.
    """

    mark: Annotated[Literal["P", "D", "A"], Field(description="P published, D derived, A assumed")] = "A"
    source: Annotated[Text | None, Field(description="key of a source, or where the number was read")] = None
    assumed: Annotated[tuple[str, ...], Field(description="keys of this item whose numbers are assumed")] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _source_given(self) -> Self:
        if self.mark != "A" and not self.source:
            refuse(Finding(f"the mark {self.mark} needs a source", ("mark",), "add source:, or mark it A (assumed)"))
        for number, name in enumerate(self.assumed):
            if name not in _keys(self):
                known = ", ".join(sorted(_keys(self)))
                refuse(Finding(f"this item has no key '{name}'", ("assumed", number), f"known: {known}"))
        return self


def _keys(value: object) -> set[str]:
    """The keys that are stated in an item, at any depth."""
    if isinstance(value, BaseModel):
        names = {name: getattr(value, name) for name in value.model_fields_set}
        return set(names).union(*map(_keys, names.values()))
    if isinstance(value, dict | tuple):
        inner = value.values() if isinstance(value, dict) else value
        return set().union(*map(_keys, inner))
    return set()


Payers = Annotated[dict[Name, Share], Field(min_length=1, description="who pays which share; adds to 1")]
Excess = Annotated[
    Literal["waits", "lapses"], Field(description="what a limit cuts off waits for later room, or lapses")
]


class UnitPrice(Sourced):
    """A price per verified outcome, by follow-up month (DSI's rate card).

    A fact of `metric` at a follow-up month in `prices` earns quantity × price. Used by a pool, this is repayment *by
    outcome*.
    """

    kind: Literal["unit_price"]
    metric: Name
    prices: Annotated[dict[Month, Kroner], Field(min_length=1, description="follow-up month: price")]
    payers: Payers


_UNTIL = "kroner earned in all; the last tier may have one too, and then nothing is earned beyond it"


class Tier(Frozen):
    """One step of a share of savings: this share until so much has been earned in all by the clause."""

    share: Share
    until_earned: Annotated[Kroner | None, Field(description=_UNTIL)] = None


class SavingsShare(Sourced):
    """A share of the realised saving after refusion (DSK's gain share); in tiers of what has been earned in all.

    It works on the cumulative saving: a later loss is set off against earlier gains. Used by a pool, this is repayment
    by *realised* saving, and 1 − share is what the department keeps.
    """

    kind: Literal["savings_share"]
    metric: Name = "saving"
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]
    payers: Payers

    @model_validator(mode="after")
    def _tiers_in_order(self) -> Self:
        refuse(*tier_findings([(tier.share, tier.until_earned) for tier in self.tiers]))
        return self


class Scheduled(Sourced):
    """Amounts due on dates whatever happens: a frame cut from coming budget years (*budgetreduktion*), a fixed fee.

    A year as key means its 31 December. Used by a pool, this is *budgeted* repayment.
    """

    kind: Literal["scheduled"]
    amounts: Annotated[dict[Year | Day, Kroner], Field(min_length=1, description="year or date: kroner")]
    payers: Payers


class NoRepayment(Sourced):
    """Nothing is due: a pool that gives, and asks for nothing back."""

    kind: Literal["none"]


Clause = Annotated[UnitPrice | SavingsShare | Scheduled | NoRepayment, Field(discriminator="kind")]


class PerPerson(Sourced):
    """No citizen earns more than this in all, over the unit prices; the excess lapses."""

    kind: Literal["per_person"]
    amount: Kroner


class PerClause(Sourced):
    """One clause pays no more than this in all."""

    kind: Literal["per_clause"]
    clause: Name
    amount: Kroner
    excess: Excess = "waits"


class PerYear(Sourced):
    """The contract pays no more than this in a calendar year."""

    kind: Literal["per_year"]
    amount: Kroner
    excess: Excess = "waits"


class Total(Sourced):
    """The contract pays no more than this in all."""

    kind: Literal["total"]
    amount: Kroner
    excess: Excess = "waits"


class ReturnCeiling(Sourced):
    """*Afkastloft*: payments stop when capital and a yearly return at `rate` are repaid (compound account)."""

    kind: Literal["return_ceiling"]
    rate: Rate
    accrual: Accrual = "daily"
    excess: Excess = "waits"


Limit = Annotated[PerPerson | PerClause | PerYear | Total | ReturnCeiling, Field(discriminator="kind")]


class Floor(Sourced):
    """*Afkastgulv*: at the end the payers top the payments up to this share of the capital drawn."""

    share_of_capital: Share
    payers: Payers


class Guarantee(Sourced):
    """A third party's first-loss guarantee: at the end it covers capital not repaid, up to an amount."""

    by: Name
    amount: Kroner


class Statements(Frozen):
    """When results are stated and settled: every so many months, at given months, or on given dates."""

    every_months: Annotated[int, Field(ge=1, le=120)] | None = None
    months: Annotated[tuple[Month, ...], Field(min_length=1)] | None = None
    dates: Annotated[tuple[Day, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in ("every_months", "months", "dates") if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            refuse(Finding(f"expected one of every_months, months and dates, found {found}", (), "keep one"))
        return self


class Terms(Sourced):
    """The terms of one contract.

    `capital` says who puts up the capital and receives the payments, in which shares; `draws` when it is drawn: kroner
    by contract month (the month's last day; 0 is the start) or date, or `as_costs`, as the intervention is paid.
    """

    start: Day | None = None
    end: Day | None = None
    capital: Annotated[dict[Name, Share], Field(min_length=1, description="who puts up which share; adds to 1")]
    draws: dict[Month | Day, Kroner] | Literal["as_costs"] = "as_costs"
    statements: Statements = Statements(every_months=12)
    clauses: dict[Name, Clause] = Field(min_length=1)
    limits: tuple[Limit, ...] = ()
    floor: Floor | None = None
    guarantee: Guarantee | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse(*self._findings())
        return self

    def _findings(self) -> Iterator[Finding]:
        for path, shares in self.split_paths():
            yield from share_findings(shares, path)
        yield from self._clause_findings()
        yield from self._limit_findings()
        if self.start and self.end:
            yield from self.date_findings(self.start, self.end)

    def _clause_findings(self) -> Iterator[Finding]:
        outcomes = {clause.metric for clause in self.clauses.values() if isinstance(clause, UnitPrice)}
        for name, clause in self.clauses.items():
            if isinstance(clause, SavingsShare) and clause.metric in outcomes:
                text = f"'{clause.metric}' is an outcome in another clause and a saving here"
                yield Finding(text, ("clauses", name, "metric"), "give the two their own names")
        for name in ("floor", "guarantee"):
            if name in self.clauses:
                yield Finding(f"a clause cannot be called {name}", ("clauses", name, "[key]"), "choose another name")

    def _limit_findings(self) -> Iterator[Finding]:
        seen: list[tuple[str, str]] = []
        for number, limit in enumerate(self.limits):
            clause = limit.clause if isinstance(limit, PerClause) else ""
            if clause and clause not in self.clauses:
                known = ", ".join(self.clauses)
                yield Finding(f"unknown clause '{clause}'", ("limits", number, "clause"), f"known: {known}")
            if (limit.kind, clause) in seen:
                what = f"the limit {limit.kind}" + (f" of '{clause}'" if clause else "")
                yield Finding(f"{what} stands twice", ("limits", number), "keep one")
            seen.append((limit.kind, clause))

    def date_findings(self, start: dt.date, end: dt.date) -> Iterator[Finding]:
        """What does not fit a contract that runs from start to end, both included."""
        if end <= start:
            yield Finding(f"the end {end} is not after the start {start}", ("end",), f"write a day after {start}")
            return
        hint = f"the contract runs from {start} until {end}"
        for when in self.draws if isinstance(self.draws, dict) else ():
            if not start <= (day := _day(start, when)) <= end:
                yield Finding(f"the draw on {day} lies outside the contract", ("draws", when, "[key]"), hint)
        for name, clause in self.clauses.items():
            for when in clause.amounts if isinstance(clause, Scheduled) else ():
                if not start <= (day := _due(when)) <= end:
                    yield Finding(f"{day} lies outside the contract", ("clauses", name, "amounts", when, "[key]"), hint)
        days = [start, *statement_dates(dated(self, start, end))]
        longest = max((later - day).days for day, later in pairwise(days)) // 365 + 1
        for number, limit in enumerate(self.limits):
            if isinstance(limit, ReturnCeiling) and (1 + limit.rate) ** longest > 5:
                text = f"{limit.rate} a year lets capital grow more than fivefold between two statements"
                yield Finding(text, ("limits", number, "rate"), "settle more often, or state a lower rate")

    def split_paths(self) -> Iterator[tuple[tuple[str, ...], dict[str, Decimal]]]:
        """Every place where shares of parties stand, with its path in the terms."""
        yield ("capital",), self.capital
        for name, clause in self.clauses.items():
            if not isinstance(clause, NoRepayment):
                yield ("clauses", name, "payers"), clause.payers
        if self.floor:
            yield ("floor", "payers"), self.floor.payers


def dated(terms: Terms, start: dt.date, end: dt.date) -> Terms:
    """The same terms with start and end filled in where they were left open."""
    return terms.model_copy(update={"start": terms.start or start, "end": terms.end or end})


def contract_dates(terms: Terms) -> tuple[dt.date, dt.date]:
    """Start and end; terms without them cannot be settled (ValueError)."""
    if terms.start is None or terms.end is None:
        raise ValueError("the terms have no start and end date yet")
    return terms.start, terms.end


def statement_dates(terms: Terms) -> tuple[dt.date, ...]:
    """The dates on which results are settled, in order.

    The contract's end is always one of them, and so are the dates on which scheduled amounts fall due.
    """
    start, end = contract_dates(terms)
    rule = terms.statements
    if rule.dates is not None:
        days = list(rule.dates)
    elif rule.months is not None:
        days = [month_end(start, month) for month in rule.months]
    else:
        every = rule.every_months or 12
        count = (end.year - start.year + 1) * 12 // every + 1
        days = [month_end(start, every * number) for number in range(1, count + 1)]
    for clause in terms.clauses.values():
        if isinstance(clause, Scheduled):
            days += scheduled_dates(clause)
    return tuple(sorted({day for day in days if start <= day < end} | {end}))


def draw_dates(terms: Terms) -> dict[dt.date, int]:
    """Kroner to be drawn by date, for terms with a stated schedule; empty for `as_costs`."""
    start, _ = contract_dates(terms)
    if terms.draws == "as_costs":
        return {}
    drawn: dict[dt.date, int] = {}
    for when, kroner in terms.draws.items():
        day = _day(start, when)
        drawn[day] = drawn.get(day, 0) + kroner
    return dict(sorted(drawn.items()))


def _day(start: dt.date, when: int | dt.date) -> dt.date:
    return when if isinstance(when, dt.date) else month_end(start, when)


def scheduled_dates(clause: Scheduled) -> dict[dt.date, int]:
    """Kroner due by date; a year stands for its 31 December, and what stands for the same day is added."""
    due: dict[dt.date, int] = {}
    for when, kroner in clause.amounts.items():
        due[_due(when)] = due.get(_due(when), 0) + kroner
    return due


def _due(when: int | dt.date) -> dt.date:
    return when if isinstance(when, dt.date) else dt.date(when, 12, 31)
