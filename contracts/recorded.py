"""The facts of a contract's log, in columns that grow as events are folded."""

from array import array
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, fields
from typing import NamedTuple

import numpy as np

from .facts import Ints


def _ints() -> "array[int]":
    return array("q")


class Stood(NamedTuple):
    """One fact as it was stated; days are proleptic ordinals, quantities millionths, or øre for a saving."""

    person: int
    metric: str
    point: int
    day: int
    statement: int
    quantity: int
    of: int
    group: str


@dataclass(frozen=True)
class RecordedFacts:
    """Facts as they were stated, by number, in the order in which they were; only ever added to.

    person: number, or −1 for a count or saving; day, statement: proleptic ordinals; metric, group: places in `names`;
    quantity, of: millionths of an outcome, or øre for a saving.
    """

    person: "array[int]" = field(default_factory=_ints)
    metric: "array[int]" = field(default_factory=_ints)
    point: "array[int]" = field(default_factory=_ints)
    day: "array[int]" = field(default_factory=_ints)
    statement: "array[int]" = field(default_factory=_ints)
    quantity: "array[int]" = field(default_factory=_ints)
    of: "array[int]" = field(default_factory=_ints)
    group: "array[int]" = field(default_factory=_ints)
    names: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.person)

    def copy(self) -> "RecordedFacts":
        """The same facts in columns of their own."""
        return RecordedFacts(*(copy(getattr(self, column.name)) for column in fields(self)))

    def add(
        self,
        metric: str,
        point: int,
        day: int,
        statement: int,
        persons: Sequence[int],
        quantities: Sequence[int],
        ofs: Sequence[int],
        groups: Sequence[str],
    ) -> None:
        """Facts that one event states together."""
        count, names = len(persons), self.names
        self.person.extend(persons)
        self.quantity.extend(quantities)
        self.of.extend(ofs)
        for column, value in (
            (self.metric, names.setdefault(metric, len(names))),
            (self.point, point),
            (self.day, day),
            (self.statement, statement),
        ):
            column.extend([value] * count)
        places = {group: names.setdefault(group, len(names)) for group in dict.fromkeys(groups)}
        self.group.extend([places[group] for group in groups])

    def __getitem__(self, number: int) -> Stood:
        names = list(self.names)
        return Stood(
            self.person[number],
            names[self.metric[number]],
            self.point[number],
            self.day[number],
            self.statement[number],
            self.quantity[number],
            self.of[number],
            names[self.group[number]],
        )

    def __iter__(self) -> Iterator[Stood]:
        names = list(self.names)
        columns = (self.person, self.metric, self.point, self.day, self.statement, self.quantity, self.of, self.group)
        for person, metric, point, day, statement, quantity, of, group in zip(*columns, strict=True):
            yield Stood(person, names[metric], point, day, statement, quantity, of, names[group])

    def column(self, name: str) -> Ints:
        """A column as an array of its own."""
        return np.array(getattr(self, name), np.int64)

    def named(self, name: str) -> list[str]:
        """The different names in the column `metric` or `group`, in the order of their first appearance."""
        names, found = list(self.names), getattr(self, name)
        return [names[place] for place in dict.fromkeys(found)]

    def placed(self, name: str, places: Sequence[str], otherwise: int) -> Ints:
        """The column `metric` or `group` as places in a list of names, another number for names that are not in it."""
        known = {each: place for place, each in enumerate(places)}
        table = np.array([known.get(each, otherwise) for each in self.names], np.int64)
        return table[self.column(name)] if len(self) else np.zeros(0, np.int64)
