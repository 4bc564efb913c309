"""YAML text to a tree of plain Python values in which every key and value knows its line and column.

Built from the parser's stream of events rather than from ruamel's own objects: nothing is ever constructed
from a tag, nesting and aliases are counted before they cost anything, and each number is seen as it was
written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from .nodes import Group, Leaf, Lines, Listing, Node, Place, Remark
from .numbers import number_hint
from .scalars import Refusal, read_scalar, shown
from .syntax import plain_syntax

MAX_DEPTH = 50
MAX_ALIASED = 20_000
"""How many keys, values and list entries may come from aliases in all."""

_FORBIDDEN = re.compile(
    "[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # YAML 1.2, section 5.1
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_FILL = "write 'key: value' lines in it, or check that it is the right file"
_STANDARD_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "map", "seq")} | {"!"}


class _Stopped(Exception):
    def __init__(self, remark: Remark) -> None:
        super().__init__(remark)
        self.remark = remark


def read_tree(text: str, lines: Lines) -> tuple[Group | None, list[Remark]]:
    """Read a document whose top level is keys with values.

    Returns the tree, or None where the text cannot be read on, and every fault that was found. In the tree
    a text stands in for each refused value, so that the rest can still be checked. Raises nothing.
    """
    builder = _Builder(lines)
    try:
        for event in _events(text, lines):
            builder.take(event)
        return builder.top(), builder.remarks
    except _Stopped as stopped:
        return None, [*builder.remarks, stopped.remark]


def _events(text: str, lines: Lines) -> Iterator[Any]:
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        raise _Stopped(
            Remark(
                lines.place(forbidden.start()),
                f"found the character U+{ord(forbidden[0]):04X}, which a YAML file cannot hold",
                "delete it; if there are many, this is not a text file or it is damaged",
            )
        )
    stream = YAML(typ="safe", pure=True).parse(text)
    seen = 0
    while True:
        try:
            event = next(stream, None)
        except MarkedYAMLError as fault:
            at, message, hint = plain_syntax(fault, text)
            raise _Stopped(Remark(lines.place(at), message, hint)) from None
        except Exception:  # on a few odd texts, such as "\UFFFFFFFF", the parser fails with errors not its own
            raise _Stopped(
                Remark(
                    lines.place(seen),
                    "what follows here cannot be read as YAML",
                    "look for odd characters after a '\\'",
                )
            ) from None
        if event is None:
            return
        seen = event.start_mark.index
        yield event


@dataclass(eq=False)
class _Open:
    node: Listing | Group
    anchor: str | None
    key: Leaf | None = None
    first_line: dict[str, int] = field(default_factory=dict)


class _Builder:
    """Builds the tree from events with a stack of its own, so deep nesting cannot exhaust Python's."""

    def __init__(self, lines: Lines) -> None:
        self.remarks: list[Remark] = []
        self._lines = lines
        self._open: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        self._aliased = 0
        self._documents = 0
        self._root: Node | None = None

    def take(self, event: Any) -> None:
        place = self._lines.place(event.start_mark.index)
        match type(event).__name__:
            case "DocumentStartEvent":
                self._start_document(event, place)
            case "ScalarEvent":
                self._close(self._leaf(event, place), event.anchor)
            case "AliasEvent":
                self._close(self._alias(event.anchor, place), None)
            case "SequenceStartEvent" | "MappingStartEvent" as name:
                self._begin(Listing(place) if name.startswith("Seq") else Group(place), event)
            case "SequenceEndEvent" | "MappingEndEvent":
                done = self._open.pop()
                self._close(done.node, done.anchor)

    def top(self) -> Group:
        match self._root:
            case Group() as group:
                return group
            case Leaf(value=None) | None:
                raise _Stopped(Remark(Place(1, 1), "expected keys with values, found an empty file", _FILL))
            case Listing() as found:
                told, hint = (
                    "a list",
                    "write 'key: value' lines at the top of the file, without '- ' before them",
                )
            case Leaf() as found:
                told, hint = (
                    f"only the text {shown(found.text)}",
                    "write 'key: value' lines, with a space after ':'",
                )
        raise _Stopped(Remark(found.place, f"expected keys with values, found {told}", hint))

    def _refuse(self, place: Place, message: str, hint: str = "") -> None:
        self.remarks.append(Remark(place, message, hint))

    def _start_document(self, event: Any, place: Place) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _Stopped(Remark(place, "found a second document", "one file holds one document: remove the '---'"))
        if event.version and tuple(event.version) < (1, 2):
            raise _Stopped(
                Remark(place, "the file asks to be read as YAML 1.1", "remove the line that starts with %YAML")
            )

    def _begin(self, node: Listing | Group, event: Any) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise _Stopped(
                Remark(node.place, f"found more than {MAX_DEPTH} levels inside each other", "nest less deeply")
            )
        node.refused = not self._known_tag(event, node.place)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._open.append(_Open(node, event.anchor))

    def _known_tag(self, event: Any, place: Place) -> bool:
        if event.tag is None or event.tag in _STANDARD_TAGS:
            return True
        name = str(event.tag).replace("tag:yaml.org,2002:", "!!")
        self._refuse(
            place,
            f"found the tag {shown(name)}; tags are not used here",
            "remove the tag and write the value alone",
        )
        return False

    def _leaf(self, event: Any, place: Place) -> Leaf:
        text = event.value
        if not text and not event.style:
            place = self._place_of_nothing(event.start_mark.index)
        if not self._known_tag(event, place):
            return Leaf(place, text, text, refused=True)
        if _SURROGATES.search(text):
            self._refuse(place, "found half of a character in a text", r"write the character itself instead of \u…")
            return Leaf(place, "", "(refused)", refused=True)
        value = text if event.style or event.tag else read_scalar(text)
        if isinstance(value, Refusal):
            self._refuse(place, value.message, value.hint)
            return Leaf(place, text, f"{text} (refused)", refused=True)
        return Leaf(place, text, value)

    def _place_of_nothing(self, index: int) -> Place:
        """Where a value is missing the parser is already at what comes next; the key before says more."""
        if self._open and self._open[-1].key:
            return self._open[-1].key.place
        place = self._lines.place(index)
        while place.line > 1 and not self._lines.text(place.line)[: place.column - 1].strip():
            place = Place(place.line - 1, len(self._lines.text(place.line - 1).rstrip()) + 1)
        return Place(place.line, max(1, place.column - 1))

    def _alias(self, name: str, place: Place) -> Node:
        if name not in self._anchors:
            self._refuse(
                place,
                f"found *{name}, but nothing before it is named &{name}",
                "check the spelling after '*'",
            )
            return Leaf(place, "*" + name, "(refused)", refused=True)
        target = self._anchors[name]
        if target is None:
            self._refuse(place, f"*{name} stands inside &{name} itself", "write the value out")
            return Leaf(place, "*" + name, "(refused)", refused=True)
        self._aliased += target.size
        if self._aliased > MAX_ALIASED or len(self._open) + target.height > MAX_DEPTH:
            raise _Stopped(
                Remark(
                    place,
                    "the aliases (*) in this file repeat too much",
                    "write fewer aliases inside each other",
                )
            )
        return target

    def _close(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        parent.node.size += node.size
        parent.node.height = max(parent.node.height, node.height + 1)
        if isinstance(parent.node, Listing):
            parent.node.items.append(node)
            parent.node.value.append(node.value)
        elif parent.key is None:
            parent.key = self._as_key(node)
        else:
            self._enter(parent.node, parent.first_line, parent.key, node)
            parent.key = None

    def _as_key(self, node: Node) -> Leaf:
        if isinstance(node, Leaf) and node.refused:
            return Leaf(node.place, node.text, str(node.value), refused=True)
        if not isinstance(node, Leaf):
            self._refuse(
                node.place,
                "expected a word as key, found a list or a group of keys",
                "put it in quotes if it is a text",
            )
            return Leaf(node.place, "", "(refused)", refused=True)
        if node.text == "<<" and node.value == "<<":
            self._refuse(node.place, "'<<' is not used here", "write out the keys, so that a reader sees what holds")
            return Leaf(node.place, node.text, "(refused)", refused=True)
        if node.value is None or isinstance(node.value, bool):
            self._refuse(
                node.place,
                f"expected a word as key, found {shown(node.text) if node.text else 'nothing'}",
                f'write "{node.text}" in quotes if it is a text' if node.text else "write a key before ':'",
            )
            return Leaf(node.place, node.text, f"{node.text} (refused)", refused=True)
        return node

    def _enter(self, group: Group, first: dict[str, int], key: Leaf, node: Node) -> None:
        name = _spelling(key.value)
        if self._mend_decimal_comma(group, key, node):
            return
        if name in first:
            if not key.refused:
                self._refuse(
                    key.place,
                    f"the key {shown(key.text)} stands here for the second time, first in line {first[name]}",
                    "remove one of the two, or rename it",
                )
            return
        first[name] = key.place.line
        group.value[key.value] = node.value
        group.entries[str(key.value)] = (key, node)
        if not isinstance(key.value, str):
            group.entries[repr(key.value)] = (key, node)

    def _mend_decimal_comma(self, group: Group, key: Leaf, node: Node) -> bool:
        """Refuse {share: 0,5}, which YAML reads as share: 0 and a key 5 without a value."""
        if not key.text.isdecimal() or not isinstance(node, Leaf) or node.value is not None or not group.value:
            return False
        last = next(reversed(group.value))
        name, whole = group.entries[str(last)]
        before = self._lines.text(key.place.line)[: key.place.column - 1]
        if not isinstance(whole, Leaf) or not whole.text or not before.endswith(f"{whole.text},"):
            return False
        number = f"{whole.text},{key.text}"
        if key.refused and self.remarks[-1].place == key.place:  # 00 as a key, which starts with a zero
            self.remarks.pop()
        if not whole.refused:
            hint = number_hint(number) or "write decimals with a point"
            self._refuse(whole.place, f"found a decimal comma in {shown(number)}", hint)
        group.value[last] = f"{number} (refused)"
        group.entries[str(last)] = (name, Leaf(whole.place, number, group.value[last], refused=True))
        return True


def _spelling(key: Any) -> str:
    """One spelling for keys that a model could take for the same key: 6 and "06", 0.5 and 0.50."""
    if isinstance(key, Decimal):
        return format(key.normalize(), "f")
    return str(int(key)) if isinstance(key, str) and re.fullmatch(r"[0-9]{1,30}", key) else str(key)
