"""Intake into limited places: first come first served, and never more served than there are places."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulations.calendar import enrol
from simulations.lives import NEVER
from simulations.months import MONTH, YEAR

HORIZON = 3 * YEAR
ROWS = 4


@st.composite
def intakes(draw: st.DrawFn) -> dict:
    citizens = draw(st.integers(1, 12))
    days = st.integers(1, 2 * YEAR).map(np.float32)
    return {
        "referred": (np.arange(citizens) // draw(st.integers(1, 4)) * MONTH).astype(np.int32),
        "lasting": np.array(draw(st.lists(days, min_size=citizens * ROWS, max_size=citizens * ROWS)), np.float32),
        "places": draw(st.none() | st.integers(1, 5)),
        "first_day": draw(st.sampled_from((0, 45, 90))),
        "closes": np.array(draw(st.lists(st.sampled_from((NEVER, 200.0)), min_size=ROWS, max_size=ROWS)), np.float32),
        "horizon": HORIZON,
    }


@given(intakes())
def test_places_order_and_dates_are_kept(intake: dict) -> None:
    found = enrol(**intake)
    starts, stops = found.starts.reshape(-1, ROWS), found.stops.reshape(-1, ROWS)
    served = starts < NEVER
    assert (np.diff(starts, axis=0) >= 0).all(), "nobody is served before someone who came earlier"
    assert (starts >= intake["referred"][:, None]).all()
    assert (starts[served] >= intake["first_day"]).all()
    assert (starts[served] % MONTH == 0).all()
    closes = np.broadcast_to(intake["closes"], starts.shape)
    assert (starts[served] < closes[served]).all()
    longest = intake["lasting"].reshape(-1, ROWS)
    assert (stops[served] == np.minimum(starts + longest, closes)[served]).all()
    for day in range(0, HORIZON, MONTH):
        inside = ((starts <= day) & (stops > day)).sum(axis=0)
        assert intake["places"] is None or (inside <= intake["places"]).all()


@given(intakes())
def test_nobody_waits_while_a_place_is_free(intake: dict) -> None:
    found = enrol(**intake)
    starts, stops = found.starts.reshape(-1, ROWS), found.stops.reshape(-1, ROWS)
    for month in range(-(-intake["first_day"] // MONTH), HORIZON // MONTH):
        day = month * MONTH
        waiting = ((intake["referred"][:, None] <= day) & (starts > day)).sum(axis=0)
        inside = ((starts <= day) & (stops > day)).sum(axis=0)
        is_open = intake["closes"] > day
        if intake["places"] is None:
            assert not (waiting[is_open] > 0).any()
        else:
            assert not ((waiting > 0) & (inside < intake["places"]) & is_open).any()
