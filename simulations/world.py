"""One block of the world: what happens to citizens in every replication, whoever pays.

Order: programme (drop-out) → places and starts → lives without and with → facts and savings. Designs that ask for the
same variant of the world share all of it.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from contracts.money import muldiv, ore
from scenarios.lives import Hazard, HazardDomain
from scenarios.prices import in_prices_of

from .calendar import Enrolment, enrol
from .cashability import LineSaving, released
from .draws import Draws, Floats
from .lives import NEVER, Life, Window, hazard_life, row_of, stated_life, stay
from .measuring import FollowUp, Saving, measured, reached, stays
from .months import MONTH, YEAR
from .refusion import UNIT
from .setup import LineSetup, Setup, Variant, cost_days
from .usage import Usage, usage

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class World:
    """Everything that designs of one variant share; amounts in øre, rows are replications.

    closes [row]: the instant at which the intervention is closed down; costs: (day number, amount [row]) as it is paid;
    savings: by economy line; follow_ups: who reached what with the intervention, anyway: the same people without it;
    realised: savings as facts.
    """

    variant: Variant
    closes: Floats
    enrolment: Enrolment
    costs: tuple[tuple[int, Ints], ...]
    savings: dict[str, LineSaving]
    follow_ups: list[FollowUp]
    anyway: list[FollowUp]
    realised: list[Saving]


@dataclass
class Block:
    """One block of replications: its draws, and what has been made of them so far."""

    setup: Setup
    draws: Draws
    independent: bool = False
    _without: dict[str, Life] = field(default_factory=dict)
    _usage: dict[str, Usage] = field(default_factory=dict)
    _worlds: dict[Variant, World] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Replications in the block."""
        return self.draws.replications

    def world(self, variant: Variant) -> World:
        """The world of a variant; made once."""
        if variant not in self._worlds:
            self._worlds[variant] = _world(self, variant)
        return self._worlds[variant]

    def without(self, domain: str) -> Life:
        """The lives without the intervention in a domain; made once for all variants."""
        if domain not in self._without:
            self._without[domain] = life(self, domain, None, Variant())
        return self._without[domain]

    def usage_without(self) -> dict[str, Usage]:
        """What the lives without the intervention use of each economy line; made once."""
        if not self._usage:
            self._usage.update(usage(self.setup, self.without, self.rows))
        return self._usage


def life(block: Block, domain: str, exposure: Window | None, variant: Variant) -> Life:
    """Courses in a domain: with the intervention during the exposure, or without it (none)."""
    setup = block.setup
    found = setup.scenario.domains[domain]
    if not isinstance(found, HazardDomain):
        paths = setup.stated_paths(found, exposure is not None)
        return stated_life(found, paths, setup.referred, block.rows, setup.horizon)
    prefix = "with:" if block.independent and exposure is not None else ""
    return hazard_life(
        name=domain,
        out=setup.moves(domain, variant.effect_factor),
        exponentials=lambda name: block.draws.exponentials(prefix + name),
        first=found.states.index(found.initial or found.states[0]),
        referred=np.repeat(setup.referred, block.rows).astype(np.float32),
        exposure=exposure,
        horizon=setup.horizon,
    )


def _world(block: Block, variant: Variant) -> World:
    setup = block.setup
    service = setup.scenario.intervention
    closes = _closures(block, variant)
    enrolment = enrol(
        referred=setup.referred,
        lasting=_lasting(block, service.drop_out, service.months * MONTH),
        places=setup.scenario.target_group.intake.places,
        first_day=variant.start_delay_months * MONTH,
        closes=closes,
        horizon=setup.horizon,
    )
    exposure = (enrolment.starts, enrolment.stops + np.float32(service.effect_lasts_months_after * MONTH))
    lives = {name: life(block, name, exposure, variant) for name in setup.scenario.domains}
    before, after = block.usage_without(), usage(setup, lives.__getitem__, block.rows)
    savings = {line.name: _saved(line, before[line.name], after[line.name]) for line in setup.lines}
    with_, anyway = _followed(block, variant, enrolment, lives)
    return World(
        variant=variant,
        closes=closes,
        enrolment=enrolment,
        costs=_costs(block, variant, enrolment, closes),
        savings=savings,
        follow_ups=with_,
        anyway=anyway,
        realised=_realised(setup, savings),
    )


def _closures(block: Block, variant: Variant) -> Floats:
    risk = float(variant.yearly_closure_risk)
    if risk == 0:
        return np.full(block.rows, NEVER, np.float32)
    daily = -np.log1p(-risk) / YEAR
    wait = block.draws.row_exponentials("programme/closure")
    closes: Floats = np.ceil(wait / np.float32(daily))
    return closes


def _lasting(block: Block, drop_out: Hazard | None, longest: int) -> Floats:
    cells = block.draws.citizens * block.rows
    if drop_out is None:
        return np.full(cells, longest, np.float32)
    bands = tuple((end * MONTH, rate / MONTH, rate / MONTH) for end, rate in drop_out.monthly())
    days = stay(block.draws.exponentials("programme/in>out/0"), bands, None)
    return np.minimum(np.ceil(days), np.float32(longest))


