"""The number that was meant is found, and only what the field takes is proposed."""

from decimal import Decimal
from typing import Any

import pytest

from scenarios.reading.numbers import number_hint, range_hint

KRONER = {"type": "int", "ge": 0, "le": 10**10}
SHARE = {"type": "decimal", "ge": 0, "le": 1, "decimal_places": 6}
RATIO = {"type": "decimal", "ge": Decimal("0.001"), "le": 1000}


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ("25,5", "citizens", "write a whole number, such as 26"),
        ("0,4", "citizens", "write a whole number, such as 0"),
        ("1.160.000,00", "gross_per_year", "write 1160000"),
        ("1.160.000,50 kr.", "gross_per_year", "write a whole number, such as 1160001"),
        ("1,16 mio. kr.", "gross_per_year", "write 1160000"),
        ("kr. 450 t.kr.", "amount", "write 450000"),
        ("7 år", "horizon_years", "write 7"),
        ("2 år", "median_months", "write 24"),
        ("7 måneder", "horizon_years", ""),
        ("femogtyve", "citizens", "write 25"),
        ("to hundrede", "citizens", ""),
        ("1.160", "amount", "write 1160"),
        ("1.000", "amount", "write 1000 for a thousand, 1 for one"),
        ("-5 kr.", "amount", "write 5, without the minus"),
        ("20 mia. kr.", "amount", "write 10000000000 or less"),
        ("9" * 40, "amount", ""),
        ("mange", "amount", ""),
    ],
)
def test_a_whole_number_is_proposed_where_one_is_expected(text: str, key: str, hint: str) -> None:
    assert number_hint(text, KRONER, whole=True, key=key) == hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("80 %", "write 0.8"),
        ("4,6 pct.", "write 0.046"),
        ("3,5", "write 0.035 for 3.5 %"),
        ("120 %", "write 1 or less"),
        ("halvfjerds", "write 0.7 for 70 %"),
    ],
)
def test_a_share_is_proposed_where_one_is_expected(text: str, hint: str) -> None:
    assert number_hint(text, SHARE) == hint


@pytest.mark.parametrize(
    ("number", "schema", "whole", "hint"),
    [
        ("80", SHARE, False, "write 0.8 for 80 %"),
        ("1.2", SHARE, False, "write 1 or less"),
        ("0", RATIO, False, "write 0.001 or more"),
        ("1", {"gt": 0, "lt": 1}, False, "write less than 1, such as 0.99"),
        ("0", {"gt": 0, "lt": 1}, False, "write more than 0, such as 0.01"),
        ("0", {"gt": 0}, True, "write more than 0, such as 1"),
        ("-1160000", KRONER, True, "write 1160000, without the minus"),
        ("-1", {"ge": 10, "le": 20}, True, "write 10 or more"),
        ("0.5", {"ge": 1}, True, "write a whole number, such as 1"),
    ],
)
def test_a_number_out_of_range_is_told_one_that_fits(
    number: str, schema: dict[str, Any], whole: bool, hint: str
) -> None:
    assert range_hint(Decimal(number), schema, whole=whole) == hint
