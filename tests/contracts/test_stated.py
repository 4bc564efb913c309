"""Facts that somebody states are settled without a store, by the contract's own rules, and told line by line."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.aggregate import Refused
from contracts.audit import verify
from contracts.commands import Correct, Dispute, Reject
from contracts.stated import Intake, Leaver, Stated, StatedChange, StatedFacts, settle_stated
from contracts.statement import PaymentStatement, statements_of
from contracts.terms import Terms
from tests.contracts.stories import ONE, day

TERMS = {
    "start": "2020-01-01",
    "end": "2022-12-31",
    "capital": {"DSI": 1},
    "draws": {0: 1000},
    "payers": {"Kommunen": "0.6", "Staten": "0.4"},
    "clauses": {
        "home": {"kind": "unit_price", "price": 100},
        "work": {"kind": "unit_price", "price": 1000, "requires": [{"metric": "home"}]},
        "most": {"kind": "band", "metric": "home", "steps": [{"at_least": "0.5", "pays": 7000}]},
        "gain": {"kind": "savings_share", "tiers": [{"share": "0.5"}]},
        "fee": {"kind": "scheduled", "amounts": {2020: 50}},
    },
    "limits": [{"kind": "per_clause", "clause": "work", "amount": 1500, "excess": "lapses"}],
}


def statements(facts: StatedFacts, **changes: object) -> list[PaymentStatement]:
    terms = Terms.model_validate(TERMS | changes)
    _, events = settle_stated("external_investor", "A case", terms, facts)
    assert verify(events) == []
    return list(statements_of(events))


def refusal(facts: StatedFacts, **changes: object) -> str:
    with pytest.raises(Refused) as caught:
        statements(facts, **changes)
    return str(caught.value)


FACTS = [
    Stated("home", day("2020-03-01"), person="a"),
    Stated("home", day("2020-03-01"), person="b", quantity=0),
    Stated("work", day("2020-05-01"), person="a"),
    Stated("work", day("2020-05-01"), person="b"),
    Stated("work", day("2021-05-01"), person="a"),
    Stated("saving", day("2021-12-31"), amount=90_000),
]


def test_each_line_leads_from_a_fact_to_a_payer() -> None:
    first, second, third, end = statements(StatedFacts(facts=FACTS))
    assert [(line.column, line.person, line.net) for line in first.lines] == [
        ("home", "a", 10_000),
        ("home", "b", 0),
        ("work", "a", 100_000),
    ]
    cells = {clause.column: (clause.entitled, clause.otherwise, clause.paid) for clause in first.clauses}
    assert cells == {
        "home": (10_000, 0, 10_000),
        "work": (100_000, 0, 100_000),
        "most": (700_000, 700_000, 700_000),
        "fee": (5_000, 5_000, 5_000),
    }
    assert first.by_payer == {"Kommunen": 489_000, "Staten": 326_000}
    assert {clause.column: clause.value for clause in first.clauses}["most"] == (ONE, 2 * ONE)
    work = next(clause for clause in second.clauses if clause.column == "work")
    assert (work.entitled, work.cuts, work.paid) == (200_000, {"per_clause": 50_000}, 50_000)
    assert [line.column for line in second.lines] == ["work", "gain"]
    assert (third.paid, end.closing, end.paid) == (0, True, 0)


def test_lines_and_what_a_clause_adds_as_a_whole_make_up_what_it_earned() -> None:
    for statement in statements(StatedFacts(facts=FACTS)):
        for clause in statement.clauses:
            assert clause.entitled == clause.before + clause.lines + clause.otherwise
            assert clause.lines == sum(line.net for line in statement.lines if line.column == clause.column)


def test_a_correction_shows_as_a_line_with_the_difference() -> None:
    fixed = Correct(day("2021-02-01"), "home", 0, (("b", ONE),), day("2020-03-01"))
    _, second, *_ = statements(StatedFacts(facts=FACTS, changes=[StatedChange(fixed)]))
    lines = [(line.column, line.person, line.net) for line in second.lines]
    assert lines == [("home", "b", 10_000), ("work", "b", 100_000), ("work", "a", 100_000), ("gain", None, 45_000)]


def test_a_disputed_result_shows_as_taken_off() -> None:
    objection = Dispute(day("2021-02-01"), "work", 0, ("a",), day("2020-05-01"))
    _, second, *_ = statements(StatedFacts(facts=FACTS[:4], changes=[StatedChange(objection)]))
    assert [(line.person, line.net) for line in second.lines] == [("a", -100_000)]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ([Stated("hjem", day("2020-03-01"), person="a", place="f.csv, row 2")], ("f.csv, row 2", "'home'", "'hjem'")),
        ([Stated("home", day("2019-03-01"), person="a", place="row 3")], ("row 3", "2019-03-01")),
        ([FACTS[0], FACTS[0]._replace(place="row 9")], ("row 9", "'a' twice")),
        ([FACTS[0], FACTS[0]._replace(quantity=0, place="row 9")], ("row 9", "'a' twice")),
        ([Stated("home", day("2020-03-01"), person="101190-1234")], ("CPR", "pseudonym")),
        ([Stated("work", day("2020-03-01"), quantity=3 * ONE)], ("a count", "name the persons")),
        ([Stated("home", day("2020-03-01"), amount=100)], ("'home' is an outcome",)),
        ([Stated("saving", day("2020-03-01"))], ("'saving' is a saving",)),
        ([FACTS[5], FACTS[5]._replace(amount=1)], ("stated twice",)),
        ([FACTS[0]._replace(recorded=day("2020-02-01"))], ("expected a report from 2020-03-01 on",)),
        ([FACTS[0], FACTS[2]._replace(group="x")], ("two subgroups",)),
    ],
)
def test_facts_that_contradict_are_refused_by_name_and_place(facts: list[Stated], words: tuple[str, ...]) -> None:
    told = refusal(StatedFacts(facts=facts))
    for word in words:
        assert word in told
    assert "1234" not in told


def test_an_unknown_person_is_refused_where_enrolments_are_stated() -> None:
    intakes = [Intake(day("2020-01-01"), ("a",))]
    assert "'b', who is not enrolled" in refusal(StatedFacts(facts=FACTS, intakes=intakes))
    early = [Intake(day("2020-04-01"), ("a", "b"))]
    assert "'a', who is not enrolled" in refusal(StatedFacts(facts=FACTS, intakes=early))


def test_an_early_end_lapses_or_settles_what_was_found_since_the_last_statement() -> None:
    facts = FACTS[:-1]
    found = statements(StatedFacts(facts=facts, ended=day("2021-06-30")))
    assert [(statement.date.isoformat(), statement.closing) for statement in found] == [
        ("2020-12-31", False),
        ("2021-06-30", True),
    ]
    settled = statements(
        StatedFacts(facts=facts, ended=day("2021-06-30")), early_end={"results": "settled", "payers": {"Kommunen": 1}}
    )[-1]
    assert [(clause.column, clause.paid) for clause in settled.clauses if clause.paid] == [("work", 50_000)]


def test_nothing_is_found_after_an_early_end() -> None:
    told = refusal(StatedFacts(facts=FACTS, ended=day("2021-06-30")))
    assert "expected a day up to 2021-06-30, the contract's early end, found 2021-12-31" in told
    left = [Leaver(day("2021-07-01"), ("a",), "moved")]
    told = refusal(StatedFacts(facts=FACTS[:-1], leavers=left, ended=day("2021-06-30")))
    assert "left: expected a day up to 2021-06-30" in told


def test_a_run_off_draws_no_more_of_the_agreed_capital() -> None:
    agreed = {"early_end": {"results": "run_off", "payers": {"Kommunen": 1}}, "draws": {0: 1000, 24: 500}}
    found = statements(StatedFacts(facts=FACTS, ended=day("2020-06-30")), **agreed)
    assert found[-1].drawn == 100_000


def test_a_run_off_settles_the_follow_ups_until_the_agreed_end() -> None:
    agreed = {"results": "run_off", "payers": {"Kommunen": 1}}
    found = statements(StatedFacts(facts=FACTS, ended=day("2020-06-30")), early_end=agreed)
    assert [statement.paid for statement in found] == [815_000, 95_000, 0, 0]


def test_too_few_enrolled_is_told_in_the_statement() -> None:
    facts = StatedFacts(intakes=[Intake(day("2020-01-01"), ("a",))])
    first, *_ = statements(facts, citizens={"least_by": {6: 2}})
    assert first.remarks == (("few_enrolled", {"least": 2, "found": 1, "date": day("2020-06-30")}),)


def test_who_left_counts_as_the_terms_say_in_the_denominator() -> None:
    clauses = {"most": {"kind": "band", "metric": "home", "steps": [{"at_least": "0.5", "pays": 7000}]}}
    left = [Leaver(day("2020-02-01"), ("b",), "lost")]
    round_ = [
        Stated("home", day("2020-12-01"), month=12, person="a"),
        Stated("home", day("2020-12-01"), 12, "c", quantity=0),
    ]
    intakes = [Intake(day("2020-01-01"), ("a", "b", "c"))]
    facts = StatedFacts(facts=round_, intakes=intakes, leavers=left)
    rules = {"excluded": 700_000, "failed": 0, "last_known": 0}
    for rule, paid in rules.items():
        citizens = {"leaving": {"lost": rule}}
        assert statements(facts, clauses=clauses, limits=[], citizens=citizens)[0].paid == paid


def test_every_enrolment_counts_where_the_terms_read_it() -> None:
    clauses = {"enrolled": {"kind": "unit_price", "price": 10}}
    intakes = [Intake(day("2020-02-01"), ("a", "b")), Intake(day("2021-02-01"), ("c",))]
    found = statements(StatedFacts(intakes=intakes), clauses=clauses, limits=[])
    assert [statement.paid for statement in found] == [2_000, 1_000, 0, 0]


def test_a_report_within_the_reporting_days_joins_its_own_statement_also_before_later_draws() -> None:
    late = FACTS[0]._replace(date=day("2020-12-31"), recorded=day("2021-01-20"))
    draws = {day("2020-01-01"): 100_000, day("2021-01-05"): 100_000}
    agreed = {"statements": {"every_months": 12, "reporting_days": 30}, "draws": "as_costs"}
    found = statements(StatedFacts(facts=[late], draws=draws), **agreed)
    assert found[0].lines[0].person == "a"
    late_everywhere = statements(StatedFacts(facts=[late], draws=draws), draws="as_costs")
    assert (found[0].date, late_everywhere[1].lines[0].person) == (day("2020-12-31"), "a")


WINDOW = {"statements": {"every_months": 12, "reporting_days": 45}, "overpayment": "repaid", "limits": []}


def rejected(on: str) -> Reject:
    return Reject(day(on), "home", 0, ("b",), found=day("2020-12-01"))


@pytest.mark.parametrize("idle", [[], [Stated("home", day("2020-12-02"), quantity=0, recorded=day("2021-01-05"))]])
def test_a_change_within_the_reporting_days_joins_the_statement_whatever_else_is_reported(idle: list[Stated]) -> None:
    agreed = WINDOW | {"clauses": {"home": TERMS["clauses"]["home"]}}  # type: ignore[index]
    facts = [Stated("home", day("2020-12-01"), person=who) for who in ("a", "b")] + idle
    paid = {}
    for on in ("2021-02-14", "2021-02-15"):
        paid[on] = [
            each.paid for each in statements(StatedFacts(facts=facts, changes=[StatedChange(rejected(on))]), **agreed)
        ]
    assert paid == {"2021-02-14": [10_000, 0, 0, 0], "2021-02-15": [20_000, -10_000, 0, 0]}


@pytest.mark.parametrize("ended", [None, "2020-12-31"])
def test_results_and_changes_within_the_reporting_days_count_at_the_end_too(ended: str | None) -> None:
    end = {"end": "2021-12-31", "early_end": {"results": "settled"}} if ended else {"end": "2020-12-31"}
    agreed = WINDOW | end | {"clauses": {"home": TERMS["clauses"]["home"]}}  # type: ignore[index]
    facts = [Stated("home", day("2020-12-01"), person="b")]
    facts += [Stated("home", day("2020-12-31"), person="c", recorded=day("2021-01-10"), quantity=2 * ONE)]
    told = StatedFacts(facts=facts, changes=[StatedChange(rejected("2021-02-14"))], ended=day(ended) if ended else None)
    assert sum(each.paid for each in statements(told, **agreed)) == 20_000
    after = "after the early end" if ended else "after the end"
    late = replace(told, facts=[facts[0]._replace(recorded=day("2021-02-15"))], changes=())
    assert after in refusal(late, **agreed)
    assert "changed: expected a day up to 2021-02-14" in refusal(
        replace(told, changes=[StatedChange(rejected("2021-02-15"))]), **agreed
    )


@st.composite
def stated(draw: st.DrawFn) -> list[Stated]:
    days = st.dates(dt.date(2020, 1, 1), dt.date(2022, 12, 31))
    metrics = st.sampled_from(("home", "work"))
    persons, quantities = st.sampled_from(("a", "b", "c")), st.integers(0, 3 * ONE)
    found = st.tuples(metrics, days, st.just(0), persons, st.just(""), quantities).map(lambda told: Stated(*told))
    facts = draw(st.lists(found, max_size=8, unique_by=lambda fact: (fact.metric, fact.person, fact.date)))
    amounts = st.integers(-(10**6), 10**6)
    savings = st.tuples(days, amounts).map(lambda told: Stated("saving", told[0], amount=told[1]))
    return facts + draw(st.lists(savings, max_size=3, unique_by=lambda fact: fact.date))


@settings(max_examples=60, deadline=None)
@given(stated(), st.randoms())
def test_the_order_in_which_facts_are_stated_changes_nothing(facts: list[Stated], random: object) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    intakes = [Intake(day("2020-01-01"), ("a", "b", "c"))]
    told = [statements(StatedFacts(facts=each, intakes=intakes)) for each in (facts, shuffled)]
    assert [[replace(s, version=0) for s in found] for found in told[:1]] == [
        [replace(s, version=0) for s in found] for found in told[1:]
    ]
