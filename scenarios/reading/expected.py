"""What pydantic expected, in words a reader of a YAML file knows."""

from collections.abc import Mapping
from typing import Any

WHOLE = "a whole number"
NUMBER = "a number such as 0.8"
TRUTH = "true or false"
DATE = "a date such as 2021-12-01"
TEXT = "a text"
LIST = "a list"
GROUP = "keys with values"

EXPECTED = {
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), WHOLE),
    **dict.fromkeys(("float_type", "float_parsing", "decimal_type", "decimal_parsing", "finite_number"), NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), TRUTH),
    **dict.fromkeys(("string_type", "string_sub_type", "string_unicode"), TEXT),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), DATE),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "datetime_object_invalid"),
        "a date with a time, such as 2021-12-01T12:00",
    ),
    **dict.fromkeys(("time_type", "time_parsing"), 'a time of day such as "12:30"'),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"), LIST),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"), GROUP),
    "none_required": "no value",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "too_short": "at least {min_length} {entries}",
    "too_long": "at most {max_length} {entries}",
    "string_too_short": "a text of at least {min_length} characters",
    "string_too_long": "a text of at most {max_length} characters",
    "string_pattern_mismatch": "{meaning}",
    "decimal_max_places": "a number with at most {decimal_places} decimals",
    "decimal_max_digits": "a number with at most {max_digits} digits",
    "decimal_whole_digits": "a number with at most {whole_digits} digits before the point",
}
"""Words for pydantic's kinds of error; in braces what the error's context says."""


def expected(kind: str, context: Mapping[str, Any], meaning: str) -> str:
    """The words for a kind of error. meaning: what the model says about the value; a pattern is never shown."""
    entries = "entry" if 1 in (context.get("min_length"), context.get("max_length")) else "entries"
    words = EXPECTED[kind].format(**{"entries": entries, "meaning": meaning or "a text of another form", **context})
    return words.replace("at least 1 characters", "at least 1 character")
