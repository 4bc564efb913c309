"""A comparison as a page of text: its figures under headings, who gains, and in words what moving the risk costs."""

from collections.abc import Iterator

from contracts.ledger import RESOURCES
from scenarios import Scenario

from .closing import closing_words
from .comparison import Comparison
from .figure_cells import Figure, figure_cell, number_of, scale_of, table_scale
from .grid import Cell, Grid, Line, Row, lay_out
from .marks import count_marks
from .numbers import Language, Scale, number, percent
from .screen import paragraph
from .texts import GROUPS, design_label, party_label, say


def comparison_lines(
    comparison: Comparison, lang: Language, width: int, seconds: float | None = None
) -> Iterator[Line]:
    """The whole page for a screen of that width; seconds: how long it took, told only where it is given."""
    results, scenario = comparison.results, comparison.results.scenario
    figures = {(f["design"], f["figure"]): f for f in comparison.summary().to_dict("records")}
    scale = table_scale(figures.values())
    yield from paragraph(_header(comparison, lang, seconds), width)
    yield "", ""
    yield from lay_out(_figure_grid(comparison, figures, scale, lang), width)
    yield "", ""
    yield from lay_out(_gains_grid(comparison, scale, lang), width)
    yield "", ""
    for sentence in closing_words(comparison, figures, scale, lang):
        yield from paragraph(sentence, width)
    for sentence in _remarks(scenario, results.replications, results.coupling, scale, lang):
        yield from paragraph(sentence, width)


def _header(comparison: Comparison, lang: Language, seconds: float | None) -> str:
    results = comparison.results
    title, count = results.scenario.title, number(results.replications, lang)
    header = say(lang, "header.title", title=title, replications=count, seed=results.seed)
    return header if seconds is None else say(lang, "header.seconds", header=header, seconds=number(seconds, lang, 1))


def _figure_grid(comparison: Comparison, figures: dict[tuple[str, str], Figure], scale: Scale, lang: Language) -> Grid:
    designs = tuple(comparison.results.designs)
    rows: list[Row] = []
    for group, keys in GROUPS.items():
        mine = [_figure_row(key, designs, figures, scale, lang) for key in keys]
        if any(mine):
            rows.append(Row(say(lang, f"group.{group}")))
            rows += [row for row in mine if row]
    heads = tuple(design_label(comparison.results.scenario, name, lang) for name in designs)
    return Grid(heads, tuple(rows), say(lang, f"unit.{scale.key}").join("()"))


def _figure_row(
    key: str, designs: tuple[str, ...], figures: dict[tuple[str, str], Figure], scale: Scale, lang: Language
) -> Row | None:
    """A figure of every design; none where it applies to no design."""
    found = [figures.get((name, key)) for name in designs]
    if all(f is None or f["note"] in ("not_applicable", "reference") for f in found):
        return None
    label = say(lang, f"figure.{key}")
    own = scale_of(key, scale)
    if own is not scale:
        label = f"{label} ({say(lang, f'unit.{own.key}')})"
    return Row(label, tuple(Cell("–") if f is None else figure_cell(f, scale, lang) for f in found))


def _gains_grid(comparison: Comparison, scale: Scale, lang: Language) -> Grid:
    designs = tuple(comparison.results.designs)
    found: dict[tuple[str, str], dict[str, float | None]] = {}
    total: dict[str, float | None] = {}
    for row in comparison.who_gains().to_dict("records"):
        mean = number_of(row["mean"])
        if row["party"] == RESOURCES:  # what all parties gain together is what is really saved
            total[str(row["design"])] = None if mean is None else -mean
            continue
        side = (str(row["party"]), str(row["committee"] or ""))
        found.setdefault(side, {})[str(row["design"])] = mean
    found["all", ""] = total
    rows = [Row(say(lang, "group.who_gains"))]
    for (party, committee), means in found.items():
        cells = (means.get(name) for name in designs)
        shown = tuple(Cell("–" if mean is None else scale.show(mean, lang)) for mean in cells)
        rows.append(Row(party_label(lang, party, committee), shown))
    heads = tuple(design_label(comparison.results.scenario, name, lang) for name in designs)
    return Grid(heads, tuple(rows), say(lang, f"unit.{scale.key}").join("()"))


def _remarks(scenario: Scenario, replications: int, coupling: str, scale: Scale, lang: Language) -> Iterator[str]:
    """What a reader must know to read the table: units, discounting, errors, coupling, and what the numbers rest on."""
    unit = say(lang, f"unit.{scale.key}")
    yield say(lang, "header.unit", unit=unit, years=scenario.horizon_years)
    rate = scenario.discounting.rate
    if rate:
        decimals = 0 if rate * 100 == round(rate * 100) else 1
        yield say(lang, "header.discounting", rate=percent(rate, lang, decimals))
    yield say(lang, "word.error", replications=number(replications, lang))
    if coupling == "independent":
        yield say(lang, "header.independent")
    yield marks_line(scenario, lang)


def marks_line(scenario: Scenario, lang: Language) -> str:
    """How many of the scenario's numbers are published, derived and assumed."""
    counts = count_marks(scenario)
    total = sum(counts.values())
    key = "marks.assumed" if counts["A"] == total else "marks.line"
    return say(lang, key, total=total, **counts)
