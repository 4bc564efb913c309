"""Random terms, composed of every kind of clause, option, limit and amendment."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeVar

from hypothesis import assume
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.dates import month_end
from contracts.money import PPM
from contracts.terms import Terms
from tests.contracts.walking import SAVINGS

OUTCOMES = ("housing", "work")
CHANGE = "change"
"""A measure that may be negative; only bands and conditions look at it."""
POINTS = (0, 6, 12, 24)
GROUPS = ("women", "young", "")
PAYERS = ("Kommunen", "Staten", "Regionen")
PROVIDERS = ("DSI", "Investeringsfonden", "Banken")
THRESHOLDS = ("0", "0.5", "0.7", "1", "-0.1", "0.075", "0.1", "0.333333", "2", "3")

Body = dict[str, Any]
T = TypeVar("T")
_SMALL = st.integers(0, 839)
_LARGE = st.integers(0, 2**32)


class Dice:
    """Choices that shrink to the first or the least; made of two strategies only, since making strategies is slow."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def pick(self, options: Sequence[T]) -> T:
        return options[self._draw(_SMALL) % len(options)]

    def chance(self, of: int) -> bool:
        """Once in so many times."""
        return self._draw(_SMALL) % of == of - 1

    def number(self, low: int, high: int) -> int:
        return low + self._draw(_SMALL if high - low < 400 else _LARGE) % (high - low + 1)

    def some(self, options: Sequence[T], least: int, most: int) -> list[T]:
        """Different ones, so many of them if there are."""
        left, found = list(options), []
        for _ in range(min(self.number(least, most), len(left))):
            found.append(left.pop(self._draw(_SMALL) % len(left)))
        return found

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        return first + dt.timedelta(days=self.number(0, (last - first).days))

    def kroner(self, most: int = 90_000) -> Decimal:
        """Often whole."""
        return Decimal(self.number(0, most)) if self.chance(2) else Decimal(self.number(0, most * 100)) / 100

    def ppm(self, least: int = 0, most: int = PPM) -> Decimal:
        return Decimal(self.number(least, most)) / PPM

    def threshold(self) -> str:
        return str(self.ppm(-PPM, 4 * PPM)) if self.chance(3) else self.pick(THRESHOLDS)

    def shares(self, names: Sequence[str]) -> dict[str, Decimal]:
        """Shares in millionths that add to one; some are nothing, and few are round."""
        marks = [self.pick((333_333, 500_000, 0, self.number(0, PPM))) for _ in range(self.number(0, len(names) - 1))]
        edges = [0, *sorted(marks), PPM]
        widths = [Decimal(high - low) / PPM for low, high in pairwise(edges)]
        return dict(zip(names, widths, strict=False))


