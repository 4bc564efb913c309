"""The `effekt` command, as people and programs call it."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reports.cli import COMMANDS, main
from reports.key_figures import FIGURES

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "tests/data/worked-example.yaml"
AARHUS = ROOT / "scenarios/aarhus-unge-hjemloese.yaml"
GALLERY = ROOT / "docs" / "gallery"
QUICK = ["--replications", "20", "--workers", "1"]


def effekt(*arguments: object, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    known = {
        name: value for name, value in os.environ.items() if name not in ("EFFEKT_STORE", "EFFEKT_DEBUG", "COLUMNS")
    }
    environment = known | {"PYTHONPATH": str(ROOT)} | variables
    command = [sys.executable, "-m", "reports.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env=environment, cwd=ROOT, timeout=120, check=False)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EFFEKT_STORE", "EFFEKT_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


class TestHelp:
    def test_it_loads_nothing_heavy(self) -> None:
        code = (
            "import sys; from reports.cli import main; code = main(['--help']);"
            "heavy = {'pandas', 'numpy', 'pydantic', 'rich', 'simpy', 'eventsourcing', 'babel'} & set(sys.modules);"
            "sys.exit(code or bool(heavy))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=False)
        assert done.returncode == 0
        assert all(f"\n  {name} ".encode() in done.stdout for name in COMMANDS)

    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_tells_about_itself(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main([name, "--help"]) == 0
        told = capsys.readouterr().out
        assert told.startswith(f"Usage: effekt {name} ")
        assert COMMANDS[name] in told

    def test_an_unknown_command_is_a_usage_error_with_a_suggestion(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["comprae"]) == 2
        assert "did you mean 'compare'?" in capsys.readouterr().err


class TestCheck:
    def test_it_sums_a_scenario_up_in_a_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", str(AARHUS), str(EXAMPLE)]) == 0
        first, second = capsys.readouterr().out.splitlines()
        assert "Unge hjemløse i Aarhus – de mest udsatte · 36 borgere · 5 finansieringsmodeller · tal: " in first
        assert "0 fra en kilde, 0 beregnet" in second

    def test_it_answers_in_english_when_asked(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", str(EXAMPLE), "--lang", "en"]) == 0
        assert "10 citizens · 4 designs · numbers: 0 published" in capsys.readouterr().out

    def test_it_sums_terms_up_in_a_line(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        terms = GALLERY / "amendments.yaml"
        assert main(["check", str(terms), "--lang", "en"]) == 0
        assert "2 clauses · 2023-01-01 to 2024-12-31 · numbers: 0 published" in capsys.readouterr().out
        (tmp_path / "bad.yaml").write_text(terms.read_text(encoding="utf-8").replace("price: 5000", "prise: 5000"))
        assert main(["check", str(tmp_path / "bad.yaml")]) == 2
        assert "prise" in capsys.readouterr().err

    def test_a_good_file_is_answered_beside_a_bad_one(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "nowhere.yaml", str(EXAMPLE)]) == 2
        told = capsys.readouterr()
        assert "i orden" in told.out
        assert told.err.startswith("nowhere.yaml: there is no such file")


BAD = {
    "unknown key": ("horizon_years: 3", "horizon_yaers: 3", "horizon_years"),
    "wrong type": ("citizens: 10, intake", "citizens: ten, intake", "citizens: ten"),
    "1.000 for a thousand": ("citizens: 10, intake", "citizens: 1.000, intake", "1.000"),
    "duplicate key": ("language: da", "language: da\nlanguage: da", "language"),
    "impossible date": ("start: 2020-01-01", "start: 2020-02-30", "2020-02-30"),
    "probability above 1": ("cashable: 0.6", "cashable: 1.6", "1.6"),
    "follow-up after the horizon": ("at_months: [12, 24, 36]", "at_months: [12, 24, 48]", "48"),
    "unknown payer": ("{municipality: 0.6, state: 0.4}", "{municipality: 0.6, stat: 0.4}", "stat"),
    "shares that do not add to one": ("{municipality: 0.6, state: 0.4}", "{municipality: 0.6, state: 0.3}", "0.9"),
    "not YAML": ("title: Regneeksempel", "title: [Regneeksempel", "title"),
}


class TestBadInput:
    @pytest.mark.parametrize("case", BAD)
    def test_it_is_told_with_its_place_and_mend_and_nothing_is_written(
        self, case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before, after, named = BAD[case]
        text = EXAMPLE.read_text(encoding="utf-8")
        assert before in text
        self.refused(tmp_path, text.replace(before, after, 1), named, capsys)

    def test_an_empty_list_of_designs(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        text = EXAMPLE.read_text(encoding="utf-8")
        self.refused(tmp_path, text[: text.index("designs:")] + "designs: {}\n", "designs", capsys)

    def refused(self, folder: Path, text: str, named: str, capsys: pytest.CaptureFixture[str]) -> None:
        file = folder / "bad.yaml"
        file.write_text(text, encoding="utf-8")
        for command in (["check"], ["compare", *QUICK, "-o", str(folder / "out.txt")]):
            assert main([*command, str(file)]) == 2
            told = capsys.readouterr()
            assert told.out == ""
            assert f"{file}:" in told.err
            assert any(f"{file}:{line}:" in told.err for line in range(1, 200)), "a place"
            assert named in told.err
            assert "  → " in told.err or ": expected " in told.err, "a mend"
            assert "Traceback" not in told.err
        assert [path.name for path in folder.iterdir()] == ["bad.yaml"]

    def test_a_folder(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["compare", str(tmp_path)]) == 2
        assert f"{tmp_path}: expected a file, found a folder" in capsys.readouterr().err

    def test_no_permission(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise PermissionError

        monkeypatch.setattr("scenarios.loading.open", refuse, raising=False)  # root may read everything
        assert main(["check", str(EXAMPLE)]) == 2
        assert "no permission to read this file" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (["--design", "dsii"], "there is no design 'dsii'; did you mean"),
            (["--replications", "0"], "--replications"),
            (["--replications", "10.000"], "found '10.000'; write 10000"),
            (["--seed", "1,000"], "found '1,000'; write 1000"),
            (["--replications", "1.5"], "--replications"),
            (["--workers", "0"], "--workers"),
            (["--lang", "sv"], "--lang"),
            (["--json", "--csv"], "keep one"),
            (["-o", "no/such/folder/out.txt"], "does not exist"),
        ],
    )
    def test_usage(self, arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["compare", str(AARHUS), *arguments]) == 2
        assert named in capsys.readouterr().err


class TestCompare:
    def test_the_page_is_the_same_each_time_and_tells_the_worked_example(self) -> None:
        done = [effekt("compare", EXAMPLE, *QUICK) for _ in range(2)]
        assert done[0].returncode == 0
        assert done[0].stderr == b""
        assert done[0].stdout == done[1].stdout
        page = done[0].stdout.decode()
        assert "Regneeksempel i hånden · 20 simuleringer · startværdi 1\n" in page
        assert "finansiering" in page
        gain = next(line for line in page.splitlines() if "Nettogevinst for kommunen" in line)
        assert gain.split()[-4:] == ["−340", "704", "−340", "596"]  # in 1.000 kr., as worked out by hand
        assert "\x1b" not in page

    @pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
    def test_any_encoding_of_the_system_does(self, encoding: str) -> None:
        done = effekt("compare", EXAMPLE, *QUICK, PYTHONIOENCODING=encoding)
        assert done.returncode == 0
        assert "−340" in done.stdout.decode("utf-8")

    def test_english(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["compare", str(EXAMPLE), *QUICK, "--lang", "en"]) == 0
        page = capsys.readouterr().out
        assert "Net gain for the municipality" in page
        assert "Ordinary" in page

    @pytest.mark.parametrize("width", [40, 80, 120, 200])
    def test_every_width(self, width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", str(width))
        assert main(["compare", str(AARHUS), *QUICK]) == 0
        page = capsys.readouterr().out
        assert max(map(len, page.splitlines())) <= width
        assert "mio. kr.." not in page

    def test_json_is_the_same_for_one_worker_and_two(self) -> None:
        done = [effekt("compare", AARHUS, "--json", "--replications", 400, "--workers", n) for n in (1, 2)]
        assert done[0].stdout == done[1].stdout
        document = json.loads(done[0].stdout)
        assert document["replications"] == 400
        assert document["seed"] == 1
        assert document["coupling"] == "keyed"
        assert (document["currency"], document["unit"]) == ("DKK", "kr.")
        assert len(document["scenario"]["sha256"]) == 64
        assert {figure["figure"] for figure in document["figures"]} == set(FIGURES)
        for part in ("cash_flow", "who_gains", "service_room", "appropriation", "results_reached"):
            assert document[part]
        assert str(ROOT) not in done[0].stdout.decode()

    def test_csv_has_a_row_for_every_figure_of_every_design(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["compare", str(EXAMPLE), *QUICK, "--csv"]) == 0
        rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
        assert list(rows[0]) == ["design", "figure", "value", "error", "low", "high", "unit", "note"]
        assert len(rows) == 4 * len(FIGURES)
        assert float(rows[0]["value"]) == pytest.approx(-339_600)  # numbers keep their minus

    def test_only_the_designs_asked_for(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["compare", str(EXAMPLE), *QUICK, "--json", "--design", "pool", "--design", "ordinary"]) == 0
        assert set(json.loads(capsys.readouterr().out)["designs"]) == {"pool", "ordinary"}


class TestOutput:
    def test_a_file_is_written_whole_and_never_overwritten(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        target = tmp_path / "out.json"
        assert main(["compare", str(EXAMPLE), *QUICK, "-o", str(target)]) == 0
        assert json.loads(target.read_text(encoding="utf-8"))["designs"]  # the name says what it is
        assert capsys.readouterr().out == ""
        target.write_text("mine")
        assert main(["compare", str(EXAMPLE), *QUICK, "-o", str(target)]) == 2
        assert "--force" in capsys.readouterr().err
        assert target.read_text() == "mine"
        assert main(["compare", str(EXAMPLE), *QUICK, "-o", str(target), "--force"]) == 0
        assert target.read_text(encoding="utf-8").startswith("{")
        assert [path.name for path in tmp_path.iterdir()] == ["out.json"]

    def test_a_file_that_came_meanwhile_is_not_overwritten(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        target = tmp_path / "out.txt"
        monkeypatch.setattr("reports.commands.schema.schema_text", lambda: target.write_text("theirs") and "ours")
        assert main(["schema", "-o", str(target)]) == 2
        assert "the file exists" in capsys.readouterr().err
        assert target.read_text() == "theirs"
        assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]

    def test_text_that_a_spreadsheet_would_run_is_made_harmless(self) -> None:
        from reports.output import as_csv

        rows = [("=1+1", -5), ("+a", -0.5), ("@x", float("nan")), ("-b", None), ("\tc", 1), ("\rd", 1), ("plain", 1)]
        told = list(csv.reader(io.StringIO(as_csv(["text", "number"], rows), newline="")))[1:]
        assert [row[0] for row in told] == ["'=1+1", "'+a", "'@x", "'-b", "'\tc", "'\rd", "plain"]
        assert [row[1] for row in told] == ["-5", "-0.5", "", "", "1", "1", "1"]


INTERRUPTED = """
import sys
import reports.comparison, reports.frames, reports.commands.compare
from reports.cli import main
print("ready", file=sys.stderr, flush=True)
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal to send to one process")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupt_leaves_no_file_and_says_130(workers: str, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    arguments = ["compare", str(AARHUS), "--replications", "1000000", "--workers", workers, "-o", str(target)]
    command = [sys.executable, "-c", INTERRUPTED, *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, start_new_session=True
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"ready\n"
        time.sleep(1.5)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to the workers too
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == b""
    assert b"interrupted" in err
    assert list(tmp_path.iterdir()) == []


class TestUnexpected:
    def test_it_is_told_in_a_line_and_in_full_when_asked(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def fail() -> str:
            raise ZeroDivisionError("on\nthe way")

        monkeypatch.setattr("reports.commands.schema.schema_text", fail)
        assert main(["schema"]) == 1
        told = capsys.readouterr().err
        assert told.startswith("effekt: unexpected ZeroDivisionError: on the way\n")
        assert "Traceback" not in told
        monkeypatch.setenv("EFFEKT_DEBUG", "1")
        assert main(["schema"]) == 1
        assert "Traceback" in capsys.readouterr().err
