"""What must hold across the parts of a scenario: names that refer to each other, dates within the horizon."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from pydantic import BaseModel

from contracts import external, internal
from contracts.problems import Finding
from contracts.terms import SavingsShare, Scheduled, Sourced, Terms, UnitPrice

from .lives import HazardDomain, OutcomeMeasure, SavingMeasure
from .parts import Design, Parts
from .reading.words import unknown

Path = tuple[str | int | dt.date, ...]
BUILT_IN_PARTIES = ("municipality", "state", "region")
RESERVED_PARTIES = (*BUILT_IN_PARTIES, "citizens", "resources", "contract", "supplier")


def findings(scenario: Parts) -> Iterator[Finding]:
    """Every contradiction in a scenario, each with its place."""
    if scenario.start.day != 1:
        yield Finding(f"the start {scenario.start} is not the first of a month", ("start",), "begin on the 1st")
    yield from _sources(scenario)
    for name in scenario.parties:
        if name in RESERVED_PARTIES:
            hint = "leave it out, or choose another name"
            yield Finding(f"the party '{name}' is known already", ("parties", name, "[key]"), hint)
    yield from _domains(scenario)
    yield from _costs(scenario)
    yield from _economy(scenario)
    yield from _measures(scenario)
    for name, design in scenario.designs.items():
        yield from _design(scenario, name, design)


def _sources(scenario: Parts) -> Iterator[Finding]:
    """A source that is one plain word must be a key of `sources`; a sentence stands for itself."""
    for path, block in _sourced(scenario, ()):
        if block.source and " " not in block.source and ":" not in block.source:
            yield from unknown("source", block.source, scenario.sources, (*path, "source"))


def _sourced(value: object, path: Path) -> Iterator[tuple[Path, Sourced]]:
    if isinstance(value, Sourced):
        yield path, value
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _sourced(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _sourced(item, (*path, key))
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _sourced(item, (*path, number))


def _domains(scenario: Parts) -> Iterator[Finding]:
    citizens = scenario.target_group.citizens
    for name, domain in scenario.domains.items():
        if isinstance(domain, HazardDomain):
            continue
        stated = sum(group.citizens for group in domain.stated)
        if stated != citizens:
            hint = f"the target group has {citizens} citizens"
            yield Finding(f"lives are stated for {stated} citizens", ("domains", name, "stated"), hint)
        for number, group in enumerate(domain.stated):
            for side, path in (("without", group.without), ("with", group.with_)):
                for day in path:
                    if not scenario.start < day < scenario.end:
                        where = ("domains", name, "stated", number, side, day, "[key]")
                        yield Finding(f"{day} lies outside the scenario's years", where, _span(scenario))


def _span(scenario: Parts) -> str:
    return f"the scenario runs from {scenario.start} until {scenario.end - dt.timedelta(days=1)}"


def _costs(scenario: Parts) -> Iterator[Finding]:
    costs = scenario.intervention.costs
    path: Path = ("intervention", "costs")
    needed, other = ("amounts", "per_citizen") if costs.cost_clock == "contract" else ("per_citizen", "amounts")
    if getattr(costs, needed) is None:
        yield Finding(f"cost_clock {costs.cost_clock} needs {needed}", path, f"add {needed}:")
    if getattr(costs, other) is not None:
        yield Finding(f"{other} has no meaning with cost_clock {costs.cost_clock}", (*path, other), "remove it")
    for when in costs.amounts or {}:
        yield from _within(scenario, when, (*path, "amounts", when, "[key]"))


def _within(scenario: Parts, when: int | dt.date, path: Path) -> Iterator[Finding]:
    if isinstance(when, dt.date):
        if not scenario.start <= when < scenario.end:
            yield Finding(f"{when} lies outside the scenario's years", path, _span(scenario))
    elif when > 12 * scenario.horizon_years:
        hint = f"the horizon is {_years(scenario)}: raise horizon_years or remove the month"
        yield Finding(f"month {when} lies after the horizon of month {12 * scenario.horizon_years}", path, hint)


def _years(scenario: Parts) -> str:
    return "1 year" if scenario.horizon_years == 1 else f"{scenario.horizon_years} years"


def _economy(scenario: Parts) -> Iterator[Finding]:
    for name, line in scenario.economy.items():
        path: Path = ("economy", name)
        yield from _state(scenario, line.domain, line.state, path)
        if isinstance(line.refusion, str):
            yield from unknown("refusion rule", line.refusion, scenario.known_refusion(), (*path, "refusion"))


def _state(scenario: Parts, domain: str, state: str, path: Path) -> Iterator[Finding]:
    if domain not in scenario.domains:
        yield from unknown("domain", domain, scenario.domains, (*path, "domain"))
    else:
        yield from unknown("state", state, scenario.domains[domain].states, (*path, "state"))


def _measures(scenario: Parts) -> Iterator[Finding]:
    for name, measure in scenario.measures.items():
        path: Path = ("measures", name)
        if isinstance(measure, SavingMeasure):
            yield from _once(measure.lines or (), (*path, "lines"))
            for number, line in enumerate(measure.lines or ()):
                yield from unknown("economy line", line, scenario.economy, (*path, "lines", number))
            continue
        yield from _state(scenario, measure.domain, measure.state, path)
        yield from _once(measure.at_months, (*path, "at_months"))
        for number, month in enumerate(measure.at_months):
            if month == 0:
                yield Finding("nobody is measured at month 0", (*path, "at_months", number), "begin with month 1")
            yield from _within(scenario, month, (*path, "at_months", number))
            if month < measure.over_months:
                told = f"'{name}' cannot be reached at month {month}: the state must have lasted {measure.over_months}"
                hint = f"begin at month {measure.over_months}, or lower over_months"
                yield Finding(told, (*path, "at_months", number), hint)


def _once(entries: tuple[str, ...] | tuple[int, ...], path: Path) -> Iterator[Finding]:
    for number, entry in enumerate(entries):
        if entry in entries[:number]:
            yield Finding(f"{entry} stands twice", (*path, number), "keep one")


def _design(scenario: Parts, name: str, design: Design) -> Iterator[Finding]:
    path: Path = ("designs", name)
    if _delayed_away(scenario, design):
        months = 12 * scenario.horizon_years
        told = (
            f"a start delay of {design.start_delay_months} months leaves no time before the horizon of month {months}"
        )
        hint = f"write fewer than {months} months, or raise horizon_years"
        yield Finding(told, (*path, "start_delay_months"), hint)
    if design.kind == "ordinary_budget":
        if design.contract is not None:
            yield Finding("an ordinary budget has no contract", (*path, "contract"), "remove it, or change the kind")
        return
    if design.contract is None:
        yield Finding(f"the key 'contract' is missing for kind {design.kind}", path, "add contract:")
        return
    yield from _contract(scenario, design, design.contract, (*path, "contract"))


def _delayed_away(scenario: Parts, design: Design) -> bool:
    return design.start_delay_months >= 12 * scenario.horizon_years


def _contract(scenario: Parts, design: Design, terms: Terms, path: Path) -> Iterator[Finding]:
    parties = (*BUILT_IN_PARTIES, *scenario.parties)
    for where, shares in terms.split_paths():
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
    signing = internal.rules if design.kind == "internal_fund" else external.rules
    for finding in signing(terms):
        yield replace(finding, path=(*path, *finding.path))
    yield from _contract_dates(scenario, design, terms, path)
    yield from _metrics(scenario, terms, path)


def _contract_dates(scenario: Parts, design: Design, terms: Terms, path: Path) -> Iterator[Finding]:
    if terms.start is not None:
        hint = "leave it out: the contract starts with the scenario, or start_delay_months later"
        yield Finding("a contract in a scenario has no start of its own", (*path, "start"), hint)
    if terms.end is not None and not scenario.start < terms.end < scenario.end:
        yield Finding(f"{terms.end} lies outside the scenario's years", (*path, "end"), _span(scenario))
    elif not _delayed_away(scenario, design):
        yield from _date_findings(scenario, design, terms, path)
    for number, month in enumerate(terms.statements.months or ()):
        yield from _within(scenario, month, (*path, "statements", "months", number))


def _date_findings(scenario: Parts, design: Design, terms: Terms, path: Path) -> Iterator[Finding]:
    start = scenario.contract_start(design)
    end = terms.end or scenario.end - dt.timedelta(days=1)
    for finding in terms.date_findings(start, end):
        yield replace(finding, path=(*path, *finding.path))
    for where, day in _stated_dates(terms):
        if (day + dt.timedelta(days=1)).day == 31:
            text = f"{day} and the day after are one day in the simulator's months of thirty days"
            yield Finding(text, (*path, *where), "choose the last day of the month, or the 29th")


def _stated_dates(terms: Terms) -> Iterator[tuple[Path, dt.date]]:
    """Every date in the terms, with its place."""
    if terms.end is not None:
        yield ("end",), terms.end
    for number, day in enumerate(terms.statements.dates or ()):
        yield ("statements", "dates", number), day
    for when in terms.draws if isinstance(terms.draws, dict) else ():
        if isinstance(when, dt.date):
            yield ("draws", when, "[key]"), when
    for name, clause in terms.clauses.items():
        for when in clause.amounts if isinstance(clause, Scheduled) else ():
            if isinstance(when, dt.date):
                yield ("clauses", name, "amounts", when, "[key]"), when


def _metrics(scenario: Parts, terms: Terms, path: Path) -> Iterator[Finding]:
    outcomes = {name: measure for name, measure in scenario.measures.items() if isinstance(measure, OutcomeMeasure)}
    savings = [name for name in scenario.measures if name not in outcomes]
    for name, clause in terms.clauses.items():
        where: Path = (*path, "clauses", name)
        if isinstance(clause, UnitPrice) and clause.metric in savings:
            hint = "name an outcome measure, or write kind: savings_share"
            yield Finding(f"'{clause.metric}' is a saving, not an outcome", (*where, "metric"), hint)
        elif isinstance(clause, UnitPrice):
            yield from unknown("outcome measure", clause.metric, outcomes, (*where, "metric"), "measures:")
            if clause.metric in outcomes:
                yield from _prices(scenario, clause, outcomes[clause.metric].at_months, (*where, "prices"))
        elif isinstance(clause, SavingsShare) and clause.metric in outcomes:
            hint = "name a saving measure, or write kind: unit_price"
            yield Finding(f"'{clause.metric}' is an outcome, not a saving", (*where, "metric"), hint)
        elif isinstance(clause, SavingsShare):
            yield from unknown("saving measure", clause.metric, savings, (*where, "metric"), "measures:")


def _prices(scenario: Parts, clause: UnitPrice, months: tuple[int, ...], path: Path) -> Iterator[Finding]:
    for month in clause.prices:
        at = (*path, month, "[key]")
        yield from _within(scenario, month, at)
        if month not in months and month <= 12 * scenario.horizon_years:
            hint = f"measured at months {', '.join(str(measured) for measured in months)}"
            yield Finding(f"'{clause.metric}' is not measured at month {month}", at, hint)
