"""What the pages say: amounts that can be read, who never gets a place, and plainly what moving the risk costs."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from reports import Comparison, compare
from reports.numbers import MILLIONS, THOUSANDS, Language, Scale, number
from reports.terminal.closing import closing_words
from reports.terminal.comparing import comparison_lines
from reports.terminal.figure_cells import figure_cell, table_scale
from reports.terminal.one_design import design_lines
from reports.terminal.screen import as_text
from scenarios import Scenario, load

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "tests/data/worked-example.yaml"
AARHUS = ROOT / "scenarios/aarhus-unge-hjemloese.yaml"


@pytest.fixture(scope="module")
def example() -> Comparison:
    return compare(EXAMPLE, 3, workers=1)


def page(comparison: Comparison, lang: Language = "da", width: int = 120) -> str:
    return as_text(comparison_lines(comparison, lang, width))


def row(text: str, label: str) -> list[str]:
    """The words of the first row that begins so, after its label."""
    line = next(line for line in text.splitlines() if line.strip().startswith(label))
    return line.strip().removeprefix(label).split()


def closing(comparison: Comparison, scale: Scale, moved: float, difference: float, fees: float = 0.0) -> str:
    """What is said of the rate card where these are its risk moved (±1), difference and fees."""
    values = {
        "risk_moved": moved,
        "difference_from_ordinary": difference,
        "price_investor_return": 0.0,
        "price_fees": fees,
        "price_state_co_payment": 0.0,
    }
    figures = {("rate_card", key): {"value": value, "error": 1.0} for key, value in values.items()}
    return next(iter(closing_words(comparison, figures, scale, "da")))


MOVES = "Rate card flytter 3,0 mio. kr. af risikoen til investor; "
NONE = "Rate card flytter ingen risiko til investor; "


@pytest.mark.parametrize(
    ("scale", "moved", "difference", "fees", "said"),
    [
        (MILLIONS, 3e6, -1.25e6, 0, MOVES + "det koster i gennemsnit kommunen 1,3 mio. kr. mere end egenfinansiering."),
        (MILLIONS, 3e6, -25_000, 0, MOVES + "det koster i gennemsnit kommunen 25.000 kr. mere end egenfinansiering."),
        (MILLIONS, 3e6, 0, 0, MOVES + "det koster i gennemsnit det samme som egenfinansiering."),
        (MILLIONS, 1.9, 2e6, 0, NONE + "kommunen står sig i gennemsnit 2,0 mio. kr. bedre end ved egenfinansiering."),
        (MILLIONS, -1.9, -300, 0, NONE + "det koster i gennemsnit kommunen 300 kr. mere end egenfinansiering."),
        (
            THOUSANDS, 0, -75_400, 75_400,
            NONE + "det koster i gennemsnit kommunen 75.000 kr. mere end egenfinansiering: 75.000 kr. går til "
            "honorarer og omkostninger.",
        ),
        (
            MILLIONS, 0, 40_000, -40_000,
            NONE + "kommunen står sig i gennemsnit 40.000 kr. bedre end ved egenfinansiering: 40.000 kr. spares i "
            "honorarer og omkostninger.",
        ),
        (
            MILLIONS, 30_000, 0, 0,
            "Rate card flytter mindre end 0,1 mio. kr. af risikoen til investor; det koster i gennemsnit det samme som "
            "egenfinansiering.",
        ),
        (
            MILLIONS, -2e6, 0, 0,
            "Rate card øger kommunens risiko med 2,0 mio. kr.; det koster i gennemsnit det samme som egenfinansiering.",
        ),
    ],
)  # fmt: skip
def test_the_closing_words(
    example: Comparison, scale: Scale, moved: float, difference: float, fees: float, said: str
) -> None:
    assert closing(example, scale, moved, difference, fees) == said


def test_a_design_that_moves_no_risk_has_no_price_of_moving_it(example: Comparison) -> None:
    assert " ".join(row(page(example, width=300), "Merpris for risikodækning")).startswith("– flytter ingen flytter")
    assert "Rate card flytter ingen risiko til investor; kommunen står sig i gennemsnit 1.043.000 kr. bedre" in page(
        example
    )
    assert "moves no risk" in " ".join(row(page(example, "en"), "Price of moving it"))
    costly = load(EXAMPLE).designs["rate_card"].model_copy(update={"transaction_cost": 50_000})
    assert "50.000 kr. går til honorarer og omkostninger" in " ".join(page(_with(rate_card=costly)).split())


def _with(**designs: Any) -> Comparison:
    scenario = load(EXAMPLE)
    return compare(scenario.model_copy(update={"designs": scenario.designs | designs}), 3, workers=1)


@pytest.mark.parametrize("width", [80, 120])
def test_words_of_a_cell_take_two_lines_rather_than_widen_the_table(example: Comparison, width: int) -> None:
    shown = page(example, width=width)
    assert max(map(len, shown.splitlines())) <= width
    assert " ".join(shown.split()).count("flytter ingen") >= 2
    assert "risiko\n – investors afkast" in shown


@pytest.mark.parametrize(
    ("gain", "difference", "scale"),
    [
        (-19e6, 5e6, THOUSANDS),
        (20e6, 5e6, MILLIONS),
        (-20e6, 0, MILLIONS),
        (90e6, -1e6, MILLIONS),
        (90e6, -600_000, THOUSANDS),  # −0,6 would be one digit
        (90e6, 15_000, MILLIONS),  # not more than two standard errors
    ],
)
def test_the_unit_shows_differences_in_two_digits(gain: float, difference: float, scale: Scale) -> None:
    values = {"maximum_payment": 9e9, "net_gain": gain, "difference_from_ordinary": difference}
    assert table_scale({"figure": key, "value": value, "error": 8e3} for key, value in values.items()) is scale


def test_one_simulation_is_not_many() -> None:
    told = page(compare(EXAMPLE, 1, workers=1))
    assert " · 1 simulering · " in told
    assert "ved 1 simulering." in told


def test_the_result_that_is_priced_is_named(example: Comparison) -> None:
    told = " ".join(page(example).split())
    assert "Pris pr. ekstra resultat gælder housed ved måned 36 og er kommunens egne udlæg; statens medbetaling" in told


class TestProbabilities:
    def shown(self, share: float | None, high: float = 0.0) -> str:
        note = "none_seen" if share is None else ""
        figure: Mapping[str, Any] = {
            "figure": "loss_probability", "unit": "share", "value": share, "error": 1e-4, "high": high, "note": note
        }  # fmt: skip
        cell = figure_cell(figure, THOUSANDS, "da")
        return f"{cell.value} {cell.margin}{cell.words}".strip()

    def test_a_small_one_has_two_decimals(self) -> None:
        assert self.shown(0.0003) == "0,03 % ±0,01"
        assert self.shown(0.0012) == "0,1 % ±0,0"
        assert self.shown(0.9997) == "99,97 % ±0,01"

    def test_one_never_seen_has_a_bound_unless_the_replications_are_few(self) -> None:
        assert self.shown(None, 3 / 10_000) == "< 0,03 %"
        assert self.shown(None, 3 / 100) == "< 3,0 %"
        assert self.shown(None, 3 / 99) == "0,0 %"
        assert self.shown(None, 1.0) == "0,0 %"


def test_citizens_who_never_get_a_place_are_seen() -> None:
    scenario = load(AARHUS)
    few = scenario.target_group.intake.model_copy(update={"per_month": 3, "places": 9})
    crowd = scenario.target_group.model_copy(update={"citizens": 180, "intake": few})
    found = compare(scenario.model_copy(update={"target_group": crowd}), 20, workers=1, break_even=False)
    summary = found.summary().set_index(["design", "figure"])
    enrolled = float(summary.loc[("dsi", "enrolled"), "value"])
    assert enrolled < 180
    assert row(page(found), "Indskrevne borgere (af 180)")[0] == number(enrolled, "da", 1)
    reached = found.results_reached()
    assert (reached.measured <= enrolled + 1e-9).all()
    assert (reached.with_intervention <= reached.measured).all()


class TestWithoutTheOrdinaryBudget:
    def lines(self, scenario: Scenario, designs: list[str]) -> Iterator[str]:
        found = compare(scenario, 3, workers=1, designs=designs, break_even=False)
        return iter(" ".join(page(found).split()).split(". "))

    def test_one_line_says_what_the_differences_need(self) -> None:
        told = ". ".join(self.lines(load(EXAMPLE), ["rate_card", "pool"]))
        assert told.count("tilføj --design ordinary.") == 1
        assert "Forskel fra egenfinansiering" not in told  # the reference is another design
        assert "Merpris" not in told

    def test_a_scenario_that_has_none_says_so(self) -> None:
        scenario = load(EXAMPLE)
        designs = {"rate_card": scenario.designs["rate_card"]}
        told = ". ".join(self.lines(scenario.model_copy(update={"designs": designs}), ["rate_card"]))
        assert "som scenariet ikke har" in told

    def test_the_ordinary_budget_alone_needs_nothing(self) -> None:
        assert "--design" not in ". ".join(self.lines(load(EXAMPLE), ["ordinary"]))


def test_own_names_stand_as_they_are_written() -> None:
    scenario = load(EXAMPLE)
    card = scenario.designs["rate_card"]
    assert card.contract is not None
    clause = card.contract.clauses["housing"]
    both = card.contract.model_copy(update={"clauses": {"housing": clause, "min_egen": clause}})
    mine = {"rate_card": card.model_copy(update={"contract": both})}
    found = compare(scenario.model_copy(update={"designs": mine}), 3, workers=1, break_even=False)
    told = as_text(design_lines(found, "rate_card", "da", 120))
    assert "\nHousing " in told
    assert "\nMin egen " in told
    assert "\nBolig " not in told
    assert "\nHoused\n" in told
