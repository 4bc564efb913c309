"""How lives run in a scenario: domains with states, and hazards without and with the intervention."""

import math
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from contracts.frozen import Frozen, Sourced
from contracts.problems import Finding, refuse
from contracts.values import Day, Month, Name

from .reading.words import unknown

_RATIO = "a hazard ratio: 1 is no effect, 0.5 halves the rate"
PositiveRate = Annotated[Decimal, Field(gt=0, le=1000, description="a rate above 0")]
Ratio = Annotated[Decimal, Field(ge=Decimal("0.001"), le=1000, description=_RATIO)]


class EverBy(Frozen):
    """So large a share has left the state at some time within so many months, if nothing calls them back."""

    share: Annotated[Decimal, Field(gt=0, lt=1, description="a share above 0 and below 1")]
    month: Annotated[int, Field(ge=1, le=1200)]


class Band(Frozen):
    """A hazard in part of a stay: for so many months since the state was entered; the last band has no months."""

    months: Annotated[int, Field(ge=1, le=1200)] | None = None
    monthly_rate: PositiveRate


class Hazard(Sourced):
    """How fast citizens move from one state to another, said in one of the ways people know it.

    `monthly_rate`, `yearly_rate`: a continuous rate. `median_months`: half have moved by then. `yearly_share`: so
    large a share moves within a year (continuously: −ln(1 − share)). `ever_by`: a share within so many months.
    `bands`: rates that change with the time since the state was entered.
    """

    monthly_rate: PositiveRate | None = None
    yearly_rate: PositiveRate | None = None
    median_months: PositiveRate | None = None
    yearly_share: Annotated[Decimal, Field(gt=0, lt=1, description="a share above 0 and below 1")] | None = None
    ever_by: EverBy | None = None
    bands: Annotated[tuple[Band, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        ways = [name for name in type(self).model_fields if name not in Sourced.model_fields]
        given = [way for way in ways if getattr(self, way) is not None]
        if len(given) != 1:
            hint = "keep one of them" if given else "say it in one of these ways"
            refuse(Finding(f"expected one of {', '.join(ways)}, found {' and '.join(given) or 'none'}", (), hint))
        refuse(*self._band_findings())
        return self

    def _band_findings(self) -> Iterator[Finding]:
        *before, last = enumerate(self.bands or (None,))
        for number, band in before:
            if band and band.months is None:
                hint = "add months:, how long this rate holds since the state was entered"
                yield Finding("every band but the last needs months", ("bands", number), hint)
        if last[1] and last[1].months is not None:
            hint = "remove months:, or add a band for the time after it"
            yield Finding("the last band holds from then on, and has no months", ("bands", last[0], "months"), hint)

    def monthly(self) -> tuple[tuple[float, float], ...]:
        """Bands of the stay as (ends after months, rate a month); the last ends at infinity."""
        if self.bands:
            ends = [float(sum(b.months or 0 for b in self.bands[: n + 1])) for n in range(len(self.bands))]
            return tuple((e, float(b.monthly_rate)) for e, b in zip([*ends[:-1], math.inf], self.bands, strict=True))
        return ((math.inf, self._constant()),)

    def _constant(self) -> float:
        if self.monthly_rate is not None:
            return float(self.monthly_rate)
        if self.yearly_rate is not None:
            return float(self.yearly_rate) / 12
        if self.median_months is not None:
            return math.log(2) / float(self.median_months)
        if self.yearly_share is not None:
            return -math.log1p(-float(self.yearly_share)) / 12
        if self.ever_by is not None:
            return -math.log1p(-float(self.ever_by.share)) / self.ever_by.month
        raise ValueError("the hazard has bands, not one rate")


class Effect(Hazard):
    """What the intervention does to one transition while it lasts: a hazard ratio, or the hazard itself."""

    hazard_ratio: Ratio | None = None


_ARROW = re.compile(r"(\w.*?)(?:\s*(?:[-=–—]+>|→|⇒)\s*|\s+(?:to|til|[-–—>])\s+)(\w.*?)\s*")


def _one_arrow(value: object) -> object:
    """Refuse other ways to write a transition, and tell the right one where it can be guessed."""
    found = _ARROW.fullmatch(value.strip()) if isinstance(value, str) and " -> " not in value else None
    if found:
        hint = f"write '{found[1]} -> {found[2]}'"
        refuse(Finding(f"expected a transition such as 'hjemme -> anbragt', found '{value}'", (), hint))
    return value


Arrow = Annotated[
    str,
    Field(pattern=r"^\S.* -> .*\S$", description="a transition such as 'hjemme -> anbragt'"),
    BeforeValidator(_one_arrow),
]


class Shock(Sourced):
    """What hits everybody at once, in both lives: a recession, an epidemic, a reform.

    From the day `from` until the day `until` (the first day after it; left out, to the end) the hazard of each named
    transition, with and without the intervention, is multiplied by its ratio. Shocks that overlap multiply.
    """

    from_: Annotated[Day, Field(alias="from", description="its first day, such as 2020-03-11")]
    until: Annotated[Day | None, Field(description="the first day after it")] = None
    hazard_ratios: Annotated[dict[Arrow, Ratio], Field(min_length=1, description="transition: hazard ratio")]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.from_:
            hint = "until is the first day after the shock; leave it out for a shock that lasts"
            refuse(Finding(f"expected an end after {self.from_}, found {self.until}", ("until",), hint))
        return self


class HazardDomain(Frozen):
    """A part of life with states, and hazards between them. Everyone begins in `initial` (the first state).

    `shocks`: dated changes of the hazards that hit everybody, with the intervention and without.
    """

    kind: Literal["hazards"]
    states: Annotated[tuple[Name, ...], Field(min_length=2, max_length=20)]
    initial: Name | None = None
    without: Annotated[dict[Arrow, Hazard], Field(min_length=1)]
    with_: Annotated[dict[Arrow, Effect], Field(alias="with")] = {}
    shocks: dict[Name, Shock] = {}

    @model_validator(mode="after")
    def _states_known(self) -> Self:
        refuse(*self._findings())
        return self

    def _findings(self) -> Iterator[Finding]:
        yield from _states(self.states, self.initial)
        for path, arrow in self._arrows():
            for state in ends(arrow):
                yield from unknown("state", state, self.states, path)
            if ends(arrow)[0] == ends(arrow)[1]:
                yield Finding("a transition to the same state", path, "name two states")
            elif arrow not in self.without and set(ends(arrow)) <= set(self.states):
                hint = "give its hazard without the intervention too"
                yield Finding(f"'{arrow}' has no hazard without the intervention", path, hint)

    def _arrows(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Every transition that is named, with its place."""
        sides: tuple[tuple[tuple[str, ...], Iterable[str]], ...] = (
            (("without",), self.without),
            (("with",), self.with_),
            *((("shocks", name, "hazard_ratios"), shock.hazard_ratios) for name, shock in self.shocks.items()),
        )
        for path, arrows in sides:
            for arrow in arrows:
                yield (*path, arrow, "[key]"), arrow


class StatedGroup(Frozen):
    """So many citizens with the same stated lives: the state they enter on each date, without and with."""

    citizens: Annotated[int, Field(ge=1, description="how many citizens, such as 5")]
    without: dict[Day, Name] = {}
    with_: Annotated[dict[Day, Name], Field(alias="with")] = {}


class StatedDomain(Frozen):
    """A part of life whose courses are stated, citizen by citizen in order, instead of drawn."""

    kind: Literal["stated"]
    states: Annotated[tuple[Name, ...], Field(min_length=2, max_length=20)]
    initial: Name | None = None
    stated: Annotated[tuple[StatedGroup, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _states_known(self) -> Self:
        findings = list(_states(self.states, self.initial))
        for number, group in enumerate(self.stated):
            for side, path in (("without", group.without), ("with", group.with_)):
                for day, state in path.items():
                    findings += unknown("state", state, self.states, ("stated", number, side, day))
        refuse(*findings)
        return self


Domain = Annotated[HazardDomain | StatedDomain, Field(discriminator="kind")]


def _states(states: tuple[str, ...], initial: str | None) -> Iterator[Finding]:
    if len(set(states)) < len(states):
        yield Finding("a state stands twice", ("states",), "name each state once")
    if initial is not None:
        yield from unknown("state", initial, states, ("initial",))


def ends(arrow: str) -> tuple[str, str]:
    """The two states of a transition written 'from -> to'."""
    origin, _, destination = arrow.partition(" -> ")
    return origin.strip(), destination.strip()


class OutcomeMeasure(Sourced):
    """A citizen reaches the goal at a follow-up month when the state has lasted `over_months` up to that month's
    end."""

    kind: Literal["outcome"]
    domain: Name
    state: Name
    over_months: Annotated[int, Field(ge=0, le=240, description="how many months without a break, such as 6")] = 0
    at_months: Annotated[tuple[Month, ...], Field(min_length=1)]


class SavingMeasure(Sourced):
    """The municipality's released saving after refusion in a calendar year, measured against the lives without.

    `lines`: the economy lines that count; all when left out. Certified at the end of each year.
    """

    kind: Literal["saving"]
    lines: tuple[Name, ...] | None = None


Measure = Annotated[OutcomeMeasure | SavingMeasure, Field(discriminator="kind")]
