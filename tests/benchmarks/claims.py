"""Processor time of settling stated facts, nothing recorded: run `python -m tests.benchmarks.claims`."""

import datetime as dt
import gc
import random
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from contracts.events import Ended, Event, Settled
from contracts.state import State
from contracts.stated import Stated, StatedFacts, settle_stated
from contracts.statement import Telling
from contracts.terms import Terms

CLAIMS, METRICS, ROUNDS = 100_000, 20, 5
PROMISED = 2.0
START, QUARTER = dt.date(2018, 1, 31), 91
TERMS = Terms.model_validate(
    {
        "start": "2018-01-01",
        "end": "2022-12-31",
        "capital": {"investor": 1},
        "payers": {"municipality": "0.6", "state": "0.4"},
        "statements": {"every_months": 3},
        "clauses": {f"metric {n}": {"kind": "unit_price", "price": 220 + n} for n in range(METRICS)},
        "limits": [{"kind": "per_person", "amount": 4000}, {"kind": "total", "amount": 30_000_000}],
    }
)


def claims(days: int) -> StatedFacts:
    """A claim of each metric for each person, on one of so many days in five years."""
    dice, step = random.Random(1), 19 * QUARTER // days
    facts = [
        Stated(
            f"metric {n % METRICS}", START + dt.timedelta(days=step * dice.randrange(days)), person=f"p{n // METRICS}"
        )
        for n in range(CLAIMS)
    ]
    return StatedFacts(facts=facts, draws={})


def processor_time(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, as the command line has them: without looking for garbage; and what came of it."""
    gc.collect()
    gc.disable()
    try:
        since = time.process_time()
        found = work()
        return time.process_time() - since, found
    finally:
        gc.enable()


def settled(facts: StatedFacts, told: bool) -> int:
    """How many events settling brings; told: with every line of every statement, as `effekt settle` does."""
    telling = Telling()

    def heard(state: State, event: Event) -> None:
        if isinstance(event, Settled | Ended):
            telling.statement(state, event)

    _, events = settle_stated("external_investor", "Claims", TERMS, facts, heard if told else None)
    return len(events)


def main() -> None:
    """Print the medians of some rounds, for claims on a date a quarter and on any day."""
    for days, when in ((19, "on 19 dates"), (1_700, "on any day")):
        facts = claims(days)
        alone, told = [], []
        for _ in range(ROUNDS):
            seconds, events = processor_time(lambda facts=facts: settled(facts, told=False))
            alone.append(seconds)
            told.append(processor_time(lambda facts=facts: settled(facts, told=True))[0])
        print(
            f"{CLAIMS:,} claims {when}, {events:,} events: settled in {median(alone):.2f} s "
            f"(promised: below {PROMISED} s), and told line by line in {median(told):.2f} s"
        )


if __name__ == "__main__":
    main()
