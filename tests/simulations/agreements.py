"""Random contracts for scenarios: clauses and limits of every kind, conditions, gates, subgroups and an amendment."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.contracts.strategies import limits, shares, tiers

Tree = dict[str, Any]

MONTHS = (3, 6, 12, 18, 24)
OUTCOMES = ("housed", "working")
SAVINGS = ("saving", "shelter saving")
GROUPS = ("young", "old")
QUARTER = Decimal("0.25")


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Nothing more often than something, so that plain contracts are frequent too."""
    return st.none() | st.none() | strategy


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Tree]:
    """Keys that may be left out; a key with nothing is left out."""
    chosen = st.fixed_dictionaries({name: some(strategy) for name, strategy in fields.items()})
    return chosen.map(lambda given: {name: value for name, value in given.items() if value is not None})


def amounts(most: int = 90_001) -> st.SearchStrategy[Any]:
    return st.integers(0, most) | st.integers(0, 100 * most).map(lambda ore: Decimal(ore) / 100)


def named(names: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), min_size=1, unique=True)


def metrics() -> st.SearchStrategy[str]:
    return st.sampled_from((*OUTCOMES, *OUTCOMES, "enrolled"))


def comparisons() -> st.SearchStrategy[Tree]:
    threshold = st.sampled_from((Decimal(0), QUARTER, Decimal("0.333333"), Decimal("0.5"), Decimal(1), Decimal(2)))
    kind = st.sampled_from(("at_least", "above", "at_most", "below"))
    return st.tuples(kind, threshold).map(lambda told: {told[0]: told[1]})


@st.composite
def conditions(draw: st.DrawFn, earlier: list[str]) -> Tree:
    """On a metric, or on what an earlier clause has earned."""
    if earlier and draw(st.booleans()):
        return {"clause": draw(st.sampled_from(earlier)), "at_least": draw(amounts(200_000))}
    told = {"metric": draw(metrics()), "value": draw(st.sampled_from(("share", "number")))}
    test = told | draw(comparisons()) | draw(optional(for_groups=named(GROUPS)))
    if told["metric"] != "enrolled" and draw(st.booleans()):
        test["months"] = draw(st.lists(st.sampled_from(MONTHS), min_size=1, unique=True))
    return {"any_of": [test, told | draw(comparisons())]} if draw(st.integers(0, 3)) == 0 else test


@st.composite
def unit_prices(draw: st.DrawFn, metric: str) -> Tree:
    """A price in one of its three forms, and what may go with it."""
    follow_ups = (0,) if metric == "enrolled" else MONTHS
    form = draw(st.sampled_from(("prices", "prices", "price", "tiers")))
    if form == "prices":
        months = draw(st.lists(st.sampled_from(follow_ups), min_size=1, unique=True))
        price: Any = {month: draw(amounts()) for month in months}
    elif form == "price":
        price = draw(amounts())
    else:
        bounds: list[Any] = sorted(draw(st.sets(st.sampled_from((1, Decimal("2.5"), 4, 9)), max_size=2)))
        bounds += draw(st.sampled_from(([], [None]))) if bounds else [None]
        price = [{"price": draw(amounts())} | ({"until": bound} if bound else {}) for bound in bounds]
    clause = {"kind": "unit_price", "metric": metric, form: price}
    clause |= draw(optional(per=st.sampled_from((QUARTER, 3, Decimal("0.01"))), for_groups=named(GROUPS)))
    way = draw(st.sampled_from(("", "", "quota", "less", "person", "gate", "both")))
    if way == "quota" and form != "tiers":
        clause["quota"] = draw(st.sampled_from((Decimal(0), Decimal("0.4"), Decimal("0.6"), Decimal(1))))
    if way == "less":
        clause["less"] = [draw(metrics().filter(lambda other: other != metric))]
    if way in ("person", "both"):
        clause["most_per_person"] = draw(st.sampled_from((1, Decimal("1.5"), 2)))
    if way in ("gate", "both"):
        clause["requires"] = draw(st.lists(gates(), min_size=1, max_size=2))
    return clause


@st.composite
def gates(draw: st.DrawFn) -> Tree:
    metric = draw(metrics())
    month = st.sampled_from((0,) if metric == "enrolled" else MONTHS)
    gate = draw(optional(month=month, counts=st.sampled_from(("all", "from_then"))))
    return {"metric": metric} | gate


