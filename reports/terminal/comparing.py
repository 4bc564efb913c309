"""A comparison as a page of text: its figures under headings, who gains, and in words what moving the risk costs."""

from collections.abc import Iterator
from decimal import Decimal

from contracts.ledger import CITIZENS, RESOURCES, STATE
from reports.comparison import Comparison
from reports.marks import count_marks
from reports.numbers import Language, Scale, number, percent
from reports.texts import GROUPS, counted, design_label, measure_names, party_label, say
from scenarios import Scenario
from scenarios.prices import Discounting, national_discounting
from simulations.results import key_result, purse_parties

from .closing import Figures, against_ordinary, closing_words
from .figure_cells import figure_cell, number_of, records, scale_of, table_scale
from .grid import NO_BREAK, Cell, Grid, Line, Row, lay_out
from .purse import committee_names, purse_remarks
from .screen import paragraph

COMPARED = frozenset(
    {
        "difference_from_ordinary",
        "risk_moved",
        "price_of_risk",
        "price_investor_return",
        "price_fees",
        "price_state_co_payment",
    }
)
"""Figures that compare a design with the reference, and say nothing of the reference itself."""


def comparison_lines(
    comparison: Comparison, lang: Language, width: int, seconds: float | None = None
) -> Iterator[Line]:
    """The whole page for a screen of that width; seconds: how long it took, told only where it is given."""
    figures = {(f["design"], f["figure"]): f for f in records(comparison.summary())}
    scale = table_scale(figures.values())
    yield from paragraph(_header(comparison, lang, seconds), width)
    yield "", ""
    yield from lay_out(_grid(comparison, figures, scale, lang), width)
    yield "", ""
    for sentence in closing_words(comparison, figures, scale, lang):
        yield from paragraph(sentence, width)
        yield "", ""
    for sentence in _remarks(comparison, scale, lang):
        yield from paragraph(sentence, width)


def _header(comparison: Comparison, lang: Language, seconds: float | None) -> str:
    results = comparison.results
    title, count = results.scenario.title, replications(results.replications, lang)
    header = say(lang, "header.title", title=title, replications=count, seed=results.seed)
    return header if seconds is None else say(lang, "header.seconds", header=header, seconds=number(seconds, lang, 1))


def replications(count: int, lang: Language) -> str:
    """`10.000 simuleringer`."""
    return counted(lang, "replication", count, number(count, lang))


def _grid(comparison: Comparison, figures: Figures, scale: Scale, lang: Language) -> Grid:
    results = comparison.results
    rows: list[Row] = []
    for group, keys in GROUPS.items():
        mine = [_figure_row(key, comparison, figures, scale, lang) for key in keys]
        if any(mine):
            rows.append(Row(say(lang, f"group.{group}")))
            rows += [row for row in mine if row]
    rows.append(Row(say(lang, "group.who_gains")))
    rows += _gain_rows(comparison, scale, lang)
    heads = tuple(design_label(results.scenario, name, lang) for name in results.designs)
    return Grid(heads, tuple(rows), f"({say(lang, f'unit.{scale.key}')})")


def _figure_row(key: str, comparison: Comparison, figures: Figures, scale: Scale, lang: Language) -> Row | None:
    """A figure of every design; none where it applies to no design, or needs an ordinary budget that is not there."""
    if key in COMPARED and not against_ordinary(comparison):
        return None
    cells = []
    for name in comparison.results.designs:
        found = figures.get((name, key))
        absent = (
            found is None or found["note"] == "not_applicable" or (key in COMPARED and name == comparison.reference)
        )
        cells.append(None if absent or found is None else figure_cell(found, scale, lang))
    if not any(cells):
        return None
    citizens = number(comparison.results.scenario.target_group.citizens, lang)
    label = f" {say(lang, f'figure.{key}', citizens=citizens)}"
    own = scale_of(key, scale)
    if own is not scale:
        label = f"{label} ({say(lang, f'unit.{own.key}').replace(' ', NO_BREAK)})"
    return Row(label, tuple(cell or Cell(words="–") for cell in cells))


