"""Text from a scenario or a log that cannot command the terminal it is printed to."""

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
INVISIBLE = r"\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
"""What shows nothing and changes what is shown, as characters of a regular expression: the marks, embeddings, overrides
and isolates of writing from right to left, separators of lines, and spaces and tags without width. Those that join
letters or emoji, and the soft hyphen, are part of writing and not among them.
"""
_CONTROLS = re.compile(rf"[\x00-\x1f\x7f-\x9f{INVISIBLE}]")


def harmless(text: str, kept: str = "\n\t") -> str:
    """Text with a � for every control character (C0, DEL and C1) and `INVISIBLE` one, but those kept."""
    return _CONTROLS.sub(lambda found: found[0] if found[0] in kept else REPLACEMENT, text)


def harmless_line(line: str) -> str:
    """As `harmless`, for what must stay one line."""
    return harmless(line, "")
