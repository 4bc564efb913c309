"""Play a simulated replication through the real aggregates into the register, event by event.

The arrays and the aggregates settle with the same function, but the aggregates see single persons on real dates, and
remember through their events alone. That both pay the same to the øre is the central test of this project.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from contracts.aggregate import play as decide_all
from contracts.commands import Command, Draw, DropOut, End, Enrol, Measure, Pay, RealiseSaving, Settle, Sign, Verify
from contracts.events import Event, Kind, Paid
from contracts.external import ExternalInvestorContract
from contracts.fund import Found, FundCommand, ReceiveRepayment, Release
from contracts.internal import InternalFund, InternalFundContract
from contracts.money import PPM
from contracts.register import Register
from contracts.state import State
from contracts.timetable import contract_dates
from scenarios.model import Scenario

from .calendar import Course
from .designs import Played, play
from .draws import BLOCK
from .measuring import FollowUp
from .months import MONTH, date_of
from .run import Coupling, Results, block_of
from .setup import ContractSetup, Setup, prepare
from .statistics import present_value, rank
from .world import Block, measured_in_row

PERCENTILES = (5, 50, 95)


@dataclass(frozen=True)
class Recorded:
    """A replication in the register: contract id, which replication and percentile, events, and øre paid."""

    contract: str
    replication: int
    percentile: str
    events: int
    paid: int


def nearest(results: Results, design: str) -> list[tuple[int, str]]:
    """The replications nearest P5, P50 and P95 of the design's net gain, with their names."""
    found = results.designs[design]
    gain = present_value(found.net, results.scenario.discount_divisors)
    order = np.argsort(gain, kind="stable")
    return [(int(order[rank(len(gain), share / 100) - 1]), f"P{share}") for share in PERCENTILES]


def record(
    scenario: Scenario,
    design: str,
    register: Register,
    which: Sequence[tuple[int, str]],
    *,
    seed: int,
    coupling: Coupling = "keyed",
) -> list[Recorded]:
    """Record replications (number, name of the percentile or "") of a design with a contract.

    Nothing is recorded if one of them is in the register already (Conflict). Raises ValueError for a design without a
    contract.
    """
    if scenario.designs[design].contract is None:
        raise ValueError(f"{design} has no contract to record; choose a design of another kind")
    setup = prepare(scenario)
    logs = [(number, name, recording(setup, design, number, seed, coupling)) for number, name in which]
    register.begin([log for _, _, found in logs for log in found])
    recorded = []
    for number, name, (contract, *_) in logs:
        paid = sum(sum(event.amounts.values()) for event in contract if isinstance(event, Paid))
        recorded.append(Recorded(contract[0].log, number, name, len(contract), paid))
    return recorded


def recording(
    setup: Setup, design: str, number: int, seed: int, coupling: Coupling = "keyed"
) -> list[tuple[Event, ...]]:
    """The logs of one replication: the contract's, then those of the internal funds that lend to it."""
    block = block_of(setup, seed, coupling, number // BLOCK, number % BLOCK + 1)
    name = contract_id(setup.scenario, design, seed, number, coupling)
    return recorded_row(block, design, play(block, design), number % BLOCK, name)


def contract_id(scenario: Scenario, design: str, seed: int, number: int, coupling: Coupling = "keyed") -> str:
    """The id of a recorded replication: title, design, seed and number."""
    name = f"{slug(scenario.title)[:40].rstrip('-')}-{slug(design)[:24].rstrip('-')}"
    return f"{name}-{seed}-{number}" + ("-independent" if coupling == "independent" else "")


_PLAIN = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "_": "-"})


