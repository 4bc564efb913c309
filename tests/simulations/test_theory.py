"""The engine against theory: each figure within its own Monte Carlo error (4 standard errors, fixed seed)."""

import numpy as np
import pytest

from scenarios.lives import HazardDomain
from simulations.draws import BLOCK, Draws
from simulations.lives import Life, hazard_life, moves
from simulations.measuring import reached, stays
from simulations.months import MONTH, YEAR
from simulations.spans import Span, days_by_year

CITIZENS = 1000
CELLS = CITIZENS * BLOCK


def lived(domain: HazardDomain, years: int, seed: int = 1) -> Life:
    """200,000 lives that begin in the first state at time 0, without any intervention."""
    draws = Draws(seed, 0, CITIZENS, BLOCK)
    nobody_waits = np.zeros(CELLS, np.float32)
    return hazard_life("d", moves(domain, 1.0), draws.exponentials, 0, nobody_waits, None, years * YEAR)


def domain(states: list[str], without: dict[str, dict]) -> HazardDomain:
    return HazardDomain.model_validate({"kind": "hazards", "states": states, "without": without})


def share_throughout(life: Life, state: int, months: int, until_month: int, horizon_years: int) -> float:
    """Share in a state throughout so many months up to a month."""
    found = stays(life, state, np.zeros(CELLS, np.float32), citizen_clock=False)
    cells, _ = reached(found, until_month, months * MONTH, False, horizon_years * YEAR)
    return len(cells) / CELLS


def near(found: float, expected: float, sd: float) -> bool:
    return abs(found - expected) < 4 * sd / np.sqrt(CELLS) + 0.0005  # half a day's rounding of dates


HOUSING = domain(
    ["homeless", "housed"],
    {"homeless -> housed": {"yearly_rate": "1.6094"}, "housed -> homeless": {"yearly_rate": "0.07438"}},
)


def test_onset_and_relapse_give_the_occupancy_of_a_two_state_chain() -> None:
    assert near(share_throughout(lived(HOUSING, 2), 1, 0, 12, 2), 0.7784, np.sqrt(0.7784 * 0.2216))


def test_time_in_state_over_eight_years() -> None:
    span = Span(tuple(range(0, 9 * YEAR, YEAR)), 8 * YEAR, BLOCK)
    days = days_by_year(lived(HOUSING, 8), 1, span).sum(axis=1) / CITIZENS / YEAR
    assert abs(days.mean() - 7.0790) < 4 * days.std() / np.sqrt(BLOCK) + 0.0015


def test_housed_throughout_a_window_is_less_than_housed_at_its_end() -> None:
    """80 % ever housed by month 12 with 7.2 % yearly relapse gives 52 % housed throughout months 6 to 12."""
    assert near(share_throughout(lived(HOUSING, 2), 1, 6, 12, 2), 0.5241, 0.5)


@pytest.mark.parametrize(("month", "stopped"), [(3, 0.26), (12, 0.50)])
def test_two_bands_reproduce_the_published_relapse_from_work(month: int, stopped: float) -> None:
    work = domain(
        ["work", "benefits", "again"],
        {
            "work -> benefits": {"bands": [{"months": 3, "monthly_rate": "0.10037"}, {"monthly_rate": "0.04356"}]},
            "benefits -> again": {"yearly_rate": "0.001"},
        },
    )
    still = share_throughout(lived(work, 2), 0, 0, month, 2)
    assert near(1 - still, stopped, np.sqrt(stopped * (1 - stopped)))


def test_competing_transitions_share_by_their_rates() -> None:
    """Rates 0.3 and 0.1 a year: 0.75 · (1 − e^(−0.8)) = 0.4130 have gone to the first within two years."""
    choice = domain(["start", "a", "b"], {"start -> a": {"yearly_rate": "0.3"}, "start -> b": {"yearly_rate": "0.1"}})
    life = lived(choice, 3)
    assert near(share_throughout(life, 1, 0, 24, 3), 0.4130, np.sqrt(0.413 * 0.587))
    assert near(share_throughout(life, 2, 0, 24, 3), 0.4130 / 3, 0.35)


def test_the_ways_of_saying_a_hazard_agree() -> None:
    ways = [
        {"median_months": 30},
        {"yearly_rate": "0.27725887"},
        {"monthly_rate": "0.023104906"},
        {"yearly_share": "0.24214172"},
        {"ever_by": {"share": "0.5", "month": 30}},
    ]
    rates = [domain(["a", "b"], {"a -> b": way}).without["a -> b"].monthly()[0][1] for way in ways]
    assert rates == pytest.approx([rates[0]] * len(ways), rel=1e-6)


def test_a_hazard_ratio_acts_only_while_exposed() -> None:
    """Rate 0.2 a year, ratio 3 from year 1 to 2: survival to year 3 is exp(−0.2 − 0.6 − 0.2)."""
    helped = HazardDomain.model_validate(
        {
            "kind": "hazards",
            "states": ["a", "b"],
            "without": {"a -> b": {"yearly_rate": "0.2"}},
            "with": {"a -> b": {"hazard_ratio": 3}},
        }
    )
    exposure = (np.full(CELLS, YEAR, np.float32), np.full(CELLS, 2 * YEAR, np.float32))
    draws = Draws(3, 0, CITIZENS, BLOCK)
    life = hazard_life("d", moves(helped, 1.0), draws.exponentials, 0, np.zeros(CELLS, np.float32), exposure, 4 * YEAR)
    for year, hazard in ((1, 0.2), (2, 0.8), (3, 1.0), (4, 1.2)):
        expected = np.exp(-hazard)
        found = share_throughout(life, 0, 0, 12 * year, 4)
        assert near(found, expected, np.sqrt(expected * (1 - expected)))
