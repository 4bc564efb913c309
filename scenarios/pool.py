"""An internal investment pool (*intern investeringspulje*): a pipeline of investments, and ways to design the pool."""

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from contracts.frozen import Frozen, Sourced, example
from contracts.problems import Finding, refuse
from contracts.values import Day, Kroner, Name, Rate, Share, Text, Title

from .parts import Group
from .prices import Discounting, divisors, national_discounting
from .reading.words import unknown

Years = Annotated[int, Field(ge=1, le=60, description="a number of years")]
Counted = Literal["full_phase_in", "cumulative", "discounted"]
Gain = Annotated[int, Field(ge=-(10**10), le=10**10, description="whole kroner; a loss is negative")]
FileName = Annotated[str, Field(pattern=r"^[\w-]{1,80}$", description="a scenario's file name without its ending")]
Natural = Annotated[int, Field(ge=0, le=100_000, description="a number of citizens")]
Rise = Annotated[Decimal, Field(ge=0, le=Decimal("0.2"), decimal_places=6, description="a yearly rise, such as 0.02")]
Factor = Annotated[Decimal, Field(ge=-2, le=5, decimal_places=6, description="a factor such as 0.8")]


class Between(Frozen):
    """A number of which only the bounds are known: every value from `least` to `most` is equally likely."""

    model_config = example(least="0.3", most="1.1")

    least: Factor
    most: Factor

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.most:
            refuse(Finding(f"expected least up to most, found {self.least} above {self.most}", ("least",), "swap them"))
        return self


class Delay(Frozen):
    """How many whole months pass from approval until the investment begins: equally likely from `least` to `most`."""

    model_config = example(least=0, most=12)

    least: Annotated[int, Field(ge=0, le=120, description="whole months")] = 0
    most: Annotated[int, Field(ge=0, le=120, description="whole months")] = 0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.most:
            refuse(Finding(f"expected least up to most, found {self.least} above {self.most}", ("least",), "swap them"))
        return self


class StatedGain(Sourced):
    """What an investment gives one party in each year after it began, kroner; for the municipality by committee."""

    model_config = example(committee="school", kroner=[0, 0, 400_000, 800_000])

    party: Literal["municipality", "region", "state", "citizens"] = "municipality"
    committee: Name | None = None
    kroner: Annotated[tuple[Gain, ...], Field(min_length=1, max_length=60, description="kroner by year")]

    @model_validator(mode="after")
    def _committee_given(self) -> Self:
        if (self.party == "municipality") != (self.committee is not None):
            told = "a gain of the municipality names its committee, any other party's does not"
            refuse(Finding(told, ("committee",), "add committee:, or party:"))
        return self


class Stated(Frozen):
    """An investment whose costs and expected gains are stated by year, where there is no scenario of its lives.

    `committee` applies for it, bears what it costs beyond the loan, and repays: left out, the first that gains.
    `results`: how many citizens reach the goal in each year, for a pool that is repaid by outcome.
    """

    model_config = example(
        citizens=20,
        costs=[2_000_000, 2_000_000],
        gains=[{"committee": "children", "kroner": [0, 1_500_000, 2_500_000]}],
    )

    citizens: Annotated[int, Field(ge=1, le=100_000, description="how many citizens, such as 20")]
    costs: Annotated[tuple[Kroner, ...], Field(min_length=1, max_length=60, description="kroner by year")]
    gains: Annotated[tuple[StatedGain, ...], Field(min_length=1)]
    committee: Name | None = None
    results: Annotated[tuple[Natural, ...], Field(max_length=60, description="citizens by year")] = ()

    @property
    def applicant(self) -> str:
        """The committee that applies; empty where the municipality gains nothing."""
        return self.committee or next((gain.committee for gain in self.gains if gain.committee), "")


