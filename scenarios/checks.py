"""What must hold across the parts of a scenario: names that refer to each other, dates within the horizon."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from contracts.agreed import ENROLLED
from contracts.frozen import Sourced
from contracts.problems import Finding

from .agreements import BUILT_IN_PARTIES, contract_findings, delayed_away
from .economy import EconomyLine
from .high_cost_checks import high_cost_findings
from .horizon import Path, span, within
from .lives import HazardDomain, SavingMeasure
from .parts import Design, Parts
from .price_checks import price_findings
from .purse import DatedRule, purse_rules
from .reading.words import unknown

RESERVED_PARTIES = (
    *BUILT_IN_PARTIES, "citizens", "waiting_list", "other_municipalities", "resources", "contract", "supplier",
)  # fmt: skip


def findings(scenario: Parts) -> Iterator[Finding]:
    """Every contradiction in a scenario, each with its place."""
    if scenario.start.day != 1:
        yield Finding(f"the start {scenario.start} is not the first of a month", ("start",), "begin on the 1st")
    yield from _sources(scenario)
    for name in scenario.parties:
        if name in RESERVED_PARTIES:
            hint = "leave it out, or choose another name"
            yield Finding(f"the party '{name}' is known already", ("parties", name, "[key]"), hint)
    yield from _subgroups(scenario)
    yield from _domains(scenario)
    yield from _shocks(scenario)
    yield from _costs(scenario)
    yield from _economy(scenario)
    yield from _purse(scenario)
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


def _subgroups(scenario: Parts) -> Iterator[Finding]:
    group = scenario.target_group
    if group.groups and sum(group.groups.values()) != group.citizens:
        hint = f"the target group has {group.citizens} citizens"
        yield Finding(f"the groups have {sum(group.groups.values())} citizens", ("target_group", "groups"), hint)


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
                        yield Finding(f"{day} lies outside the scenario's years", where, span(scenario))


def _shocks(scenario: Parts) -> Iterator[Finding]:
    """Shocks hit within the scenario's years; the first day after one may be the first day after these."""
    for name, domain in scenario.domains.items():
        for shock_name, shock in domain.shocks.items() if isinstance(domain, HazardDomain) else ():
            path: Path = ("domains", name, "shocks", shock_name)
            yield from within(scenario, shock.from_, (*path, "from"))
            if shock.until is None:
                continue
            if shock.until != scenario.end:
                yield from within(scenario, shock.until, (*path, "until"))
            if shock.until - shock.from_ == dt.timedelta(days=1) and shock.until.day == 31:
                told = f"{shock.from_} and {shock.until} are one day in the simulator's months of thirty days"
                yield Finding(told, (*path, "until"), "write the first day of the next month")


def _costs(scenario: Parts) -> Iterator[Finding]:
    costs = scenario.intervention.costs
    path: Path = ("intervention", "costs")
    needed, other = ("amounts", "per_citizen") if costs.cost_clock == "contract" else ("per_citizen", "amounts")
    if getattr(costs, needed) is None:
        yield Finding(f"cost_clock {costs.cost_clock} needs {needed}", path, f"add {needed}:")
    if getattr(costs, other) is not None:
        yield Finding(f"{other} has no meaning with cost_clock {costs.cost_clock}", (*path, other), "remove it")
    for when in costs.amounts or {}:
        yield from within(scenario, when, (*path, "amounts", when, "[key]"))


def _economy(scenario: Parts) -> Iterator[Finding]:
    yield from price_findings(scenario)
    for name, line in scenario.economy.items():
        path: Path = ("economy", name)
        yield from _state(scenario, line.domain, line.state, path)
        if isinstance(line.refusion, str):
            yield from unknown("refusion rule", line.refusion, scenario.known_refusion(), (*path, "refusion"))
        yield from _discharge(scenario, line, path)
        yield from high_cost_findings(scenario, line, path)


def _discharge(scenario: Parts, line: EconomyLine, path: Path) -> Iterator[Finding]:
    """A rule that counts from the first discharge needs to know from what; others have no use for it."""
    known = isinstance(line.refusion, str) and line.refusion in scenario.known_refusion()
    since_discharge = known and scenario.refusion(str(line.refusion)).clock == "first_discharge"
    if not since_discharge:
        if line.discharged_from is not None:
            told = "discharged_from has a meaning only with a rule whose clock is first_discharge"
            yield Finding(told, (*path, "discharged_from"), "remove it, or name such a rule in refusion")
        return
    if line.discharged_from is None:
        told = f"the rule {line.refusion} counts from the first discharge, and the key 'discharged_from' is missing"
        yield Finding(told, path, "add discharged_from: the economy line of the state that citizens leave")
    else:
        yield from unknown("economy line", line.discharged_from, scenario.economy, (*path, "discharged_from"))
    if line.counted_days_before:
        told = "days counted before have no meaning for a rule that counts from the first discharge"
        yield Finding(told, (*path, "counted_days_before"), "remove it")


def _purse(scenario: Parts) -> Iterator[Finding]:
    """Rules are known by name, and in force in every budget year of the scenario."""
    rules, purse = purse_rules(), scenario.purse
    if purse.sanction:
        yield from _in_force(scenario, rules.sanction, ("purse", "sanction"), "leave the sanction out")
    if purse.equalisation and isinstance(purse.equalisation.share, str):
        path: Path = ("purse", "equalisation", "share")
        yield from unknown("equalisation rule", purse.equalisation.share, rules.equalisation, path)
        if purse.equalisation.share in rules.equalisation:
            yield from _in_force(scenario, rules.equalisation[purse.equalisation.share], path, "state a share instead")
    for name, party in scenario.parties.items():
        if party.fondsmoms is True:
            path = ("parties", name, "fondsmoms")
            yield from _in_force(scenario, rules.foundation_vat, path, "state a share instead")
        if party.fondsmoms and party.in_purse:
            told = f"'{name}' is the municipality's own: its money is no grant"
            yield Finding(told, ("parties", name, "fondsmoms"), "remove it, or in_purse")


def _in_force(scenario: Parts, rule: DatedRule[Any], path: Path, hint: str) -> Iterator[Finding]:
    if missing := rule.missing(scenario.years):
        years = str(missing[0]) if len(missing) == 1 else f"{missing[0]} to {missing[-1]}"
        yield Finding(f"no rule is known that is in force in {years}", path, hint)


def _state(scenario: Parts, domain: str, state: str, path: Path) -> Iterator[Finding]:
    if domain not in scenario.domains:
        yield from unknown("domain", domain, scenario.domains, (*path, "domain"))
    else:
        yield from unknown("state", state, scenario.domains[domain].states, (*path, "state"))


def _measures(scenario: Parts) -> Iterator[Finding]:
    for name, measure in scenario.measures.items():
        path: Path = ("measures", name)
        if name == ENROLLED:
            text = f"'{ENROLLED}' counts enrolments, in every contract and without a measure"
            yield Finding(text, (*path, "[key]"), "choose another name")
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
            yield from within(scenario, month, (*path, "at_months", number))
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
    if delayed_away(scenario, design):
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
    yield from contract_findings(scenario, design, design.contract, (*path, "contract"))
