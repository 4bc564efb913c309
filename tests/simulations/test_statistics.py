"""Figures and their Monte Carlo errors: against theory, against plain loops, and where there is little to go on."""

import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays

from simulations import statistics as st

DRAWS = 10_000
amounts = some.integers(-(10**12), 10**12)
samples = arrays.arrays(np.int64, some.integers(1, 60), elements=amounts)
flows = arrays.arrays(np.int64, some.tuples(some.integers(1, 12), some.integers(1, 6)), elements=some.integers(-50, 50))


def normals(count, seed=1):
    return np.random.default_rng(seed).standard_normal((count, DRAWS))


@pytest.mark.parametrize(
    ("figure", "error"),
    [(lambda y: st.quantile(y, 0.05), 0.0211), (st.worst_mean, 0.0247), (st.mean, 0.0100)],
    ids=["P5", "worst 5 %", "mean"],
)
def test_standard_errors_on_normal_draws_are_those_of_theory(figure, error):
    found = [figure(sample) for sample in normals(400)]
    stated = np.array([estimate.error for estimate in found])
    assert stated.mean() == pytest.approx(error, rel=0.02)
    observed = np.std([estimate.value for estimate in found], ddof=1)
    assert observed == pytest.approx(error, rel=3 / math.sqrt(2 * 400))


def test_the_figures_of_normal_draws_are_those_of_theory():
    sample = normals(1)[0]
    for found, theory in [(st.quantile(sample, 0.05), -1.6449), (st.worst_mean(sample), -2.0627), (st.mean(sample), 0)]:
        assert abs(found.value - theory) < 4 * found.error
    assert st.quantile(sample, 0.5).error == pytest.approx(math.sqrt(math.pi / 2) / 100, rel=0.25)


def test_the_interval_of_a_quantile_covers_it_in_95_percent_of_samples():
    found = [st.quantile(sample[:1000], 0.05) for sample in normals(1000)]
    covered = np.mean([estimate.low <= -1.6449 <= estimate.high for estimate in found])
    assert covered == pytest.approx(0.95, abs=0.025)


@pytest.mark.parametrize(("p", "count"), [(0.02, 200), (0.3, 50), (0.5, 1000)])
def test_wilsons_interval_covers_the_probability_in_95_percent_of_samples(p, count):
    seen = np.random.default_rng(2).random((4000, count)) < p
    found = [st.probability(row) for row in seen]
    assert np.mean([estimate.low <= p <= estimate.high for estimate in found]) == pytest.approx(0.95, abs=0.025)


def test_wilsons_interval_in_a_textbook_case():
    found = st.probability(np.arange(10) < 1)  # 1 of 10: Agresti and Coull 1998 give 0.018 to 0.404
    assert (found.low, found.high) == (pytest.approx(0.01788, abs=1e-5), pytest.approx(0.40415, abs=1e-5))


def test_what_is_never_seen_is_below_three_in_so_many():
    assert st.probability(np.zeros(10_000, bool)) == st.Estimate(0.0, None, 0.0, 3 / 10_000)
    assert st.probability(np.ones(10_000, bool)) == st.Estimate(1.0, None, 1 - 3 / 10_000, 1.0)
    assert st.probability(np.zeros(1, bool)) == st.Estimate(0.0, None, 0.0, 1.0)


def test_the_error_between_designs_is_paired():
    mine, other = normals(2)
    other = mine + 0.1 * other
    found = st.difference(mine, other)
    assert found.value == pytest.approx(np.mean(mine) - np.mean(other))
    assert found.error == pytest.approx(np.std(mine - other, ddof=1) / math.sqrt(DRAWS))
    assert found.error < st.mean(mine).error / 9


def test_the_risk_moved_has_the_error_that_repeated_samples_show():
    mine, other = normals(400, seed=3), normals(400, seed=4)
    found = [st.risk_moved(a, 0.5 * a + 0.3 * b) for a, b in zip(mine, other, strict=True)]
    theory = 2.0627 * (1 - math.hypot(0.5, 0.3))
    values = np.array([estimate.value for estimate in found])
    assert values.mean() == pytest.approx(theory, abs=4 * values.std() / 20)
    assert np.mean([estimate.error for estimate in found]) == pytest.approx(values.std(ddof=1), rel=0.11)


@given(samples)
def test_a_design_moves_no_risk_against_itself_or_a_fixed_sum(sample):
    assert st.risk_moved(sample, sample).value == 0
    assert st.risk_moved(sample, sample + 10**12).value == pytest.approx(0, abs=1)


