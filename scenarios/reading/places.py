"""Which part of a YAML tree a pydantic error means, and what the model expects there.

pydantic names a place by field names, keys, indices and, in between, the branch of a union that it tried.
The model's core schema tells which is which; what it cannot tell is found by looking at the tree alone.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel

from .nodes import Group, Leaf, Node, entry

Schema = Mapping[str, Any]
Item = str | int | dt.date
KEY = "[key]"

_NOTHING: Schema = {"type": "any"}
_WRAPPED = {"lax-or-strict": "lax_schema", "json-or-python": "python_schema"}


@dataclass(frozen=True)
class Spot:
    """A place in the tree.

    node:   the value there; where a key is missing, the group that should have it.
    key:    the key it stands under, if any.
    schema: what the model expects of the node, or of the key where that is meant; "meaning" says it in words.
    within: what the model expects of the group or list around it.
    forks:  which items of pydantic's location name the branch of a plain union.
    on_key: the key is meant, not the value.
    """

    node: Node
    schema: Schema
    key: Leaf | None = None
    within: Schema = field(default_factory=lambda: _NOTHING)
    forks: tuple[int, ...] = ()
    on_key: bool = False


class Atlas:
    """A model's core schema with its definitions at hand."""

    def __init__(self, model: type[BaseModel]) -> None:
        model.model_rebuild()
        schema: Schema = model.__pydantic_core_schema__
        self._definitions: dict[str, Schema] = {}
        if schema["type"] == "definitions":
            self._definitions = {found["ref"]: found for found in schema["definitions"]}
            schema = schema["schema"]
        self._top = self._bare(schema)

    def spot(self, root: Node, location: Iterable[str | int]) -> Spot:
        """The place that a pydantic location names; as deep as the tree reaches."""
        spot = Spot(root, self._top)
        for index, item in enumerate(location):
            spot = self._follow(spot, index, item)
        return spot

    def below(self, spot: Spot, path: Iterable[Item]) -> Spot:
        """The place that a validator's path names below a spot, by field names or aliases."""
        for item in path:
            if item == KEY and spot.key:
                return self._on_key(spot)
            schema = self._taken(spot)
            for name in (item, *_names(schema, item)):
                found = entry(spot.node, name)
                if found:
                    spot = self._step(replace(spot, schema=schema), name, found)
                    break
            else:
                return spot
        return spot

    def key_names(self, schema: Schema) -> list[str]:
        """The keys that a model knows, as one writes them."""
        return [_written(name, found) for name, found in _fields(schema).items()]

    def tags(self, schema: Schema) -> list[str]:
        """The words that choose between the branches of a union."""
        return [_tag(tag) for tag in schema["choices"]] if schema["type"] == "tagged-union" else []

    def description(self, within: Schema, key: str | int | None) -> str:
        """What a model says about one of its fields; empty if nothing."""
        name = _field_name(within, key)
        model = within.get("model")
        if name is None or not isinstance(model, type) or not issubclass(model, BaseModel):
            return ""
        return model.model_fields[name].description or ""

    def meaning(self, spot: Spot) -> str:
        """What a model says about the value (or key) at a spot: about the field, or else about its type."""
        described = "" if spot.on_key or not spot.key else self.description(spot.within, spot.key.text)
        return described or str(spot.schema.get("meaning", ""))

    def resembling(self, schema: Schema, node: Node, names: Iterable[str]) -> str:
        """The one of a model's keys whose own keys are those of a group; empty if none is like it."""
        present = set(node.entries) if isinstance(node, Group) else set()
        for name in names:
            known = set(self.key_names(self._bare(_inner(schema, name))))
            if len(present & known) > max(1, len(present) // 2):
                return name
        return ""

    def _on_key(self, spot: Spot) -> Spot:
        return replace(spot, on_key=True, schema=self._bare(spot.within.get("keys_schema") or _NOTHING))

    def _follow(self, spot: Spot, index: int, item: str | int) -> Spot:
        kind = spot.schema["type"]
        if kind == "tagged-union":
            return replace(spot, schema=self._tagged(spot.schema, str(item)))
        if kind == "union":
            return replace(spot, schema=self._branch(spot.schema, str(item)), forks=(*spot.forks, index))
        if item == KEY and spot.key:
            return self._on_key(spot)
        found = entry(spot.node, item)
        if found:
            return self._step(spot, item, found)
        return replace(spot, within=spot.schema)

    def _step(self, spot: Spot, item: Item, found: tuple[Leaf | None, Node]) -> Spot:
        key, node = found
        return Spot(node, self._bare(_inner(spot.schema, item)), key, spot.schema, spot.forks)

    def _bare(self, schema: Schema) -> Schema:
        """A schema without what wraps it: validators, defaults, references. Fields carry their model.

        The description in an `Annotated` type, which lies somewhere around, is kept as "meaning".
        """
        model: Any = None
        meaning = ""
        while True:
            kind = schema["type"]
            meaning = meaning or (schema.get("metadata") or {}).get("pydantic_js_updates", {}).get("description", "")
            if kind == "definition-ref":
                schema = self._definitions.get(schema["schema_ref"], _NOTHING)
            elif kind in _WRAPPED:
                schema = schema[_WRAPPED[kind]]
            elif kind == "chain":
                schema = schema["steps"][0]
            elif kind == "model":
                model, schema = schema["cls"], schema["schema"]
            elif kind == "model-fields":
                return {**schema, "model": model}  # a model's own description is its docstring
            elif isinstance(schema.get("schema"), Mapping):
                schema = schema["schema"]
            else:
                return {**schema, "meaning": meaning} if meaning else schema

    def _tagged(self, schema: Schema, tag: str) -> Schema:
        return next((self._bare(choice) for name, choice in schema["choices"].items() if _tag(name) == tag), _NOTHING)

    def _branch(self, schema: Schema, label: str) -> Schema:
        """The branch of a plain union by pydantic's label: a type's name, perhaps in validators' names."""
        for choice in schema["choices"]:
            named = isinstance(choice, tuple)
            bare = self._bare(choice[0] if named else choice)
            name = getattr(bare.get("model"), "__name__", None)
            pattern = rf"\b{re.escape(name)}\]*$" if name else rf"(^|[\[ -]){re.escape(bare['type'])}\b"
            if (named and choice[1] == label) or re.search(pattern, label):
                return bare
        return _NOTHING

    def _taken(self, spot: Spot) -> Schema:
        """What is expected of a node when a union lies in between: its tag decides, or else its keys."""
        schema = spot.schema
        if schema["type"] == "tagged-union":
            tag = entry(spot.node, schema["discriminator"]) if isinstance(schema["discriminator"], str) else None
            return self._tagged(schema, str(tag[1].value)) if tag else _NOTHING
        if schema["type"] == "union" and isinstance(spot.node, Group):
            branches = [self._bare(choice[0] if isinstance(choice, tuple) else choice) for choice in schema["choices"]]
            keys = {str(key) for key in spot.node.value}
            return max(branches, key=lambda branch: len(keys & set(self.key_names(branch))))
        return schema


def _inner(schema: Schema, item: Item) -> Schema:
    """What a schema expects of the value under a key or an index."""
    match schema["type"]:
        case "model-fields" | "typed-dict":
            name = _field_name(schema, item)
            found = schema["fields"][name]["schema"] if name else schema.get("extras_schema")
        case "dict":
            found = schema.get("values_schema")
        case "tuple":
            items, rest = schema["items_schema"], schema.get("variadic_item_index")
            index = min(item if isinstance(item, int) else 0, len(items) if rest is None else rest)
            found = items[index] if index < len(items) else None
        case "list" | "set" | "frozenset" | "generator":
            found = schema.get("items_schema")
        case _:
            found = None
    return found or _NOTHING


def _fields(schema: Schema) -> Mapping[str, Schema]:
    return schema["fields"] if schema["type"] in ("model-fields", "typed-dict") else {}


def _written(name: str, field: Schema) -> str:
    alias = field.get("validation_alias")
    return alias if isinstance(alias, str) else name


def _field_name(schema: Schema, key: Item | None) -> str | None:
    fields = _fields(schema)
    return next((name for name, found in fields.items() if key in (_written(name, found), name)), None)


def _names(schema: Schema, item: Item) -> list[str]:
    name = _field_name(schema, item)
    return [] if name is None else [_written(name, _fields(schema)[name]), name]


def _tag(tag: Any) -> str:
    return str(getattr(tag, "value", tag))
