"""A calculation comes to what SØM would say, to the øre."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from contracts.money import PPM, ppm
from scenarios.som import Som
from scenarios.som_result import entries, gain, present, totals

from .som_cases import BY_HAND, soms, stated


def test_a_case_worked_by_hand() -> None:
    """Ten citizens of whom 50 % succeed and not 20 %: 10 × 0.30 = 3 successes, the first year one year after year 0.

    Costs, year 0: the municipality 10 × 50,000 = 500,000; the state 100,000.
    Year 1 (÷ 1.04): the municipality's social committee 3 × 0.5 × 275,000 = 412,500.00 → 396,634.62 (396,634.6154); its
    employment committee 3 × 0.1 × 50,000 of tax = 15,000.00 → 14,423.08 (14,423.0769); the state 412,500.00 →
    396,634.62; the region −3 × 0.2 × 4,000.05 = −2,400.03 → −2,307.72 (−2,307.7212).
    Year 2 (÷ 1.0816): social 3 × 0.3333 × 275,000.10 = 274,972.59999 → 274,972.60 → 254,227.63 (254,227.6257).
    """
    found = entries(BY_HAND)
    assert BY_HAND.successes == 3 * PPM
    assert [(entry.actor, entry.year, entry.amount, entry.present) for entry in found] == [
        ("municipality", 0, -500_000_00, -500_000_00),
        ("state", 0, -100_000_00, -100_000_00),
        ("municipality", 1, 412_500_00, 396_634_62),
        ("municipality", 2, 274_972_60, 254_227_63),
        ("municipality", 1, 15_000_00, 14_423_08),
        ("state", 1, 412_500_00, 396_634_62),
        ("region", 1, -2_400_03, -2_307_72),
    ]
    by_actor = totals(found, lambda entry: entry.actor)
    assert by_actor["municipality"] == (202_472_60, 165_285_33)
    assert by_actor["state"] == (312_500_00, 296_634_62)
    by_committee = totals(found, lambda entry: entry.committee)
    assert by_committee["Employment"] == (15_000_00, 14_423_08)
    by_year = totals(found, lambda entry: entry.year)
    assert {year: nominal for year, (nominal, _) in by_year.items()} == {0: -600_000_00, 1: 837_599_97, 2: 274_972_60}


def test_the_difference_may_stand_in_place_of_two_rates() -> None:
    rates: dict[str, object] = {"success_with": None, "success_without": None, "success_difference": stated("0.3")}
    assert entries(Som.model_validate(BY_HAND.model_dump() | rates)) == entries(BY_HAND)


def test_a_lower_success_rate_turns_every_gain_around() -> None:
    rates: dict[str, object] = {"success_with": stated("0.2"), "success_without": stated("0.5")}
    worse = entries(Som.model_validate(BY_HAND.model_dump() | rates))
    assert [entry.amount for entry in worse if not entry.is_cost] == [
        -entry.amount for entry in entries(BY_HAND) if not entry.is_cost
    ]


def test_later_success_moves_and_discounts_every_consequence() -> None:
    later = entries(Som.model_validate(BY_HAND.model_dump() | {"success_after_years": stated(3)}))
    assert [entry.year for entry in later] == [0, 0, 3, 4, 3, 3, 3]
    assert later[2].present == present(412_500_00, 3, 40_000) == 366_711_00  # 412,500 / 1.124864 = 366,710.9980


@given(soms)
def test_rows_are_exact_and_totals_are_sums_of_rows(som: Som) -> None:
    found = entries(som)
    for key in (lambda e: e.actor, lambda e: (e.actor, e.committee), lambda e: e.year, lambda e: e.area):
        sums = totals(found, key).values()
        assert sum(amount for amount, _ in sums) == sum(entry.amount for entry in found)
        assert sum(value for _, value in sums) == sum(entry.present for entry in found)
    rate = 1 + som.discount_rate.value
    for entry, row in zip(found[len(som.costs) :], som.consequences, strict=True):
        exact = -Decimal(som.successes) / PPM * row.quantity * row.price * 100
        assert abs(entry.amount - exact) <= Decimal("0.5")
        assert abs(entry.present - entry.amount / rate**entry.year) <= Decimal("0.500001")


@given(st.integers(-(10**9), 10**9), st.integers(0, 20), st.decimals(0, "0.2", places=6))
def test_a_present_value_is_never_larger_and_keeps_its_sign(amount: int, year: int, rate: Decimal) -> None:
    found = present(amount, year, ppm(rate))
    assert abs(found) <= abs(amount)
    assert found * amount >= 0


def test_no_success_no_gain() -> None:
    assert gain(0, Decimal("-0.5"), 275_000_00) == 0
