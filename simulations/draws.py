"""Keyed random streams: the same citizen, replication and event always gets the same number.

A stream is keyed by seed, block of replications and name, with SHA-256, so it depends on nothing else that a scenario
contains. Full blocks are always drawn with the citizen as the slow axis and sliced afterwards: a larger cohort or fewer
replications leave everyone's numbers as they were. Equal bytes are promised on one machine and set of versions.
"""

from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

BLOCK = 200
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Draws:
    """The random numbers of one block: `citizens` rows and `replications` (at most BLOCK) columns."""

    seed: int
    block: int
    citizens: int
    replications: int
    _kept: dict[str, Floats] = field(default_factory=dict, compare=False)

    def exponentials(self, name: str) -> Floats:
        """Unit exponentials, float32 [citizen × replication, flat]; drawn once and kept for both lives."""
        if name not in self._kept:
            whole = self._stream(name).standard_exponential((self.citizens, BLOCK), dtype=np.float32)
            self._kept[name] = np.ascontiguousarray(whole[:, : self.replications]).reshape(-1)
        return self._kept[name]

    def row_exponentials(self, name: str) -> Floats:
        """One unit exponential per replication, float32 [replication]."""
        return self._stream(name).standard_exponential(BLOCK, dtype=np.float32)[: self.replications]

    def _stream(self, name: str) -> np.random.Generator:
        digest = sha256(f"{self.seed}/{self.block}/{name}".encode()).digest()
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence(np.frombuffer(digest, "<u4").tolist())))

    def drawn(self) -> int:
        """How many numbers have been drawn so far (in full blocks)."""
        return len(self._kept) * self.citizens * BLOCK


def blocks(replications: int) -> list[tuple[int, int]]:
    """Block numbers and their sizes for so many replications."""
    full, rest = divmod(replications, BLOCK)
    return [(number, BLOCK) for number in range(full)] + ([(full, rest)] if rest else [])
