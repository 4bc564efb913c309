"""What terms have against shares that do not add up, and tiers and steps that do not follow each other."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from .problems import Finding

_NEARLY = Decimal("0.02")


def share_findings(shares: Mapping[str, Decimal], path: tuple[str | int, ...]) -> Iterator[Finding]:
    """Shares of parties that do not add to 1, with what is missing or too much."""
    found = sum(shares.values(), Decimal(0))
    if found == 1:
        return
    off = format(abs(1 - found).normalize(), "f")
    told, way = (f"{off} is missing", "raise") if found < 1 else (f"{off} is too much", "lower")
    hint = f"{way} {'one of them' if len(shares) > 1 else 'it'} by {off}"
    if len(shares) > 1 and abs(1 - found) <= _NEARLY:
        hint += "; thirds are written with six decimals: 0.333333, 0.333333, 0.333334"
    yield Finding(f"expected shares that add to 1, found {found}: {told}", path, hint)


def tier_findings(tiers: Sequence[tuple[Decimal, Decimal | None, Decimal | None]]) -> Iterator[Finding]:
    """Tiers, each a share and the amount earned or saved that it lasts until, that do not follow each other."""
    before: dict[str, Decimal] = {}
    for number, (share, earned, saved) in enumerate(tiers):
        path = ("tiers", number)
        if earned is None and saved is None:
            if number < len(tiers) - 1:
                yield Finding("every tier but the last needs until_earned or until_saved", path, "add until_earned:")
            continue
        if earned is not None and saved is not None:
            yield Finding("expected one of until_earned and until_saved, found both", path, "keep one")
            continue
        name, until = ("until_saved", saved) if earned is None else ("until_earned", earned)
        least = before.get(name)
        if until is not None and least is not None and until <= least:
            yield Finding(
                f"expected {name} above {least}, found {until}", (*path, name), f"let {name} rise tier by tier"
            )
        if ("until_saved" in before and name == "until_earned") or ("until_earned" in before and name == "until_saved"):
            yield Finding("the tiers mix until_earned and until_saved", (*path, name), "use one of them throughout")
        if share == 0 and name == "until_earned":
            hint = "remove until_earned if nothing is earned from here on, or give a share above 0"
            yield Finding("a tier with share 0 never reaches its until_earned", path, hint)
        if until is not None:
            before[name] = until


def step_findings(steps: Sequence[tuple[str, Decimal] | None]) -> Iterator[Finding]:
    """Steps of a band that mix directions, or state one threshold twice."""
    rising = {"at_least", "above"}
    known = [(number, step) for number, step in enumerate(steps) if step]
    for number, (name, threshold) in known:
        if (name in rising) != (known[0][1][0] in rising):
            hint = "use at_least and above, or at_most and below"
            yield Finding("the steps go in both directions", ("steps", number, name), hint)
        if any((name, threshold) == other for before, other in known if before < number):
            yield Finding(f"{name} {threshold} stands twice", ("steps", number, name), "keep one")