@st.composite
def agreed(draw: st.DrawFn, amended: bool | None = None) -> Terms:
    """Any terms that are complete; amended or not, or either."""
    dice = Dice(draw)
    start = dt.date(2020, 1, 1) if dice.chance(2) else dice.day(dt.date(2019, 1, 1), dt.date(2023, 1, 1))
    months, capped = dice.number(12, 48), dice.pick(("none", "none", "all", "clause 0"))
    changed = dice.chance(3) if amended is None else amended
    agreed_months = dice.number(6, 60) if changed and dice.chance(2) else months
    end, last = month_end(start, agreed_months), month_end(start, months)
    clauses: dict[str, Body | None] = {}
    for number in range(dice.number(1, 4)):
        name = f"clause {number}"
        clauses[name] = _clause(dice, start, months, capped in ("all", name), list(clauses))
    lasting, begins = _lasting_limits(dice, clauses, capped), dice.pick((1, 4, start.month))
    terms: Body = {
        "start": start,
        "end": end,
        "capital": dice.shares(PROVIDERS),
        "statements": _statements(dice),
        "clauses": clauses,
        "limits": lasting + _money_limits(dice, clauses, begins),
        "early_end": {"results": dice.pick(("lapse", "settled")), "payers": dice.shares(PAYERS)},
        "overpayment": dice.pick(("set_off", "set_off_anywhere", "repaid")),
    }
    if dice.chance(2):
        terms["early_end"]["compensation"] = dice.number(1, 100_000)
    if dice.chance(2):
        terms["floor"] = {"share_of_capital": dice.ppm(), "payers": dice.shares(PAYERS)}
    if dice.chance(2):
        terms["guarantee"] = {"by": dice.pick(("Bikubenfonden", PAYERS[0])), "amount": dice.number(0, 300_000)}
    known, first = dict(clauses), start + dt.timedelta(days=1)
    since = min(dice.pick((dice.day(first, min(end, last)), month_end(start, 6))), end, last)
    amendments = []
    for number in range(dice.number(1, 2) if changed else 0):
        new: dict[str, Body | None] = {}
        for name in dice.some(list(known), 0, 2):
            before = list(known)[: list(known).index(name)]
            anew = _clause(dice, start, months, capped in ("all", name), before)
            new[name] = dice.pick((None, anew, _repriced(dice, known[name])))
        if dice.chance(2):
            new[f"later {number}"] = _clause(dice, start, months, capped == "all", list(known))
        known |= {name: body for name, body in new.items() if body}
        amendment: Body = {"from": since, "clauses": new}
        if number == 0 and end != last:
            amendment["end"] = last
        if dice.chance(2) or not (new or "end" in amendment):
            amendment["limits"] = lasting + _money_limits(dice, known, begins)
        amendments.append(amendment)
        if since >= last:
            break
        since = dice.day(since + dt.timedelta(days=1), last)
    try:
        return Terms.model_validate(terms | {"amendments": amendments})
    except ValidationError:
        assume(False)
        raise


def _repriced(dice: Dice, body: Body | None) -> Body | None:
    """The same clause with other amounts and payers, which goes on counting."""
    if body is None or body["kind"] == "none":
        return body
    changed = body | {"payers": dice.shares(PAYERS)}
    if "price" in body:
        changed["price"] = dice.kroner()
    if body["kind"] == "unit_price" and "tiers" in body:
        changed["tiers"] = [tier | {"price": dice.kroner()} for tier in body["tiers"]]
    if "steps" in body:
        changed["steps"] = [step | {"pays": dice.kroner()} if "pays" in step else step for step in body["steps"]]
    return changed


def _statements(dice: Dice) -> Body:
    if dice.chance(2):
        return {"months": [dice.number(0, 60) for _ in range(dice.number(1, 6))]}
    return {"every_months": dice.pick((12, 6, 3))}


def _clause(dice: Dice, start: dt.date, months: int, capped: bool, earlier: Sequence[str]) -> Body:
    """Any clause; one that a limit per person is on is a unit price that goes with it."""
    if not capped and dice.chance(12):
        return {"kind": "none"}
    kind = "price" if capped else dice.pick(("price", "band", "price", "band", "saving", "schedule"))
    if kind == "price":
        body = price(dice, capped)
    elif kind == "band":
        body = _band(dice, start, months)
    else:
        body = _saving(dice) if kind == "saving" else _schedule(dice, start, months)
    return body | (_condition(dice, earlier) if dice.chance(5) else {})


def price(dice: Dice, capped: bool) -> Body:
    """A unit price with any options that go together; under a limit per person, those that go with it."""
    body = unit_price(dice)
    schedule = dice.pick(("price", "prices", "prices" if capped else "tiers"))
    if schedule == "price":
        body["price"] = dice.kroner()
    elif schedule == "prices":
        body["prices"] = {point: dice.kroner() for point in dice.some(POINTS, 1, 4)}
    else:
        body["tiers"] = volume_tiers(dice)
    if not capped and schedule != "tiers" and dice.chance(4):
        return body | {"quota": dice.pick(("0.5", "0", "0.333333", "1"))}
    if dice.chance(2):
        body["requires"] = gates(dice)
    if not capped and body["metric"] != OUTCOMES[1] and dice.chance(2):
        return body | {"less": [OUTCOMES[1]]}
    return body | ({"most_per_person": dice.pick(("1", "0.5", "2"))} if dice.chance(2) else {})


