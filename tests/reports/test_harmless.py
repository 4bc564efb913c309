"""Nothing that a scenario or a log says can command the terminal."""

import csv
import io
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.cli import main
from reports.harmless import harmless, harmless_line
from reports.output import as_csv, as_json

EXAMPLE = Path(__file__).parents[2] / "tests/data/worked-example.yaml"
QUICK = ["--replications", "3", "--workers", "1"]
BIDI = set(map(chr, [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
HIDDEN = BIDI | set(
    map(chr, [0x200B, 0x2028, 0x2029, *range(0x2060, 0x2070), 0xFEFF, 0xE0001, *range(0xE0020, 0xE0080)])
)
COMMANDS = set(map(chr, [*range(0x20), *range(0x7F, 0xA0)])) - set("\n") | HIDDEN


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    """The worked example with a title, a label and a party that hold control characters."""
    text = EXAMPLE.read_text(encoding="utf-8")
    text = text.replace("title: Regneeksempel i hånden", r'title: "Rød\x1b[31m tekst\x9b2J\u202Egpj\u2066\u200B\r\a"')
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
        assert json.loads(told.out)["scenario"]["title"] == "Rød\x1b[31m tekst\x9b2J\u202egpj\u2066\u200b\r\a"
    elif "--csv" not in arguments:
        assert "Rød�[31m tekst�2J�gpj��" in told.out


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
    hidden = "\x7f\x9b\x1b\u202e\u2066\ufeff\U000e0041"
    assert json.loads(as_json({"a": hidden})) == {"a": hidden}
    assert not COMMANDS & set(as_json({"a": hidden}))
    assert as_csv(["a\u202e"], [["\u2066=1+1\u200b"]]) == "a�\n�=1+1�\n"


def test_what_belongs_to_writing_is_kept() -> None:
    family = "👩\u200d👧 می\u200cخواهم samtale\xadforløb"
    assert harmless_line(family) == family


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(sorted(COMMANDS))))
def test_no_control_character_is_left_and_nothing_else_is_changed(text: str) -> None:
    assert not COMMANDS & set(harmless_line(text)) | ({"\n"} & set(harmless_line(text)))
    for before, after, kept in zip(text, harmless(text), harmless_line(text), strict=True):
        hidden = before in COMMANDS or (before != kept and unicodedata.category(before) == "Cf")
        assert after == (before if not hidden or before == "\t" else "�")
        assert kept == (before if not hidden and before != "\n" else "�")
