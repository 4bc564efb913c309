"""What was agreed: the terms of a contract as frozen data, read from YAML and kept in the contract's first event.

Amounts are as signed, in whole or hundredth parts of the currency; shares and rates are exact decimals;
`compiled.compile_terms` turns them into øre and millionths. A contract is capital in, facts, `clauses` and `limits`: an
external investor's contract and an internal fund's are the same terms with other parties.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from . import agreed
from .clauses import AnyClause, NoRepayment, Payers
from .frozen import Frozen, Sourced, example
from .limits import Limit
from .problems import Finding, refuse
from .values import Currency, Day, Money, Month, Name, Share, Text


class Floor(Sourced):
    """*Afkastgulv*: at the end the payers top the payments up to this share of the capital drawn."""

    model_config = example(share_of_capital=0.5, payers={"municipality": 1})

    share_of_capital: Share
    payers: Payers = {}


class Guarantee(Sourced):
    """A third party's first-loss guarantee: at the end it covers capital not repaid, up to an amount."""

    model_config = example(by="foundation", amount=7_200_000)

    by: Name
    amount: Money


class EarlyEnd(Sourced):
    """What follows when the contract ends early.

    `results: lapse`: what was found since the last statement is not paid; `settled`: it is settled on the day of the
    end. Floor and guarantee fall due that day. `run_off`: nobody is enrolled and nothing drawn any more, but the
    follow-ups of those enrolled are settled until the agreed end, when floor and guarantee fall due. `compensation`:
    what the payers pay besides at the end, within the limits.
    """

    model_config = example(results="settled", compensation=100_000, payers={"municipality": 1})

    results: Literal["lapse", "settled", "run_off"] = "lapse"
    compensation: Money = Decimal(0)
    payers: Payers = {}


Leaving = Literal["moved", "died", "consent_withdrawn", "lost", "other"]
"""Why a citizen left the intervention or could not be followed up."""


class Citizens(Sourced):
    """What holds for the citizens: how many, who may be replaced, and what becomes of those who leave.

    `most`: at most so many are enrolled. `replaced_within_months`: who leaves that soon after enrolment may be
    replaced, and does not count. `least_by`: so many must have been enrolled by a contract month; a statement tells
    when fewer are. `leaving`: at later follow-ups, who left for a reason is `excluded` (not measured, not in any
    denominator), `failed` (measured, and has not reached the goal) or `last_known` (the last result stands). Reasons
    that are not named: the citizen is measured like any other.
    """

    model_config = example(
        most=36, replaced_within_months=3, least_by={12: 20}, leaving={"moved": "excluded", "lost": "failed"}
    )

    most: Annotated[int, Field(ge=1, le=100_000)] | None = None
    replaced_within_months: Month | None = None
    least_by: dict[Month, Annotated[int, Field(ge=1, le=100_000)]] = {}
    leaving: dict[Leaving, Literal["excluded", "failed", "last_known"]] = {}


class MetricSource(Sourced):
    """Where the results of a metric come from: what is counted, from which data, and who verifies it."""

    model_config = example(
        what="a home of one's own for 30 nights", data_source="the tenancy register", verified_by="the auditor"
    )

    what: Text | None = None
    unit: Text | None = None
    data_source: Text | None = None
    verified_by: Text | None = None


class Statements(Frozen):
    """When results are stated and settled: every so many months, at given months, or on given dates.

    `reporting_days`: a result may be reported so many days after the statement's date, and still go with it.
    """

    model_config = example(every_months=6, reporting_days=30)

    every_months: Annotated[int, Field(ge=1, le=120)] | None = None
    months: Annotated[tuple[Month, ...], Field(min_length=1)] | None = None
    dates: Annotated[tuple[Day, ...], Field(min_length=1)] | None = None
    reporting_days: Annotated[int, Field(ge=0, le=366)] = 0

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in ("every_months", "months", "dates") if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            refuse(Finding(f"expected one of every_months, months and dates, found {found}", (), "keep one"))
        return self


