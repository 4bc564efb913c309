"""A pool's life in a block of replications: calls and approvals, instalments, repayment, follow-up and losses.

A year runs like this. On 1 January capital is paid in. At each call the applications that have come are taken in the
order of their rank, as far as the capital that is not promised, and the spending room, go. During the year what was
promised is paid out as the investments' costs fall. At the end of the year departments repay, investments are followed
up, what is not repaid in time is borne by those who agreed to, and unused capital lapses if it does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contracts.facts import sums
from contracts.ledger import MUNICIPALITY
from contracts.money import PPB, PPM, Ore, muldiv, ppm

from .calls import decide, first_calls
from .loans import Ages, Loans, Tables
from .pipeline import Ints, Pipeline
from .state import Entries, Run
from .terms import PoolTerms

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class PoolCourse:
    """What became of a pool, by replication and budget year [row, year]; øre unless said otherwise.

    The pool's own money: `paid_in` by the treasury; `earned`, interest and repayments beyond the loan; `lent`; `repaid`
    of what was lent; `granted`, what of it is never to be repaid; `written_off`; `lapsed` to the treasury; `balance`
    and `outstanding` at the year's end.
    `approved`: investments; `citizens` that they reach; `short`: whether an application was turned away for want of
    capital. `partner_lent`, `partner_received`: by who invests beside the pool; `guaranteed`: by a guarantor;
    `department_loss`: what departments make good of what was not repaid in time; `released`: all that departments
    receive, `repayments`: all that they pay back, losses aside; `spent`, `gained`: what the investments cost and give
    the municipality. `lights` [row, year, light]: investments followed up green, yellow and red; `stopped`: how many
    are. In all years, by party and committee: `sides` [row, side], gains; `burdens` [row, side], what the committees
    that applied have spent and repaid less what they were lent.
    """

    paid_in: Ore
    earned: Ore
    lent: Ore
    repaid: Ore
    granted: Ore
    written_off: Ore
    lapsed: Ore
    balance: Ore
    outstanding: Ore
    approved: Ints
    citizens: Ints
    short: Flags
    partner_lent: Ore
    partner_received: Ore
    guaranteed: Ore
    department_loss: Ore
    released: Ore
    repayments: Ore
    spent: Ore
    gained: Ore
    lights: Ints
    stopped: Ints
    sides: Ore
    burdens: Ore


YEARLY = (
    "paid_in", "earned", "lent", "repaid", "granted", "written_off", "lapsed", "balance", "outstanding", "approved",
    "citizens", "partner_lent", "partner_received", "guaranteed", "department_loss", "released", "repayments",
    "spent", "gained", "stopped", "green", "yellow", "red",
)  # fmt: skip


def run_pool(terms: PoolTerms, pipeline: Pipeline, tables: Tables, entries: list[Entries] | None = None) -> PoolCourse:
    """Run a design over the pipeline of a batch. entries: a list to keep what happens loan by loan, if wanted."""
    rows, years = pipeline.rows, len(terms.paid_in)
    nothing = np.zeros(rows, np.int64)
    room = None if terms.room is None else np.full((rows, years + tables.ages), terms.room, np.int64)
    run = Run(
        terms=terms,
        pipeline=pipeline,
        tables=tables,
        loans=Loans.none(),
        new=[],
        rows=np.arange(rows),
        first_calls=first_calls(terms, pipeline),
        own=_share(tables.whole, terms.own_share),
        balance=nothing,
        free=nothing,
        room=room,
        guarantee=nothing + terms.guarantee,
        undecided=np.ones((len(pipeline.applications), rows), bool),
        short=np.zeros((years, rows), bool),
        noted={name: np.zeros((years, rows), np.int64) for name in YEARLY},
        entries=entries,
    )
    for year in range(years):
        _pay_in(run, year)
        for month in terms.calls:
            decide(run, year, month)
        _one_year(run, year)
    noted = {name: np.ascontiguousarray(amount.T) for name, amount in run.noted.items()}
    lights = np.stack([noted.pop(name) for name in ("green", "yellow", "red")], axis=-1)
    return PoolCourse(
        lights=lights, short=np.ascontiguousarray(run.short.T), sides=_sides(run, years), burdens=_burdens(run), **noted
    )


def _share(amount: Ore, share: int) -> Ore:
    """A share (millionths) of amounts; at once where it is all or nothing."""
    if share == PPM:
        return amount
    return muldiv(amount, share, PPM) if share else np.zeros_like(amount)


def _pay_in(run: Run, year: int) -> None:
    amount = np.full_like(run.balance, run.terms.paid_in[year])
    run.receive(amount)
    run.note("paid_in", year, amount)


def _one_year(run: Run, year: int) -> None:
    run.loans, run.new = Loans.joined([run.loans, *run.new]), []
    loans = run.loans
    if not len(loans.row):
        run.noted["balance"][year] = run.balance
        _lapse(run, year)
        return
    ages = run.tables.at(loans, 12 * (year + 1), counted=bool(run.terms.prices.any()))
    _release(run, loans, ages, year)
    _repay(run, loans, ages, year)
    _follow_up(run, loans, ages, year)
    _settle_losses(run, loans, year)
    loans.pass_to(ages)
    run.noted["outstanding"][year] = run.by_row(loans.row, loans.own_released - loans.own_repaid - loans.own_lost)
    _lapse(run, year)


def _release(run: Run, loans: Loans, ages: Ages, year: int) -> None:
    """Pay out what the year costs, the pool's share and the partner's."""
    own_share = run.terms.own_share
    released = ages.cost - loans.released
    own = _share(ages.cost, own_share) - _share(loans.released, own_share)
    loans.released = ages.cost
    loans.own_released = loans.own_released + own
    run.enter("release", year, loans, own)
    if run.terms.design.repayment.basis == "none":
        run.enter("loss", year, loans, own)
        loans.lost, loans.own_lost = loans.lost + released, loans.own_lost + own
        run.note("granted", year, run.by_row(loans.row, own))
    lent = run.by_row(loans.row, own)
    run.balance = run.balance - lent
    everything = run.by_row(loans.row, released)
    run.note("lent", year, lent)
    run.note("released", year, everything)
    run.note("partner_lent", year, everything - lent)
    run.note("spent", year, run.by_row(loans.row, ages.spent - loans.spent))
    run.note("gained", year, run.by_row(loans.row, ages.gained - loans.gained))


def _repay(run: Run, loans: Loans, ages: Ages, year: int) -> None:
    """What departments pay back: interest first, then the loan, then, where their frame is cut, what is beyond it."""
    terms, repayment = run.terms, run.terms.design.repayment
    if repayment.basis == "none":
        return
    since = year - loans.approved
    base = _base(run, loans, ages)
    base = _share(np.maximum(base, 0), PPM - terms.retained)
    if repayment.index:
        base = muldiv(base, np.array(terms.index, np.int64)[since], PPM)
    # who has received nothing yet repays nothing
    base = np.where((since < repayment.grace_years) | (loans.own_released == 0), 0, base)
    owed = loans.released - loans.repaid - loans.lost
    if terms.interest:
        loans.interest = loans.interest + muldiv(np.maximum(loans.owed_before, 0), terms.interest, PPB)
    most = np.where(loans.over, 0, owed + loans.interest)
    paid = np.minimum(base, most) if repayment.form == "instalments" else base
    interest = np.minimum(paid, loans.interest)
    principal = np.minimum(paid - interest, np.where(loans.over, 0, owed))
    loans.interest = loans.interest - interest
    loans.paid_back = loans.paid_back + paid
    own = _own_repaid(run, loans, principal)
    beyond = paid - principal
    own_beyond = _share(beyond, terms.own_share)
    run.enter("repayment", year, loans, own)
    run.enter("earning", year, loans, own_beyond)
    loans.repaid = loans.repaid + principal
    loans.own_repaid = loans.own_repaid + own
    repaid, earned = run.by_row(loans.row, own), run.by_row(loans.row, own_beyond)
    everything = run.by_row(loans.row, paid)
    run.receive(repaid + earned)
    run.note("repaid", year, repaid)
    run.note("earned", year, earned)
    run.note("repayments", year, everything)
    run.note("partner_received", year, everything - repaid - earned)


def _base(run: Run, loans: Loans, ages: Ages) -> Ore:
    match run.terms.design.repayment.basis:
        case "budgeted":
            return ages.claimed - loans.claimed
        case "realised":
            return ages.gained - loans.gained
        case "outcome":
            return muldiv(ages.results - loans.results, run.terms.prices[loans.kind], PPM)
    return np.zeros_like(loans.released)


def _own_repaid(run: Run, loans: Loans, principal: Ore) -> Ore:
    """The pool's part of what is repaid: its share to date, and all of the rest with the last of it."""
    own_share = run.terms.own_share
    if own_share == PPM:
        return principal
    left = loans.own_released - loans.own_repaid - loans.own_lost
    own = _share(loans.repaid + principal, own_share) - _share(loans.repaid, own_share)
    last = loans.repaid + principal + loans.lost == loans.released
    return np.where(last & (principal > 0), left, np.minimum(own, left))


