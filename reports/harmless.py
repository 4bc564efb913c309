"""Text from a scenario or a log that cannot command the terminal it is printed to."""

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def harmless(text: str, kept: str = "\n\t") -> str:
    """Text with a � for every control character (C0, DEL and C1) but those kept."""
    return _CONTROLS.sub(lambda found: found[0] if found[0] in kept else REPLACEMENT, text)


def harmless_line(line: str) -> str:
    """As `harmless`, for what must stay one line."""
    return harmless(line, "")