def _gain_rows(comparison: Comparison, scale: Scale, lang: Language) -> Iterator[Row]:
    """What each party gains on average, and last what all gain together."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    total: dict[str, float] = {}
    for row in records(comparison.who_gains()):
        design, mean = str(row["design"]), number_of(row["mean"]) or 0.0
        if row["party"] == RESOURCES:  # what all parties gain together is what is really saved
            total[design] = -mean
        else:
            found.setdefault((str(row["party"]), str(row["committee"] or "")), {})[design] = mean
    committees = committee_names(lang, (committee for _, committee in found if committee))
    purse = purse_parties(comparison.results.scenario)
    sides = sorted(found, key=lambda side: (side[0] not in purse, side[0] != STATE, side[0] == CITIZENS))
    for party, committee in sides:
        label = party_label(lang, party, committees.get(committee, ""))
        yield _gain_row(label, found[party, committee], comparison, scale, lang)
    yield _gain_row(say(lang, "party.all"), total, comparison, scale, lang)


def _gain_row(label: str, means: dict[str, float], comparison: Comparison, scale: Scale, lang: Language) -> Row:
    designs = comparison.results.designs
    cells = (Cell(scale.show(means[name], lang)) if name in means else Cell(words="–") for name in designs)
    return Row(f" {label}", tuple(cells))


def _remarks(comparison: Comparison, scale: Scale, lang: Language) -> Iterator[str]:
    """What a reader must know to read the table: units, discounting, errors, coupling, and what the numbers rest on."""
    results, scenario = comparison.results, comparison.results.scenario
    unit, years = say(lang, f"unit.{scale.key}"), counted(lang, "year", scenario.horizon_years)
    yield say(lang, "header.unit", unit=unit, years=years)
    yield from discounting_words(scenario.discounting, scenario.price_index is not None, "header", lang)
    key = key_result(scenario)
    if key is not None:
        yield say(lang, "header.key_result", measure=measure_names(scenario, lang)[key[0]], month=key[1])
    if not against_ordinary(comparison):
        yield _alone(comparison, lang)
    yield say(lang, "word.error", replications=replications(results.replications, lang))
    if results.coupling == "independent":
        yield say(lang, "header.independent")
    yield from purse_remarks(scenario, lang)
    yield marks_line(scenario, lang)


def discounting_words(found: Discounting, indexed: bool, page: str, lang: Language) -> Iterator[str]:
    """How future years are discounted, as a page says it; nothing where they are not. indexed: by a price index too."""
    if found.rate:
        yield say(lang, f"{page}.discounting", rate=_rate(found.rate, lang))
    elif found.rule:
        steps = [
            say(lang, "header.rate_until", rate=_rate(step.rate, lang), year=step.until_year)
            if step.until_year
            else say(lang, "header.rate_then", rate=_rate(step.rate, lang))
            for step in national_discounting()[found.rule].steps
        ]
        index = say(lang, "header.real_rate_index") if indexed else ""
        yield say(lang, f"{page}.real_rate", steps=", ".join(steps), index=index)


def _rate(rate: Decimal, lang: Language) -> str:
    return percent(rate, lang, 0 if rate * 100 == round(rate * 100) else 1)


def _alone(comparison: Comparison, lang: Language) -> str:
    """Why nothing is compared, and what to add."""
    designs = comparison.results.scenario.designs
    ordinary = next((name for name, design in designs.items() if design.kind == "ordinary_budget"), None)
    return say(lang, "header.no_ordinary") if ordinary is None else say(lang, "header.add_ordinary", name=ordinary)


def marks_line(scenario: Scenario, lang: Language) -> str:
    """How many of the scenario's numbers are published, derived and assumed."""
    counts = count_marks(scenario)
    total = sum(counts.values())
    key = "marks.assumed" if counts["A"] == total else "marks.line"
    return say(lang, key, total=total, **counts)
