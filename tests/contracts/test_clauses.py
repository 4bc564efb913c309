"""Each kind of clause and each option, on examples that can be reckoned by hand; and published deals to the unit."""

from typing import Any

import pytest
from pydantic import ValidationError

from contracts.terms import Terms
from tests.contracts.examples import FIRST, SECOND, THIRD, contract, earned, found, kr, paid, settled
from tests.oracle import Fact


def priced(**options: Any) -> Terms:
    return contract({"housing": {"kind": "unit_price", **options}})


def band(metric: str = "score", **options: Any) -> Terms:
    return contract({metric: {"kind": "band", **options}})


def many(count: int, **where: Any) -> list[Fact]:
    return [found("housing", who=person, **where) for person in range(count)]


class TestUnitPrices:
    def test_a_price_holds_at_every_follow_up_month(self) -> None:
        assert earned(priced(price=100), *many(2), found("housing", month=24, on=SECOND)) == [200, 300, 300]

    def test_prices_by_month_pay_nothing_at_other_months(self) -> None:
        facts = found("housing"), found("housing", month=24, on=SECOND), found("housing", month=18, on=SECOND)
        assert earned(priced(prices={12: 100, 24: "250.50"}), *facts) == kr("100", "350.5", "350.5")

    def test_a_price_is_for_a_percentage_point_when_the_terms_say_so(self) -> None:
        points = found("housing", "0.125")
        assert earned(priced(price=3000, per="0.01"), points) == [37_500] * 3

    def test_a_price_for_three_tenths_is_rounded_to_the_oere_for_each_result(self) -> None:
        assert earned(priced(price=1, per="0.3"), *many(2)) == kr("6.66", "6.66", "6.66")

    def test_half_an_oere_is_rounded_away_from_zero(self) -> None:
        assert earned(priced(price="0.01"), found("housing", "0.5")) == kr("0.01", "0.01", "0.01")

    def test_tiers_accelerate_by_what_has_been_found_in_all(self) -> None:
        tiers = [{"price": 100, "until": 2}, {"price": 150, "until": 3}, {"price": 200}]
        facts = *many(2), found("housing", 2, on=SECOND)
        assert earned(priced(tiers=tiers), *facts) == [200, 550, 550]

    def test_nothing_is_earned_beyond_a_last_tier_that_has_an_end(self) -> None:
        assert earned(priced(tiers=[{"price": 100, "until": "2.5"}]), *many(4)) == [250] * 3

    def test_only_the_first_results_of_each_citizen_are_paid(self) -> None:
        facts = [found("housing", who=1, month=month, on=FIRST) for month in (6, 12)]
        facts += [found("housing", who=1, month=24, on=SECOND), found("housing", who=2, month=24, on=SECOND)]
        assert earned(priced(price=100, most_per_person=2), *facts) == [200, 300, 300]

    def test_a_citizens_last_result_may_be_paid_in_part(self) -> None:
        facts = found("housing", "0.75", who=1), found("housing", "0.75", who=1, on=SECOND, month=24)
        assert earned(priced(price=100, most_per_person=1), *facts) == [75, 100, 100]

    def test_counts_are_not_limited_by_what_is_paid_of_each_citizen(self) -> None:
        assert earned(priced(price=100, most_per_person=1), found("housing", 5)) == [500] * 3

    def test_only_subgroups_that_the_clause_names_are_paid_for(self) -> None:
        facts = found("housing", group="young"), found("housing", group="old"), found("housing")
        assert earned(priced(price=100, for_groups=["young"]), *facts) == [100] * 3

    def test_a_quota_pays_at_most_this_share_of_those_measured_at_each_month(self) -> None:
        half = priced(price=100, quota="0.5")
        failed = [found("housing", 0, who=person) for person in (10, 11)]
        assert earned(half, *many(3), *failed) == [250] * 3
        assert earned(half, *many(3), *failed, found("housing", 0, month=24, on=SECOND, of=4)) == [250] * 3
        assert earned(half, *many(3), *failed, found("housing", 0, on=SECOND)) == [250, 300, 300]

    def test_a_quota_counts_what_each_was_measured_of(self) -> None:
        assert earned(priced(price=100, quota="0.333333"), found("housing", 8, of=10)) == kr(
            "333.33", "333.33", "333.33"
        )

    def test_the_part_of_a_quota_is_rounded_down_to_a_millionth(self) -> None:
        terms = priced(price=10_000, quota="0.333333")
        # 10.5 · 0.333333 is 3.4999965, and a millionth is worth an øre
        assert earned(terms, found("housing", 9, of="10.5")) == kr(*["34999.96"] * 3)

    def test_the_first_results_of_a_citizen_are_those_told_first(self) -> None:
        terms = priced(prices={6: 100, 12: 1000}, most_per_person=1)
        late = found("housing", month=6, who=1, on="2020-05-01", told=SECOND)
        assert earned(terms, found("housing", who=1), late) == [1000] * 3
        assert earned(terms, found("housing", who=1), found("housing", month=6, who=1, on="2020-05-01")) == [100] * 3

    def test_what_is_taken_off_never_makes_less_than_nothing(self) -> None:
        terms = priced(price=10, less=["prison"])
        facts = found("housing", 30), found("prison", 12), found("prison", 40, on=SECOND)
        assert earned(terms, *facts, found("housing", 25, on=THIRD)) == [180, 0, 30]

    def test_what_is_taken_off_is_taken_off_before_the_tiers(self) -> None:
        terms = priced(tiers=[{"price": 10, "until": 5}, {"price": 100}], less=["prison"])
        assert earned(terms, found("housing", 7), found("prison", 3)) == [40] * 3

    @pytest.mark.parametrize("less", [["housing"], ["prison", "prison"]])
    def test_nothing_is_taken_off_itself_or_twice(self, less: list[str]) -> None:
        with pytest.raises(ValidationError, match="taken off itself, or twice"):
            priced(price=10, less=less)


