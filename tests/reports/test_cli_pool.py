"""`effekt pool`: designs side by side, year by year, recorded as a fund, and what is refused."""

import json
from pathlib import Path

import pytest

from reports.cli import main
from reports.pools import POOL_GROUPS, compare_pool

POOL = """
kind: pool
title: Kommunens pulje
municipality: "0751"
start: 2024-01-01
years: 6
discounting: {rate: 0.035}
investments:
  IPS: {scenario: holbaek-ips, size: 0.5, effect: {least: 0.3, most: 1.1}, delay_months: {least: 0, most: 9}}
  plejefamilier:
    per_year: 2
    stated:
      citizens: 20
      costs: [2000000, 2000000]
      gains:
        - {committee: children, kroner: [0, 500000, 1200000, 1200000, 1200000]}
        - {party: region, kroner: [0, 10000, 10000]}
designs:
  realised: {label: {da: Realiseret, en: Realised}, capital: 8000000, repayment: {basis: realised, years: 5}}
  frame_cut: {capital: 8000000, repayment: {basis: budgeted, form: frame_cut, years: 5}, payback_limit: {years: 4}}
  shared:
    capital: 8000000
    top_up: 1000000
    unused: lapses
    repayment: {basis: realised, years: 3}
    loss: {department_share: 0.5, guarantee: 100000}
    co_investment: {by: DSI, share: 0.5}
    stop: {after_years: 1, below: 0.5}
"""


@pytest.fixture(autouse=True)
def _in_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setenv("EFFEKT_STORE", str(tmp_path / "store.db"))
    Path("pool.yaml").write_text(POOL, encoding="utf-8")


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["pool", *arguments]) == 0
    return capsys.readouterr().out


def test_designs_stand_side_by_side_in_danish_and_english(capsys: pytest.CaptureFixture[str]) -> None:
    page = told(capsys, "pool.yaml", "--replications", "300", "--workers", "1")
    assert page.startswith("Kommunens pulje · 300 simuleringer · startværdi 1\n")
    for words in (
        "Realiseret", "Risiko for, at puljen løber tør", "Tab båret af puljen", "Investeringspuljen", "Regionen",
        "Frame cut: grænsen for tilbagebetalingstid afviser plejefamilier", "Der kommer 18 investeringsforslag",
        "nutidsværdi ved 3,5 % om året", "Alle parter tilsammen",
    ):  # fmt: skip
        assert words in " ".join(page.split()), words
    english = told(capsys, "pool.yaml", "--replications", "300", "--workers", "1", "--lang", "en")
    assert "Losses borne by the pool" in english
    assert "Region" in english
    assert max(map(len, (page + english).splitlines())) <= 110


def test_one_design_year_by_year(capsys: pytest.CaptureFixture[str]) -> None:
    page = told(capsys, "pool.yaml", "--replications", "50", "--design", "shared")
    assert "shared" in page.lower()
    assert [line.split()[0] for line in page.splitlines() if line[:2] == "20"] == [str(y) for y in range(2024, 2030)]


