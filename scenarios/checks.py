"""What must hold across the parts of a scenario: names that refer to each other, dates within the horizon."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches

from pydantic import BaseModel

from contracts.problems import Finding
from contracts.terms import SavingsShare, Sourced, Terms, UnitPrice

from .lives import HazardDomain, OutcomeMeasure, SavingMeasure
from .parts import Design, Parts

Path = tuple[str | int | dt.date, ...]
BUILT_IN_PARTIES = ("municipality", "state", "region")


def findings(scenario: Parts) -> Iterator[Finding]:
    """Every contradiction in a scenario, each with its place."""
    if scenario.start.day != 1:
        yield Finding(f"the start {scenario.start} is not the first of a month", ("start",), "begin on the 1st")
    yield from _sources(scenario)
    yield from _domains(scenario)
    yield from _costs(scenario)
    yield from _economy(scenario)
    yield from _measures(scenario)
    for name, design in scenario.designs.items():
        yield from _design(scenario, name, design)


def _unknown(what: str, name: str, known: Iterable[str], path: Path) -> Iterator[Finding]:
    names = list(known)
    if name in names:
        return
    close = get_close_matches(name, names, n=1)
    hint = (f"did you mean '{close[0]}'? " if close else "") + f"known: {', '.join(names) or 'none'}"
    yield Finding(f"unknown {what} '{name}'", path, hint)


def _sources(scenario: Parts) -> Iterator[Finding]:
    """A source that is one plain word must be a key of `sources`; a sentence stands for itself."""
    for path, block in _sourced(scenario, ()):
        if block.source and " " not in block.source and ":" not in block.source:
            yield from _unknown("source", block.source, scenario.sources, (*path, "source"))


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
                        where = ("domains", name, "stated", number, side)
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
        yield from _within(scenario, when, (*path, "amounts", when))


def _within(scenario: Parts, when: int | dt.date, path: Path) -> Iterator[Finding]:
    if isinstance(when, dt.date):
        if not scenario.start <= when < scenario.end:
            yield Finding(f"{when} lies outside the scenario's years", path, _span(scenario))
    elif when > 12 * scenario.horizon_years:
        hint = f"the horizon is {scenario.horizon_years} years: raise horizon_years or remove the month"
        yield Finding(f"month {when} lies after the horizon of month {12 * scenario.horizon_years}", path, hint)


def _economy(scenario: Parts) -> Iterator[Finding]:
    for name, line in scenario.economy.items():
        path: Path = ("economy", name)
        yield from _state(scenario, line.domain, line.state, path)
        if isinstance(line.refusion, str):
            yield from _unknown("refusion rule", line.refusion, scenario.known_refusion(), (*path, "refusion"))


def _state(scenario: Parts, domain: str, state: str, path: Path) -> Iterator[Finding]:
    if domain not in scenario.domains:
        yield from _unknown("domain", domain, scenario.domains, (*path, "domain"))
    else:
        yield from _unknown("state", state, scenario.domains[domain].states, (*path, "state"))


def _measures(scenario: Parts) -> Iterator[Finding]:
    for name, measure in scenario.measures.items():
        path: Path = ("measures", name)
        if isinstance(measure, SavingMeasure):
            for number, line in enumerate(measure.lines or ()):
                yield from _unknown("economy line", line, scenario.economy, (*path, "lines", number))
            continue
        yield from _state(scenario, measure.domain, measure.state, path)
        for number, month in enumerate(measure.at_months):
            yield from _within(scenario, month, (*path, "at_months", number))


def _design(scenario: Parts, name: str, design: Design) -> Iterator[Finding]:
    path: Path = ("designs", name)
    if design.kind == "ordinary_budget":
        if design.contract is not None:
            yield Finding("an ordinary budget has no contract", (*path, "contract"), "remove it, or change the kind")
        return
    if design.contract is None:
        yield Finding(f"the key 'contract' is missing for kind {design.kind}", path, "add contract:")
        return
    yield from _contract(scenario, design, design.contract, (*path, "contract"))


def _contract(scenario: Parts, design: Design, terms: Terms, path: Path) -> Iterator[Finding]:
    parties = (*BUILT_IN_PARTIES, *scenario.parties)
    for where, shares in terms.split_paths():
        known = scenario.parties if where == ("capital",) else parties
        for party in shares:
            yield from _unknown("party" if where == ("capital",) else "payer", party, known, (*path, *where, party))
    if terms.guarantee:
        yield from _unknown("guarantor", terms.guarantee.by, parties, (*path, "guarantee", "by"))
    if design.kind == "internal_fund":
        for party in terms.capital:
            if party in scenario.parties and not scenario.parties[party].in_purse:
                hint = "say in_purse: true for the party, or use kind external_investor"
                yield Finding(f"'{party}' is not the municipality's own fund", (*path, "capital", party), hint)
    if design.capital_to == "supplier" and terms.draws != "as_costs":
        yield Finding("a loan to the supplier covers the costs", (*path, "draws"), "write draws: as_costs")
    yield from _contract_dates(scenario, design, terms, path)
    yield from _metrics(scenario, terms, path)


def _contract_dates(scenario: Parts, design: Design, terms: Terms, path: Path) -> Iterator[Finding]:
    if terms.start is not None:
        hint = "leave it out: the contract starts with the scenario, or start_delay_months later"
        yield Finding("a contract in a scenario has no start of its own", (*path, "start"), hint)
    if terms.end is not None and not scenario.start < terms.end < scenario.end:
        yield Finding(f"{terms.end} lies outside the scenario's years", (*path, "end"), _span(scenario))
    start = scenario.contract_start(design)
    end = terms.end or scenario.end - dt.timedelta(days=1)
    for finding in terms.date_findings(start, end):
        yield replace(finding, path=(*path, *finding.path))
    for number, month in enumerate(terms.statements.months or ()):
        yield from _within(scenario, month, (*path, "statements", "months", number))


def _metrics(scenario: Parts, terms: Terms, path: Path) -> Iterator[Finding]:
    for name, clause in terms.clauses.items():
        where: Path = (*path, "clauses", name)
        if isinstance(clause, UnitPrice):
            outcomes = {n: m for n, m in scenario.measures.items() if isinstance(m, OutcomeMeasure)}
            yield from _unknown("outcome measure", clause.metric, outcomes, (*where, "metric"))
            for month in clause.prices if clause.metric in outcomes else ():
                yield from _within(scenario, month, (*where, "prices", month))
                if month not in outcomes[clause.metric].at_months and month <= 12 * scenario.horizon_years:
                    measured = ", ".join(str(m) for m in outcomes[clause.metric].at_months)
                    text = f"'{clause.metric}' is not measured at month {month}"
                    yield Finding(text, (*where, "prices", month), f"measured at months {measured}")
        elif isinstance(clause, SavingsShare):
            savings = [n for n, m in scenario.measures.items() if isinstance(m, SavingMeasure)]
            yield from _unknown("saving measure", clause.metric, savings, (*where, "metric"))
