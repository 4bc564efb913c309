"""Balanced postings between parties and budget lines: what one account gives, another receives.

Amounts are øre [row, year] by budget year of payment. All parties' sums are zero; the account `resources` stands for
the real use of staff, places and services, so that everyone else's sum is the real resources set free.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .money import Ore

RESOURCES = "resources"
CITIZENS = "citizens"
MUNICIPALITY = "municipality"
STATE = "state"
WAITING_LIST = "waiting_list"
"""Citizens who get a place that others have left: what they gain is the place, not money."""
OTHERS = "other_municipalities"
TREASURY = "treasury"
"""The municipality's treasury (kommunekassen), which stands among its committees."""


@dataclass(frozen=True)
class Account:
    """A party, and for the municipality its budget line: committee, class, and how it counts under the service ceiling.

    budget_class: service, transfer, capital or financing; under_ceiling: whether the service ceiling counts it.
    """

    party: str
    committee: str = ""
    budget_class: str = ""
    under_ceiling: bool = False


@dataclass(frozen=True)
class Posting:
    """An amount from one account to another, øre [row, year]; negative amounts go the other way.

    paid: (day number, øre [row]) where the days of payment are known; they add to the amounts of their budget years.
    What is released day by day, or reckoned by the year, has a budget year only.
    """

    what: str
    giver: Account
    receiver: Account
    amount: Ore
    paid: tuple[tuple[int, Ore], ...] = ()


def net(postings: Sequence[Posting], chosen: Callable[[Account], bool]) -> Ore:
    """What the chosen accounts receive less what they give, øre [row, year]."""
    total = np.zeros_like(postings[0].amount)
    for posting in postings:
        sign = int(chosen(posting.receiver)) - int(chosen(posting.giver))
        if sign:
            total += sign * posting.amount
    return total


def accounts(postings: Sequence[Posting]) -> tuple[Account, ...]:
    """Every account that gives or receives, in order of appearance."""
    return tuple(dict.fromkeys(side for p in postings for side in (p.giver, p.receiver)))
