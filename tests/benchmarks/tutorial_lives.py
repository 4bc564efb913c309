"""The lives of the benchmark as SimPy processes, one per citizen, domain and life, as SimPy's tutorial writes them."""

import math
import random
from collections.abc import Generator
from dataclasses import dataclass

import simpy

MONTH, YEAR, YEARS = 30, 360, 10
Process = Generator[simpy.Event, None, None]


@dataclass(frozen=True)
class Domain:
    """A part of life with a bad and a good state.

    out: daily hazards out of each state, by days of stay; ratio: what the intervention multiplies the first by; measure
    of the good state, and for how many days; line of the economy, and what a year in the bad state costs in øre.
    """

    out: tuple[tuple[tuple[float, float], ...], tuple[tuple[float, float], ...]]
    ratio: float
    measure: str
    window: int
    line: str
    price_per_year: int
    refusion: float
    cashable: float


DOMAINS = (
    Domain(
        out=(((math.inf, math.log(2) / (30 * MONTH)),), ((math.inf, -math.log(0.8) / (36 * MONTH)),)),
        ratio=3,
        measure="housed",
        window=6 * MONTH,
        line="shelter",
        price_per_year=550_000_00,
        refusion=0.5,
        cashable=0.6,
    ),
    Domain(
        out=(((math.inf, 0.2 / YEAR),), ((3 * MONTH, 0.1004 / MONTH), (math.inf, 0.0436 / MONTH))),
        ratio=1.8,
        measure="working",
        window=3 * MONTH,
        line="benefits",
        price_per_year=144_000_00,
        refusion=0.2,
        cashable=1,
    ),
    Domain(
        out=(((math.inf, 0.25 / YEAR),), ((math.inf, 0.2 / YEAR),)),
        ratio=2.5,
        measure="mastering",
        window=1,
        line="support",
        price_per_year=85_000_00,
        refusion=0,
        cashable=1,
    ),
)


class Life:
    """A citizen's course in one domain; days are counted whole, from the rounded instants of the transitions."""

    def __init__(self, env: simpy.Environment, rng: random.Random, domain: Domain, referred: int) -> None:
        self.env, self.rng, self.domain = env, rng, domain
        self.state = 0
        self.exposed = False
        self.since = self.counted = referred
        self.days = [0] * YEARS
        self.process = env.process(self.run(referred))

    def run(self, referred: int) -> Process:
        """Stay, move, stay: until the simulation ends."""
        yield self.env.timeout(referred)
        while True:
            yield from self._stay()
            self.count(round(self.env.now))
            self.state = 1 - self.state
            self.since = self.counted

    def _stay(self) -> Process:
        entered = self.env.now
        while True:
            try:
                yield self.env.timeout(self._wait(self.env.now - entered))
            except simpy.Interrupt:  # the hazard has changed: draw again
                continue
            return

    def _wait(self, age: float) -> float:
        """Days until the next transition, drawn through the bands of the stay."""
        left = self.rng.expovariate(1.0)
        ratio = self.domain.ratio if self.exposed and self.state == 0 else 1
        wait = 0.0
        for end, hazard in self.domain.out[self.state]:
            length = max(end - age - wait, 0.0)
            if left <= hazard * ratio * length:
                break
            left -= hazard * ratio * length
            wait += length
        return wait + left / (hazard * ratio)

    def expose(self, exposed: bool) -> None:
        """Begin or end the intervention."""
        self.exposed = exposed
        self.process.interrupt()

    def count(self, day: int) -> None:
        """Count the days in the bad state up to a day in the same year."""
        if self.state == 0 and day > self.counted:
            self.days[self.counted // YEAR] += day - self.counted
        self.counted = max(day, self.counted)

    def reached(self, instant: int) -> bool:
        """Whether the good state has lasted for the measure's days before the instant."""
        return self.state == 1 and self.since <= instant - self.domain.window
