"""What a simulation found: exact integers by replication, sums and histograms by line; small enough for many
replications."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from contracts.ledger import MUNICIPALITY, RESOURCES, Account, Posting, accounts, net
from contracts.money import Ore
from scenarios.model import Scenario

from .calendar import Course
from .designs import Played
from .earned import earned
from .lives import row_of
from .maximum import UNBOUNDED, maximum_payment
from .measuring import FollowUp
from .world import Block

Ints = NDArray[np.int64]
BIN = 100_000
"""Width of a histogram's bin in øre: quantiles by line are within 1 000 kr."""


@dataclass(frozen=True)
class Line:
    """A line of the municipality's purse: what, which party of the purse, committee and budget class."""

    what: str
    party: str
    committee: str
    budget_class: str


@dataclass(frozen=True)
class LineTotals:
    """A line over all replications: exact sum by year [year], and a histogram.

    bins: sorted keys (year · 2^40 + bin + 2^39, a bin being øre // BIN); counts, sums: how many replications fell in
    each, and the øre that they add to.
    """

    total: Ints
    bins: Ints
    counts: Ints
    sums: Ints

    def quantiles(self, year: int, shares: Sequence[float]) -> list[int]:
        """Øre at which each share of the replications is reached in a year (by index): the mean of the bin it is in."""
        mine = (self.bins >> 40) == year
        counts, sums = self.counts[mine], self.sums[mine]
        reached = np.cumsum(counts)
        ranks = [min(max(int(np.ceil(share * reached[-1])), 1), int(reached[-1])) for share in shares]
        at = np.searchsorted(reached, ranks)
        return [round(int(total) / int(count)) for total, count in zip(sums[at], counts[at], strict=True)]


_OFFSET = 1 << 39


