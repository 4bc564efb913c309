"""The benchmark scenario written the way the tutorials of SimPy and eventsourcing suggest.

A SimPy process per citizen, domain and life waits one timeout per transition (`tutorial_lives.py`), places are a
`simpy.Resource`, and each contract is an `Aggregate` with an event per fact (`tutorial_contracts.py`), saved in an
in-memory `Application` after each replication. The numbers are those of speed.yaml; `agreement.py` shows that both
versions mean the same.
"""

import datetime as dt
import math
import random
from collections import Counter, defaultdict

import simpy
from eventsourcing.application import Application

from .tutorial_contracts import Contract, GainShare, Pool, RateCard
from .tutorial_lives import DOMAINS, MONTH, YEAR, YEARS, Life, Process

HORIZON = YEARS * YEAR
CITIZENS, REFERRED_A_MONTH, PLACES = 300, 10, 120
LONGEST = 24 * MONTH
DROP_OUT = -math.log(0.85) / YEAR
AT_START, PER_MONTH = 10_000_00, 8_000_00
FOLLOW_UPS = (6, 12, 18, 24, 36, 48, 60)


class Replication:
    """Everything that happens in one replication: citizens, places, costs, contracts and the purse."""

    def __init__(self, seed: str, failures: bool = True) -> None:
        self.rng = random.Random(seed)
        self.failures = failures
        self.env = simpy.Environment()
        self.places = simpy.Resource(self.env, PLACES)
        self.present = self.new = 0
        self.card, self.share, self.pool = RateCard(), GainShare(), Pool()
        self.contracts: dict[str, Contract] = {"rate_card": self.card, "gain_share": self.share, "pool": self.pool}
        self.lives: dict[bool, list[list[Life]]] = {True: [], False: []}
        self.reached: dict[bool, Counter[tuple[str, int]]] = {True: Counter(), False: Counter()}
        self.postings: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * YEARS)

    def run(self) -> "Replication":
        """Let ten years pass."""
        for number in range(CITIZENS):
            self.env.process(self.citizen(number))
        self.env.process(self.months())
        self.env.process(self.year_ends())
        self.env.run(until=HORIZON + 0.25)
        return self

    def citizen(self, number: int) -> Process:
        """Referred, waiting for a place, served from the first of a month, and followed up."""
        referred = number // REFERRED_A_MONTH * MONTH
        for exposed in (True, False):
            self.lives[exposed].append([Life(self.env, self.rng, domain, referred) for domain in DOMAINS])
        yield self.env.timeout(referred)
        with self.places.request() as place:
            yield place
            yield self.env.timeout(-self.env.now % MONTH)
            if self.env.now >= HORIZON:
                return
            self.begin(number)
            self.env.process(self.follow_ups(number, self.env.now))
            yield self.env.timeout(min(math.ceil(self.rng.expovariate(DROP_OUT)), LONGEST))
            self.end(number)

    def begin(self, number: int) -> None:
        """A citizen's service begins."""
        self.present += 1
        self.new += 1
        for contract in self.contracts.values():
            contract.enrol(number)
        for life in self.lives[True][number]:
            life.expose(True)

    def end(self, number: int) -> None:
        """A citizen's service ends."""
        self.present -= 1
        for life in self.lives[True][number]:
            life.expose(False)

    def follow_ups(self, number: int, start: int) -> Process:
        """Measure at noon on the last day of each follow-up month of the citizen's own clock."""
        for month in FOLLOW_UPS:
            instant = start + month * MONTH
            if instant > HORIZON:
                return
            yield self.env.timeout(instant - 0.5 - self.env.now)
            for exposed, lives in self.lives.items():
                for life in lives[number]:
                    reached = life.reached(instant)
                    self.reached[exposed][life.domain.measure, month] += reached
                    if exposed and (reached or self.failures):
                        self.card.measure(number, life.domain.measure, month, reached)

    def months(self) -> Process:
        """Pay for the intervention each month, after the intake; capital is drawn as costs are paid."""
        yield self.env.timeout(0.25)
        for month in range(HORIZON // MONTH):
            cost = self.present * PER_MONTH + self.new * AT_START
            self.new = 0
            if cost:
                self.postings["intervention", ""][month // 12] += cost
                for contract in self.contracts.values():
                    contract.draw(dt.date(2022 + month // 12, month % 12 + 1, 1).toordinal(), cost)
            yield self.env.timeout(MONTH)

    def year_ends(self) -> Process:
        """State the year's saving, settle and pay."""
        for year in range(YEARS):
            yield self.env.timeout(YEAR)
            saved = self.saved(year)
            self.share.realise(year, saved)
            self.pool.realise(year, saved)
            for name, contract in self.contracts.items():
                contract.settle(dt.date(2022 + year, 12, 31).toordinal())
                for payer, amount in contract.owed().items():
                    contract.pay(payer, amount)
                    self.postings[name, payer][year] += amount

    def saved(self, year: int) -> int:
        """The year's saving after refusion, posted by line."""
        total = 0
        for at, domain in enumerate(DOMAINS):
            days = self._days(False, at, year) - self._days(True, at, year)
            gross = round(days * domain.price_per_year * domain.cashable / YEAR)
            refusion = round(gross * domain.refusion)
            self.postings["saving", domain.line][year] = gross
            self.postings["refusion", domain.line][year] = refusion
            total += gross - refusion
        return total

    def _days(self, exposed: bool, domain: int, year: int) -> int:
        total = 0
        for lives in self.lives[exposed]:
            lives[domain].count((year + 1) * YEAR)
            total += lives[domain].days[year]
        return total

    def net(self, design: str) -> list[int]:
        """The municipality's net by year under a design, its own pool inside its purse."""
        total = [0] * YEARS
        signs = {"saving": 1, "refusion": -1}
        if design == "pool":  # it lends and is repaid within the purse
            signs["intervention"] = -1
        for (what, who), amounts in self.postings.items():
            own = what == design and who == "municipality" and design != "pool"
            for year, amount in enumerate(amounts):
                total[year] += amount * (-1 if own else signs.get(what, 0))
        return total


def replicate(application: Application, seed: int, number: int, failures: bool = True) -> Replication:
    """One replication, its contracts saved; failures: whether a goal that was not reached is an event as well."""
    replication = Replication(f"{seed}/{number}", failures).run()
    application.save(*replication.contracts.values())
    return replication