def _follow_up(run: Run, loans: Loans, ages: Ages, year: int) -> None:
    """Lights for investments that have begun, and the end of those that were found to fail."""
    design = run.terms.design
    seen = (ages.claimed > 0) & ~loans.is_stopped
    gained = ages.gained * PPM
    green = gained >= ages.claimed * ppm(design.lights.green)
    yellow = gained >= ages.claimed * ppm(design.lights.yellow)
    # 0 green, 1 yellow, 2 red, 3 not yet to be seen: counted at once
    light = np.where(seen, np.where(green, 0, np.where(yellow, 1, 2)), 3)
    counts = np.bincount(loans.row * 4 + light, minlength=4 * len(run.balance)).reshape(-1, 4)
    for number, name in enumerate(("green", "yellow", "red")):
        run.note(name, year, counts[:, number])
    if design.stop is None:
        return
    due = (12 * (year + 1) - loans.start >= 12 * design.stop.after_years) & ~loans.is_followed & ~loans.is_stopped
    failed = due & (ages.gained * PPM < ages.claimed * ppm(design.stop.below))
    loans.is_followed = loans.is_followed | due
    if failed.any():
        freed = _share(loans.whole, run.terms.own_share) - _share(loans.released, run.terms.own_share)
        run.free = run.free + run.by_row(loans.row, np.where(failed, freed, 0))
        loans.stop(failed, ages, 12 * (year + 1))
        run.note("stopped", year, run.by_row(loans.row, failed.astype(np.int64)))