class TestGates:
    def gated(self, **gate: Any) -> Terms:
        return priced(price=100, requires=[{"metric": "job", **gate}])

    def test_results_of_a_citizen_count_from_the_statement_that_opens_the_gate(self) -> None:
        late = found("job", who=1, on=SECOND)
        assert earned(self.gated(), found("housing", who=1), late) == [0, 100, 100]

    def test_only_what_is_found_from_then_on_counts_when_the_gate_says_so(self) -> None:
        facts = (
            found("housing", who=1, on="2020-06-30", month=6),
            found("job", who=1, on="2020-07-01"),
            found("housing", who=1, on="2020-07-01", month=9),
            found("housing", who=1, on=SECOND, month=24),
        )
        assert earned(self.gated(counts="from_then"), *facts) == [100, 200, 200]
        assert earned(self.gated(), *facts) == [200, 300, 300]

    def test_a_goal_that_is_told_late_opens_the_gate_with_the_statement_that_tells_of_it(self) -> None:
        facts = found("housing", who=1), found("job", who=1, on="2020-03-01", told=SECOND)
        assert earned(self.gated(counts="from_then"), *facts) == [0, 100, 100]

    def test_an_earlier_goal_that_is_told_later_changes_nothing_before_it_is_told(self) -> None:
        facts = (
            found("housing", who=1, on="2020-05-31", month=6),
            found("job", who=1, on="2020-06-30"),
            found("job", who=1, on="2020-01-31", month=1, told=THIRD),
        )
        assert earned(self.gated(counts="from_then"), *facts) == [0, 0, 100]

    def test_what_is_told_later_of_an_earlier_goal_changes_nobodys_turn(self) -> None:
        clauses = {
            "housing": {"kind": "unit_price", "price": 100, "requires": [{"metric": "job"}]},
            "health": {"kind": "unit_price", "price": 100},
        }
        terms = contract(clauses, limits=[{"kind": "per_person", "amount": 150}])
        facts = found("housing", who=1, on="2020-02-01"), found("health", who=1, on="2020-03-01")
        opened = found("job", who=1, on="2020-04-01"), found("job", 1, 1, who=1, on="2020-01-31", told=SECOND)
        assert earned(terms, *facts, *opened, clause="housing") == [50] * 3

    def test_a_goal_reached_once_more_leaves_the_gate_open(self) -> None:
        facts = found("job", who=1, on="2020-01-31"), found("job", month=18, who=1, on="2020-03-31", told=SECOND)
        assert earned(self.gated(counts="from_then"), *facts, found("housing", who=1)) == [100] * 3

    def test_a_failure_opens_no_gate_nor_does_another_month_or_citizen(self) -> None:
        assert earned(self.gated(), found("housing", who=1), found("job", 0, who=1)) == [0] * 3
        assert earned(self.gated(month=6), found("housing", who=1), found("job", who=1)) == [0] * 3
        assert earned(self.gated(), found("housing", who=1), found("job", who=2)) == [0] * 3

    def test_a_count_passes_no_gate(self) -> None:
        assert earned(self.gated(), found("housing"), found("job")) == [0] * 3

    def test_every_gate_must_be_passed(self) -> None:
        terms = priced(price=100, requires=[{"metric": "job"}, {"metric": "health"}])
        facts = found("housing", who=1), found("job", who=1)
        assert earned(terms, *facts) == [0] * 3
        assert earned(terms, *facts, found("health", who=1, on=THIRD)) == [0, 0, 100]

    def test_tiers_count_what_has_passed_the_gate(self) -> None:
        terms = priced(tiers=[{"price": 100, "until": 1}, {"price": 10}], requires=[{"metric": "job"}])
        facts = [found("job", who=1, on=SECOND), found("job", who=2), found("housing", who=1), found("housing", who=2)]
        assert earned(terms, *facts) == [100, 110, 110]

    def test_what_is_taken_off_must_have_passed_the_gate_too(self) -> None:
        terms = priced(price=10, less=["prison"], requires=[{"metric": "job", "counts": "from_then"}])
        facts = found("prison", 5, who=1, on="2020-02-01"), found("job", who=1, on="2020-06-01")
        assert earned(terms, *facts, found("housing", 20, who=1), found("prison", 1, who=1)) == [190] * 3

    def test_a_limit_per_person_serves_a_result_on_the_day_that_its_gate_opened(self) -> None:
        clauses = {
            "housing": {"kind": "unit_price", "price": 100, "requires": [{"metric": "job"}]},
            "health": {"kind": "unit_price", "price": 100},
        }
        terms = contract(clauses, limits=[{"kind": "per_person", "amount": 150}])
        facts = found("housing", who=1, on="2020-02-01"), found("health", who=1, on="2020-03-01")
        opened = found("job", who=1, on="2020-04-01")
        assert earned(terms, *facts, opened, clause="housing") == [50] * 3
        assert earned(terms, *facts, opened, clause="health") == [100] * 3


