"""Every word on the screen, in Danish and English. A soft hyphen marks where a column head may be broken."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from .da import DA
from .en import EN

if TYPE_CHECKING:
    from scenarios import Scenario

Language = Literal["da", "en"]

TABLES: dict[Language, dict[str, str]] = {"da": DA, "en": EN}
SOFT_HYPHEN = "\N{SOFT HYPHEN}"

GROUPS: dict[str, tuple[str, ...]] = {
    "result": (
        "net_gain",
        "net_gain_p5",
        "net_gain_p50",
        "net_gain_p95",
        "difference_from_ordinary",
        "payback_year",
        "never_paid_back",
        "break_even_effect",
    ),
    "risk": (
        "loss_probability",
        "mean_loss",
        "worst_5_percent",
        "risk_moved",
        "price_of_risk",
        "price_investor_return",
        "price_fees",
        "price_state_co_payment",
    ),
    "liquidity": (
        "liquidity_low",
        "liquidity_low_p5",
        "liquidity_low_year",
        "service_room_low",
        "service_room_shortfall",
    ),
    "investor": (
        "investor_multiple",
        "investor_irr",
        "investor_largest_exposure",
        "investor_loss_share",
    ),
    "contract": ("maximum_payment", "expected_payment", "cost_per_extra_result"),
    "evidence": ("paid_anyway", "gain_after_last_evidence"),
}
"""The figures of a comparison in the order of the screen, by heading."""


def say(lang: Language, key: str, **values: object) -> str:
    """The text of a key, with its {places} filled in. Raises KeyError for an unknown key."""
    return TABLES[lang][key].format(**values) if values else TABLES[lang][key]


def word(lang: Language, area: str, name: str) -> str:
    """The text of `area.name`, or the name itself, with spaces for underscores, where it is the user's own."""
    return TABLES[lang].get(f"{area}.{name}", name.replace("_", " "))


def design_label(scenario: "Scenario", name: str, lang: Language) -> str:
    """What a design is called on the screen; it may hold soft hyphens.

    Its own label wins, then the usual name for its key; a lone ordinary budget is called so whatever its key.
    """
    design = scenario.designs[name]
    if lang in design.label:
        return design.label[lang]
    if f"design.{name}" in TABLES[lang]:
        return TABLES[lang][f"design.{name}"]
    alone = [each for each in scenario.designs.values() if each.kind == design.kind] == [design]
    if design.kind == "ordinary_budget" and alone:
        return TABLES[lang]["design.ordinary_budget"]
    return name.replace("_", " ")


def bare(text: str) -> str:
    """A text without soft hyphens."""
    return text.replace(SOFT_HYPHEN, "")


def party_label(lang: Language, party: str, committee: str = "") -> str:
    """A party as a row of a table: the municipality by committee."""
    who = word(lang, "party", party)
    return f"{who}: {word(lang, 'committee', committee)}" if committee else who


def listed(lang: Language, parts: Sequence[str]) -> str:
    """`a, b og c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {TABLES[lang]['word.and']} {parts[-1]}"
