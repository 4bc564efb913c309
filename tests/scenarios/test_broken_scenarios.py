"""What a newcomer gets wrong in a scenario is told once, at its place, with a mend that mends it."""

import re
from pathlib import Path

import pytest

import scenarios
from scenarios import LoadError, Scenario
from scenarios.loading import Problem, load_text

GOOD = """\
title: Terapi til familier
municipality: "0630"
start: 2023-01-01
horizon_years: 7
sources: {nb: "Nøgletal 2024"}
target_group: {citizens: 25, intake: {per_month: 2, places: 10}}
intervention:
  months: 6
  costs:
    cost_clock: citizen
    per_citizen: {at_start: 25000, per_month: 25000}
    committee: børneudvalg
domains:
  home:
    kind: hazards
    states: [hjemme, anbragt]
    without:
      hjemme -> anbragt: {yearly_share: 0.3}
    with:
      hjemme -> anbragt: {hazard_ratio: 0.6}
economy:
  placement: {domain: home, state: anbragt, gross_per_year: 1160000, committee: børneudvalg, class: service}
measures:
  at_home: {kind: outcome, domain: home, state: hjemme, over_months: 6, at_months: [6, 12]}
  saving: {kind: saving, lines: [placement]}
  other: {kind: saving}
parties:
  DSI: {role: investor}
designs:
  own:
    kind: ordinary_budget
  dsi:
    kind: external_investor
    contract:
      capital: {DSI: 1}
      clauses:
        home: {kind: unit_price, metric: at_home, prices: {6: 30000}, payers: {municipality: 1}}
        gain: {kind: savings_share, metric: saving, tiers: [{share: 0.4}], payers: {municipality: 1}}
      limits: [{kind: total, amount: 3000000}]
"""

CPR = "looks like a CPR number: use a pseudonym"


def problems_in(text: str) -> tuple[Problem, ...]:
    with pytest.raises(LoadError) as caught:
        load_text(text, Scenario, file="case.yaml")
    return caught.value.problems


def test_the_scenario_without_errors_loads() -> None:
    assert load_text(GOOD, Scenario).title == "Terapi til familier"


