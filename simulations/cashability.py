"""What of an average cost is really released when a citizen leaves a state.

A bought place is paid until its notice ends; of what is then no longer needed a share is released, and of that a share
goes to others on the waiting list, who are helped for it while no krone is saved.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from contracts.money import PPM, muldiv

from .lives import Life, Spells
from .setup import LineSetup

Ints = NDArray[np.int64]
_LAST = np.iinfo(np.int32).max


@dataclass(frozen=True)
class LineSaving:
    """What an economy line released, øre [row, year].

    gross: saved by the municipality; refusion: of it what the state saves; refilled: gross cost of places that are free
    for others, which nobody saves.
    """

    gross: Ints
    refusion: Ints
    refilled: Ints


def released(line: LineSetup, gross: Ints, refusion: Ints) -> LineSaving:
    """Of an average cost no longer needed, and its refusion (øre [row, year]): what is saved, and what others get.

    One rate per step, each rounded to an øre: what is believed after a haircut, cashable, refilled.
    """
    free, refunded = (_share(_share(amount, line.believed), line.cashable) for amount in (gross, refusion))
    if not line.refilled:
        return LineSaving(free, refunded, np.zeros_like(free))
    others = _share(free, line.refilled)
    return LineSaving(free - others, refunded - _share(refunded, line.refilled), others)


def _share(amount: Ints, share: int) -> Ints:
    return amount if share == PPM else muldiv(amount, share, PPM)


def paid_stays(course: Life, line: LineSetup, cells: int) -> Life:
    """The stays in a line's state as they are paid: each until its notice ends or the citizen comes back.

    Whoever leaves on the day of arrival has had no place. Without notice the course itself.
    """
    if not line.notice:
        return course
    back = np.full(cells, _LAST, np.int32)
    paid: list[Spells] = []
    for spells in reversed(course):
        mine = spells.within(line.state)
        stayed = np.flatnonzero(mine.exit > mine.entry)
        cell, entry = mine.cell[stayed], mine.entry[stayed]
        until = np.minimum(mine.exit[stayed] + np.int32(line.notice), back[cell])
        back[cell] = entry
        paid.append(replace(mine, cell=cell, state=line.state, entry=entry, exit=until))
    return tuple(reversed(paid))
