"""What must hold of an economy line that opts into refusion of expensive cases."""

from collections.abc import Iterator
from decimal import Decimal

from contracts.problems import Finding

from .economy import EconomyLine
from .horizon import Path
from .parts import Parts
from .reading.words import unknown

_PER_MILLE = Decimal("0.001")


def high_cost_findings(scenario: Parts, line: EconomyLine, path: Path) -> Iterator[Finding]:
    """The rule is known, and from the scenario's start on; shares are coarse enough to be computed exactly."""
    if line.high_cost is None:
        return
    if line.high_cost not in scenario.known_high_cost():
        yield from unknown("high-cost rule", line.high_cost, scenario.known_high_cost(), (*path, "high_cost"))
        return
    since = scenario.high_cost(line.high_cost).versions[0].since
    if scenario.start < since:
        told = f"the thresholds of {line.high_cost} are known from {since}, and the scenario starts {scenario.start}"
        hint = "start later, or state the earlier thresholds in a rule of your own under high_cost_rules"
        yield Finding(told, (*path, "high_cost"), hint)
    if any(share % _PER_MILLE for share in _shares(scenario, line)):
        told = "beside high_cost, the shares of refusion are whole per mille, found a finer one"
        yield Finding(told, (*path, "refusion"), "round the share to three decimals")


def _shares(scenario: Parts, line: EconomyLine) -> Iterator[Decimal]:
    if not isinstance(line.refusion, str):
        yield line.refusion
    elif line.refusion in scenario.known_refusion():
        for version in scenario.refusion(line.refusion).versions:
            yield from (tier.share for tier in version.tiers)
