"""A recorded log as a document or a table for other programs: its events, how things stood, whether it recomputes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from contracts.audit import Difference, timeline
from contracts.events import Event
from contracts.fund import FundState
from contracts.register import Entry
from contracts.state import State

from .settlement_document import FORMAT, UNIT, units

COLUMNS = ("event", "effective", "recorded", "what", "amount", "currency", "details", "by", "reason")
"""The columns of the table."""


def log_document(
    events: Sequence[Event], state: State | FundState, differences: Sequence[Difference], currency: str, length: int
) -> dict[str, Any]:
    """The events up to a moment, with every field, and how things stood then. Amounts are whole numbers in `UNIT`.

    length: how many events the whole log has. differences: where the whole log does not recompute.
    """
    return {
        "format": FORMAT,
        "id": state.log,
        "kind": state.kind,
        "title": state.title,
        "currency": currency,
        "unit": UNIT,
        "events": [{"event": event.topic, **event.model_dump(mode="json", by_alias=True)} for event in events],
        "standing": _standing(state),
        "length": length,
        "agrees": not differences,
        "differences": [_difference(each) for each in differences],
    }


def _standing(state: State | FundState) -> dict[str, Any]:
    if isinstance(state, FundState):
        names = ("capital", "balance", "released", "repaid", "written_off")
        return {name: getattr(state, name) for name in names}
    paid: dict[str, int] = {}
    for payment in state.payments:
        for payer, amount in payment.amounts.items():
            paid[payer] = paid.get(payer, 0) + amount
    return {
        "version": state.version,
        "drawn": state.drawn,
        "settled_by_clause": dict(state.paid),
        "paid_by_payer": paid,
        "enrolled": len(state.persons),
        "dropped_out": len(state.dropped_out),
        "run_off": state.run_off,
        "ended": state.ended,
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {field.name: getattr(difference, field.name) for field in fields(difference)}


def list_document(entries: Iterable[Entry]) -> dict[str, Any]:
    """The contracts and funds of a store."""
    return {"format": FORMAT, "contracts": [dict(zip(ENTRIES, row, strict=True)) for row in list_rows(entries)]}


ENTRIES = ("id", "kind", "title", "events")
"""The columns of the table of a store."""


def list_rows(entries: Iterable[Entry]) -> Iterator[tuple[Any, ...]]:
    """The contracts and funds of a store as rows under `ENTRIES`."""
    for entry in entries:
        yield entry.id, entry.kind, entry.title, entry.version


def log_rows(events: Iterable[Event], details: Iterable[str], currency: str) -> Iterator[tuple[Any, ...]]:
    """The events as rows under `COLUMNS`. details: of each event, in words."""
    for event, told in zip(events, details, strict=True):
        (row,) = timeline([event])
        amount = None if row.amount is None else units(row.amount)
        when = (row.effective.isoformat(), row.recorded.isoformat())
        yield row.version, *when, row.kind, amount, currency, told, event.by, event.reason
