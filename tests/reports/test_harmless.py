"""Nothing that a scenario or a log says can command the terminal."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.cli import main
from reports.harmless import harmless, harmless_line
from reports.output import as_csv, as_json

EXAMPLE = Path(__file__).parents[2] / "tests/data/worked-example.yaml"
QUICK = ["--replications", "3", "--workers", "1"]
COMMANDS = set(map(chr, [*range(0x20), *range(0x7F, 0xA0)])) - set("\n")


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    """The worked example with a title, a label and a party that hold control characters."""
    text = EXAMPLE.read_text(encoding="utf-8")
    text = text.replace("title: Regneeksempel i hånden", r'title: "Rød\x1b[31m tekst\x9b2J\r\a"')
    text = text.replace("ordinary: {kind:", r'ordinary: {label: {da: "Eget\e]0;x\a", en: "Own\e[2J"}, kind:')
    path = tmp_path / "hostile.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "FILE", *QUICK],
        ["compare", "FILE", *QUICK, "--lang", "en"],
        ["compare", "FILE", *QUICK, "--json"],
        ["compare", "FILE", *QUICK, "--csv"],
        ["run", "FILE", "--design", "ordinary", *QUICK],
        ["check", "FILE"],
    ],
)
def test_a_page_holds_no_control_character(
    arguments: list[str], hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([hostile if each == "FILE" else each for each in arguments]) == 0
    told = capsys.readouterr()
    assert not COMMANDS & set(told.out + told.err)
    if "--json" in arguments:
        assert json.loads(told.out)["scenario"]["title"] == "Rød\x1b[31m tekst\x9b2J\r\a"
    elif "--csv" not in arguments:
        assert "Rød�[31m tekst�2J" in told.out


def test_a_recorded_title_too(hostile: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = ["--store", str(tmp_path / "s.sqlite")]
    assert main(["run", hostile, "--design", "rate_card", "--record", "--replication", "0", *QUICK, *store]) == 0
    contract = capsys.readouterr().out.splitlines()[1].split()[0]
    assert main(["replay", *store]) == 0
    assert main(["replay", contract, *store]) == 0
    told = capsys.readouterr()
    assert "�[31m" in told.out
    assert not COMMANDS & set(told.out + told.err)


@pytest.mark.parametrize("command", [["check"], ["compare", *QUICK]])
def test_errors_too(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    path = tmp_path / "bad.yaml"
    path.write_text(text.replace("language: da", r'language: "\e[31mda"'), encoding="utf-8")
    assert main([*command, str(path)]) == 2
    assert main(["compare", str(EXAMPLE), "--design", "\a\x9bx"]) == 2
    told = capsys.readouterr().err
    assert "there is no design '��x'" in told
    assert "�[31mda" in told
    assert not COMMANDS & set(told)


def test_data_keep_their_layout() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(["a"], [["x\ty\r\nz\x1b\x85"]]), newline="")))
    assert rows == [["a"], ["x\ty\r\nz��"]]
    assert json.loads(as_json({"a": "\x7f\x9b\x1b"})) == {"a": "\x7f\x9b\x1b"}


@given(st.text())
def test_no_control_character_is_left_and_nothing_else_is_changed(text: str) -> None:
    assert not COMMANDS & set(harmless_line(text)) | ({"\n"} & set(harmless_line(text)))
    for before, after, kept in zip(text, harmless(text), harmless_line(text), strict=True):
        assert after == (before if before not in COMMANDS or before == "\t" else "�")
        assert kept == (before if before not in COMMANDS | {"\n"} else "�")
