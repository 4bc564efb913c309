"""The families and health files of the library say what is published, mark every number, and simulate sanely."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from contracts.clauses import Band, Scheduled, UnitPrice
from contracts.compiled import compile_terms
from contracts.entitlement import entitle
from contracts.facts import Facts
from contracts.limits import ReturnCeiling
from contracts.money import PPM
from contracts.terms import Terms
from scenarios import Scenario, library, load
from scenarios.lives import OutcomeMeasure
from simulations.run import Results, block_of, simulate
from simulations.setup import Variant, prepare


class Deal(NamedTuple):
    """What denmark.md says of a deal, in whole kroner; years: of start and end, where published."""

    municipality: str
    group: str
    capital: int
    citizens: int | None
    years: tuple[int | None, int | None]


DEALS = {
    "aarhus-dialog-mod-vold": Deal("0751", "families_and_children", 4_800_000, 25, (None, None)),
    "rudersdal-aaben-og-rolig": Deal("0230", "health", 1_000_000, 70, (2022, None)),
    "vejle-familiebehandling": Deal("0630", "families_and_children", 4_800_000, 25, (2022, 2025)),
    "aarhus-diabetes": Deal("0751", "health", 13_300_000, 450, (2022, 2028)),
    "aarhus-laer-for-livet": Deal("0751", "families_and_children", 17_400_000, 80, (2022, 2035)),
    "ikast-brande-housing-first": Deal("0756", "adults_far_from_work", 3_600_000, 20, (2022, 2027)),
    "viborg-relationel-velfaerd": Deal("0791", "families_and_children", 5_300_000, 180, (2023, 2026)),
    "fonden-mental-sundhed": Deal("0101", "health", 2_900_000, None, (2021, 2027)),
}
every_file = pytest.mark.parametrize("name", DEALS)


@lru_cache
def scenario(name: str) -> Scenario:
    return load(library()[name])


def terms(name: str) -> Terms:
    found = scenario(name).terms("dsi")
    assert found is not None
    return found


def band(name: str, clause: str) -> Band:
    found = terms(name).clauses[clause]
    assert isinstance(found, Band)
    return found


def steps(name: str, clause: str) -> list[tuple[str, Decimal] | None]:
    return [step.comparison for step in band(name, clause).steps or ()]


def nodes(name: str, clause: str) -> list[Decimal]:
    return [node.at for node in band(name, clause).nodes or ()]


@lru_cache
def simulated(name: str) -> Results:
    return simulate(scenario(name), 200, 1, workers=1)


def shares(name: str, metric: str, replications: int = 2000) -> dict[int, float]:
    """The simulated share that reaches a goal with the intervention, by follow-up month."""
    found = simulate(scenario(name), replications, 5, designs=["ordinary_budget"]).designs["ordinary_budget"]
    return {
        point: with_ / found.measured[metric, point]
        for (each, point), (with_, _) in found.reached.items()
        if each == metric
    }


@every_file
def test_the_file_says_what_is_published_of_the_deal(name: str) -> None:
    deal, found = DEALS[name], scenario(name)
    assert (found.municipality, found.group, found.language) == (deal.municipality, deal.group, "da")
    assert len(found.title) <= 75
    assert sum((found.intervention.costs.amounts or {}).values()) == deal.capital
    assert (found.intervention.costs.mark, found.intervention.costs.source) == ("P", "dsi-deals")
    if deal.citizens is not None:
        assert (found.target_group.citizens, found.target_group.mark) == (deal.citizens, "P")
        assert terms(name).citizens.most == deal.citizens
    contract = terms(name)
    assert contract.start is not None
    assert contract.end is not None
    for stated, published in zip((contract.start.year, contract.end.year), deal.years, strict=True):
        assert published in (None, stated)


@every_file
def test_it_compares_the_ordinary_budget_the_deal_and_a_pool(name: str) -> None:
    kinds = {key: design.kind for key, design in scenario(name).designs.items()}
    assert (kinds["ordinary_budget"], kinds["dsi"]) == ("ordinary_budget", "external_investor")
    assert "internal_fund" in kinds.values()


@every_file
def test_it_simulates_with_results_that_one_can_believe(name: str) -> None:
    capital = DEALS[name].capital
    results = simulated(name)
    for key, found in results.designs.items():
        assert np.isfinite(found.net).all()
        assert (found.enrolled == scenario(name).target_group.citizens).all()
        if key == "dsi":
            assert 0.95 < found.paid.mean() / 100 / capital < 1.20
        elif scenario(name).designs[key].kind == "internal_fund":
            assert found.paid.max() <= capital * 100


def test_dialog_mod_vold_pays_for_the_six_published_goals() -> None:
    clauses = terms("aarhus-dialog-mod-vold").clauses
    assert list(clauses) == [
        "vold ophørt",
        "ingen skadestue",
        "ingen sigtelser",
        "ingen krisecenter",
        "ingen anden familiebehandling",
        "lavere samlet forbrug",
    ]
    last = scenario("aarhus-dialog-mod-vold").measures["lavere samlet forbrug"]
    assert isinstance(last, OutcomeMeasure)
    assert last.at_months == (60,)
    assert (terms("aarhus-dialog-mod-vold").start, terms("aarhus-dialog-mod-vold").end) == (
        date(2021, 1, 1),
        date(2025, 12, 31),
    )


def test_in_rudersdal_as_many_are_not_severely_stressed_after_a_year_as_came_out() -> None:
    assert steps("rudersdal-aaben-og-rolig", "gennemført") == [("at_least", Decimal("0.85"))]
    assert Decimal("0.6") in nodes("rudersdal-aaben-og-rolig", "ikke svært stresset")
    assert abs(shares("rudersdal-aaben-og-rolig", "ikke svært stresset")[12] - 0.60) < 0.01
    assert shares("rudersdal-aaben-og-rolig", "gennemført")[3] > 0.85


def test_in_the_diabetes_deal_162_of_450_complete_and_50_of_them_cut_their_blood_sugar() -> None:
    found, contract = scenario("aarhus-diabetes"), terms("aarhus-diabetes")
    assert (contract.start, contract.end) == (date(2022, 2, 1), date(2028, 1, 31))
    drop_out = found.intervention.drop_out
    assert drop_out is not None
    assert drop_out.ever_by is not None
    assert drop_out.ever_by.share == 1 - Decimal(162) / 450
    assert abs(shares("aarhus-diabetes", "gennemført", 400)[7] * 450 - 162) < 3
    clause = contract.clauses["lavere langtidsblodsukker"]
    assert isinstance(clause, UnitPrice)
    assert set(clause.prices or ()) == {12, 24, 36}
    assert [gate.metric for gate in clause.requires] == ["gennemført"]
    replications = 200
    seen = block_of(prepare(found), 1, "keyed", 0, replications).world(Variant()).follow_ups
    completed = next(each.reached for each in seen if each.metric == "gennemført")
    lowered = [each.reached for each in seen if each.metric == "lavere langtidsblodsukker"]
    both = [len(np.intersect1d(completed, each)) / replications for each in lowered]
    assert abs(np.mean(both) - 50) < 1.5


def test_laer_for_livet_has_the_published_goals_ceiling_and_guarantee() -> None:
    name = "aarhus-laer-for-livet"
    contract = terms(name)
    assert (contract.capital["DSI"], sum(contract.capital.values())) == (Decimal("0.5"), 1)
    (ceiling,) = contract.limits
    assert isinstance(ceiling, ReturnCeiling)
    assert (ceiling.rate, ceiling.mark) == (Decimal("0.046"), "P")
    assert contract.guarantee is not None
    guarantee = contract.guarantee
    assert (guarantee.by, guarantee.mark) == ("Lauritzen Fonden", "P")
    assert guarantee.amount == 4_000_000
    goals = {
        ("deltager", 24): "0.8",
        ("deltager", 48): "0.7",
        ("deltager", 72): "0.55",
        ("afgangseksamen", 72): "0.69",
        ("ungdomsuddannelse", 96): "0.52",
    }
    clauses = [clause for clause in contract.clauses.values() if isinstance(clause, Band)]
    for (metric, month), goal in goals.items():
        mine = [c for c in clauses if c.metric == metric and (not c.months or month in c.months)]
        assert [any(node.at == Decimal(goal) for node in clause.nodes or ()) for clause in mine] == [True]
        assert abs(shares(name, metric, 1000)[month] - float(goal)) < 0.01


def test_viborg_has_its_five_goals_and_landsbyggefonden_pays_too() -> None:
    contract = terms("viborg-relationel-velfaerd")
    assert len(contract.clauses) == 5
    assert any("Landsbyggefonden" in shares for _, shares in contract.split_paths())
    assert (contract.start, contract.end) == (date(2023, 11, 1), date(2026, 10, 31))


def test_fonden_mental_sundhed_is_a_plain_loan_to_the_supplier() -> None:
    found = scenario("fonden-mental-sundhed")
    assert found.designs["dsi"].capital_to == "supplier"
    assert [type(clause) for clause in terms("fonden-mental-sundhed").clauses.values()] == [Scheduled]
    paid = simulated("fonden-mental-sundhed").designs["dsi"].paid
    assert (paid == paid[0]).all()


def earned(name: str, found: dict[tuple[str, str], tuple[int, int]]) -> dict[str, int]:
    """Kroner that each clause has earned at the contract's end; found: (metric, group) → (reached, measured)."""
    plan = compile_terms(terms(name))
    many = len(found)
    keys = list(found)

    def column(values: list[int]) -> Any:
        return np.array(values, np.int64)

    facts = Facts(
        row=np.zeros(many, np.int64),
        person=np.full(many, -1, np.int64),
        day=np.full(many, plan.start_day, np.int64),
        statement=np.zeros(many, np.int64),
        metric=column([plan.metrics.index(metric) for metric, _ in keys]),
        point=np.zeros(many, np.int64),
        quantity=column([found[key][0] * PPM for key in keys]),
        of=column([found[key][1] * PPM for key in keys]),
        group=column([plan.groups.index(group) if group in plan.groups else -1 for _, group in keys]),
    )
    drawn = np.full((1, len(plan.statement_days)), DEALS[name].capital * 100, np.int64)
    due = entitle(plan, facts, 1, drawn=drawn).amount[0, :, -1]
    return {clause: int(due[number]) // 100 for number, clause in enumerate(plan.columns[: len(plan.clauses)])}


VEJLE = "vejle-familiebehandling"
ALL_MET = {
    ("handleplansmål", ""): (20, 25),
    ("færre støttetimer", ""): (20, 25),
    ("mindre skolefravær", ""): (20, 25),
    ("ingen anbringelsesrisiko", "intensiv"): (3, 5),
    ("ingen anbringelsesrisiko", "almindelig"): (0, 20),
}


def test_vejle_has_20_ordinary_and_5_intensive_courses() -> None:
    assert scenario(VEJLE).target_group.groups == {"almindelig": 20, "intensiv": 5}
    assert steps(VEJLE, "handleplansmål") == [("at_least", Decimal("0.8"))]
    assert steps(VEJLE, "ingen anbringelsesrisiko") == [("at_least", Decimal("0.5"))]
    assert band(VEJLE, "ingen anbringelsesrisiko").for_groups == ("intensiv",)


def test_vejle_pays_capital_and_premium_when_all_goals_are_met() -> None:
    found = earned(VEJLE, ALL_MET)
    premium = found.pop("risikopræmie")
    assert sum(found.values()) == 4_800_000
    assert premium == 576_000


@pytest.mark.parametrize(
    ("goal", "just_below"),
    [
        (("handleplansmål", ""), (19, 25)),
        (("ingen anbringelsesrisiko", "intensiv"), (2, 5)),
    ],
)
def test_vejle_pays_neither_a_goal_just_missed_nor_the_premium(goal: tuple[str, str], just_below: Any) -> None:
    met, found = earned(VEJLE, ALL_MET), earned(VEJLE, ALL_MET | {goal: just_below})
    assert met[goal[0]] > 0
    assert (found[goal[0]], found["risikopræmie"]) == (0, 0)
    others = set(met) - {goal[0], "risikopræmie"}
    assert all(found[clause] == met[clause] for clause in others)


IKAST = "ikast-brande-housing-first"
MET = {
    ("gennemført", ""): (16, 20),
    ("under 6 herbergsnætter", "storforbruger"): (8, 10),
    ("under 6 herbergsnætter", "øvrig"): (0, 10),
    ("lidt eller ingen støtte", "øvrig"): (6, 10),
    ("lidt eller ingen støtte", "storforbruger"): (0, 10),
}


def test_ikast_brande_has_the_published_thresholds() -> None:
    assert steps(IKAST, "gennemført") == [("at_least", Decimal("0.8"))]
    assert steps(IKAST, "under 6 herbergsnætter") == [("at_least", Decimal("0.8"))]
    assert steps(IKAST, "lidt eller ingen støtte") == [("at_least", Decimal("0.6"))]


@pytest.mark.parametrize(
    ("goal", "just_below"),
    [
        (("gennemført", ""), (15, 20)),
        (("under 6 herbergsnætter", "storforbruger"), (7, 10)),
        (("lidt eller ingen støtte", "øvrig"), (5, 10)),
    ],
)
def test_ikast_brande_pays_at_the_thresholds_and_less_just_below(goal: tuple[str, str], just_below: Any) -> None:
    met, found = earned(IKAST, MET), earned(IKAST, MET | {goal: just_below})
    clause = band(IKAST, goal[0])
    (step,) = clause.steps or ()
    below = clause.otherwise.share if clause.otherwise else Decimal(0)
    assert step.share is not None
    assert below is not None
    assert below < step.share
    for paid, share in ((met, step.share), (found, below)):
        assert paid[goal[0]] == len(clause.due) * share * 3_600_000
    assert {key: paid for key, paid in met.items() if key != goal[0]} == {
        key: paid for key, paid in found.items() if key != goal[0]
    }
