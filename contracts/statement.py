"""A payment statement line by line: fact → clause → limit → amount → payer, from a contract's log alone.

What was settled is copied from the log; which facts it came from is found by entitling at this settlement and at the
one before, and joining the two. A line's amount is therefore what it adds now: a correction shows as the difference.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .aggregate import Folding
from .banding import Flags, value_to_date
from .clauses import AnyClause, NoRepayment
from .compiled import compile_terms
from .entitlement import Lines
from .events import Amounts, Ended, Event, Settled
from .facts import Facts, Ints
from .folding import ContractFolding
from .plans import BandPlan, Plan, PricePlan
from .settling import entitled, facts_table, group_names
from .state import NOBODY, State
from .timetable import clause_spans, due_day


class Line(NamedTuple):
    """What one fact adds to one clause in a statement, øre: gross, what the limit per person cuts, and net.

    person: a pseudonym, none for a count, a cohort or a saving. quantity, of: millionths, or øre where it is a saving;
    `of` is 0 for a fact that does not count any more. A fact of an earlier statement stands here when something about
    it has changed since.
    """

    column: str
    metric: str
    person: str | None
    group: str
    date: dt.date
    month: int
    quantity: int
    of: int
    gross: int
    cut: int
    saving: bool = False

    @property
    def net(self) -> int:
        """What is left of the line."""
        return self.gross - self.cut


@dataclass(frozen=True)
class ClauseStatement:
    """One column of a payment statement, øre.

    agreed: the clause, none for the floor, an early end and a guarantee. entitled: to date; before: at the statement
    before; lines: what the lines add up to; otherwise: what the clause as a whole adds to that (a schedule, a band, a
    quota, a condition that came to hold or fail). value: for a band, what was found and measured to date, in
    millionths. settled: what was settled before; lapsed: what had lapsed by then. cuts: by limit; what limits of payers
    cut counts as settled. paid: now; parts: of it, by payer. What is claimed is entitled − settled − lapsed, and what
    is paid of that is left by the cuts.
    """

    column: str
    agreed: AnyClause | None
    kind: str
    entitled: int
    before: int
    lines: int
    otherwise: int
    value: tuple[int, int] | None
    settled: int
    lapsed: int
    cuts: Mapping[str, int]
    paid: int
    parts: Mapping[str, int]


@dataclass(frozen=True)
class PaymentStatement:
    """*Betalingsopgørelse*: one settlement, or what fell due at the end (`closing`); øre.

    basis: the facts that stand in no line: those that a band or a quota takes together, with its column, and those that
    nothing pays for, without one. receipts: by provider of capital; drawn: capital to date; account: what a return
    ceiling still allows, none without one; remarks: what a reader must know, such as too few citizens enrolled, as (key
    of a text, what to fill in).
    """

    date: dt.date
    closing: bool
    version: int
    lines: tuple[Line, ...]
    basis: tuple[Line, ...]
    clauses: tuple[ClauseStatement, ...]
    receipts: Mapping[str, int]
    drawn: int
    account: int | None
    remarks: tuple[tuple[str, Mapping[str, object]], ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it settles nothing, changes nothing and tells nothing."""
        idle = all(clause.entitled == clause.before and not clause.paid for clause in self.clauses)
        return idle and not (self.lines or self.basis or self.remarks)

    @property
    def paid(self) -> int:
        """Paid in all."""
        return sum(clause.paid for clause in self.clauses)

    @property
    def by_payer(self) -> dict[str, int]:
        """What each payer pays."""
        total: dict[str, int] = {}
        for clause in self.clauses:
            for payer, part in clause.parts.items():
                total[payer] = total.get(payer, 0) + part
        return total


def statements_of(events: Sequence[Event]) -> Iterator[PaymentStatement]:
    """Every payment statement in a contract's log, in order; raises BrokenLog."""
    folding: Folding[State] = ContractFolding()
    telling = Telling()
    for event in events:
        state = folding.state if isinstance(event, Settled | Ended) else None
        if state is not None and isinstance(event, Settled | Ended):
            yield telling.statement(state, event)
        folding.apply(event)


class Telling:
    """Tells the payment statements of one contract, one after the other, as its log goes on."""

    def __init__(self) -> None:
        self._version, self._entitled = 0, dict[str, int]()

    def statement(self, state: State, event: Settled | Ended) -> PaymentStatement:
        """The next statement; state: as it was just before the event that settles it."""
        told = _statement(state, event, self._version, self._entitled)
        if isinstance(event, Settled):
            self._version, self._entitled = event.version, dict(event.amounts.entitled)
        return told