class TestBands:
    def test_a_threshold_is_compared_exactly(self) -> None:
        steps = [{"at_least": "0.7", "pays": 500}]
        assert earned(band(steps=steps), found("score", 21, of=30)) == [500] * 3
        assert earned(band(steps=steps), found("score", "20.999999", of=30)) == [0] * 3
        assert earned(band(steps=[{"above": "0.7", "pays": 500}]), found("score", 21, of=30)) == [0] * 3
        assert earned(band(steps=[{"above": "0.7", "pays": 500}]), found("score", "21.000001", of=30)) == [500] * 3

    def test_of_the_steps_that_are_met_the_hardest_one_pays(self) -> None:
        steps = [{"at_least": 2, "pays": 20}, {"above": 2, "pays": 25}, {"at_least": 1, "pays": 10}]
        terms = band(steps=steps, otherwise={"pays": 1}, value="number")
        for number, pays in (("0.9", 1), (1, 10), ("1.9", 10), (2, 20), ("2.1", 25)):
            assert earned(terms, found("score", number)) == [pays] * 3

    def test_less_may_be_better(self) -> None:
        steps = [{"at_most": "0.5", "pays": 10}, {"below": "0.5", "pays": 20}, {"at_most": "0.2", "pays": 30}]
        for share, pays in (("0.6", 0), ("0.5", 10), ("0.4", 20), ("0.2", 30), ("-0.1", 30)):
            assert earned(band(steps=steps), found("score", share)) == [pays] * 3

    def test_nothing_is_paid_before_anything_is_measured(self) -> None:
        terms = band(steps=[{"at_most": 1, "pays": 10}], otherwise={"pays": 5})
        assert earned(terms, found("score", 2, on=SECOND)) == [0, 5, 5]
        line = band(nodes=[{"at": 0, "pays": 10}, {"at": 1, "pays": 20}], due=[12, 24, 36])
        assert earned(line, found("score", 1, on=SECOND)) == [0, 20, 40]

    def test_an_amount_without_due_dates_follows_the_value_up_and_down(self) -> None:
        terms = band(steps=[{"at_least": "0.5", "pays": 900}])
        facts = found("score", 5, of=10), found("score", 0, of=5, on=SECOND), found("score", 10, of=10, on=THIRD)
        assert earned(terms, *facts) == [900, 0, 900]

    def test_between_two_nodes_the_amount_rises_in_proportion(self) -> None:
        terms = band(nodes=[{"at": "0.1", "pays": 100}, {"at": "0.4", "pays": 200}])
        for share, amount in (
            ("0", "100"),
            ("0.1", "100"),
            ("0.2", "133.33"),
            ("0.25", "150"),
            ("0.4", "200"),
            (9, "200"),
        ):
            assert earned(terms, found("score", share)) == kr(*[amount] * 3)

    def test_a_falling_line_rounds_half_an_oere_away_from_zero_too(self) -> None:
        terms = band(nodes=[{"at": 0, "pays": "0.05"}, {"at": 2, "pays": 0}])
        assert earned(terms, found("score", "0.2")) == kr("0.05", "0.05", "0.05")  # 4.5 øre
        assert earned(terms, found("score", "0.3")) == kr("0.04", "0.04", "0.04")  # 4.25 øre

    def test_two_nodes_at_one_value_are_a_jump_and_the_later_one_holds_there(self) -> None:
        nodes = [{"at": 0, "pays": 0}, {"at": 1, "pays": 100}, {"at": 1, "pays": 500}, {"at": 2, "pays": 600}]
        for number, amount in (("0.5", 50), ("0.99", 99), (1, 500), ("1.5", 550)):
            assert earned(band(nodes=nodes, value="number"), found("score", number)) == [amount] * 3

    def test_each_measurement_earns_its_own_amount_by_month_and_by_cohort(self) -> None:
        terms = band(steps=[{"at_least": "0.5", "pays": 100}], on="each_measurement")
        facts = [
            found("score", 1, of=2, group="first"),
            found("score", 0, of=2, group="second"),
            found("score", 2, of=2, month=24, group="second", on=SECOND),
            found("score", 2, of=2, month=0, on="2021-03-01"),
            found("score", 1, of=2, month=0, on="2021-04-01"),
        ]
        assert earned(terms, *facts) == [100, 400, 400]
        assert earned(terms, *facts, found("score", 2, of=2, group="second", on=THIRD)) == [100, 400, 500]

    def test_the_last_measurement_counts_alone_when_the_terms_say_so(self) -> None:
        terms = band(steps=[{"at_least": "0.5", "pays": 100}], on="last_measurement")
        facts = found("score", 10, of=10), found("score", 0, of=1, month=24, on=SECOND)
        assert earned(terms, *facts) == [100, 0, 0]
        later_half = found("score", 1, of=1, month=24, on=THIRD)
        assert earned(terms, *facts, later_half) == [100, 0, 100]

    def test_the_last_measurement_is_the_one_with_the_latest_result_told_so_far(self) -> None:
        terms = band(steps=[{"at_least": "0.5", "pays": 100}], on="last_measurement")
        facts = found("score", 0, of=10, on="2020-06-01"), found("score", 1, month=24, on="2021-06-01")
        straggler = found("score", 0, of=1, month=12, on="2022-06-01")
        assert earned(terms, *facts, straggler) == [0, 100, 0]

    def test_of_measurements_with_results_on_one_day_the_later_months_is_the_last(self) -> None:
        terms = band(steps=[{"at_least": "0.5", "pays": 100}], on="last_measurement")
        facts = [found("score", 0, month=0), found("score", 1, month=24), found("score", 0, month=12)]
        assert earned(terms, *facts) == [100] * 3
        assert earned(terms, *facts[:1], *facts[2:]) == [0] * 3

    def test_due_months_are_judged_each_by_the_value_then_known(self) -> None:
        terms = band(steps=[{"at_least": "0.5", "pays": 100}], due=[12, 36])
        assert earned(terms, found("score", 1), found("score", 0, of=9, on=SECOND)) == [100, 100, 100]
        assert earned(terms, found("score", 0, of=1), found("score", 9, of=9, on=SECOND)) == [0, 0, 100]

    def test_what_was_found_by_a_due_date_and_told_later_corrects_it_and_what_is_found_later_does_not(self) -> None:
        terms = band(steps=[{"at_least": "0.5", "pays": 100}], due=[12])
        assert earned(terms, found("score", told=SECOND)) == [0, 100, 100]
        assert earned(terms, found("score", on="2021-01-01")) == [0, 0, 0]
        late = found("score", 0, on="2020-06-01", told=SECOND)
        assert earned(terms, found("score"), late) == [100, 100, 100]
        assert earned(terms, found("score"), late, late._replace(day=late.day.replace(day=2))) == [100, 0, 0]

    def test_a_due_date_makes_a_statement_of_its_own(self) -> None:
        terms = band(steps=[{"at_least": "0.5", "pays": 100}], due=["2020-07-15"])
        assert earned(terms, found("score", on="2020-07-01")) == [100] * 4

    def test_an_amount_per_year_is_for_the_time_since_the_last_due_month(self) -> None:
        terms = band(steps=[{"at_least": 0, "pays": 1200}], due=[12, 18, 33], per_year=True)
        assert earned(terms, found("score")) == [1200, 1800, 1800, 3300, 3300]

    def test_a_least_is_paid_until_a_month_whatever_the_value(self) -> None:
        terms = band(steps=[{"at_least": 1, "pays": 300}], due=[12, 24, 36], least={"pays": 100, "until_month": 24})
        assert earned(terms) == [100, 200, 200]
        assert earned(terms, found("score")) == [300, 600, 900]

    def test_what_is_worth_less_than_the_least_is_raised_to_it(self) -> None:
        terms = band(steps=[{"at_least": 0, "pays": 30}], due=[12, 24], least={"pays": 100, "until_month": 12})
        assert earned(terms, found("score")) == [100, 130, 130]

    def test_a_least_until_the_start_is_paid_on_the_start(self) -> None:
        terms = band(steps=[{"at_least": 1, "pays": 300}], due=[0, 12], least={"pays": 100, "until_month": 0})
        assert earned(terms) == [100] * 4

    def test_a_share_of_the_capital_drawn_by_then(self) -> None:
        terms = band(steps=[{"at_least": 0, "share": "0.075"}], of="capital_drawn", due=[12])
        assert earned(terms, found("score")) == [75_000] * 3

    def test_capital_drawn_later_raises_no_amount_that_was_due_before(self) -> None:
        step = {"at_least": 0, "share": "0.1"}
        clause = {"score": {"kind": "band", "steps": [step], "of": "capital_drawn", "due": [12, 24]}}
        terms = contract(clause, draws={0: 1000, 18: 500})
        assert earned(terms, found("score")) == [100, 250, 250]

    def test_a_share_is_rounded_and_then_the_part_of_a_year(self) -> None:
        terms = band(steps=[{"at_least": 0, "share": "0.5"}], of="0.33", due=[5], per_year=True)
        # 16.5 øre is 17, and five twelfths of 17 are 7.08
        assert earned(terms, found("score", on="2020-01-31")) == kr(*["0.07"] * 4)

    def test_only_measurements_at_the_months_that_are_named_count(self) -> None:
        terms = band(steps=[{"at_least": 1, "pays": 100}], months=[24])
        assert earned(terms, found("score", 0), found("score", 1, month=24, on=SECOND)) == [0, 100, 100]


