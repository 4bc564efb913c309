"""A calculation as in SØM as a page of text: the result by actor and committee, by area and by year."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from reports.marks import count_marks
from reports.numbers import Language, amount, money, percent, quantity
from reports.texts import counted, party_label, say
from scenarios.som import ACTORS, Som
from scenarios.som_result import Entry, entries, totals

from .grid import Cell, Grid, Line, Row, lay_out
from .screen import paragraph

Label = Callable[[Entry], str]
_NOTHING = (0, 0)


def som_lines(som: Som, lang: Language, width: int) -> Iterator[Line]:
    """The whole page for a screen of that width."""
    found = entries(som)
    everything, own = (sum(e.present for e in found if e.actor in who) for who in (ACTORS, ACTORS[:1]))
    citizens = counted(lang, "citizen", som.citizens.value, quantity(som.citizens.value * 10**6, lang))
    told = {"citizens": citizens, "level": som.price_level.value}
    yield from paragraph(say(lang, "som.title", title=som.title), width)
    yield "", ""
    yield from paragraph(say(lang, "som.successes", successes=quantity(som.successes, lang), **told), width)
    yield from paragraph(say(lang, "som.net", amount=money(everything, lang), own=money(own, lang)), width)
    grids = {
        "by_actor": _by_actor(found, lang),
        "by_area": _by_who([e for e in found if not e.is_cost], "area", lambda entry: entry.area, lang),
        "by_year": _by_who(sorted(found, key=lambda e: e.year), "year", lambda entry: str(entry.year), lang),
    }
    for key, grid in grids.items():
        yield "", ""
        yield say(lang, f"som.{key}"), "group"
        yield from lay_out(grid, width)
    yield "", ""
    decimals = 0 if som.discount_rate.value * 100 == round(som.discount_rate.value * 100) else 1
    yield from paragraph(say(lang, "som.sign", rate=percent(som.discount_rate.value, lang, decimals)), width)
    yield from paragraph(say(lang, "som.method"), width)
    yield from paragraph(say(lang, "som.table_marks", **count_marks(som)), width)


def _by_actor(found: tuple[Entry, ...], lang: Language) -> Grid:
    """Costs, consequences, their sum and its present value, by actor and committee and in all."""

    def who(entry: Entry) -> str:
        return party_label(lang, entry.actor, entry.committee)

    ordered = sorted(found, key=lambda entry: ACTORS.index(entry.actor))
    costs = totals((entry for entry in ordered if entry.is_cost), who)
    gains = totals((entry for entry in ordered if not entry.is_cost), who)
    rows = {
        name: (costs.get(name, _NOTHING)[0], gains.get(name, _NOTHING)[0], *both)
        for name, both in totals(ordered, who).items()
    }
    return _grid(rows, [say(lang, f"som.{key}") for key in ("cost", "gain", "result", "present")], "actor", lang)


def _by_who(found: Sequence[Entry], corner: str, label: Label, lang: Language) -> Grid:
    """Nominal øre of each actor by a label, all together, and the present value."""
    each = {actor: totals((e for e in found if e.actor == actor), label) for actor in ACTORS}
    rows = {
        name: (*(each[actor].get(name, _NOTHING)[0] for actor in ACTORS), *both)
        for name, both in totals(found, label).items()
    }
    heads = [*(party_label(lang, actor) for actor in ACTORS), say(lang, "som.sum"), say(lang, "som.present")]
    return _grid(rows, heads, corner, lang)


def _grid(rows: Mapping[str, tuple[int, ...]], heads: Sequence[str], corner: str, lang: Language) -> Grid:
    """Rows of øre by name, and below them their sums."""
    sums = tuple(sum(column) for column in zip(*rows.values(), strict=True))
    every = [*rows.items(), (say(lang, "som.sum"), sums)]
    told = tuple(Row(name, tuple(Cell(amount(value, lang)) for value in values)) for name, values in every)
    return Grid(tuple(heads), told, say(lang, f"som.{corner}"))
