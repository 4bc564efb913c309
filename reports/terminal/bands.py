"""What a band found, in words: the value as a reader expects it, and the rule that gave the amount."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from contracts.clauses import Amount, Band
from contracts.money import PPM, ore
from contracts.statement import ClauseStatement
from reports.numbers import Language, money, number, quantity
from reports.texts import say


def value_words(clause: ClauseStatement, lang: Language, currency: str) -> str:
    """`0,0839 (13 af 155); højst 0,085: 0,00 kr.` for a band that has one value; empty for any other clause."""
    band = clause.agreed
    if not isinstance(band, Band) or clause.value is None:
        return ""
    return _words(band, *clause.value, lang, currency)


def measured_words(clause: ClauseStatement, found: int, of: int, lang: Language, currency: str) -> str:
    """The same for one measurement, of a band that pays each on its own."""
    return _words(clause.agreed, found, of, lang, currency) if isinstance(clause.agreed, Band) else ""


def _words(band: Band, found: int, of: int, lang: Language, currency: str) -> str:
    if not of:
        return say(lang, "band.nothing")
    value = _value(band, found, of, lang)
    told = say(lang, "band.dated", value=value) if band.due else value
    return say(lang, "band.value", value=told, rule=rule_words(band, found, of, lang, currency))


def _value(band: Band, found: int, of: int, lang: Language) -> str:
    if band.value == "number" or (of == PPM and found not in (0, PPM)):
        return quantity(found, lang)
    share = number(Decimal(found) / of, lang, 4)
    return say(lang, "band.share", share=share, found=quantity(found, lang), of=quantity(of, lang))


def rule_words(band: Band, found: int, of: int, lang: Language, currency: str) -> str:
    """The step that is met, or the nodes between which the value lies, and what they pay. found, of: millionths."""
    value = Fraction(found, PPM if band.value == "number" else of)
    told = _node_words(band, value, lang, currency) if band.nodes else _step_words(band, value, lang, currency)
    if band.for_each:
        told = say(lang, "band.for_each", rule=told, metric=band.for_each.replace("_", " "))
    if band.per_year:
        told = say(lang, "band.per_year", rule=told)
    if band.least:
        least = _amount_words(band.least, band, lang, currency)
        told = say(lang, "band.least", rule=told, least=least, month=band.least.until_month)
    return told


def _step_words(band: Band, value: Fraction, lang: Language, currency: str) -> str:
    """Of the steps that are met, the one hardest to meet."""
    met = [step for step in band.steps or () if step.comparison and _meets(value, *step.comparison)]
    if not met:
        pays = _amount_words(band.otherwise, band, lang, currency) if band.otherwise else money(0, lang, currency)
        return say(lang, "band.no_step", pays=pays)

    def hardness(name: str, at: Decimal) -> tuple[Decimal, bool]:
        return at if name in ("at_least", "above") else -at, name in ("above", "below")

    step = max(met, key=lambda step: hardness(*step.comparison) if step.comparison else (Decimal(0), False))
    name, at = step.comparison or ("at_least", Decimal(0))
    return say(lang, f"band.{name}", at=_plain(at, lang), pays=_amount_words(step, band, lang, currency))


def _meets(value: Fraction, comparison: str, at: Decimal) -> bool:
    threshold = Fraction(at)
    return {
        "at_least": value >= threshold,
        "above": value > threshold,
        "at_most": value <= threshold,
        "below": value < threshold,
    }[comparison]


def _node_words(band: Band, value: Fraction, lang: Language, currency: str) -> str:
    nodes = band.nodes or ()
    first, last = nodes[0], nodes[-1]

    def at(node_at: Decimal, amount: Amount) -> dict[str, str]:
        return {"at": _plain(node_at, lang), "pays": _amount_words(amount, band, lang, currency)}

    if value >= Fraction(last.at):
        return say(lang, "band.at_least", **at(last.at, last))
    here = [node for node in nodes if value == Fraction(node.at)]
    if value < Fraction(first.at) or here == [first]:
        return say(lang, "band.at_most", **at(first.at, first))
    if here:
        return say(lang, "band.at", **at(here[-1].at, here[-1]))
    low, high = next(pair for pair in pairwise(nodes) if value < Fraction(pair[1].at))
    ends = [f"{told['at']} ({told['pays']})" for told in (at(low.at, low), at(high.at, high))]
    return say(lang, "band.between", low=ends[0], high=ends[1])


def _amount_words(stated: Amount, band: Band, lang: Language, currency: str) -> str:
    if stated.share is None:
        return money(ore(stated.pays or Decimal(0)), lang, currency)
    share = percent(stated.share, lang)
    if band.of == "capital_drawn":
        return say(lang, "band.of_capital", share=share)
    return say(lang, "band.share_of", share=share, of=money(ore(band.of or Decimal(0)), lang, currency))


def _plain(value: Decimal, lang: Language) -> str:
    return quantity(int(value * PPM), lang)


def percent(share: Decimal, lang: Language) -> str:
    """A share with the decimals that it has: `4,6 %` or `4.6%`."""
    return f"{_plain(share * 100, lang)}{' %' if lang == 'da' else '%'}"
