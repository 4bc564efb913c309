"""Whole øre: the one division of money against exact fractions, and shares that lose nothing."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import PPB, PPM, muldiv, ore, parts, ppb, ppm, round_half_away
from tests.oracle import rounded

LARGEST = 2**63 - 1

amounts = st.integers(-(10**12), 10**12)
factors = st.integers(0, 4 * 10**12)
divisors = st.sampled_from((1, 2, 3, 7, 365, PPM))
share_lists = st.lists(st.integers(0, PPM), max_size=4).map(
    lambda cuts: [high - low for low, high in zip([0, *sorted(cuts)], [*sorted(cuts), PPM], strict=True)]
)


def exactly(a: int, b: int, c: int) -> int:
    return rounded(Fraction(a) * b / c)


@given(st.integers(), st.integers(min_value=0), st.integers(min_value=1))
def test_whole_numbers_of_any_size_are_rounded_half_away_from_zero(a: int, b: int, c: int) -> None:
    assert muldiv(a, b, c) == exactly(a, b, c)


@pytest.mark.parametrize(
    ("a", "b", "c", "result"),
    [(1, 1, 2, 1), (-1, 1, 2, -1), (3, 1, 2, 2), (-3, 1, 2, -2), (1, 1, 3, 0), (-2, 1, 3, -1)],
)
def test_halves_go_away_from_zero(a: int, b: int, c: int, result: int) -> None:
    assert muldiv(a, b, c) == result
    assert muldiv(np.array([a]), b, c).tolist() == [result]


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(0, 10**9)), min_size=1), divisors)
def test_arrays_are_multiplied_as_their_elements_are(pairs: list[tuple[int, int]], c: int) -> None:
    a, b = (np.array(numbers, np.int64) for numbers in zip(*pairs, strict=True))
    assert muldiv(a, b, c).tolist() == [exactly(x, y, c) for x, y in pairs]
    assert muldiv(a, int(b[0]), c).tolist() == [exactly(x, int(b[0]), c) for x in a.tolist()]


@given(st.lists(st.integers(-LARGEST, LARGEST), min_size=1), st.integers(0, PPM))
def test_a_share_of_any_amount_of_63_bits_is_exact(whole: list[int], share: int) -> None:
    assert muldiv(np.array(whole, np.int64), share, PPM).tolist() == [exactly(a, share, PPM) for a in whole]


@given(st.lists(st.integers(-LARGEST, LARGEST), min_size=1), st.integers(0, 2**62), divisors)
def test_an_array_is_either_exact_or_refused(whole: list[int], b: int, c: int) -> None:
    results = [exactly(a, b, c) for a in whole]
    fits = (2 * b + 1) * c <= LARGEST and max(map(abs, results)) <= LARGEST
    if fits:
        assert muldiv(np.array(whole, np.int64), b, c).tolist() == results
    else:
        with pytest.raises(OverflowError, match="too large for whole øre"):
            muldiv(np.array(whole, np.int64), b, c)


def test_a_factor_at_the_bound_is_taken_and_one_above_it_refused() -> None:
    most = (LARGEST // PPB - 1) // 2
    assert muldiv(np.array([-1, PPB]), most, PPB).tolist() == [exactly(-1, most, PPB), most]
    with pytest.raises(OverflowError, match="a factor of"):
        muldiv(np.array([1]), most + 1, PPB)
    with pytest.raises(OverflowError, match="a factor of"):
        muldiv(np.array([1, 1]), np.array([1, most + 1]), PPB)


def test_the_one_amount_without_a_positive_twin_is_refused() -> None:
    with pytest.raises(OverflowError):
        muldiv(np.array([-(2**63)]), 1, 2)


def test_nothing_times_anything_is_nothing() -> None:
    assert muldiv(np.zeros((0, 3), np.int64), 5, 7).shape == (0, 3)
    assert muldiv(np.zeros(3, np.int64), np.zeros(3, np.int64), 7).tolist() == [0, 0, 0]


@given(st.lists(amounts, min_size=1), share_lists)
def test_parts_add_to_the_whole_and_each_is_within_an_ore_of_its_share(whole: list[int], shares: list[int]) -> None:
    split = parts(np.array(whole, np.int64), shares)
    assert split.sum(axis=-1).tolist() == whole
    for amount, row in zip(whole, split.tolist(), strict=True):
        assert all(abs(part - Fraction(amount * share, PPM)) <= 1 for part, share in zip(row, shares, strict=True))


@given(st.lists(st.integers(0, 10**9), min_size=1), share_lists)
def test_splitting_what_is_paid_to_date_never_drifts_more_than_an_ore(payments: list[int], shares: list[int]) -> None:
    to_date = np.cumsum([0, *payments])
    received = np.diff(parts(to_date, shares), axis=0)
    assert received.sum(axis=1).tolist() == payments
    drift = [
        abs(part - Fraction(int(to_date[-1]) * share, PPM))
        for part, share in zip(received.sum(axis=0).tolist(), shares, strict=True)
    ]
    assert max(drift) <= 1


def test_a_party_without_a_share_gets_no_part() -> None:
    assert parts(np.array([100, -1]), [0, PPM, 0]).tolist() == [[0, 100, 0], [0, -1, 0]]


def test_a_batch_of_any_shape_is_split_along_a_new_last_axis() -> None:
    assert parts(np.ones((2, 3), np.int64), [500_000, 500_000]).shape == (2, 3, 2)


def test_shares_that_do_not_add_to_the_whole_are_refused() -> None:
    with pytest.raises(ValueError, match="shares must add to 1000000 ppm, found 999999"):
        parts(np.array([1]), [333_333, 333_333, 333_333])


def test_kroner_become_ore() -> None:
    assert (ore(12), ore(Decimal("12.34")), ore(-5)) == (1200, 1234, -500)


def test_shares_and_rates_become_whole_numbers() -> None:
    assert (ppm(Decimal("0.333333")), ppb(Decimal("0.0744")), ppm(Decimal(1))) == (333_333, 74_400_000, PPM)


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (lambda: ore(Decimal("0.005")), "not a whole number of øre"),
        (lambda: ppm(Decimal("0.3333333")), "finer than one part in 1000000"),
        (lambda: ppb(Decimal("0.0000000001")), "finer than one part in 1000000000"),
    ],
)
def test_what_is_finer_than_the_unit_is_refused(refused: object, message: str) -> None:
    assert callable(refused)
    with pytest.raises(ValueError, match=message):
        refused()


@given(st.integers(-(10**9), 10**9))
def test_decimals_round_as_muldiv_does(thirds: int) -> None:
    assert round_half_away(Decimal(thirds) / 2) == muldiv(thirds, 1, 2)
