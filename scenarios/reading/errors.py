"""pydantic's errors in plain English: what was expected, what was found, where, and how to mend it."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from contracts.problems import FINDINGS

from .expected import EXPECTED, LIST, NUMBER, WHOLE, expected
from .mends import mend
from .nodes import Group, Leaf, Listing, Node, Place, Remark, entry
from .places import Atlas, Spot
from .scalars import shown
from .words import did_you_mean, either, meant_word

_HINT = "| hint:"
_SAID_FREELY = ("value_error", "assertion_error")


@dataclass(frozen=True)
class _Fault:
    """An error on the way to a remark: either what was `expected`, or a whole `message`."""

    spot: Spot
    location: tuple[str | int, ...]
    place: Place
    expected: str = ""
    message: str = ""
    hint: str = ""
    refused: bool = False
    lacks: str = ""
    odd: bool = False


def remarks_on(error: ValidationError, model: type[BaseModel], root: Group, said: Sequence[Remark]) -> list[Remark]:
    """What has been `said` of the tree, and every fault in its validation error, at its place in the tree.

    Of a plain union only the branch that fits best speaks, and where none fits, one remark names all that
    would. A value which the tree has refused already is not told again, but what the model expects there may tell
    better how to mend it.
    """
    atlas = Atlas(model)
    details = error.errors(include_url=False)
    faults = [fault for detail in details if not _echoes(detail, details) for fault in _faults(atlas, root, detail)]
    merged = _merge(_joined(atlas, root, faults), 0)
    better = {fault.place: fault.hint for fault in merged if fault.refused and _tells_more(fault)}
    known = [replace(remark, hint=better.get(remark.place, remark.hint)) for remark in said]
    return known + [_remark(atlas, fault) for fault in merged if not fault.refused]


def _tells_more(fault: _Fault) -> bool:
    number = any(word in fault.expected for word in (WHOLE, NUMBER))
    return bool(fault.hint) and (number or fault.hint.startswith('write "'))


def _joined(atlas: Atlas, root: Group, faults: Sequence[_Fault]) -> list[_Fault]:
    """The faults with one for a key that is missing and the unknown key that stands there in its place."""
    groups: dict[tuple[str | int, ...], list[_Fault]] = defaultdict(list)
    for fault in faults:
        if fault.odd or fault.lacks or fault.expected == LIST:
            groups[fault.location[:-1]].append(fault)
    instead: dict[int, list[_Fault]] = {}
    for location, here in groups.items():
        if any(fault.odd for fault in here):
            instead |= _join(atlas, atlas.spot(root, location), here)
    return [new for fault in faults for new in instead.get(id(fault), [fault])]


def _join(atlas: Atlas, group: Spot, faults: Sequence[_Fault]) -> dict[int, list[_Fault]]:
    """What to say instead of some of the faults in one group, by their id."""
    instead: dict[int, list[_Fault]] = {}
    missing = {fault.lacks: fault for fault in faults if fault.lacks}
    odd = [fault for fault in faults if fault.odd and fault.spot.key and not fault.refused]
    lists = [fault for fault in faults if fault.expected == LIST and isinstance(fault.spot.node, Leaf)]
    loose = [fault for fault in odd if fault.spot.key and fault.spot.key.text.isdecimal() and _is_nothing(fault)]
    if len(lists) == 1 and loose:
        items = ", ".join(fault.spot.key.text for fault in loose if fault.spot.key)
        hint = f"write [{lists[0].spot.node.text}, {items}] for a list"  # type: ignore[union-attr]
        return {id(lists[0]): [replace(lists[0], hint=hint)], **{id(fault): [] for fault in loose}}
    absent = [name for name in atlas.key_names(group.schema) if entry(group.node, name) is None]
    for fault in odd:
        text, node = fault.spot.key.text if fault.spot.key else "", fault.spot.node
        name = meant_word(text, missing) or atlas.resembling(group.schema, node, absent)
        if not name and len(missing) == len(odd) == 1:
            name = next(iter(missing))
        if name:
            message = f"{fault.message}; the key '{name}' is missing"
            hint = fault.hint if "did you mean" in fault.hint else f"did you mean '{name}'? {fault.hint}"
            instead[id(fault)] = [replace(fault, message=message, hint=hint)]
            if name in missing:
                instead[id(missing.pop(name))] = []
    return instead


def _is_nothing(fault: _Fault) -> bool:
    return isinstance(fault.spot.node, Leaf) and fault.spot.node.value is None


def _echoes(detail: ErrorDetails, details: Sequence[ErrorDetails]) -> bool:
    """Whether a list is called too short only because pydantic did not count its faulty entries."""
    location = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(location) and other["loc"][: len(location)] == location for other in details
    )


def _faults(atlas: Atlas, root: Group, detail: ErrorDetails) -> list[_Fault]:
    spot = atlas.spot(root, detail["loc"])
    kind, context = detail["type"], detail.get("ctx", {})
    blank = _at(spot, detail["loc"])
    if kind == FINDINGS:
        return [_found_by_validator(atlas, blank, finding) for finding in context.get("problems") or [context]]
    if kind == "missing":
        return [_missing(atlas, blank, str(detail["loc"][-1]))]
    if kind in ("extra_forbidden", "invalid_key"):
        return [_unknown_key(atlas, blank)]
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return [_tag(atlas, blank, context)]
    if kind in EXPECTED:
        meaning = atlas.meaning(spot)
        return [replace(blank, expected=expected(kind, context, meaning), hint=mend(kind, context, spot, meaning))]
    said = str(context["error"]) if kind in _SAID_FREELY and "error" in context else detail["msg"]
    message, _, hint = said.partition(_HINT)
    return [replace(blank, message=_plain(message.strip()), hint=hint.strip())]


def _at(spot: Spot, location: tuple[str | int, ...]) -> _Fault:
    """A fault without words yet, at a spot."""
    if spot.on_key and spot.key:
        return _Fault(spot, location, spot.key.place, refused=spot.key.refused)
    return _Fault(spot, location, spot.node.place, refused=spot.node.refused)


def _plain(message: str) -> str:
    return re.sub(r"^Input should be (a valid )?", "expected ", message) or "this value is not allowed"


def _found_by_validator(atlas: Atlas, blank: _Fault, finding: Mapping[str, Any]) -> _Fault:
    spot = atlas.below(blank.spot, finding.get("path") or ())
    message, _, hint = str(finding.get("message", "")).partition(_HINT)
    fault = _at(spot, blank.location)
    return replace(fault, message=_plain(message.strip()), hint=str(finding.get("hint") or hint).strip())


def _missing(atlas: Atlas, blank: _Fault, key: str) -> _Fault:
    described = atlas.description(blank.spot.within, key)
    return replace(
        blank,
        lacks=key,
        message=f"key '{key}' is missing{_under(blank.spot)}",
        hint=f"add '{key}:'" + (f" ({described})" if described else ""),
    )


def _under(spot: Spot) -> str:
    return f" under {shown(spot.key.text)}" if spot.key else ""


def _unknown_key(atlas: Atlas, blank: _Fault) -> _Fault:
    key = blank.spot.key
    if key is None:
        return replace(blank, message="found a key that is not known here")
    known = atlas.key_names(blank.spot.within)
    squeezed = re.match(r"(.+?):\S", key.text)
    if squeezed and squeezed[1] in known:
        hint = f"write a space after '{squeezed[1]}:'"
    else:
        hint = f"{did_you_mean(key.text, known)}Known keys: {', '.join(known)}" if known else "remove it"
    message = f"unknown key {shown(key.text)}"
    return replace(blank, place=key.place, refused=key.refused, message=message, hint=hint, odd=True)


def _tag(atlas: Atlas, blank: _Fault, context: Mapping[str, Any]) -> _Fault:
    """A union's key that chooses the branch is missing or has a word that chooses none."""
    discriminator = str(context.get("discriminator", "")).strip("'")
    tags = atlas.tags(blank.spot.schema)
    words = either([f"'{tag}'" for tag in tags])
    found = entry(blank.spot.node, discriminator)
    if found is None:
        message = f"key '{discriminator}' is missing{_under(blank.spot)}"
        return replace(blank, message=message, hint=f"add '{discriminator}:' with {words}")
    key, node = found
    spot = replace(blank.spot, node=node, key=key, on_key=False)
    text = node.text if isinstance(node, Leaf) else ""
    return replace(_at(spot, blank.location), expected=words, hint=did_you_mean(text, tags).strip())


