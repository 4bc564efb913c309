"""Pool designs as a page of text: their figures side by side, who gains, and one design year by year."""

from collections.abc import Iterator
from typing import Any

from contracts.ledger import CITIZENS, MUNICIPALITY, RESOURCES
from reports.marks import count_marks
from reports.numbers import Language, Scale, number, percent, scale_for, share_decimals
from reports.pool_frames import YEARLY
from reports.pools import POOL, POOL_GROUPS, PoolComparison
from reports.texts import capital, counted, party_label, say, spaced, word

from .comparing import discounting_words
from .figure_cells import figure_cell, number_of, records
from .grid import Cell, Grid, Line, Row, lay_out
from .purse import committee_names
from .screen import paragraph

Records = list[dict[str, Any]]
ALWAYS = frozenset({"pool_approved", "pool_citizens", "pool_lent", "pool_balance", "pool_written_off", "net_gain"})
"""Figures that are shown even where they are nothing under every design."""

SHOWN = (
    "lent", "repaid", "earned", "granted", "written_off", "lapsed", "balance", "balance_p5", "outstanding", "spent",
    "gained",
)  # fmt: skip
"""Amounts of a design by year, where there are any."""


def pool_lines(comparison: PoolComparison, lang: Language, width: int) -> Iterator[Line]:
    """The designs side by side."""
    results = comparison.results
    figures = {(f["design"], f["figure"]): f for f in records(comparison.summary())}
    scale = scale_for(max(abs(number_of(f["value"]) or 0.0) for f in figures.values() if f["unit"] == "kr"))
    count = counted(lang, "replication", results.replications, number(results.replications, lang))
    title = say(lang, "header.title", title=results.pool.title, replications=count, seed=results.seed)
    yield from paragraph(title, width)
    yield "", ""
    rows = [*_figure_rows(comparison, figures, scale, lang), *_gain_rows(comparison, scale, lang)]
    heads = tuple(pool_label(comparison, name, lang) for name in results.designs)
    yield from lay_out(Grid(heads, tuple(rows), f"({say(lang, f'unit.{scale.key}')})"), width)
    yield "", ""
    for sentence in _remarks(comparison, scale, lang):
        yield from paragraph(sentence, width)


def pool_label(comparison: PoolComparison, name: str, lang: Language) -> str:
    """What a pool design is called: its own label, or its key."""
    return comparison.results.pool.designs[name].label.get(lang) or capital(spaced(name))


def _figure_rows(
    comparison: PoolComparison, figures: dict[tuple[str, str], dict[str, Any]], scale: Scale, lang: Language
) -> Iterator[Row]:
    for group, keys in POOL_GROUPS.items():
        rows = []
        for key in keys:
            found = [figures[name, key] for name in comparison.results.designs]
            if key in ALWAYS or any(number_of(each["value"]) for each in found):
                rows.append(Row(f" {say(lang, f'figure.{key}')}", tuple(figure_cell(f, scale, lang) for f in found)))
        if rows:
            yield Row(say(lang, f"group.{group}"))
            yield from rows


def _gain_rows(comparison: PoolComparison, scale: Scale, lang: Language) -> Iterator[Row]:
    """What each party gains on average, the municipality by committee, and last what all gain together."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in records(comparison.who_gains()):
        side = (str(row["party"]), str(row["committee"] or ""))
        found.setdefault(side, {})[str(row["design"])] = number_of(row["mean"]) or 0.0
    total = found.pop((RESOURCES, ""), {})
    committees = committee_names(lang, (c for p, c in found if p == MUNICIPALITY and c != POOL))
    yield Row(say(lang, "group.who_gains"))
    for party, committee in sorted(found, key=lambda side: (side[0] != MUNICIPALITY, side[0] == CITIZENS)):
        called = word(lang, "party", POOL) if committee == POOL else committees.get(committee, "")
        label = capital(called) if committee == POOL else party_label(lang, party, called)
        yield _gain_row(label, found[party, committee], comparison, scale, lang)
    yield _gain_row(say(lang, "party.all"), {name: -mean for name, mean in total.items()}, comparison, scale, lang)


def _gain_row(label: str, means: dict[str, float], comparison: PoolComparison, scale: Scale, lang: Language) -> Row:
    designs = comparison.results.designs
    return Row(f" {label}", tuple(Cell(scale.show(means.get(name, 0.0), lang)) for name in designs))


def _remarks(comparison: PoolComparison, scale: Scale, lang: Language) -> Iterator[str]:
    """What a reader must know to read the table."""
    results = comparison.results
    pool = results.pool
    told = {"years": counted(lang, "year", pool.years), "applications": number(results.applications, lang)}
    yield say(lang, "pool.unit", unit=say(lang, f"unit.{scale.key}"), **told)
    yield from discounting_words(pool.discounting, False, "pool", lang)
    for name, terms in results.terms.items():
        turned = [kind for kind, taken in zip(pool.investments, terms.taken, strict=True) if not taken]
        if turned:
            kinds = ", ".join(_paying_back(kind, comparison, name, lang) for kind in turned)
            yield say(lang, "pool.turned_away", design=pool_label(comparison, name, lang), kinds=kinds)
    count = counted(lang, "replication", results.replications, number(results.replications, lang))
    yield say(lang, "word.error", replications=count)
    counts = count_marks(pool)
    yield say(lang, "marks.line", total=sum(counts.values()), **counts)


def _paying_back(kind: str, comparison: PoolComparison, design: str, lang: Language) -> str:
    """A kind of investment, and how many years it takes to pay back."""
    results = comparison.results
    years = results.terms[design].payback[list(results.pool.investments).index(kind)]
    if years is None:
        return say(lang, "pool.never", kind=spaced(kind))
    return say(lang, "pool.after", kind=spaced(kind), years=number(years, lang, 1))


def pool_year_lines(comparison: PoolComparison, design: str, lang: Language, width: int) -> Iterator[Line]:
    """One design year by year."""
    mine = [row for row in records(comparison.by_year()) if row["design"] == design]
    scale = scale_for(max(abs(row[key]) for row in mine for key in YEARLY))
    told = {"design": pool_label(comparison, design, lang), "title": comparison.results.pool.title}
    yield from paragraph(say(lang, "pool.by_year", unit=say(lang, f"unit.{scale.key}"), **told), width)
    yield "", ""
    shown = [key for key in SHOWN if key == "balance" or any(row[key] for row in mine)]
    heads = [say(lang, f"pool.{key}") for key in ("approved", "short", *shown)]
    rows = []
    for row in mine:
        short = percent(row["short"], lang, share_decimals(row["short"]))
        amounts = (Cell(scale.show(row[key], lang)) for key in shown)
        rows.append(Row(str(row["year"]), (Cell(number(row["approved"], lang, 1)), Cell(short), *amounts)))
    yield from lay_out(Grid(tuple(heads), tuple(rows), say(lang, "run.year")), width)
