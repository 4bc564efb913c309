"""What must hold of a contract in a scenario: parties, dates, metrics and groups are known, and can be simulated."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from contracts import external, internal
from contracts.agreed import ENROLLED
from contracts.clauses import AnyClause, Band, Clause, SavingsShare, Scheduled, UnitPrice
from contracts.problems import Finding
from contracts.terms import Terms

from .horizon import Path, span, within
from .lives import OutcomeMeasure
from .parts import Design, Parts
from .reading.words import unknown

BUILT_IN_PARTIES = ("municipality", "state", "region")


def contract_findings(scenario: Parts, design: Design, terms: Terms, path: Path) -> Iterator[Finding]:
    """Every contradiction between a design's contract and the scenario, each with its place."""
    yield from _parties(scenario, design, terms, path)
    if terms.currency != "DKK":
        text = f"a scenario is reckoned in kroner, and the contract in {terms.currency}"
        yield Finding(text, (*path, "currency"), "convert the amounts, and leave currency: out")
    signing = internal.rules if design.kind == "internal_fund" else external.rules
    for finding in signing(terms):
        yield replace(finding, path=(*path, *finding.path))
    yield from _dates(scenario, design, terms, path)
    yield from _citizens(scenario, terms, (*path, "citizens"))
    for where, clause in _clauses(terms):
        yield from _metrics(scenario, clause, (*path, *where))
        for at, group in _groups(clause):
            yield from _group(scenario, group, (*path, *where, *at))


def delayed_away(scenario: Parts, design: Design) -> bool:
    """Whether a design starts only when the scenario is over."""
    return design.start_delay_months >= 12 * scenario.horizon_years


def _parties(scenario: Parts, design: Design, terms: Terms, path: Path) -> Iterator[Finding]:
    parties = (*BUILT_IN_PARTIES, *scenario.parties)
    for where, shares in terms.split_paths():
        if where[1:] and shares == terms.payers:
            continue  # told once, where the contract's payers stand
        known = scenario.parties if where == ("capital",) else parties
        for party in shares:
            at = (*path, *where, party, "[key]")
            yield from unknown("party" if where == ("capital",) else "payer", party, known, at, "parties:")
    if terms.guarantee:
        yield from unknown("guarantor", terms.guarantee.by, parties, (*path, "guarantee", "by"), "parties:")
    if design.kind == "internal_fund":
        for party in terms.capital:
            if party in scenario.parties and not scenario.parties[party].in_purse:
                hint = "say in_purse: true for the party, or use kind external_investor"
                yield Finding(f"'{party}' is not the municipality's own fund", (*path, "capital", party, "[key]"), hint)
    if design.capital_to == "supplier" and terms.draws != "as_costs":
        yield Finding("a loan to the supplier covers the costs", (*path, "draws"), "write draws: as_costs")
    for party in terms.capital if design.capital_to == "supplier" else ():
        if party in scenario.parties and scenario.parties[party].in_purse:
            text = f"'{party}' is the municipality's own: what it pays for uses service room"
            yield Finding(text, (*path, "capital", party, "[key]"), "write capital_to: municipality")


def _dates(scenario: Parts, design: Design, terms: Terms, path: Path) -> Iterator[Finding]:
    if terms.start is not None:
        hint = "leave it out: the contract starts with the scenario, or start_delay_months later"
        yield Finding("a contract in a scenario has no start of its own", (*path, "start"), hint)
    outside = [(where, day) for where, day in _ends(terms) if not scenario.start < day < scenario.end]
    for where, day in outside:
        yield Finding(f"{day} lies outside the scenario's years", (*path, *where), span(scenario))
    if not outside and not delayed_away(scenario, design):
        yield from _date_findings(scenario, design, terms, path)
    for number, month in enumerate(terms.statements.months or ()):
        yield from within(scenario, month, (*path, "statements", "months", number))


def _date_findings(scenario: Parts, design: Design, terms: Terms, path: Path) -> Iterator[Finding]:
    start = scenario.contract_start(design)
    end = terms.end or scenario.end - dt.timedelta(days=1)
    for finding in terms.date_findings(start, end):
        yield replace(finding, path=(*path, *finding.path))
    for where, day in _stated_dates(terms):
        if (day + dt.timedelta(days=1)).day == 31:
            text = f"{day} and the day after are one day in the simulator's months of thirty days"
            yield Finding(text, (*path, *where), "choose the last day of the month, or the 29th")


def _ends(terms: Terms) -> Iterator[tuple[Path, dt.date]]:
    """The end as first agreed, and as amended."""
    if terms.end is not None:
        yield ("end",), terms.end
    for number, amendment in enumerate(terms.amendments):
        if amendment.end is not None:
            yield ("amendments", number, "end"), amendment.end


def _stated_dates(terms: Terms) -> Iterator[tuple[Path, dt.date]]:
    """Every date in the terms, with its place."""
    yield from _ends(terms)
    for number, amendment in enumerate(terms.amendments):
        yield ("amendments", number, "from"), amendment.from_
    for number, day in enumerate(terms.statements.dates or ()):
        yield ("statements", "dates", number), day
    for when in terms.draws if isinstance(terms.draws, dict) else ():
        if isinstance(when, dt.date):
            yield ("draws", when, "[key]"), when
    for where, clause in _clauses(terms):
        for when in clause.amounts if isinstance(clause, Scheduled) else ():
            if isinstance(when, dt.date):
                yield (*where, "amounts", when, "[key]"), when
        for number, when in enumerate(clause.due if isinstance(clause, Band) else ()):
            if isinstance(when, dt.date):
                yield (*where, "due", number), when