def _settle_losses(run: Run, loans: Loans, year: int) -> None:
    """What is not repaid when the time is up: a guarantor first, then department and pool by share."""
    paid_out = (loans.released == loans.whole) | loans.is_stopped
    ending = (year - loans.approved + 1 >= run.terms.design.repayment.years) & paid_out & ~loans.over
    missing = np.where(ending, loans.released - loans.repaid - loans.lost, 0)
    if missing.any():
        covered = _covered(run, loans.row, missing)
        department = _share(missing - covered, run.terms.department_share)
        made_good = covered + department
        own = _own_repaid(run, loans, made_good)
        loans.repaid, loans.own_repaid = loans.repaid + made_good, loans.own_repaid + own
        loans.paid_back = loans.paid_back + department
        lost = np.where(ending, loans.own_released - loans.own_repaid - loans.own_lost, 0)
        loans.lost, loans.own_lost = loans.lost + missing - made_good, loans.own_lost + lost
        run.enter("repayment", year, loans, own)
        run.enter("loss", year, loans, lost)
        repaid, guaranteed = run.by_row(loans.row, own), run.by_row(loans.row, covered)
        made = run.by_row(loans.row, department)
        run.receive(repaid)
        run.note("repaid", year, repaid)
        run.note("written_off", year, run.by_row(loans.row, lost))
        run.note("guaranteed", year, guaranteed)
        run.note("department_loss", year, made)
        run.note("partner_received", year, guaranteed + made - repaid)
    loans.over = loans.over | ending


def _covered(run: Run, row: Ints, missing: Ore) -> Ore:
    """What the guarantor covers of each loan, in their order, until the guarantee is used up in a replication."""
    covered = np.zeros_like(missing)
    if not run.terms.guarantee:
        return covered
    order = np.argsort(row, kind="stable")
    ordered, amount = row[order], missing[order]
    before = np.cumsum(amount) - amount
    before -= before[np.searchsorted(ordered, ordered)]
    covered[order] = np.clip(run.guarantee[ordered] - before, 0, amount)
    run.guarantee = run.guarantee - run.by_row(row, covered)
    return covered


def _lapse(run: Run, year: int) -> None:
    if run.terms.design.unused == "lapses":
        unused = run.free
        run.receive(-unused)
        run.note("lapsed", year, unused)
    run.noted["balance"][year] = run.balance


def _sides(run: Run, years: int) -> Ore:
    """What every party and committee gains until the end [row, side].

    Each is rounded by itself, and what is left of the municipality's gain is the applicant's.
    """
    loans, sides = run.loans, len(run.pipeline.sides)
    gains = run.tables.sides_at(loans, 12 * years)
    own = [number for number, (party, _) in enumerate(run.pipeline.sides) if party == MUNICIPALITY]
    rest = loans.gained - gains[:, own].sum(axis=1)
    found = np.stack([sums(loans.row, gains[:, side], run.pipeline.rows) for side in range(sides)], axis=1)
    return found + _by_applicant(run, rest)


def _burdens(run: Run) -> Ore:
    """What the committees that applied have paid in all years less what they were lent [row, side]."""
    loans = run.loans
    return _by_applicant(run, loans.spent - loans.released + loans.paid_back)


def _by_applicant(run: Run, amount: Ore) -> Ore:
    """Sums of loans' amounts by replication and the committee that applied."""
    loans, sides = run.loans, len(run.pipeline.sides)
    applicant = np.array([kind.applicant for kind in run.pipeline.kinds], np.int64)[loans.kind]
    return sums(loans.row * sides + applicant, amount, run.pipeline.rows * sides).reshape(-1, sides)
