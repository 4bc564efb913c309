"""The screen: its width, headings in bold where it is a terminal, paragraphs, and a progress bar on stderr."""

import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from reports.harmless import harmless_line
from reports.numbers import Language
from reports.texts import say

from .grid import NO_BREAK, Line

PAPER_WIDTH = 120
"""The width of what is written to a file or a pipe."""

Progress = Callable[[int, int], None]

_STYLES = {"head": "bold", "group": "bold cyan"}
_UNITS = re.compile(
    r"(?<=[\d.,]) (?=%|mio\.|kr\.|million|[A-Z]{3}\b)|(?<=\b[A-Z]{3}) (?=[\d−])|(?<=DKK) |(?<=mio\.) (?=kr\.)"
)


def is_terminal() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout.isatty()


def screen_width(target: str | None = None) -> int:
    """The width to lay out for: the terminal's, what COLUMNS says, or that of a sheet of paper."""
    if target is None and os.environ.get("COLUMNS", "").isdigit():
        return max(int(os.environ["COLUMNS"]), 20)
    if target is None and is_terminal():
        return max(os.get_terminal_size(sys.stdout.fileno()).columns, 20)
    return PAPER_WIDTH


def show(lines: Iterable[Line]) -> None:
    """Print lines; in bold and colour only on a terminal that wants them."""
    if not is_terminal():
        sys.stdout.write(as_text(lines))
        sys.stdout.flush()
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    for line, style in lines:
        console.print(Text(harmless_line(line), style=_STYLES.get(style, "")))


def as_text(lines: Iterable[Line]) -> str:
    """Lines as plain text, without control characters."""
    return "".join(harmless_line(line) + "\n" for line, _ in lines)


def paragraph(text: str, width: int) -> Iterator[Line]:
    """A text in lines of at most so many characters (100 on a wide screen); amounts keep their units.

    An abbreviation at the end of a sentence is its full stop.
    """
    kept = with_units(text.replace("kr..", "kr."))
    for line in textwrap.wrap(kept, min(width, 100), break_long_words=False, break_on_hyphens=False):
        yield line.replace(NO_BREAK, " "), ""


def with_units(text: str) -> str:
    """A text whose amounts are not parted from their units where it is wrapped."""
    return _UNITS.sub(NO_BREAK, text)


@contextmanager
def progress_bar(lang: Language) -> Iterator[Progress | None]:
    """A bar with the remaining time on stderr while it is a terminal, and nothing (None) where it is not."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(say(lang, "progress.simulating"), total=None)
        yield lambda done, everything: bar.update(task, completed=done, total=everything)
