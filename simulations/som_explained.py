"""Why a calculation as in SØM and our simulation of the same intervention differ: steps that add to the øre.

From SØM's result for all actors to the mean present value for the municipality. Each step changes one thing and keeps
what was changed before it; its amount is what the total then moves by, so the steps add exactly to the difference.
SØM's year 0 is the simulation's first budget year. Amounts of the simulation are means over the replications, rounded
to an øre by kind and year.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import zip_longest

from contracts.money import PPB, PPM, muldiv, ppm
from scenarios.model import Scenario
from scenarios.prices import national_discounting
from scenarios.som import MUNICIPALITY, Som
from scenarios.som_result import Entry, entries, present, totals

from .results import DesignResult, key_result
from .run import Results

STEPS = (
    "state",
    "region",
    "discounting",
    "horizon",
    "costs",
    "successes",
    "consequences",
    "timing",
    "cashability",
    "financing",
)
"""What the difference is made of, in the order of the steps.

state, region: gains that the municipality does not keep. discounting: the simulation's rate. horizon: years that only
one of the two has. costs: of the intervention, in common years. successes: how many more succeed. consequences: how
much a success changes, how long it lasts, and at which average price after refusion. timing: when it comes, by budget
year and not by year after success. cashability: what of the average price is really released. financing: capital,
payments and overhead of the design.
"""

Years = list[int]
Flow = list[tuple[int, int]]
Present = Callable[[int, int], int]
"""Present value in øre of an amount in a year."""
_YEARS = 100
"""Years, counted from 0, and nominal øre in them; a year may stand more than once."""


@dataclass(frozen=True)
class Explanation:
    """SØM's result for all actors, the municipality's mean present value in the simulation, and what is between; øre.

    steps: by the names of `STEPS`; without `timing` where SØM has no gain by year to compare with, and then it is part
    of `consequences`. successes: extra ones in SØM and in the simulation, in millionths, none where the simulation
    measures no outcome. years: SØM's result for the municipality and the simulation's mean by year, nominal.
    """

    som: int
    simulated: int
    steps: dict[str, int]
    successes: tuple[int, int | None]
    years: tuple[tuple[int, int], ...]


def at_average_prices(scenario: Scenario) -> Scenario:
    """The scenario as SØM prices it: whoever leaves a state at once releases its average cost, and nobody doubts it."""
    whole = {"cashable": Decimal(1), "notice_months": 0, "refilled": Decimal(0)}
    lines = {name: line.model_copy(update=whole) for name, line in scenario.economy.items()}
    believed = scenario.optimism_haircut.model_copy(update={"gain": Decimal(0)})
    return scenario.model_copy(update={"economy": lines, "optimism_haircut": believed})


def without_financing(scenario: Scenario, design: str) -> Scenario:
    """The scenario with one design only, paid from the ordinary budget: the same lives and costs, and no contract."""
    paid = {"kind": "ordinary_budget", "contract": None, "capital_to": "municipality"}
    return scenario.model_copy(update={"designs": {design: scenario.designs[design].model_copy(update=paid)}})


def explain(som: Som, results: Results, average: Results, design: str) -> Explanation:
    """The steps from a calculation to a design's result.

    average: the same replications of the design `without_financing` and `at_average_prices`.
    """
    found = entries(som)
    ours = _ours(results, average, design)
    walk = dict(_walk(som, found, ours))
    start = sum(entry.present for entry in found)
    totals_after = [start, *walk.values()]
    steps = {name: after - before for name, before, after in zip(walk, totals_after, totals_after[1:], strict=False)}
    mine = _municipal(found)
    years = tuple(zip_longest(mine, ours.net, fillvalue=0))
    extra = None if ours.successes is None else muldiv(ours.successes, PPM, ours.replications)
    return Explanation(start, totals_after[-1], steps, (som.successes, extra), years)


@dataclass(frozen=True)
class _Ours:
    """The simulation's means by year, øre: costs of the intervention after refusion, savings after refusion at average
    prices and as they are released, the rest, and all; successes: extra ones over all replications.
    """

    costs: Years
    average: Years
    released: Years
    financing: Years
    net: Years
    successes: int | None
    replications: int
    present: Present


def _ours(results: Results, average: Results, design: str) -> _Ours:
    found, count = results.designs[design], results.replications
    costs = _sums(average.designs[design], ("intervention", "intervention_refusion"))
    released = _sums(found, _SAVINGS)
    net = [int(total) for total in found.net.sum(axis=0)]
    rest = [all_ - cost - saved for all_, cost, saved in zip(net, costs, released, strict=True)]
    key = key_result(results.scenario)
    with_, without = found.reached[key] if key else (0, 0)
    return _Ours(
        costs=_means(costs, count),
        average=_means(_sums(average.designs[design], _SAVINGS), count),
        released=_means(released, count),
        financing=_means(rest, count),
        net=_means(net, count),
        successes=with_ - without if key else None,
        replications=count,
        present=_presents(results.scenario),
    )


_SAVINGS = ("saving:", "refusion:")


def _sums(found: DesignResult, kinds: Sequence[str]) -> Years:
    """Øre by year over all replications on the purse's lines of some kinds: whole names, or what stands before a :."""
    years = [0] * found.net.shape[1]
    for line, totals_ in found.lines.items():
        if line.what in kinds or line.what.partition(":")[0] + ":" in kinds:
            years = [before + int(more) for before, more in zip(years, totals_.total, strict=True)]
    return years


