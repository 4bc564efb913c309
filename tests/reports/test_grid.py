"""Tables keep within the screen, cut nothing off, and line their numbers up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.terminal.columns import table
from reports.terminal.grid import Cell, Grid, Row, lay_out, wrap_head


def _grid(columns: int) -> Grid:
    heads = tuple(f"Design num\xadmer {number}" for number in range(columns))
    cells = tuple(Cell(f"{number},5", "±0,1") for number in range(columns))
    words = tuple(Cell(words="ingen") for _ in range(columns))
    return Grid(heads, (Row("Heading"), Row("A label of some length", cells), Row("Another", words)), "(mio. kr.)")


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("columns", [1, 2, 5, 12])
def test_a_table_keeps_within_the_screen_and_shows_every_cell(width: int, columns: int) -> None:
    lines = [line for line, _ in lay_out(_grid(columns), width)]
    assert max(map(len, lines)) <= width
    page = "\n".join(lines)
    assert all(f"{number},5 ±0,1" in page for number in range(columns))
    assert page.count("ingen") == columns
    assert page.count("Heading") == page.count("(mio. kr.)")


def test_values_line_up_whatever_their_errors() -> None:
    cells = [Cell("10,0", "±0,1"), Cell("5,0"), Cell("−3,5", "±12,0")]
    rows = tuple(Row("x", (cell,)) for cell in cells)
    lines = [line for line, _ in lay_out(Grid(("head",), rows), 80)][-3:]
    assert {line.index(",") for line in lines} == {lines[0].index(",")}


@pytest.mark.parametrize("amount", ["1.000,00 kr.", "DKK 1,000.00", "1.000,00 GBP", "GBP 1,000.00", "−EUR 1,000.00"])
def test_an_amount_is_not_parted_from_its_unit(amount: str) -> None:
    for width in range(30, 45):
        lines = [line for line, _ in table([], [["x", f"Who pays the whole of {amount} and {amount}"]], "ll", width)]
        assert sum(line.count(amount) for line in lines) == 2


def test_a_head_breaks_at_spaces_and_soft_hyphens() -> None:
    broken = wrap_head("Pulje med tilbage\xadbetaling af gevinst", 11)
    assert broken == ["Pulje med", "tilbage-", "betaling af", "gevinst"]
    assert wrap_head("Egen\xadfinansiering", 16) == ["Egenfinansiering"]
    head, _ = next(lay_out(Grid(("beskæftigelsesforvaltningen",), ()), 80))
    assert head.split() == ["beskæftigelsesforvaltningen"]
    assert wrap_head("abcdefgh", 3) == ["abc", "def", "gh"]


@given(st.text("ab \xad", min_size=1, max_size=60), st.integers(2, 20))
def test_a_wrapped_head_loses_nothing(head: str, width: int) -> None:
    lines = wrap_head(head, width)
    assert all(len(line) <= width for line in lines)
    kept = "".join(lines).replace("-", "").replace(" ", "")
    assert kept == head.replace("\xad", "").replace(" ", "")


def test_a_list_wraps_its_last_column_only() -> None:
    lines = [line for line, _ in table(["Nr.", "Told"], [["1", "word " * 30]], "rl", 50)]
    assert max(map(len, lines)) <= 50
    assert sum(line.count("word") for line in lines) == 30
