"""One design as a page of text: cash flow, payments by clause, budget effects by year, results reached."""

from collections.abc import Iterator

from reports.comparison import Comparison
from reports.numbers import Language, Scale, number, scale_for
from reports.texts import bare, capital, design_label, measure_names, names, say

from .budget import Records, appropriation_grid, room_grid
from .comparing import replications
from .figure_cells import number_of, records
from .grid import Cell, Grid, Line, Row, lay_out
from .purse import purse_remarks
from .screen import paragraph


def design_lines(comparison: Comparison, design: str, lang: Language, width: int) -> Iterator[Line]:
    """The whole page of one design for a screen of that width."""
    results, scenario = comparison.results, comparison.results.scenario
    cash: Records = records(comparison.cash_flow())
    scale = scale_for(max(abs(number_of(row[key]) or 0.0) for row in cash for key in ("mean", "p5", "p95")))
    told = {"title": scenario.title, "design": bare(design_label(scenario, design, lang)), "seed": results.seed}
    yield from paragraph(say(lang, "run.title", replications=replications(results.replications, lang), **told), width)
    yield "", ""
    unit = say(lang, f"unit.{scale.key}")
    yield say(lang, "run.cash", unit=unit), "group"
    yield from lay_out(_cash_grid(cash, scale, lang), width)
    yield "", ""
    if scenario.designs[design].contract is None:
        yield say(lang, "run.no_contract"), ""
    else:
        yield say(lang, "run.payments", unit=unit), "group"
        yield from _payments(comparison, design, cash, scale, lang, width)
    yield "", ""
    level = say(lang, "run.price_level", year=results.years[0]) if scenario.price_index else ""
    yield say(lang, "run.appropriation", unit=unit) + level, "group"
    yield from lay_out(appropriation_grid(scenario, records(comparison.appropriation()), scale, lang), width)
    yield "", ""
    yield say(lang, "run.room", unit=unit), "group"
    yield from lay_out(room_grid(records(comparison.service_room()), scale, lang), width)
    yield "", ""
    yield from _results(comparison, lang, width)
    yield "", ""
    yield from paragraph(say(lang, "run.sign"), width)
    for sentence in purse_remarks(scenario, lang):
        yield from paragraph(sentence, width)


def _cash_grid(cash: Records, scale: Scale, lang: Language) -> Grid:
    net = [row for row in cash if row["what"] == "net"]
    rows = [
        Row(str(row["year"]), tuple(Cell(scale.show(row[key], lang)) for key in ("mean", "p5", "p95"))) for row in net
    ]
    total = Cell(scale.show(sum(row["mean"] for row in net), lang))
    rows.append(Row(say(lang, "run.sum"), (total, Cell(""), Cell(""))))
    return Grid(tuple(say(lang, f"run.{key}") for key in ("mean", "low", "high")), tuple(rows), say(lang, "run.year"))


def _payments(
    comparison: Comparison, design: str, cash: Records, scale: Scale, lang: Language, width: int
) -> Iterator[Line]:
    """What the purse pays by clause and year; + is paid."""
    years = sorted({row["year"] for row in cash})
    paid: dict[str, dict[int, float]] = {}
    for row in cash:
        kind, _, clause = row["what"].partition(":")
        if kind == "payment":
            by_year = paid.setdefault(clause, dict.fromkeys(years, 0.0))
            by_year[row["year"]] -= row["mean"]
    if not paid:
        yield say(lang, "run.none"), ""
        return
    contract = comparison.results.scenario.designs[design].contract
    called = names(lang, "column", contract.clauses if contract else ())
    rows = [
        _payment_row(capital(called.get(clause) or say(lang, f"column.{clause}")), by_year, scale, lang)
        for clause, by_year in paid.items()
    ]
    if len(paid) > 1:
        total = {year: sum(by_year[year] for by_year in paid.values()) for year in years}
        rows.append(_payment_row(say(lang, "run.sum"), total, scale, lang))
    heads = (*map(str, years), say(lang, "run.sum"))
    yield from lay_out(Grid(heads, tuple(rows), say(lang, "run.clause")), width)


def _payment_row(label: str, by_year: dict[int, float], scale: Scale, lang: Language) -> Row:
    amounts = [*by_year.values(), sum(by_year.values())]
    return Row(label, tuple(Cell(scale.show(amount, lang)) for amount in amounts))


def _results(comparison: Comparison, lang: Language, width: int) -> Iterator[Line]:
    found: Records = records(comparison.results_reached())
    if not found:
        yield say(lang, "run.no_results"), ""
        return
    yield say(lang, "run.results"), "group"
    called = measure_names(comparison.results.scenario, lang)
    rows: list[Row] = []
    for row in found:
        heading = Row(capital(called[row["measure"]]))
        if heading not in rows:
            rows.append(heading)
        cells = tuple(Cell(number(row[key], lang, 1)) for key in ("measured", "with_intervention", "without", "extra"))
        rows.append(Row(f"  {say(lang, 'run.month').lower()} {row['month']}", cells))
    heads = tuple(say(lang, f"run.{key}") for key in ("measured", "with", "without", "extra"))
    yield from lay_out(Grid(heads, tuple(rows), say(lang, "run.result")), width)
