"""YAML file to frozen model: every fault at once, with its line and column, and how to mend it.

The text is read into a tree that remembers places (`tree`), its plain values are validated by
pydantic, and pydantic's errors are put back at their places (`errors`). Decimals come from the text
itself and never pass through a float.
"""

import difflib
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from contracts.privacy import masked

from .reading.errors import remarks_on
from .reading.nodes import Lines, Remark
from .reading.tree import read_tree

MAX_SIZE = 1_000_000
"""The largest file that is read, in bytes. Reading a file of this size takes some seconds."""

MAX_PROBLEMS = 500
"""How many problems of a file are told; the last one then says how many more there are."""

_WIDEST_SOURCE = 100
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class Problem:
    """One fault in a file.

    file:    as the user gave it.
    line:    counted from 1; 0 if the fault has no place in the file, such as a file that is missing.
    column:  counted from 1, in characters.
    message: what was expected and what was found.
    hint:    how to mend it; empty if there is nothing to say.
    source:  the text of that line; empty if there is none.
    """

    file: str
    line: int
    column: int
    message: str
    hint: str
    source: str

    def render(self) -> str:
        """The fault in up to four lines: place and message, the line in the file, a caret, the hint.

        A long line is cut to the part around the place. No line break at the end.
        """
        rows = [
            f"{self.file}:{self.line}:{self.column}: {self.message}" if self.line else f"{self.file}: {self.message}"
        ]
        if self.source.strip():
            piece, before = _excerpt(self.source, self.column)
            rows += ["    " + piece, "    " + _blank(before) + "^"]
        if self.hint:
            rows.append(f"  → {self.hint}")
        return "\n".join(rows)


class LoadError(Exception):
    """A file that cannot be loaded. `str()` of it is every problem rendered, in order of line."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n\n".join(problem.render() for problem in self.problems)


def load_model(
    path: str | os.PathLike[str], model: type[ModelT], *, context: Mapping[str, object] | None = None
) -> ModelT:
    """Read a YAML file, in UTF-8 with or without a byte order mark, into a model.

    context: handed on to the model's validators.

    Raises LoadError with every problem that was found.
    """
    return load_text(_read(os.fspath(path)), model, file=os.fspath(path), context=context)


def load_text(
    text: str, model: type[ModelT], *, file: str = "<text>", context: Mapping[str, object] | None = None
) -> ModelT:
    """Read YAML text into a model.

    file:    the name of the text in messages.
    context: handed on to the model's validators.

    Raises LoadError with every problem that was found.
    """
    if len(text) > MAX_SIZE:
        raise _refusal(file, *_TOO_LARGE)
    text = text.removeprefix(_BYTE_ORDER_MARK)
    lines = Lines(text)
    tree, remarks = read_tree(text, lines)
    if tree is not None:
        try:
            loaded = model.model_validate(tree.value, context=context)
        except ValidationError as error:
            remarks = remarks_on(error, model, tree, remarks)
        else:
            if not remarks:
                return loaded
    raise LoadError(_problems(file, lines, remarks))


_TOO_LARGE = (
    f"the file is larger than {MAX_SIZE // 1_000_000} MB, which is too large",
    "check that it is the right file; large tables belong in files of their own",
)


def _problems(file: str, lines: Lines, remarks: list[Remark]) -> tuple[Problem, ...]:
    """The remarks as problems, in order of place and each only once; at one place the model's order stays.

    CPR numbers are crossed out in them, since problems end on screens and in logs.
    """
    distinct = sorted(dict.fromkeys(remarks), key=lambda remark: remark.place)
    told = distinct[:MAX_PROBLEMS]
    sources = {line: masked(_printable(lines.text(line))) for line in {remark.place.line for remark in told}}
    problems = [
        Problem(file, at.place.line, at.place.column, masked(at.message), masked(at.hint), sources[at.place.line])
        for at in told
    ]
    if len(distinct) > len(told):
        more = f"{len(distinct) - len(told)} more problems are not shown"
        problems.append(Problem(file, 0, 1, more, "mend those above first", ""))
    return tuple(problems)


def _refusal(file: str, message: str, hint: str = "") -> LoadError:
    return LoadError((Problem(file, 0, 1, message, hint, ""),))


def _read(file: str) -> str:
    """The text of a file. Raises LoadError where there is none."""
    if os.path.isdir(file):
        raise _refusal(file, "expected a file, found a folder", "give the name of a file in it")
    try:
        with open(file, "rb") as stream:
            data = stream.read(MAX_SIZE + 1)
    except FileNotFoundError:
        raise _refusal(file, "there is no such file", _similar_names(file)) from None
    except PermissionError:
        raise _refusal(file, "no permission to read this file", "ask its owner to let you read it") from None
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        told = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise _refusal(file, f"the file cannot be read: {told}", "check the name of the file") from None
    if len(data) > MAX_SIZE:
        raise _refusal(file, *_TOO_LARGE)
    return _decoded(file, data)


def _similar_names(file: str) -> str:
    path = Path(file)
    try:
        names = sorted(found.name for found in path.parent.iterdir())
    except OSError:
        return f"the folder '{path.parent}' does not exist or cannot be read"
    close = difflib.get_close_matches(path.name, names, n=3, cutoff=0.7)
    return f"did you mean {' or '.join(repr(name) for name in close)}?" if close else "check the name and the folder"


def _decoded(file: str, data: bytes) -> str:
    """The bytes as UTF-8 text. Raises LoadError that says what the bytes seem to be instead."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refusal(file, "expected a text file in UTF-8, found UTF-16", _SAVE_AS)
    if data.startswith(b"PK\x03\x04"):
        raise _refusal(file, "expected a text file, found an Excel, Word or zip file", "give a YAML file")
    if b"\0" in data:
        raise _refusal(file, "expected a text file, found a binary file", "give a YAML file")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LoadError((_not_utf8(file, data, error.start),)) from None


def _not_utf8(file: str, data: bytes, at: int) -> Problem:
    """The fault at the first byte that is not UTF-8; what stands before it is."""
    before = data[:at].decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    after = data[at:].decode("cp1252", errors="replace")
    place = Lines(before).place(len(before))
    told = f", where it is '{after[0]}'" if after[0].isprintable() else ""
    return Problem(
        file,
        place.line,
        place.column,
        f"expected text in UTF-8, found the byte 0x{data[at]:02X}",
        f"the file seems to be saved as Windows-1252 (ANSI){told}: {_SAVE_AS}",
        masked(_printable(Lines(before).text(place.line) + Lines(after).text(1))),
    )


_SAVE_AS = "save it again with the encoding UTF-8"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() or char == "\t" else "\N{REPLACEMENT CHARACTER}" for char in text)


def _excerpt(source: str, column: int) -> tuple[str, str]:
    """The part of a line to show, and what of it stands before the column."""
    before, after = source[: column - 1], source[column - 1 :]
    if len(source) <= _WIDEST_SOURCE:
        return source, before
    if len(before) > _WIDEST_SOURCE // 2:
        before = "…" + before[-_WIDEST_SOURCE // 2 :]
    room = _WIDEST_SOURCE - len(before)
    return before + (after if len(after) <= room else after[:room] + "…"), before


def _blank(text: str) -> str:
    """White space as wide as a text on the screen: a tab stays a tab, an emoji takes two columns."""
    return "".join(_blank_for(char) for char in text)


def _blank_for(char: str) -> str:
    if char == "\t":
        return char
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return ""
    return "  " if unicodedata.east_asian_width(char) in "WF" else " "