CASES = [
    # as it stands, as it is broken (the ! stands before the place), words of the message, words of the hint
    ("citizens: 25", "citizens: !25,5", "a decimal comma in '25,5'", "write a whole number, such as 26"),
    ("citizens: 25", "citizens: !femogtyve", "expected a whole number", "write 25"),
    ("citizens: 25", "citizens: !0", "expected at least 1, found 0", "write 1 or more"),
    ("per_month: 2,", "per_month: !0.5,", "expected a whole number", "write a whole number, such as 1"),
    ("1160000", "!1.160.000,00", "a decimal comma", "write 1160000"),
    ("1160000", '!"1,16 mio. kr."', "expected a whole number", "write 1160000"),
    ("1160000", "!-1160000", "expected at least 0", "write 1160000, without the minus (whole kroner)"),
    ("1160000", "!1.160", "can be read in two ways", "write 1160"),
    ("start: 2023-01-01", "start: !0023-01-01", "expected a start from 1990 to 2100", "such as 2023-01-01"),
    ("start: 2023-01-01", "start: !2101-01-01", "expected a start from 1990 to 2100", "such as 2023-01-01"),
    ("start: 2023-01-01", "start: !2023-01-01T00:00:00", "expected a date", "write 2023-01-01"),
    ("start: 2023-01-01", "start: !1. januar 2023", "expected a date", "write 2023-01-01"),
    ("start: 2023-01-01", "start: !2023", "expected a date", "write 2023-01-01"),
    ("start: 2023-01-01", "start: !0", "expected a date", "write year-month-day"),
    ("horizon_years: 7", "horizon_years: !7 år", "expected a whole number, found '7 år'", "write 7"),
    ('"0630"', "!Vejle", "a municipality code of four digits in quotes", "write it in that form"),
    ('"0630"', "!630", "expected a text, found 630", 'put it in quotes: "0630"'),
    ('"0630"', '"0630"\nlanguage: !dk', "expected 'da' or 'en'", "did you mean 'da'?"),
    ("over_months: 6, at_months: [6", "over_months: 9, at_months: [!6", "cannot be reached at month 6", "month 9"),
    ("at_months: [6, 12]", "at_months: !6, 12", "expected a list, found 6", "write [6, 12] for a list"),
    ("prices: {6:", "prices: {!7:", "is not measured at month 7", "measured at months 6, 12"),
    ("metric: at_home", "metric: !other", "is a saving, not an outcome", "kind: savings_share"),
    ("metric: saving", "metric: !at_home", "is an outcome", ""),
    ("prices: {6: 30000}, payers: {muni", "prices: {6: 30000}, payers: {!mini", "unknown payer", "'municipality'?"),
    ("payers: {municipality", "payers: {!kommunen", "unknown payer 'kommunen'", "did you mean 'municipality'?"),
    ("payers: {municipality", "payers: {!Kommune", "unknown payer 'Kommune'", "did you mean 'municipality'?"),
    ("payers: {municipality", "payers: {!staten", "unknown payer 'staten'", "did you mean 'state'?"),
    ("payers: {municipality", "payers: {!regionen", "unknown payer 'regionen'", "did you mean 'region'?"),
    ("capital: {DSI: 1}", "capital: {!DSK: 1}", "unknown party 'DSK'", "did you mean 'DSI'?"),
    ("capital: {DSI: 1}", "capital: !{DSI: 0.9}", "add to 1, found 0.9: 0.1 is missing", "raise it by 0.1"),
    ("{DSI: 1}", "!{DSI: 0.5, Egen: 0.6}", "found 1.1: 0.1 is too much", "lower one of them by 0.1"),
    ("{DSI: 1}", "!{DSI: 0.33, A: 0.33, B: 0.33}", "0.01 is missing", "0.333333, 0.333333, 0.333334"),
    ("{DSI: 1}", "{DSI: !80}", "expected at most 1, found 80", "write 0.8 for 80 %"),
    ("share: 0.4", "share: !3,5", "found a decimal comma in '3,5'", "write 0.035 for 3.5 %"),
    ("share: 0.4", "share: !40 %", "expected a number", "write 0.4"),
    ("tiers: [{share: 0.4}]", "tiers: [!{share: 0.4}, {share: 0.2}]", "needs until_earned", "add until_earned:"),
    ("hazard_ratio: 0.6", "hazard_ratio: !0", "expected at least 0.001", "write 0.001 or more"),
    ("yearly_share: 0.3", "yearly_share: !1", "expected less than 1", "write less than 1, such as 0.99"),
    ("yearly_share: 0.3", "bands: [!{monthly_rate: 0.1}, {monthly_rate: 0.2}]", "needs months", "add months:"),
    ("yearly_share: 0.3", "bands: [{monthly_rate: 0.1, months: !6}]", "the last band", "remove months:"),
    ("limits: [{kind: total, amount: 3000000}]", "limits: !{kind: total, amount: 3000000}", "a list", "[ ] around it"),
    ("    contract:\n", "    !terms:\n", "'terms'; the key 'contract' is missing", "did you mean 'contract'?"),
    ("horizon_years", "!horizont_years", "the key 'horizon_years' is missing", "did you mean 'horizon_years'?"),
    ("      clauses:", "      !klausuler:", "the key 'clauses' is missing", "did you mean 'clauses'?"),
    (
        "    contract:",
        "    start_delay_months: !90\n    contract:",
        "leaves no time before the",
        "fewer than 84",
    ),
]


@pytest.mark.parametrize(("good", "broken", "message", "hint"), CASES)
def test_it_is_told_once_at_its_place_with_a_mend(good: str, broken: str, message: str, hint: str) -> None:
    before, _, after = GOOD.partition(good)
    marked = before + broken + after
    lead = marked[: len(before) + broken.index("!")]
    (problem, *more) = problems_in(marked.replace("!", "", 1))
    assert (problem.line, problem.column) == (lead.count("\n") + 1, len(lead) - lead.rfind("\n"))
    assert message in problem.message
    assert hint in problem.hint
    assert not [other for other in more if "unknown" not in other.message]


@pytest.mark.parametrize(
    ("arrow", "mend"),
    [
        ("hjemme => anbragt", True),
        ("hjemme → anbragt", True),
        ("hjemme --> anbragt", True),
        ("hjemme->anbragt", True),
        ("hjemme to anbragt", True),
        ("hjemme", False),
    ],
)
def test_another_arrow_is_mended_where_it_can_be_guessed(arrow: str, mend: bool) -> None:
    (problem,) = problems_in(GOOD.replace("hjemme -> anbragt: {h", f"{arrow}: {{h"))
    assert "expected a transition such as 'hjemme -> anbragt'" in problem.message
    assert (problem.hint == "write 'hjemme -> anbragt'") == mend


