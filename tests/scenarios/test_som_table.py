"""A SØM table is read whole or not at all: every fault has its sheet, row and column."""

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from scenarios.loading import LoadError, Problem
from scenarios.som import Som
from scenarios.som_table import load_som, read_som

DANISH = """\
Oplysninger
oplysning;værdi;mærke;kilde
titel;Unge hjemløse
antal borgere;36;P;kontrakten
succesrate med indsatsen;0,7
succesrate uden indsatsen;0,35;D;evaluering
diskonteringsrente;0,035
prisniveau;2021

Omkostninger
år;aktør;udvalg;beløb;pr.;mærke;kilde
0;Kommunen;Social;42000,50;borger;A;skøn

Konsekvenser
område;aktør;udvalg;år efter succes;konsekvens pr. succes;enhedspris;prisniveau;mærke;kilde
Botilbud;kommune;Social;1;-0,5;275000;2021;D;godtigang
Botilbud;stat;;1;-0,5;275000;;;
"""
ENGLISH = """\
Facts
fact,value,mark,source
title,Unge hjemløse
number of citizens,36,P,kontrakten
success rate with the intervention,0.7
success rate without it,0.35,D,evaluering
discount rate,0.035
price level,2021
Costs
year,actor,committee,amount,per,mark,source
0,municipality,Social,42000.50,citizen,A,skøn
Consequences
area,actor,committee,year after success,consequence per success,unit price,price level,mark,source
Botilbud,municipality,Social,1,-0.5,275000,2021,D,godtigang
Botilbud,state,,1,-0.5,275000,,,
"""


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str | bytes, name: str = "som.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def workbook(text: str) -> bytes:
    """A CSV table of tests as a workbook with its parts as sheets, numbers as numbers."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for line in filter(None, text.splitlines()):
        cells = line.split(",")
        if len(cells) == 1:
            sheet = book.create_sheet(cells[0])
            continue
        sheet.append([float(cell) if cell.lstrip("-")[:1].isdigit() else cell or None for cell in cells])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def problems(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(LoadError) as found:
        read_som(path)
    return found.value.problems


def places(path: Path) -> list[tuple[int, int, str]]:
    return [(each.line, each.column, each.message.split(",")[0]) for each in problems(path)]


def test_a_danish_and_an_english_table_and_a_workbook_say_the_same(table: Callable[..., Path]) -> None:
    danish = read_som(table(DANISH))
    assert danish.successes == 12_600_000
    assert danish.costs[0].amount == Decimal("42000.5")
    assert danish.citizens.source == "kontrakten"
    assert danish.consequences[0].mark == "D"
    assert danish.consequences[1].mark == "A"
    assert read_som(table(ENGLISH, "english.csv")) == danish
    assert read_som(table(workbook(ENGLISH), "som.xlsx")) == danish


def test_a_file_of_an_older_danish_excel_is_read(table: Callable[..., Path]) -> None:
    assert read_som(table(DANISH.encode("windows-1252"))) == read_som(table(DANISH, "utf-8.csv"))
    assert read_som(table(("\ufeff" + DANISH).encode())) == read_som(table(DANISH, "utf-8.csv"))


def test_parts_may_stand_in_any_order_and_beside_other_sheets(table: Callable[..., Path]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(ENGLISH)))
    book.move_sheet("Facts", 2)
    book.create_sheet("Own notes", 0).append(["anything", 1, "=1/0"])
    out = io.BytesIO()
    book.save(out)
    assert read_som(table(out.getvalue(), "som.xlsx")) == read_som(table(ENGLISH))


BROKEN = """\
Oplysninger
oplysning;værdi;mærke;kilde
titel;Unge;P;
antal borgere;36,5
succesrate med indsatsen;70 %
succesrate uden indsatsen;0.35;P
diskonteringsrente;1.234
antal borgre;3
prisniveau;2021

Omkostninger
år;aktør;udvalg;beløb;pr.;mærke;kilde;kild
0;kommune;;90.000,00;borger;A;
11;Ministeriet;Social;1.234,5;uge;A;x;y;z

