"""What terms have against shares that do not add up and tiers that do not follow each other."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from .problems import Finding

_NEARLY = Decimal("0.02")


def share_findings(shares: Mapping[str, Decimal], path: tuple[str, ...]) -> Iterator[Finding]:
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


def tier_findings(tiers: Sequence[tuple[Decimal, int | None]]) -> Iterator[Finding]:
    """Tiers, each a share and the amount it lasts until, that do not follow each other."""
    before: int | None = None
    for number, (share, until) in enumerate(tiers):
        path = ("tiers", number)
        if until is None:
            if number < len(tiers) - 1:
                yield Finding("every tier but the last needs until_earned", path, "add until_earned:")
            continue
        if before is not None and until <= before:
            hint = "let until_earned rise from tier to tier"
            yield Finding(f"expected until_earned above {before}, found {until}", (*path, "until_earned"), hint)
        if share == 0:
            hint = "remove until_earned if nothing is earned from here on, or give a share above 0"
            yield Finding("a tier with share 0 never reaches its until_earned", path, hint)
        before = until
