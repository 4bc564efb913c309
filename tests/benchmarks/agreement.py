"""Whether the tutorials' version and ours mean the same: means of both, and their differences in standard errors.

Both draw their own random numbers, so that means differ by chance; with some thirty figures the largest difference is
seldom beyond three standard errors. The spread is that of the tutorials' replications, and so is used for both.
"""

import math
import sys
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from eventsourcing.application import Application

from scenarios import Scenario
from simulations.results import DesignResult
from simulations.run import Results, simulate

from .tutorial import FOLLOW_UPS, Replication, replicate
from .tutorial_lives import DOMAINS

LIMIT = 4.0
MILLION = 1e8


def ours(found: Results) -> dict[str, float]:
    """Means by figure, amounts in million kroner."""
    figures: dict[str, float] = {}
    count = found.replications
    card = found.designs["rate_card"]
    for domain in DOMAINS:
        for what in ("saving", "refusion"):
            figures[f"{what} {domain.line}"] = _line(card, f"{what}:{domain.line}") / count / MILLION
    figures["intervention"] = -_line(card, "intervention") / count / MILLION
    for (measure, month), reached in card.reached.items():
        for side, number in zip(("with", "without"), reached, strict=True):
            figures[f"{measure} {month} {side}"] = number / count
    for name, design in found.designs.items():
        figures[f"paid by {name}"] = float(design.paid.mean()) / MILLION
        figures[f"net under {name}"] = float(design.net.sum(axis=1).mean()) / MILLION
    for year, amount in zip(found.years, card.net.mean(axis=0), strict=True):
        figures[f"net under rate_card {year}"] = float(amount) / MILLION
    return figures


def _line(design: DesignResult, what: str) -> float:
    amount = sum(float(totals.total.sum()) for line, totals in design.lines.items() if line.what == what)
    return 0.0 - amount if what.startswith("refusion") else amount


def theirs(replication: Replication) -> dict[str, float]:
    """The same figures of one replication of the tutorials' version."""
    totals = {key: sum(amounts) / MILLION for key, amounts in replication.postings.items()}
    figures: dict[str, float] = {}
    for domain in DOMAINS:
        for what in ("saving", "refusion"):
            figures[f"{what} {domain.line}"] = totals[what, domain.line]
    figures["intervention"] = totals["intervention", ""]
    for domain in DOMAINS:
        for month in FOLLOW_UPS:
            for side, exposed in (("with", True), ("without", False)):
                figures[f"{domain.measure} {month} {side}"] = replication.reached[exposed][domain.measure, month]
    for name in replication.contracts:
        figures[f"paid by {name}"] = sum(amount for (what, _), amount in totals.items() if what == name)
        figures[f"net under {name}"] = sum(replication.net(name)) / MILLION
    for year, amount in enumerate(replication.net("rate_card")):
        figures[f"net under rate_card {2022 + year}"] = amount / MILLION
    return figures


def compare(
    mine: dict[str, float], many: int, samples: Iterable[dict[str, float]]
) -> list[tuple[str, float, float, float]]:
    """Figure, our mean, their mean, and the difference in standard errors."""
    values: dict[str, list[float]] = defaultdict(list)
    for sample in samples:
        for name, value in sample.items():
            values[name].append(value)
    rows = []
    for name, found in values.items():
        error = float(np.std(found, ddof=1)) * math.sqrt(1 / len(found) + 1 / many)
        difference = mine[name] - float(np.mean(found))
        z = difference / error if error else math.copysign(math.inf, difference) if difference else 0.0
        rows.append((name, mine[name], float(np.mean(found)), z))
    return rows


def report(scenario: Scenario, replications: int, few: int) -> None:
    """Print the table for so many replications of ours and a few of the tutorials'."""
    found = simulate(scenario, replications, seed=11)
    samples = (theirs(replicate(Application(), 7, number)) for number in range(few))
    rows = compare(ours(found), replications, samples)
    print(f"\nAgreement: {replications} replications of ours, {few} of the tutorials' (million kroner, or citizens)")
    print(f"  {'':28}{'ours':>12}{'tutorials':>12}{'z':>8}")
    for name, mine, their, z in rows:
        print(f"  {name:28}{mine:12.4f}{their:12.4f}{z:8.2f}{'  DISAGREES' if abs(z) > LIMIT else ''}")
    worst = max(abs(z) for *_, z in rows)
    square = math.sqrt(sum(z * z for *_, z in rows) / len(rows))
    verdict = "the two versions agree" if worst <= LIMIT else f"THE TWO VERSIONS DISAGREE (|z| > {LIMIT:g})"
    print(f"  {verdict}: {len(rows)} figures, largest |z| {worst:.2f}, root mean square {square:.2f}")
    sys.stdout.flush()
