"""In words: how much risk each investor takes over, and what that costs the municipality."""

from collections.abc import Iterator, Mapping

from reports.comparison import Comparison
from reports.numbers import MILLIONS, Language, Scale, kroner, millions, rounded
from reports.texts import bare, design_label, say
from scenarios import Scenario

from .figure_cells import Figure, number_of

Figures = Mapping[tuple[str, str], Figure]
"""Rows of the summary by design and figure."""


def closing_words(comparison: Comparison, figures: Figures, scale: Scale, lang: Language) -> Iterator[str]:
    """A sentence for each design with an external investor, against the ordinary budget."""
    scenario = comparison.results.scenario
    if scenario.designs[comparison.reference].kind != "ordinary_budget":
        return
    for name in comparison.results.designs:
        if scenario.designs[name].kind == "external_investor" and (name, "risk_moved") in figures:
            yield _sentence(scenario, name, figures, scale, lang)


def _sentence(scenario: Scenario, design: str, figures: Figures, scale: Scale, lang: Language) -> str:
    moved = figures[design, "risk_moved"]
    value, error = number_of(moved["value"]), number_of(moved["error"]) or 0.0
    label = bare(design_label(scenario, design, lang))
    told = {"design": label[:1].upper() + label[1:], "price": _price(design, figures, scale, lang)}
    if value is None or abs(value) <= 2 * error:
        return say(lang, "closing.same", **told)
    if _is_zero(value, scale):
        return say(lang, "closing.little", least=_amount(scale.divisor / 10**scale.decimals, scale, lang), **told)
    key = "closing.moves" if value > 0 else "closing.adds"
    return say(lang, key, moved=_amount(abs(value), scale, lang), **told)


def _price(design: str, figures: Figures, scale: Scale, lang: Language) -> str:
    difference = number_of(figures[design, "difference_from_ordinary"]["value"])
    if difference is None:
        return ""
    clauses = list(_parts(design, figures, scale, lang))
    joined = say(lang, "closing.and").join(filter(None, [", ".join(clauses[:-1]), *clauses[-1:]]))
    parts = say(lang, "closing.parts", parts=joined) if clauses else ""
    if _is_zero(difference, scale):
        return say(lang, "closing.even", parts=parts)
    key = "closing.earns" if difference > 0 else "closing.costs"
    return say(lang, key, price=_amount(abs(difference), scale, lang), parts=parts)


def _parts(design: str, figures: Figures, scale: Scale, lang: Language) -> Iterator[str]:
    """What the price is made of, each as a clause; nothing where it rounds to nothing."""
    for figure, key in (
        ("price_investor_return", "return"),
        ("price_fees", "fees"),
        ("price_state_co_payment", "state"),
    ):
        value = number_of(figures[design, figure]["value"]) if (design, figure) in figures else None
        if value is None or _is_zero(value, scale):
            continue
        if key == "return" and value < 0:
            key = "investor_loses"
        yield say(lang, f"closing.{key}", amount=_amount(abs(value), scale, lang))


def _amount(value: float, scale: Scale, lang: Language) -> str:
    if scale is MILLIONS:
        return millions(value, lang)
    return kroner(rounded(value / scale.divisor) * scale.divisor, lang)


def _is_zero(value: float, scale: Scale) -> bool:
    return rounded(value / scale.divisor, scale.decimals) == 0
