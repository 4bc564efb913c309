"""`effekt som`: a template to fill in, import, export of a simulation, and both results side by side."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings

from reports.cli import main
from reports.som_example import example_som
from reports.som_table import som_csv, som_workbook
from reports.som_yaml import som_yaml
from scenarios.loading import load_text
from scenarios.som import Som
from scenarios.som_result import entries
from scenarios.som_table import load_som

from ..scenarios.som_cases import BY_HAND, soms

ROOT = Path(__file__).parents[2]
EXAMPLE = str(ROOT / "tests/data/worked-example.yaml")
QUICK = ["--replications", "20", "--workers", "1"]


def run(*arguments: str) -> int:
    return main(["som", *arguments])


@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_template_can_be_imported_as_it_stands(
    lang: str, ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"som.{ending}"
    assert run("template", "--lang", lang, "-o", str(path)) == 0
    assert load_som(path) == example_som("da" if lang == "da" else "en")
    assert run("import", str(path), "--lang", lang) == 0
    shown = capsys.readouterr().out
    assert ("3.164.159,95 kr." if lang == "da" else "DKK 3,164,159.95") in shown


def test_a_template_explains_every_column_and_row(tmp_path: Path) -> None:
    path = tmp_path / "som.xlsx"
    assert run("template", "-o", str(path)) == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Vejledning", "Oplysninger", "Omkostninger", "Konsekvenser"]
    explained = {row[1] for row in book["Vejledning"].iter_rows(values_only=True)}
    headings = set(next(book["Konsekvenser"].iter_rows(values_only=True)))
    rows = {row[0] for row in book["Oplysninger"].iter_rows(min_row=3, values_only=True)}
    assert headings | rows <= explained


def test_a_danish_template_on_the_screen_has_semicolons_and_commas(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("template") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Oplysninger\noplysning;værdi;mærke;kilde\n")
    assert ";-0,45;helår;275000;" in shown


def test_nothing_is_overwritten_without_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, kept = tmp_path / "som.csv", tmp_path / "som.yaml"
    table.write_text("mine")
    assert run("template", "-o", str(table)) == 2
    assert run("export", EXAMPLE, "-o", str(table), *QUICK) == 2
    assert table.read_text() == "mine"
    assert run("template", "-o", str(table), "--force") == 0
    kept.write_text("mine")
    assert run("import", str(table), "-o", str(kept)) == 2
    assert run("compare", str(table), EXAMPLE, "-o", str(table), "--force", *QUICK) == 2
    assert kept.read_text() == "mine"
    assert "the file exists" in capsys.readouterr().err
    assert run("template", "-o", str(tmp_path / "som.xls")) == 2
    assert run("import", str(table), "-o", str(tmp_path / "som.json")) == 2


def test_an_import_keeps_each_number_with_mark_and_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, kept = tmp_path / "som.csv", tmp_path / "som.yaml"
    assert run("template", "-o", str(table)) == 0
    assert run("import", str(table), "-o", str(kept)) == 0
    shown = capsys.readouterr().out
    assert f"Skrevet til {kept}." in shown
    assert load_som(kept) == load_som(table)
    line = 'discount_rate: {value: 0.035, mark: "P", source: "Finansministeriet 2021"}'
    assert line in kept.read_text(encoding="utf-8").splitlines()
    assert run("import", str(kept)) == 0
    assert capsys.readouterr().out == shown.replace(f"Skrevet til {kept}.\n", "")


def test_a_table_with_a_fault_imports_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, kept = tmp_path / "som.xlsx", tmp_path / "som.yaml"
    assert run("template", "-o", str(table)) == 0
    book = openpyxl.load_workbook(table)
    book["Konsekvenser"]["F4"] = "mange"
    book["Omkostninger"]["C2"] = "ministeriet"
    book.save(table)
    assert run("import", str(table), "-o", str(kept)) == 2
    told = capsys.readouterr()
    assert f"{table}:4:6: Konsekvenser, F4, 'konsekvens pr. succes': expected a number" in told.err
    assert f"{table}:2:3: Omkostninger, C2, 'aktør': expected kommune/municipality" in told.err
    assert told.out == ""
    assert not kept.exists()


def test_the_document_has_every_row_in_ore(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "som.yaml"
    path.write_text(som_yaml(BY_HAND), encoding="utf-8")
    assert run("import", str(path), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    told = [
        tuple(row[name] for name in ("actor", "committee", "year", "nominal", "present")) for row in document["rows"]
    ]
    assert told == [(each.actor, each.committee, each.year, each.amount, each.present) for each in entries(BY_HAND)]
    assert document["present"] == sum(row["present"] for row in document["rows"])
    assert document["present_by_actor"]["municipality"] == 165_285_33
    assert document["unit"] == "øre"


@settings(max_examples=40, deadline=None)
@given(soms)
def test_what_is_written_is_read_again(som: Som) -> None:
    assert load_text(som_yaml(som), Som) == som


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("som")


@settings(max_examples=30, deadline=None)
@given(som=soms)
def test_a_written_table_is_read_again_and_holds_no_formula(folder: Path, som: Som) -> None:
    for name, written in (
        ("da.csv", som_csv(som, "da")),
        ("en.csv", som_csv(som, "en")),
        ("da.xlsx", som_workbook(som, "da")),
    ):
        (folder / name).write_bytes(written)
        assert load_som(folder / name) == som
    for delimiter, name in ((";", "da.csv"), (",", "en.csv")):
        text = (folder / name).read_text(encoding="utf-8-sig")
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            assert not [cell for cell in row if re.match(r"[=+@]|-(?![\d.,]+$)", cell)]
    for sheet in openpyxl.load_workbook(folder / "da.xlsx"):
        for cells in sheet.iter_rows():
            assert not [cell for cell in cells if cell.data_type == "f" or str(cell.value)[0] in "=+@"]


def test_a_workbook_is_the_same_bytes_each_time_and_has_no_date_of_today() -> None:
    first, again = (som_workbook(example_som("da"), "da") for _ in range(2))
    assert first == again
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {member.date_time[0] for member in packed.infolist()} == {1980}
        assert b"1980-01-01" in packed.read("docProps/core.xml")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_imported_again_has_the_simulations_result(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The worked example: 2,430,000 of shelter and 230,400 of benefits saved, 3,000,000 spent; see its own tests."""
    path = tmp_path / f"som.{ending}"
    assert run("export", EXAMPLE, "-o", str(path), *QUICK) == 0
    assert "5 succeser, nutidsværdi −339.600,00 kr. for kommunen" in capsys.readouterr().out
    assert run("import", str(path), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["present_by_actor"] == {"municipality": -339_600_00, "state": 2_430_000_00 + 57_600_00}
    assert document["numbers"]["P"] == 0


def test_average_prices_are_an_option_of_the_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "som.csv"
    assert run("export", EXAMPLE, "-o", str(path), "--average", "--lang", "en", *QUICK) == 0
    assert "DKK 1,280,400.00" in capsys.readouterr().out


def test_a_long_scenario_says_what_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", "aarhus-laer-for-livet", "-o", str(tmp_path / "som.csv"), *QUICK) == 0
    assert "Årene efter det 10. er ikke med" in capsys.readouterr().out


def test_a_scenario_without_an_outcome_cannot_be_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = tmp_path / "scenario.yaml"
    text = (ROOT / "tests/data/worked-example.yaml").read_text(encoding="utf-8")
    start, end = text.index("  housed: {kind: outcome"), text.index("  saving: {kind: saving}")
    text = text[:start] + text[end : text.index("  rate_card:")]
    scenario.write_text(text, encoding="utf-8")
    assert run("export", str(scenario), "-o", str(tmp_path / "som.csv"), *QUICK) == 2
    assert "no outcome measure" in capsys.readouterr().err
    assert not (tmp_path / "som.csv").exists()


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "som.csv"
    path.write_bytes(som_csv(example_som("da"), "da"))
    return str(path)


def test_both_results_stand_side_by_side_with_the_difference_explained(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("compare", table, EXAMPLE, *QUICK) == 0
    shown = capsys.readouterr().out
    for words in (
        "Nutidsværdi (kr.)",
        "SØM's nettoresultat for alle aktører",
        "Statens del, som kommunen ikke beholder",
        "Den del af gennemsnitsprisen, der ikke kan",
        "Kommunens gennemsnitlige nettogevinst i",
        "Risiko for nettotab",
        "Største likviditetstræk (median)",
        "Råderum under servicerammen (dårligste år)",
        "Hvem vinder, hvem betaler",
    ):
        assert words in shown
    assert run("compare", table, EXAMPLE, "--lang", "en", "--design", "rate_card", *QUICK) == 0
    assert "The simulation is of Rate card" in capsys.readouterr().out


def test_the_steps_of_the_document_add_to_the_ore(table: str, tmp_path: Path) -> None:
    target = tmp_path / "compared.json"
    arguments = ["compare", table, "aarhus-unge-hjemloese", "--design", "dsi", "-o", str(target), *QUICK]
    assert run(*arguments) == 0
    told = target.read_bytes()
    document = json.loads(told)
    steps = document["explanation"]
    assert steps["from"] + sum(step["amount"] for step in steps["steps"]) == steps["to"]
    assert steps["from"] == document["som"]["present"] == 3_164_159_95
    assert {"figures", "who_gains", "service_room"} <= document["simulation"].keys()
    assert run(*arguments, "--force") == 0
    assert target.read_bytes() == told


def test_an_unknown_design_is_a_usage_error(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("compare", table, EXAMPLE, "--design", "dsi", *QUICK) == 2
    assert "there is no design 'dsi'" in capsys.readouterr().err