def test_as_json_and_csv(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(told(capsys, "pool.yaml", "--replications", "60", "--json"))
    assert {row["figure"] for row in found["figures"]} == {key for keys in POOL_GROUPS.values() for key in keys}
    assert found["payback_years"]["frame_cut"]["plejefamilier"] == pytest.approx(4 + 11 / 12, abs=1 / 12)
    for design in ("realised", "frame_cut", "shared"):
        gains = [row["mean"] for row in found["who_gains"] if row["design"] == design]
        assert sum(gains) == pytest.approx(0, abs=0.01)
    lines = told(capsys, "pool.yaml", "--replications", "60", "--csv").splitlines()
    assert lines[0] == "design,figure,value,error,low,high,unit,note"
    years = told(capsys, "pool.yaml", "--replications", "60", "--csv", "--design", "shared").splitlines()
    assert len(years) == 7


def test_the_same_seed_gives_the_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    one, two = (told(capsys, "pool.yaml", "--replications", "1100", "--json", "--workers", n) for n in ("1", "2"))
    assert one == two


def test_in_python() -> None:
    comparison = compare_pool("pool.yaml", 40, workers=1)
    assert list(comparison.by_year()["year"].unique()) == list(range(2024, 2030))
    assert set(comparison.summary()["design"]) == {"realised", "frame_cut", "shared"}
    assert set(comparison.who_gains()["party"]) >= {"municipality", "region", "resources"}


def test_a_replication_is_recorded_as_a_fund(capsys: pytest.CaptureFixture[str]) -> None:
    page = told(capsys, "pool.yaml", "--design", "shared", "--record", "7")
    assert "kommunens-pulje-shared-1-7" in page
    assert main(["replay", "kommunens-pulje-shared-1-7"]) == 0
    log = capsys.readouterr().out
    assert "ubrugt kapital tilbageført" in log
    assert main(["pool", "pool.yaml", "--design", "frame_cut", "--record", "7"]) == 0
    assert main(["replay", "kommunens-pulje-frame-cut-1-7"]) == 0
    assert "\nAfkast " in capsys.readouterr().out
    assert main(["pool", "pool.yaml", "--design", "shared", "--record", "7"]) == 2
    assert "kommunens-pulje-shared-1-7" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("scenario: holbaek-ips", "scenario: holbaek-ps", "there is no scenario 'holbaek-ps'"),
        ("scenario: holbaek-ips", "scenario: ../holbaek-ips", "scenario"),
        ("start: 2024-01-01", "start: 2024-02-01", "expected the first day of a budget year, found 2024-02-01"),
        ("{scenario: holbaek-ips, size: 0.5", "{size: 0.5", "expected one of scenario and stated, found none"),
        ("size: 0.5", "size: 0", "expected a size above 0, found 0"),
        ("{least: 0.3, most: 1.1}", "{least: 1.3, most: 1.1}", "expected least up to most"),
        (
            "basis: realised, years: 3",
            "basis: outcome, years: 3",
            "found none for IPS, plejefamilier",
        ),
        ("party: region, kroner", "kroner", "names its committee"),
        ("per_year: 2", "first_year: 7", "applications until year 7 of 6"),
        ("basis: realised, years: 3", "basis: wishful, years: 3", "wishful"),
    ],
)
def test_it_refuses_with_place_and_hint(
    before: str, after: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("pool.yaml").write_text(POOL.replace(before, after, 1), encoding="utf-8")
    assert main(["pool", "pool.yaml"]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert "pool.yaml:" in error
    assert main(["check", "pool.yaml"]) == 2


def test_it_refuses_what_does_not_go_together(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, words in (
        (("--design", "realized"), "did you mean 'realised'"),
        (("--record", "1"), "--record stands without --design"),
        (("-o", "pool.yaml"), "pool.yaml"),
    ):
        assert main(["pool", "pool.yaml", *arguments]) == 2
        assert words in capsys.readouterr().err
    assert main(["pool", "koebenhavn-2"]) == 2
    capsys.readouterr()
    for command, file, words in (
        ("compare", "pool.yaml", "is an internal pool; run: effekt pool pool.yaml"),
        ("compare", "pool-odense", "is an internal pool; run: effekt pool pool-odense"),
        ("pool", "holbaek-ips", "is a scenario, not an internal pool; run: effekt compare holbaek-ips"),
    ):
        assert main([command, file]) == 2
        assert words in " ".join(capsys.readouterr().err.split())


def test_check_tells_what_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "pool.yaml"]) == 0
    assert "Kommunens pulje · 2 slags investeringer · 3 udformninger" in capsys.readouterr().out


def test_the_page_about_pools_shows_the_file_that_comes_with_it() -> None:
    docs = Path(__file__).parents[2] / "docs"
    page, file = ((docs / name).read_text(encoding="utf-8") for name in ("pools.md", "pool.yaml"))
    _, _, shown = file.partition("\n")
    assert f"```yaml\n{shown}```" in page
