"""Tables from a municipality's own systems become stated facts, or every fault is told with its row and column."""

import csv
import datetime as dt
import io
import time
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.money import PPM
from contracts.stated import Stated
from scenarios.loading import MAX_PROBLEMS, LoadError, Problem, load_text
from scenarios.reading.numbers import safe_decimal
from scenarios.tables import read_table, sheets
from scenarios.tables.cells import personal
from scenarios.tables.columns import Columns

CPR = "010190-1234"
DAY = dt.date(2022, 12, 31)
DANISH = """\
delimiter: ";"
encoding: windows-1252
decimal: ","
dates: day-month-year
columns:
  metric: Mål
  person: Borger
  date: Dato
  month: Opfølgning
  quantity: Resultat
  of: Ud af
  amount: Beløb
  group: Gruppe
values:
  metric: {Bolig: housed}
  quantity: {Ja: 1, Nej: 0}
"""
DANISH_HEAD = "Mål;Borger;Dato;Opfølgning;Resultat;Ud af;Beløb;Gruppe;Bemærkning\r\n"


class Desk:
    """A folder in which a clerk keeps tables and a columns file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def csv(self, text: str | bytes, name: str = "facts.csv") -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def columns(self, text: str) -> Path:
        path = self.folder / "columns.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def xlsx(self, *rows: Sequence[Any], sheet: str = "Ark1", name: str = "facts.xlsx") -> Path:
        book = openpyxl.Workbook()
        page = book.active
        assert page is not None
        page.title = sheet
        for row in rows:
            page.append(list(row))
        book.save(self.folder / name)
        return self.folder / name


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def problems(path: Path, columns: Path | None = None) -> tuple[Problem, ...]:
    with pytest.raises(LoadError) as caught:
        read_table(path, columns)
    assert all(problem.file == str(path) for problem in caught.value.problems)
    return caught.value.problems


def the_problem(path: Path, columns: Path | None = None) -> Problem:
    found = problems(path, columns)
    assert len(found) == 1, [problem.render() for problem in found]
    return found[0]


def told(problem: Problem) -> tuple[int, int, str, str]:
    return problem.line, problem.column, problem.message, problem.hint


# What is read


def test_a_table_with_our_own_headings_in_any_order_becomes_facts(desk: Desk) -> None:
    path = desk.csv("date,metric,month,person\n2022-12-31,housed,12,P1\n2023-01-31,housed,6,P2\n")
    assert read_table(path) == [
        Stated("housed", DAY, 12, "P1", place="facts.csv, row 2"),
        Stated("housed", dt.date(2023, 1, 31), 6, "P2", place="facts.csv, row 3"),
    ]


def test_what_is_left_out_has_its_usual_meaning(desk: Desk) -> None:
    assert read_table(str(desk.csv("metric,date\nhoused,2022-12-31\n"))) == [
        Stated("housed", DAY, 0, None, "", PPM, PPM, None, "facts.csv, row 2")
    ]


def test_quantities_are_millionths_and_amounts_are_oere(desk: Desk) -> None:
    text = (
        "metric,date,quantity,of,amount\nhoused,2022-12-31,9.6,25,\nsaved,2022-12-31,,,-1200.5\nhoused,2022-12-31,0,,\n"
    )
    assert [(fact.quantity, fact.of, fact.amount) for fact in read_table(desk.csv(text))] == [
        (9_600_000, 25_000_000, None),
        (PPM, PPM, -120_050),
        (0, PPM, None),
    ]


def test_a_danish_csv_from_excel_is_read_with_its_columns_file(desk: Desk) -> None:
    rows = (
        "Bolig;Bo-17;31-12-2022;12;Ja;;;Unge;første\r\n"
        "Bolig;Bo-18;1.2.2023;12;Nej;;;;\r\n"
        ";;;;;;;;\r\n"
        "Skolestart;;31/12/2022;6;19,5;25;;Ældre;\r\n"
        "besparelse;;31-12-2022;;;;-1234,5;;010190-1234\r\n"
    )
    path = desk.csv((DANISH_HEAD + rows).encode("cp1252"), "målinger.csv")
    assert read_table(path, desk.columns(DANISH)) == [
        Stated("housed", DAY, 12, "Bo-17", "Unge", PPM, PPM, None, "målinger.csv, row 2"),
        Stated("housed", dt.date(2023, 2, 1), 12, "Bo-18", "", 0, PPM, None, "målinger.csv, row 3"),
        Stated("Skolestart", DAY, 6, None, "Ældre", 19_500_000, 25 * PPM, None, "målinger.csv, row 5"),
        Stated("besparelse", DAY, 0, None, "", PPM, PPM, -123_450, "målinger.csv, row 6"),
    ]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["facts.csv", "facts.txt", "FACTS.TSV"])
def test_the_delimiter_and_the_line_ends_are_found(desk: Desk, delimiter: str, end: str, name: str) -> None:
    text = f"metric;date;person{end}housed;2022-12-31;P1{end}".replace(";", delimiter)
    assert read_table(desk.csv(text, name)) == [Stated("housed", DAY, 0, "P1", place=f"{name}, row 2")]


def test_the_delimiter_is_the_one_that_finds_the_headings(desk: Desk) -> None:
    columns = desk.columns("columns: {metric: Mål, date: Dato}\n")
    path = desk.csv("Mål;Dato;Beløb, kr., i alt, netto\nhoused;2022-12-31;5\n")
    assert [fact.metric for fact in read_table(path, columns)] == ["housed"]


def test_a_stated_delimiter_is_used(desk: Desk) -> None:
    columns = desk.columns("delimiter: tab\n")
    assert len(read_table(desk.csv("metric\tdate\na;b,c\t2022-12-31\n"), columns)) == 1


def test_a_byte_order_mark_and_spaces_around_texts_do_not_count(desk: Desk) -> None:
    path = desk.csv("\ufeff metric ;\xa0date;person\n housed\xa0; 2022-12-31\xa0;P\xa01 \n".encode())
    assert read_table(path) == [Stated("housed", DAY, 0, "P 1", place="facts.csv, row 2")]


def test_rows_are_counted_as_excel_counts_them(desk: Desk) -> None:
    path = desk.csv('metric;date;group\nhoused;2022-12-31;a\n\n;;\n"housed";"2022-12-31"\n')
    assert [fact.place for fact in read_table(path)] == ["facts.csv, row 2", "facts.csv, row 5"]


def test_headings_may_stand_further_down_and_break_over_lines(desk: Desk) -> None:
    columns = desk.columns("head_row: 3\ncolumns: {metric: Mål for borger, date: Dato}\n")
    path = desk.csv('Udtræk 2022\n\n"Mål\nfor\xa0 borger",Dato\nhoused,2022-12-31\n')
    assert [fact.place for fact in read_table(path, columns)] == ["facts.csv, row 4"]


def test_what_is_the_same_for_every_row_is_stated_once(desk: Desk) -> None:
    columns = desk.columns(
        "columns: {person: Borger}\n"
        "fixed: {metric: housed, date: 2022-12-31, month: 12, quantity: 0.5, of: 2, group: youth}\n"
    )
    path = desk.csv("Borger\nP1\n")
    assert read_table(path, columns) == [
        Stated("housed", DAY, 12, "P1", "youth", 500_000, 2 * PPM, None, "facts.csv, row 2")
    ]
    assert read_table(desk.csv("metric\nsaved\n"), desk.columns("fixed: {date: 2022-12-31, amount: 12.5}\n")) == [
        Stated("saved", DAY, amount=1250, place="facts.csv, row 2")
    ]


def test_texts_stand_for_values_and_others_are_read_as_they_are(desk: Desk) -> None:
    columns = desk.columns(
        "values: {month: {et år: 12}, date: {Q4: 2022-12-31}, quantity: {ja: 1, '': 0, 2: 0.25}, group: {1: unge}}\n"
    )
    path = desk.csv("metric,date,month,quantity,group\na,Q4,et år,ja,1\na,2022-12-31,6,,2\na,Q4,,2,\n")
    assert [(f.date, f.month, f.quantity, f.group) for f in read_table(path, columns)] == [
        (DAY, 12, PPM, "unge"),
        (DAY, 6, 0, "2"),
        (DAY, 0, 250_000, ""),
    ]


def test_a_table_of_headings_alone_states_nothing(desk: Desk) -> None:
    assert read_table(desk.csv("metric,date")) == []


# Workbooks


def test_a_workbook_is_read_with_its_own_numbers_and_dates(desk: Desk) -> None:
    path = desk.xlsx(
        ["metric", "person", "date", "month", "quantity", "of", "amount"],
        ["housed", 1001, dt.datetime(2022, 12, 31), 12.0, 1, None, None],
        [None] * 7,
        [" share\xa0", None, dt.datetime(2022, 12, 31, 14, 5), 6, 0.1 + 0.2, 2.5, None],
        ["saved", None, "2022-12-31", None, None, None, 0.1 + 0.2],
        ["saved", None, "2022-12-31", None, None, None, 12_345_678.9 * 3],
    )
    assert read_table(path) == [
        Stated("housed", DAY, 12, "1001", "", PPM, PPM, None, "facts.xlsx, row 2"),
        Stated("share", DAY, 6, None, "", 300_000, 2_500_000, None, "facts.xlsx, row 4"),
        Stated("saved", DAY, 0, None, "", PPM, PPM, 30, "facts.xlsx, row 5"),
        Stated("saved", DAY, 0, None, "", PPM, PPM, 3_703_703_670, "facts.xlsx, row 6"),
    ]


def test_a_row_that_lost_its_pseudonym_is_no_count(desk: Desk) -> None:
    hint = "write one, or delete the row; a count has a quantity, and no row of its metric has a person"
    path = desk.csv("metric;date;person\nhome;2022-12-31;P1\nhome;2022-12-31; \n")
    lost = "'person': expected a pseudonym, {}found nothing"
    assert told(the_problem(path)) == (3, 3, lost.format("as in the other rows of 'home', "), hint)
    path = desk.csv("metric;date;person\nhome;2022-12-31;\n")
    assert told(the_problem(path)) == (2, 3, lost.format(""), hint)
    path = desk.csv("metric;date;person;quantity\nhome;2022-12-31;P1;1\nhome;2022-12-31;;1\nshare;2022-12-31;;7\n")
    assert told(the_problem(path)) == (3, 3, lost.format("as in the other rows of 'home', "), hint)
    path = desk.csv("metric;date;person;quantity\nhome;2022-12-31;P1;1\nshare;2022-12-31;;7\n")
    assert [fact.person for fact in read_table(path)] == ["P1", None]


def test_a_pseudonym_is_the_same_however_its_letters_are_put_together(desk: Desk) -> None:
    path = desk.csv("metric;date;person\nhome;2022-12-31;A\N{COMBINING RING ABOVE}se\xa0\n")
    assert [fact.person for fact in read_table(path)] == ["\N{LATIN CAPITAL LETTER A WITH RING ABOVE}se"]


def test_dates_of_a_workbook_work_under_any_order(desk: Desk) -> None:
    path = desk.xlsx(["metric", "date"], ["a", DAY], ["a", "31.12.2022"])
    columns = desk.columns('dates: day-month-year\ndecimal: ","\n')
    assert [fact.date for fact in read_table(path, columns)] == [DAY, DAY]


def test_a_sheet_is_taken_by_name_else_the_first(desk: Desk) -> None:
    path = desk.xlsx(["Om"], ["dette ark"], sheet="Forside")
    book = openpyxl.load_workbook(path)
    page = book.create_sheet("Målinger")
    page.append(["metric", "date"])
    page.append(["housed", DAY])
    book.save(path)
    assert len(read_table(path, desk.columns("sheet: Målinger\n"))) == 1
    assert problems(path)[0].line == 1
    assert told(the_problem(path, desk.columns("sheet: Målinge\n"))) == (
        0,
        1,
        "expected a sheet 'Målinge', found 'Forside', 'Målinger'",
        "did you mean 'Målinger'? write one of them under sheet: in the columns file",
    )


def test_truth_values_count_only_where_they_are_given_a_meaning(desk: Desk) -> None:
    path = desk.xlsx(["metric", "date", "quantity"], ["a", DAY, True], ["a", DAY, False], ["a", DAY, 1])
    columns = desk.columns('values: {quantity: {"TRUE": 0.5, "FALSE": 0}}\n')
    assert [fact.quantity for fact in read_table(path, columns)] == [500_000, 0, PPM]
    first, second = problems(path)
    assert told(first) == (
        2,
        3,
        "C2, 'quantity': expected a number from 0 to 1000000 with up to six decimals, found the truth value TRUE",
        'write it out, or say under values: what "TRUE" stands for, in quotes',
    )
    assert "FALSE" in second.message


def test_a_formula_counts_with_its_saved_value_and_is_refused_without_one(desk: Desk) -> None:
    path = desk.xlsx(["metric", "date", "quantity"], ["a", DAY, "=1/2"], ["a", DAY, "=1+1"])
    assert [told(problem) for problem in problems(path)] == [
        (
            row,
            3,
            f"C{row}, 'quantity': expected a number from 0 to 1000000 with up to six decimals, "
            "found a formula without a value",
            "open the workbook in Excel, and save it",
        )
        for row in (2, 3)
    ]
    saved = path.with_name("saved.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(saved, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<f>1/2</f><v />", b"<f>1/2</f><v>0.5</v>"))
    assert [problem.line for problem in problems(saved)] == [3]


def test_texts_that_look_like_formulas_are_plain_texts(desk: Desk) -> None:
    path = desk.xlsx(["metric", "date"])
    book = openpyxl.load_workbook(path)
    page = book.active
    assert page is not None
    page.append(["=1+1", DAY])
    page["A2"].data_type = "s"
    book.save(path)
    assert [fact.metric for fact in read_table(path)] == ["=1+1"]
    text = 'metric,date\n=1+1,2022-12-31\n"=HYPERLINK(""http://x"")",2022-12-31\n@SUM(A1),2022-12-31\n'
    assert [fact.metric for fact in read_table(desk.csv(text))] == ["=1+1", '=HYPERLINK("http://x")', "@SUM(A1)"]


def test_errors_times_and_other_odd_cells_are_refused(desk: Desk) -> None:
    path = desk.xlsx(
        ["metric", "date", "month", "person"],
        ["#N/A", dt.time(12, 30), DAY, 1.5],
        ["a", 44926, 12.5, DAY],
        [True, DAY, 10**18, "P1"],
    )
    assert [told(problem) for problem in problems(path)] == [
        (2, 1, "A2, 'metric': expected the name of a metric, found the error #N/A", "mend the cell in the workbook"),
        (
            2,
            2,
            "B2, 'date': expected a date as year-month-day, found a time of day",
            "format the cell as a date or as a number, and look whether it is right",
        ),
        (
            2,
            3,
            "C2, 'month': expected a whole number from 0 to 1200, found the date 2022-12-31",
            "format the cell as a number",
        ),
        (
            2,
            4,
            "D2, 'person': expected a pseudonym, found the number 1.5",
            "format the cell as text, and write it again",
        ),
        (3, 2, "B3, 'date': expected a date as year-month-day, found the number 44926", "format the cell as a date"),
        (
            3,
            3,
            "C3, 'month': expected a whole number from 0 to 1200, found the number 12.5",
            "write a whole number, such as 13",
        ),
        (
            3,
            4,
            "D3, 'person': expected a pseudonym, found the date 2022-12-31",
            "format the cell as text, and write it again",
        ),
        (
            4,
            1,
            "A4, 'metric': expected the name of a metric, found the truth value TRUE",
            'write it out, or say under values: what "TRUE" stands for, in quotes',
        ),
        (
            4,
            3,
            "C4, 'month': expected a whole number from 0 to 1200, found a number that is too large",
            "write a smaller number, or format the cell as text",
        ),
    ]


def test_numbers_of_a_workbook_fit_the_decimals_but_for_binary_dust(desk: Desk) -> None:
    path = desk.xlsx(["metric", "date", "quantity"], ["a", DAY, 0.1234567], ["a", DAY, 1.125], ["a", DAY, 1.1250000001])
    assert told(the_problem(path))[::2] == (
        2,
        "C2, 'quantity': expected a number from 0 to 1000000 with up to six decimals, found the number 0.1234567",
    )
    path = desk.xlsx(["metric", "date", "amount"], ["a", DAY, 0.125])
    assert the_problem(path).hint == "round it: write 0.13"


def test_what_a_workbook_says_of_its_size_is_not_believed(desk: Desk) -> None:
    path = desk.xlsx(["metric", "date"], ["housed", DAY])
    wide = path.with_name("wide.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(wide, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    assert len(read_table(wide)) == 1


# Faults


QUANTITY = "expected a number from 0 to 1000000 with up to six decimals, found"
OF = "expected a number above 0, to 1000000, with up to six decimals, found"
AMOUNT = "expected kroner with up to two decimals, found"
MONTH = "expected a whole number from 0 to 1200, found"
DATE = "expected a date as year-month-day, found"
IN_COLUMNS_FILE = "in the columns file"


@pytest.mark.parametrize(
    ("heading", "cell", "message", "hint"),
    [
        (
            "quantity",
            "1.000",
            f"{QUANTITY} '1.000', which can be read in two ways",
            "write 1000 for a thousand, 1.0 for one",
        ),
        (
            "quantity",
            "1,000",
            f"{QUANTITY} '1,000', which can be read in two ways",
            "write 1000 for a thousand, 1.0 for one",
        ),
        ("quantity", "12,5", f"{QUANTITY} '12,5'", f'write 12.5, or decimal: "," {IN_COLUMNS_FILE}'),
        ("quantity", "80 %", f"{QUANTITY} '80 %'", "write 0.8"),
        ("quantity", "-1", f"{QUANTITY} '-1'", "write 1, without the minus"),
        ("quantity", "1.12345678", f"{QUANTITY} '1.12345678'", "round it: write 1.123457"),
        ("quantity", "1000001", f"{QUANTITY} '1000001'", "write 1000000 or less"),
        (
            "quantity",
            "måske",
            f"{QUANTITY} 'måske'",
            "write a number such as 0.5, or say under values: what this text stands for",
        ),
        (
            "quantity",
            "1e3",
            f"{QUANTITY} '1e3'",
            "write a number such as 0.5, or say under values: what this text stands for",
        ),
        (
            "quantity",
            "9" * 31,
            f"{QUANTITY} '{'9' * 31}'",
            "write a number such as 0.5, or say under values: what this text stands for",
        ),
        (
            "quantity",
            "",
            f"{QUANTITY} nothing",
            "write 1 for reached and 0 for not reached; leave the row out if nothing was measured",
        ),
        ("of", "0", f"{OF} '0'", "write 0.000001 or more"),
        ("amount", "12.345", f"{AMOUNT} '12.345', which can be read in two ways", "write 12345"),
        ("amount", "1.160.000,50 kr.", f"{AMOUNT} '1.160.000,50 kr.'", "write 1160000.5"),
        ("amount", "0.125", f"{AMOUNT} '0.125'", "round it: write 0.13"),
        ("amount", "99999999999", f"{AMOUNT} '99999999999'", "write 10000000000 or less"),
        ("amount", "", f"{AMOUNT} nothing", "write the saving in kroner, or leave the row out"),
        ("month", "12.5", f"{MONTH} '12.5'", "write a whole number, such as 13"),
        ("month", "06", f"{MONTH} '06'", "write 6"),
        ("month", "1201", f"{MONTH} '1201'", "write 1200 or less"),
        ("month", "-1", f"{MONTH} '-1'", "write 1, without the minus"),
        (
            "month",
            "et år",
            f"{MONTH} 'et år'",
            "write a number such as 12, or say under values: what this text stands for",
        ),
        (
            "person",
            "P" * 121,
            f"expected a pseudonym, found '{'P' * 59}…' of 121 characters",
            "write at most 120 characters",
        ),
        (
            "group",
            "a\nb",
            "expected the name of a group, found 'a\N{REPLACEMENT CHARACTER}b', which cannot all be shown",
            "delete line breaks and invisible characters",
        ),
    ],
)
def test_a_cell_that_cannot_be_used_is_told_with_its_hint(
    desk: Desk, heading: str, cell: str, message: str, hint: str
) -> None:
    path = desk.csv(f'metric;date;{heading}\na;2022-12-31;1\na;2022-12-31;"{cell}"\n')
    assert told(the_problem(path)) == (3, 3, f"'{heading}': {message}", hint)


@pytest.mark.parametrize(
    ("order", "cell", "found", "hint"),
    [
        (
            "year-month-day",
            "31-12-2022",
            "'31-12-2022'",
            f"write 2022-12-31, or dates: day-month-year {IN_COLUMNS_FILE}",
        ),
        ("year-month-day", "20221231", "'20221231'", "write year-month-day, such as 2021-12-01"),
        ("year-month-day", "2022-12-31 14:05", "'2022-12-31 14:05'", "write 2022-12-31"),
        (
            "year-month-day",
            "2022-02-30",
            "'2022-02-30', which is not a day in the calendar",
            "write a day that the month has",
        ),
        ("year-month-day", "0022-12-31", "'0022-12-31'", "write a year from 1900 to 2200, with four digits"),
        ("year-month-day", "", "nothing", "write the day of the fact"),
        (
            "day-month-year",
            "2022-12-31",
            "'2022-12-31'",
            f"write 31-12-2022, or dates: year-month-day {IN_COLUMNS_FILE}",
        ),
        ("day-month-year", "31.12-2022", "'31.12-2022'", "write day-month-year, such as 01-12-2021"),
        ("day-month-year", "31-12-22", "'31-12-22'", "write day-month-year, such as 01-12-2021"),
        (
            "day-month-year",
            "31/02/2022",
            "'31/02/2022', which is not a day in the calendar",
            "write a day that the month has",
        ),
    ],
)
def test_a_date_that_cannot_be_used_is_told_with_its_hint(
    desk: Desk, order: str, cell: str, found: str, hint: str
) -> None:
    path = desk.csv(f"date;metric\n{cell};a\n")
    message = f"'date': expected a date as {order}, found {found}"
    assert told(the_problem(path, desk.columns(f"dates: {order}\n"))) == (2, 1, message, hint)


def test_hints_use_the_decimal_comma_where_the_table_does(desk: Desk) -> None:
    columns = desk.columns('decimal: ","\n')
    path = desk.csv("metric;date;quantity\na;2022-12-31;1.5\na;2022-12-31;1,1234567\na;2022-12-31;2,125\n")
    assert [problem.hint for problem in problems(path, columns)] == [
        f'write 1,5, or decimal: "." {IN_COLUMNS_FILE}',
        "round it: write 1,123457",
        "write 2125 if the thousands are set apart, 2,1250 if these are decimals",
    ]


def test_a_row_is_a_quantity_or_an_amount(desk: Desk) -> None:
    path = desk.csv(
        "metric;date;quantity;amount;person;of\n"
        "a;2022-12-31;1;5;;\na;2022-12-31;;;;\na;2022-12-31;;5;P1;2\na;2022-12-31;x;5;;\n"
    )
    hint = "leave '{}' empty for a saving, or the amount for anything else"
    assert [told(problem) for problem in problems(path)][:4] == [
        (2, 3, "'quantity': a row with an amount has no 'quantity'", hint.format("quantity")),
        (
            3,
            3,
            "'quantity': expected a quantity or an amount, found neither",
            "write one of them; for a person 1 if the result was reached and 0 if not",
        ),
        (4, 5, "'person': a row with an amount has no 'person'", hint.format("person")),
        (4, 6, "'of': a row with an amount has no 'of'", hint.format("of")),
    ]
    assert [(problem.line, problem.column) for problem in problems(path)][4:] == [(5, 3)]


def test_every_fault_is_told_at_once_in_order_of_row_and_column(desk: Desk) -> None:
    path = desk.csv("metric;date;month;persn\n;2022;x;\na;2022-12-31;-1;;7\n;;;\n;2022-13-01;12\n")
    assert [(problem.line, problem.column) for problem in problems(path)] == [
        (1, 4),
        (2, 1),
        (2, 2),
        (2, 3),
        (3, 3),
        (3, 5),
        (5, 1),
        (5, 2),
    ]


def test_more_faults_than_anybody_reads_are_counted(desk: Desk) -> None:
    *shown, last = problems(desk.csv("metric;date\n" + ";x\n" * MAX_PROBLEMS))
    assert len(shown) == MAX_PROBLEMS
    assert (last.line, last.message) == (0, f"{MAX_PROBLEMS} more problems are not shown")


# Headings


def test_an_unknown_heading_is_told_with_the_one_that_was_meant(desk: Desk) -> None:
    path = desk.csv("metric;datee;Bemærkning\na;2022-12-31;x\n")
    names = "metric, person, date, month, quantity, of, amount, group, recorded"
    known = f"known: {names}; for other headings write a columns file"
    assert [told(problem) for problem in problems(path)] == [
        (
            1,
            1,
            "expected a column with the heading 'date', found none",
            "did you mean 'datee'? found: metric, datee, Bemærkning",
        ),
        (1, 2, "'datee': unknown heading", f"did you mean 'date'? {known}"),
        (1, 3, "'Bemærkning': unknown heading", known),
    ]


def test_a_mapped_heading_that_is_missing_is_told(desk: Desk) -> None:
    columns = desk.columns("columns: {metric: Mål, date: Dato, month: Opfølgning}\n")
    assert told(the_problem(desk.csv("Mål;Dato;Opfølgninger\na;2022-12-31;7\n"), columns)) == (
        1,
        1,
        "expected a column with the heading 'Opfølgning' (month), found none",
        "did you mean 'Opfølgninger'? found: Mål, Dato, Opfølgninger",
    )


def test_a_heading_that_stands_twice_is_refused_only_if_it_is_used(desk: Desk) -> None:
    columns = desk.columns("columns: {metric: Mål, date: Dato}\n")
    assert len(read_table(desk.csv("Mål;Note;Dato;Note\na;;2022-12-31;\n"), columns)) == 1
    assert told(the_problem(desk.csv("Mål;Mål;Dato\na;b;2022-12-31\n"), columns)) == (
        1,
        2,
        "'Mål': found this heading for the second time, first over column 1",
        "rename or remove one of the two columns",
    )


def test_a_column_and_a_fixed_value_do_not_go_together(desk: Desk) -> None:
    path = desk.csv("metric;date\na;2022-12-31\n")
    assert told(the_problem(path, desk.columns("fixed: {metric: housed}\n"))) == (
        1,
        1,
        "'metric': 'metric' has a column here and a fixed value in the columns file",
        "keep one of the two",
    )


def test_a_fixed_quantity_does_not_go_with_a_column_of_amounts(desk: Desk) -> None:
    path = desk.csv("metric;date;amount\na;2022-12-31;5\n")
    assert told(the_problem(path, desk.columns("fixed: {quantity: 1}\n"))) == (
        1,
        3,
        "'amount': a row with an amount has no 'quantity', but the columns file has a fixed one",
        "leave one of the two out",
    )


def test_a_column_without_a_heading_is_refused_if_it_holds_anything(desk: Desk) -> None:
    message, hint = (
        "expected a heading, found nothing above the cells of this column",
        "write a heading, or remove the column",
    )
    assert len(read_table(desk.csv("metric;;date;\na; ;2022-12-31;\n"))) == 1
    assert told(the_problem(desk.csv("metric;;date\na;x;2022-12-31\n"))) == (1, 2, f"column 2: {message}", hint)
    path = desk.xlsx(["metric", "date"], ["a", DAY, None, "a note"])
    assert told(the_problem(path)) == (1, 4, f"D1, column 4: {message}", hint)
    assert len(read_table(path, desk.columns("columns: {metric: metric, date: date}\n"))) == 1


def test_cells_beyond_the_headings_are_refused_in_a_csv(desk: Desk) -> None:
    path = desk.csv("metric,date,quantity\na,2022-12-31,1,,\na,2022-12-31,12,5\n")
    assert told(the_problem(path)) == (
        3,
        4,
        "column 4: expected at most 3 cells, as many as headings, found 4",
        'put a cell that holds the delimiter in quotes, such as "12,5"',
    )


@pytest.mark.parametrize("text", ["", "\n\n", ";;\n;"])
def test_a_table_without_headings_is_refused(desk: Desk, text: str) -> None:
    assert told(the_problem(desk.csv(text))) == (
        1,
        1,
        "expected headings in row 1, found nothing",
        "write head_row: in the columns file if the headings stand in another row",
    )
    assert the_problem(desk.xlsx()).message == "expected headings in row 1, found nothing"
    assert the_problem(desk.csv("metric;date\n"), desk.columns("head_row: 7\n")).line == 7


# CPR numbers


@pytest.mark.parametrize("number", [CPR, "0101901234", "101901234", "010190 1234", "01.01.1990-1234", "010190—1234"])
@pytest.mark.parametrize("heading", ["metric", "person", "date", "month", "quantity", "of", "group"])
def test_a_cpr_number_is_refused_in_any_text_and_never_repeated(desk: Desk, number: str, heading: str) -> None:
    cells = {"metric": "a", "date": "2022-12-31", heading: number}
    found = the_problem(desk.csv(f"{';'.join(cells)}\n{';'.join(cells.values())}\n"))
    assert told(found) == (
        2,
        list(cells).index(heading) + 1,
        f"'{heading}': this looks like a CPR number: use a pseudonym",
        "write a made-up name instead, and keep the key to it outside the table",
    )
    assert "1234" not in found.render()


@pytest.mark.parametrize("number", [101901234, 101901234.0, 3112901234, CPR])
def test_a_cpr_number_is_refused_where_excel_made_a_number_of_it(desk: Desk, number: object) -> None:
    found = the_problem(desk.xlsx(["metric", "date", "person"], ["a", DAY, number]))
    assert (found.line, found.column) == (2, 3)
    assert "C2, 'person': this looks like a CPR number" in found.message
    assert "1234" not in found.render()


@pytest.mark.parametrize("line", [f"{CPR};metric;date", f"metric;date;{CPR}", "metric;date;101901234"])
def test_a_cpr_number_for_a_heading_is_not_repeated(desk: Desk, line: str) -> None:
    found = problems(desk.csv(f"{line}\nx;x;x;{CPR}\n", f"{CPR}.csv"))
    assert not any("1234" in problem.message + problem.hint for problem in found)


def test_a_cpr_number_in_a_file_name_stays_out_of_the_facts(desk: Desk) -> None:
    assert read_table(desk.csv("metric;date\na;2022-12-31\n", f"{CPR}.csv"))[0].place == "xxxxxx-xxxx.csv, row 2"


def test_a_large_amount_is_no_cpr_number(desk: Desk) -> None:
    path = desk.csv("metric;date;amount\na;2022-12-31;101901234\na;2022-12-31;1201901234.00\n")
    assert [fact.amount for fact in read_table(path)] == [10_190_123_400, 120_190_123_400]
    path = desk.csv("metric;date;amount\na;2022-12-31;-1201901234\n")
    assert "looks like a CPR number" in the_problem(path).message


def test_a_quantity_with_decimals_is_no_cpr_number(desk: Desk) -> None:
    rows = [["metric", "date", "quantity", "of"], ["a", DAY, 110190.1234, 999_999]]
    assert [fact.quantity for fact in read_table(desk.xlsx(*rows))] == [110_190_123_400]
    path = desk.csv("metric;date;quantity;of\na;2022-12-31;110190.1234;999999\n")
    assert [fact.quantity for fact in read_table(path)] == [110_190_123_400]


# Files


def test_bytes_that_are_not_utf8_are_told_with_row_and_column(desk: Desk) -> None:
    path = desk.csv("metric;date;group\na;2022-12-31;\na;2022-12-31;ældre\n".encode("cp1252"))
    assert told(the_problem(path)) == (
        3,
        3,
        "expected text in utf-8, found bytes that are none",
        "write encoding: windows-1252 in the columns file if Excel wrote the file, or save the file again as CSV UTF-8",
    )


def test_a_wrongly_stated_encoding_is_told(desk: Desk) -> None:
    columns = desk.columns("encoding: windows-1252\n")
    path = desk.csv("metric;date;group\na;2022-12-31;ældre\n")
    assert told(the_problem(path, columns))[2:] == (
        "expected text in windows-1252, found UTF-8",
        "write encoding: utf-8 in the columns file",
    )
    path = desk.csv(b"metric;date;group\na;2022-12-31;\x81\xe6\n")
    assert told(the_problem(path, columns))[:3] == (2, 3, "expected text in windows-1252, found bytes that are none")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", "metric;date\n".encode("utf-16"), "expected a text file in utf-8, found UTF-16"),
        ("a.csv", b"PK\x03\x04rest", "expected a text file, found a workbook or zip file"),
        ("a.csv", b"metric\0;date\n", "expected a text file, found a binary file"),
        ("a.xls", b"metric;date\n", "expected .csv, .txt, .tsv or .xlsx, found a file with the ending '.xls'"),
        ("table", b"metric;date\n", "expected .csv, .txt, .tsv or .xlsx, found a file name without an ending"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0rest", "expected an .xlsx workbook, found an older one or one with a password"),
        ("a.xlsx", b"metric;date\n", "the workbook cannot be read: BadZipFile"),
        ("a.xlsx", b"", "the workbook cannot be read: BadZipFile"),
    ],
)
def test_a_file_of_another_kind_is_refused(desk: Desk, name: str, data: bytes, message: str) -> None:
    found = the_problem(desk.csv(data, name))
    assert (found.line, found.column, found.message) == (0, 1, message)
    assert found.hint


def test_a_file_that_is_not_there_is_told_with_the_one_that_was_meant(desk: Desk) -> None:
    desk.csv("metric;date\n")
    assert told(the_problem(desk.folder / "fact.csv"))[2:] == ("there is no such file", "did you mean 'facts.csv'?")
    assert the_problem(desk.folder / "no" / "x.csv").hint == "check the name and the folder"
    assert the_problem(desk.folder).message == "expected a file, found a folder"
    assert "cannot be read" in the_problem(desk.folder / "a\0.csv").message


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('"a"b;2022-12-31', "expected a delimiter after a closing quote"),
        ('"a;2022-12-31', "a quote is opened and never closed"),
        ('"' + "a" * 200_000, "a quote is opened and never closed"),
    ],
)
def test_faulty_quotes_are_told_with_their_row_and_the_faults_before_them(desk: Desk, row: str, message: str) -> None:
    first, second = problems(desk.csv(f"metric;date\na;x\n{row}\na;2022-12-31\n"))
    assert (first.line, first.column) == (2, 2)
    assert (second.line, second.column) == (3, 1)
    assert second.message.startswith(message)
    assert "rows after this one were not read" in second.hint


def test_files_that_are_too_large_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_SIZE", 1_000_000)
    assert told(the_problem(desk.csv("a" * 1_000_001)))[2:] == (
        "the file is larger than 1 MB, which is too large",
        "split the table into several files",
    )
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    assert the_problem(desk.csv("metric;date\n\n\n")).message == "the table has more than 2 rows"
    assert the_problem(desk.xlsx(["metric", "date"], [], ["a", DAY])).message == "the table has more than 2 rows"


def test_a_workbook_that_unpacks_to_too_much_is_refused_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.xlsx(["metric", "date"], ["a", DAY])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book, book.open("xl/media/bomb.bin", "w") as bomb:
        for _ in range(500):
            bomb.write(bytes(1_000_000))
    started = time.process_time()
    assert the_problem(path).message == "the workbook unpacks to more than 500 MB, which is too large"
    assert time.process_time() - started < 1
    monkeypatch.setattr(sheets, "MAX_CELLS", 3)
    path = desk.xlsx(["metric", "date"], ["a", DAY])
    assert the_problem(path).message == "the sheet has more than 3 cells"


def test_a_damaged_workbook_is_refused_whatever_is_wrong_with_it(desk: Desk) -> None:
    whole = desk.xlsx(["metric", "date"], ["a", DAY]).read_bytes()
    for cut in range(0, len(whole), 97):
        damaged = whole[:cut] + bytes([whole[cut] ^ 0x55]) + whole[cut + 1 :]
        with suppress(LoadError):
            read_table(desk.csv(damaged, "damaged.xlsx"))


# The columns file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colums: {}", "unknown key 'colums'"),
        ("columns: {metric: Mål}", "expected a column or a fixed value for 'date', found neither"),
        ("columns: {metric: Mål, date: Mål}", "the heading 'Mål' stands for two columns"),
        ("columns: {metric: M, date: D}\nfixed: {date: 2022-12-31}", "'date' has a column and a fixed value"),
        ("fixed: {amount: 1, person: P1}", "a row with an amount has no 'person'"),
        ("columns: {metric: M, date: D, amount: A}\nfixed: {of: 2}", "a row with an amount has no 'of'"),
        (
            "columns: {metric: M, date: D, quantity: Q}\nfixed: {amount: 2}",
            "a row has a quantity or an amount, not both",
        ),
        ("fixed: {quantity: 0.1234567}", "expected a number with at most 6 decimals, found 0.1234567"),
        ("fixed: {person: 010190-1234}", "this looks like a CPR number: use a pseudonym"),
        ('values: {metric: {"0101901234": a}}', "this looks like a CPR number: use a pseudonym"),
        ("values: {person: {a: b}}", "unknown key 'person'"),
        ("values: {quantity: {TRUE: 1}}", "expected a word as key, found 'TRUE'"),
        ("encoding: latin-1", "expected 'utf-8' or 'windows-1252', found 'latin-1'"),
        ('columns: {metric: " ", date: Dato}', "expected a heading of the table, found ' '"),
        ("decimal: x", "expected ',' or '.', found 'x'"),
        ("head_row: 0", "expected at least 1, found 0"),
    ],
)
def test_a_faulty_columns_file_is_told_by_line_and_column(text: str, message: str) -> None:
    with pytest.raises(LoadError) as caught:
        load_text(text + "\n", Columns)
    assert [problem.message for problem in caught.value.problems] == [message]


def test_the_faults_of_the_columns_file_come_before_those_of_the_table(desk: Desk) -> None:
    columns = desk.columns("dates: dd-mm-yyyy\nhead: 1\n")
    with pytest.raises(LoadError) as caught:
        read_table(desk.csv("x\n"), columns)
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [(str(columns), 1), (str(columns), 2)]


# There and back


def texts() -> st.SearchStrategy[str]:
    shown = st.characters(codec="cp1252").filter(str.isprintable)
    return st.text(shown, min_size=1, max_size=30).map(str.strip).filter(lambda text: bool(text) and not personal(text))


def facts() -> st.SearchStrategy[Stated]:
    days = st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31))
    months = st.integers(0, 1200)
    millionths = st.integers(0, 10**12)
    groups = st.just("") | texts()
    of = st.integers(1, 10**12)
    amount = st.integers(-(10**11), 10**11)  # in kroner fewer digits than a CPR number
    measured = st.tuples(texts(), days, months, st.none() | texts(), groups, millionths, of, st.none())
    saved = st.tuples(texts(), days, months, st.none(), groups, st.just(PPM), st.just(PPM), amount)
    return (measured | saved).map(lambda fields: Stated(*fields))


def without_mixtures(facts: list[Stated]) -> list[Stated]:
    """No metric with results of persons and counts both, which a table may not have."""
    by_person = {fact.metric for fact in facts if fact.person is not None}
    return [fact for fact in facts if fact.person is not None or fact.metric not in by_person]


def written(facts: Iterable[Stated], head: Sequence[str], delimiter: str, comma: str, day: str) -> str:
    def number(value: int, scale: int) -> str:
        return safe_decimal(format(Decimal(value) / scale, "f")).replace(".", comma)

    out = io.StringIO(newline="")
    table = csv.writer(out, delimiter=delimiter)
    table.writerow(head)
    for fact in facts:
        saved = fact.amount is not None
        table.writerow(
            [
                fact.metric,
                fact.person or "",
                fact.date.strftime(day).zfill(10),
                fact.month,
                "" if saved else number(fact.quantity, PPM),
                "" if saved else number(fact.of, PPM),
                number(fact.amount, 100) if fact.amount is not None else "",
                fact.group,
            ]
        )
    return out.getvalue()


@given(st.lists(facts(), max_size=20).map(without_mixtures))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_facts_come_back_from_a_csv_in_both_dialects(desk: Desk, stated: list[Stated]) -> None:
    placed = [fact._replace(place=f"facts.csv, row {row}") for row, fact in enumerate(stated, start=2)]
    ours = ["metric", "person", "date", "month", "quantity", "of", "amount", "group"]
    assert read_table(desk.csv(written(stated, ours, ",", ".", "%Y-%m-%d"))) == placed
    head = ["Mål", "Borger", "Dato", "Opfølgning", "Resultat", "Ud af", "Beløb", "Gruppe"]
    text = written(stated, head, ";", ",", "%d-%m-%Y")
    columns = desk.columns(DANISH.partition("values:")[0])
    assert read_table(desk.csv(text.encode("cp1252")), columns) == placed


@given(st.binary(max_size=300) | st.text(alphabet=';,"\n 01x.-\xa0æ', max_size=200).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_facts_or_problems_and_nothing_else(desk: Desk, data: bytes) -> None:
    for start in (b"", b"metric;date\n", b"metric,date,quantity,amount,person,month\n"):
        with suppress(LoadError):
            read_table(desk.csv(start + data))
