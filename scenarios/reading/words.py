"""Words that were meant: what is close in spelling, and Danish for the English that a scenario is written in."""

import datetime as dt
import difflib
from collections.abc import Iterable, Iterator, Sequence

from contracts.problems import Finding

_MEANT = {
    **dict.fromkeys(("kommune", "kommunen", "kommunal"), "municipality"),
    **dict.fromkeys(("stat", "staten", "statslig"), "state"),
    **dict.fromkeys(("region", "regionen", "regional"), "region"),
    **dict.fromkeys(("dk", "dansk", "danish", "da-dk"), "da"),
    **dict.fromkeys(("engelsk", "english", "uk", "gb", "us"), "en"),
    **dict.fromkeys(("venter", "vent"), "waits"),
    **dict.fromkeys(("bortfalder", "falder bort", "bortfald"), "lapses"),
    **dict.fromkeys(("serviceudgift", "serviceudgifter", "drift"), "service"),
    **dict.fromkeys(("overførsel", "overførsler", "overførselsudgifter"), "transfer"),
    **dict.fromkeys(("anlæg", "anlægsudgifter"), "capital"),
    **dict.fromkeys(("finansiering", "lån"), "financing"),
    **dict.fromkeys(("brutto",), "gross"),
    **dict.fromkeys(("netto",), "net"),
    **dict.fromkeys(("kontrakt", "aftale"), "contract"),
    **dict.fromkeys(("borger", "citizens"), "citizen"),
}
_QUOTES = "“”„‟‘’‚«»\"' "


def meant_word(word: str, known: Iterable[str]) -> str:
    """The known word that somebody seems to have meant; empty if none comes near."""
    by_lower = {name.lower(): name for name in known}
    bare = word.strip(_QUOTES).lower()
    translated = _MEANT.get(bare, bare)
    if translated in by_lower:
        return by_lower[translated]
    close = difflib.get_close_matches(bare, list(by_lower), n=1)
    return by_lower[close[0]] if close else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question to start a hint with; empty if no known word comes near."""
    meant = meant_word(word, known)
    return f"did you mean '{meant}'? " if meant else ""


def unknown(
    what: str, name: str, known: Iterable[str], path: Sequence[str | int | dt.date], others: str = ""
) -> Iterator[Finding]:
    """A finding if a name is none of those that are known. others: where one can add to them."""
    names = list(known)
    if name not in names:
        hint = f"{did_you_mean(name, names)}known: {', '.join(names) or 'none'}" + (
            others and f"; others are added under {others}"
        )
        yield Finding(f"unknown {what} '{name}'", tuple(path), hint)


def either(words: Iterable[str]) -> str:
    """One or several words as they are spoken: a, b or c."""
    *before, last = words or ("a value",)
    return f"{', '.join(before)} or {last}" if before else last
