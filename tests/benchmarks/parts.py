"""Where the engine's processor time goes: a stopwatch around its functions, each second counted once."""

import functools
import importlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

WATCHED = (
    ("random numbers, as drawn", "simulations.draws", "Draws.exponentials"),
    ("lives", "simulations.world", "hazard_life"),
    ("enrolment", "simulations.world", "_lasting"),
    ("enrolment", "simulations.world", "enrol"),
    ("facts", "simulations.world", "_followed"),
    ("facts", "simulations.designs", "contract_facts"),
    ("economy and refusion", "simulations.world", "usage"),
    ("economy and refusion", "simulations.world", "_saved"),
    ("economy and refusion", "simulations.world", "_costs"),
    ("economy and refusion", "simulations.world", "_realised"),
    ("settlement: entitle", "simulations.designs", "entitle"),
    ("settlement: calendar and pay", "simulations.designs", "run_contract"),
    ("postings", "simulations.run", "play"),
    ("results", "simulations.run", "summarise"),
    ("results", "simulations.run", "_collect"),
    ("results", "simulations.run", "merge"),
)
PARTS = tuple(dict.fromkeys(part for part, _, _ in WATCHED))


class Stopwatch:
    """Processor seconds by part; a part's clock stands still while another part that it called runs."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._open: list[str] = []
        self._since = 0.0

    def _turn(self) -> None:
        now = time.process_time()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since
        self._since = now

    def watched(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            self._turn()
            self._open.append(part)
            try:
                return function(*args, **kwargs)
            finally:
                self._turn()
                self._open.pop()

        return timed


@contextmanager
def watching() -> Iterator[Counter[str]]:
    """Time the engine's parts while the block runs; the counter fills as they end."""
    watch, undo = Stopwatch(), []
    for part, module, name in WATCHED:
        *path, last = name.split(".")
        owner = functools.reduce(getattr, path, importlib.import_module(module))
        function = getattr(owner, last)
        undo.append((owner, last, function))
        setattr(owner, last, watch.watched(part, function))
    try:
        yield watch.seconds
    finally:
        for owner, last, function in undo:
            setattr(owner, last, function)
