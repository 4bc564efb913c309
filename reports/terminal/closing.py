"""In words: how much risk each investor takes over, and what that costs the municipality."""

from collections.abc import Iterator, Mapping

from reports.comparison import Comparison
from reports.numbers import MILLIONS, THOUSANDS, Language, Scale, kroner, millions, rounded
from reports.texts import bare, capital, design_label, say
from scenarios import Scenario

from .figure_cells import Figure, number_of

Figures = Mapping[tuple[str, str], Figure]
"""Rows of the summary by design and figure."""


def closing_words(comparison: Comparison, figures: Figures, scale: Scale, lang: Language) -> Iterator[str]:
    """A sentence for each design with an external investor, against the ordinary budget."""
    scenario = comparison.results.scenario
    if not against_ordinary(comparison):
        return
    for name in comparison.results.designs:
        if scenario.designs[name].kind == "external_investor" and (name, "risk_moved") in figures:
            yield _sentence(scenario, name, figures, scale, lang)


def against_ordinary(comparison: Comparison) -> bool:
    """Whether the design that the others are compared with is an ordinary budget."""
    return comparison.results.scenario.designs[comparison.reference].kind == "ordinary_budget"


def _sentence(scenario: Scenario, design: str, figures: Figures, scale: Scale, lang: Language) -> str:
    moved = figures[design, "risk_moved"]
    value, error = number_of(moved["value"]), number_of(moved["error"]) or 0.0
    label = bare(design_label(scenario, design, lang))
    told = {"design": capital(label), "price": _price(design, figures, scale, lang)}
    if value is None or abs(value) <= 2 * error:
        return say(lang, "closing.none", **told)
    key = "closing.moves" if value > 0 else "closing.adds"
    if _is_zero(value, scale):
        least = _amount(scale.divisor / 10**scale.decimals, scale, lang)
        return say(lang, key, moved=say(lang, "closing.less", least=least), **told)
    return say(lang, key, moved=_amount(abs(value), scale, lang), **told)


def _price(design: str, figures: Figures, scale: Scale, lang: Language) -> str:
    difference = number_of(figures[design, "difference_from_ordinary"]["value"])
    if difference is None:
        return ""
    clauses = list(_parts(design, figures, scale, lang))
    joined = say(lang, "closing.and").join(filter(None, [", ".join(clauses[:-1]), *clauses[-1:]]))
    parts = say(lang, "closing.parts", parts=joined) if clauses else ""
    if rounded(difference) == 0:
        return say(lang, "closing.even", parts=parts)
    key = "closing.earns" if difference > 0 else "closing.costs"
    return say(lang, key, price=_amount(abs(difference), scale, lang), parts=parts)


def _parts(design: str, figures: Figures, scale: Scale, lang: Language) -> Iterator[str]:
    """What the price is made of, each as a clause; fees always, the others where the table shows them."""
    for figure, key in (
        ("price_investor_return", "return"),
        ("price_fees", "fees"),
        ("price_state_co_payment", "state"),
    ):
        value = number_of(figures[design, figure]["value"]) if (design, figure) in figures else None
        if value is None or (rounded(value) == 0 if key == "fees" else _is_zero(value, scale)):
            continue
        if value < 0:
            key = {"return": "investor_loses", "fees": "fees_saved"}.get(key, key)
        yield say(lang, f"closing.{key}", amount=_amount(abs(value), scale, lang))


def _amount(value: float, scale: Scale, lang: Language) -> str:
    """An amount with its unit: in kroner what the table's scale would hide, and never nothing."""
    if scale is MILLIONS and not _is_zero(value, scale):
        return millions(value, lang)
    if _is_zero(value, THOUSANDS):
        return kroner(value, lang)
    return kroner(rounded(value / THOUSANDS.divisor) * THOUSANDS.divisor, lang)


def _is_zero(value: float, scale: Scale) -> bool:
    return rounded(value / scale.divisor, scale.decimals) == 0
