"""What a calculation as in SØM comes to: deterministic, in whole øre, by area, actor, committee and year.

Each row is rounded once to an øre: −(successes × consequence × price) or −(cost). Its present value is that amount
divided by (1 + rate)^year, rounded to an øre again. Every total is a sum of rows, so totals add to the øre.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from contracts.money import PPM, muldiv, ore, ppm

from .som import PLACES, Actor, Som, SomCost

Key = TypeVar("Key")
NANO = 10**PLACES


@dataclass(frozen=True)
class Entry:
    """A row's result in øre, + is a gain. area: "" for a cost; year: the intervention's first is 0."""

    actor: Actor
    committee: str
    area: str
    year: int
    amount: int
    present: int

    @property
    def is_cost(self) -> bool:
        """Whether it is what the intervention costs."""
        return not self.area


def entries(som: Som) -> tuple[Entry, ...]:
    """The result of every row of a calculation, costs first, in the table's order."""
    rate = ppm(som.discount_rate.value)
    found = []
    for cost in som.costs:
        amount = _cost(cost, som.citizens.value)
        found.append(Entry(cost.actor, cost.committee, "", cost.year, amount, present(amount, cost.year, rate)))
    for each in som.consequences:
        year = som.success_after_years.value + each.year - 1
        amount = gain(som.successes, each.quantity, ore(each.price))
        found.append(Entry(each.actor, each.committee, each.area, year, amount, present(amount, year, rate)))
    return tuple(found)


def _cost(cost: SomCost, citizens: int) -> int:
    return -ore(cost.amount) * (citizens if cost.per == "citizen" else 1)


def gain(successes: int, quantity: Decimal, price: int) -> int:
    """Øre gained by so many successes (millionths), each changing a quantity at a price in øre; less use is a gain."""
    return muldiv(-int(quantity * NANO) * successes * price, 1, NANO * PPM)


def present(amount: int, year: int, rate: int) -> int:
    """Present value in øre of an amount in a year: divided by (1 + rate)^year; rate in ppm."""
    return muldiv(amount, PPM**year, (PPM + rate) ** year)


def totals(found: Iterable[Entry], key: Callable[[Entry], Key]) -> dict[Key, tuple[int, int]]:
    """Nominal and present øre by a key of the rows, in order of appearance."""
    sums: dict[Key, tuple[int, int]] = {}
    for entry in found:
        amount, value = sums.get(key(entry), (0, 0))
        sums[key(entry)] = (amount + entry.amount, value + entry.present)
    return sums