def _found(node: Node) -> str:
    match node:
        case Group():
            return "keys with values" if node.entries else "nothing in {}"
        case Listing():
            return f"a list of {len(node.items)}" if node.items else "an empty list"
        case Leaf(value=None):
            return "nothing"
        case Leaf(value=str()):
            return shown(node.text)
        case Leaf():
            return node.text


def _merge(faults: Sequence[_Fault], level: int) -> list[_Fault]:
    """Let one branch of every plain union speak. `level`: how many unions around are settled already."""
    settled = [fault for fault in faults if len(fault.spot.forks) <= level]
    unions: dict[tuple[str | int, ...], list[_Fault]] = defaultdict(list)
    for fault in faults:
        if len(fault.spot.forks) > level:
            unions[fault.location[: fault.spot.forks[level]]].append(fault)
    for branches in unions.values():
        settled += _settle(branches, level)
    return settled


def _settle(faults: Sequence[_Fault], level: int) -> list[_Fault]:
    """The faults of the branch that fits best: a validator's own words, else what fails only further down.

    Where every branch fails at the value itself, one fault that expects any of them.
    """
    branches: dict[str | int, list[_Fault]] = defaultdict(list)
    for fault in faults:
        branches[fault.location[fault.spot.forks[level]]].append(fault)
    merged = [_merge(branch, level + 1) for branch in branches.values()]
    depth = faults[0].spot.forks[level] + 1
    own_words = [branch for branch in merged if all(not f.expected and len(f.location) == depth for f in branch)]
    deeper = [branch for branch in merged if all(len(f.location) > depth for f in branch)]
    if own_words or deeper:
        return min(own_words or deeper, key=len)
    together = [fault for branch in merged for fault in branch]
    wanted = list(dict.fromkeys(fault.expected for fault in together if fault.expected))
    hints = [fault.hint for fault in together if fault.hint]
    return [replace(together[0], expected=either(wanted), hint=hints[0] if hints else "")]


def _remark(atlas: Atlas, fault: _Fault) -> Remark:
    spot = fault.spot
    if not fault.expected:
        return Remark(fault.place, fault.message, fault.hint)
    found = shown(spot.key.text) if spot.on_key and spot.key else _found(spot.node)
    as_key = " as key" if spot.on_key else ""
    described = "" if fault.expected == (meaning := atlas.meaning(spot)) else meaning
    hint = fault.hint or (f"{spot.key.text}: {described}" if described and spot.key and not spot.on_key else described)
    return Remark(fault.place, f"expected {fault.expected}{as_key}, found {found}", hint)
