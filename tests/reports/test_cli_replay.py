"""`effekt run` and `effekt replay`: one design by year, replications recorded as contracts, and an auditor's look."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from contracts.register import open_register
from reports.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "tests/data/worked-example.yaml"
QUICK = ["--replications", "5", "--workers", "1"]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EFFEKT_STORE", "EFFEKT_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the worked example's rate card and pool."""
    path = tmp_path_factory.mktemp("store") / "contracts.sqlite"
    for design in ("rate_card", "pool"):
        record = ["run", str(EXAMPLE), "--design", design, "--record", "--replication", "0", *QUICK]
        assert main([*record, "--store", str(path)]) == 0
    return path


@pytest.fixture
def store(recorded: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may damage."""
    return Path(shutil.copy(recorded, tmp_path / "contracts.sqlite"))


@pytest.fixture
def card(recorded: Path) -> str:
    """The id of the recorded rate card, the first contract in the store."""
    with open_register(recorded, create=False) as register:
        return register.ids()[0]


class TestRun:
    def test_it_shows_the_worked_example_by_year(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["run", str(EXAMPLE), "--design", "rate_card", *QUICK]) == 0
        page = capsys.readouterr().out
        cash = page.partition("Kommunens betaling")[0]
        rows = {line.split()[0]: line.split()[1:] for line in cash.splitlines() if line[:2] == "20"}
        assert rows == {"2020": ["216"] * 3, "2021": ["108"] * 3, "2022": ["380"] * 3}
        paid = next(line for line in page.splitlines() if line.startswith("Bolig"))
        assert paid.split()[1:] == ["432", "864", "661", "1.957"]  # 60 % of 720.000, 1.440.000 and 1.100.925
        assert "måned 36 10,0 7,0 2,0 5,0" in " ".join(page.split())  # measured, with, without, difference
        assert "Budgetår  Overslagsår  Overslagsår" in page
        assert "  serviceudgifter" in page
        room = page.partition("Råderum under servicerammen")[2]
        assert "2020 216 216 0,0 %" in " ".join(room.split())

    @pytest.mark.parametrize("design", ["ordinary", "pool", "gain_share"])
    def test_every_design_can_be_shown(self, design: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["run", str(EXAMPLE), "--design", design, *QUICK, "--lang", "en"]) == 0
        assert "Total" in capsys.readouterr().out

    def test_json_and_csv(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["run", str(EXAMPLE), "--design", "pool", *QUICK, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["cash_flow"]
        assert main(["run", str(EXAMPLE), "--design", "pool", *QUICK, "--csv"]) == 0
        assert capsys.readouterr().out.startswith("design,year,what,")

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            ([], "--design"),
            (["--design", "poool"], "did you mean 'pool'?"),
            (["--design", "ordinary", "--record"], "no contract to record"),
            (["--design", "pool", "--replication", "1"], "--record"),
            (["--design", "pool", "--record", "--replication", "5"], "from 0 to 4, found 5"),
        ],
    )
    def test_usage(self, arguments: list[str], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["run", str(EXAMPLE), *QUICK, "--store", str(tmp_path / "s.sqlite"), *arguments]) == 2
        assert named in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []


class TestRecord:
    def test_by_default_the_replications_nearest_the_percentiles(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("EFFEKT_STORE", str(tmp_path / "s.sqlite"))
        aarhus = str(ROOT / "scenarios/aarhus-unge-hjemloese.yaml")
        assert main(["run", aarhus, "--design", "dsi", "--record", "--replications", "100", "--workers", "1"]) == 0
        told = capsys.readouterr().out
        assert all(f"({share})" in told for share in ("P5", "P50", "P95"))
        hint = told.splitlines()[-1].partition("effekt ")[2]
        assert main(hint.split()) == 0
        assert "de stemmer" in capsys.readouterr().out

    def test_every_amount_of_its_document_is_in_kroner(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        record = ["run", str(EXAMPLE), "--design", "rate_card", "--record", "--replication", "0", *QUICK]
        assert main([*record, "--store", str(tmp_path / "a.sqlite"), "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert (document["currency"], document["unit"]) == ("DKK", "kr.")
        assert [each["paid"] for each in document["recorded"]] == [3_260_925]
        assert main([*record, "--store", str(tmp_path / "b.sqlite"), "--csv"]) == 0
        assert capsys.readouterr().out.rstrip().endswith(",3260925.0")

    def test_a_home_folder_that_cannot_be_made_is_an_unavailable_store(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "file").write_text("not a folder")
        for name in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "USERPROFILE"):
            monkeypatch.setenv(name, str(tmp_path / "file" / "home"))
        assert main(["run", str(EXAMPLE), "--design", "pool", "--record", *QUICK]) == 4
        told = capsys.readouterr().err
        assert "the folder of the store cannot be made" in told
        assert "--store or EFFEKT_STORE" in told

    def test_what_is_recorded_is_not_recorded_again(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        record = ["run", str(EXAMPLE), "--design", "pool", "--record", "--replication", "0", *QUICK]
        assert main([*record, "--store", str(store)]) == 2
        assert "expected new logs, found" in capsys.readouterr().err

    @pytest.mark.parametrize("place", ["no/such/folder/s.sqlite", "."])
    def test_a_store_that_cannot_be(
        self, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert main(["run", str(EXAMPLE), "--design", "pool", "--record", *QUICK, "--store", place]) == 4
        assert "mend the path" in capsys.readouterr().err or place == "."
        assert list(tmp_path.iterdir()) == []


class TestReplay:
    def test_without_a_contract_it_lists_them(self, store: Path, card: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["replay", "--store", str(store)]) == 0
        told = capsys.readouterr().out
        assert card in told
        assert "ekstern investor" in told
        assert "udmøntning fra intern pulje" in told
        assert "lån" not in told

    def test_it_tells_what_happened_and_that_it_holds(
        self, store: Path, card: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["replay", card, "--store", str(store)]) == 0
        told = capsys.readouterr().out
        assert "2020-12-31  betaling" in told
        assert "fra Kommunen 432.000, Staten 288.000" in told
        assert "beskåret af afkastloft 159.075" in told
        assert "resultat godkendt" in told
        assert "1 resultat" in told or " resultater" in told
        assert "Betalt i alt               3.260.925 kr." in told
        assert "stemmer" in told

    def test_it_speaks_english(self, store: Path, card: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["replay", card, "--store", str(store), "--lang", "en"]) == 0
        assert "return ceiling 159,075" in capsys.readouterr().out

    def test_a_fund_too(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["replay", "--store", str(store)]) == 0
        fund = next(line.strip() for line in capsys.readouterr().out.splitlines() if "-fund-" in line)
        assert main(["replay", fund, "--store", str(store)]) == 0
        assert "Saldo" in capsys.readouterr().out

    @pytest.mark.parametrize("moment", [["--version", "5"], ["--date", "2020-12-30"], ["--recorded", "2020-12-30"]])
    def test_it_stands_as_it_stood(
        self, moment: list[str], store: Path, card: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["replay", card, "--store", str(store), *moment]) == 0
        told = capsys.readouterr().out
        assert "2021-" not in told.partition("stemmer")[0].partition("Nr.")[2].partition("Stillingen")[0]
        assert "Betalt i alt" in told
        assert "0 kr." in told

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (["regneeksempel"], "did you mean"),
            (["xyz"], "known: "),
            (["CARD", "--version", "999"], "expected a version from 1 to"),
            (["CARD", "--date", "2019-01-01"], "nothing had happened by then"),
            (["CARD", "--date", "01-01-2020"], "--date"),
        ],
    )
    def test_usage(
        self, arguments: list[str], named: str, store: Path, card: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = [card if argument == "CARD" else argument for argument in arguments]
        assert main(["replay", *arguments, "--store", str(store)]) == 2
        assert named in capsys.readouterr().err

    def test_a_missing_store_is_not_made(self, tmp_path: Path, card: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["replay", card, "--store", str(tmp_path / "none.sqlite")]) == 4
        assert "there is no such store" in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []

    def test_what_is_no_store(self, card: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["replay", card, "--store", str(EXAMPLE)]) == 4
        assert str(EXAMPLE) in capsys.readouterr().err

    def test_a_changed_amount_is_found_and_named(
        self, store: Path, card: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _change(store, card, '"topic":"contract.paid"', '"municipality":43200000', '"municipality":43200100')
        assert main(["replay", card, "--store", str(store)]) == 3
        told = capsys.readouterr()
        assert "stemmer ikke" in told.out
        assert "432.000 kr., er 432.001 kr. " in " ".join(told.out.split()) + " "
        assert "contract.paid amounts.municipality: expected 432.000 kr., found 432.001 kr.\n" in told.err

    def test_a_lost_event_is_found(self, store: Path, card: str, capsys: pytest.CaptureFixture[str]) -> None:
        with sqlite3.connect(store) as connection:
            gone = "DELETE FROM stored_events WHERE originator_id = ? AND originator_version = 3"
            assert connection.execute(gone, (card,)).rowcount == 1
        connection.close()
        assert main(["replay", card, "--store", str(store)]) == 3
        assert "expected event 3, found 4" in capsys.readouterr().err


def _change(store: Path, card: str, marker: str, before: str, after: str) -> None:
    """Change the first stored event of the rate card that holds both texts."""
    with sqlite3.connect(store) as connection:
        query = "SELECT rowid, state FROM stored_events WHERE originator_id = ? ORDER BY originator_version"
        for row, state in connection.execute(query, (card,)).fetchall():
            text = bytes(state).decode()
            if marker in text and before in text:
                changed = text.replace(before, after).encode()
                connection.execute("UPDATE stored_events SET state = ? WHERE rowid = ?", (changed, row))
                break
        else:
            raise AssertionError(f"no event holds {before}")
    connection.close()


def test_a_funds_log_is_held_against_its_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "fund.sqlite"
    record = ["run", str(EXAMPLE), "--design", "pool", "--record", "--replication", "0", *QUICK]
    assert main([*record, "--store", str(store)]) == 0
    fund = "regneeksempel-i-haanden-pool-1-0-fund-pool"
    assert main(["replay", fund, "--store", str(store)]) == 0
    connection = sqlite3.connect(store)
    statement = (
        "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), ?, ?) AS BLOB) WHERE originator_id = ?"
    )
    changed = connection.execute(statement, ('"amount":90000000', '"amount":90000001', fund))
    assert changed.rowcount > 0
    connection.commit()
    connection.close()
    capsys.readouterr()
    assert main(["replay", fund, "--store", str(store)]) == 3
    assert "2.100.000,01" in capsys.readouterr().out
