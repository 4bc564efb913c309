"""Files of a contract that is not part of a scenario: its terms, and the facts that somebody states of it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from contracts.aggregate import Refused
from contracts.commands import Accept, Correct, Dispute, FactChange, Reject, WithdrawFacts
from contracts.events import Kind
from contracts.frozen import Frozen, example
from contracts.money import ore, ppm
from contracts.privacy import impersonal_name, masked
from contracts.problems import Finding, refuse
from contracts.stated import Intake, Leaver, Stated, StatedChange, StatedFacts
from contracts.terms import Leaving, Terms
from contracts.timetable import due_day
from contracts.values import Day, Money, Month, Name, Quantity, Text, Title, written

from .loading import load_model
from .tables import read_table

TABLES = (".csv", ".txt", ".tsv", ".xlsx")
"""Endings of the names of tables."""


def _as_text(value: object) -> object:
    """A pseudonym that is written as a number, such as 17, is a text too."""
    if isinstance(value, str):
        return written(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _visible(name: str) -> str:
    if not name.isprintable():
        refuse(Finding("expected a pseudonym that can be read, found invisible characters", (), "write it anew"))
    return name


Pseudonym = Annotated[
    str,
    Field(min_length=1, max_length=120, description="a pseudonym"),
    BeforeValidator(_as_text),
    AfterValidator(impersonal_name),
    AfterValidator(_visible),
]
Persons = Annotated[tuple[Pseudonym, ...], Field(min_length=1)]
Saving = Annotated[Decimal, Field(ge=-(10**10), le=10**10, decimal_places=2, description="kroner, a loss is negative")]


class Agreement(Terms):
    """A file of terms: what a contract agrees, with its title and kind, and the sources of its numbers."""

    model_config = example(
        title="Stable homes",
        start="2023-01-01",
        end="2026-12-31",
        capital={"DSI": 1},
        draws={0: 2_000_000},
        payers={"municipality": 1},
        clauses={"stable_housing": {"kind": "unit_price", "price": 90_000}},
        limits=[{"kind": "return_ceiling", "rate": 0.05}],
    )

    title: Title
    kind: Kind = "external_investor"
    language: Literal["da", "en"] = "da"
    sources: dict[Name, Text] = {}

    def terms(self) -> Terms:
        """The terms alone, as a contract keeps them."""
        own = {"title", "kind", "language", "sources"}
        return Terms.model_validate(self.model_dump(by_alias=True, exclude=own))


class StatedFact(Frozen):
    """Results of one metric on one day: of a person, of several, of a cohort or count, or a saving.

    `persons` have all reached the goal (each `quantity`, one when left out), `failed` were measured and have not.
    Without persons it is a count: `quantity` of so many, one a day for each metric, month and subgroup. `amount`:
    kroner, for a saving. `recorded`: when it was reported, if not at once.
    """

    model_config = example(metric="stable_housing", date="2024-06-20", month=12, persons=["a1", "a2"], failed=["a3"])

    metric: Name
    date: Day
    month: Month = 0
    person: Pseudonym | None = None
    persons: Persons = ()
    failed: Persons = ()
    group: Name | None = None
    quantity: Quantity = Decimal(1)
    of: Annotated[Quantity, Field(gt=0)] = Decimal(1)
    amount: Saving | None = None
    recorded: Day | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        persons, given = self.persons or self.failed, self.model_fields_set
        if self.person and persons:
            refuse(Finding("expected person or persons, found both", ("person",), "keep one"))
        if self.amount is not None:
            _only_an_amount(given)
        elif not (self.person or persons or "quantity" in given):
            hint = "add person:, persons: or failed:, or quantity: for a count"
            refuse(Finding("expected whose result it is, or how many, found neither", ("metric",), hint))
        elif self.failed and not self.persons and "quantity" in given:
            hint = "remove it, or name those who reached the goal under persons:"
            refuse(Finding("who failed has a quantity of 0", ("quantity",), hint))
        return self

    def stated(self, place: str) -> Iterator[Stated]:
        """The facts, one for each person."""
        told: dict[str, Any] = {"group": self.group or "", "place": place, "recorded": self.recorded}
        base = (self.metric, self.date, self.month)
        reached = (self.person,) if self.person else self.persons
        for person in reached:
            yield Stated(*base, person=person, quantity=ppm(self.quantity), of=ppm(self.of), **told)
        for person in self.failed:
            yield Stated(*base, person=person, quantity=0, of=ppm(self.of), **told)
        if self.amount is not None:
            yield Stated(*base, amount=ore(self.amount), **told)
        elif not (reached or self.failed):
            yield Stated(*base, quantity=ppm(self.quantity), of=ppm(self.of), **told)


def _only_an_amount(given: set[str]) -> None:
    """Refuse what a saving does not have; given: the keys that are stated of it."""
    for name in ("person", "persons", "failed", "quantity", "of", "month", "group"):
        if name in given:
            told = f"a saving is nobody's, and has an amount and a date alone, found {name}"
            refuse(Finding(told, (name,), "remove it, or state quantity instead of amount"))


class Enrolled(Frozen):
    """Citizens who began on a day, by pseudonym, all of one subgroup."""

    model_config = example(date="2023-01-15", persons=["a1", "a2", "a3"], group="under 25")

    date: Day
    persons: Persons
    group: Name | None = None


class Left(Frozen):
    """Citizens who left on a day, and why."""

    model_config = example(date="2023-11-01", persons=["a3"], why="moved")

    date: Day
    persons: Persons
    why: Leaving = "other"


class ChangedFact(Frozen):
    """What became of results that were stated before: withdrawn, rejected, disputed, accepted after all, or corrected.

    `date`: when. `found`: the day of the result, needed without a month and for counts and savings. `quantity`, `of`
    and `amount` are what a corrected result really is; `of` stays as it was when left out.
    """

    model_config = example(
        what="corrected", date="2024-09-01", metric="stable_housing", month=12, person="a2", quantity=0
    )

    what: Literal["withdrawn", "rejected", "disputed", "accepted", "corrected"]
    date: Day
    metric: Name
    month: Month = 0
    found: Day | None = None
    person: Pseudonym | None = None
    persons: Persons = ()
    group: Name | None = None
    quantity: Quantity | None = None
    of: Annotated[Quantity, Field(gt=0)] | None = None
    amount: Saving | None = None

    @model_validator(mode="after")
    def _corrected_to(self) -> Self:
        given = self.quantity is not None or self.amount is not None
        if given != (self.what == "corrected"):
            told = "needs quantity or amount" if self.what == "corrected" else "has no quantity or amount"
            refuse(Finding(f"a result that is {self.what} {told}", ("what",), "mend one of them"))
        if self.person and self.persons:
            refuse(Finding("expected person or persons, found both", ("person",), "keep one"))
        if self.amount is not None:
            _only_an_amount(self.model_fields_set)
        elif self.quantity is None and "of" in self.model_fields_set:
            refuse(Finding("of is what a corrected quantity is measured of", ("of",), "add quantity:, or remove it"))
        return self

    def command(self) -> FactChange | Correct:
        """The command that brings the change about."""
        persons: tuple[str | None, ...] = (self.person,) if self.person else self.persons or (None,)
        where = (self.date, self.metric, self.month)
        if self.what == "corrected":
            quantity = ore(self.amount) if self.amount is not None else ppm(self.quantity or Decimal(0))
            of = () if self.of is None else (ppm(self.of),)
            results = tuple((person, quantity, *of) for person in persons)
            return Correct(*where, results, self.found, self.group or "", self.amount is not None)
        return _CHANGES[self.what](*where, persons, self.found, self.group or "")


_CHANGES: dict[str, type[FactChange]] = {
    "withdrawn": WithdrawFacts,
    "rejected": Reject,
    "disputed": Dispute,
    "accepted": Accept,
}


class FactsFile(Frozen):
    """What has happened under a contract, as somebody states it.

    `draws`: kroner by contract month or date; left out, capital was drawn as the terms schedule it. `enrolled`: left
    out, everyone who is named was enrolled on the contract's first day. `until`: the last day to be settled; the
    contract's end when left out. `ended`: the day on which the contract ended early.
    """

    model_config = example(
        draws={0: 2_000_000},
        enrolled=[{"date": "2023-01-15", "persons": ["a1", "a2"]}],
        facts=[{"metric": "stable_housing", "date": "2024-06-20", "month": 12, "persons": ["a1"], "failed": ["a2"]}],
        until="2024-12-31",
    )

    draws: dict[Month | Day, Money] | None = None
    enrolled: tuple[Enrolled, ...] | None = None
    left: tuple[Left, ...] = ()
    facts: tuple[StatedFact, ...] = ()
    changed: tuple[ChangedFact, ...] = ()
    ended: Day | None = None
    until: Day | None = None


def load_agreement(path: str | PathLike[str]) -> Agreement:
    """The terms in a YAML file; every problem at once as LoadError."""
    return load_model(path, Agreement)


def load_facts(path: str | PathLike[str], start: dt.date, columns: str | PathLike[str] | None = None) -> StatedFacts:
    """The facts in a YAML file, or in a CSV or Excel table whose columns a file may map; LoadError with all problems.

    start: the contract's, from which months are counted.
    """
    if Path(path).suffix.lower() in TABLES:
        return StatedFacts(facts=read_table(path, columns))
    file = load_model(path, FactsFile)
    name = masked(Path(path).name)

    def told(key: str) -> Iterator[tuple[str, Any]]:
        return ((f"{name}, {key}, item {number}", each) for number, each in enumerate(getattr(file, key), 1))

    return StatedFacts(
        facts=[fact for n, each in enumerate(file.facts, 1) for fact in each.stated(f"{name}, fact {n}")],
        draws=None if file.draws is None else _by_day(file.draws, start),
        intakes=None
        if file.enrolled is None
        else [Intake(each.date, each.persons, each.group or "", place) for place, each in told("enrolled")],
        leavers=[Leaver(each.date, each.persons, each.why, place) for place, each in told("left")],
        changes=[StatedChange(each.command(), place) for place, each in told("changed")],
        ended=file.ended,
        until=file.until,
    )


def join_facts(first: StatedFacts, second: StatedFacts) -> StatedFacts:
    """The facts of two files together. Raises Refused where both say when the contract ended, or until when it is
    settled, and not the same.
    """
    for name in ("ended", "until"):
        days = {getattr(first, name), getattr(second, name)} - {None}
        if len(days) > 1:
            raise Refused(
                f"{name}: expected one day in all files, found {' and '.join(map(str, sorted(days)))}; keep one"
            )
    draws: dict[dt.date, int] = {}
    for day, amount in (*(first.draws or {}).items(), *(second.draws or {}).items()):
        draws[day] = draws.get(day, 0) + amount
    intakes = [*(first.intakes or ()), *(second.intakes or ())]
    return StatedFacts(
        facts=[*first.facts, *second.facts],
        draws=draws if first.draws is not None or second.draws is not None else None,
        intakes=intakes if first.intakes is not None or second.intakes is not None else None,
        leavers=[*first.leavers, *second.leavers],
        changes=[*first.changes, *second.changes],
        ended=second.ended or first.ended,
        until=second.until or first.until,
    )


def _by_day(draws: Mapping[int | dt.date, Decimal], start: dt.date) -> dict[dt.date, int]:
    drawn: dict[dt.date, int] = {}
    for when, kroner in draws.items():
        day = due_day(start, when)
        drawn[day] = drawn.get(day, 0) + ore(kroner)
    return drawn