@st.composite
def paid(draw: st.DrawFn, of: Any) -> Tree:
    """Kroner, or a share of what a band is of."""
    if of is not None and draw(st.booleans()):
        return {"share": draw(st.sampled_from((Decimal(0), Decimal("0.05"), Decimal("0.333333"), Decimal("1.2"))))}
    return {"pays": draw(amounts(300_000))}


@st.composite
def bands(draw: st.DrawFn, metric: str) -> Tree:
    """Steps or nodes, by a share or a number, on any measurement, with due dates or without."""
    of = draw(st.sampled_from((None, 1_000_000, "capital_drawn")))
    clause = {"kind": "band", "metric": metric, "value": draw(st.sampled_from(("share", "share", "number")))}
    clause["on"] = draw(st.sampled_from(("all_so_far", "last_measurement", "each_measurement")))
    if of is not None:
        clause["of"] = of
    marks = st.sampled_from((Decimal(0), QUARTER, Decimal("0.5"), Decimal("0.666667"), Decimal(1), Decimal(2)))
    if draw(st.booleans()):
        kind = draw(st.sampled_from(("at_least", "above", "at_most", "below")))
        found = draw(st.sets(marks, min_size=1, max_size=3))
        clause["steps"] = [{kind: mark} | draw(paid(of)) for mark in found]
        clause |= draw(optional(otherwise=paid(of)))
    else:
        found = sorted(draw(st.lists(marks, min_size=2, max_size=3)))
        clause["nodes"] = [{"at": mark} | draw(paid(of)) for mark in found]
    if clause["on"] != "each_measurement" and draw(st.booleans()):
        clause["due"] = sorted(draw(st.lists(st.sampled_from((6, 12, 15, 24)), min_size=1, unique=True)))
        clause["per_year"] = draw(st.booleans())
        clause |= draw(optional(least=paid(of).map(lambda amount: {"until_month": 12} | amount)))
    if clause["on"] != "last_measurement" and "least" not in clause and draw(st.booleans()):
        clause["for_each"] = draw(metrics())
    follow_ups = (0,) if metric == "enrolled" else MONTHS
    months = st.lists(st.sampled_from(follow_ups), min_size=1, unique=True)
    return clause | draw(optional(months=months, for_groups=named(GROUPS)))


@st.composite
def savings_shares(draw: st.DrawFn) -> Tree:
    clause = {"kind": "savings_share", "metric": draw(st.sampled_from(SAVINGS)), "tiers": draw(tiers())}
    if draw(st.booleans()):
        clause["tiers"] = [{"share": Decimal("0.8"), "until_saved": draw(st.integers(1, 400_000))}, {"share": QUARTER}]
    if draw(st.integers(0, 3)) == 0:
        clause |= {
            "saving_basis": "budget_minus_accounts",
            "less": [name for name in SAVINGS if name != clause["metric"]],
        }
    return clause


def scheduled(years: list[int]) -> st.SearchStrategy[Tree]:
    whens = st.sampled_from([*years, 6, 12, dt.date(years[0], 8, 15)])
    due = st.dictionaries(whens, st.integers(0, 200_000), min_size=1)
    return st.fixed_dictionaries({"kind": st.just("scheduled"), "amounts": due})


@st.composite
def clauses_of(draw: st.DrawFn, years: list[int], payers: tuple[str, ...], earlier: list[str]) -> Tree:
    """One clause; earlier: names of clauses that a condition may look back on."""
    kinds = [metrics().flatmap(unit_prices)] * 3 + [metrics().flatmap(bands)] * 3
    kinds += [savings_shares(), scheduled(years), st.just({"kind": "none"})]
    clause = draw(st.one_of(kinds))
    if clause["kind"] == "none":
        return clause
    several = st.lists(conditions(earlier), min_size=1, max_size=2)
    clause |= draw(optional(only_if=several, unless=several))
    return clause | ({"payers": draw(shares(payers))} if draw(st.booleans()) else {})


