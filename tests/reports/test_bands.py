"""The rule that a page names for a band is the one that settlement followed."""

from decimal import Decimal

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.banding import amount_at
from contracts.clauses import Band
from contracts.compiled import compile_terms
from contracts.plans import BandPlan
from contracts.terms import Terms
from reports.numbers import money
from reports.terminal.bands import rule_words

MILLION = 10**6


def _plan(band: Band) -> BandPlan:
    terms = {
        "start": "2020-01-01",
        "end": "2021-12-31",
        "capital": {"DSI": 1},
        "payers": {"K": 1},
        "clauses": {"b": band.model_dump(by_alias=True, exclude_unset=True)},
    }
    (clause,) = compile_terms(Terms.model_validate(terms)).clauses
    assert isinstance(clause, BandPlan)
    return clause


THRESHOLDS = st.integers(0, 20).map(lambda tenths: Decimal(tenths) / 10)


@st.composite
def bands(draw: st.DrawFn) -> Band:
    names = draw(st.sampled_from((("at_least", "above"), ("at_most", "below"))))
    pairs = st.tuples(st.sampled_from(names), THRESHOLDS)
    steps = [
        {name: str(at), "pays": 100 + number}
        for number, (name, at) in enumerate(draw(st.lists(pairs, min_size=1, max_size=4, unique=True)))
    ]
    value = draw(st.sampled_from(("share", "number")))
    return Band.model_validate(
        {"kind": "band", "metric": "m", "value": value, "steps": steps, "otherwise": {"pays": 7}}
    )


@given(bands(), st.integers(0, 20), st.integers(1, 10))
def test_the_step_that_is_named_is_the_one_that_paid(band: Band, tenths: int, measured: int) -> None:
    found, of = tenths * measured * MILLION // 10, measured * MILLION
    (paid,) = amount_at(_plan(band), np.array([found]), np.array([of]), np.zeros(1, np.int64), 12).tolist()
    words = rule_words(band, found, of, "da", "DKK")
    assert words.endswith(f" giver {money(paid, 'da')}")
    if paid == 700:
        assert words.startswith("intet trin")


@given(st.lists(st.tuples(THRESHOLDS, st.integers(0, 500)), min_size=2, max_size=4), st.integers(0, 25))
@example([(Decimal(0), 0), (Decimal(0), 1), (Decimal("0.1"), 0)], 0)
def test_between_two_nodes_the_amount_lies_between_theirs(points: list[tuple[Decimal, int]], tenths: int) -> None:
    nodes = [{"at": str(at), "pays": pays} for at, pays in sorted(points, key=lambda point: point[0])]
    band = Band.model_validate({"kind": "band", "metric": "m", "value": "number", "nodes": nodes})
    found = tenths * MILLION // 10
    (paid,) = amount_at(_plan(band), np.array([found]), np.array([MILLION]), np.zeros(1, np.int64), 12).tolist()
    words = rule_words(band, found, MILLION, "en", "DKK")
    if words.startswith("in proportion"):
        ends = sorted(float(part.split("DKK ")[1].split(")")[0]) for part in words.split(" and "))
        assert ends[0] * 100 - 1 <= paid <= ends[1] * 100 + 1
    else:
        assert words.endswith(money(paid, "en"))
