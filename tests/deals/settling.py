"""Terms files and facts files settled as a reader of them would do it, and amounts in the currency's major unit."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from contracts.stated import StatedFacts, settle_stated
from contracts.statement import PaymentStatement, statements_of
from scenarios.contract_files import Agreement, load_agreement, load_facts

HERE = Path(__file__).parent


@cache
def published(name: str) -> Any:
    """A case as it was published."""
    text = (HERE / "published" / f"{name}.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe", pure=True).load(text)


@cache
def agreement(name: str, folder: str = "agreements") -> Agreement:
    """A deal as terms."""
    return load_agreement(HERE / folder / f"{name}.yaml")


def facts(name: str, file: str, folder: str = "agreements") -> StatedFacts:
    """A facts file of a deal."""
    start = agreement(name, folder).start
    assert start is not None
    return load_facts(HERE / folder / file, start)


@dataclass(frozen=True)
class Told:
    """All statements of a settled contract."""

    statements: tuple[PaymentStatement, ...]

    def paid(self, *clauses: str) -> Decimal:
        """Paid in all, by all clauses or by these."""
        return major(sum(amount for _, clause, amount in self._cells() if not clauses or clause in clauses))

    def paid_on(self, date: dt.date, *clauses: str) -> Decimal:
        """Paid with the statement of a date."""
        found = [amount for on, clause, amount in self._cells() if on == date and (not clauses or clause in clauses)]
        return major(sum(found))

    def paid_by(self, payer: str, date: dt.date | None = None) -> Decimal:
        """What a payer pays, in all or with one statement."""
        told = [each.by_payer.get(payer, 0) for each in self.statements if date in (None, each.date)]
        return major(sum(told))

    def entitled(self, clause: str) -> Decimal:
        """What a clause has earned in all, before limits on money."""
        found = [each.entitled for told in self.statements for each in told.clauses if each.column == clause]
        return major(found[-1] if found else 0)

    def _cells(self) -> Iterator[tuple[dt.date, str, int]]:
        for told in self.statements:
            yield from ((told.date, each.column, each.paid) for each in told.clauses)


def settled(terms: Agreement, stated: StatedFacts) -> Told:
    """Every statement of a contract with these facts."""
    _, events = settle_stated(terms.kind, terms.title, terms.terms(), stated)
    return Told(tuple(statements_of(events)))


def settled_files(name: str, file: str | None = None, folder: str = "agreements") -> Told:
    """A deal settled with one of its facts files; with `<name>.facts.yaml` where none is named."""
    return settled(agreement(name, folder), facts(name, file or f"{name}.facts.yaml", folder))


def with_facts(told: StatedFacts, *, keep: Any) -> StatedFacts:
    """The same facts without those that `keep` turns down."""
    return replace(told, facts=[fact for fact in told.facts if keep(fact)])


def major(minor: int) -> Decimal:
    """An amount in kroner, pounds, dollars or euros."""
    return Decimal(minor) / 100
