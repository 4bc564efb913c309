"""How to mend a value that is not what was expected."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contracts.privacy import holds_cpr

from .expected import DATE, EXPECTED, GROUP, LIST, NUMBER, TEXT, TRUTH, WHOLE
from .nodes import Group, Leaf, Listing
from .numbers import number_hint, range_hint, rounded_hint
from .places import Spot
from .scalars import date_hint
from .words import did_you_mean

_PSEUDONYM = "this looks like a CPR number: use a pseudonym"
_RANGE = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")


def mend(kind: str, context: Mapping[str, Any], spot: Spot, meaning: str) -> str:
    """A hint for a kind of error at a spot; empty if there is nothing to say beyond what was expected."""
    node = spot.key if spot.on_key and spot.key else spot.node
    if kind == "too_short":
        return f"add at least {'one' if context['min_length'] == 1 else context['min_length']}" + _in_brackets(meaning)
    match node:
        case Group():
            return "write '- ' before each entry, or [ ] around it" if EXPECTED[kind] == LIST else ""
        case Listing():
            return _for_listing(node, EXPECTED[kind], spot.schema)
        case Leaf(value=None) if kind != "none_required":
            return "write the value after ':', or remove the key" if spot.key else "write the value"
        case Leaf():
            return _for_leaf(kind, context, spot, node) + (_in_brackets(meaning) if kind in _RANGE else "")


def _in_brackets(meaning: str) -> str:
    return f" ({meaning})" if meaning else ""


def _for_listing(node: Listing, wanted: str, schema: Mapping[str, Any]) -> str:
    if wanted == GROUP:
        named = schema["type"] == "dict"
        if node.items:
            return f"write {'a name' if named else 'keys'} and ':' instead of '- '"
        return "" if schema.get("min_length") else "write {} for none"
    only = node.items[0] if len(node.items) == 1 else None
    return f"write {only.text} without the list around it" if isinstance(only, Leaf) and only.text.isprintable() else ""


def _for_leaf(kind: str, context: Mapping[str, Any], spot: Spot, node: Leaf) -> str:
    text, wanted = node.text, EXPECTED[kind]
    if kind in ("literal_error", "enum"):
        return did_you_mean(text, re.findall(r"'([^']*)'", str(context.get("expected", "")))).strip()
    if kind in _RANGE:
        schema = {**spot.schema, **context}
        return range_hint(Decimal(str(node.value)), schema, whole=spot.schema["type"] == "int")
    if kind == "decimal_max_places" and isinstance(node.value, Decimal):
        return rounded_hint(node.value, int(context["decimal_places"]))
    if kind == "string_pattern_mismatch":
        return _in_form(text, str(context["pattern"]))
    if wanted in (WHOLE, NUMBER):
        return _number(node, spot, wanted == WHOLE)
    if wanted == TEXT:
        return _quoted(text, str(spot.schema.get("pattern", "")))
    if wanted == DATE:
        return date_hint(text)
    if wanted == TRUTH:
        return {"ja": "write true", "nej": "write false"}.get(text.lower(), "write true or false")
    if wanted == LIST:
        return f"write [{text}] for a list with one entry" if text.isprintable() and len(text) < 40 else ""
    return "write 'key: value' lines below, indented" if wanted == GROUP else ""


def _number(node: Leaf, spot: Spot, whole: bool) -> str:
    if isinstance(node.value, Decimal):
        integral = node.value == node.value.to_integral_value()
        return f"write {int(node.value)}, without decimals" if integral else _rounded(node.value, spot)
    key = spot.key.text if spot.key and not spot.on_key else ""
    return number_hint(node.text, spot.schema, whole=whole, key=key) if isinstance(node.value, str) else ""


def _rounded(number: Decimal, spot: Spot) -> str:
    return range_hint(number, spot.schema, whole=True)


def _quoted(text: str, pattern: str) -> str:
    """Quotes around a number that should be a text, with the leading zeros that a pattern asks for."""
    if holds_cpr(text):
        return _PSEUDONYM
    return f'put it in quotes: "{_padded(text, pattern) or text}"'


def _in_form(text: str, pattern: str) -> str:
    """A text brought into the form that a pattern asks for, if leading zeros or fewer characters bring it there."""
    if holds_cpr(text):
        return _PSEUDONYM
    padded = _padded(text, pattern)
    if padded:
        return f'write "{padded}"'
    odd = {char for char in text if not char.isalnum() and not re.search(pattern, f"a{char}a")}
    bare = re.sub(r"\s+", " ", "".join(char for char in text if char not in odd)).strip()
    return f'write "{bare}"' if bare != text and re.search(pattern, bare) else "write it in that form"


def _padded(text: str, pattern: str) -> str:
    if not pattern or not re.fullmatch("[0-9]+", text):
        return ""
    return next((code for width in (len(text), len(text) + 1) if re.search(pattern, code := text.zfill(width))), "")
