"""Every word stands in both languages, and the Danish ones are those that municipalities use."""

import re
from pathlib import Path
from string import Formatter

import pytest

from contracts.audit import AGGREGATES
from contracts.events import EVENTS
from reports.key_figures import FIGURES
from reports.pools import POOL_GROUPS
from reports.texts import DA, EN, GROUPS, KINDS, TABLES, bare, counted, design_label, listed, names, say, word
from scenarios import Scenario, load

ROOT = Path(__file__).parents[2]


@pytest.fixture
def example() -> Scenario:
    return load(ROOT / "tests/data/worked-example.yaml")


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_places() -> None:
    assert list(DA) == list(EN)
    assert {key: _places(text) for key, text in DA.items()} == {key: _places(text) for key, text in EN.items()}


def test_every_figure_stands_once_under_a_heading() -> None:
    assert sorted(key for keys in GROUPS.values() for key in keys) == sorted(FIGURES)
    every = (*FIGURES, *(key for keys in POOL_GROUPS.values() for key in keys))
    assert {f"figure.{key}" for key in every} == {key for key in DA if key.startswith("figure.")}
    assert {f"group.{key}" for key in GROUPS} <= set(DA)


def test_every_event_and_kind_has_a_word() -> None:
    assert {f"event.{each.topic}" for each in EVENTS} == {key for key in DA if key.startswith("event.")}
    assert {f"kind.{kind}" for kind in AGGREGATES} == {key for key in DA if key.startswith("kind.")}


def test_every_key_that_the_code_says_is_there() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "reports").rglob("*.py"))
    said = set(re.findall(r'say\(\s*\w+,\s*"([^"{]+)"', code))
    assert len(said) > 20
    assert said <= set(DA)


@pytest.mark.parametrize("avoided", ["resultatopgørelse", "overførsler", "CVaR", "frø", "gentagelse"])
def test_words_that_mislead_are_avoided(avoided: str) -> None:
    assert not [key for key, text in DA.items() if re.search(rf"\b{avoided}", bare(text), re.IGNORECASE)]


def test_a_conditional_grant_is_not_called_a_loan() -> None:
    assert "lån" not in bare(DA["design.dsi"]) + DA["event.contract.drawn"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("ordinary_budget", "Egenfinansiering (driftsbudget)"),
        ("dsi", "Betinget tilskud (DSI)"),
        ("dsk", "Gevinstdeling (DSK)"),
        ("pool_realised", "Pulje med tilbagebetaling af realiseret gevinst"),
        ("pool_budgeted", "Pulje med budgetreduktion"),
    ],
)
def test_usual_designs_have_their_danish_names(key: str, expected: str) -> None:
    assert bare(say("da", f"design.{key}")) == expected


def test_a_design_is_called_by_its_label_then_its_usual_name_then_its_key(example: Scenario) -> None:
    assert design_label(example, "ordinary", "da") == "Ordinary"
    assert design_label(example, "rate_card", "da") == "Rate card"
    own = example.designs["rate_card"].model_copy(update={"label": {"da": "Vores aftale"}})
    named = example.model_copy(update={"designs": example.designs | {"rate_card": own}})
    assert design_label(named, "rate_card", "da") == "Vores aftale"
    assert design_label(named, "rate_card", "en") == "Rate card"


@pytest.mark.parametrize("key", KINDS)
def test_a_usual_key_has_its_usual_name_only_for_a_design_of_its_kind(key: str, example: Scenario) -> None:
    of_kind = {design.kind: design for design in example.designs.values()}
    for kind, design in of_kind.items():
        label = design_label(example.model_copy(update={"designs": {key: design}}), key, "da")
        assert (label == DA[f"design.{key}"]) == (kind == KINDS[key])
        assert label[0].isupper()


def test_names_are_translated_all_or_none() -> None:
    assert names("da", "measure", ["stable_housing", "self_mastery"]) == {
        "stable_housing": "stabil bolig",
        "self_mastery": "mestring af eget liv",
    }
    own = {"stable_housing": "stable housing", "i_arbejde": "i arbejde"}
    assert names("da", "measure", ["stable_housing", "i_arbejde"]) == own


def test_one_is_not_said_as_many() -> None:
    assert counted("da", "replication", 1) == "1 simulering"
    assert counted("da", "replication", 10_000, "10.000") == "10.000 simuleringer"
    assert counted("en", "year", 1) == "1 year"
    nouns = {key.removesuffix("s") for key in DA if key.startswith("count.")}
    assert {f"{noun}{ending}" for noun in nouns for ending in ("", "s")} <= set(DA)


def test_what_the_user_names_is_left_as_it_is() -> None:
    assert word("da", "party", "Bikubenfonden") == "Bikubenfonden"
    assert word("da", "party", "state") == "Staten"
    assert listed("da", ["a", "b", "c"]) == "a, b og c"


def test_both_languages_are_known() -> None:
    assert set(TABLES) == {"da", "en"}