class Investment(Sourced):
    """A kind of investment that departments apply for: a scenario's service and lives (`scenario`), or stated figures.

    `per_year` applications come in each of the `years` from `first_year` (1 is the pool's first), evenly over the year.
    Each is `size` times as large as the scenario. The application claims `claimed` times the gain that the scenario
    gives on average; what is realised is `effect` times what the scenario gives that time. Costs are those expected.
    `price_per_result`: what one result repays here, under a design that is repaid by outcome, instead of its own price.
    """

    model_config = example(scenario="holbaek-ips", per_year=2, size={"least": "0.5", "most": 1}, effect="0.8")

    scenario: FileName | None = None
    stated: Stated | None = None
    per_year: Annotated[int, Field(ge=1, le=100, description="how many applications a year")] = 1
    first_year: Years = 1
    years: Years | None = None
    size: Factor | Between = Decimal(1)
    delay_months: Annotated[int, Field(ge=0, le=120, description="whole months")] | Delay = 0
    effect: Factor | Between = Decimal(1)
    claimed: Factor = Decimal(1)
    price_per_result: Kroner | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.scenario is None) == (self.stated is None):
            found = "none" if self.scenario is None else "both"
            refuse(Finding(f"expected one of scenario and stated, found {found}", (), "keep one of the two"))
        least = self.size.least if isinstance(self.size, Between) else self.size
        if least <= 0:
            refuse(Finding(f"expected a size above 0, found {least}", ("size",), "mend the size"))
        return self


class PaybackLimit(Frozen):
    """Applications that pay back later are turned away, by what the municipality's committees gain as claimed.

    `full_phase_in`: cost over the gain of the best year; `cumulative`: the year in which gains to date reach costs to
    date; `discounted`: the same of present values. By the last two, years are counted from the investment's start, and
    what falls in a year comes evenly over it.
    """

    model_config = example(years=6, counted="cumulative")

    years: Annotated[Decimal, Field(gt=0, le=60, decimal_places=2, description="years, such as 6")]
    counted: Counted = "cumulative"


class Repayment(Sourced):
    """How departments pay back.

    `basis`: `budgeted`, the gain that the application claims is taken out of the budget whether it comes or not;
    `realised`, what is really gained; `outcome`, `price_per_result` for each citizen who reaches the goal; `none`.
    `form`: `instalments` stop when what was lent is repaid with its interest; a `frame_cut` goes on as long as the
    gain, and what comes beyond the loan is new capital. `grace_years` from approval nothing is repaid. `retained`: the
    share of the gain that the department keeps. What is not repaid `years` after approval is a loss (see `loss`).
    `interest` a year on what is outstanding at the beginning of a year; `index`: a yearly rise of the sums repaid.
    """

    model_config = example(basis="realised", form="instalments", grace_years=1, years=6, retained="0.25")

    basis: Literal["budgeted", "realised", "outcome", "none"]
    form: Literal["frame_cut", "instalments"] = "instalments"
    grace_years: Annotated[int, Field(ge=0, le=30, description="years without repayment")] = 0
    years: Years = 10
    retained: Share = Decimal(0)
    price_per_result: Kroner | None = None
    interest: Rate = Decimal(0)
    index: Rise = Decimal(0)

    @model_validator(mode="after")
    def _price_fits(self) -> Self:
        if self.basis != "outcome" and self.price_per_result is not None:
            told = "a price per result goes with repayment by outcome"
            refuse(Finding(told, ("price_per_result",), "leave it out, or repay by outcome"))
        return self


class Loss(Sourced):
    """Who bears what is not repaid in time: the pool, the department, or both by share; first of all a guarantor.

    `department_share` is of what the guarantee does not cover; `guarantee` in all, over the pool's life.
    """

    model_config = example(department_share="0.5", guarantee=2_000_000, guarantor="foundation")

    department_share: Share = Decimal(0)
    guarantee: Kroner = 0
    guarantor: Name = "guarantor"


class CoInvestment(Sourced):
    """Somebody else's share of every loan, of what is repaid, and of what is lost."""

    model_config = example(by="DSI", share="0.5")

    by: Name
    share: Annotated[Decimal, Field(gt=0, lt=1, decimal_places=6, description="a share between 0 and 1")]


class StopRule(Sourced):
    """An investment is stopped if, `after_years`, less than the share `below` of the claimed gain to date is realised.

    What is not yet paid out is then never spent, and later gains fall in the same proportion as the spending.
    """

    model_config = example(after_years=2, below="0.5")

    after_years: Years
    below: Share


class Lights(Frozen):
    """Follow-up by traffic lights: the share of the claimed gain to date that is realised, from which it is green."""

    model_config = example(green="0.9", yellow="0.6")

    green: Factor = Decimal("0.9")
    yellow: Factor = Decimal("0.6")


