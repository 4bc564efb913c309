"""The parts of a YAML tree: plain Python values that know the line and column where they stand."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, order=True)
class Place:
    """A character's line and column, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Remark:
    """A fault and its place."""

    place: Place
    message: str
    hint: str = ""


class Lines:
    """Where the lines of a text start and end; a line ends as YAML 1.2 and editors see it."""

    def __init__(self, text: str) -> None:
        self._text = text
        breaks = list(re.finditer(r"\r\n|\n|\r", text))
        self._starts = [0, *(found.end() for found in breaks)]
        self._ends = [*(found.start() for found in breaks), len(text)]

    def place(self, index: int) -> Place:
        """The place of the character at an index; an index behind the text is the end of the text."""
        index = max(0, min(index, len(self._text)))
        line = bisect_right(self._starts, index)
        return Place(line, min(index, self._ends[line - 1]) - self._starts[line - 1] + 1)

    def text(self, line: int) -> str:
        """A line, counted from 1; empty if there is no such line."""
        return self._text[self._starts[line - 1] : self._ends[line - 1]] if 1 <= line <= len(self._ends) else ""


@dataclass(eq=False)
class Leaf:
    """A single value. `refused`: it has been reported already, and `value` only stands in for it."""

    place: Place
    text: str
    value: Any
    refused: bool = False
    size: int = 1
    height: int = 0


@dataclass(eq=False)
class Listing:
    """A list."""

    place: Place
    items: list["Node"] = field(default_factory=list)
    value: list[Any] = field(default_factory=list)
    refused: bool = False
    size: int = 1
    height: int = 1


@dataclass(eq=False)
class Group:
    """A mapping: keys with values."""

    place: Place
    entries: dict[str, tuple[Leaf, "Node"]] = field(default_factory=dict)
    value: dict[Any, Any] = field(default_factory=dict)
    refused: bool = False
    size: int = 1
    height: int = 1


Node = Leaf | Listing | Group


def entry(node: Node, item: str | int | date) -> tuple[Leaf | None, Node] | None:
    """The key and value under a key, or None and the value at a list's index; None if there is none.

    A date or a decimal key goes by its text or, as pydantic names it, by its repr.
    """
    if isinstance(node, Group):
        return node.entries.get(str(item))
    if isinstance(node, Listing) and isinstance(item, int) and 0 <= item < len(node.items):
        return None, node.items[item]
    return None
