"""Random contracts with their facts, and a way to settle many of them at once in the words of the oracle."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from contracts import entitlement, settlement
from contracts.compiled import Plan, compile_terms
from contracts.dates import month_end
from contracts.entitlement import Facts, Lines, facts_of
from contracts.money import PPM
from contracts.settlement import Position
from contracts.terms import SavingsShare, Terms, UnitPrice, statement_dates
from tests.oracle import Fact, Line, Settled, Settlement

OUTCOMES = ("housing", "work")
SAVINGS = ("shelter", "benefits")
POINTS = (0, 6, 12, 24)
PAYERS = ("Kommunen", "Staten", "Regionen")
PROVIDERS = ("DSI", "Investeringsfonden", "Banken")

Draws = dict[dt.date, int]


@dataclass(frozen=True)
class Case:
    """One set of terms and some contracts on it: for each row its facts, its draws (on common days), and its end."""

    terms: Terms
    facts: tuple[tuple[Fact, ...], ...]
    draws: tuple[Draws, ...]
    ends: tuple[dt.date, ...]


def shares(names: Sequence[str]) -> st.SearchStrategy[dict[str, Decimal]]:
    """Shares in millionths that add to one; some are nothing, and few are round."""
    cuts = st.lists(st.integers(0, PPM) | st.sampled_from((333_333, 500_000)), max_size=len(names) - 1)

    def shared(cuts: list[int]) -> dict[str, Decimal]:
        marks = [0, *sorted(cuts), PPM]
        widths = [high - low for low, high in pairwise(marks)]
        return dict(zip(names, (Decimal(width) / PPM for width in widths), strict=False))

    return cuts.map(shared)


def unit_prices(metrics: Sequence[str] = OUTCOMES) -> st.SearchStrategy[dict[str, object]]:
    prices = st.dictionaries(st.sampled_from(POINTS), st.integers(0, 90_001), min_size=1)
    return st.fixed_dictionaries(
        {
            "kind": st.just("unit_price"),
            "metric": st.sampled_from(metrics),
            "prices": prices,
            "payers": shares(PAYERS),
        }
    )


@st.composite
def tiers(draw: st.DrawFn) -> list[dict[str, object]]:
    """One to three tiers; the last may have an end, or give nothing."""
    bounds: list[int | None] = [*sorted(draw(st.sets(st.integers(1, 300_000), max_size=2))), None]
    if len(bounds) > 1 and draw(st.booleans()):
        bounds.pop()
    least = [0 if bound is None else 1 for bound in bounds]
    given_shares = [Decimal(draw(st.integers(low, PPM) | st.just(800_000))) / PPM for low in least]
    return [{"share": s, "until_earned": b} for s, b in zip(given_shares, bounds, strict=True)]


def savings_shares() -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {
            "kind": st.just("savings_share"),
            "metric": st.sampled_from(SAVINGS),
            "tiers": tiers(),
            "payers": shares(PAYERS),
        }
    )


def scheduled(start: dt.date, end: dt.date) -> st.SearchStrategy[dict[str, object]]:
    years = [year for year in range(start.year, end.year + 1) if dt.date(year, 12, 31) <= end]
    whens = st.dates(start, end) | st.sampled_from(years)
    amounts = st.dictionaries(whens, st.integers(0, 200_000), min_size=1, max_size=3)
    return st.fixed_dictionaries({"kind": st.just("scheduled"), "amounts": amounts, "payers": shares(PAYERS)})


def limits(
    clauses: Iterable[str], accruals: Sequence[str] = ("daily", "yearly")
) -> st.SearchStrategy[list[dict[str, object]]]:
    """Any combination of limits, each at most once (a limit per clause at most once for each clause)."""
    amount, excess = st.integers(0, 400_000), st.sampled_from(("waits", "lapses"))
    rate = st.integers(0, 150_000).map(lambda ppm: Decimal(ppm) / PPM)
    plain = {"amount": amount, "excess": excess}
    each = [{"kind": st.just("per_clause"), "clause": st.just(name), **plain} for name in clauses]
    each += [{"kind": st.just(kind), **plain} for kind in ("per_year", "total")]
    each += [{"kind": st.just("per_person"), "amount": amount}]
    each += [
        {
            "kind": st.just("return_ceiling"),
            "rate": rate,
            "accrual": st.sampled_from(accruals),
            "excess": excess,
        }
    ]
    chosen = st.lists(st.sampled_from(range(len(each))), unique=True, max_size=len(each))
    return chosen.flatmap(lambda numbers: st.tuples(*(st.fixed_dictionaries(each[n]) for n in numbers)).map(list))


def floors() -> st.SearchStrategy[dict[str, object]]:
    share = st.integers(0, PPM).map(lambda ppm: Decimal(ppm) / PPM)
    return st.fixed_dictionaries({"share_of_capital": share, "payers": shares(PAYERS)})


def guarantees() -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {"by": st.sampled_from(("Bikubenfonden", PAYERS[0])), "amount": st.integers(0, 300_000)}
    )


@st.composite
def agreed(draw: st.DrawFn) -> Terms:
    """Any terms that are complete: clauses of every kind, and limits, floor and guarantee or not."""
    start = draw(st.dates(dt.date(2019, 1, 1), dt.date(2023, 1, 1)) | st.just(dt.date(2020, 1, 1)))
    end = month_end(start, draw(st.integers(12, 60)))
    kinds = [unit_prices(), unit_prices(), savings_shares(), scheduled(start, end), st.just({"kind": "none"})]
    bodies = draw(st.lists(st.one_of(kinds), min_size=1, max_size=4))
    clauses = {f"clause {number}": body for number, body in enumerate(bodies)}
    every = st.fixed_dictionaries({"every_months": st.sampled_from((3, 6, 12))})
    months = st.fixed_dictionaries({"months": st.lists(st.integers(0, 60), min_size=1, max_size=6)})
    return Terms.model_validate(
        {
            "start": start,
            "end": end,
            "capital": draw(shares(PROVIDERS)),
            "statements": draw(every | months),
            "clauses": clauses,
            "limits": draw(limits(clauses)),
            "floor": draw(st.none() | floors()),
            "guarantee": draw(st.none() | guarantees()),
        }
    )


@st.composite
def facts_for(draw: st.DrawFn, terms: Terms, most: int = 8) -> tuple[Fact, ...]:
    """Facts of one row: single persons, counts of 9.6 citizens, savings that may be losses; some that earn nothing."""
    days = statement_dates(terms)
    found = []
    for _ in range(draw(st.integers(0, most))):
        statement = draw(st.integers(0, len(days) - 1))
        day = draw(st.sampled_from(days[: statement + 1]))
        person = draw(st.none() | st.integers(0, 2))
        if draw(st.booleans()):
            metric, point = draw(st.sampled_from(SAVINGS)), 0
            quantity = Fraction(draw(st.integers(-20_000_000, 50_000_000)))
        else:
            metric, point = draw(st.sampled_from(OUTCOMES)), draw(st.sampled_from((*POINTS, 18)))
            whole = st.integers(0, 3).map(lambda count: count * PPM)
            quantity = Fraction(draw(whole | st.just(9_600_000) | st.integers(0, 5_000_000)), PPM)
        found.append(Fact(person, day, statement, metric, point, quantity))
    return tuple(found)


@st.composite
def cases(draw: st.DrawFn, terms: st.SearchStrategy[Terms] | None = None, most: int = 8) -> Case:
    """Terms and one to three contracts on them, which may end early, on a statement day or another."""
    given_terms = draw(agreed() if terms is None else terms)
    assert given_terms.start is not None
    assert given_terms.end is not None
    rows = draw(st.integers(1, 3))
    later = st.sets(st.dates(given_terms.start, given_terms.end), max_size=3)
    days = sorted({given_terms.start} | draw(later))
    ends = st.sampled_from((*days, *statement_dates(given_terms)))
    amounts = st.integers(0, 30_000_001)
    return Case(
        given_terms,
        tuple(draw(facts_for(given_terms, most)) for _ in range(rows)),
        tuple({day: draw(amounts) for day in days} for _ in range(rows)),
        tuple(draw(st.just(given_terms.end) | ends) for _ in range(rows)),
    )


@st.composite
def outcome_terms(draw: st.DrawFn, person_limit: st.SearchStrategy[int | None]) -> Terms:
    """Unit prices over three years, with or without a limit per person."""
    bodies, most = draw(st.lists(unit_prices(), min_size=1, max_size=3)), draw(person_limit)
    return Terms.model_validate(
        {
            "start": dt.date(2020, 1, 1),
            "end": dt.date(2022, 12, 31),
            "capital": {"DSI": 1},
            "clauses": {f"clause {number}": body for number, body in enumerate(bodies)},
            "limits": [] if most is None else [{"kind": "per_person", "amount": most}],
        }
    )


@st.composite
def limited_persons(draw: st.DrawFn) -> Case:
    """Two citizens with many outcomes, often on one day, and a limit on each; counts and savings are not limited."""
    priced, gain = draw(outcome_terms(st.integers(0, 300_000))).model_dump(), draw(savings_shares())
    terms = Terms.model_validate(priced | {"clauses": priced["clauses"] | {"gain": gain}})
    days = statement_dates(terms)
    moments = [(days[0], 1), (days[1], 1), (days[0], 2), (days[2], 2)]
    place = st.tuples(st.sampled_from((0, 0, 1, None)), st.sampled_from(moments))
    outcome = st.tuples(
        st.sampled_from(OUTCOMES), st.sampled_from(POINTS), st.sampled_from((Fraction(1), Fraction(1, 2)))
    )
    saving = st.tuples(st.just(gain["metric"]), st.just(0), st.just(Fraction(30_000_000)))
    found = draw(st.lists(st.tuples(place, outcome | outcome | saving), min_size=6, max_size=20))
    facts = tuple(Fact(person, *moment, *rest) for (person, moment), rest in found)
    return Case(terms, (facts,), ({days[0]: 0},), (days[-1],))


@st.composite
def savings_near_tiers(draw: st.DrawFn) -> Case:
    """A share of savings, and in each row a saving within some øre of where a tier ends."""
    body = draw(savings_shares())
    start, end = dt.date(2020, 1, 1), dt.date(2020, 12, 31)
    terms = Terms.model_validate({"start": start, "end": end, "capital": {"DSI": 1}, "clauses": {"gain": body}})
    widths, earned = [Fraction(0)], 0
    for tier in terms.clauses["gain"].tiers:
        if tier.until_earned is not None:
            widths.append((tier.until_earned - earned) * 100 / Fraction(tier.share))
            earned = tier.until_earned
    savings = [int(sum(widths[: n + 1])) + draw(st.integers(-4, 4)) for n in range(len(widths))]
    facts = [(Fact(None, end, 0, body["metric"], 0, Fraction(saving)),) for saving in savings]
    return Case(terms, tuple(facts), ({start: 0},) * len(facts), (end,) * len(facts))


@st.composite
def capped_returns(draw: st.DrawFn) -> Case:
    """A million kroner or more drawn early, claims that often exceed it, and a daily return ceiling."""
    start, end = dt.date(2020, 1, 1), dt.date(2024, 12, 31)
    claims = draw(st.dictionaries(st.integers(2020, 2024), st.integers(300_000, 3_000_000), min_size=3))
    terms = Terms.model_validate(
        {
            "start": start,
            "end": end,
            "capital": draw(shares(("DSI", "Investeringsfonden"))),
            "statements": {"every_months": draw(st.sampled_from((6, 12)))},
            "clauses": {
                "outcomes": draw(unit_prices()),
                "fee": {"kind": "scheduled", "amounts": claims, "payers": draw(shares(PAYERS))},
            },
            "limits": [
                {
                    "kind": "return_ceiling",
                    "rate": Decimal(draw(st.integers(0, 150_000))) / PPM,
                    "accrual": "daily",
                    "excess": draw(st.sampled_from(("waits", "lapses"))),
                }
            ],
            "floor": draw(st.none() | st.just({"share_of_capital": 1, "payers": {"Kommunen": 1}})),
        }
    )
    draws = {start: draw(st.integers(10**8, 2 * 10**8)), dt.date(2020, 5, 1): draw(st.integers(0, 10**8))}
    return Case(terms, (draw(facts_for(terms)),), (draws,), (end,))


def tabled(plan: Plan, rows: Sequence[Sequence[Fact]]) -> Facts:
    """The facts of all rows in one table; facts of a metric that no clause knows are left out."""
    return facts_of(
        [
            (
                row,
                -1 if fact.person is None else fact.person,
                fact.day.toordinal(),
                fact.statement,
                plan.metrics.index(fact.metric),
                fact.point,
                int(fact.quantity if fact.metric in SAVINGS else fact.quantity * PPM),
            )
            for row, facts in enumerate(rows)
            for fact in facts
            if fact.metric in plan.metrics
        ]
    )


def known_facts(terms: Terms, facts: Sequence[Fact]) -> list[Fact]:
    """The facts of metrics that some clause knows."""
    metrics = {c.metric for c in terms.clauses.values() if isinstance(c, UnitPrice | SavingsShare)}
    return [fact for fact in facts if fact.metric in metrics]


@dataclass(frozen=True)
class Step:
    """A settlement day as arrays: paid and cut on it, and the position after it."""

    day: dt.date
    closing: bool
    before: Position
    after: Position
    paid: np.ndarray
    cuts: np.ndarray


def walk(plan: Plan, due: np.ndarray, draws: Mapping[dt.date, np.ndarray], ends: np.ndarray) -> list[Step]:
    """Through the days of many contracts: draw, settle, end. due[row, clause, statement], ends[row] ordinals."""
    position = settlement.opening(plan, len(due))
    steps = []
    ordinals = {*plan.statement_days, *ends.tolist(), *(day.toordinal() for day in draws)}
    for day in map(dt.date.fromordinal, sorted(ordinals)):
        now, year = day.toordinal(), day.year
        if day in draws:
            position = settlement.draw(plan, position, now, year, draws[day])
        if now in plan.statement_days:
            after, paid, cuts = settlement.pay(plan, position, due[:, :, plan.statement_days.index(now)], now, year)
            steps.append(Step(day, False, position, after, paid, cuts))
            position = after
        if now in ends:
            after, paid, cuts = settlement.close(plan, position, now, year, ends == now)
            steps.append(Step(day, True, position, after, paid, cuts))
            position = after
    return steps


def walk_case(case: Case) -> tuple[Plan, entitlement.Due, list[Step]]:
    """Entitle and pay all rows of a case in one array."""
    plan = compile_terms(case.terms)
    due = entitlement.entitle(plan, tabled(plan, case.facts), len(case.facts), lines=True)
    drawn = {day: np.array([draws[day] for draws in case.draws]) for day in case.draws[0]}
    return plan, due, walk(plan, due.amount, drawn, np.array([end.toordinal() for end in case.ends]))


def settle_rows(case: Case) -> list[Settlement]:
    """All rows of a case settled in one array, each told as the oracle tells it."""
    plan, due, steps = walk_case(case)
    assert due.lines is not None
    table = tabled(plan, case.facts)
    told = []
    for row, end in enumerate(case.ends):
        statements = [_told(plan, step, row) for step in steps if not step.closing]
        for number, settled in enumerate(statements):
            cells = zip(plan.columns, due.amount[row, :, number].tolist(), strict=False)
            statements[number] = replace(settled, entitled={name: amount for name, amount in cells if amount})
        (closing,) = (_told(plan, step, row) for step in steps if step.closing and step.day == end)
        told.append(Settlement(_told_lines(plan, due.lines, table, row), statements, closing))
    return told


def _told(plan: Plan, step: Step, row: int) -> Settled:
    before, after = step.before.paid, step.after.paid
    split = settlement.split(plan, before, after)[row]
    received = settlement.to_investors(plan, before.sum(axis=1), after.sum(axis=1))[row]
    kinds = [limit.kind for limit in plan.limits]
    cuts = {(kinds[n], plan.columns[c]): int(step.cuts[n, row, c]) for n, c in _places(step.cuts[:, row])}
    return Settled(
        entitled={},
        cuts=cuts,
        paid={plan.columns[c]: int(step.paid[row, c]) for (c,) in _places(step.paid[row])},
        parts={(plan.columns[c], plan.payers[p]): int(split[c, p]) for c, p in _places(split)},
        receipts={plan.investors[i]: int(received[i]) for (i,) in _places(received)},
    )


def _told_lines(plan: Plan, lines: Lines, table: Facts, row: int) -> list[Line]:
    (own,) = np.nonzero(table.row == row)
    numbers = {fact: number for number, fact in enumerate(own.tolist())}
    each = zip(lines.fact.tolist(), lines.clause.tolist(), lines.gross.tolist(), lines.cut.tolist(), strict=True)
    return [Line(numbers[f], plan.columns[c], gross, cut) for f, c, gross, cut in each if f in numbers]


def _places(amounts: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(place) for place in np.argwhere(amounts).tolist()]
