"""Every word on the screen, in Danish and English. A soft hyphen marks where a column head may be broken."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from . import da, en, som

if TYPE_CHECKING:
    from scenarios import Scenario

Language = Literal["da", "en"]

DA = da.DA | som.DANISH
EN = en.EN | som.ENGLISH
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
    "contract": ("maximum_payment", "expected_payment", "enrolled", "cost_per_extra_result"),
    "evidence": ("paid_anyway", "gain_after_last_evidence"),
}
"""The figures of a comparison in the order of the screen, by heading."""


def say(lang: Language, key: str, **values: object) -> str:
    """The text of a key, with its {places} filled in. Raises KeyError for an unknown key."""
    return TABLES[lang][key].format(**values) if values else TABLES[lang][key]


def word(lang: Language, area: str, name: str) -> str:
    """The text of `area.name`, or the name itself, with spaces for underscores, where it is the user's own."""
    return TABLES[lang].get(f"{area}.{name}", spaced(name))


def names(lang: Language, area: str, written: Iterable[str]) -> dict[str, str]:
    """What a scenario's own names are called: in the language where all of them are known, else all as written."""
    every = tuple(written)
    known = all(f"{area}.{name}" in TABLES[lang] for name in every)
    return {name: TABLES[lang][f"{area}.{name}"] if known else spaced(name) for name in every}


def spaced(name: str) -> str:
    """A name with spaces for underscores."""
    return name.replace("_", " ")


def capital(text: str) -> str:
    """A text with a capital first letter."""
    return text[:1].upper() + text[1:]


def counted(lang: Language, noun: str, count: int, shown: str = "") -> str:
    """`1 simulering`, `10.000 simuleringer`; shown: the count as it is written, where it may be large."""
    return say(lang, f"count.{noun}") if count == 1 else say(lang, f"count.{noun}s", count=shown or count)


KINDS = {
    "ordinary_budget": "ordinary_budget",
    "dsi": "external_investor",
    "dsk": "external_investor",
    "pool_realised": "internal_fund",
    "pool_budgeted": "internal_fund",
}
"""The designs with a usual name, and their kinds."""


def design_label(scenario: "Scenario", name: str, lang: Language) -> str:
    """What a design is called on the screen; it may hold soft hyphens.

    Its own label wins, then the usual name for its key if it is of that kind, then the key as it is written.
    """
    design = scenario.designs[name]
    if design.label.get(lang):
        return design.label[lang]
    return TABLES[lang][f"design.{name}"] if KINDS.get(name) == design.kind else capital(spaced(name))


def measure_names(scenario: "Scenario", lang: Language) -> dict[str, str]:
    """What a scenario's measures of outcomes are called."""
    return names(lang, "measure", (name for name, each in scenario.measures.items() if each.kind == "outcome"))


def bare(text: str) -> str:
    """A text without soft hyphens."""
    return text.replace(SOFT_HYPHEN, "")


def party_label(lang: Language, party: str, committee: str = "") -> str:
    """A party as a row of a table; of the municipality the committee, as it is called."""
    who = capital(word(lang, "party", party))
    return f"{who}: {committee}" if committee else who


def listed(lang: Language, parts: Sequence[str]) -> str:
    """`a, b og c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {TABLES[lang]['word.and']} {parts[-1]}"
