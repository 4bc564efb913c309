"""Fixed prices and real rates as they are shown."""

import pytest

from reports.frames import appropriation
from reports.terminal.comparing import discounting_words
from simulations.run import simulate
from tests.simulations.test_prices import INDEX, priced


def test_appropriation_effects_are_in_the_prices_of_the_first_year() -> None:
    """24 months at 10,000 of 2022 less half of it in refusion, in every full year."""
    frame = appropriation(simulate(priced(2022, price_index=INDEX), 1, 1))
    assert frame.kroner.round(1).tolist() == [2 * 6 * 5_000 - 2 * 15_000, 120_000, 120_000]
    nominal = appropriation(simulate(priced(None), 1, 1))
    assert nominal.kroner.tolist() == [2 * 6 * 5_000 - 2 * 15_000, 120_000, 120_000]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("da", "realrente på 3,5 % til og med år 35, 2,5 % til og med år 70, derefter 1,5 % om året, lagt sammen med"),
        ("en", "a real rate of 3.5% up to year 35, 2.5% up to year 70, then 1.5% a year, together with the price"),
    ],
)
def test_a_page_says_the_steps_of_a_real_rate(lang: str, told: str) -> None:
    found = priced(2022, price_index=INDEX, discounting={"rule": "finance_ministry_2021"})
    (said,) = discounting_words(found.discounting, True, "header", lang)
    assert told in said