def unit_price(dice: Dice) -> Body:
    """All of a unit price but its schedule."""
    body: Body = {"kind": "unit_price", "metric": dice.pick(OUTCOMES), "payers": dice.shares(PAYERS)}
    if dice.chance(4):
        body["per"] = dice.pick(("0.01", "0.3", "7"))
    if dice.chance(4):
        body["for_groups"] = dice.some(GROUPS[:2], 1, 2)
    return body


def volume_tiers(dice: Dice) -> list[Body]:
    bounds = sorted(dice.some(("1", "2", "0.5", "3.5", "7"), 1, 3), key=Decimal)
    tiers: list[Body] = [{"price": dice.kroner(), "until": until} for until in bounds]
    return tiers if dice.chance(3) else [*tiers, {"price": dice.kroner()}]


def gates(dice: Dice) -> list[Body]:
    found: list[Body] = []
    for _ in range(dice.number(1, 2)):
        gate: Body = {"metric": dice.pick(OUTCOMES), "counts": dice.pick(("all", "from_then"))}
        found.append(gate | ({"month": dice.pick(POINTS[1:])} if dice.chance(2) else {}))
    return found


def _saving(dice: Dice) -> Body:
    """A share of a saving in tiers: of a stated saving, or of what lies below a fixed baseline."""
    name = dice.pick(("until_earned", "until_saved"))
    bounds: list[int | None] = [*sorted({dice.number(1, 300_000) for _ in range(dice.number(0, 2))}), None]
    if len(bounds) > 1 and dice.chance(2):
        bounds.pop()
    tiers = [{"share": dice.pick((dice.ppm(1), Decimal("0.8"))), name: bound} for bound in bounds]
    body: Body = {"kind": "savings_share", "tiers": tiers, "payers": dice.shares(PAYERS)}
    if dice.chance(3):
        baseline = {"quantity": dice.pick(("1", "4.5", "30")), "unit_price": dice.kroner()}
        return body | {"metric": OUTCOMES[0], "saving_basis": "fixed_baseline", "baseline": baseline}
    body["metric"] = dice.pick(SAVINGS)
    return body | ({"less": [SAVINGS[1]]} if body["metric"] == SAVINGS[0] and dice.chance(2) else {})


def _schedule(dice: Dice, start: dt.date, months: int) -> Body:
    last = month_end(start, months)
    whens: list[int | dt.date] = [dice.number(0, months), dice.day(start, last), dt.date(start.year, 12, 31).year]
    amounts = {when: dice.kroner(200_000) for when in dice.some(whens, 1, 3)}
    return {"kind": "scheduled", "amounts": amounts, "payers": dice.shares(PAYERS)}


