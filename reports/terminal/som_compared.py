"""A SØM calculation and a simulation side by side as a page: the difference in steps, and what SØM leaves out."""

from collections.abc import Iterator

from contracts.ledger import MUNICIPALITY, RESOURCES, STATE
from reports.marks import count_marks
from reports.numbers import THOUSANDS, Language, amount, quantity
from reports.som_comparing import Compared
from reports.texts import bare, design_label, names, party_label, say
from scenarios.som_result import entries
from simulations import statistics as st

from .comparing import marks_line, replications
from .figure_cells import figure_cell, number_of, records, table_scale
from .grid import Cell, Grid, Line, Row, lay_out
from .screen import paragraph

LEFT_OUT = (
    "net_gain",
    "net_gain_p5",
    "net_gain_p95",
    "loss_probability",
    "mean_loss",
    "liquidity_low",
    "liquidity_low_year",
    "payback_year",
    "never_paid_back",
    "service_room_low",
    "service_room_shortfall",
)
"""Figures of a simulation that no SØM calculation has: the mean for its error, and what lies around it."""


def compared_lines(compared: Compared, lang: Language, width: int) -> Iterator[Line]:
    """The whole page for a screen of that width."""
    results = compared.comparison.results
    scenario = results.scenario
    told = {"title": scenario.title, "replications": replications(results.replications, lang), "seed": results.seed}
    yield from paragraph(say(lang, "som.compare", **told), width)
    design = bare(design_label(scenario, compared.design, lang))
    about = {"design": design, "som": compared.som.title, "year": results.years[0]}
    yield from paragraph(say(lang, "som.design", **about), width)
    for key, grid in (
        ("side", _side_by_side(compared, lang)),
        ("steps", _steps(compared, lang)),
        ("years", _years(compared, lang)),
        ("leaves_out", _left_out(compared, lang)),
        ("who", _who(compared, lang)),
    ):
        yield "", ""
        yield say(lang, f"som.{key}"), "group"
        yield from lay_out(grid, width)
    yield "", ""
    if "timing" not in compared.explanation.steps:
        yield from paragraph(say(lang, "som.no_timing"), width)
    yield from paragraph(say(lang, "word.error", replications=told["replications"]), width)
    yield from paragraph(say(lang, "som.table_marks", **count_marks(compared.som)), width)
    yield from paragraph(marks_line(scenario, lang), width)


def _side_by_side(compared: Compared, lang: Language) -> Grid:
    """The present value of each actor, and how many more succeed."""
    ours = _present_values(compared)
    rows = []
    for actor in (MUNICIPALITY, STATE, "region"):
        som = sum(entry.present for entry in entries(compared.som) if entry.actor == actor)
        if som or ours.get(actor):
            rows.append(_row(party_label(lang, actor), som, ours.get(actor, 0), lang))
    theirs, mine = compared.explanation.successes
    cells = (quantity(theirs, lang), "–" if mine is None else quantity(mine, lang))
    differ = "–" if mine is None else quantity(mine - theirs, lang)
    rows.append(Row(say(lang, "som.extra"), tuple(Cell(value) for value in (*cells, differ))))
    heads = tuple(say(lang, f"som.column.{key}") for key in ("som", "simulated", "difference"))
    return Grid(heads, tuple(rows))


def _present_values(compared: Compared) -> dict[str, int]:
    """Mean present value in øre by party; for the municipality the end of the steps, its own funds among it."""
    results = compared.comparison.results
    found, divisors = results.designs[compared.design], results.scenario.discount_divisors
    values: dict[str, int] = {}
    for side, flow in zip(found.parties, found.party_year, strict=True):
        value = float(st.present_value(flow.reshape(1, -1), divisors)[0]) / results.replications
        values[side.party] = values.get(side.party, 0) + round(value)
    return values | {MUNICIPALITY: compared.explanation.simulated}


def _row(label: str, som: int, simulated: int, lang: Language) -> Row:
    return Row(label, tuple(Cell(amount(value, lang)) for value in (som, simulated, simulated - som)))


def _steps(compared: Compared, lang: Language) -> Grid:
    told = compared.explanation
    rows = [Row(say(lang, "som.from"), (Cell(amount(told.som, lang)),))]
    rows += [
        Row(f"  {say(lang, f'som.step.{name}')}", (Cell(amount(step, lang)),)) for name, step in told.steps.items()
    ]
    rows.append(Row(say(lang, "som.to"), (Cell(amount(told.simulated, lang)),)))
    return Grid((say(lang, "som.amount"),), tuple(rows), say(lang, "som.step"))


def _years(compared: Compared, lang: Language) -> Grid:
    """SØM's result and the simulation's mean, P5 and P95 by year."""
    results = compared.comparison.results
    net = results.designs[compared.design].net
    rows = []
    for number, (som, mean) in enumerate(compared.explanation.years):
        cells = [amount(som, lang), "–", "–", "–"]
        if number < len(results.years):
            ends = (st.quantile(net[:, number], p).value or 0 for p in (0.05, 0.95))
            cells[1:] = [amount(round(value), lang) for value in (mean, *ends)]
        label = f"{number} ({results.years[0] + number})"
        rows.append(Row(label, tuple(Cell(value) for value in cells)))
    heads = (say(lang, "som.column.som"), *(say(lang, f"run.{key}") for key in ("mean", "low", "high")))
    return Grid(heads, tuple(rows), say(lang, "som.year"))


def _left_out(compared: Compared, lang: Language) -> Grid:
    found = [row for row in records(compared.comparison.summary()) if row["design"] == compared.design]
    figures = {row["figure"]: row for row in found}
    scale = table_scale(found)
    rows = tuple(Row(say(lang, f"figure.{key}"), (figure_cell(figures[key], scale, lang),)) for key in LEFT_OUT)
    return Grid((say(lang, "som.value"),), rows, f"({say(lang, f'unit.{scale.key}')})")


def _who(compared: Compared, lang: Language) -> Grid:
    found = [row for row in records(compared.comparison.who_gains()) if row["party"] != RESOURCES]
    committees = names(lang, "committee", (str(row["committee"]) for row in found if row["committee"]))
    keys = ("mean", "p5", "p95")
    rows = []
    for row in found:
        label = party_label(lang, str(row["party"]), committees.get(str(row["committee"]), ""))
        rows.append(Row(label, tuple(Cell(THOUSANDS.show(number_of(row[key]) or 0.0, lang)) for key in keys)))
    return Grid(tuple(say(lang, f"run.{key}") for key in ("mean", "low", "high")), tuple(rows))
