"""The stored form of events: one line of JSON with its topic and schema, the same bytes for the same event.

A log outlives the code that wrote it. A class that changes shape raises its `schema_version` and gives
`UPCASTS` a function from the old fields to the new; events of a schema that this version does not know are
refused, not guessed.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from .events import EVENTS, Event
from .money import PPM

Upcast = Callable[[dict[str, Any]], dict[str, Any]]


def _with_defaults(fields: dict[str, Any]) -> dict[str, Any]:
    """Only keys with defaults were added."""
    return fields


def _with_denominators(fields: dict[str, Any]) -> dict[str, Any]:
    """Each result was of one."""
    return fields | {"results": [[person, quantity, PPM] for person, quantity in fields.get("results", ())]}


UPCASTS: Mapping[tuple[str, int], Upcast] = {
    ("contract.signed", 1): _with_defaults,
    ("contract.enrolled", 1): _with_defaults,
    ("contract.dropped_out", 1): _with_defaults,
    ("contract.measured", 1): _with_denominators,
}
"""(topic, schema) → the fields of the next schema."""


class BrokenLog(ValueError):
    """A log that cannot be read as it stands: a gap, a foreign event, a damaged line."""


class NewerLog(BrokenLog):
    """A log that holds events which only a newer version of the program knows."""


def encode(event: Event) -> bytes:
    """An event as UTF-8 JSON: topic and schema first, then its fields in their order."""
    return _head(type(event)) + event.model_dump_json(by_alias=True).encode()[1:]


def decode(
    data: bytes,
    *,
    classes: Sequence[type[Event]] = EVENTS,
    upcasts: Mapping[tuple[str, int], Upcast] = UPCASTS,
) -> Event:
    """The event in stored bytes, brought up to its present schema.

    Raises NewerLog for a topic or schema unknown here, BrokenLog for bytes that are no event.
    """
    for event_class in classes:
        head = _head(event_class)
        if data.startswith(head):
            return _validated(event_class, b"{" + data[len(head) :])
    fields = _fields(data)
    topic, schema = fields.pop("topic", None), fields.pop("schema", None)
    event_class = _class_of(topic, schema, classes)
    for version in range(schema, event_class.schema_version):
        if (topic, version) not in upcasts:
            raise BrokenLog(f"no way is known from schema {version} of '{topic}' to {version + 1}")
        fields = upcasts[topic, version](fields)
    return _validated(event_class, to_json(fields))


def _class_of(topic: Any, schema: Any, classes: Sequence[type[Event]]) -> type[Event]:
    event_class = next((each for each in classes if each.topic == topic), None)
    if not isinstance(topic, str) or not isinstance(schema, int) or schema < 1:
        raise BrokenLog(f"expected an event with topic and schema, found topic {topic!r} and schema {schema!r}")
    if event_class is None:
        raise NewerLog(f"unknown event '{topic}': the log was written by a newer version; install that one")
    if schema > event_class.schema_version:
        raise NewerLog(
            f"'{topic}' has schema {schema}, known here up to {event_class.schema_version}:"
            " the log was written by a newer version; install that one"
        )
    return event_class


@cache
def _head(event_class: type[Event]) -> bytes:
    return f'{{"topic":"{event_class.topic}","schema":{event_class.schema_version},'.encode()


def _fields(data: bytes) -> dict[str, Any]:
    try:
        fields = from_json(data)
    except ValueError as error:
        raise BrokenLog(f"expected an event as JSON, found a damaged line ({error})") from None
    if not isinstance(fields, dict):
        raise BrokenLog(f"expected an event as a JSON object, found {type(fields).__name__}")
    return fields


def _validated(event_class: type[Event], data: bytes) -> Event:
    try:
        return event_class.model_validate_json(data)
    except ValidationError as error:
        raise BrokenLog(f"damaged event '{event_class.topic}': {problems(error)}") from None


def problems(error: ValidationError) -> str:
    """What a validation found, without the values, which may be personal."""
    return "; ".join(
        f"{'.'.join(str(step) for step in found['loc']) or 'event'}: {found['msg']}"
        for found in error.errors(include_input=False, include_url=False)
    )
