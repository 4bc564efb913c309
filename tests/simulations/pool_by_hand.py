"""Random pools over stated investments, and a pool by hand: one replication in plain loops, for comparison."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from scenarios.pool import Investment, PoolDesign, PoolScenario

Tree = dict[str, Any]
KRONER = st.integers(0, 3_000_000)
SHARES = st.sampled_from((0, Decimal("0.25"), Decimal("0.333333"), 1))


@st.composite
def investments(draw: st.DrawFn) -> Tree:
    """A stated investment, with luck where it is not alone certain."""
    gains = [
        {"committee": "social", "kroner": draw(st.lists(st.integers(-500_000, 2_000_000), min_size=1, max_size=8))}
    ]
    if draw(st.booleans()):
        gains.append({"party": "state", "kroner": draw(st.lists(KRONER, min_size=1, max_size=8))})
    if draw(st.booleans()):
        gains.append({"committee": "school", "kroner": draw(st.lists(KRONER, min_size=1, max_size=8))})
    stated = {
        "citizens": draw(st.integers(1, 50)),
        "costs": draw(st.lists(KRONER, min_size=1, max_size=5)),
        "gains": gains,
        "results": draw(st.lists(st.integers(0, 20), max_size=6)),
    }
    found: Tree = {
        "stated": stated,
        "per_year": draw(st.integers(1, 3)),
        "claimed": draw(st.sampled_from((1, Decimal("1.7")))),
    }
    if draw(st.booleans()):
        found["size"] = {"least": Decimal("0.5"), "most": 2}
    if draw(st.booleans()):
        found["effect"] = {"least": Decimal("-0.2"), "most": Decimal("1.3")}
    if draw(st.booleans()):
        found["price_per_result"] = draw(st.integers(0, 200_000))
    if draw(st.booleans()):
        found["delay_months"] = {"least": 0, "most": 14}
    return found


@st.composite
def designs(draw: st.DrawFn) -> Tree:
    """A pool design of any kind."""
    basis = draw(st.sampled_from(("budgeted", "realised", "outcome", "none")))
    repayment: Tree = {
        "basis": basis,
        "form": draw(st.sampled_from(("instalments", "frame_cut"))),
        "grace_years": draw(st.integers(0, 2)),
        "years": draw(st.integers(1, 8)),
        "retained": draw(SHARES),
        "interest": draw(st.sampled_from((0, Decimal("0.03")))),
        "index": draw(st.sampled_from((0, Decimal("0.02")))),
    }
    if basis == "outcome":
        repayment["price_per_result"] = draw(st.integers(0, 200_000))
    found: Tree = {
        "capital": draw(st.integers(0, 10_000_000)),
        "top_up": draw(st.sampled_from((0, 500_000))),
        "unused": draw(st.sampled_from(("carried_over", "lapses"))),
        "calls": draw(st.sampled_from(("once", "twice", "rolling"))),
        "ranked_by": draw(st.sampled_from(("payback", "net_gain", "reach"))),
        "haircut": draw(SHARES),
        "waits_years": draw(st.integers(0, 2)),
        "repayment": repayment,
        "loss": {"department_share": draw(SHARES), "guarantee": draw(st.sampled_from((0, 1_000_000)))},
    }
    if draw(st.booleans()):
        found["spending_room"] = draw(st.integers(0, 5_000_000))
    if draw(st.booleans()):
        counted = draw(st.sampled_from(("full_phase_in", "cumulative", "discounted")))
        found["payback_limit"] = {"years": draw(st.integers(1, 8)), "counted": counted}
    if draw(st.booleans()):
        found["co_investment"] = {"by": "DSI", "share": draw(st.sampled_from((Decimal("0.5"), Decimal("0.333333"))))}
    if draw(st.booleans()):
        found["stop"] = {"after_years": draw(st.integers(1, 3)), "below": draw(SHARES)}
    return found


@st.composite
def pools(draw: st.DrawFn) -> PoolScenario:
    """A pool of some years."""
    kinds = draw(st.lists(investments(), min_size=1, max_size=3))
    return PoolScenario.model_validate(
        {
            "kind": "pool",
            "title": "Puljen",
            "municipality": "0751",
            "start": "2024-01-01",
            "years": draw(st.integers(1, 8)),
            "discounting": {"rate": draw(st.sampled_from((0, Decimal("0.035"))))},
            "investments": {f"kind {number}": kind for number, kind in enumerate(kinds)},
            "designs": {"one": draw(designs())},
        }
    )


def rounded(value: Fraction) -> int:
    """The nearest whole number, a half away from zero."""
    size = int(abs(value) + Fraction(1, 2))
    return -size if value < 0 else size


@dataclass
class Luck:
    """An application as one replication meets it: kind, month, millionths of cost, gain and claim, months of delay."""

    name: str
    kind: Investment
    month: int
    size: int
    gain: int
    claim: int
    delay: int


@dataclass
class Loan:
    """An approved investment by hand; amounts in øre to date."""

    luck: Luck
    start: int
    year: int
    released: int = 0
    repaid: int = 0
    lost: int = 0
    own_released: int = 0
    own_repaid: int = 0
    own_lost: int = 0
    interest: int = 0
    owed_before: int = 0
    over: bool = False
    followed: bool = False
    kept: Fraction | None = None
    then: dict[str, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)


@dataclass
class ByHand:
    """A pool of one replication, in plain loops over whole numbers and fractions."""

    pool: PoolScenario
    design: PoolDesign
    luck: list[Luck]
    payback: dict[str, Decimal | None]
    balance: int = 0
    free: int = 0
    guarantee: int = 0
    noted: list[Counter[str]] = field(default_factory=list)
    loans: list[Loan] = field(default_factory=list)

    def run(self) -> list[Counter[str]]:
        """What happens in each year."""
        calls = {"once": (0,), "twice": (0, 6), "rolling": tuple(range(12))}[self.design.calls]
        waiting = [luck for luck in self.luck if self._is_let_in(luck)]
        first = {luck.name: self._first_call(luck.month, calls) for luck in waiting}
        room: Counter[int] = Counter()
        self.guarantee = 100 * self.design.loss.guarantee
        self.room_of = room
        for year in range(self.pool.years):
            self.noted.append(Counter())
            self._receive("paid_in", self._paid_in(year))
            for call in calls:
                now = 12 * year + call
                heard = [luck for luck in waiting if 0 <= now - first[luck.name] <= 12 * self.design.waits_years]
                for luck in sorted(heard, key=self._rank):
                    if self._approve(luck, year, now):
                        waiting.remove(luck)
            self._one_year(year)
            if self.design.unused == "lapses":
                self.noted[-1]["lapsed"] += self.free
                self.balance, self.free = self.balance - self.free, 0
            self.noted[-1]["balance"] = self.balance
        return self.noted

    def _is_let_in(self, luck: Luck) -> bool:
        limit, years = self.design.payback_limit, self.payback[luck.name.rsplit("-", 1)[0]]
        return limit is None or (years is not None and years <= limit.years)

    def _first_call(self, month: int, calls: tuple[int, ...]) -> int:
        return next(now for now in range(month, month + 13) if now % 12 in calls)

    def _paid_in(self, year: int) -> int:
        if year == 0:
            return 100 * self.design.capital
        last = self.design.top_up_years
        return 100 * self.design.top_up if last is None or year <= last else 0

    def _receive(self, what: str, amount: int) -> None:
        self.noted[-1][what] += amount
        self.balance, self.free = self.balance + amount, self.free + amount

    def _rank(self, luck: Luck) -> Any:
        years = self.payback[luck.name.rsplit("-", 1)[0]]
        if self.design.ranked_by == "payback":
            return (years is None, years or 0)
        stated = luck.kind.stated
        if stated is None:
            raise ValueError("by hand investments are stated")
        if self.design.ranked_by == "reach":
            return -rounded(Fraction(stated.citizens * luck.size, 10**6))
        certain = rounded(Fraction(int(luck.kind.claimed * 10**6) * int((1 - self.design.haircut) * 10**6), 10**6))
        cost = 100 * sum(stated.costs)
        gain = 100 * sum(sum(gain.kroner) for gain in stated.gains if gain.party == "municipality")
        worth = rounded(Fraction(gain * certain, 10**6)) - cost
        return -rounded(Fraction(worth * luck.size, 10**6))

    def _own(self, amount: int) -> int:
        partner = self.design.co_investment.share if self.design.co_investment else Decimal(0)
        return rounded(amount * (1 - Fraction(partner)))

    def _to_date(self, luck: Luck, age: int) -> dict[str, int]:
        """Costs, claims, gains, and results (millionths) of an investment in its first months."""
        stated = luck.kind.stated
        if stated is None:
            raise ValueError("by hand investments are stated")
        gains = [gain.kroner for gain in stated.gains if gain.party == "municipality"]
        most = max(len(stated.costs), len(stated.results), *(len(gain.kroner) for gain in stated.gains))
        gained = [sum(kroner[year] for kroner in gains if year < len(kroner)) for year in range(most)]
        age = min(max(age, 0), 12 * most)
        cost, gain = _by_month([100 * each for each in stated.costs], age), _by_month([100 * g for g in gained], age)
        results = _by_month([10**6 * each for each in stated.results], age)
        return {
            "cost": rounded(Fraction(cost * luck.size, 10**6)),
            "claimed": rounded(Fraction(gain * luck.claim, 10**6)),
            "gained": rounded(Fraction(gain * luck.gain, 10**6)),
            "results": rounded(Fraction(results * max(luck.gain, 0), 10**6)),
        }

    def _approve(self, luck: Luck, year: int, now: int) -> bool:
        whole = self._to_date(luck, 10**6)["cost"]
        if self._own(whole) > self.free:
            self.noted[-1]["short"] = 1
            return False
        start = now + luck.delay
        if self.design.spending_room is not None:
            use = Counter[int]()
            for each in range(self.pool.years + 10):
                before, after = (self._to_date(luck, 12 * end - start)["cost"] for end in (each, each + 1))
                use[each] = after - before
            if any(amount and amount + self.room_of[y] > 100 * self.design.spending_room for y, amount in use.items()):
                return False
            self.room_of.update(use)
        self.free -= self._own(whole)
        self.noted[-1]["approved"] += 1
        self.loans.append(Loan(luck, start, year, last=dict.fromkeys(("cost", "claimed", "gained", "results"), 0)))
        return True

    def _now(self, loan: Loan, year: int) -> dict[str, int]:
        found = self._to_date(loan.luck, 12 * (year + 1) - loan.start)
        if loan.kept is not None:
            for what in ("claimed", "gained", "results"):
                grown = rounded((found[what] - loan.then[what]) * loan.kept)
                found[what] = loan.then[what] + grown
            found["cost"] = loan.then["cost"]
        return found

    def _one_year(self, year: int) -> None:
        terms = self.design.repayment
        for loan in self.loans:
            now = self._now(loan, year)
            own = self._own(now["cost"]) - self._own(loan.released)
            loan.released, loan.own_released = now["cost"], loan.own_released + own
            self.balance -= own
            self.noted[-1]["lent"] += own
            if terms.basis == "none":
                loan.lost, loan.own_lost = loan.released, loan.own_released
            self._repay(loan, now, year)
            if self.design.stop and loan.kept is None and not loan.followed:
                self._follow_up(loan, now, year)
            loan.last = now
        for loan in self.loans:
            self._end(loan, year)
            loan.owed_before = 0 if loan.over else loan.released - loan.repaid - loan.lost
            self.noted[-1]["outstanding"] += loan.own_released - loan.own_repaid - loan.own_lost

    def _repay(self, loan: Loan, now: dict[str, int], year: int) -> None:
        terms, since = self.design.repayment, year - loan.year
        new = {what: now[what] - loan.last[what] for what in now}
        of_kind = loan.luck.kind.price_per_result
        price = 100 * (terms.price_per_result or 0 if of_kind is None else of_kind)
        outcome = rounded(Fraction(new["results"] * price, 10**6))
        base = {"budgeted": new["claimed"], "realised": new["gained"], "outcome": outcome, "none": 0}[terms.basis]
        base = rounded(max(base, 0) * (1 - Fraction(terms.retained)))
        if terms.index:
            base = rounded(Fraction(base * round((1 + terms.index) ** since * 10**6), 10**6))
        base = 0 if since < terms.grace_years or not loan.own_released else base
        loan.interest += rounded(max(loan.owed_before, 0) * Fraction(terms.interest))
        owed = 0 if loan.over else loan.released - loan.repaid - loan.lost
        most = 0 if loan.over else owed + loan.interest
        paid = min(base, most) if terms.form == "instalments" else base
        interest = min(paid, loan.interest)
        principal = min(paid - interest, owed)
        loan.interest -= interest
        own, beyond = self._own_part(loan, principal), self._own(paid - principal)
        loan.repaid, loan.own_repaid = loan.repaid + principal, loan.own_repaid + own
        self._receive("repaid", own)
        self._receive("earned", beyond)

    def _own_part(self, loan: Loan, principal: int) -> int:
        left = loan.own_released - loan.own_repaid - loan.own_lost
        if principal and loan.repaid + principal + loan.lost == loan.released:
            return left
        return min(self._own(loan.repaid + principal) - self._own(loan.repaid), left)

    def _follow_up(self, loan: Loan, now: dict[str, int], year: int) -> None:
        stop = self.design.stop
        if stop is None or 12 * (year + 1) - loan.start < 12 * stop.after_years:
            return
        loan.followed = True
        if now["gained"] < now["claimed"] * Fraction(stop.below):
            whole = self._to_date(loan.luck, 10**6)["cost"]
            loan.kept = Fraction(now["cost"] * 10**6 // max(whole, 1), 10**6)
            loan.then = now
            self.free += self._own(whole) - self._own(now["cost"])
            self.noted[-1]["stopped"] += 1

    def _end(self, loan: Loan, year: int) -> None:
        whole = self._to_date(loan.luck, 10**6)["cost"]
        if loan.over or year - loan.year + 1 < self.design.repayment.years:
            return
        if loan.released != whole and loan.kept is None:
            return
        missing = loan.released - loan.repaid - loan.lost
        covered = min(missing, self.guarantee)
        self.guarantee -= covered
        department = rounded((missing - covered) * Fraction(self.design.loss.department_share))
        own = self._own_part(loan, covered + department)
        loan.repaid, loan.own_repaid = loan.repaid + covered + department, loan.own_repaid + own
        loan.lost += missing - covered - department
        lost = loan.own_released - loan.own_repaid - loan.own_lost
        loan.own_lost += lost
        self._receive("repaid", own)
        self.noted[-1]["written_off"] += lost
        self.noted[-1]["guaranteed"] += covered
        self.noted[-1]["department_loss"] += department
        loan.over = True


def _by_month(yearly: list[int], month: int) -> int:
    """What has come by the end of a month, evenly over each year."""
    whole, part = divmod(month, 12)
    before = sum(yearly[:whole])
    return before + (rounded(Fraction(yearly[whole] * part, 12)) if whole < len(yearly) else 0)
