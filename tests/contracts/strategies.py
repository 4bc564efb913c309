"""Random contracts: terms, simple ones and any, with facts, draws and ends."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from contracts.agreed import metrics_of
from contracts.dates import month_end
from contracts.money import PPM
from contracts.terms import Terms
from contracts.timetable import contract_dates, statement_dates
from tests.contracts.agreements import CHANGE, GROUPS, OUTCOMES, PAYERS, POINTS, PROVIDERS, Body, Dice, agreed, gates
from tests.contracts.walking import SAVINGS, Case, Step, known_facts, walk
from tests.oracle import Fact

__all__ = ["SAVINGS", "Case", "Step", "known_facts", "walk"]


def shares(names: Sequence[str]) -> st.SearchStrategy[dict[str, Decimal]]:
    """Shares in millionths that add to one; some are nothing, and few are round."""
    cuts = st.lists(st.integers(0, PPM) | st.sampled_from((333_333, 500_000)), max_size=len(names) - 1)

    def shared(cuts: list[int]) -> dict[str, Decimal]:
        marks = [0, *sorted(cuts), PPM]
        widths = [high - low for low, high in pairwise(marks)]
        return dict(zip(names, (Decimal(width) / PPM for width in widths), strict=False))

    return cuts.map(shared)


PAID_BY = shares(PAYERS)


def unit_prices(metrics: Sequence[str] = OUTCOMES) -> st.SearchStrategy[Body]:
    """Prices by follow-up month, and nothing else."""
    prices = st.dictionaries(st.sampled_from(POINTS), st.integers(0, 90_001), min_size=1)
    metric = st.sampled_from(metrics)
    return st.fixed_dictionaries({"kind": st.just("unit_price"), "metric": metric, "prices": prices, "payers": PAID_BY})


def tiers() -> st.SearchStrategy[list[Body]]:
    """One to three tiers by what has been earned; the last may have an end, or give nothing."""
    return _tiers("until_earned")


@st.composite
def _tiers(draw: st.DrawFn, name: str) -> list[Body]:
    bounds: list[int | None] = [*sorted(draw(st.sets(st.integers(1, 300_000), max_size=2))), None]
    if len(bounds) > 1 and draw(st.booleans()):
        bounds.pop()
    least = [0 if bound is None or name == "until_saved" else 1 for bound in bounds]
    given_shares = [Decimal(draw(st.integers(low, PPM) | st.just(800_000))) / PPM for low in least]
    return [{"share": s, name: b} for s, b in zip(given_shares, bounds, strict=True)]


def savings_shares() -> st.SearchStrategy[Body]:
    """A share of a saving, in tiers of what has been earned."""
    return st.fixed_dictionaries(
        {"kind": st.just("savings_share"), "metric": st.sampled_from(SAVINGS), "tiers": tiers(), "payers": PAID_BY}
    )


def scheduled(start: dt.date, end: dt.date) -> st.SearchStrategy[Body]:
    """Amounts on days and in years, and by contract month."""
    years = [year for year in range(start.year, end.year + 1) if dt.date(year, 12, 31) <= end]
    months = [month for month in range(61) if month_end(start, month) <= end]
    whens = st.dates(start, end) | st.sampled_from([*years, *months])
    amounts = st.dictionaries(whens, st.integers(0, 200_000), min_size=1, max_size=3)
    return st.fixed_dictionaries({"kind": st.just("scheduled"), "amounts": amounts, "payers": PAID_BY})


def limits(clauses: Iterable[str], accruals: Sequence[str] = ("daily", "yearly")) -> st.SearchStrategy[list[Body]]:
    """Any combination of limits, each at most once (a limit per clause at most once for each clause)."""
    amount, excess = st.integers(0, 400_000), st.sampled_from(("waits", "lapses"))
    rate = st.integers(0, 150_000).map(lambda ppm: Decimal(ppm) / PPM)
    plain = {"amount": amount, "excess": excess}
    each = [{"kind": st.just("per_clause"), "clause": st.just(name), **plain} for name in clauses]
    each += [{"kind": st.just("per_year"), "begins": st.just(4), **plain}]
    each += [{"kind": st.just("total"), **plain}]
    each += [{"kind": st.just("per_person"), "amount": amount}]
    accrual = st.sampled_from(accruals)
    each += [{"kind": st.just("return_ceiling"), "rate": rate, "accrual": accrual, "excess": excess}]
    chosen = st.lists(st.sampled_from(range(len(each))), unique=True, max_size=len(each))
    return chosen.flatmap(lambda numbers: st.tuples(*(st.fixed_dictionaries(each[n]) for n in numbers)).map(list))


def floors() -> st.SearchStrategy[Body]:
    share = st.integers(0, PPM).map(lambda ppm: Decimal(ppm) / PPM)
    return st.fixed_dictionaries({"share_of_capital": share, "payers": PAID_BY})


def guarantees() -> st.SearchStrategy[Body]:
    return st.fixed_dictionaries(
        {"by": st.sampled_from(("Bikubenfonden", PAYERS[0])), "amount": st.integers(0, 300_000)}
    )


STATEMENTS = st.fixed_dictionaries({"every_months": st.sampled_from((3, 6, 12))}) | st.fixed_dictionaries(
    {"months": st.lists(st.integers(0, 60), min_size=1, max_size=6)}
)
STARTS = st.dates(dt.date(2019, 1, 1), dt.date(2023, 1, 1)) | st.just(dt.date(2020, 1, 1))


@st.composite
def plain_terms(draw: st.DrawFn) -> Terms:
    """Terms with the simple clauses and limits: prices by month, shares of savings, schedules."""
    start = draw(STARTS)
    end = month_end(start, draw(st.integers(12, 60)))
    kinds = [unit_prices(), unit_prices(), savings_shares(), scheduled(start, end), st.just({"kind": "none"})]
    bodies = draw(st.lists(st.one_of(kinds), min_size=1, max_size=4))
    clauses = {f"clause {number}": body for number, body in enumerate(bodies)}
    return Terms.model_validate(
        {
            "start": start,
            "end": end,
            "capital": draw(shares(PROVIDERS)),
            "statements": draw(STATEMENTS),
            "clauses": clauses,
            "limits": draw(limits(clauses)),
            "floor": draw(st.none() | floors()),
            "guarantee": draw(st.none() | guarantees()),
        }
    )


FOUND = st.sampled_from((Fraction(0), Fraction(1), Fraction(1), Fraction(2), Fraction(48, 5))) | st.integers(
    0, 5 * PPM
).map(lambda millionths: Fraction(millionths, PPM))
SAVED = st.integers(-20_000_000, 50_000_000).map(Fraction)


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
            metric, point, quantity = draw(st.sampled_from(SAVINGS)), 0, draw(SAVED)
        else:
            metric, point = draw(st.sampled_from(OUTCOMES)), draw(st.sampled_from((*POINTS, 18)))
            quantity = draw(FOUND)
        found.append(Fact(person, day, statement, metric, point, quantity))
    return tuple(found)


@st.composite
def any_facts(draw: st.DrawFn, terms: Terms, most: int = 18) -> tuple[Fact, ...]:
    """As `facts_for`, and measured of something, in subgroups, on any day, and often told late.

    Mostly of what the terms read, and often on the days that matter to them. A citizen's subgroup is always the same,
    and a citizen's result is stated once, as a contract accepts it. The last subgroup is none that terms name.
    """
    dice, days, (start, _) = Dice(draw), statement_dates(terms), contract_dates(terms)
    metrics = (*metrics_of(terms), OUTCOMES[0])
    marks = [each.from_ + dt.timedelta(days=late) for each in terms.amendments for late in (-1, 0)]
    found: dict[Any, Fact] = {}
    for number in range(dice.number(0, most)):
        statement = dice.number(0, len(days) - 1)
        day = min(dice.pick((dice.pick((*days, *marks)), dice.day(start, days[statement]))), days[statement])
        metric = dice.pick(metrics)
        if metric in SAVINGS:
            found[number] = Fact(None, day, statement, metric, 0, Fraction(dice.number(-20_000_000, 50_000_000)))
            continue
        person, point = dice.pick((0, 1, 2, None)), dice.pick(POINTS)
        group = dice.pick((*GROUPS, "others")) if person is None else GROUPS[person]
        key = number if person is None else (person, metric, point or day)
        found[key] = Fact(person, day, statement, metric, point, *_measured(dice, metric), group)
    return tuple(found.values())


def _measured(dice: Dice, metric: str) -> tuple[Fraction, Fraction]:
    """What was found, and of how much."""
    of = Fraction(dice.pick(("1", "1", "10", "3", "10.5")))
    if metric == CHANGE:
        return Fraction(dice.pick(("0.1", "-1", "7", str(dice.ppm(-PPM, 4 * PPM))))), of
    return Fraction(dice.pick(("1", "1", "0", "2", "7", "9.6", "0.333333", str(dice.ppm(0, 5 * PPM))))), of


@st.composite
def rising_facts(draw: st.DrawFn, terms: Terms) -> tuple[Fact, ...]:
    """Whole results, of citizens one each, of counts no more than were measured."""
    dice, days = Dice(draw), statement_dates(terms)
    found = []
    for _ in range(dice.number(0, 12)):
        statement, person = dice.number(0, len(days) - 1), dice.pick((0, 1, 2, None))
        of = 1 if person is not None else dice.pick((1, 3, 10))
        where = dice.pick(days[: statement + 1]), statement, dice.pick(OUTCOMES), dice.pick(POINTS)
        found.append(Fact(person, *where, Fraction(dice.number(0, of)), Fraction(of), GROUPS[person or 0]))
    return tuple(found)


@st.composite
def cases(
    draw: st.DrawFn, terms: st.SearchStrategy[Terms] | None = None, most: int = 8, facts: Any = facts_for
) -> Case:
    """Terms and one to three contracts on them, which may end early, on a statement day or another."""
    given_terms = draw(plain_terms() if terms is None else terms)
    start, end = contract_dates(given_terms)
    rows = draw(st.integers(1, 3))
    days = sorted({start} | draw(st.sets(st.dates(start, end), max_size=3)))
    ends = st.sampled_from((*days, *statement_dates(given_terms)))
    amounts = st.integers(0, 30_000_001)
    return Case(
        given_terms,
        tuple(draw(facts(given_terms, most)) for _ in range(rows)),
        tuple({day: draw(amounts) for day in days} for _ in range(rows)),
        tuple(draw(st.just(end) | ends) for _ in range(rows)),
    )


def any_cases(terms: st.SearchStrategy[Terms] | None = None, most: int = 18) -> st.SearchStrategy[Case]:
    """Contracts on any terms, with any facts."""
    return cases(agreed() if terms is None else terms, most, any_facts)


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
def gated_persons(draw: st.DrawFn) -> Case:
    """Two citizens with many results, the goals of gates among them, told on their day or later."""
    dice, clauses = Dice(draw), {}
    for name in OUTCOMES[: dice.number(1, 2)]:
        body = {"kind": "unit_price", "metric": name, "price": dice.pick((100, "33.33")), "payers": {"Kommunen": 1}}
        body |= {"requires": gates(dice)} | ({"most_per_person": dice.pick((1, 2))} if dice.chance(2) else {})
        clauses[name] = body
    limits = [{"kind": "per_person", "amount": dice.number(50, 300)}] if dice.chance(2) else []
    agreed = {"start": "2020-01-01", "end": "2022-12-31", "capital": {"DSI": 1}, "clauses": clauses, "limits": limits}
    terms, found = Terms.model_validate(agreed), {}
    days = statement_dates(terms)
    for _ in range(dice.number(2, 14)):
        statement, metric, point = dice.number(0, 2), dice.pick(OUTCOMES), dice.pick(POINTS)
        day = dice.day(dt.date(2020, 1, 1), days[statement]).replace(day=1)
        person, quantity = dice.pick((0, 0, 0, 1)), Fraction(dice.pick(("1", "1", "0", "0.5")))
        found[person, metric, point or day] = Fact(person, day, statement, metric, point, quantity)
    return Case(terms, (tuple(found.values()),), ({days[0]: 0},), (days[-1],))


@st.composite
def savings_near_tiers(draw: st.DrawFn) -> Case:
    """A share of savings, and in each row a saving within some øre of where a tier ends."""
    body = draw(
        savings_shares()
        | st.fixed_dictionaries(
            {
                "kind": st.just("savings_share"),
                "metric": st.just(SAVINGS[0]),
                "tiers": _tiers("until_saved"),
                "payers": PAID_BY,
            }
        )
    )
    start, end = dt.date(2020, 1, 1), dt.date(2020, 12, 31)
    terms = Terms.model_validate({"start": start, "end": end, "capital": {"DSI": 1}, "clauses": {"gain": body}})
    marks, earned = [Fraction(0)], Fraction(0)
    for tier in terms.clauses["gain"].tiers:
        if tier.until_earned is not None:
            marks.append(marks[-1] + (Fraction(tier.until_earned) - earned) * 100 / Fraction(tier.share))
            earned = Fraction(tier.until_earned)
        elif tier.until_saved is not None:
            marks.append(Fraction(tier.until_saved) * 100)
    savings = [int(mark) + draw(st.integers(-4, 4)) for mark in marks]
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


def _by_earned(share: str, until: int) -> list[dict[str, object]]:
    return [{"share": share, "until_earned": until}, {"share": "0.2"}]


@st.composite
def losses_after_an_amendment(draw: st.DrawFn) -> Case:
    """A price, a share of savings and a band that were amended once, losses at any time, and now and then limits."""
    start, end, since = dt.date(2020, 1, 1), dt.date(2023, 12, 31), dt.date(2021, 10, 1)
    price = {"kind": "unit_price", "metric": "housing", "price": 100, "less": ["lost"]}
    gain = {"kind": "savings_share", "metric": SAVINGS[0]}
    gains = [
        gain | {"tiers": tiers} for tiers in ([{"share": "0.5"}], _by_earned("0.7", 900), _by_earned("0.4", 1_300))
    ]
    days = {
        "kind": "savings_share",
        "metric": "score",
        "saving_basis": "fixed_baseline",
        "tiers": _by_earned("0.6", 70),
    }
    baselines = [days | {"baseline": {"quantity": quantity, "unit_price": 7}} for quantity in (12, 20)]
    band = {"kind": "band", "metric": "score", "nodes": [{"at": 0, "pays": 0}, {"at": 1, "pays": 9_000}]}
    better = [{"at": 0, "pays": 0}, {"at": 1, "pays": 12_000}]
    limits = [
        {"kind": "per_clause", "clause": "x", "amount": draw(st.integers(100, 9_000)), "excess": "lapses"},
        {"kind": "total", "amount": draw(st.integers(100, 9_000))},
        {
            "kind": "per_year",
            "amount": draw(st.integers(100, 9_000)),
            "excess": draw(st.sampled_from(("waits", "lapses"))),
        },
    ]
    kinds = ([price, price | {"price": 130}], gains, baselines, [band, band | {"nodes": better}])
    clauses = draw(st.sampled_from(kinds))
    old = draw(st.sampled_from(clauses))
    new = draw(st.sampled_from(clauses)) | {"payers": draw(shares(PAYERS))}
    terms = Terms.model_validate(
        {
            "start": start,
            "end": end,
            "capital": {"DSI": 1},
            "clauses": {"x": old | {"payers": draw(shares(PAYERS))}, "y": price | {"payers": {"Kommunen": 1}}},
            "limits": draw(st.lists(st.sampled_from(limits), max_size=2, unique_by=lambda limit: str(limit["kind"]))),
            "overpayment": draw(st.sampled_from(("set_off", "set_off_anywhere", "repaid"))),
            "amendments": [{"from": since, "clauses": {"x": new}}],
        }
    )
    days = statement_dates(terms)
    metrics = (old["metric"], old["metric"], "lost" if clauses is kinds[0] else old["metric"])
    one = st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from(metrics), st.integers(-30, 30))
    facts = []
    for found, told, metric, size in draw(st.lists(one, min_size=2, max_size=8, unique_by=lambda each: each[::2])):
        quantity, of = (size * 10_000, 1) if metric == SAVINGS[0] else (abs(size), 30)
        facts.append(Fact(None, days[found], max(found, told), metric, 0, Fraction(quantity), Fraction(of)))
    return Case(terms, (tuple(facts),), ({start: 0},), (end,))