def _costs(block: Block, variant: Variant, enrolment: Enrolment, closes: Floats) -> tuple[tuple[int, Ints], ...]:
    setup = block.setup
    each = setup.scenario.intervention.costs.per_citizen
    if each is None:
        schedule = cost_days(setup.scenario, variant.start_delay_months)
        return tuple((day, np.where(closes > day, amount, 0)) for day, amount in schedule)
    months, rows = setup.horizon // MONTH, block.rows
    begun = np.flatnonzero(enrolment.starts < setup.horizon)
    row = row_of(begun, rows)
    first = enrolment.starts.take(begun).astype(np.int32) // MONTH
    after = np.minimum(-(-enrolment.stops.take(begun).astype(np.int32) // MONTH), months)
    size = (months + 1) * rows
    entering = np.bincount(first * rows + row, minlength=size).reshape(-1, rows)
    leaving = np.bincount(after * rows + row, minlength=size).reshape(-1, rows)
    served = np.cumsum(entering - leaving, axis=0)
    year = np.searchsorted(setup.year_starts, np.arange(months + 1) * MONTH, side="right") - 1
    starting, monthly = (_by_year(setup, kroner)[year, None] for kroner in (each.at_start, each.per_month))
    amounts = entering * starting + served * monthly
    return tuple((month * MONTH, amounts[month]) for month in range(months) if amounts[month].any())


def _by_year(setup: Setup, kroner: int) -> Ints:
    """A price of the intervention in øre by budget year, and the last once more for the instant after the horizon."""
    scenario = setup.scenario
    level = scenario.intervention.costs.price_level
    years = [*scenario.years, scenario.years[-1]]
    return np.array([in_prices_of(ore(kroner), level, year, scenario.price_index) for year in years], np.int64)


def _saved(line: LineSetup, without: Usage, used: Usage) -> LineSaving:
    """Fewer paid days × price, and what of it is released; one rate per step, each rounded to an øre."""
    if line.line.income:
        without, used = used, without
    gross = muldiv(without.days - used.days, line.prices, YEAR)
    refusion = muldiv(without.refunded - used.refunded, line.prices, UNIT) + without.high_cost - used.high_cost
    return released(line, gross, refusion)


def _followed(
    block: Block, variant: Variant, enrolment: Enrolment, lives: dict[str, Life]
) -> tuple[list[FollowUp], list[FollowUp]]:
    setup = block.setup
    citizen_clock = setup.scenario.follow_up_clock == "citizen"
    seen: tuple[list[FollowUp], list[FollowUp]] = ([], [])
    counts: dict[int, Ints] = {}
    for name, measure in setup.measures.items():
        state = setup.scenario.domains[measure.domain].states.index(measure.state)
        courses = (lives[measure.domain], block.without(measure.domain))
        found = [stays(course, state, enrolment.starts, citizen_clock) for course in courses]
        for month in sorted(measure.at_months):
            since = month if citizen_clock else month + variant.start_delay_months
            if since not in counts:
                there = measured(enrolment.starts, since, citizen_clock, setup.horizon).reshape(-1, block.rows)
                counts[since] = np.count_nonzero(there, axis=0).astype(np.int64)
            for side, mine in zip(seen, found, strict=True):
                cells, at = reached(mine, since, measure.over_months * MONTH, citizen_clock, setup.horizon)
                side.append(FollowUp(name, month, counts[since], cells, at))
    return seen


def measured_cells(block: Block, world: World, point: int) -> tuple[NDArray[np.intp], Ints]:
    """The cells that are measured at a follow-up, and the instants at which they are."""
    setup, starts = block.setup, world.enrolment.starts
    citizen_clock = setup.scenario.follow_up_clock == "citizen"
    since = point if citizen_clock else point + world.variant.start_delay_months
    cells = np.flatnonzero(measured(starts, since, citizen_clock, setup.horizon))
    return cells, starts[cells].astype(np.int64) * citizen_clock + since * MONTH


def measured_in_row(block: Block, world: World, point: int, row: int) -> tuple[NDArray[np.intp], Ints]:
    """The citizens of one row who are measured at a follow-up, and the instants at which they are."""
    cells, at = measured_cells(block, world, point)
    mine = cells % block.rows == row
    return cells[mine] // block.rows, at[mine]


def _realised(setup: Setup, savings: dict[str, LineSaving]) -> list[Saving]:
    realised = []
    for name, measure in setup.savings.items():
        counted = [savings[line] for line in measure.lines or savings]
        kept = np.sum([saving.gross - saving.refusion for saving in counted], axis=0)
        for year, end in enumerate(setup.year_starts[1:]):
            realised.append(Saving(name, min(end, setup.horizon), kept[:, year]))
    return realised
