"""The state of a pool while it runs, and what is noted of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contracts.facts import sums
from contracts.money import Ore

from .loans import Loans, Tables
from .pipeline import Ints, Pipeline
from .terms import PoolTerms

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Entries:
    """What happened in a year between the pool and its loans: release, repayment, earning or loss; one element each."""

    what: str
    year: int
    application: Ints
    row: Ints
    amount: Ore


@dataclass
class Run:
    """The state of a pool at some time [row], and what has been noted so far.

    own [application, row]: what the pool itself would lend; free [row]: the balance that is not promised.
    """

    terms: PoolTerms
    pipeline: Pipeline
    tables: Tables
    loans: Loans
    new: list[Loans]
    rows: Ints
    first_calls: Ints
    own: Ore
    balance: Ore
    free: Ore
    room: Ore | None
    guarantee: Ore
    undecided: Flags
    short: Flags
    noted: dict[str, Ore]
    entries: list[Entries] | None

    @property
    def years(self) -> int:
        """How many budget years the pool is followed."""
        return len(self.terms.paid_in)

    def receive(self, amount: Ore) -> None:
        """Add to what the pool has."""
        self.balance, self.free = self.balance + amount, self.free + amount

    def note(self, name: str, year: int, amount: Ore) -> None:
        """Add amounts [row] to what is noted for a year."""
        self.noted[name][year] += amount

    def enter(self, what: str, year: int, loans: Loans, amount: Ore) -> None:
        """Keep what the pool itself lends, gets back or loses by each loan, where somebody wants to know."""
        if self.entries is not None:
            self.entries.append(Entries(what, year, loans.application, loans.row, amount))

    def by_row(self, row: Ints, amount: Ore) -> Ore:
        """Sums of loans' amounts by replication."""
        rows = self.pipeline.rows
        return sums(row, amount, rows) if amount.any() else np.zeros(rows, np.int64)