class TestSavings:
    def shared(self, *tiers: dict[str, Any], **options: Any) -> Terms:
        clause = {"kind": "savings_share", "metric": "shelter", "tiers": tiers, **options}
        return contract({"share": clause})

    def test_tiers_may_last_until_so_much_is_saved(self) -> None:
        terms = self.shared({"share": "0.9", "until_saved": 1000}, {"share": "0.25"})
        facts = found("shelter", 600), found("shelter", 800, on=SECOND), found("shelter", -500, on=THIRD)
        assert earned(terms, *facts) == [540, 1000, 810]

    def test_tiers_may_last_until_so_much_is_earned(self) -> None:
        terms = self.shared({"share": "0.8", "until_earned": 400}, {"share": "0.4", "until_earned": 500})
        assert earned(terms, found("shelter", 600), found("shelter", 900, on=SECOND)) == [440, 500, 500]

    def test_accounts_are_taken_off_the_budget(self) -> None:
        terms = self.shared({"share": "0.5"}, saving_basis="budget_minus_accounts", less=["benefits"])
        assert earned(terms, found("shelter", 900), found("benefits", 700)) == [100] * 3

    def test_each_period_is_compared_with_a_fixed_baseline(self) -> None:
        baseline = {"quantity": 30, "unit_price": "100.50"}
        terms = contract(
            {
                "share": {
                    "kind": "savings_share",
                    "metric": "nights",
                    "tiers": [{"share": 1}],
                    "saving_basis": "fixed_baseline",
                    "baseline": baseline,
                }
            }
        )
        facts = found("nights", 20, month=0), found("nights", 32, month=0, on=SECOND)
        assert earned(terms, *facts) == [1005, 804, 804]


