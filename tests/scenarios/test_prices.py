"""Price levels, the index and discount rates by steps, against plain arithmetic year by year."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML

from scenarios import Scenario, load
from scenarios.economy import EconomyLine, national_rules
from scenarios.prices import Discounting, DiscountRule, PriceIndex, divisors, in_prices_of, national_discounting

AARHUS = "scenarios/aarhus-unge-hjemloese.yaml"
RATES = st.dictionaries(st.integers(2016, 2030), st.decimals(0, Decimal("0.2"), places=4))


def index(rates: dict[int, Any], after: Any = None) -> PriceIndex:
    return PriceIndex.model_validate({"rates": rates, "after": after})


def changed(**parts: Any) -> Scenario:
    tree = load(AARHUS).model_dump(by_alias=True)
    return Scenario.model_validate(tree | parts)


def test_an_amount_rises_by_the_rates_of_the_years_after_its_price_level() -> None:
    pl = index({2023: Decimal("0.03"), 2024: Decimal("0.05")})
    assert in_prices_of(100_00, 2022, 2022, pl) == 100_00
    assert in_prices_of(100_00, 2022, 2024, pl) == 108_15
    assert in_prices_of(108_15, 2024, 2022, pl) == 100_00


def test_an_amount_without_a_price_level_or_an_index_stands_as_it_is() -> None:
    assert in_prices_of(12_345, None, 2030, index({}, Decimal("0.02"))) == 12_345
    assert in_prices_of(12_345, 2020, 2030, None) == 12_345


@given(RATES, st.decimals(0, Decimal("0.2"), places=4), st.integers(0, 10**10), st.data())
def test_the_index_multiplies_year_by_year_and_rounds_once(
    rates: dict[int, Decimal], after: Decimal, amount: int, data: st.DataObject
) -> None:
    pl = index(rates, after)
    first = max(rates, default=2016)
    years = st.integers(first - 1 if rates else 2000, 2045)
    level, year = data.draw(years), data.draw(years)
    factor = Fraction(1)
    for between in range(min(level, year) + 1, max(level, year) + 1):
        factor *= 1 + Fraction(rates.get(between, after))
    exact = amount * factor if level <= year else amount / factor
    # the factor itself is whole billionths
    assert abs(in_prices_of(amount, level, year, pl) - exact) <= Fraction(1, 2) + exact / 10**9


def test_a_missing_rate_is_named() -> None:
    pl = index({2023: Decimal("0.03"), 2025: Decimal("0.02")})
    assert pl.missing(2021, 2027) == [2022, 2024, 2026, 2027]
    with pytest.raises(KeyError):
        pl.growth(2023, 2024)


def test_an_index_says_some_rate() -> None:
    with pytest.raises(ValidationError, match="found neither"):
        index({})


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"price_index": {"rates": {2023: Decimal("0.02")}}}, "the index has no rate for 2022, 2024, 2025"),
        ({"discounting": {"rule": "finance_ministry_2012"}}, "unknown discounting rule 'finance_ministry_2012'"),
        ({"discounting": {"rule": "finance_ministry_2021", "rate": Decimal("0.04")}}, "one of rate and rule"),
    ],
)
def test_what_does_not_fit_is_refused(parts: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        changed(**parts)


def test_a_price_level_needs_an_index() -> None:
    economy = load(AARHUS).model_dump(by_alias=True)["economy"]
    economy["shelter"]["price_level"] = 2019
    with pytest.raises(ValidationError, match="the scenario has no price_index"):
        changed(economy=economy)
    with pytest.raises(ValidationError, match="no rate for 2020, 2021"):
        changed(economy=economy, price_index={"rates": {2022: 0}, "after": 0})
    changed(economy=economy, price_index={"after": 0})


def test_a_price_that_the_index_lifts_beyond_what_is_exact_is_refused() -> None:
    economy = load(AARHUS).model_dump(by_alias=True)["economy"]
    economy["shelter"] |= {"price_level": 2021, "gross_per_year": 110_000_000}
    with pytest.raises(ValidationError, match="more than 120000000 a year in 2022"):
        changed(economy=economy, price_index={"after": Decimal("0.1")})


def test_a_constant_rate_divides_by_its_powers() -> None:
    assert divisors(Discounting(rate=Decimal("0.04")), None, (2021, 2022, 2023)) == (1.0, 1.04, 1.04**2)


@pytest.mark.parametrize(
    ("rule", "steps"), [("finance_ministry_2021", (3.5, 2.5, 1.5)), ("finance_ministry_2013", (4, 3, 2))]
)
def test_the_states_real_rates_fall_by_steps(rule: str, steps: tuple[float, ...]) -> None:
    found = divisors(Discounting(rule=rule), None, range(2022, 2022 + 81))
    total = 1.0
    for number, divisor in enumerate(found):
        if number:
            total *= 1 + steps[(number > 35) + (number > 70)] / 100
        assert divisor == pytest.approx(total)


def test_a_real_rate_is_combined_with_the_index() -> None:
    pl = index({2023: Decimal("0.03")}, Decimal("0.02"))
    found = divisors(Discounting(rule="finance_ministry_2021"), pl, (2022, 2023, 2024))
    assert found == pytest.approx((1, 1.035 * 1.03, 1.035**2 * 1.03 * 1.02))


def test_the_national_rules_carry_their_sources() -> None:
    assert all(rule.mark == "P" and rule.source for rule in national_discounting().values())


@pytest.mark.parametrize("steps", [[], [{"until_year": 5, "rate": 0}], [{"rate": 0}, {"rate": 0}]])
def test_steps_follow_each_other(steps: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError, match=r"do not follow each other|at least 1"):
        DiscountRule.model_validate({"name": "x", "steps": steps})


def test_the_page_about_prices_shows_what_may_be_written() -> None:
    page = Path("docs/prices.md").read_text(encoding="utf-8")
    shown = YAML(typ="safe").load(page.split("```yaml\n")[1].split("```")[0])
    shown = json.loads(json.dumps(shown), parse_float=Decimal)
    PriceIndex.model_validate(shown["price_index"] | {"rates": {2022: Decimal("0.021"), 2023: Decimal("0.031")}})
    Discounting.model_validate(shown["discounting"])
    lines = {name: EconomyLine.model_validate(line) for name, line in shown["economy"].items()}
    assert lines["support"].discharged_from in lines
    named = {line.refusion for line in lines.values()} - {0}
    assert named <= set(national_rules().refusion)
    assert lines["placement"].high_cost in national_rules().high_cost