@given(samples)
def test_figures_stand_in_order(sample):
    worst, average = st.worst_mean(sample).value, st.mean(sample).value
    low, middle, high = (st.quantile(sample, p).value for p in (0.05, 0.5, 0.95))
    assert sample.min() - 1 <= worst <= low <= middle <= high <= sample.max()
    assert worst <= average + 1e-3
    if (sample < 0).any():
        assert st.mean_loss(sample).value == pytest.approx(sample[sample < 0].mean())


@given(arrays.arrays(np.int64, some.sampled_from([20, 40, 100]), elements=amounts))
def test_the_worst_mean_is_the_plain_mean_of_the_worst_where_their_number_is_whole(sample):
    worst = np.sort(sample)[: len(sample) // 20]
    assert st.worst_mean(sample).value == pytest.approx(worst.mean(), abs=1e-2)


@given(samples)
def test_what_has_a_meaning_is_never_nan(sample):
    signs = sample < 0
    found = [st.mean(sample), st.worst_mean(sample), st.probability(signs), st.mean_loss(sample)]
    found += [st.quantile(sample, p) for p in (0.05, 0.5, 0.95)]
    found += [st.ratio(sample, np.abs(sample)), st.difference(sample, sample[::-1])]
    for estimate in found:
        assert all(part is None or math.isfinite(part) for part in astuple(estimate))
    for estimate in found[:3]:
        assert estimate.value is not None
        assert estimate.low is None or estimate.low <= estimate.value <= estimate.high


def test_one_replication_has_a_value_and_no_error():
    one = np.array([7.0])
    for found in (st.mean(one), st.quantile(one, 0.05), st.worst_mean(one), st.risk_moved(one, one)):
        assert found.value is not None
        assert found.error is None


def test_equal_replications_have_no_error():
    same = np.full(10, 1 / 3)
    for found in (st.mean(same), st.quantile(same, 0.05), st.worst_mean(same), st.risk_moved(same, same)):
        assert found.error == 0


def test_nothing_gives_no_figure():
    empty = np.zeros(0)
    for found in (st.mean(empty), st.quantile(empty, 0.5), st.worst_mean(empty), st.probability(empty < 0)):
        assert found == st.NOTHING
    assert st.mean_loss(np.array([1.0, 2.0])) == st.NOTHING
    assert st.ratio(np.array([1.0]), np.array([0.0])) == st.NOTHING


def test_too_few_replications_say_nothing_about_the_tail():
    found = st.quantile(np.arange(20), 0.05)
    assert (found.value, found.low, found.error) == (0, None, None)


@given(flows)
def test_payback_is_the_year_after_the_last_below_zero(cash):
    for row, found in zip(cash.tolist(), st.payback_index(cash), strict=True):
        totals = [sum(row[: year + 1]) for year in range(len(row))]
        later = [year for year in range(len(row)) if all(total >= 0 for total in totals[year:])]
        assert found == (later[0] if later else math.inf)


def test_payback_is_late_where_many_never_are_paid_back():
    paid, never = [-1, 0, 1], [-1, 0, 0]
    year, share = st.payback(np.array([paid, paid, never]))
    assert (year.value, share.value) == (2, pytest.approx(1 / 3))
    year, share = st.payback(np.array([paid, never, never]))
    assert (year.value, share.value) == (None, pytest.approx(2 / 3))


@given(flows)
def test_the_low_point_is_the_deepest_cumulative_cash(cash):
    lows, years = [], []
    for row in cash.tolist():
        totals = [sum(row[: year + 1]) for year in range(len(row))]
        lows.append(min(0, *totals))
        if min(totals) < 0:
            years.append(totals.index(min(totals)))
    found = st.liquidity(cash)
    assert found.median.value == sorted(lows)[(len(lows) + 1) // 2 - 1]
    assert found.p5.value == min(lows)
    assert found.year.value == (sorted(years)[(len(years) + 1) // 2 - 1] if years else None)


def test_a_ratio_of_means_has_the_error_that_repeated_samples_show():
    above, below = 3 + normals(400, seed=5)[:, :500], 2 + 0.3 * normals(400, seed=6)[:, :500]
    found = [st.ratio(a, b) for a, b in zip(above, below, strict=True)]
    values = np.array([estimate.value for estimate in found])
    assert values.mean() == pytest.approx(1.5, rel=0.01)
    assert np.mean([estimate.error for estimate in found]) == pytest.approx(values.std(ddof=1), rel=0.11)


def test_present_value_divides_each_year_after_the_first():
    found = st.present_value(np.array([[100, 104, 10_816], [0, 0, 0]]), (1.0, 1.04, 1.04**2))
    assert found == pytest.approx([100 + 100 + 10_000, 0])
    assert st.present_value(np.array([[1, 2, 3]]), (1.0,) * 3).tolist() == [6.0]