def _clauses(terms: Terms) -> Iterator[tuple[Path, AnyClause]]:
    """Every clause that is ever agreed, with its place."""
    for path, clauses in terms.clause_paths():
        for name, clause in clauses.items():
            if clause is not None:
                yield (*path, name), clause


def _citizens(scenario: Parts, terms: Terms, path: Path) -> Iterator[Finding]:
    most, citizens = terms.citizens.most, scenario.target_group.citizens
    if most is not None and most < citizens:
        text = f"the contract enrols at most {most}, and the target group has {citizens} citizens"
        yield Finding(text, (*path, "most"), "lower citizens in the target group, or raise this")
    if "other" in terms.citizens.leaving:
        text = "in a simulation those who drop out go on being measured: nobody knows why they left"
        yield Finding(text, (*path, "leaving", "other"), "leave it out; rules for other reasons may stand")


class _Use(NamedTuple):
    """A metric that a clause reads, as a saving or an outcome, and the follow-up months that it names."""

    path: Path
    metric: str
    saving: bool
    months: Mapping[Path, int] = {}
    instead: str = ""


def _uses(clause: AnyClause) -> Iterator[_Use]:
    if isinstance(clause, UnitPrice):
        months: dict[Path, int] = {("prices", month, "[key]"): month for month in clause.prices or ()}
        yield _Use(("metric",), clause.metric, False, months, ", or write kind: savings_share")
        for number, gate in enumerate(clause.requires):
            at = ("requires", number)
            month: dict[Path, int] = {} if gate.month is None else {(*at, "month"): gate.month}
            yield _Use((*at, "metric"), gate.metric, False, month)
    elif isinstance(clause, Band):
        months = {("months", number): month for number, month in enumerate(clause.months)}
        yield _Use(("metric",), clause.metric, False, months, ", or write kind: savings_share")
    elif isinstance(clause, SavingsShare):
        yield _Use(("metric",), clause.metric, True, {}, ", or write kind: unit_price")
    if isinstance(clause, UnitPrice | SavingsShare):
        for number, other in enumerate(clause.less):
            yield _Use(("less", number), other, isinstance(clause, SavingsShare))
    if isinstance(clause, Clause):
        for place, test in clause.comparisons():
            if test.metric is not None:
                read: dict[Path, int] = {(*place, "months", number): month for number, month in enumerate(test.months)}
                yield _Use((*place, "metric"), test.metric, False, read)


def _metrics(scenario: Parts, clause: AnyClause, path: Path) -> Iterator[Finding]:
    """Metrics are measures of the right kind, which give what the clause reads."""
    if isinstance(clause, SavingsShare) and clause.baseline:
        text = "in a simulation nothing is counted that could be set against a fixed baseline"
        hint = "write saving_basis: counterfactual and name a saving measure, which is against the lives without"
        yield Finding(text, (*path, "saving_basis"), hint)
        return
    outcomes = {name: measure for name, measure in scenario.measures.items() if isinstance(measure, OutcomeMeasure)}
    savings = [name for name in scenario.measures if name not in outcomes]
    for use in _uses(clause):
        at = (*path, *use.path)
        if use.saving and (use.metric in outcomes or use.metric == ENROLLED):
            yield Finding(f"'{use.metric}' is an outcome, not a saving", at, f"name a saving measure{use.instead}")
        elif use.saving:
            yield from unknown("saving measure", use.metric, savings, at, "measures:")
        elif use.metric in savings:
            yield Finding(f"'{use.metric}' is a saving, not an outcome", at, f"name an outcome measure{use.instead}")
        elif use.metric == ENROLLED:
            yield from _months(scenario, use, (0,), path)
        elif use.metric in outcomes:
            yield from _months(scenario, use, outcomes[use.metric].at_months, path)
        else:
            yield from unknown("outcome measure", use.metric, outcomes, at, "measures:")


def _months(scenario: Parts, use: _Use, measured: tuple[int, ...], path: Path) -> Iterator[Finding]:
    for where, month in use.months.items():
        at = (*path, *where)
        yield from within(scenario, month, at)
        if month not in measured and month <= 12 * scenario.horizon_years:
            hint = f"measured at months {', '.join(str(each) for each in measured)}"
            yield Finding(f"'{use.metric}' is not measured at month {month}", at, hint)


def _groups(clause: AnyClause) -> Iterator[tuple[Path, str]]:
    """Every subgroup that a clause names, with its place."""
    if isinstance(clause, UnitPrice | Band):
        for number, group in enumerate(clause.for_groups):
            yield ("for_groups", number), group
    if isinstance(clause, Clause):
        for at, test in clause.comparisons():
            for number, group in enumerate(test.for_groups):
                yield (*at, "for_groups", number), group


def _group(scenario: Parts, group: str, path: Path) -> Iterator[Finding]:
    yield from unknown("group", group, scenario.target_group.groups, path, "target_group: groups:")