class TestSchedulesAndConditions:
    def test_amounts_fall_due_on_months_dates_and_years(self) -> None:
        fee = {"kind": "scheduled", "amounts": {0: 1, 6: 10, "2021-05-01": 100, 2022: 1000}}
        assert earned(contract({"fee": fee})) == [1, 11, 11, 111, 111, 1111]

    def bonus(self, **condition: Any) -> Terms:
        return contract({"bonus": {"kind": "scheduled", "amounts": {12: 100}, "only_if": [condition]}})

    def test_a_goal_releases_a_bonus_and_it_is_judged_anew_at_each_statement(self) -> None:
        terms = self.bonus(metric="score", at_least="0.5")
        facts = found("score", 0, of=1), found("score", 9, of=9, on=SECOND), found("score", 0, of=90, on=THIRD)
        assert earned(terms, *facts) == [0, 100, 0]

    def test_a_value_of_which_nothing_is_measured_meets_no_comparison(self) -> None:
        below = {"metric": "score", "at_most": 5, "value": "number"}
        assert earned(self.bonus(**below)) == [0] * 3
        unless = {"bonus": {"kind": "scheduled", "amounts": {12: 100}, "unless": [below]}}
        assert earned(contract(unless)) == [100] * 3
        assert earned(contract(unless), found("score", 5, on=SECOND)) == [100, 0, 0]

    def test_all_of_only_if_must_hold_and_none_of_unless(self) -> None:
        both = [{"metric": "score", "at_least": 1}, {"metric": "job", "at_least": 1}]
        score, job = found("score"), found("job", on=SECOND)
        terms = contract({"bonus": {"kind": "scheduled", "amounts": {12: 100}, "only_if": both}})
        assert earned(terms, score, job) == [0, 100, 100]
        terms = contract({"bonus": {"kind": "scheduled", "amounts": {12: 100}, "unless": both}})
        assert earned(terms, job) == [100, 0, 0]

    def test_a_condition_may_look_at_what_an_earlier_clause_has_earned(self) -> None:
        clauses = {
            "first": {"kind": "unit_price", "price": 100},
            "second": {"kind": "scheduled", "amounts": {12: 7}, "only_if": [{"clause": "first", "above": 200}]},
            "third": {"kind": "scheduled", "amounts": {12: 5}, "unless": [{"clause": "second", "above": 0}]},
        }
        facts = found("first", 2), found("first", "0.0001", on=SECOND)
        assert earned(contract(clauses), *facts, clause="second") == [0, 7, 7]
        assert earned(contract(clauses), *facts, clause="third") == [5, 0, 0]

    def test_a_condition_may_look_at_subgroups(self) -> None:
        terms = self.bonus(metric="score", at_least=1, for_groups=["young"])
        assert earned(terms, found("score", 0, group="old"), found("score", 1, group="young")) == [100] * 3

    def test_a_condition_cannot_look_ahead_nor_go_in_circles(self) -> None:
        ahead = {"kind": "scheduled", "amounts": {12: 7}, "only_if": [{"clause": "later", "above": 0}]}
        later = {"kind": "scheduled", "amounts": {12: 7}}
        with pytest.raises(ValidationError, match="'later' is no earlier clause"):
            contract({"bonus": ahead, "later": later})
        amended = [{"from": "2021-01-01", "clauses": {"bonus": ahead}}]
        with pytest.raises(ValidationError, match="'later' is no earlier clause"):
            contract({"bonus": later, "later": later}, amendments=amended)


