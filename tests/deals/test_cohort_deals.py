"""Published deals that pay on a cohort's measure: steps, all or nothing, triggers, note classes, coupons."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
import pyxirr

from contracts.money import ppm
from contracts.stated import Stated, StatedFacts
from tests.deals.settling import Told, agreement, facts, published, settled, settled_files

# JuMP


def test_jump_pays_at_twenty_and_nothing_at_nineteen() -> None:
    case = published("jump-augsburg")
    for reached in (case["result"], case["also_true"]):
        file = f"jump.{reached['reached_9_months']}.facts.yaml"
        assert len(facts("jump", file).facts) == case["cohort"] == 69
        assert settled_files("jump", file).paid() == reached["paid"]


# ABLE


def able(reduction: str, **changes: object) -> Told:
    fact = Stated("bed_day_reduction", dt.date(2015, 8, 31), quantity=ppm(Decimal(reduction)))
    return settled(agreement("able"), StatedFacts([fact], **changes))  # type: ignore[arg-type]


def test_able_found_nothing_and_the_guarantor_paid_the_lender() -> None:
    result, told = published("able-rikers")["result"], settled_files("able")
    assert told.paid("bed_day_reduction") == result["paid"] == 0
    assert told.paid("guarantee") == result["guarantor_pays_lender"] == 7_200_000
    assert told.paid_by("Bloomberg Philanthropies") == told.paid() == 7_200_000


def test_able_ended_early_after_year_3() -> None:
    last = settled_files("able").statements[-1]
    assert (last.date, last.closing) == (dt.date(2015, 8, 31), True)
    assert last.date < agreement("able").terms().end  # type: ignore[operator]


@pytest.mark.parametrize("step", published("able-rikers")["steps"])
def test_able_pays_each_step_from_its_threshold_on(step: dict[str, float]) -> None:
    steps = published("able-rikers")["steps"]
    lower = [other["pays"] for other in steps if other["at_least"] < step["at_least"]]
    at = Decimal(str(step["at_least"]))
    assert able(str(at)).paid("bed_day_reduction") == step["pays"]
    assert able(str(at - Decimal("0.000001"))).paid("bed_day_reduction") == max(lower, default=0)


def test_ables_guarantor_covers_only_what_the_city_leaves() -> None:
    assert able("0.085").paid("guarantee") == 4_800_000
    assert able("0.100").paid("guarantee") == 0


def test_ables_result_since_the_last_statement_is_settled_at_an_early_end() -> None:
    found = Stated("bed_day_reduction", dt.date(2015, 10, 1), quantity=ppm(Decimal("0.12")))
    told = settled(agreement("able"), StatedFacts([found], ended=dt.date(2015, 11, 30)))
    assert told.paid_on(dt.date(2015, 11, 30)) == 10_176_000


# Benevolent Society


def classes(improvement: str) -> dict[str, Told]:
    stated = StatedFacts([Stated("improvement", dt.date(2018, 9, 30), quantity=ppm(Decimal(improvement)))])
    return {name: settled(agreement(f"benevolent-{name.lower()}"), stated) for name in ("P", "E")}


def yearly(told: Told, capital: int) -> Decimal:
    """The return a year, in percent."""
    return told.paid("return") / capital / 5 * 100


def test_the_benevolent_society_returned_what_was_published() -> None:
    case = published("benevolent-society-bond")
    for name in ("P", "E"):
        told = settled_files(f"benevolent-{name.lower()}", "benevolent.facts.yaml")
        assert yearly(told, case["classes"][name]) == Decimal(str(case["result"][name]))
        assert told.paid("principal") == case["classes"][name]
    assert facts("benevolent-p", "benevolent.facts.yaml").facts[0].quantity == ppm(
        Decimal(str(case["result"]["improvement"]))
    )


@pytest.mark.parametrize("band", published("benevolent-society-bond")["bands"][1:])
def test_both_classes_change_at_each_edge(band: dict[str, float]) -> None:
    case = published("benevolent-society-bond")
    bands = case["bands"]
    before, edge = bands[bands.index(band) - 1], Decimal(str(band["from"]))
    for improvement, expected in ((edge, band), (edge - Decimal("0.000001"), before)):
        told = classes(str(improvement))
        lost = expected["E"] == "loses principal"
        assert yearly(told["P"], case["classes"]["P"]) == Decimal(str(expected["P"]))
        assert yearly(told["E"], case["classes"]["E"]) == (0 if lost else Decimal(str(expected["E"])))
        assert told["E"].paid("principal") == (0 if lost else case["classes"]["E"])
        assert told["P"].paid("principal") == case["classes"]["P"]


def test_a_worse_result_than_without_the_intervention_loses_the_principal_of_class_e_only() -> None:
    told = classes("-0.25")
    assert (told["P"].paid(), told["E"].paid()) == (7_500_000, 0)


# Newpin

NEWPIN_DAYS = [*(dt.date(year, 6, 30) for year in range(2014, 2021)), dt.date(2020, 9, 30)]


def newpin(*rates: str) -> Told:
    """So many of a million in year 1, of a million more in year 2, and so on."""
    stated = [
        Stated("restoration", day, quantity=ppm(Decimal(rate))) for day, rate in zip(NEWPIN_DAYS, rates, strict=False)
    ]
    return settled(agreement("newpin"), StatedFacts(stated))


def test_newpin_paid_its_published_coupon_in_year_1() -> None:
    case, told = published("newpin"), settled_files("newpin")
    assert told.statements[0].clauses[0].value == (36_000_000, 60_000_000)
    assert Decimal(36) / 60 == Decimal(str(case["result"]["R"]))
    coupon = Decimal(str(case["result"]["coupon"]))
    assert told.paid_on(NEWPIN_DAYS[0], "coupon") == coupon * case["principal"] == 525_000


@pytest.mark.parametrize(
    ("rate", "coupon"),
    [
        ("0.55", "0.05"),  # the floor of the first three years lifts 3 %
        ("0.5625", "0.05"),
        ("0.575", "0.0525"),
        ("0.60", "0.075"),
        ("0.62", "0.093"),
        ("0.65", "0.12"),
        ("0.675", "0.135"),
        ("0.70", "0.15"),
        ("0.90", "0.15"),
        ("0.20", "0.05"),
    ],
)
def test_newpins_coupon_lies_on_the_line_between_the_nodes(rate: str, coupon: str) -> None:
    assert newpin(rate).paid_on(NEWPIN_DAYS[0], "coupon") == Decimal(coupon) * 7_000_000


def test_newpins_floor_lasts_three_years() -> None:
    told = newpin("0.55")
    coupons = [told.paid_on(day, "coupon") for day in NEWPIN_DAYS]
    assert coupons[:3] == [350_000] * 3
    assert coupons[3:7] == [210_000] * 4


def test_newpins_last_coupon_is_for_a_quarter_of_a_year() -> None:
    case, told = published("newpin"), settled_files("newpin")
    assert case["term_years"] * 12 == 87
    assert told.paid_on(NEWPIN_DAYS[-1], "coupon") == Decimal("0.15") * 7_000_000 / 4
    assert told.paid_on(NEWPIN_DAYS[-2], "coupon") == Decimal("0.15") * 7_000_000


def test_newpins_coupon_follows_the_cumulative_rate() -> None:
    told = newpin("0.70", "0.50")
    assert told.paid_on(NEWPIN_DAYS[1], "coupon") == Decimal("0.075") * 7_000_000


@pytest.mark.parametrize(("rate", "share"), [("0.55", "0.5"), ("0.550001", "1"), ("0.10", "0.5"), ("0.70", "1")])
def test_newpins_principal_comes_back_whole_above_55_percent(rate: str, share: str) -> None:
    assert newpin(rate).paid("principal") == Decimal(share) * 7_000_000


# Peterborough

ENDS = dt.date(2017, 8, 31)


def test_peterboroughs_first_cohort_does_not_pay() -> None:
    first, _ = published("peterborough")["result"]
    fallen = first["comparison_per_100"] - first["treated_per_100"]
    assert round(fallen / first["comparison_per_100"], 3) == first["fall"] < 0.10
    told = settled_files("peterborough")
    assert told.entitled("cohort") == 0
    assert told.paid_on(dt.date(2014, 8, 31)) == 0


def test_peterboroughs_pooled_cohorts_pay_once_at_the_end() -> None:
    _, pooled = published("peterborough")["result"]
    told = settled_files("peterborough")
    value = next(each.value for each in told.statements[2].clauses if each.column == "pooled")
    assert value is not None
    assert Decimal(value[0]) / value[1] == Decimal(str(pooled["fall"])) == Decimal("0.09")
    assert [each.date for each in told.statements if each.paid] == [ENDS]


def test_peterboroughs_investors_receive_capital_and_three_percent_a_year() -> None:
    paid = settled_files("peterborough").paid()
    flows = {dt.date(2010, 9, 1): -2_500_000.0, dt.date(2012, 8, 31): -2_500_000.0, ENDS: float(paid)}
    assert pyxirr.xirr(flows) == pytest.approx(0.03, abs=1e-6)


def fallen(*cohorts: tuple[str, int, int]) -> Told:
    told = [
        Stated(
            "reconviction_fall",
            dt.date(2014 + 2 * n, 8, 31),
            group=name,
            quantity=ppm(Decimal(fall)),
            of=ppm(Decimal(of)),
        )
        for n, (name, fall, of) in enumerate(cohorts)
    ]
    return settled(agreement("peterborough"), StatedFacts(told))


def test_a_cohort_with_a_fall_of_ten_percent_pays_alone_and_the_pooled_trigger_not_any_more() -> None:
    told = fallen(("cohort 1", 16, 160), ("cohort 2", 13, 155))
    assert told.paid("cohort") == told.paid() == 1_700_000
    assert told.paid_on(dt.date(2014, 8, 31)) == 1_700_000
    assert told.entitled("pooled") == 0


def test_each_cohort_that_falls_far_enough_pays() -> None:
    assert fallen(("cohort 1", 16, 160), ("cohort 2", 20, 155)).paid() == 3_400_000


def test_cohorts_measured_on_one_day_are_told_apart() -> None:
    stated = facts("peterborough", "peterborough.facts.yaml")
    day = dt.date(2016, 8, 31)
    together = [fact._replace(date=day) for fact in stated.facts]
    bad, good = together[0], together[1]._replace(quantity=ppm(Decimal(20)))
    assert settled(agreement("peterborough"), replace(stated, facts=[bad, good])).paid("cohort") == 1_700_000


def test_a_pooled_fall_below_seven_and_a_half_percent_pays_nothing() -> None:
    assert fallen(("cohort 1", 11, 155), ("cohort 2", 11, 145)).paid() == 0
