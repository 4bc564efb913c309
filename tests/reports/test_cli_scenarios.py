"""`effekt scenarios` and the schemas: what comes with the program, and what can stand in files."""

import json
from pathlib import Path

import pytest

from reports.cli import main
from scenarios import library, load, pools


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EFFEKT_STORE", "EFFEKT_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_scenario_has_a_line_under_its_target_group(
    lang: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert main(["scenarios", "--lang", lang]) == 0
    page = capsys.readouterr().out
    assert max(map(len, page.splitlines())) <= 100
    for name in library():
        assert sum(line.split()[:1] == [name] for line in page.splitlines()) == 1
    headings = {
        "da": ["Familier og børn", "Unge og beskæftigelse", "Voksne langt fra arbejdsmarkedet", "Sundhed"],
        "en": ["Families and children", "Youth and employment", "Adults far from the labour market", "Health"],
    }[lang]
    places = [page.index(f"\n{heading}\n") for heading in headings]
    assert places == sorted(places)
    line = next(line for line in page.splitlines() if line.split()[:1] == ["aarhus-unge-hjemloese"])
    assert line.split()[1:4] == ["36", "15,9" if lang == "da" else "15.9", "5"]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_every_title_stands_whole(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(["scenarios"]) == 0
    page = capsys.readouterr().out
    assert "…" not in page
    if width >= 80:
        assert max(map(len, page.splitlines())) <= width
    words = page.split()
    for path in library().values():
        title = load(path).title.split()
        if width == 80:
            assert " ".join(title) in page
        assert all(word in words for word in title)


def test_as_a_document(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "library.json"
    assert main(["scenarios", "-o", str(target)]) == 0
    found = {each["name"]: each for each in json.loads(target.read_text(encoding="utf-8"))["scenarios"]}
    assert set(found) == set(library()) | set(pools())
    aarhus = found["aarhus-unge-hjemloese"]
    assert (aarhus["capital"], aarhus["citizens"], aarhus["group"]) == (15_933_562, 36, "youth_and_employment")


def test_its_name_is_what_to_type(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check", "aarhus-unge-hjemloese"]) == 0
    assert "Unge hjemløse i Aarhus" in capsys.readouterr().out
    assert main(["compare", "aarhus-unge-hjemloese", "--replications", "5", "--workers", "1", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["scenario"]["sha256"]) == 64
    assert main(["run", "aarhus-unge-hjemlose", "--design", "dsi"]) == 2
    assert "did you mean 'aarhus-unge-hjemloese'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("what", "key"), [("scenario", "designs"), ("terms", "clauses"), ("facts", "changed"), ("columns", "delimiter")]
)
def test_each_kind_of_file_has_a_schema(what: str, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", what]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert key in schema["properties"]
    assert schema["$schema"].startswith("https://json-schema.org/")


def test_an_unknown_kind_of_file_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "terns"]) == 2
    assert "terms" in capsys.readouterr().err
