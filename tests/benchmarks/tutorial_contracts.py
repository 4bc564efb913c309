"""The three contracts of the benchmark as `eventsourcing` aggregates, one event per fact, as its tutorial has them."""

from typing import ClassVar

from eventsourcing.domain import Aggregate, event

UNBOUNDED = 10**15
MAXIMUM = 60_000_000_00
TIERS = ((0.8, 60_000_000_00), (0.4, UNBOUNDED))
PRICES = {6: 10_000_00, 12: 20_000_00, 18: 20_000_00, 24: 20_000_00, 36: 40_000_00, 48: 40_000_00, 60: 40_000_00}
Shares = dict[str, dict[str, float]]


class Contract(Aggregate):
    """What every contract remembers: who is enrolled, capital, what clauses have earned, and what was settled.

    Days are proleptic ordinals, amounts øre; `account` is capital with its growth less what has been settled.
    """

    shares: ClassVar[Shares] = {"savings": {"municipality": 1}}
    growth: ClassVar[float] = 1.0

    def open(self) -> None:
        """Nothing has happened yet; the library wants an `__init__` in each subclass, which calls this."""
        self.enrolled: list[int] = []
        self.account = self.day = self.saving = 0
        self.earned = dict.fromkeys(self.shares, 0)
        self.settled = dict.fromkeys(self.shares, 0)
        self.paid: dict[str, int] = {}

    @event("Enrolled")
    def enrol(self, citizen: int) -> None:
        """A citizen has begun."""
        self.enrolled.append(citizen)

    @event("Drawn")
    def draw(self, day: int, amount: int) -> None:
        """Capital has been drawn."""
        self.account = self.grown(day) + amount
        self.day = day

    def grown(self, day: int) -> int:
        """The return account on a day."""
        return int(self.account * self.growth ** ((day - self.day) / 365))

    def room(self, day: int) -> int:
        """The most that may be paid on a day."""
        return UNBOUNDED

    def settle(self, day: int) -> None:
        """State what is due by clause, within the contract's limit."""
        room, due = self.room(day), {}
        for clause, earned in self.earned.items():
            due[clause] = max(min(earned - self.settled[clause], room), 0)
            room -= due[clause]
        self.state_due(day, due)

    @event("Settled")
    def state_due(self, day: int, due: dict[str, int]) -> None:
        """Amounts have been stated, by clause."""
        self.account = self.grown(day) - sum(due.values())
        self.day = day
        for clause, amount in due.items():
            self.settled[clause] += amount

    def owed(self) -> dict[str, int]:
        """What each payer still owes of what has been settled."""
        total: dict[str, int] = {}
        for clause, payers in self.shares.items():
            for payer, share in payers.items():
                total[payer] = total.get(payer, 0) + round(self.settled[clause] * share)
        return {payer: amount - self.paid.get(payer, 0) for payer, amount in total.items()}

    @event("Paid")
    def pay(self, payer: str, amount: int) -> None:
        """A payer has paid."""
        self.paid[payer] = self.paid.get(payer, 0) + amount


class RateCard(Contract):
    """A price for each goal reached at a follow-up, under a ceiling on the yearly return."""

    shares: ClassVar[Shares] = {
        "housed": {"municipality": 0.6, "state": 0.4},
        "working": {"municipality": 1},
        "mastering": {"municipality": 1},
    }
    growth: ClassVar[float] = 1.06

    @event("Signed")
    def __init__(self) -> None:
        self.open()

    def room(self, day: int) -> int:
        """What the ceiling still allows."""
        return self.grown(day)

    @event("Measured")
    def measure(self, citizen: int, metric: str, month: int, reached: bool) -> None:
        """A citizen has been measured."""
        if reached:
            self.earned[metric] += PRICES[month]


class GainShare(Contract):
    """A share of the cumulative realised saving, lower when a step has been earned."""

    @event("Signed")
    def __init__(self) -> None:
        self.open()

    @event("SavingRealised")
    def realise(self, year: int, amount: int) -> None:
        """A year's saving has been certified."""
        self.saving += amount
        left, earned = max(self.saving, 0), 0
        for share, until in TIERS:
            step = min(round(left * share), until - earned)
            earned += step
            left -= round(step / share)
        self.earned["savings"] = earned


class Pool(Contract):
    """All of the realised saving goes back to the pool, up to a maximum."""

    @event("Signed")
    def __init__(self) -> None:
        self.open()

    def room(self, day: int) -> int:
        """What the maximum still allows."""
        return MAXIMUM - sum(self.settled.values())

    @event("SavingRealised")
    def realise(self, year: int, amount: int) -> None:
        """A year's saving has been certified."""
        self.saving += amount
        self.earned["savings"] = max(self.saving, 0)