@st.composite
def contracts(
    draw: st.DrawFn,
    years: list[int],
    capital: Tree,
    payers: tuple[str, ...],
    later: dt.date,
    end: dt.date | None = None,
) -> Tree:
    """A contract; years: whole calendar years that it runs in; end: its own; later: one that it may be amended to."""
    clauses: Tree = {}
    for number in range(draw(st.integers(1, 4))):
        clauses[f"clause {number}"] = draw(clauses_of(years, payers, list(clauses)))
    statements: list[Tree] = [{"every_months": 6}, {"every_months": 12}, {"months": [6, 12, 24]}]
    statements += [{"dates": [dt.date(year, month, 15) for year in years for month in (2, 9)], "reporting_days": 30}]
    contract: Tree = {
        "capital": capital,
        "statements": draw(st.sampled_from(statements)),
        "payers": draw(shares(payers)),
        "clauses": clauses,
        "limits": draw(all_limits(clauses, payers)),
    }
    contract |= draw(
        optional(
            floor=st.just({"share_of_capital": Decimal("0.4")}),
            guarantee=amounts(300_000).map(lambda amount: {"by": "Bikubenfonden", "amount": amount}),
            early_end=amounts().map(lambda amount: {"results": "settled", "compensation": amount}),
            overpayment=st.just("repaid"),
        )
    )
    if end is not None:
        contract["end"] = end
    if draw(st.integers(0, 2)) == 0:
        contract["amendments"] = [draw(amendments(contract, years, payers)) | draw(optional(end=st.just(later)))]
    return contract


def limited_persons(clauses: Iterable[Tree]) -> bool:
    """Whether a limit per person may go with these clauses."""
    return not any("tiers" in c or "less" in c or "quota" in c for c in clauses if c and c["kind"] == "unit_price")


@st.composite
def all_limits(draw: st.DrawFn, clauses: Tree, payers: tuple[str, ...]) -> list[Tree]:
    """Limits of every kind, each at most once."""
    found = draw(limits(list(clauses)))
    priced = [name for name, clause in clauses.items() if clause["kind"] == "unit_price"]
    paying = ("unit_price", "band", "savings_share")
    known = sorted({clause["metric"] for clause in clauses.values() if clause["kind"] in paying})
    excess = {"excess": draw(st.sampled_from(("waits", "lapses"))), "amount": draw(amounts(300_000))}
    if known and draw(st.booleans()):
        found.append({"kind": "per_metric", "metric": draw(st.sampled_from(known))} | excess)
    if len(clauses) > 1 and draw(st.booleans()):
        several = draw(st.lists(st.sampled_from(list(clauses)), min_size=2, unique=True))
        found.append({"kind": "per_clause", "clauses": several} | excess)
    if draw(st.integers(0, 2)) == 0:
        found.append({"kind": "per_payer", "payer": payers[0], "amount": draw(amounts(400_000))})
    for limit in found:
        if limit["kind"] == "return_ceiling" and draw(st.booleans()):
            limit["method"] = "simple_average"
        if limit["kind"] == "per_person" and priced and draw(st.booleans()):
            limit["clauses"] = draw(named(tuple(priced)))
    if priced and draw(st.booleans()):
        some = draw(named(tuple(priced)))
        found.append({"kind": "per_person", "amount": draw(amounts()), "clauses": some})
    unique = {(limit["kind"], limit.get("clause"), str(sorted(limit.get("clauses", ())))): limit for limit in found}
    allowed = limited_persons(clauses.values())
    return [limit for limit in unique.values() if allowed or limit["kind"] != "per_person"]


@st.composite
def amendments(draw: st.DrawFn, contract: Tree, years: list[int], payers: tuple[str, ...]) -> Tree:
    """A clause that is replaced, closed or added, and perhaps other limits, from within the years."""
    amendment: Tree = {"from": dt.date(years[0], draw(st.integers(7, 12)), draw(st.sampled_from((1, 15))))}
    clauses = contract["clauses"]
    name = draw(st.sampled_from([*clauses, "clause 9"]))
    earlier = [each for each in clauses if each < name]
    change = draw(st.none() | clauses_of(years, payers, earlier))
    amendment["clauses"] = {name: change} if change or name in clauses else {}
    lasting = [each for each in contract["limits"] if each["kind"] in ("per_person", "per_payer", "return_ceiling")]
    persons = [each.get("clauses", ()) for each in lasting if each["kind"] == "per_person"]
    if any(name in named or not limited_persons([change or {}]) for named in persons):
        amendment["clauses"] = {}  # a limit per person holds throughout, and goes with its clauses
    if draw(st.booleans()) or not amendment["clauses"]:
        amendment["limits"] = [*lasting, {"kind": "per_year", "begins": 4, "amount": draw(amounts(200_000))}]
    return amendment