class PoolDesign(Sourced):
    """A way to set up the pool.

    `capital` is paid in at the start, `top_up` on 1 January of each of the next `top_up_years` (none: every year).
    `unused`: what is neither lent nor promised at the end of a year is carried over, or `lapses` to the treasury.
    `calls`: applications are decided `once` or `twice` a year (on 1 January and 1 July), or as they come (`rolling`,
    monthly). They are `ranked_by` payback, net gain or reach (citizens), all as claimed, less `haircut` of the gain for
    optimism. One is approved if the capital covers all its costs, and its costs of each year lie within the
    `spending_room` of that year (*måltal*) that earlier approvals left. Others apply again for `waits_years`.
    """

    model_config = example(
        capital=20_000_000,
        calls="twice",
        spending_room=8_000_000,
        payback_limit={"years": 6, "counted": "cumulative"},
        repayment={"basis": "realised", "years": 8},
    )

    label: dict[Literal["da", "en"], Text] = {}
    capital: Kroner
    top_up: Kroner = 0
    top_up_years: Years | None = None
    unused: Literal["carried_over", "lapses"] = "carried_over"
    calls: Literal["once", "twice", "rolling"] = "once"
    ranked_by: Literal["payback", "net_gain", "reach"] = "payback"
    haircut: Share = Decimal(0)
    waits_years: Annotated[int, Field(ge=0, le=10, description="years")] = 1
    spending_room: Kroner | None = None
    payback_limit: PaybackLimit | None = None
    repayment: Repayment
    loss: Loss = Loss()
    co_investment: CoInvestment | None = None
    stop: StopRule | None = None
    lights: Lights = Lights()


class PoolScenario(Frozen):
    """A pipeline of investments, and pool designs that are compared on the same pipeline and luck."""

    model_config = example(
        kind="pool",
        title="Investment pool",
        municipality="0751",
        start="2024-01-01",
        years=10,
        investments={"IPS": {"scenario": "holbaek-ips", "per_year": 2, "effect": {"least": "0.3", "most": 1}}},
        designs={"realised": {"capital": 20_000_000, "repayment": {"basis": "realised"}}},
    )

    kind: Literal["pool"]
    title: Title
    municipality: Annotated[str, Field(pattern=r"^\d{4}$", description='four digits in quotes, such as "0751"')]
    language: Literal["da", "en"] = "da"
    group: Group | None = None
    start: Annotated[Day, Field(description="1 January of the pool's first year")]
    years: Annotated[int, Field(ge=1, le=40, description="how many budget years are followed")]
    sources: dict[Name, Text] = {}
    discounting: Discounting = Discounting()
    investments: Annotated[dict[Name, Investment], Field(min_length=1, max_length=50)]
    designs: Annotated[dict[Name, PoolDesign], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _fits(self, info: ValidationInfo) -> Self:
        refuse(*self._findings(info.context))
        return self

    def _unpriced(self) -> Iterator[Finding]:
        unpriced = [name for name, each in self.investments.items() if each.price_per_result is None]
        for name, design in self.designs.items():
            if design.repayment.basis == "outcome" and design.repayment.price_per_result is None and unpriced:
                told = f"expected a price per result, found none for {', '.join(unpriced)}"
                place = ("designs", name, "repayment", "price_per_result")
                yield Finding(told, place, "add price_per_result: here, or to each investment")

    @property
    def discount_divisors(self) -> tuple[float, ...]:
        """What the cash of each budget year is divided by to have its value in the first."""
        return divisors(self.discounting, None, range(self.start.year, self.start.year + self.years))

    def _findings(self, context: Mapping[str, Any] | None) -> Iterator[Finding]:
        if (self.start.month, self.start.day) != (1, 1):
            told = f"expected the first day of a budget year, found {self.start}"
            yield Finding(told, ("start",), f"write {dt.date(self.start.year, 1, 1)}")
        yield from self._unpriced()
        if self.discounting.rule is not None:
            rules = national_discounting()
            yield from unknown("discounting rule", self.discounting.rule, rules, ("discounting", "rule"))
        known = None if context is None else context["scenarios"]
        for name, investment in self.investments.items():
            last = investment.first_year + (investment.years or 1) - 1
            if last > self.years:
                told = f"applications until year {last} of {self.years}"
                yield Finding(told, ("investments", name), "let the pool run longer, or the applications end sooner")
            if known is not None and investment.scenario not in (None, *known):
                close = difflib.get_close_matches(str(investment.scenario), known, n=3)
                hint = f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(known)}"
                yield Finding(f"there is no scenario '{investment.scenario}'", ("investments", name, "scenario"), hint)
