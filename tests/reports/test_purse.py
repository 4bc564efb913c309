"""The rules of the municipal purse on the pages: committees, appropriation effects, remarks, and the price of risk."""

from pathlib import Path

import pytest

from reports import Comparison, compare
from reports.numbers import Language
from reports.terminal.comparing import comparison_lines
from reports.terminal.one_design import design_lines
from reports.terminal.purse import committee_names
from reports.terminal.screen import as_text
from scenarios import Scenario, load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def aarhus() -> Comparison:
    """The Aarhus scenario with every rule on, DSI's grant taxed, and shelter places at notice and partly refilled."""
    tree = load(ROOT / "scenarios/aarhus-unge-hjemloese.yaml").model_dump(by_alias=True)
    tree["purse"] = {
        "sanction": {"overrun_probability": "0.25"},
        "equalisation": {"share": tree["discounting"]["rate"]},
        "budget_guarantee": {"also_in_other_municipalities": "0.5"},
    }
    tree["optimism_haircut"] = {"effect": "0.2", "gain": "0.105"}
    tree["parties"]["DSI"]["fondsmoms"] = True
    tree["economy"]["shelter"] |= {"notice_months": 3, "refilled": "0.25"}
    return compare(Scenario.model_validate(tree), 100, workers=1, break_even=False)


RULES = ("sanction", "equalisation", "budget_guarantee", "fondsmoms:DSI")


def test_the_treasurys_line_of_the_appropriation_effects_is_what_the_rules_take(aarhus: Comparison) -> None:
    frame, flow = aarhus.appropriation(), aarhus.cash_flow()
    for design in ("ordinary_budget", "dsi"):
        mine = frame[(frame.design == design) & (frame.committee == "treasury")]
        assert set(mine["class"]) == {"financing"}
        rules = flow[(flow.design == design) & flow.what.isin(RULES) & (flow.year <= 2024)]
        assert mine.kroner.tolist() == pytest.approx(rules.groupby("year")["mean"].sum().tolist())
        assert mine.kroner.sum() < 0


@pytest.mark.parametrize(("lang", "treasury"), [("da", "Kommunekassen"), ("en", "Treasury")])
def test_the_treasury_stands_in_the_budget_table_under_its_name(
    aarhus: Comparison, lang: Language, treasury: str
) -> None:
    lines = as_text(design_lines(aarhus, "dsi", lang, 120)).splitlines()
    at = lines.index(next(line for line in lines if line.startswith(treasury)))
    assert lines[at + 1].split()[0] == {"da": "finansiering", "en": "financing"}[lang]


def test_the_treasury_has_its_name_also_beside_committees_that_the_user_names() -> None:
    own = committee_names("da", ["social", "Børn_og_Unge", "treasury"])
    assert own == {"social": "social", "Børn_og_Unge": "Børn og Unge", "treasury": "kommunekassen"}


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        (
            "da",
            (
                "Kommunen: kommunekassen",
                "Andre kommuner",
                "Borgere på venteliste (pladser, ikke penge)",
                "Den forventede effekt er nedsat med 20 % for optimisme.",
                "Den forventede gevinst er nedsat med 10,5 % for optimisme.",
                "Medregnet i kommunekassen: sanktion i bloktilskuddet, udligning, budgetgaranti og fondsmoms.",
            ),
        ),
        (
            "en",
            (
                "Municipality: treasury",
                "Other municipalities",
                "Citizens on the waiting list (places, not money)",
                "The expected effect is cut by 20% for optimism.",
                "The expected gain is cut by 10.5% for optimism.",
                "Reckoned with in the treasury: block-grant sanction, equalisation, budget guarantee and fondsmoms",
            ),
        ),
    ],
)
def test_the_page_says_who_else_gains_and_which_rules_are_on(
    aarhus: Comparison, lang: Language, told: tuple[str, ...]
) -> None:
    text = " ".join(as_text(comparison_lines(aarhus, lang, 250)).split())
    assert [sentence for sentence in told if sentence not in text] == []


def test_fondsmoms_and_sanction_are_fees_and_the_price_is_still_the_sum_of_its_parts(aarhus: Comparison) -> None:
    frame = aarhus.summary().set_index(["design", "figure"])
    for design in ("dsi", "dsk"):
        parts = [frame.loc[(design, f"price_{part}")] for part in ("investor_return", "fees", "state_co_payment")]
        difference = frame.loc[(design, "difference_from_ordinary")]["value"]
        assert sum(part["value"] for part in parts) == pytest.approx(-difference, abs=1e-3)


def test_what_rules_take_of_gains_is_no_outlay_for_results(aarhus: Comparison) -> None:
    plain = aarhus.results.scenario.model_copy(update={"purse": type(aarhus.results.scenario.purse)()})
    without = compare(plain, 100, workers=1, break_even=False).summary().set_index(["design", "figure"])
    with_rules = aarhus.summary().set_index(["design", "figure"])
    key = ("ordinary_budget", "cost_per_extra_result")
    assert with_rules.loc[key]["value"] == without.loc[key]["value"]


def test_all_parties_together_gain_the_resources_set_free(aarhus: Comparison) -> None:
    gains = aarhus.who_gains()
    assert gains.groupby("design")["mean"].sum().abs().max() < 1e-3
    assert set(gains.party) >= {"waiting_list", "other_municipalities", "state", "resources"}