def _means(sums: Years, count: int) -> Years:
    return [muldiv(total, 1, count) for total in sums]


def _walk(som: Som, found: Sequence[Entry], ours: _Ours) -> Iterator[tuple[str, int]]:
    """Each step, and the total after it."""
    by_actor = totals(found, lambda entry: entry.actor)
    total = sum(value for _, value in by_actor.values())
    for actor in ("state", "region"):
        total -= by_actor.get(actor, (0, 0))[1]
        yield actor, total
    present_of, last = ours.present, len(ours.net) - 1
    mine = [entry for entry in found if entry.actor == MUNICIPALITY]
    gains = [(entry.year, entry.amount) for entry in mine if not entry.is_cost]
    costs = [(entry.year, entry.amount) for entry in mine if entry.is_cost]
    yield "discounting", _value(gains + costs, present_of)
    last = min(last, max((year for year, _ in gains + costs), default=-1))
    average, later = _flow(ours.average, until=last), _flow(ours.average, since=last + 1)
    gains, costs = ([(year, amount) for year, amount in flow if year <= last] for flow in (gains, costs))
    yield "horizon", _value(gains + costs + _flow(ours.costs, since=last + 1) + later, present_of)
    fixed = _flow(ours.costs) + later
    yield "costs", _value(gains + fixed, present_of)
    if ours.successes is not None and som.successes:
        gains = _scaled(gains, ours.successes * PPM, ours.replications * som.successes)
    yield "successes", _value(gains + fixed, present_of)
    before, now = (sum(amount for _, amount in flow) for flow in (gains, average))
    if 2 * abs(before) >= sum(abs(amount) for _, amount in gains) > 0:  # gains that cancel out have no profile
        yield "consequences", _value(_scaled(gains, now, before) + fixed, present_of)
        yield "timing", _value(average + fixed, present_of)
    else:
        yield "consequences", _value(average + fixed, present_of)
    released = _value(_flow(ours.costs) + _flow(ours.released), present_of)
    yield "cashability", released
    yield "financing", released + _value(_flow(ours.financing), present_of)


def _municipal(found: Sequence[Entry]) -> Years:
    """The municipality's nominal øre by year, from year 0 to the last that has any."""
    by_year = totals((entry for entry in found if entry.actor == MUNICIPALITY), lambda entry: entry.year)
    return [by_year.get(year, (0, 0))[0] for year in range(max(by_year, default=-1) + 1)]


def _flow(years: Years, since: int = 0, until: int | None = None) -> Flow:
    return [(year, amount) for year, amount in enumerate(years) if since <= year and (until is None or year <= until)]


def _value(flow: Flow, present_of: Present) -> int:
    return sum(present_of(amount, year) for year, amount in flow)


def _presents(scenario: Scenario) -> Present:
    """Present value in øre of an amount in a year as the simulation discounts; after its years by real rates alone."""
    found = scenario.discounting
    if found.rule is None:
        return partial(present, rate=ppm(found.rate))
    rule, divisors = national_discounting()[found.rule], list(scenario.discount_divisors)
    while len(divisors) < _YEARS:
        divisors.append(divisors[-1] * (1 + float(rule.rate(len(divisors)))))
    billionths = [round(divisor * PPB) for divisor in divisors]
    return lambda amount, year: muldiv(amount, PPB, billionths[year])


def _scaled(flow: Flow, above: int, below: int) -> Flow:
    """A flow times above / below."""
    side = 1 if below > 0 else -1
    return [(year, muldiv(side * amount * above, 1, abs(below))) for year, amount in flow]
