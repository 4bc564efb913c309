"""Numbers read as in Denmark, and round half away from zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.numbers import (
    MILLIONS,
    THOUSANDS,
    amount,
    kroner,
    kroner_of_ore,
    margin,
    millions,
    money,
    number,
    percent,
    quantity,
    rounded,
    scale_for,
    share_decimals,
)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.5, 0, "1"),
        (2.5, 0, "3"),  # Babel alone would say 2
        (-2.5, 0, "−3"),
        (0.125, 2, "0,13"),
        (2.675, 2, "2,68"),  # as written, not as stored
        (1234567.85, 1, "1.234.567,9"),
        (-0.04, 1, "0,0"),
        (0, 1, "0,0"),
        (10**10, 0, "10.000.000.000"),
    ],
)
def test_numbers_round_half_away_from_zero(value: float, decimals: int, expected: str) -> None:
    assert number(value, "da", decimals) == expected


def test_amounts_in_both_languages() -> None:
    assert kroner(1234567, "da") == "1.234.567 kr."
    assert kroner(-1234567, "da") == "−1.234.567 kr."
    assert kroner(1234567, "en") == "DKK 1,234,567"
    assert kroner(-1234567, "en") == "−DKK 1,234,567"
    assert millions(-4_250_000, "da") == "−4,3 mio. kr."
    assert millions(4_250_000, "en") == "DKK 4.3 million"
    assert kroner_of_ore(150_025, "da") == "1.500,25 kr."
    assert kroner_of_ore(150_000, "da") == "1.500 kr."


def test_whole_amounts_always_have_two_decimals_and_their_currency() -> None:
    assert [amount(ore, "da") for ore in (0, 5, -5, 123_456_789, -100_000)] == [
        "0,00",
        "0,05",
        "−0,05",
        "1.234.567,89",
        "−1.000,00",
    ]
    assert amount(123_456_789, "en") == "1,234,567.89"
    assert money(150_025, "da") == "1.500,25 kr."
    assert money(-150_025, "da", "EUR") == "−1.500,25 EUR"
    assert money(150_025, "en") == "DKK 1,500.25"
    assert money(-150_025, "en", "GBP") == "−GBP 1,500.25"


def test_a_quantity_has_the_decimals_that_it_has() -> None:
    millionths = (0, 13_000_000, 9_600_000, 1, -250_000, 1_240_000_000)
    assert [quantity(each, "da") for each in millionths] == ["0", "13", "9,6", "0,000001", "−0,25", "1.240"]
    assert quantity(1_240_500_000, "en") == "1,240.5"


def test_shares_in_both_languages() -> None:
    assert percent(Decimal("0.038"), "da") == "3,8 %"
    assert percent(0.0375, "en") == "3.8%"
    assert percent(-0.0004, "da") == "0,0 %"


@pytest.mark.parametrize(
    ("share", "decimals"),
    [(0.0, 1), (1.0, 1), (0.5, 1), (0.001, 1), (0.0009, 2), (0.0003, 2), (0.00003, 3), (0.9997, 2), (1e-12, 6)],
)
def test_a_small_probability_never_looks_like_none(share: float, decimals: int) -> None:
    assert share_decimals(share) == decimals


def test_an_error_that_is_there_is_shown_and_none_is_not() -> None:
    assert margin(0.12, "da", 1) == "±0,1"
    assert margin(0.02, "da", 1) == "±0,0"
    assert margin(0.0, "da", 1) == ""
    assert margin(float("nan"), "da", 1) == ""
    assert MILLIONS.margin(float("nan"), "da") == ""


def test_small_amounts_are_shown_in_thousands() -> None:
    assert scale_for(-19_999_999) is THOUSANDS
    assert scale_for(20_000_000) is MILLIONS
    assert THOUSANDS.show(1_043_500, "da") == "1.044"
    assert MILLIONS.show(1_043_500, "da") == "1,0"


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        rounded(float("inf"))


@given(st.decimals(-(10**13), 10**13, allow_nan=False, places=4), st.integers(0, 3))
def test_rounding_is_odd_and_never_further_off_than_half(value: Decimal, decimals: int) -> None:
    near = rounded(value, decimals)
    assert rounded(-value, decimals) == -near
    assert abs(near - value) <= Decimal(1).scaleb(-decimals) / 2
    assert number(value, "da", decimals).replace(".", "").replace(",", ".").replace("−", "-") == str(near + 0)
