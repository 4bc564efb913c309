"""What YAML's parser says about broken syntax, in words for somebody who never read the standard."""

import re

from ruamel.yaml.error import MarkedYAMLError

_CHECK_INDENT = "check the spaces at the start of this line and of the lines above it"

# Pattern in "context | problem | where", message, hint, and whether to point at the start of the construct.
_PLAIN: tuple[tuple[str, str, str, bool], ...] = (
    (r"character '\\t'", "found a tab where spaces are expected", "indent with spaces, not with tabs", False),
    (
        r"character '(.*)' that cannot start",
        "a value cannot start with '{0}' unless it is in quotes",
        "put the value in quotes",
        False,
    ),
    (
        r"mapping values are not allowed",
        "found a ':' which does not belong here",
        f"put a text with ': ' in quotes; or {_CHECK_INDENT}",
        False,
    ),
    (
        r"could not find expected ':'",
        "expected ':' after the key",
        "write a ':' and a space after the key",
        True,
    ),
    (
        r"sequence entries are not allowed",
        "a list entry ('- ') cannot start here",
        "start the list on a line of its own below the key",
        False,
    ),
    (
        r"flow sequence \| expected ',' or '\]'",
        "the list that starts here with '[' is broken or not closed",
        "put ',' between the entries and ']' behind the last one",
        True,
    ),
    (
        r"flow mapping \| expected ',' or '\}'",
        "the group that starts here with '{{' is broken or not closed",
        "put ',' between the entries and '}' behind the last one",
        True,
    ),
    (
        r"flow (sequence|mapping)",
        "the brackets that start here are broken or not closed",
        "check the ',' and the closing bracket",
        True,
    ),
    (
        r"quoted scalar \| found unexpected",
        "the text that starts here in quotes has no closing quote",
        "put the same quote behind the text",
        True,
    ),
    (
        r"double-quoted scalar",
        "'\\' has a special meaning inside double quotes, and this is not one of its uses",
        "write the text in 'single quotes', or write '\\\\' for a '\\'",
        False,
    ),
    (r"block scalar", "the text block that starts here with '|' or '>' is broken", _CHECK_INDENT, True),
    (
        r"block collection",
        "this line is neither an entry ('- ') of the list above nor outside it",
        _CHECK_INDENT,
        False,
    ),
    (
        r"block end>, but found '-'",
        "found a list entry ('- ') among keys",
        f"write a key with ':', or {_CHECK_INDENT}",
        False,
    ),
    (
        r"block end>, but found '<(scalar|alias|anchor|tag)>' \| inside",
        "found more text after the value",
        "put the whole value in quotes; write '' for a ' inside single quotes",
        False,
    ),
    (
        r"block end>, but found '[\]}},]'",
        "found a bracket or ',' too many",
        "remove it, or put the value in quotes",
        False,
    ),
    (
        r"block mapping|document start>",
        "this line does not line up with the lines above it",
        _CHECK_INDENT,
        False,
    ),
    (
        r"scanning an (alias|anchor)",
        "'*' and '&' have a special meaning at the start of a value",
        "put the value in quotes",
        True,
    ),
    (r"tag|URI", "'!' has a special meaning at the start of a value", "put the value in quotes", False),
    (
        r"directive|YAML document",
        "a line that starts with '%' has a special meaning",
        "remove the line",
        False,
    ),
    (r"document end marker", "found more text after the end mark '...'", "remove the '...'", False),
)


_ODD_INDENT = re.compile(r"^ *[\u00a0\u2007\u202f]", re.MULTILINE)


def plain_syntax(fault: MarkedYAMLError, text: str) -> tuple[int, str, str]:
    """The index in the text, the message and the hint for a syntax fault."""
    start, at = (
        mark.index if mark else len(text)
        for mark in (fault.context_mark or fault.problem_mark, fault.problem_mark or fault.context_mark)
    )
    odd = _ODD_INDENT.search(text, 0, at)
    if odd:
        return odd.end() - 1, "found a no-break space in the indentation", "indent with ordinary spaces"
    opens_line = not re.split(r"[\r\n]", text[:at])[-1].strip()
    said = f"{fault.context} | {fault.problem} | {'opens its line' if opens_line else 'inside'}"
    for pattern, message, hint, at_start in _PLAIN:
        found = re.search(pattern, said)
        if found:
            return (start if at_start else at), message.format(*found.groups()), hint
    return at, f"this is not valid YAML: {fault.problem}", _CHECK_INDENT
