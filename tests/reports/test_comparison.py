"""The way from a scenario to its tables: the worked example to the krone, and what must hold for every scenario."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports import Comparison, compare
from reports.key_figures import FIGURES, internal_rate
from scenarios import Scenario, load
from simulations.results import RESOURCES

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "tests" / "data" / "worked-example.yaml"
AARHUS = ROOT / "scenarios" / "aarhus-unge-hjemloese.yaml"
YEARS = (2020, 2021, 2022)
DESIGNS = ("ordinary", "rate_card", "pool", "gain_share")
FRAMES = ("summary", "cash_flow", "who_gains", "who_gains_by_year", "service_room", "appropriation", "results_reached")

BY_PARTY = {  # the worked example's table: design, party, committee: 2020, 2021, 2022, sum
    ("ordinary", "municipality", None): (-1_152_000, -228_000, 1_040_400, -339_600),
    ("ordinary", "state", ""): (648_000, 972_000, 867_600, 2_487_600),
    ("pool", "state", ""): (648_000, 972_000, 867_600, 2_487_600),
    ("gain_share", "state", ""): (648_000, 972_000, 867_600, 2_487_600),
    ("rate_card", "municipality", None): (216_000, 108_000, 379_845, 703_845),
    ("rate_card", "state", ""): (360_000, 396_000, 427_230, 1_183_230),
    ("rate_card", "investor", ""): (-1_080_000, 240_000, 1_100_925, 260_925),
    ("pool", "pool", ""): (-1_800_000, -300_000, 1_200_000, -900_000),
    ("pool", "municipality", "social"): (648_000, 72_000, -390_000, 330_000),
    ("pool", "municipality", "employment"): (0, 0, 230_400, 230_400),
    ("gain_share", "municipality", None): (129_600, 194_400, 272_240, 596_240),
    ("gain_share", "investor", ""): (-1_281_600, -422_400, 768_160, -935_840),
}
BY_LINE = {  # design, line: 2020, 2021, 2022
    ("ordinary", "saving:shelter"): (1_296_000, 1_944_000, 1_620_000),
    ("ordinary", "refusion:shelter"): (-648_000, -972_000, -810_000),
    ("ordinary", "saving:benefits"): (0, 0, 288_000),
    ("ordinary", "refusion:benefits"): (0, 0, -57_600),
    ("ordinary", "intervention"): (-1_800_000, -1_200_000, 0),
    ("rate_card", "capital"): (1_800_000, 1_200_000, 0),
    ("rate_card", "payment:housing"): (-432_000, -864_000, -660_555),  # 60 % of 720,000, 1,440,000 and 1,100,925
    ("gain_share", "payment:gain"): (-518_400, -777_600, -768_160),
    ("pool", "net"): (-1_152_000, -228_000, 1_040_400),  # the three pool rows add to the ordinary budget's
    ("rate_card", "net"): (216_000, 108_000, 379_845),
}
SERVICE_ROOM = {
    "ordinary": (-1_152_000, -228_000, 810_000),
    "pool": (-1_152_000, -228_000, 810_000),
    "rate_card": (216_000, 108_000, 149_445),
    "gain_share": (129_600, 194_400, 41_840),
}


@pytest.fixture(scope="module")
def example() -> Comparison:
    return compare(EXAMPLE, 3, workers=1)


@pytest.fixture(scope="module")
def aarhus() -> Comparison:
    return compare(AARHUS, 400, workers=1)


def figure(comparison, design, key, column="value"):
    frame = comparison.summary().set_index(["design", "figure"])
    return frame.loc[(design, key), column]


def chosen(frame, party, committee):
    rows = frame[frame.party == party]
    return rows if committee is None else rows[rows.committee == committee]


@pytest.mark.parametrize(("cell", "kroner"), BY_PARTY.items(), ids=lambda cell: " ".join(map(str, cell)))
def test_who_gains_in_the_worked_example_to_the_krone(example, cell, kroner):
    design, party, committee = cell
    by_year = example.who_gains_by_year()
    mine = chosen(by_year[by_year.design == design], party, committee)
    assert [mine[mine.year == year]["mean"].sum() for year in YEARS] == list(kroner[:3])
    total = example.who_gains()
    mine = chosen(total[total.design == design], party, committee)
    assert mine["mean"].sum() == mine["p5"].sum() == mine["p95"].sum() == kroner[3]


@pytest.mark.parametrize(("cell", "kroner"), BY_LINE.items(), ids=lambda cell: " ".join(map(str, cell)))
def test_the_lines_of_the_worked_example_to_the_krone(example, cell, kroner):
    frame = example.cash_flow()
    mine = frame[(frame.design == cell[0]) & (frame.what == cell[1])].set_index("year")
    assert [mine["mean"].get(year, 0) for year in YEARS] == list(kroner)


@pytest.mark.parametrize("design", DESIGNS)
def test_all_parties_but_the_citizens_gain_the_same_under_every_design(example, design):
    frame = example.who_gains_by_year()
    mine = frame[(frame.design == design) & ~frame.party.isin(["citizens", RESOURCES])]
    assert mine.groupby("year")["mean"].sum().tolist() == [-504_000, 744_000, 1_908_000]
    citizens = frame[(frame.design == design) & (frame.party == "citizens")]
    assert citizens["mean"].tolist() == [0, 0, -288_000]
    total = example.who_gains()
    assert total[(total.design == design) & (total.party == RESOURCES)]["mean"].tolist() == [-1_860_000]


@pytest.mark.parametrize("design", DESIGNS)
def test_the_service_room_of_the_worked_example_to_the_krone(example, design):
    frame = example.service_room()
    mine = frame[frame.design == design]
    assert mine["mean"].tolist() == mine["p5"].tolist() == list(SERVICE_ROOM[design])
    assert mine["shortfall"].tolist() == [float(kroner < 0) for kroner in SERVICE_ROOM[design]]
    assert figure(example, design, "service_room_low") == min(SERVICE_ROOM[design])


def test_the_figures_of_the_worked_example(example):
    assert [figure(example, name, "net_gain") for name in DESIGNS] == [-339_600, 703_845, -339_600, 596_240]
    assert figure(example, "rate_card", "difference_from_ordinary") == 1_043_445
    assert figure(example, "rate_card", "price_state_co_payment") == -1_304_370
    assert figure(example, "rate_card", "price_investor_return") == 260_925
    assert figure(example, "rate_card", "price_fees") == 0
    assert figure(example, "rate_card", "investor_irr") == pytest.approx(0.05, abs=1e-12)
    paid = 720_000 + 1_440_000 + 1_260_000 - 159_075  # the claims less what the return ceiling cuts
    assert figure(example, "rate_card", "expected_payment") == paid
    assert figure(example, "rate_card", "investor_multiple") == paid / 3_000_000
    most = 1_800_000 * 1.05**3 + 1_200_000 * 1.05**2  # all capital, with 5 % a year until the end
    assert figure(example, "rate_card", "maximum_payment") == pytest.approx(most, abs=1)
    assert figure(example, "rate_card", "paid_anyway") == pytest.approx(4 * 180_000 / 3_420_000)
    assert figure(example, "rate_card", "investor_largest_exposure") == 1_800_000 - 720_000 + 1_200_000
    assert figure(example, "pool", "investor_multiple") == 2_100_000 / 3_000_000
    assert figure(example, "ordinary", "liquidity_low") == -1_380_000
    assert figure(example, "ordinary", "liquidity_low_year") == 2021
    assert figure(example, "rate_card", "liquidity_low") == 0
    assert figure(example, "rate_card", "liquidity_low_year", "note") == "none"
    assert figure(example, "ordinary", "payback_year", "note") == "none"
    assert (figure(example, "pool", "enrolled"), figure(example, "pool", "enrolled", "unit")) == (10, "citizens")
    assert figure(example, "ordinary", "cost_per_extra_result") == 3_000_000 / 5
    assert figure(example, "ordinary", "break_even_effect", "note") == "not_applicable"
    assert figure(example, "gain_share", "maximum_payment", "note") == "unbounded"


def test_the_pool_of_the_worked_example_in_the_budget(example):
    frame = example.appropriation()
    mine = dict(list(frame[frame.design == "pool"].groupby(["committee", "class"]).kroner))
    assert mine["social", "financing"].tolist() == [1_800_000, 300_000, -1_200_000]
    assert mine["pool", "financing"].tolist() == [-1_800_000, -300_000, 1_200_000]
    assert mine["social", "service"].tolist() == [-1_152_000, -228_000, 810_000]


def test_goals_reached_in_the_worked_example(example):
    frame = example.results_reached()
    mine = frame[frame.design == "rate_card"]
    assert mine.measured.tolist() == [10, 10, 10]
    assert mine.with_intervention.tolist() == [8, 8, 7]
    assert mine.without.tolist() == [0, 2, 2]
    assert mine.extra.tolist() == [8, 6, 5]


@pytest.mark.parametrize("which", ["example", "aarhus"])
def test_every_figure_stands_in_order_with_a_value_or_a_note(request, which):
    frame = request.getfixturevalue(which).summary()
    assert list(frame.columns) == ["design", "figure", "value", "error", "low", "high", "unit", "note"]
    for _, mine in frame.groupby("design"):
        assert tuple(mine.figure) == FIGURES
    assert ((frame.note != "") == frame.value.isna()).all()
    assert set(frame.unit) <= {"kr", "share", "rate", "year", "factor", "citizens"}
    assert set(frame.note) <= {"", "none", "none_seen", "not_applicable", "not_unique", "unbounded", "never_below"}
    assert not np.isinf(frame.value).any()


def test_the_price_of_moving_risk_is_the_sum_of_its_parts(aarhus):
    for design in ("dsi", "dsk", "pool_realised"):
        parts = [figure(aarhus, design, f"price_{part}") for part in ("investor_return", "fees", "state_co_payment")]
        assert sum(parts) == pytest.approx(-figure(aarhus, design, "difference_from_ordinary"), abs=1e-3)


def test_fees_are_part_of_the_price():
    scenario = load(EXAMPLE)
    dearer = scenario.designs["rate_card"].model_copy(update={"transaction_cost": 50_000})
    found = compare(scenario.model_copy(update={"designs": scenario.designs | {"rate_card": dearer}}), 3, workers=1)
    assert figure(found, "rate_card", "price_fees") == 50_000
    assert figure(found, "rate_card", "difference_from_ordinary") == 1_043_445 - 50_000


def test_a_comparison_adds_up(aarhus):
    gains = aarhus.who_gains()
    assert gains.groupby("design")["mean"].sum().abs().max() < 1e-3
    flow = aarhus.cash_flow()
    net = flow[flow.what == "net"].set_index(["design", "year"])["mean"]
    lines = flow[flow.what != "net"].groupby(["design", "year"])["mean"].sum()
    assert (net - lines).abs().max() < 1e-3
    assert (flow.p5 <= flow.p50).all()
    assert (flow.p50 <= flow.p95).all()


def test_appropriations_cover_the_budget_year_and_three_forecast_years(aarhus):
    frame = aarhus.appropriation()
    assert sorted(set(frame.year)) == [2021, 2022, 2023, 2024]
    flow = aarhus.cash_flow()
    for design, mine in frame.groupby("design"):
        net = flow[(flow.design == design) & (flow.what == "net") & (flow.year <= 2024)]
        assert mine.groupby("year").kroner.sum().tolist() == pytest.approx(net["mean"].tolist(), abs=1e-3)


def test_a_design_and_its_copy_differ_by_exactly_zero_in_every_replication():
    scenario = load(AARHUS)
    designs = dict.fromkeys(("dsi", "copy"), scenario.designs["dsi"])
    found = compare(scenario.model_copy(update={"designs": designs}), 200, workers=1, break_even=False)
    mine, copy = found.results.designs.values()
    assert np.array_equal(mine.net, copy.net)
    assert np.array_equal(mine.party_total, copy.party_total)
    for key in ("difference_from_ordinary", "risk_moved", "price_investor_return", "price_state_co_payment"):
        assert (figure(found, "copy", key), figure(found, "copy", key, "error")) == (0, 0)


def test_a_hazard_ratio_of_one_saves_exactly_nothing_in_any_replication():
    scenario = load(AARHUS)
    domains = {}
    for name, domain in scenario.domains.items():
        same = {arrow: effect.model_copy(update={"hazard_ratio": Decimal(1)}) for arrow, effect in domain.with_.items()}
        domains[name] = domain.model_copy(update={"with_": same})
    found = compare(scenario.model_copy(update={"domains": domains}), 200, workers=1, designs=["ordinary_budget"])
    result = found.results.designs["ordinary_budget"]
    assert (result.net == result.net[0]).all()
    assert result.net.sum() == -200 * 100 * sum(scenario.intervention.costs.amounts.values())
    assert not result.saving_year.any()
    assert not result.extra.any()
    assert figure(found, "ordinary_budget", "cost_per_extra_result", "note") == "none"
    assert figure(found, "ordinary_budget", "break_even_effect", "note") == "none"


def test_the_number_of_workers_changes_nothing():
    one, two = (compare(AARHUS, 450, seed=3, workers=workers) for workers in (1, 2))
    for name in FRAMES:
        mine, other = getattr(one, name)(), getattr(two, name)()
        pd.testing.assert_frame_equal(mine, other, check_exact=True)
        assert mine.to_csv() == other.to_csv()


def test_progress_rises_to_the_end():
    seen = []
    compare(
        AARHUS, 400, workers=1, designs=["ordinary_budget"], progress=lambda done, total: seen.append((done, total))
    )
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len({total for _, total in seen}) == 1
    assert seen[-1][0] == seen[-1][1]


def test_without_an_ordinary_budget_the_first_design_is_the_reference():
    found = compare(AARHUS, 40, workers=1, designs=["dsk", "dsi"], break_even=False)
    assert found.reference == "dsk"
    assert figure(found, "dsk", "difference_from_ordinary") == 0
    assert figure(found, "dsi", "break_even_effect", "note") == "not_applicable"


def test_one_replication_has_figures_without_errors():
    frame = compare(AARHUS, 1, workers=1, break_even=False).summary()
    assert frame[frame.figure == "net_gain"].value.notna().all()
    assert frame[frame.figure == "net_gain"].error.isna().all()


def test_the_internal_rate_of_a_deal_that_draws_while_it_is_repaid():
    assert internal_rate({0: -100, 360: 110}) == (pytest.approx(0.10), "")
    last = 1331 - 726 + 1100  # what a loan at 10 % of 1,000 and 1,000 more owes after 600 was paid
    assert internal_rate({0: -1000, 360: 600, 720: -1000, 1080: last}) == (pytest.approx(0.10), "")
    assert internal_rate({0: -100, 360: 230, 720: -132}) == (None, "not_unique")  # 10 % and 20 %
    assert internal_rate({0: -100, 360: 0}) == (None, "none")
    assert internal_rate({0: -100, 720: 100}) == (0.0, "")


def test_importing_reports_loads_neither_numpy_nor_pandas():
    code = "import sys, reports; sys.exit('numpy' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_what_reports_does_not_have_is_an_attribute_error():
    import reports

    assert not hasattr(reports, "nothing")
    assert all(hasattr(reports, name) for name in reports.__all__)


def test_evidence_ends_with_the_contract_and_with_the_last_to_start():
    """Savings certified until 2020 only: what 2021 and 2022 bring, nobody measures any more."""
    tree = load(EXAMPLE).model_dump(by_alias=True)
    tree["designs"]["gain_share"]["contract"]["end"] = "2020-12-31"
    found = compare(Scenario.model_validate(tree), 2, 1, workers=1)
    saved = [648_000, 972_000, 1_040_400]
    assert figure(found, "gain_share", "gain_after_last_evidence") == pytest.approx(sum(saved[1:]) / sum(saved))
    assert figure(compare(load(EXAMPLE), 2, 1, workers=1), "gain_share", "gain_after_last_evidence") == 0


def test_a_pool_that_gets_back_exactly_its_capital_loses_none_of_it(aarhus):
    assert figure(aarhus, "pool_budgeted", "investor_multiple") == 1
    assert figure(aarhus, "pool_budgeted", "investor_loss_share", "note") == "none_seen"


def test_what_the_guarantor_pays_is_no_payment_that_the_payers_expect(aarhus):
    paid, called = (getattr(aarhus.results.designs["dsi"], name).mean() / 100 for name in ("paid", "guaranteed"))
    assert called > 0
    assert figure(aarhus, "dsi", "expected_payment") == pytest.approx(paid - called)


def test_risk_that_may_be_luck_is_not_priced(aarhus):
    moved, error = (figure(aarhus, "dsi", "risk_moved", column) for column in ("value", "error"))
    assert 0 < moved < 2 * error
    assert figure(aarhus, "dsi", "price_of_risk", "note") == "none"
