"""Money is whole øre (int64), and this file holds the only division of it.

A share is an integer number of millionths (ppm), a rate of return an integer number of billionths (ppb), and a
quantity (claims, citizens) an integer number of millionths: 9.6 citizens are 9 600 000.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

Ore = NDArray[np.int64]

PPM = 1_000_000
PPB = 1_000_000_000
_INT64 = 2**63 - 1


@overload
def muldiv(a: int, b: int, c: int) -> int: ...
@overload
def muldiv(a: Ore, b: int | Ore, c: int) -> Ore: ...
def muldiv(a: Any, b: Any, c: int) -> Any:
    """a · b / c, rounded half away from zero: the only place where money is divided.

    a: amounts, quantities or days, any sign, int or int64 array; b ≥ 0: a price, share or rate, int or array;
    c > 0. Only 2·b·c must fit in 63 bits, not a·b, because the whole part of a / c is multiplied apart.
    Raises OverflowError where an array's b and c are too large for that, or its result for 63 bits.
    """
    if isinstance(a, int) and isinstance(b, int):
        size = (2 * abs(a) * b + c) // (2 * c)
        return -size if a < 0 else size
    largest = int(np.max(b, initial=0)) if isinstance(b, np.ndarray) else int(b)
    if (2 * largest + 1) * c > _INT64:
        raise OverflowError(f"a factor of {largest} over {c} is too large for whole øre in 64 bits")
    lowest = int(np.min(a, initial=0))
    reach = max(int(np.max(a, initial=0)), -lowest)
    if max(reach, (2 * reach * largest + c) // (2 * c)) > _INT64:
        raise OverflowError(f"{reach} times {largest} over {c} is too large for whole øre in 64 bits")
    amount = np.asarray(a) if lowest == 0 else np.abs(a)
    whole = amount // c  # numpy divides by one number fast, but does not in divmod
    rest = amount - whole * c
    size = whole * b + (2 * rest * b + c) // (2 * c)
    return size if lowest == 0 else np.where(np.asarray(a) < 0, -size, size)


def ore(kroner: int | Decimal) -> int:
    """Whole øre of an amount in kroner; an amount finer than an øre is refused with ValueError."""
    exact = Decimal(kroner) * 100
    if exact != exact.to_integral_value():
        raise ValueError(f"{kroner} kr. is not a whole number of øre")
    return int(exact)


def ppm(share: Decimal) -> int:
    """Millionths of a share; a share finer than that is refused with ValueError."""
    return _whole(share, PPM)


def ppb(rate: Decimal) -> int:
    """Billionths of a rate; a rate finer than that is refused with ValueError."""
    return _whole(rate, PPB)


def _whole(value: Decimal, unit: int) -> int:
    exact = value * unit
    if exact != exact.to_integral_value():
        raise ValueError(f"{value} is finer than one part in {unit}")
    return int(exact)


def round_half_away(value: Decimal) -> int:
    """The whole number nearest to value; a half goes away from zero, as in muldiv."""
    return int(value.to_integral_value(rounding=ROUND_HALF_UP))


def parts(amount: Ore, shares: Sequence[int]) -> Ore:
    """Split amounts by shares (ppm, adding to one million) so that the parts add to the whole.

    amount [...] → [..., len(shares)]. Cumulative shares are rounded and their differences taken: no øre is lost, and
    each part is within one øre of its exact share.
    """
    if sum(shares) != PPM:
        raise ValueError(f"shares must add to {PPM} ppm, found {sum(shares)}")
    if len(shares) == 1:
        return np.asarray(amount)[..., None]
    inner = np.cumsum(shares)[:-1]
    marks = [np.zeros_like(amount), *(muldiv(amount, int(mark), PPM) for mark in inner), amount]
    return np.stack([high - low for low, high in pairwise(marks)], axis=-1)