def _statement(state: State, event: Settled | Ended, since: int, before: Mapping[str, int]) -> PaymentStatement:
    plan, amounts = compile_terms(state.terms), event.amounts
    closing = isinstance(event, Ended)
    settles = not closing or bool(amounts.entitled)
    lines, basis = _lines(state, plan, since) if settles else ((), ())
    columns = [name for name in plan.columns if _something(name, amounts, before if settles else {}, lines)]
    day = event.effective if isinstance(event, Ended) else event.statement
    return PaymentStatement(
        date=day,
        closing=closing,
        version=event.version,
        lines=lines,
        basis=basis,
        clauses=tuple(_clause(state, plan, name, amounts, before if settles else {}, lines) for name in columns),
        receipts=amounts.receipts,
        drawn=state.drawn,
        account=None if plan.ceiling is None else amounts.account,
        remarks=tuple(_remarks(state, plan, day, amounts)),
    )


def _something(name: str, amounts: Amounts, before: Mapping[str, int], lines: Sequence[Line]) -> bool:
    told = (amounts.entitled, amounts.paid, before, *amounts.cuts.values())
    return any(cells.get(name) for cells in told) or any(line.column == name for line in lines)


def _clause(
    state: State, plan: Plan, name: str, amounts: Amounts, before: Mapping[str, int], lines: Sequence[Line]
) -> ClauseStatement:
    column = plan.columns.index(name)
    entitled_now, had = amounts.entitled.get(name, 0), before.get(name, 0)
    found = sum(line.net for line in lines if line.column == name)
    parts = amounts.parts.get(name, {})
    paid = sum(parts.values())
    cuts = {limit: cells[name] for limit, cells in amounts.cuts.items() if cells.get(name)}
    if unpaid := amounts.paid.get(name, 0) - paid:
        cuts["per_payer"] = unpaid
    return ClauseStatement(
        column=name,
        agreed=_agreed(state, name),
        kind=_kind(plan, column),
        entitled=entitled_now,
        before=had,
        lines=found,
        otherwise=entitled_now - had - found,
        value=_value(state, plan, column),
        settled=state.paid.get(name, 0),
        lapsed=state.lapsed.get(name, 0),
        cuts=cuts,
        paid=paid,
        parts=parts,
    )


def _agreed(state: State, name: str) -> AnyClause | None:
    spans = (span for span in clause_spans(state.terms) if not isinstance(span.clause, NoRepayment))
    return next((span.clause for span in spans if span.column == name), None)


def _kind(plan: Plan, column: int) -> str:
    names = {"PricePlan": "unit_price", "SavingsPlan": "savings_share", "SchedulePlan": "scheduled", "BandPlan": "band"}
    clauses = plan.clauses
    return names[type(clauses[column]).__name__] if column < len(clauses) else plan.columns[column].replace(" ", "_")


def _value(state: State, plan: Plan, column: int) -> tuple[int, int] | None:
    clause = plan.clauses[column] if column < len(plan.clauses) else None
    if not isinstance(clause, BandPlan) or clause.on == "each_measurement":
        return None
    number = min(len(state.settlements), len(plan.statement_days) - 1)
    found, of = value_to_date(clause, facts_table(state, plan), 1, len(plan.statement_days))
    return int(found[0, number]), int(of[0, number])