class Amendment(Sourced):
    """*Tillægsaftale*: what is otherwise from a date on. A fact is settled under the terms in force on its own date.

    `clauses`: clauses that are replaced or added; one with no value (`null`) is closed. A clause that replaces one of
    its kind and metric goes on counting: what was found before fills its tiers, counts among each person's results and
    in its values; only what is found from then on earns by it. `limits`: all limits from then
    on, where stated. `end`: a new end of the contract.
    """

    model_config = example(
        **{
            "from": "2024-07-01",
            "clauses": {"stable_housing": {"kind": "unit_price", "price": 95_000, "payers": {"municipality": 1}}},
        }
    )

    from_: Annotated[Day, Field(alias="from", description="the first day of the new terms")]
    clauses: dict[Name, AnyClause | None] = {}
    limits: tuple[Limit, ...] | None = None
    end: Day | None = None


class Terms(Sourced):
    """The terms of one contract.

    `capital` says who puts up the capital and receives the payments, in which shares; `draws` when it is drawn: kroner
    by contract month (the month's last day; 0 is the start) or date, or `as_costs`, as the intervention is paid.
    `payers`: who pays the clauses that do not say so themselves. `overpayment`: what was paid on facts that are later
    corrected is `set_off` against the clause's later amounts, `set_off_anywhere` against any clause's, or `repaid` with
    the next statement.
    """

    start: Day | None = None
    end: Day | None = None
    currency: Currency = "DKK"
    capital: Annotated[dict[Name, Share], Field(min_length=1, description="who puts up which share; adds to 1")]
    draws: dict[Month | Day, Money] | Literal["as_costs"] = "as_costs"
    statements: Statements = Statements(every_months=12)
    metrics: dict[Name, MetricSource] = {}
    citizens: Citizens = Citizens()
    payers: Payers = {}
    clauses: dict[Name, AnyClause] = Field(min_length=1)
    limits: tuple[Limit, ...] = ()
    floor: Floor | None = None
    guarantee: Guarantee | None = None
    early_end: EarlyEnd = EarlyEnd()
    overpayment: Literal["set_off", "set_off_anywhere", "repaid"] = "set_off"
    amendments: tuple[Amendment, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _filled_in(cls, given: Any) -> Any:
        return _with_defaults(given) if isinstance(given, dict) else given

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse(*agreed.findings(self))
        return self

    def date_findings(self, start: dt.date, end: dt.date) -> Iterator[Finding]:
        """What does not fit a contract that runs from start to end, both included."""
        return agreed.date_findings(self, start, end)

    def split_paths(self) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Decimal]]]:
        """Every place where shares of parties stand, with its path in the terms."""
        yield ("capital",), self.capital
        if self.payers:
            yield ("payers",), self.payers
        for path, clauses in self.clause_paths():
            for name, clause in clauses.items():
                if clause is not None and not isinstance(clause, NoRepayment):
                    yield (*path, name, "payers"), clause.payers
        if self.floor:
            yield ("floor", "payers"), self.floor.payers
        if self.early_end.compensation:
            yield ("early_end", "payers"), self.early_end.payers

    def clause_paths(self) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, AnyClause | None]]]:
        """The clauses as first agreed, and those of each amendment, with their paths."""
        yield ("clauses",), self.clauses
        for number, amendment in enumerate(self.amendments):
            yield ("amendments", number, "clauses"), amendment.clauses


def _with_defaults(given: dict[str, Any]) -> dict[str, Any]:
    """The terms with each clause's metric and payers filled in where they are left out."""
    payers = given.get("payers")
    filled = dict(given)
    for name in ("floor", "early_end"):
        if isinstance(given.get(name), dict) and payers:
            filled[name] = {"payers": payers} | given[name]
    if isinstance(given.get("clauses"), dict):
        filled["clauses"] = _clauses_filled(given["clauses"], payers)
    if isinstance(given.get("amendments"), list | tuple):
        filled["amendments"] = [
            each | {"clauses": _clauses_filled(each["clauses"], payers)}
            if isinstance(each, dict) and isinstance(each.get("clauses"), dict)
            else each
            for each in given["amendments"]
        ]
    return filled


def _clauses_filled(clauses: Mapping[Any, Any], payers: Any) -> dict[Any, Any]:
    return {name: _clause_filled(name, clause, payers) for name, clause in clauses.items()}


def _clause_filled(name: Any, clause: Any, payers: Any) -> Any:
    if not isinstance(clause, dict) or clause.get("kind") == "none":
        return clause
    own: dict[str, Any] = {"payers": payers} if payers else {}
    if clause.get("kind") in ("unit_price", "band"):
        own["metric"] = name
    return own | clause