Konsekvenser
område;ydelse;aktør;udvalg;år efter succes;konsekvens pr. succes;enhed;enhedspris;prisniveau;mærke;kilde
Botilbud;010190-1234;kommune;Social;1;-0,45;helår;275000;2019;D;
;;stat;;0;;helår;1e5;;X;
Sundhed;;region;;1;-0,5;dage;12000;;A;
Sundhed;;region;;1;-0,5;dage;12000;;A;
"""


def test_every_fault_is_told_with_sheet_row_and_column(table: Callable[..., Path]) -> None:
    facts, costs, consequences = "Oplysninger", "Omkostninger", "Konsekvenser"
    assert places(table(BROKEN)) == [
        (3, 3, facts),  # a mark beside the title
        (4, 2, facts),  # half a citizen
        (5, 2, facts),  # per cent
        (6, 2, facts),  # a decimal point
        (6, 3, facts),  # no source for P
        (7, 2, facts),  # two readings
        (8, 1, facts),  # no such fact
        (12, 8, costs),  # a heading that is not known
        (13, 3, costs),  # no committee
        (13, 4, costs),  # a thousands separator
        (14, 1, costs),  # year 11
        (14, 2, costs),  # no such actor
        (14, 4, costs),  # a thousands separator
        (14, 5, costs),  # per week
        (14, 9, costs),  # a cell too many
        (18, 2, consequences),  # a CPR number
        (18, 9, consequences),  # another price level
        (18, 10, consequences),  # no source for D
        (19, 1, consequences),  # no area
        (19, 5, consequences),  # year 0
        (19, 6, consequences),  # no quantity
        (19, 8, consequences),  # an exponent
        (19, 10, consequences),  # no such mark
        (21, 1, consequences),  # the same again
    ]


def test_a_fault_says_what_was_expected_and_found_and_how_to_mend_it(table: Callable[..., Path]) -> None:
    told = {(each.line, each.column): each for each in problems(table(BROKEN))}
    assert told[13, 4].message == ("Omkostninger, 'beløb': expected kroner with up to two decimals, found '90.000,00'")
    assert told[13, 4].hint == "write 90000"
    assert told[5, 2].hint == "write 0,7"
    assert "which can be read in two ways" in told[7, 2].message
    assert told[8, 1].hint == "did you mean 'antal borgere'?"
    assert told[21, 1].message.endswith("this row says again what row 20 says")
    assert "1234" not in told[18, 2].message


def test_a_workbook_names_the_cell_too(table: Callable[..., Path]) -> None:
    text = ENGLISH.replace("42000.50,citizen", "many,citizen").replace("state,,1,-0.5", "state,,1.5,none")
    first, second, third = problems(table(workbook(text), "som.xlsx"))
    assert (first.line, first.column) == (2, 4)
    assert first.message.startswith("Costs, D2, 'amount': expected kroner with up to two decimals, found 'many'")
    assert second.message.startswith("Consequences, D3, 'year after success': expected a year after success")
    assert third.message.startswith("Consequences, E3, 'consequence per success'")


def test_a_formula_counts_with_the_value_it_was_saved_with_and_not_without(table: Callable[..., Path]) -> None:
    text = ENGLISH.replace("42000.50", "=1+1")
    (found,) = problems(table(workbook(text), "som.xlsx"))
    assert "D2, 'amount': expected kroner with up to two decimals, found a formula without a value" in found.message


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("titel;Unge hjemløse\n", "", "expected a row 'titel' or 'title', found none"),
        ("succesrate uden indsatsen;0,35;D;evaluering\n", "", "expected 'success_without' beside 'success_with'"),
        (
            "prisniveau;2021\n",
            "prisniveau;2021\nforskel i succesrate;0,3\n",
            "both with and without, and as a difference",
        ),
        ("prisniveau;2021\n", "prisniveau;2021\nprice level;2021\n", "'price level' stands for the second time"),
        ("Konsekvenser\n", "Noget andet\n", "expected a sheet (in a CSV file a row) 'Konsekvenser' or 'Consequences'"),
        ("beløb;", "penge;", "expected a column with the heading 'beløb' or 'amount', found none"),
        ("udvalg;beløb", "udvalg;udvalg", "found this heading for the second time"),
        ("Botilbud;stat", "Botilbud;staten;;;;;;;;;Social", "expected no more than 9 cells"),
        ("42000,50", '"42000,50', "a quote is opened and never closed"),
        ("antal borgere;36", "antal borgere;0", "expected a whole number of citizens, found '0'"),
        ("42000,50", "42000,505", "expected kroner with up to two decimals"),
    ],
)
def test_what_is_missing_or_contradicts_itself_is_refused(
    table: Callable[..., Path], old: str, new: str, told: str
) -> None:
    assert old in DANISH
    assert any(told in each.message for each in problems(table(DANISH.replace(old, new))))


def test_without_a_consequence_there_is_nothing_to_reckon_with(table: Callable[..., Path]) -> None:
    text = DANISH[: DANISH.index("Botilbud;kommune")]
    assert [each.message for each in problems(table(text))] == [
        "Konsekvenser, row 15: expected a consequence, found none"
    ]


def test_a_part_that_stands_twice_is_refused(table: Callable[..., Path]) -> None:
    text = DANISH + "\nCosts\når;aktør;udvalg;beløb\n1;stat;;5\n"
    (found,) = problems(table(text))
    assert (found.line, found.message) == (20, "Costs, row 20: this part stands for the second time")


def test_a_file_that_is_no_table_is_refused(table: Callable[..., Path]) -> None:
    assert "cannot be read" in problems(table(b"PK\x03\x04 nothing", "som.xlsx"))[0].message
    assert "found a workbook" in problems(table(b"PK\x03\x04", "som.csv"))[0].message
    assert {each.line for each in problems(table("a,b\n1,2\n"))} == {0}


def test_faults_of_a_yaml_file_have_its_lines(table: Callable[..., Path]) -> None:
    text = """\
title: Unge
citizens: {value: 10}
success_difference: {value: 0.3}
discount_rate: {value: 0.04}
price_level: {value: 2022}
consequences:
  - {area: A, actor: municipality, year: 11, quantity: -1, price: 100}
  - {area: B, actor: municipality, year: 1, quantity: -1, price: 100}
"""
    with pytest.raises(LoadError) as found:
        load_som(table(text, "som.yaml"))
    assert [each.line for each in found.value.problems] == [7, 8]
    assert isinstance(
        load_som(
            table(text.replace("11", "1, committee: S").replace("B, actor: municipality", "B, actor: state"), "ok.yaml")
        ),
        Som,
    )