def _lines(state: State, plan: Plan, since: int) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The lines and the basis that are new since the settlement before, or otherwise than then."""
    number = min(len(state.settlements), len(plan.statement_days) - 1)
    settled = len(state.settlements) - 1
    facts = facts_table(state, plan)
    lines = entitled(state, plan, facts, lines=True).lines
    changed = any(change.version > since for changes in state.changes.values() for change in changes)
    from_ = 0 if changed else settled + 1
    new, new_basis = (
        _by_fact(lines, facts, number, from_),
        _by_fact(_together(plan, facts, lines), facts, number, from_),
    )
    old, old_basis = dict[_Key, _Told](), dict[_Key, _Told]()
    if changed and settled >= 0:
        then = facts_table(state, plan, since)
        lines = entitled(state, plan, then, lines=True).lines
        old, old_basis = _by_fact(lines, then, settled, 0), _by_fact(_together(plan, then, lines), then, settled, 0)
    persons = {known.number: (name, known.group) for name, known in state.persons.items()}
    names = _Names(persons, group_names(state, plan), plan.saving_metrics)
    found = [_line(plan, names, key, told, amounts) for key, told, *amounts in _differences(old, new)]
    basis = [_line(plan, names, key, told, (0, 0)) for key, told, *_ in _differences(old_basis, new_basis)]
    return tuple(found), tuple(basis)


def _differences(
    old: Mapping["_Key", "_Told"], new: Mapping["_Key", "_Told"]
) -> Iterator[tuple["_Key", "_Told", int, int]]:
    """What is in one and not in the other, or otherwise: as it stands now, and by how much gross and cut differ."""
    for key in sorted({*new, *old}):
        told, before = new.get(key, _NOTHING), old.get(key)
        if before is None:
            yield key, told, told.gross, told.cut
        elif told != before:
            yield key, told, told.gross - before.gross, told.cut - before.cut


def _together(plan: Plan, facts: Facts, lines: Lines | None) -> Lines | None:
    """Facts without lines of their own, as lines of nothing: by the clause that takes them together, or none (−1)."""
    if lines is None:
        return None
    lonely = np.ones(len(facts), bool)
    lonely[lines.fact] = False
    pieces: list[tuple[int, Ints]] = []
    for number, clause in enumerate(plan.clauses):
        if isinstance(clause, BandPlan) or (isinstance(clause, PricePlan) and clause.quota is not None):
            (at,) = np.nonzero(_read(clause, facts))
            lonely[at] = False
            pieces.append((number, at))
    pieces.append((-1, np.flatnonzero(lonely)))
    fact = np.concatenate([at for _, at in pieces])
    clauses = np.concatenate([np.full(len(at), number, np.int64) for number, at in pieces])
    nothing = np.zeros(len(fact), np.int64)
    return Lines(fact, clauses, nothing, nothing, facts.statement[fact], facts.day[fact])


def _read(clause: BandPlan | PricePlan, facts: Facts) -> Flags:
    read: Flags = facts.metric == clause.metric
    if isinstance(clause, BandPlan) and clause.for_each is not None:
        read |= facts.metric == clause.for_each
    read &= facts.in_groups(clause.groups)
    read &= (facts.day >= clause.since) & (facts.day < clause.until)
    if isinstance(clause, BandPlan) and clause.months:
        read &= np.isin(facts.point, clause.months)
    return read


class _Key(NamedTuple):
    """A clause, and what tells its facts apart."""

    clause: int
    day: int
    metric: int
    point: int
    person: int
    group: int


class _Told(NamedTuple):
    gross: int
    cut: int
    quantity: int
    of: int


_NOTHING = _Told(0, 0, 0, 0)


def _by_fact(lines: Lines | None, facts: Facts, number: int, from_: int) -> dict[_Key, _Told]:
    """The lines of some statements, up to one of that number, by clause and fact."""
    if lines is None:
        return {}
    at = np.flatnonzero((lines.statement <= number) & (lines.statement >= from_))
    fact = lines.fact[at]
    group = np.full(len(fact), -1) if facts.group is None else facts.group[fact]
    keys = [lines.clause[at], facts.day[fact], facts.metric[fact], facts.point[fact], facts.person[fact], group]
    values = [lines.gross[at], lines.cut[at], facts.quantity[fact], facts.denominators()[fact]]
    found: dict[_Key, _Told] = {}
    for row in zip(*(column.tolist() for column in (*keys, *values)), strict=True):
        key, told = _Key(*row[:6]), _Told(*row[6:])
        had = found.get(key)
        found[key] = told if had is None else _Told(*(a + b for a, b in zip(had, told, strict=True)))
    return found


class _Names(NamedTuple):
    """Persons and their subgroups by number, subgroups by number, and the metrics that are savings."""

    persons: Mapping[int, tuple[str, str]]
    groups: Sequence[str]
    savings: Sequence[str]


def _line(plan: Plan, names: _Names, key: _Key, told: _Told, amounts: Sequence[int]) -> Line:
    cohort = names.groups[key.group] if key.group >= 0 else ""
    person, group = (None, cohort) if key.person == NOBODY else names.persons[key.person]
    return Line(
        column=plan.columns[key.clause] if key.clause >= 0 else "",
        metric=plan.metrics[key.metric],
        person=person,
        group=group,
        date=dt.date.fromordinal(key.day),
        month=key.point,
        quantity=told.quantity,
        of=told.of,
        gross=amounts[0],
        cut=amounts[1],
        saving=plan.metrics[key.metric] in names.savings,
    )


def _remarks(state: State, plan: Plan, day: dt.date, amounts: Amounts) -> Iterator[tuple[str, Mapping[str, object]]]:
    start = dt.date.fromordinal(plan.start_day)
    last = state.settlements[-1].statement if state.settlements else start
    for month, least in state.terms.citizens.least_by.items():
        when = due_day(start, month)
        there = sum(known.day <= when for known in state.persons.values())
        if last < when <= day and there < least:
            yield "few_enrolled", {"least": least, "found": there, "date": when}
    unpaid = sum(amounts.paid.values()) - sum(sum(parts.values()) for parts in amounts.parts.values())
    if unpaid > 0:
        yield "unpaid_by_limited_payer", {"amount": unpaid}