def _band(dice: Dice, start: dt.date, months: int) -> Body:
    """A band of steps or nodes on any measure, due with the statements or on months and dates of its own."""
    body: Body = {"kind": "band", "metric": dice.pick((*OUTCOMES, CHANGE)), "payers": dice.shares(PAYERS)}
    body |= {"value": dice.pick(("share", "share", "number")), "of": dice.pick((None, None, "capital_drawn", 250_000))}
    body["on"] = dice.pick(("all_so_far", "last_measurement", "each_measurement"))

    def amount() -> Body:
        if body["of"] is not None and dice.chance(2):
            return {"share": dice.pick(("0.03", "0.075", "0.15", "1", "1.333333"))}
        return {"pays": dice.kroner()}

    if dice.chance(2):
        names = dice.pick((("at_least", "above"), ("at_most", "below")))
        at = {(dice.pick(names), Decimal(dice.threshold())) for _ in range(dice.number(1, 3))}
        body["steps"] = [{name: str(threshold)} | amount() for name, threshold in sorted(at)]
        body |= {"otherwise": amount()} if dice.chance(2) else {}
    else:
        line = sorted((dice.threshold() for _ in range(dice.number(2, 4))), key=Decimal)
        body["nodes"] = [{"at": threshold} | amount() for threshold in line]
    if dice.chance(4):
        body["for_groups"] = dice.some(GROUPS[:2], 1, 2)
    if dice.chance(4):
        body["months"] = dice.some(POINTS, 1, 2)
    if body["on"] != "each_measurement" and dice.chance(2):
        due: set[int | dt.date] = {dice.number(0, months) for _ in range(dice.number(1, 4))}
        whole = dice.chance(2)
        body["per_year"] = whole and dice.chance(2)
        body["due"] = sorted(due) if whole else [*due, dice.day(start, month_end(start, months))]
        body |= {"least": amount() | {"until_month": dice.number(0, months)}} if dice.chance(2) else {}
    if body["on"] != "last_measurement" and "least" not in body and dice.chance(3):
        body["for_each"] = dice.pick(OUTCOMES)
    return body


def _condition(dice: Dice, earlier: Sequence[str]) -> Body:
    several = [_test(dice, earlier) for _ in range(dice.number(1, 2))]
    return {dice.pick(("only_if", "unless")): [{"any_of": several}] if dice.chance(2) else several}


def _test(dice: Dice, earlier: Sequence[str]) -> Body:
    comparison = dice.pick(("at_least", "above", "at_most", "below"))
    test: Body
    if earlier and dice.chance(2):
        test = {"clause": dice.pick(earlier), comparison: dice.number(0, 100_000)}
    else:
        test = {"metric": dice.pick((*OUTCOMES, CHANGE)), comparison: dice.threshold()}
        test |= {"value": dice.pick(("share", "number")), "for_groups": dice.some(GROUPS[:2], 0, 1)}
        test |= {"months": dice.some(POINTS, 1, 2)} if dice.chance(4) else {}
    return test


def _money_limits(dice: Dice, clauses: Mapping[str, Body | None], begins: int) -> list[Body]:
    """Limits per clause, on several clauses, per metric, per year and in total, each at most once.

    begins: the month with which years begin.
    """
    found: dict[Any, Body] = {}
    metrics = sorted({body["metric"] for body in clauses.values() if body and "metric" in body})
    for _ in range(dice.number(0, 3)):
        kind = dice.pick(("per_clause", "total", "several", "per_metric", "per_year"))
        what: Body = {"kind": kind}
        if kind in ("per_clause", "several"):
            chosen = dice.some(list(clauses), 1, 1 if kind == "per_clause" else 3)
            what = {"kind": "per_clause"} | ({"clause": chosen[0]} if kind == "per_clause" else {"clauses": chosen})
        elif kind == "per_metric" and metrics:
            what["metric"] = dice.pick(metrics)
        elif kind == "per_metric":
            continue
        elif kind == "per_year":
            what["begins"] = begins
        amount = {"amount": dice.number(0, 400_000), "excess": dice.pick(("waits", "lapses"))}
        found.setdefault(str(what), what | amount)
    return list(found.values())


def _lasting_limits(dice: Dice, clauses: Mapping[str, Body | None], capped: str) -> list[Body]:
    """The limits that no amendment changes: per person (on all clauses, or some), per payer, and on the return."""
    found: list[Body] = []
    if capped != "none":
        some = [] if capped == "all" else [capped]
        found.append({"kind": "per_person", "amount": dice.number(0, 150_000), "clauses": some})
    priced = [name for name, body in clauses.items() if body and body["kind"] == "unit_price"]
    if capped == "all" and priced and dice.chance(2):
        found.append({"kind": "per_person", "amount": dice.number(0, 90_000), "clauses": dice.some(priced, 1, 2)})
    for payer in dice.some(_payers(clauses.values()), 0, 2) if dice.chance(2) else ():
        found.append({"kind": "per_payer", "payer": payer, "amount": dice.number(0, 400_000)})
    if dice.chance(2):
        ceiling = {"kind": "return_ceiling", "rate": dice.ppm(0, 150_000), "excess": dice.pick(("waits", "lapses"))}
        how = {"method": dice.pick(("compound_account", "simple_average")), "accrual": dice.pick(("daily", "yearly"))}
        found.append(ceiling | how)
    return found