class TestLimits:
    def test_one_limit_may_hold_for_several_clauses_together(self) -> None:
        clauses = {name: {"kind": "scheduled", "amounts": {12: 100}} for name in ("a", "b", "c")}
        terms = contract(clauses, limits=[{"kind": "per_clause", "clauses": ["a", "c"], "amount": 150}])
        told = settled(terms).statements[0]
        assert told.paid == {"a": 10_000, "b": 10_000, "c": 5_000}
        assert told.cuts == {("per_clause", "c"): 5_000}

    def test_one_limit_may_hold_for_all_that_is_paid_for_a_metric(self) -> None:
        clauses = {
            "month": {"kind": "unit_price", "metric": "housing", "price": 100},
            "band": {"kind": "band", "metric": "housing", "steps": [{"at_least": 1, "pays": 60}]},
            "fee": {"kind": "scheduled", "amounts": {12: 10}},
        }
        terms = contract(clauses, limits=[{"kind": "per_metric", "metric": "housing", "amount": 120}])
        assert settled(terms, found("housing")).statements[0].paid == {"month": 10_000, "band": 2_000, "fee": 1_000}

    def test_room_that_one_limit_takes_is_free_for_others_under_another(self) -> None:
        clauses = {name: {"kind": "scheduled", "amounts": {12: 100}} for name in ("a", "b")}
        both = {"kind": "per_clause", "clauses": ["a", "b"], "amount": 120}
        terms = contract(
            clauses, limits=[both, {"kind": "per_clause", "clause": "a", "amount": 10, "excess": "lapses"}]
        )
        assert paid(terms) == [110, 0, 0, 0]
        assert settled(terms).statements[0].paid == {"a": 1_000, "b": 10_000}

    def test_what_a_payer_does_not_pay_falls_to_nobody(self) -> None:
        clauses = {name: {"kind": "scheduled", "amounts": {12: 100, 24: 100}} for name in ("a", "b")}
        terms = contract(
            clauses,
            payers={"Kommunen": "0.5", "Staten": "0.5"},
            limits=[{"kind": "per_payer", "payer": "Staten", "amount": 120}],
            early_end={"compensation": 0},
        )
        first, second, _ = settled(terms).statements
        assert first.parts == {(name, payer): 5_000 for name in ("a", "b") for payer in ("Kommunen", "Staten")}
        assert second.paid == {"a": 10_000, "b": 10_000}
        assert second.parts == {("a", "Kommunen"): 5_000, ("a", "Staten"): 2_000, ("b", "Kommunen"): 5_000}
        assert (first.receipts, second.receipts) == ({"DSI": 20_000}, {"DSI": 12_000})

    def test_a_payers_later_clause_never_takes_back_what_it_paid_of_another(self) -> None:
        clauses = {"a": {"kind": "scheduled", "amounts": {24: 100}}, "b": {"kind": "scheduled", "amounts": {12: 100}}}
        terms = contract(clauses, limits=[{"kind": "per_payer", "payer": "Kommunen", "amount": 130}])
        first, second, _ = settled(terms).statements
        assert first.parts == {("b", "Kommunen"): 10_000}
        assert second.parts == {("a", "Kommunen"): 3_000}

    def test_what_is_repaid_was_first_left_unpaid_by_a_payer_with_a_limit(self) -> None:
        steps = [{"at_least": "0.5", "pays": 900}]
        clauses = {name: {"kind": "band", "steps": steps} for name in ("score", "grade")}
        limit = {"kind": "per_payer", "payer": "Kommunen", "amount": 1000}
        terms = contract(clauses, overpayment="repaid", limits=[limit])
        facts = found("score"), found("grade"), found("score", 0, of=9, on=SECOND), found("grade", 0, of=9, on=THIRD)
        first, second, third = (each.parts for each in settled(terms, *facts).statements)
        assert first == {("score", "Kommunen"): 90_000, ("grade", "Kommunen"): 10_000}
        assert second == {("score", "Kommunen"): -10_000}
        assert third == {("grade", "Kommunen"): -90_000}

    def test_a_clauses_own_limit_cuts_before_that_on_its_metric(self) -> None:
        clause = {"fee": {"kind": "unit_price", "metric": "housing", "price": 100}}
        limits = [
            {"kind": "per_metric", "metric": "housing", "amount": 60},
            {"kind": "per_clause", "clause": "fee", "amount": 70},
        ]
        told = settled(contract(clause, limits=limits), found("housing")).statements[0]
        assert told.cuts == {("per_clause", "fee"): 3_000, ("per_metric", "fee"): 1_000}

    def test_a_guarantor_pays_outside_its_own_limit_as_a_payer(self) -> None:
        terms = contract(
            {"fee": {"kind": "scheduled", "amounts": {12: 100}}},
            limits=[{"kind": "per_payer", "payer": "Kommunen", "amount": 40}],
            guarantee={"by": "Kommunen", "amount": 1_000_000},
        )
        told = settled(terms)
        assert told.statements[0].parts == {("fee", "Kommunen"): 4_000}
        assert told.closing.parts == {("guarantee", "Kommunen"): 99_996_000}
        assert told.closing.receipts == {"DSI": 99_996_000}

    def test_a_limit_per_person_serves_earlier_clauses_first_on_a_day_and_then_earlier_months(self) -> None:
        clauses = {name: {"kind": "unit_price", "prices": {12: 90, 24: 100}} for name in ("a", "b")}
        terms = contract(clauses, limits=[{"kind": "per_person", "amount": 150}])
        told = settled(terms, found("b", month=12, who=1), found("a", month=24, who=1))
        assert told.statements[0].paid == {"a": 10_000, "b": 5_000}
        cuts = sorted(settled(terms, found("a", month=24, who=1), found("a", month=12, who=1)).lines)
        assert [(line.gross, line.cut) for line in cuts] == [(10_000, 4_000), (9_000, 0)]

    def test_a_limit_per_person_may_be_on_some_clauses(self) -> None:
        clauses = {name: {"kind": "unit_price", "price": 100} for name in ("a", "b")}
        terms = contract(clauses, limits=[{"kind": "per_person", "amount": 30, "clauses": ["b"]}])
        assert settled(terms, found("a", who=1), found("b", who=1)).statements[0].paid == {"a": 10_000, "b": 3_000}

    def test_a_band_for_each_of_another_metric(self) -> None:
        steps = [{"at_least": "0.5", "pays": 100}, {"at_least": "0.8", "pays": 150}]
        band = {"kind": "band", "metric": "rate", "steps": steps, "for_each": "patients"}
        facts = [found("rate", "0.6"), found("patients", 20), found("rate", "1", on=SECOND, month=24)]
        facts += [found("patients", "7.5", on=SECOND, month=24)]
        assert earned(contract({"x": band}), *facts) == [2_000, 4_125, 4_125]
        each = band | {"on": "each_measurement"}
        assert earned(contract({"x": each}), *facts) == [2_000, 3_125, 3_125]
        due = band | {"due": [12, 24]}
        assert earned(contract({"x": due}), *facts) == [2_000, 6_125, 6_125]
        assert earned(contract({"x": band}), facts[0]) == [0, 0, 0]
        undated = [fact._replace(point=0) for fact in facts]
        assert earned(contract({"x": each}), *undated) == [2_000, 3_125, 3_125]

    def test_a_price_for_each_success_by_how_many_succeeded(self) -> None:
        band = {"kind": "band", "metric": "x", "nodes": [{"at": 0, "pays": 0}, {"at": 1, "pays": 100}], "for_each": "x"}
        assert earned(contract({"x": band}), found("x", 3, of=4), found("x", 1, of=4, on=SECOND, month=24)) == [
            225,
            200,
            200,
        ]

    def test_a_condition_on_some_follow_ups_and_one_of_several(self) -> None:
        late = {"metric": "job", "months": [24], "at_least": "0.5"}
        home = {"metric": "home", "value": "number", "at_least": 2}
        fee = {"kind": "scheduled", "amounts": {12: 10, 24: 20, 36: 40}}
        job = {"kind": "unit_price", "price": 0, "metric": "job"}
        count = {"kind": "unit_price", "price": 0, "metric": "home"}
        facts = [found("job", month=12), found("home", on=SECOND), found("home", who=1, on=THIRD, month=36)]
        told = {"fee": fee | {"only_if": [{"any_of": [late, home]}]}, "job": job, "count": count}
        assert earned(contract(told), *facts) == [0, 0, 70]
        assert earned(contract(told), *facts, found("job", 3, of=4, month=24, on=SECOND)) == [0, 30, 70]
        told["fee"] = fee | {"unless": [{"any_of": [late, home]}]}
        assert earned(contract(told), *facts) == [10, 30, 0]

    def test_limits_per_person_on_fewer_clauses_cut_first(self) -> None:
        clauses = {name: {"kind": "unit_price", "price": 100} for name in ("a", "b", "c")}
        whole = {"kind": "per_person", "amount": 170}
        best = {"kind": "per_person", "amount": 100, "clauses": ["a", "b"]}
        facts = [found(name, who=1) for name in ("a", "b", "c")]
        for limits in ([whole, best], [best, whole]):
            assert settled(contract(clauses, limits=limits), *facts).statements[0].paid == {"a": 10_000, "c": 7_000}

    def ceiling(self, **how: Any) -> Terms:
        fee = {"kind": "scheduled", "amounts": {12: 400_000, 36: 2_000_000}}
        return contract({"fee": fee}, limits=[{"kind": "return_ceiling", "rate": "0.1", **how}])

    def test_a_compound_account_earns_on_what_is_outstanding(self) -> None:
        terms = self.ceiling(accrual="yearly")
        # 1 000 000 · 1.1 − 400 000 = 700 000, and 700 000 · 1.1² = 847 000
        assert paid(terms) == [400_000, 0, 847_000, 0]

    def test_a_simple_average_is_on_all_capital_whenever_it_is_repaid(self) -> None:
        yearly, daily = self.ceiling(accrual="yearly", method="simple_average"), self.ceiling(method="simple_average")
        assert paid(yearly) == [400_000, 0, 900_000, 0]
        # 1095 days and a leap day less the first: 366 − 1 + 365 + 365 = 1095 days, exactly three years
        assert paid(daily) == [400_000, 0, 900_000, 0]

    def test_what_was_paid_too_much_is_repaid_or_set_off(self) -> None:
        clause = {"score": {"kind": "band", "steps": [{"at_least": "0.5", "pays": 900}]}}
        facts = found("score", 5, of=10), found("score", 0, of=5, on=SECOND), found("score", 10, of=10, on=THIRD)
        assert paid(contract(clause, overpayment="repaid"), *facts) == [900, -900, 900, 0]
        assert paid(contract(clause), *facts) == [900, 0, 0, 0]

    def test_a_repayment_makes_room_in_the_limits_and_gives_up_first_what_lapsed(self) -> None:
        clauses = {
            "score": {"kind": "band", "steps": [{"at_least": "0.5", "pays": 900}]},
            "fee": {"kind": "scheduled", "amounts": {12: 500}},
        }
        total = {"kind": "total", "amount": 1000}
        facts = found("score", 5, of=10), found("score", 0, of=5, on=SECOND)
        terms = contract(clauses, overpayment="repaid", limits=[total])
        assert [each.paid for each in settled(terms, *facts).statements[:2]] == [
            {"score": 90_000, "fee": 10_000},
            {"score": -90_000, "fee": 40_000},
        ]
        lapsing = contract(clauses, overpayment="repaid", limits=[{"kind": "total", "amount": 600, "excess": "lapses"}])
        assert [each.paid for each in settled(lapsing, *facts).statements[:2]] == [
            {"score": 60_000},
            {"score": -60_000},
        ]

    def test_a_repayment_makes_room_in_the_year_and_on_the_return_account(self) -> None:
        clauses = {
            "score": {"kind": "band", "steps": [{"at_least": "0.5", "pays": 900_000}]},
            "fee": {"kind": "scheduled", "amounts": {18: 950_000}},
        }
        facts = found("score", 5, of=10), found("score", 0, of=5, on="2021-06-30")
        year = contract(clauses, overpayment="repaid", limits=[{"kind": "per_year", "amount": 900_000}])
        # in the second year 900 000 is repaid and 950 000 paid
        assert paid(year, *facts) == [900_000, 50_000, 0, 0, 0]
        ceiling = {"kind": "return_ceiling", "rate": 0}
        assert paid(contract(clauses, overpayment="repaid", limits=[ceiling]), *facts) == [900_000, 50_000, 0, 0, 0]

    def test_what_lapsed_and_was_given_up_may_be_earned_again(self) -> None:
        clause = {"score": {"kind": "band", "steps": [{"at_least": "0.5", "pays": 900}]}}
        raised = [{"from": "2022-01-01", "limits": []}]
        facts = found("score", 5, of=10), found("score", 0, of=5, on=SECOND), found("score", 10, of=10, on=THIRD)
        limits = [{"kind": "total", "amount": 600, "excess": "lapses"}]
        terms = contract(clause, overpayment="repaid", limits=limits, amendments=raised)
        assert paid(terms, *facts) == [600, -600, 900, 0]


