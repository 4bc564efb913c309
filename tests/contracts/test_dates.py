"""Contract months, the growth of a return account, and the days on which a contract is settled."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.clauses import Scheduled
from contracts.dates import add_months, growth_ppb, month_end, simple_growth_ppb
from contracts.money import PPB
from contracts.terms import Terms
from contracts.timetable import draw_dates, due_day, scheduled_dates, statement_dates
from tests import oracle
from tests.oracle import growth, simple_growth

days = st.dates(dt.date(2000, 1, 1), dt.date(2060, 12, 31))
rates = st.integers(0, 200_000).map(lambda ppm: Decimal(ppm) / 1_000_000)
accruals = st.sampled_from(("daily", "yearly"))


def grown(rate: str, accrual: str, since: dt.date, until: dt.date) -> int:
    return growth_ppb(Decimal(rate), accrual, since.toordinal(), until.toordinal())


@pytest.mark.parametrize(
    ("start", "month", "end"),
    [
        (dt.date(2020, 1, 1), 0, dt.date(2020, 1, 1)),
        (dt.date(2020, 1, 1), 12, dt.date(2020, 12, 31)),
        (dt.date(2020, 1, 1), 2, dt.date(2020, 2, 29)),
        (dt.date(2021, 12, 1), 60, dt.date(2026, 11, 30)),
        (dt.date(2020, 8, 15), 6, dt.date(2021, 2, 14)),
    ],
)
def test_a_contract_month_ends_the_day_before_the_next_begins(start: dt.date, month: int, end: dt.date) -> None:
    assert month_end(start, month) == end


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (dt.date(2020, 1, 31), 1, dt.date(2020, 2, 29)),
        (dt.date(2021, 1, 31), 1, dt.date(2021, 2, 28)),
        (dt.date(2020, 11, 30), 3, dt.date(2021, 2, 28)),
        (dt.date(2020, 1, 15), -1, dt.date(2019, 12, 15)),
    ],
)
def test_a_shorter_month_gives_its_last_day(day: dt.date, months: int, later: dt.date) -> None:
    assert add_months(day, months) == later


@given(days, st.integers(-600, 600))
def test_adding_months_counts_months(day: dt.date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + dt.timedelta(days=1)).day == 1)


@given(days, st.integers(1, 240))
def test_months_of_a_contract_follow_each_other(start: dt.date, month: int) -> None:
    assert month_end(start, month - 1) < month_end(start, month)


def test_yearly_accrual_from_new_year_to_new_years_eve_is_one_year() -> None:
    assert grown("0.05", "yearly", dt.date(2020, 1, 1), dt.date(2020, 12, 31)) == 50_000_000
    assert grown("0.05", "yearly", dt.date(2020, 1, 1), dt.date(2022, 12, 31)) == 157_625_000


def test_yearly_accrual_falls_on_new_years_eve_alone() -> None:
    assert grown("0.05", "yearly", dt.date(2020, 1, 1), dt.date(2020, 12, 30)) == 0
    assert grown("0.05", "yearly", dt.date(2020, 12, 30), dt.date(2020, 12, 31)) == 50_000_000
    assert grown("0.05", "yearly", dt.date(2020, 12, 31), dt.date(2021, 12, 30)) == 0


def test_daily_accrual_counts_days_over_365() -> None:
    assert grown("0.046", "daily", dt.date(2021, 1, 1), dt.date(2022, 1, 1)) == 46_000_000
    leap_year = grown("0.046", "daily", dt.date(2020, 1, 1), dt.date(2021, 1, 1))
    assert leap_year == int((1.046 ** (366 / 365) - 1) * PPB) > 46_000_000


@given(rates, accruals, days, st.integers(0, 4000))
def test_growth_is_the_exact_growth_rounded_down(rate: Decimal, accrual: str, since: dt.date, length: int) -> None:
    until = since + dt.timedelta(days=length)
    assert growth_ppb(rate, accrual, since.toordinal(), until.toordinal()) == growth(rate, accrual, since, until)


@given(rates, accruals, days, st.integers(0, 4000))
def test_simple_growth_is_the_exact_interest_rounded_down(
    rate: Decimal, accrual: str, since: dt.date, length: int
) -> None:
    until = since + dt.timedelta(days=length)
    found = simple_growth_ppb(rate, since.toordinal(), until.toordinal(), accrual)
    assert found == simple_growth(rate, accrual, since, until)


def test_simple_growth_is_exact_where_days_do_not_divide_a_year() -> None:
    start = dt.date(2021, 1, 1).toordinal()
    assert simple_growth_ppb(Decimal("0.073"), start, start + 5, "daily") == 1_000_000
    assert simple_growth_ppb(Decimal("0.05"), start, start + 730, "daily") == 100_000_000


@given(rates, accruals, days, st.integers(0, 2000), st.integers(0, 2000))
def test_growth_over_a_split_period_is_that_in_one_go_but_for_rounding(
    rate: Decimal, accrual: str, since: dt.date, first: int, second: int
) -> None:
    start = since.toordinal()
    begun = growth_ppb(rate, accrual, start, start + first)
    rest = growth_ppb(rate, accrual, start + first, start + first + second)
    whole = growth_ppb(rate, accrual, start, start + first + second)
    composed = Fraction((PPB + begun) * (PPB + rest), PPB) - PPB
    assert whole - 8 < composed < whole + 1


@pytest.mark.parametrize("accrual", ["daily", "yearly"])
def test_time_does_not_run_backwards(accrual: str) -> None:
    later, earlier = dt.date(2020, 1, 2), dt.date(2020, 1, 1)
    with pytest.raises(ValueError, match="from 2020-01-02 to 2020-01-01"):
        grown("0.05", accrual, later, earlier)
    with pytest.raises(ValueError, match="from 2020-01-02 to 2020-01-01"):
        simple_growth_ppb(Decimal("0.05"), later.toordinal(), earlier.toordinal(), accrual)


def terms(start: str, end: str, **given_terms: object) -> Terms:
    gift = {"gift": {"kind": "none"}}
    return Terms.model_validate({"start": start, "end": end, "capital": {"DSI": 1}, "clauses": gift} | given_terms)


@pytest.mark.parametrize(("every", "count"), [(1, 36), (2, 18), (3, 12), (5, 8), (6, 6), (12, 3), (24, 2), (48, 1)])
def test_statements_fall_throughout_the_contract_and_at_its_end(every: int, count: int) -> None:
    found = statement_dates(terms("2020-01-01", "2022-12-31", statements={"every_months": every}))
    whole = [month_end(dt.date(2020, 1, 1), every * number) for number in range(1, count)]
    assert found == (*whole, dt.date(2022, 12, 31))


@given(days, st.integers(1, 120), st.integers(1, 120))
def test_no_statement_is_forgotten_whatever_the_start(start: dt.date, every: int, months: int) -> None:
    end = month_end(start, months)
    found = statement_dates(terms(str(start), str(end), statements={"every_months": every}))
    assert found == (*(month_end(start, month) for month in range(every, months, every)), end)


def test_a_scheduled_amount_makes_a_statement_on_its_day() -> None:
    fee = {"kind": "scheduled", "amounts": {2020: 1, dt.date(2021, 4, 1): 2}, "payers": {"K": 1}}
    found = statement_dates(terms("2020-01-01", "2021-12-31", statements={"months": [24]}, clauses={"fee": fee}))
    assert found == (dt.date(2020, 12, 31), dt.date(2021, 4, 1), dt.date(2021, 12, 31))


def test_amounts_for_the_same_day_are_added() -> None:
    new_years_eve = dt.date(2020, 12, 31)
    fee = Scheduled(kind="scheduled", amounts={2020: 10, new_years_eve: 5}, payers={"K": Decimal(1)})
    assert scheduled_dates(fee, dt.date(2020, 1, 1)) == {new_years_eve: 15}
    drawn = terms("2020-01-01", "2021-12-31", draws={12: 10, new_years_eve: 5, 0: 1})
    assert draw_dates(drawn) == {dt.date(2020, 1, 1): 1, new_years_eve: 15}


@pytest.mark.parametrize(
    ("when", "day"),
    [
        (0, dt.date(2020, 5, 15)),
        (1, dt.date(2020, 6, 14)),
        (12, dt.date(2021, 5, 14)),
        (2021, dt.date(2021, 12, 31)),
        (dt.date(2021, 3, 3), dt.date(2021, 3, 3)),
    ],
)
def test_a_key_is_a_contract_month_a_year_or_a_date(when: int | dt.date, day: dt.date) -> None:
    assert due_day(dt.date(2020, 5, 15), when) == day


@given(days, st.integers(0, 1200) | st.integers(1900, 2200) | days)
def test_due_days_are_those_of_the_oracle(start: dt.date, when: int | dt.date) -> None:
    gift = Terms.model_validate({"start": start, "capital": {"DSI": 1}, "clauses": {"gift": {"kind": "none"}}})
    assert due_day(start, when) == oracle.due_day(gift, when)


def test_due_months_and_dates_of_a_band_make_statements_on_their_days() -> None:
    band = {"kind": "band", "nodes": [{"at": 0, "pays": 0}, {"at": 1, "pays": 1}], "payers": {"K": 1}}
    due = band | {"due": [3, 12, dt.date(2021, 4, 1)]}
    found = statement_dates(terms("2020-01-01", "2021-12-31", statements={"months": [24]}, clauses={"score": due}))
    assert found == (dt.date(2020, 3, 31), dt.date(2020, 12, 31), dt.date(2021, 4, 1), dt.date(2021, 12, 31))


def test_statements_are_on_stated_dates_within_the_contract() -> None:
    dates = [dt.date(2019, 12, 31), dt.date(2020, 6, 1), dt.date(2020, 1, 1), dt.date(2022, 1, 1)]
    found = statement_dates(terms("2020-01-01", "2021-12-31", statements={"dates": dates}))
    assert found == (dt.date(2020, 1, 1), dt.date(2020, 6, 1), dt.date(2021, 12, 31))


def test_terms_read_back_from_json_keep_months_years_and_dates_apart() -> None:
    fee = {"kind": "scheduled", "amounts": {3: 1, 2020: 10, dt.date(2021, 1, 1): 5}, "payers": {"K": 1}}
    due = {"due": [0, 6, dt.date(2021, 1, 1)], "steps": [{"at_least": "0.7", "pays": "15.12"}], "payers": {"K": 1}}
    clauses = {"fee": fee, "score": {"kind": "band"} | due}
    closed = {"from": dt.date(2021, 2, 1), "clauses": {"fee": None}}
    agreed = terms(
        "2020-01-01",
        "2021-12-31",
        draws={0: 1, 6: 2, dt.date(2021, 1, 1): 3},
        clauses=clauses,
        amendments=[closed],
    )
    assert Terms.model_validate_json(agreed.model_dump_json(by_alias=True)) == agreed