def _payers(bodies: Iterable[Body | None]) -> list[str]:
    return sorted({payer for body in bodies if body for payer in body.get("payers", ())})


@st.composite
def rising_terms(draw: st.DrawFn, bands: bool = True) -> Terms:
    """Terms by which a further success is never worth less.

    Nothing is taken off (`less`); where only so many results of a citizen are paid, they all have one price; bands look
    at all so far or at each measurement, and pay more for more; conditions ask for much, or against little once
    anything is told; and no condition looks at another clause, which may earn less of a citizen who is limited.
    Without `bands` no clause ever falls, and there are no conditions.
    """
    dice = Dice(draw)
    capped, clauses = dice.chance(4), dict[str, Body]()
    for number in range(dice.number(1, 4)):
        body = _rising_band(dice) if bands and dice.chance(2) else _rising_price(dice, capped)
        if bands and dice.chance(4):
            test = {"metric": dice.pick(OUTCOMES), "value": dice.pick(("share", "number"))}
            side, name = dice.pick((("only_if", "at_least"), ("only_if", "above"), ("unless", "below")))
            body["only_if"] = [test | {"at_least": 0}]  # before anything is told, no comparison is met
            body[side] = [test | {name: dice.threshold()}]
        clauses[f"clause {number}"] = body
    terms = {"start": "2020-01-01", "end": "2022-12-31", "capital": {"DSI": 1}, "clauses": clauses}
    limits = [{"kind": "per_person", "amount": dice.number(0, 150_000)}] if capped else []
    return Terms.model_validate(terms | {"limits": limits})


def _rising_price(dice: Dice, capped: bool) -> Body:
    body = unit_price(dice)
    kind = dice.pick(("price", "prices") if capped else ("price", "prices", "tiers", "quota"))
    if kind == "tiers":
        body["tiers"] = volume_tiers(dice)
    elif kind == "prices":
        body["prices"] = {point: dice.kroner() for point in dice.some(POINTS, 1, 4)}
    else:
        body["price"] = dice.kroner()
    if kind == "quota":
        return body | {"quota": dice.pick(("0.5", "0.333333", "1"))}
    if kind != "prices" and dice.chance(2):
        body["most_per_person"] = dice.pick((1, 2))
    return body | ({"requires": gates(dice)} if dice.chance(2) else {})


def _rising_band(dice: Dice) -> Body:
    body: Body = {"kind": "band", "metric": dice.pick(OUTCOMES), "payers": dice.shares(PAYERS)}
    body |= {"value": dice.pick(("share", "number")), "on": dice.pick(("all_so_far", "each_measurement"))}
    at = sorted({Decimal(dice.threshold()) for _ in range(3)} | {Decimal(1), Decimal(2)})
    amounts = sorted(dice.kroner() for _ in at)
    if dice.chance(2):
        body["nodes"] = [{"at": str(each), "pays": amount} for each, amount in zip(at, amounts, strict=True)]
    else:
        steps = [
            {dice.pick(("at_least", "above")): str(each), "pays": amount}
            for each, amount in zip(at, amounts, strict=True)
        ]
        body |= {"steps": steps[1:], "otherwise": {"pays": amounts[0]}}
    if body["on"] == "all_so_far" and dice.chance(2):
        body |= {"due": dice.some((12, 0, 5, 24, 36), 1, 3), "per_year": dice.chance(2)}
    return body