class TestTheEnd:
    def ended(self, **how: Any) -> Terms:
        clauses = {
            "housing": {"kind": "unit_price", "price": 100},
            "fee": {"kind": "scheduled", "amounts": {3: 10, 12: 20}},
        }
        return contract(clauses, statements={"every_months": 12}, early_end=how)

    def test_what_was_found_since_the_last_statement_lapses_or_is_settled_at_an_early_end(self) -> None:
        facts = found("housing", on="2020-05-01"), found("housing", on="2020-08-01")
        assert paid(self.ended(), *facts, ended="2020-06-30") == [10, 0, 0, 0, 0]
        assert paid(self.ended(results="settled"), *facts, ended="2020-06-30") == [10, 0, 0, 0, 100]

    def test_an_early_end_may_cost_a_compensation_and_the_agreed_end_does_not(self) -> None:
        terms = self.ended(compensation=55)
        assert paid(terms, ended="2020-06-30", column="early end") == [0, 0, 0, 0, 55]
        assert paid(terms, column="early end") == [0, 0, 0, 0, 0]

    def test_a_floor_counts_the_compensation(self) -> None:
        clause = {"gift": {"kind": "none"}}
        floor, early = {"share_of_capital": "0.1"}, {"compensation": 30_000}
        terms = contract(clause, floor=floor, early_end=early)
        closing = settled(terms, ended="2020-06-30").closing
        assert closing.paid == {"floor": 7_000_000, "early end": 3_000_000}


