"""What a design means for the budget: appropriation effects by committee and class, room under the service ceiling."""

from typing import Any

from reports.numbers import Language, Scale
from reports.texts import capital, say, word
from scenarios import Scenario

from .figure_cells import figure_cell
from .grid import Cell, Grid, Row
from .purse import committee_names

Records = list[dict[str, Any]]


def appropriation_grid(scenario: Scenario, found: Records, scale: Scale, lang: Language) -> Grid:
    """The mean effect on the budget year and the forecast years, by committee (or own fund) and class."""
    years = sorted({row["year"] for row in found})
    sides = dict.fromkeys(row["committee"] for row in found)
    committees = committee_names(lang, (side for side in sides if side not in scenario.parties))
    rows: list[Row] = []
    for side in sides:
        rows.append(Row(capital(committees.get(side) or word(lang, "party", side))))
        mine = [row for row in found if row["committee"] == side]
        rows += [
            _year_row(f"  {say(lang, f'class.{budget_class}')}", years, mine, scale, lang, budget_class)
            for budget_class in dict.fromkeys(row["class"] for row in mine)
        ]
    rows.append(_year_row(say(lang, "run.sum"), years, found, scale, lang))
    heads = [say(lang, "run.forecast_year" if number else "run.budget_year", year=y) for number, y in enumerate(years)]
    return Grid(tuple(heads), tuple(rows), say(lang, "run.committee"))


def _year_row(
    label: str, years: list[int], found: Records, scale: Scale, lang: Language, budget_class: str | None = None
) -> Row:
    """The sum by year of the records, or of those of one class."""
    mine = [row for row in found if budget_class in (None, row["class"])]
    sums = (sum(row["kroner"] for row in mine if row["year"] == year) for year in years)
    return Row(label, tuple(Cell(scale.show(total, lang)) for total in sums))


def room_grid(found: Records, scale: Scale, lang: Language) -> Grid:
    """The effect on the room under the service ceiling by year: mean, P5, and the probability of a shortfall."""
    rows = tuple(
        Row(
            str(row["year"]),
            (
                Cell(scale.show(row["mean"], lang), scale.margin(row["error"], lang)),
                Cell(scale.show(row["p5"], lang)),
                figure_cell(_shortfall(row), scale, lang),
            ),
        )
        for row in found
    )
    return Grid(tuple(say(lang, f"run.{key}") for key in ("mean", "low", "shortfall")), rows, say(lang, "run.year"))


def _shortfall(row: dict[str, Any]) -> dict[str, Any]:
    """The probability of a shortfall as a figure of the summary."""
    note = "" if row["shortfall"] else "none_seen"
    return row | {"figure": "shortfall", "unit": "share", "value": row["shortfall"], "error": None, "note": note}
