"""`effekt schema` and `effekt doctor`."""

import json
from pathlib import Path

import pytest

from reports.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EFFEKT_STORE", raising=False)


class TestSchema:
    def test_the_schema_in_the_repository_is_current(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["schema"]) == 0
        kept = ROOT / "scenarios/scenario.schema.json"
        assert capsys.readouterr().out == kept.read_text(encoding="utf-8"), "effekt schema --force -o " + kept.name

    def test_it_knows_keys_by_the_names_in_the_file(self) -> None:
        schema = json.loads((ROOT / "scenarios/scenario.schema.json").read_text(encoding="utf-8"))
        assert "with" in schema["$defs"]["HazardDomain"]["properties"]
        assert schema["properties"]["designs"]


class TestDoctor:
    def test_it_finds_this_installation_sound(self, capsys: pytest.CaptureFixture[str]) -> None:
        code = main(["doctor"])
        told = capsys.readouterr().out
        assert code == ("MEND" in told)
        assert "processors" in told

    def test_a_distribution_that_claims_our_names_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        info = tmp_path / "foreign-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign\nVersion: 1.0\n")
        (info / "RECORD").write_text("reports/__init__.py,,\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        assert main(["doctor"]) == 1
        assert "also claimed by foreign" in capsys.readouterr().out

    def test_a_store_that_is_named_and_missing_is_told(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["doctor", "--store", str(tmp_path / "none.sqlite")]) == 1
        assert "there is no such store" in capsys.readouterr().out
        assert list(tmp_path.iterdir()) == []