@pytest.mark.parametrize("clock", ["contract", "citizen"])
def test_a_follow_up_that_comes_too_early_is_told_on_either_clock(clock: str) -> None:
    text = GOOD.replace("over_months: 6", "over_months: 9") + f"follow_up_clock: {clock}\n"
    assert "cannot be reached at month 6" in problems_in(text)[0].message


def test_one_year_is_one_year() -> None:
    text = GOOD.replace("horizon_years: 7", "horizon_years: 1").replace("[6, 12]", "[6, 24]")
    assert "the horizon is 1 year:" in problems_in(text)[0].hint


def test_designs_are_named_and_at_least_one() -> None:
    head = GOOD[: GOOD.index("designs:")]
    (empty,) = problems_in(head + "designs: {}\n")
    assert empty.hint == "add at least one (ways to finance it, by name)"
    (listed,) = problems_in(head + "designs:\n  - kind: ordinary_budget\n")
    assert listed.hint == "write a name and ':' instead of '- '"


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("title: Terapi", "title: 010190-1234"),
        GOOD.replace("DSI", "010190-1234"),
        GOOD.replace("  dsi:", '  "0101901234":'),
        GOOD.replace("  dsi:", "  0101901234:"),
        GOOD.replace("  dsi:", "  1101901234:"),
        GOOD.replace("at_home", "a 010190-1234"),
        GOOD.replace("børneudvalg", "udvalg 0101901234"),
        GOOD.replace("placement", '"010190-1234"'),
        GOOD.replace("        home:", '        "010190-1234":'),
        GOOD.replace("Nøgletal 2024", "sag 0101901234, 2024"),
        GOOD.replace("hazard_ratio: 0.6", "hazard_ratio: 0.6, note: 'om 010190-1234.'"),
        GOOD.replace("hazard_ratio: 0.6", "hazard_ratio: 0.6, source: 'sag 010190 1234'"),
        GOOD.replace("    kind: ordinary", "    label: {da: 010190-1234}\n    kind: ordinary"),
        GOOD.replace("hjemme", "010190-1234"),
        GOOD.replace("DSI", "010190_1234"),
        GOOD.replace("DSI", "110190_1234"),
        GOOD.replace("DSI", "010190.1234"),
        GOOD.replace("hazard_ratio: 0.6", "hazard_ratio: 0.6, note: 'CPR0101901234'"),
        GOOD.replace("hazard_ratio: 0.6", "hazard_ratio: 0.6, note: 'om 01-01-90 - 1234'"),
    ],
)
def test_a_cpr_number_is_refused_everywhere_and_not_repeated(text: str) -> None:
    problems = problems_in(text)
    told = "\n".join(problem.render() for problem in problems)
    assert "use a pseudonym" in told
    assert not re.search("0.?1.?01.?90|110190|9.?1.?2.?3.?4", told)


@pytest.mark.parametrize(
    "note",
    [
        "978-0306406157",
        "ISBN 8799406157",
        "https://vive.dk/110121/2020",
        "a3f0101901234b7c",
        "beløbet 1210901234,50 kr.",
        "01019012345",
        "telefon 8645345678, J.nr. 27.36.00-P27-2-23",
    ],
)
def test_other_numbers_in_texts_are_left_alone(note: str) -> None:
    load_text(GOOD.replace("hazard_ratio: 0.6", f"hazard_ratio: 0.6, note: '{note}'"), Scenario)


def test_a_part_of_a_cpr_number_that_is_cut_away_is_not_repeated_either() -> None:
    (problem,) = problems_in(GOOD.replace("citizens: 25", f"citizens: {'a' * 50} 010190-1234"))
    assert problem.message.endswith("aaa xxxxxx-x…'")


def test_no_message_shows_a_pattern() -> None:
    schema = Path(scenarios.__file__).with_name("scenario.schema.json").read_text(encoding="utf-8")
    assert "none in the last" not in schema
    for text in (
        GOOD.replace("børneudvalg", "(udvalg)"),
        GOOD.replace("  dsi:", "  ?dsi:"),
        GOOD.replace("hjemme ->", "->"),
        GOOD.replace('"0630"', "Vejle"),
    ):
        told = "\n".join(problem.message + problem.hint for problem in problems_in(text))
        assert "\\" not in told
        assert "^" not in told
