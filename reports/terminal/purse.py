"""What a page says of the municipal purse: its committees by name, and the rules that are reckoned with."""

from collections.abc import Iterable, Iterator

from contracts.ledger import TREASURY
from reports.numbers import Language, percent
from reports.texts import listed, names, say
from scenarios import Scenario


def committee_names(lang: Language, written: Iterable[str]) -> dict[str, str]:
    """What committees are called: a scenario's own all in the language or all as written; the treasury always in it."""
    own = names(lang, "committee", (committee for committee in written if committee != TREASURY))
    return own | {TREASURY: say(lang, f"committee.{TREASURY}")}


def purse_remarks(scenario: Scenario, lang: Language) -> Iterator[str]:
    """How far the case is cut for optimism, and which rules of the purse are switched on."""
    haircut, purse = scenario.optimism_haircut, scenario.purse
    for name, share in (("effect", haircut.effect), ("gain", haircut.gain)):
        if share:
            decimals = 0 if share * 100 == round(share * 100) else 1
            yield say(lang, f"header.haircut_{name}", share=percent(share, lang, decimals))
    on = [name for name in type(purse).model_fields if getattr(purse, name) is not None]
    on += ["fondsmoms"] if any(party.fondsmoms for party in scenario.parties.values()) else []
    if on:
        yield say(lang, "header.purse", rules=listed(lang, [say(lang, f"purse.{name}") for name in on]))
