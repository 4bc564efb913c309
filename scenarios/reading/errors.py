"""pydantic's errors in plain English: what was expected, what was found, where, and how to mend it."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from contracts.problems import FINDINGS

from .nodes import Group, Leaf, Listing, Node, Place, Remark, entry
from .places import Atlas, Spot
from .scalars import date_hint, number_hint, shown

_HINT = "| hint:"
_WHOLE = "a whole number"
_NUMBER = "a number such as 0.8"
_TRUTH = "true or false"
_DATE = "a date such as 2021-12-01"
_TEXT = "a text"
_LIST = "a list"
_GROUP = "keys with values"

_EXPECTED = {
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), _WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "decimal_type", "decimal_parsing", "finite_number"), _NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), _TRUTH),
    **dict.fromkeys(("string_type", "string_sub_type", "string_unicode"), _TEXT),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _DATE),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "datetime_object_invalid"),
        "a date with a time, such as 2021-12-01T12:00",
    ),
    **dict.fromkeys(("time_type", "time_parsing"), 'a time of day such as "12:30"'),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"), _LIST),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"), _GROUP),
    "none_required": "no value",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "too_short": "at least {min_length} in number",
    "too_long": "at most {max_length} in number",
    "string_too_short": "a text of at least {min_length} characters",
    "string_too_long": "a text of at most {max_length} characters",
    "string_pattern_mismatch": "a text of the form {pattern}",
    "decimal_max_places": "a number with at most {decimal_places} decimals",
    "decimal_max_digits": "a number with at most {max_digits} digits",
    "decimal_whole_digits": "a number with at most {whole_digits} digits before the point",
}
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


def remarks_on(error: ValidationError, model: type[BaseModel], root: Group) -> list[Remark]:
    """Every fault in a validation error, at its place in the tree that was validated.

    Of a plain union only the branch that fits best speaks, and where none fits, one remark names all that
    would. Faults at values which the tree has refused already are left out.
    """
    atlas = Atlas(model)
    details = error.errors(include_url=False)
    faults = [fault for detail in details if not _echoes(detail, details) for fault in _faults(atlas, root, detail)]
    return [_remark(atlas, fault) for fault in _merge(faults, 0) if not fault.refused]


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
    if kind in _EXPECTED:
        return [replace(blank, expected=_expected(kind, context), hint=_hint(kind, context, spot))]
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
        hint = f"{_did_you_mean(key.text, known)}Known keys: {', '.join(known)}" if known else "remove it"
    return replace(blank, place=key.place, refused=key.refused, message=f"unknown key {shown(key.text)}", hint=hint)


def _did_you_mean(word: str, known: Sequence[str]) -> str:
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), list(by_lower), n=1)
    return f"did you mean '{by_lower[close[0]]}'? " if close else ""


def _tag(atlas: Atlas, blank: _Fault, context: Mapping[str, Any]) -> _Fault:
    """A union's key that chooses the branch is missing or has a word that chooses none."""
    discriminator = str(context.get("discriminator", "")).strip("'")
    tags = atlas.tags(blank.spot.schema)
    words = _either([f"'{tag}'" for tag in tags])
    found = entry(blank.spot.node, discriminator)
    if found is None:
        message = f"key '{discriminator}' is missing{_under(blank.spot)}"
        return replace(blank, message=message, hint=f"add '{discriminator}:' with {words}")
    key, node = found
    spot = replace(blank.spot, node=node, key=key, on_key=False)
    text = node.text if isinstance(node, Leaf) else ""
    return replace(_at(spot, blank.location), expected=words, hint=_did_you_mean(text, tags).strip())


def _either(words: Iterable[str]) -> str:
    *before, last = words or ("a value",)
    return f"{', '.join(before)} or {last}" if before else last


def _expected(kind: str, context: Mapping[str, Any]) -> str:
    if kind in ("too_short", "too_long"):
        limit = context.get("min_length" if kind == "too_short" else "max_length")
        entries = "entry" if limit == 1 else "entries"
        return f"at {'least' if kind == 'too_short' else 'most'} {limit} {entries}"
    return _EXPECTED[kind].format(**context)


def _hint(kind: str, context: Mapping[str, Any], spot: Spot) -> str:
    node = spot.key if spot.on_key and spot.key else spot.node
    if not isinstance(node, Leaf):
        return ""
    if node.value is None and kind != "none_required":
        return "write the value after ':', or remove the key" if spot.key else "write the value"
    text, expected = node.text, _EXPECTED[kind]
    if kind in ("literal_error", "enum"):
        return _did_you_mean(text, re.findall(r"'([^']*)'", str(context.get("expected", "")))).strip()
    if expected in (_WHOLE, _NUMBER):
        return _number(node, expected)
    if expected == _TEXT:
        return f'put it in quotes: "{text}"'
    if expected == _DATE:
        return date_hint(text)
    if expected == _TRUTH:
        return {"ja": "write true", "nej": "write false"}.get(text.lower(), "write true or false")
    if expected == _LIST:
        return f"write [{text}] for a list with one entry" if text.isprintable() and len(text) < 40 else ""
    return "write 'key: value' lines below, indented" if expected == _GROUP else ""


def _number(node: Leaf, expected: str) -> str:
    if isinstance(node.value, Decimal) and expected == _WHOLE:
        whole = node.value == node.value.to_integral_value()
        return f"write {int(node.value)}, without decimals" if whole else "write it without decimals"
    return number_hint(node.text) if isinstance(node.value, str) else ""


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
    return [replace(together[0], expected=_either(wanted), hint=hints[0] if hints else "")]


def _remark(atlas: Atlas, fault: _Fault) -> Remark:
    spot = fault.spot
    if not fault.expected:
        return Remark(fault.place, fault.message, fault.hint)
    found = shown(spot.key.text) if spot.on_key and spot.key else _found(spot.node)
    as_key = " as key" if spot.on_key else ""
    described = atlas.description(spot.within, spot.key.text) if spot.key else ""
    hint = fault.hint or (f"{spot.key.text}: {described}" if described and spot.key else "")
    return Remark(fault.place, f"expected {fault.expected}{as_key}, found {found}", hint)