class TestPublishedDeals:
    """Rules and results as published; what is not said to be published is a check of the rule."""

    def test_newpins_coupon_follows_the_restoration_rate(self) -> None:
        nodes = [("0.55", 0), ("0.55", "0.03"), ("0.60", "0.075"), ("0.65", "0.12"), ("0.70", "0.15")]
        months = [12, 24, 36, 48, 60, 72, 84, 87]
        terms = contract(
            {
                "coupon": {
                    "kind": "band",
                    "metric": "restored",
                    "of": "capital_drawn",
                    "nodes": [{"at": at, "share": share} for at, share in nodes],
                    "due": months,
                    "per_year": True,
                    "least": {"share": "0.05", "until_month": 36},
                },
                "principal": {
                    "kind": "band",
                    "metric": "restored",
                    "of": "capital_drawn",
                    "steps": [{"above": "0.55", "share": 1}],
                    "otherwise": {"share": "0.5"},
                    "due": [87],
                },
            },
            end="2027-03-31",
            draws={0: 7_000_000},
        )
        assert paid(terms, found("restored", 60, of=100), column="coupon")[0] == 525_000
        weak = found("restored", 50, of=100), found("restored", 31, of=50, month=24, on=SECOND)
        # 81 of 150 is 54 %: 5 % for three years at the least, then nothing, and half of the principal
        assert earned(terms, *weak, clause="coupon") == [350_000, 700_000, *[1_050_000] * 6]
        assert earned(terms, *weak, clause="principal")[-2:] == [0, 3_500_000]
        # 62 % is two fifths of the way from 7.5 to 12 %: 9.3 %, and of the last quarter year a fourth
        good = earned(terms, found("restored", 62, of=100), clause="coupon")
        assert good == [*(651_000 * year for year in range(1, 8)), 651_000 * 7 + 162_750]

    def peterborough(self) -> Terms:
        cohort = {"kind": "band", "metric": "fall", "steps": [{"at_least": "0.1", "pays": 100}]}
        pooled = {"kind": "band", "metric": "fall", "steps": [{"at_least": "0.075", "pays": 250}], "due": [36]}
        return contract(
            {
                "cohort": cohort | {"on": "each_measurement"},
                "pooled": pooled | {"unless": [{"clause": "cohort", "above": 0}]},
            }
        )

    def test_peterboroughs_first_cohort_did_not_reach_ten_per_cent_and_the_pool_paid(self) -> None:
        first = found("fall", 155 - 142, of=155, group="cohort 1")
        second = found("fall", 155 - 140, of=155, group="cohort 2", on=SECOND)
        assert earned(self.peterborough(), first, second, clause="cohort") == [0] * 3
        assert earned(self.peterborough(), first, second, clause="pooled") == [0, 0, 250]  # 28 of 310 is 9.03 %

    def test_in_peterborough_a_cohort_that_reaches_ten_per_cent_pays_instead_of_the_pool(self) -> None:
        facts = found("fall", 16, of=155, group="cohort 1"), found("fall", 15, of=155, group="cohort 2", on=SECOND)
        assert earned(self.peterborough(), *facts, clause="cohort") == [100] * 3
        assert earned(self.peterborough(), *facts, clause="pooled") == [0] * 3

    @pytest.mark.parametrize(("reached", "pays"), [(20, 250_000), (19, 0)])
    def test_jump_pays_all_for_twenty_and_nothing_for_nineteen(self, reached: int, pays: int) -> None:
        step = {"at_least": 20, "pays": 250_000}
        young = [found("score", int(person < reached), who=person) for person in range(69)]
        assert earned(band(steps=[step], value="number"), *young) == [pays] * 3

    def test_able_paid_nothing_and_the_guarantor_most_of_the_loan(self) -> None:
        steps = [
            {"at_least": at, "pays": pays}
            for at, pays in (
                ("0.085", 4_800_000),
                ("0.1", 9_600_000),
                ("0.11", 10_080_000),
                ("0.12", 10_176_000),
                ("0.125", 10_272_000),
                ("0.13", 10_368_000),
                ("0.16", 10_944_000),
                ("0.2", 11_712_000),
            )
        ]
        clause = {"jail": {"kind": "band", "metric": "score", "steps": steps}}
        guarantee = {"by": "Bloomberg Philanthropies", "amount": 7_200_000}
        terms = contract(clause, draws={0: 9_600_000}, guarantee=guarantee)
        told = settled(terms, found("score", 0, on=SECOND), ended="2022-06-30")
        assert not any(each.paid for each in told.statements)
        assert told.closing.receipts == {"DSI": 720_000_000}
        for fall, pays in (("0.084999", 0), ("0.085", 4_800_000), ("0.11", 10_080_000), ("0.3", 11_712_000)):
            assert earned(terms, found("score", fall)) == [pays] * 3

    def test_denvers_stable_days_pay_to_the_cent(self) -> None:
        clause = {"price": "15.12", "less": ["jail"], "requires": [{"metric": "lease", "counts": "from_then"}]}
        housed = [found("lease", who=1), found("housing", 300_000, who=1, month=24, on=SECOND)]
        jailed = found("jail", 300_000 - 258_858, who=1, month=24, on=SECOND)
        terms = contract({"housing": {"kind": "unit_price", **clause}}, limits=[{"kind": "total", "amount": 5_290_000}])
        last = found("housing", 41_070, who=1, month=36, on=THIRD)
        assert paid(terms, *housed, jailed, last) == kr("0", "3913932.96", "620978.40", "0")

    def test_the_benevolent_societys_classes_return_by_the_band(self) -> None:
        returns = [
            ("0.05", "0.05", "0.08"),
            ("0.15", "0.06", "0.105"),
            ("0.2", "0.07", "0.15"),
            ("0.25", "0.08", "0.2"),
        ]
        clauses = {
            name: {
                "kind": "band",
                "metric": "improvement",
                "of": of,
                "steps": [{"at_least": step[0], "share": step[place]} for step in returns],
            }
            for name, of, place in (("P", 7_500_000, 1), ("E", 2_500_000, 2))
        }
        told = found("improvement", "0.19")
        assert earned(contract(clauses), told, clause="P")[0] == 450_000
        assert earned(contract(clauses), told, clause="E")[0] == 262_500