def line_totals(amount: Ore) -> LineTotals:
    """The totals of a block's amounts [row, year]."""
    year = np.arange(amount.shape[1], dtype=np.int64) << 40
    return _binned(amount.sum(axis=0), amount // BIN + _OFFSET + year, np.ones_like(amount), amount)


def join_totals(parts: Sequence[LineTotals]) -> LineTotals:
    """The totals of several parts."""
    if len(parts) == 1:
        return parts[0]
    total = np.sum([part.total for part in parts], axis=0)
    bins, counts, sums = (np.concatenate([getattr(p, name) for p in parts]) for name in ("bins", "counts", "sums"))
    return _binned(total, bins, counts, sums)


def _binned(total: Ints, bins: Ints, counts: Ints, sums: Ints) -> LineTotals:
    """One element for each bin; sums of øre within a bin's replications stay below 2^53, where float64 is exact."""
    keys, at = np.unique(bins.reshape(-1), return_inverse=True)
    added = [np.bincount(at, weights=weight.reshape(-1)).astype(np.int64) for weight in (counts, sums)]
    return LineTotals(total, keys, *added)


@dataclass
class DesignResult:
    """One design over all replications. R replications, Y budget years; amounts in øre.

    By replication and year [R, Y]: `net`, the purse's net; `service_room`; `outside`, what providers of capital outside
    the purse receive less their capital; `co_payment`, what payers outside the purse pay.
    By replication [R] (party_total [R, party]): `party_total`, net by party and committee over the horizon; `drawn`,
    capital; `paid` to the providers of capital, of it `paid_by_purse` and `guaranteed` by a guarantor; `outlay`, what
    the purse lays out for the intervention; `exposure`, the most that providers have outstanding on any day; `extra`,
    extra citizens with the key result; `enrolled`.
    Over all replications: `maximum`, the most that the contract can come to pay (see `maximum`); `measured` and
    `reached`, citizens measured at each (measure, month), and who reached it with the intervention and without;
    `earned` for results while the contract ran, before any limit, with the intervention and without (see `earned`);
    `last_start`, the last instant at which anybody started; sums by year `party_year` [party, Y] and `saving_year` [Y];
    `investor_flow`, the providers' net by instant (draws at the beginning of their day, payments at its end);
    `lines`.
    """

    parties: tuple[Account, ...]
    net: Ints
    service_room: Ints
    outside: Ints
    co_payment: Ints
    party_total: Ints
    drawn: Ints
    paid: Ints
    paid_by_purse: Ints
    guaranteed: Ints
    outlay: Ints
    exposure: Ints
    extra: Ints
    enrolled: Ints
    maximum: int
    measured: dict[tuple[str, int], int]
    reached: dict[tuple[str, int], tuple[int, int]]
    earned: tuple[int, int]
    last_start: int
    party_year: Ints
    saving_year: Ints
    investor_flow: dict[int, int] = field(default_factory=dict)
    lines: dict[Line, LineTotals] = field(default_factory=dict)


_BY_ROW = (
    "net", "service_room", "outside", "co_payment", "party_total", "drawn", "paid", "paid_by_purse", "guaranteed",
    "outlay", "exposure", "extra", "enrolled",
)  # fmt: skip
_SUMMED = ("party_year", "saving_year")


def merge(parts: list[DesignResult]) -> DesignResult:
    """Join parts in the order of their replications."""
    first = parts[0]
    names = dict.fromkeys(line for part in parts for line in part.lines)
    lines = {name: join_totals([part.lines[name] for part in parts if name in part.lines]) for name in names}
    return DesignResult(
        parties=first.parties,
        maximum=UNBOUNDED if any(p.maximum == UNBOUNDED for p in parts) else max(p.maximum for p in parts),
        measured={key: sum(p.measured[key] for p in parts) for key in first.measured},
        reached={
            key: (sum(p.reached[key][0] for p in parts), sum(p.reached[key][1] for p in parts)) for key in first.reached
        },
        earned=(sum(part.earned[0] for part in parts), sum(part.earned[1] for part in parts)),
        last_start=max(part.last_start for part in parts),
        investor_flow=_added([part.investor_flow for part in parts]),
        lines=lines,
        **{name: np.concatenate([getattr(p, name) for p in parts]) for name in _BY_ROW},
        **{name: sum(getattr(p, name) for p in parts) for name in _SUMMED},
    )


def _added(parts: Sequence[dict[int, int]]) -> dict[int, int]:
    total: dict[int, int] = {}
    for part in parts:
        for instant, amount in part.items():
            total[instant] = total.get(instant, 0) + amount
    return dict(sorted(total.items()))


def summarise(block: Block, name: str, played: Played) -> DesignResult:
    """A block's result for one design."""
    scenario = block.setup.scenario
    purse = purse_parties(scenario)
    sides = party_accounts(played.postings)
    flows = [net(played.postings, _is(side)) for side in sides]
    capital, repaid = _flow(played, block, "capital"), _flow(played, block, "repayment")
    paid_by_purse = _flow(played, block, "payment:", purse)
    dated = _dated(played.course)
    return DesignResult(
        parties=sides,
        net=net(played.postings, lambda account: account.party in purse),
        service_room=net(played.postings, lambda account: account.under_ceiling),
        party_total=np.stack([flow.sum(axis=1) for flow in flows], axis=1),
        outside=repaid - capital - _flow(played, block, "repayment", purse) + _flow(played, block, "capital", purse),
        co_payment=_flow(played, block, "payment:") - paid_by_purse,
        drawn=capital.sum(axis=1),
        paid=repaid.sum(axis=1),
        paid_by_purse=paid_by_purse.sum(axis=1),
        guaranteed=_guaranteed(played, block),
        outlay=_outlay(played.postings, purse),
        exposure=_exposure(dated, block.rows),
        extra=_extra(block, played),
        enrolled=_enrolled(block, played),
        maximum=_maximum(block, name, played),
        measured={(seen.metric, seen.point): int(seen.measured.sum()) for seen in played.world.follow_ups},
        reached={
            (a.metric, a.point): (len(a.reached), len(b.reached))
            for a, b in zip(played.world.follow_ups, played.world.anyway, strict=True)
        },
        earned=earned(block, name, played),
        last_start=_last_start(block, played),
        party_year=np.stack([flow.sum(axis=0) for flow in flows]),
        investor_flow=_added([{instant: int(amount.sum())} for instant, amount in dated]),
        saving_year=np.sum([(s.gross - s.refusion).sum(axis=0) for s in played.world.savings.values()], axis=0),
        lines=_lines(played.postings, purse),
    )


def purse_parties(scenario: Scenario) -> frozenset[str]:
    """The parties whose money is the municipality's own."""
    return frozenset([MUNICIPALITY, *(name for name, party in scenario.parties.items() if party.in_purse)])


def party_accounts(postings: tuple[Posting, ...]) -> tuple[Account, ...]:
    """Every party, the municipality by committee, apart from real resources and the contract that money passes."""
    found = [Account(a.party, a.committee) for a in accounts(postings) if a.party not in (RESOURCES, "contract")]
    return tuple(dict.fromkeys(found))


def _is(side: Account):  # type: ignore[no-untyped-def]
    return lambda account: (account.party, account.committee) == (side.party, side.committee)


def _flow(played: Played, block: Block, what: str, between: frozenset[str] | None = None) -> Ints:
    """Postings whose name begins so, øre [row, year]; only what the given parties give or, of repayments, receive."""
    total = np.zeros((block.rows, len(block.setup.years)), np.int64)
    for posting in played.postings:
        side = posting.receiver.party if what == "repayment" else posting.giver.party
        if posting.what.startswith(what) and (between is None or side in between):
            total += posting.amount
    return total


def _dated(course: Course | None) -> list[tuple[int, Ints]]:
    """What all providers of capital receive less what they put in, by instant, øre [row], in order."""
    if course is None:
        return []
    paid = [(moment.day + 1, moment.receipts.sum(axis=1)) for moment in (*course.statements, course.ending)]
    drawn = [(drawn.day, -drawn.amount.sum(axis=1)) for drawn in course.draws]
    return sorted(paid + drawn, key=lambda flow: flow[0])  # what the evening pays comes before the next morning's draw


def _exposure(dated: list[tuple[int, Ints]], rows: int) -> Ints:
    """The most that providers have outstanding on any day, øre [row]."""
    balance = most = np.zeros(rows, np.int64)
    for _, amount in dated:
        balance = balance + amount
        most = np.maximum(most, -balance)
    return most


_OF_GAINS = ("budget_guarantee", "equalisation", "sanction")


def _outlay(postings: tuple[Posting, ...], purse: frozenset[str]) -> Ints:
    """What the purse lays out for the intervention: costs, payments, overhead, fondsmoms, less others' capital."""
    spent = [p for p in postings if p.what not in _OF_GAINS and not p.what.startswith(("saving:", "refusion:"))]
    outlay: Ints = -net(spent, lambda account: account.party in purse).sum(axis=1)
    return outlay


def key_result(scenario: Scenario) -> tuple[str, int] | None:
    """The result that costs are set against: the first outcome measure at its last follow-up."""
    for name, measure in scenario.measures.items():
        if measure.kind == "outcome":
            return name, max(measure.at_months)
    return None


def _extra(block: Block, played: Played) -> Ints:
    key = key_result(block.setup.scenario)

    def count(seen: list[FollowUp]) -> Ints:
        mine = [row_of(f.reached, block.rows) for f in seen if (f.metric, f.point) == key]
        return np.bincount(np.concatenate(mine), minlength=block.rows) if mine else np.zeros(block.rows, np.int64)

    extra: Ints = count(played.world.follow_ups) - count(played.world.anyway)
    return extra


def _enrolled(block: Block, played: Played) -> Ints:
    starts = played.world.enrolment.starts.reshape(-1, block.rows)
    enrolled: Ints = np.count_nonzero(starts < block.setup.horizon, axis=0).astype(np.int64)
    return enrolled


def _last_start(block: Block, played: Played) -> int:
    starts = played.world.enrolment.starts
    return int(np.max(starts, initial=0, where=starts < block.setup.horizon))


def _guaranteed(played: Played, block: Block) -> Ints:
    """What a guarantor pays, øre [row]."""
    # a clause may be called "guarantee fee": the name is compared whole
    paid = [posting.amount.sum(axis=1) for posting in played.postings if posting.what == "payment:guarantee"]
    total: Ints = np.sum([np.zeros(block.rows, np.int64), *paid], axis=0, dtype=np.int64)
    return total


def _maximum(block: Block, name: str, played: Played) -> int:
    """The most that the design's contract can come to pay; nothing without a contract."""
    if played.plan is None:
        return 0
    return maximum_payment(block, block.setup.contracts[name], played.world)


def _lines(postings: tuple[Posting, ...], purse: frozenset[str]) -> dict[Line, LineTotals]:
    amounts: dict[Line, Ore] = {}
    for posting in postings:
        for side, sign in ((posting.receiver, 1), (posting.giver, -1)):
            if side.party in purse:
                line = Line(posting.what, side.party, side.committee, side.budget_class)
                amounts[line] = amounts.get(line, 0) + sign * posting.amount
    return {line: line_totals(amount) for line, amount in amounts.items()}