def slug(text: str) -> str:
    """Words that are easy to type: ASCII letters and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_PLAIN)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "contract"


def recorded_row(block: Block, design: str, played: Played, row: int, name: str) -> list[tuple[Event, ...]]:
    """The logs of one row of a played block, under the contract id `name`."""
    scenario = block.setup.scenario
    terms = scenario.terms(design)
    if terms is None or played.course is None:
        raise ValueError(f"{design} has no contract")
    kind: Kind = "internal_fund" if scenario.designs[design].kind == "internal_fund" else "external_investor"
    aggregate = InternalFundContract if kind == "internal_fund" else ExternalInvestorContract
    contract = block.setup.contracts[design]
    happened = [*_lived(block, contract, played, row), *_settled(contract, played.course, row, scenario.start)]
    steps: list[tuple[Command, dt.datetime]] = [
        (Sign(name, kind, scenario.title, terms), noon(dt.date.fromordinal(contract.plan.start_day)))
    ]
    steps += [(step.command, noon(step.date)) for step in sorted(happened, key=lambda step: step.order)]
    state, events = decide_all(aggregate, steps)
    lenders = [fund for fund in terms.capital if kind == "internal_fund" and _lends_first(state, fund)]
    return [events, *(_fund_log(state, fund) for fund in lenders)]


def _lends_first(state: State, fund: str) -> bool:
    """Whether a fund has lent before it is repaid; otherwise it is no loan, and the fund keeps no log of it."""
    lent = [drawing.day for drawing in state.draws if drawing.providers.get(fund)]
    repaid = [settled.statement for settled in state.settlements if settled.amounts.receipts.get(fund, 0) > 0]
    return bool(lent) and (not repaid or min(lent) <= min(repaid))


class _Step(NamedTuple):
    order: tuple[int, int]
    date: dt.date
    command: Command


def noon(day: dt.date) -> dt.datetime:
    """When an event of a day is recorded."""
    return dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)


def _lived(block: Block, contract: ContractSetup, played: Played, row: int) -> Iterator[_Step]:
    """What citizens and the municipality did: enrolments, drop-outs, measurements and savings."""
    scenario = block.setup.scenario
    last = contract.end_day

    def step(day: int, place: int, make: Callable[[dt.date], Command]) -> _Step:
        date = date_of(day, scenario.start)
        return _Step((day, place), date, make(date))

    starts = played.world.enrolment.starts.reshape(-1, block.rows)[:, row].astype(np.int64)
    stops = played.world.enrolment.stops.reshape(-1, block.rows)[:, row].astype(np.int64)
    full = scenario.intervention.months * MONTH
    groups = np.array(block.setup.groups)
    for day in np.unique(starts[starts <= last]).tolist():
        for group in dict.fromkeys(groups[starts == day].tolist()):
            persons = _names(np.flatnonzero((starts == day) & (groups == group)))
            yield step(day, 1, partial(_enrol, persons=persons, group=group))
    left = (stops < starts + full) & (stops <= last)
    for day in np.unique(stops[left]).tolist():
        yield step(day, 2, partial(_drop_out, persons=_names(np.flatnonzero(left & (stops == day)))))
    for seen in played.world.follow_ups:
        if seen.metric in contract.plan.metrics:
            for at, results in _results(block, contract, played, seen, row):
                yield step(at - 1, 3, partial(_measure, metric=seen.metric, point=seen.point, results=results))
    for saving in played.world.realised:
        if saving.metric in contract.plan.metrics and contract.statement_of[saving.at] < len(contract.statement_days):
            amount = int(saving.amount[row])
            yield step(saving.at - 1, 4, partial(_saving, metric=saving.metric, amount=amount))


def _enrol(date: dt.date, persons: tuple[str, ...], group: str) -> Command:
    return Enrol(date, persons, group)


def _drop_out(date: dt.date, persons: tuple[str, ...]) -> Command:
    return DropOut(date, persons)


def _measure(date: dt.date, metric: str, point: int, results: tuple[tuple[str | None, int], ...]) -> Command:
    return Measure(date, metric, point, results)


def _saving(date: dt.date, metric: str, amount: int) -> Command:
    return RealiseSaving(date, metric, amount)


def _results(
    block: Block, contract: ContractSetup, played: Played, seen: FollowUp, row: int
) -> Iterator[tuple[int, tuple[tuple[str | None, int], ...]]]:
    """The rounds of one follow-up in a row: instant, and (person, millionths) for everyone measured then."""
    persons, instant = measured_in_row(block, played.world, seen.point, row)
    reached = set((seen.reached[seen.reached % block.rows == row] // block.rows).tolist())
    for at in np.unique(instant).tolist():
        if contract.statement_of[at] < len(contract.statement_days):
            who = persons[instant == at].tolist()
            yield at, tuple((_name(person), PPM * (person in reached)) for person in who)


def _name(person: int) -> str:
    return f"citizen-{person + 1:05d}"


def _names(persons: NDArray[np.intp]) -> tuple[str, ...]:
    return tuple(_name(person) for person in persons.tolist())


def _settled(contract: ContractSetup, course: Course, row: int, start: dt.date) -> Iterator[_Step]:
    """What the parties did: draws, statements, payments and the end."""
    plan = contract.plan

    def date(ordinal: int) -> dt.date:
        return dt.date.fromordinal(ordinal)

    for drawn in course.draws:
        day = date_of(drawn.day, start)
        yield _Step((drawn.day, 0), day, Draw(day, int(drawn.amount[row].sum())))
    for number, moment in enumerate(course.statements):
        day = date(plan.statement_days[number])
        yield _Step((moment.day, 5), day, Verify(day))
        yield _Step((moment.day, 6), day, Settle(day))
        if moment.parts[row].sum(axis=0).any():
            yield _Step((moment.day, 7), day, Pay(day, day))
    end = date(plan.end_day)
    yield _Step((contract.end_day, 8), end, End(end))
    if course.ending.parts[row].sum(axis=0).any():
        yield _Step((contract.end_day, 9), end, Pay(end, end, closing=True))


def _fund_log(state: State, fund: str) -> tuple[Event, ...]:
    """The log of a fund that lends to this contract only: founded with what it lends, repaid as settled."""
    name = f"{state.contract}-fund-{slug(fund)}"[:120].rstrip("-")
    capital = sum(drawing.providers.get(fund, 0) for drawing in state.draws)
    moves: list[tuple[dt.date, int, FundCommand]] = []
    for drawing in state.draws:
        if amount := drawing.providers.get(fund, 0):
            moves.append((drawing.day, 0, Release(drawing.day, state.contract, amount)))
    for settlement in (*state.settlements, *filter(None, [state.closing])):
        if (amount := settlement.amounts.receipts.get(fund, 0)) > 0:
            moves.append((settlement.statement, 1, ReceiveRepayment(settlement.statement, state.contract, amount)))
    start, _ = contract_dates(state.terms)
    founded = Found(name, fund, start, capital)
    steps: list[tuple[FundCommand, dt.datetime]] = [(founded, noon(start))]
    steps += [(command, noon(day)) for day, _, command in sorted(moves, key=lambda move: move[:2])]
    return decide_all(InternalFund, steps)[1]
