"""What was recorded, in one line."""

from collections.abc import Sequence

from contracts.audit import timeline
from contracts.events import Enrolled, Event, Measured, SavingRealised
from contracts.money import PPM
from reports.numbers import Language, money, quantity
from reports.texts import counted, say, word

from .event_words import event_name, event_words, is_repayment
from .replaying import called_of, currency_of, ran_off_in, savings_of


def event_line(events: Sequence[Event], lang: Language) -> str:
    """`aarhus-1: hændelse 3 registreret · 2022-12-01 · måling · stabil bolig, måned 12, 8 af 10 opnået`."""
    event = events[-1]
    (row,) = timeline([event])
    back = is_repayment(event)
    told = [
        say(lang, "contract.event", contract=event.log, version=event.version),
        event.effective.isoformat(),
        event_name(event, lang),
        "" if row.amount is None else money(abs(row.amount) if back else row.amount, lang, currency_of(events)),
        event_words(event, called_of(events, lang), savings_of(events), ran_off=ran_off_in(events)),
    ]
    return " · ".join(filter(None, told))


def events_line(events: Sequence[Event], new: int, lang: Language) -> str:
    """The same for several events at once: how many results, or citizens, they hold in all."""
    mine = events[-new:]
    days = [event.effective for event in mine]
    told = [say(lang, "contract.events", contract=events[0].log, first=mine[0].version, last=mine[-1].version)]
    told.append(say(lang, "contract.from_to", since=min(days), until=max(days)) if len(set(days)) > 1 else str(days[0]))
    enrolled = sum(len(event.persons) for event in mine if isinstance(event, Enrolled))
    rounds = [event for event in mine if isinstance(event, Measured | SavingRealised)]
    results = sum(len(event.results) if isinstance(event, Measured) else 1 for event in rounds)
    if enrolled:
        told += [
            word(lang, "event", Enrolled.topic),
            counted(lang, "citizen", enrolled, quantity(enrolled * PPM, lang)),
        ]
    if rounds:
        parts = {
            "results": counted(lang, "result", results, quantity(results * PPM, lang)),
            "rounds": counted(lang, "round", len(rounds), quantity(len(rounds) * PPM, lang)),
        }
        told.append(say(lang, "contract.rounds", **parts))
    return " · ".join(told)
