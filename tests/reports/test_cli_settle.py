"""`effekt settle`: stated facts to payment statements, as a page, a document and a table; nothing is recorded."""

import csv
import io
import json
import time
from pathlib import Path

import pytest

from reports.cli import main

ROOT = Path(__file__).parents[2]

TERMS = """
title: Unge i bolig
start: 2022-01-01
end: 2024-12-31
capital: {DSI: 0.5, Aarhus: 0.5}
draws: {0: 500000}
payers: {municipality: 0.6, state: 0.4}
citizens: {least_by: {12: 10}}
statements: {every_months: 6}
clauses:
  home: {kind: unit_price, prices: {6: 10000, 12: 20000}}
  work: {kind: unit_price, price: 5000.25, payers: {municipality: 1}}
  fewer: {kind: band, metric: events, steps: [{at_least: 0.1, pays: 100000}, {at_least: 0.08, pays: 40000}]}
  gain: {kind: savings_share, tiers: [{share: 0.1}]}
  fee: {kind: scheduled, amounts: {12: 1500}}
limits:
  - {kind: per_person, amount: 33000}
  - {kind: total, amount: 150000, excess: lapses}
guarantee: {by: Bikubenfonden, amount: 100000}
"""

FACTS = """
facts:
  - {metric: home, date: 2022-06-20, month: 6, persons: [a, b, c], failed: [d]}
  - {metric: home, date: 2022-12-20, month: 12, persons: [a, b], failed: [c, d]}
  - {metric: work, date: 2022-12-20, persons: [a, b]}
  - {metric: events, date: 2022-12-21, quantity: 13, of: 155}
  - {metric: saving, date: 2022-12-31, amount: 1234567.50}
  - {metric: home, date: 2022-09-20, month: 9, persons: [a]}
changed:
  - {what: corrected, date: 2023-02-01, metric: home, month: 12, person: c, quantity: 1}
  - {what: withdrawn, date: 2023-02-01, metric: work, person: a, found: 2022-12-20}
"""

TABLE = """metric,person,date,month,quantity,of,amount
home,a,2022-06-20,6,1,,
home,b,2022-06-20,6,1,,
home,c,2022-06-20,6,1,,
home,d,2022-06-20,6,0,,
home,a,2022-12-20,12,1,,
home,b,2022-12-20,12,1,,
home,c,2022-12-20,12,0,,
home,d,2022-12-20,12,0,,
work,a,2022-12-20,,1,,
work,b,2022-12-20,,1,,
events,,2022-12-21,,13,155,
saving,,2022-12-31,,,,1234567.50
home,a,2022-09-20,9,1,,
"""

CHANGED = FACTS[FACTS.index("changed:") :]


@pytest.fixture(autouse=True)
def _files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("EFFEKT_STORE", "EFFEKT_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    Path("terms.yaml").write_text(TERMS, encoding="utf-8")
    Path("facts.yaml").write_text(FACTS, encoding="utf-8")
    Path("facts.csv").write_text(TABLE, encoding="utf-8")
    Path("changed.yaml").write_text(CHANGED, encoding="utf-8")


def settled(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["settle", *(arguments or ("terms.yaml", "facts.yaml"))]) == 0
    return capsys.readouterr().out


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(settled(capsys, *(arguments or ("terms.yaml", "facts.yaml")), "--json"))
    return found


PAGE = """\
Betalingsopgørelse 2022-12-31 · Unge i bolig · beløb i kr.
══════════════════════════════════════════════════════════
Opgørelse af resultater                Opgjort      Brutto  Loft pr. borger       Netto
───────────────────────────────────────────────────────────────────────────────────────
Home, måned 12
  2022-12-20  a                              1   20.000,00             0,00   20.000,00
  2022-12-20  b                              1   20.000,00             0,00   20.000,00
  2022-12-20  c                              0        0,00             0,00        0,00
  2022-12-20  d                              0        0,00             0,00        0,00
Work
  2022-12-20  a                              1    5.000,25         2.000,25    3.000,00
  2022-12-20  b                              1    5.000,25         2.000,25    3.000,00
Fewer: events
  2022-12-21  samlet antal           13 af 155
Gain: saving
  2022-12-31  realiseret gevinst  1.234.567,50  123.456,75             0,00  123.456,75
Uden egen betaling: home, måned 9
  1 resultat                            1 af 1

                  Optjent                 Optjent    Afregnet      Samlet         Til
Bestemmelse           før         Nyt       i alt         før        loft    betaling
─────────────────────────────────────────────────────────────────────────────────────
Home            30.000,00   40.000,00   70.000,00  −30.000,00        0,00   40.000,00
Work                 0,00    6.000,00    6.000,00        0,00        0,00    6.000,00
Fewer                0,00   40.000,00   40.000,00        0,00        0,00   40.000,00
Gain                 0,00  123.456,75  123.456,75        0,00  −89.456,75   34.000,00
Fee                  0,00    1.500,00    1.500,00        0,00   −1.500,00        0,00
I alt           30.000,00  210.956,75  240.956,75  −30.000,00  −90.956,75  120.000,00
– Fewer: 0,0839 (13 af 155); mindst 0,08 giver 40.000,00 kr.
– Fee: 1.500,00 kr. forfalder efter aftalens plan.
– Samlet loft: 90.956,75 kr. skæres fra og bortfalder.

Betales af       Kommunen     Staten       I alt
────────────────────────────────────────────────
Home            24.000,00  16.000,00   40.000,00
Work             6.000,00       0,00    6.000,00
Fewer           24.000,00  16.000,00   40.000,00
Gain            20.400,00  13.600,00   34.000,00
I alt           74.400,00  45.600,00  120.000,00
Modtages af DSI 60.000,00 kr. og Aarhus 60.000,00 kr.
Udbetalt kapital i alt: 500.000,00 kr.
– Kun 4 borgere var indskrevet den 2022-12-31; aftalen forudsætter mindst 10.
"""


class TestPage:
    def test_it_leads_from_fact_to_payer(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "100")
        page = settled(capsys)
        assert PAGE in page

    def test_a_change_after_payment_shows_as_a_line_and_waits_to_be_set_off(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        page = settled(capsys, "terms.yaml", "facts.yaml", "--statement", "2023-06-30")
        told = " ".join(page.split())
        assert "2022-12-20 c 1 20.000,00 0,00 20.000,00" in told
        assert "2022-12-20 a udgår −5.000,25 −2.000,25 −3.000,00" in told
        assert "Work 6.000,00 −3.000,00 3.000,00 −6.000,00 0,00 0,00 3.000,00 0,00" in told
        assert "Intet til betaling." in page
        assert page.count("Betalingsopgørelse") == 1
        assert "Alle opgørelser" not in page

    def test_statements_without_payment_are_one_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        page = settled(capsys)
        assert "3 opgørelser uden betaling (2023-12-31 til 2024-12-31)." in page
        assert page.count("Betalingsopgørelse 2") == 3

    def test_the_end_calls_the_guarantee_and_the_totals_add_up(self, capsys: pytest.CaptureFixture[str]) -> None:
        page = settled(capsys)
        assert "Betalingsopgørelse ved ophør 2024-12-31" in page
        assert "Betales af Bikubenfonden 100.000,00 kr." in page
        totals = page[page.index("Alle opgørelser 2022-06-30 til 2024-12-31 · beløb i kr.") :]
        assert "I alt 92.400,00 57.600,00 100.000,00 250.000,00" in " ".join(totals.split())
        assert "Modtages af DSI" in totals
        assert totals.rstrip().endswith("Udbetalt kapital i alt: 500.000,00 kr.")

    @pytest.mark.parametrize("width", [80, 100, 120, 200])
    @pytest.mark.parametrize("lang", ["da", "en"])
    def test_every_width(
        self, width: int, lang: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", str(width))
        page = settled(capsys, "terms.yaml", "facts.yaml", "--lang", lang)
        assert max(map(len, page.splitlines())) <= width
        assert "kr.." not in page

    def test_english_and_another_currency(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("terms.yaml").write_text(TERMS + "currency: GBP\nlanguage: en\n", encoding="utf-8")
        page = settled(capsys)
        assert "Payment statement 2022-12-31 · Unge i bolig · amounts in GBP" in page
        assert "– Fewer: 0.0839 (13 of 155); at least 0.08 pays GBP 40,000.00" in page
        assert "120,000.00" in page
        assert "Received by DSI GBP 60,000.00 and Aarhus GBP 60,000.00." in page

    def test_many_lines_are_taken_together_and_all_of_them_are_shown_when_asked(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rows = [f"home,p{n:03},2022-06-20,6,{int(n % 5 > 0)}" for n in range(60)]
        Path("many.csv").write_text("metric,person,date,month,quantity\n" + "\n".join(rows) + "\n")
        page = settled(capsys, "terms.yaml", "many.csv", "--statement", "2022-06-30")
        told = " ".join(page.split())
        assert "48 resultater à 10.000,00 48 480.000,00 480.000,00" in told
        assert "12 resultater ikke opnået 0 0,00 0,00" in told
        assert "p001" not in page
        every = settled(capsys, "terms.yaml", "many.csv", "--statement", "2022-06-30", "--all-lines")
        assert sum("p0" in line for line in every.splitlines()) == 60
        assert len(document(capsys, "terms.yaml", "many.csv")["statements"][0]["lines"]) == 60  # type: ignore[index]

    def test_a_terminal_is_not_commanded(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("terms.yaml").write_text(TERMS.replace("Unge i bolig", '"\\e[31mUnge"'), encoding="utf-8")
        assert "\x1b" not in settled(capsys)
        assert "\x1b" not in settled(capsys, "terms.yaml", "facts.yaml", "--csv")

    def test_a_scenarios_design(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("facts.yaml").write_text("facts:\n  - {metric: stable_housing, date: 2022-12-01, month: 12, person: a}\n")
        page = settled(capsys, "aarhus-unge-hjemloese", "facts.yaml", "--design", "dsi")
        assert "Stabil bolig" in page or "Bolig" in page

    def test_what_a_band_pays_line_by_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        clauses = """
clauses:
  line:
    kind: band
    metric: events
    nodes: [{at: 0.05, share: 0}, {at: 0.10, share: 0.3}]
    of: capital_drawn
    due: [12, 24]
    per_year: true
    least: {until_month: 12, share: 0.02}
  each: {kind: band, metric: groups, on: each_measurement, steps: [{at_least: 0.5, pays: 100}]}
  half: {kind: unit_price, metric: home, price: 100, quota: 0.5}
  only: {kind: unit_price, metric: work, price: 10, only_if: [{metric: events, at_least: 0.2}]}
"""
        head, tail = TERMS[: TERMS.index("clauses:")], "limits: []\n"
        Path("terms.yaml").write_text(head + clauses + tail, encoding="utf-8")
        Path("facts.yaml").write_text(
            "facts:\n"
            "  - {metric: events, date: 2022-12-21, quantity: 13, of: 155}\n"
            "  - {metric: groups, date: 2022-12-21, quantity: 4, of: 8, group: nord}\n"
            "  - {metric: groups, date: 2022-12-21, quantity: 9.6, of: 20, group: syd}\n"
            "  - {metric: home, date: 2022-12-21, month: 12, persons: [a, b, c], failed: [d]}\n"
            "  - {metric: work, date: 2022-12-21, person: a}\n"
        )
        page = " ".join(settled(capsys, "terms.yaml", "facts.yaml", "--statement", "2022-12-31").split())
        assert (
            "– Line: 0,0839 (13 af 155) pr. forfaldsdagen; forholdsmæssigt mellem 0,05 (0 % af udbetalt kapital) og 0,1"
            in page
        )
        assert "(30 % af udbetalt kapital) pr. år, dog mindst 2 % af udbetalt kapital til og med måned 12" in page
        assert "– Each, nord: 0,5000 (4 af 8); mindst 0,5 giver 100,00 kr." in page
        assert "– Each, syd: 0,4800 (9,6 af 20); intet trin er nået, hvilket giver 0,00 kr." in page
        assert "– Half: 200,00 kr. i denne opgørelse; der betales højst for 50 % af de målte." in page
        assert "– Only: −10,00 kr. ud over linjerne, fordi betingelserne" in page

    def test_a_quantity_that_is_not_of_anything_stands_alone(self, capsys: pytest.CaptureFixture[str]) -> None:
        clauses = """
clauses:
  each:
    kind: band
    metric: reduction
    on: each_measurement
    for_each: participant
    steps: [{at_least: 0.05, pays: 4000}]
  days: {kind: unit_price, metric: days, price: 10, requires: [{metric: home}]}
"""
        Path("terms.yaml").write_text(TERMS[: TERMS.index("clauses:")] + clauses + "limits: []\n", encoding="utf-8")
        Path("facts.yaml").write_text(
            "facts:\n"
            "  - {metric: reduction, date: 2022-12-21, quantity: 0.08, group: nord}\n"
            "  - {metric: participant, date: 2022-12-21, quantity: 60, group: nord}\n"
            "  - {metric: days, date: 2022-12-21, person: a, quantity: 300}\n"
        )
        page = settled(capsys, "terms.yaml", "facts.yaml", "--statement", "2022-12-31")
        assert [line.split() for line in page.splitlines() if line.startswith("  1 ")] == [["1", "resultat", "300"]]
        assert page.count("– Each") == 1
        assert "– Each, nord: 0,08; mindst 0,05 giver 4.000,00 kr. pr. participant" in page

    def test_what_is_repaid_is_said_to_be(self, capsys: pytest.CaptureFixture[str]) -> None:
        example = str(Path(__file__).parents[2] / "docs/gallery/repaid")
        page = settled(capsys, f"{example}.yaml", f"{example}.facts.yaml", "--lang", "da")
        lines = [line.split() for line in page.splitlines()]
        assert ["Tilbagebetales", "til", "Kommunen", "Staten", "I", "alt"] in lines
        assert ["Saving", "12.500,00", "12.500,00", "25.000,00"] in lines
        assert "Tilbagebetales af Investor 185.000,00 kr." in page
        assert "Modtages af Investor −" not in page


class TestDocument:
    def test_every_amount_leads_to_the_next(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = document(capsys)
        assert (found["format"], found["currency"], found["unit"]) == (1, "DKK", "minor unit, hundredths")
        assert len(str(found["terms_sha256"])) == 64
        statements: list[dict[str, object]] = found["statements"]  # type: ignore[assignment]
        total = 0
        for statement in statements:
            for clause in statement["clauses"]:  # type: ignore[attr-defined]
                mine = [line for line in statement["lines"] if line["clause"] == clause["clause"]]  # type: ignore[attr-defined]
                assert clause["lines"] == sum(line["net"] or 0 for line in mine)
                assert clause["entitled"] == clause["before"] + clause["lines"] + clause["otherwise"]
                claim = clause["entitled"] - clause["settled_before"] - clause["lapsed_before"]
                if clause["kind"] != "guarantee":
                    assert clause["paid"] == max(claim, 0) - sum(clause["cuts"].values())
                assert clause["paid"] == sum(clause["parts"].values())
            total += sum(statement["receipts"].values())  # type: ignore[attr-defined]
        totals: dict[str, object] = found["totals"]  # type: ignore[assignment]
        assert totals["paid"] == total == sum(totals["by_payer"].values())  # type: ignore[attr-defined]
        assert totals["by_clause"]["guarantee"] == totals["guaranteed"] == 10_000_000  # type: ignore[index]
        assert totals["drawn"] == 50_000_000

    def test_quantities_are_exact_and_failures_and_what_nothing_pays_for_stand_there(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lines = document(capsys, "terms.yaml", "facts.yaml", "--statement", "2022-12-31")["statements"][0]["lines"]  # type: ignore[index]
        told = [
            (line["clause"], line["person"], line["quantity"], line["of"], line["saving"], line["net"])
            for line in lines
        ]
        assert ("home", "c", 0, 1, None, 0) in told
        assert ("fewer", None, 13, 155, None, None) in told
        assert ("gain", None, None, None, 123_456_750, 12_345_675) in told
        assert (None, "a", 1, 1, None, None) in told

    def test_the_same_bytes_each_time_and_from_a_table(self, capsys: pytest.CaptureFixture[str]) -> None:
        first = settled(capsys, "terms.yaml", "facts.yaml", "--json")
        assert first == settled(capsys, "terms.yaml", "facts.yaml", "--json")
        assert list(json.loads(first)) == sorted(json.loads(first))
        other = document(capsys, "terms.yaml", "facts.csv", "changed.yaml")
        assert other["statements"] == json.loads(first)["statements"]
        assert other["totals"] == json.loads(first)["totals"]

    def test_a_workbook_of_the_municipalitys_own(self, capsys: pytest.CaptureFixture[str]) -> None:
        import openpyxl

        book = openpyxl.Workbook()
        book.active.append(["Borger", "Dato", "Opfølgning", "Bolig"])
        for person, reached in (("a", "Ja"), ("b", "Ja"), ("c", "Ja"), ("d", "Nej")):
            book.active.append([person, "20-06-2022", 6, reached])
        book.save("bolig.xlsx")
        Path("kolonner.yaml").write_text(
            "columns: {person: Borger, date: Dato, month: Opfølgning, quantity: Bolig}\nfixed: {metric: home}\n"
            "dates: day-month-year\nvalues: {quantity: {Ja: 1, Nej: 0}}\n",
            encoding="utf-8",
        )
        found = document(capsys, "terms.yaml", "bolig.xlsx", "--columns", "kolonner.yaml")
        assert found["totals"]["by_clause"]["home"] == 3_000_000  # type: ignore[index]

    def test_the_table_has_a_row_a_line_in_whole_units(self, capsys: pytest.CaptureFixture[str]) -> None:
        rows = list(csv.DictReader(io.StringIO(settled(capsys, "terms.yaml", "facts.yaml", "--csv"))))
        work = [row for row in rows if row["clause"] == "work"]
        assert [(row["statement"], row["person"], row["gross"], row["cut"], row["net"]) for row in work] == [
            ("2022-12-31", "a", "5000.25", "2000.25", "3000.00"),
            ("2022-12-31", "b", "5000.25", "2000.25", "3000.00"),
            ("2023-06-30", "a", "-5000.25", "-2000.25", "-3000.00"),
        ]
        saving = next(row for row in rows if row["clause"] == "gain")
        assert (saving["saving"], saving["quantity"], saving["net"]) == ("1234567.50", "", "123456.75")
        assert next(row for row in rows if row["clause"] == "fewer")["of"] == "155"

    def test_until_a_day(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = document(capsys, "terms.yaml", "facts.yaml", "--until", "2022-12-31")
        assert [each["date"] for each in found["statements"]] == ["2022-06-30", "2022-12-31"]  # type: ignore[attr-defined]

    def test_100_000_claims(self, capsys: pytest.CaptureFixture[str], record_property: object) -> None:
        clauses = "\n".join(f"  m{n}: {{kind: unit_price, price: {100 + n}}}" for n in range(20))
        head = TERMS[: TERMS.index("clauses:")]
        limits = "limits:\n  - {kind: per_person, amount: 9000}\n"
        Path("terms.yaml").write_text(f"{head}clauses:\n{clauses}\n{limits}", encoding="utf-8")
        with open("claims.csv", "w") as stream:
            stream.write("metric,person,date,quantity\n")
            for n in range(100_000):
                stream.write(f"m{n % 20},p{n // 100},2022-{1 + n // 20 % 5 * 2:02}-15,{int(n % 7 > 0)}\n")
        begun = time.process_time()
        page = settled(capsys, "terms.yaml", "claims.csv")
        record_property("seconds", round(time.process_time() - begun, 2))  # type: ignore[operator]
        assert "resultater à 100,00" in page
        totals = document(capsys, "terms.yaml", "claims.csv")["totals"]
        expected = sum(
            min(sum((100 + n % 20) * 100 for n in range(p * 100, p * 100 + 100) if n % 7), 900_000) for p in range(1000)
        )
        assert totals["paid"] == expected  # type: ignore[index]


WRONG = {
    "an unknown metric": ("{metric: hjem, date: 2022-06-20, person: a}", ("facts.yaml, fact 1", "'hjem'")),
    "before the contract": ("{metric: work, date: 2021-12-31, person: a}", ("facts.yaml, fact 1", "2022-01-01")),
    "after the contract": ("{metric: work, date: 2025-01-01, person: a}", ("facts.yaml, fact 1", "2024-12-31")),
    "twice": ("{metric: work, date: 2022-06-20, persons: [a, b, a]}", ("facts.yaml, fact 1", "'a' twice")),
    "a count where persons are needed": ("{metric: work, date: 2022-06-20, quantity: 3}", ("name the persons",)),
    "an outcome as a saving": ("{metric: work, date: 2022-06-20, amount: 3}", ("'work' is an outcome",)),
    "a saving as an outcome": ("{metric: saving, date: 2022-06-20, quantity: 3}", ("'saving' is a saving",)),
    "nobody": ("{metric: work, date: 2022-06-20}", ("facts.yaml:2:", "whose result it is, or how many")),
    "an empty list": ("{metric: work, date: 2022-06-20, persons: []}", ("facts.yaml:2:", "persons")),
    "an empty list of failed": ("{metric: work, date: 2022-06-20, failed: []}", ("facts.yaml:2:", "failed")),
    "an empty person": ("{metric: work, date: 2022-06-20, person: ' '}", ("facts.yaml:2:", "person")),
    "an invisible letter": (
        '{metric: work, date: 2022-06-20, person: "a\\u200b"}',
        ("facts.yaml:2:", "invisible characters"),
    ),
    "a quantity of who failed": (
        "{metric: work, date: 2022-06-20, failed: [a], quantity: 2}",
        ("facts.yaml:2:", "a quantity of 0"),
    ),
    "a saving with a quantity": (
        "{metric: saving, date: 2022-06-20, amount: 5, quantity: 2}",
        ("facts.yaml:2:", "an amount and a date alone, found quantity"),
    ),
    "a saving with a month": (
        "{metric: saving, date: 2022-06-20, amount: 5, month: 2}",
        ("facts.yaml:2:", "an amount and a date alone, found month"),
    ),
    "two counts of a day": (
        "{metric: events, date: 2022-06-20, quantity: 3}\n  - {metric: events, date: 2022-06-20, quantity: 4}",
        ("facts.yaml, fact 2: ", "expected one count, found two for that day"),
    ),
    "a dash for a name": ("{metric: work, date: 2022-06-20, person: '-'}", ("'-', which names nobody",)),
    "a total": ("{metric: work, date: 2022-06-20, person: I alt}", ("'I alt', which names nobody",)),
    "an unknown key": ("{metric: work, date: 2022-06-20, persom: a}", ("facts.yaml:2:", "person")),
    "a person and persons": ("{metric: work, date: 2022-06-20, person: a, persons: [b]}", ("facts.yaml:2:", "both")),
    "a CPR number": ("{metric: work, date: 2022-06-20, person: 010190-1234}", ("facts.yaml:2:", "use a pseudonym")),
}


WRONG_CHANGES = {
    "a saving by quantity": ("metric: saving, found: 2022-12-31, quantity: 3", "expected the amount of a saving"),
    "an outcome by amount": ("metric: work, found: 2022-06-20, amount: 3", "expected the quantity of an outcome"),
    "both": ("metric: saving, found: 2022-12-31, quantity: 3, amount: 3", "an amount and a date alone, found quantity"),
    "an amount of a person": ("metric: saving, found: 2022-12-31, amount: 3, person: a", "alone, found person"),
    "two ways of naming": ("metric: work, found: 2022-06-20, quantity: 0, person: a, persons: [b]", "found both"),
}


class TestRefusals:
    def refused(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
        for more in ([], ["--json"], ["-o", "out.txt"]):
            assert main(["settle", *arguments, *more]) == 2
            told = capsys.readouterr()
            assert told.out == ""
            assert "Traceback" not in told.err
            assert not Path("out.txt").exists()
        return told.err

    @pytest.mark.parametrize("case", WRONG)
    def test_facts_that_contradict_are_told_with_their_place(
        self, case: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text, words = WRONG[case]
        Path("facts.yaml").write_text(f"facts:\n  - {text}\n")
        told = self.refused(capsys, "terms.yaml", "facts.yaml")
        for each in words:
            assert each in told
        assert "010190-1234" not in told

    @pytest.mark.parametrize("case", WRONG_CHANGES)
    def test_changes_that_do_not_fit_are_told(self, case: str, capsys: pytest.CaptureFixture[str]) -> None:
        text, words = WRONG_CHANGES[case]
        facts = "{metric: work, date: 2022-06-20, person: a}, {metric: saving, date: 2022-12-31, amount: 5}"
        change = "what: corrected, date: 2023-02-01"
        Path("facts.yaml").write_text(f"facts: [{facts}]\nchanged:\n  - {{{change}, {text}}}\n")
        assert words in self.refused(capsys, "terms.yaml", "facts.yaml")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("enrolled: [{date: 2022-02-01, persons: [a]}, {date: 2021-02-01, persons: [b]}]", "enrolled, item 2: "),
            ("left: [{date: 2022-02-01, persons: [x]}]", "facts.yaml, left, item 1: "),
            (
                "changed: [{what: withdrawn, date: 2022-02-01, metric: work, found: 2022-01-02, person: x}]",
                "facts.yaml, changed, item 1: ",
            ),
            ("ended: 2021-12-31", "ended: expected a day from 2022-01-01 to 2024-12-31, found 2021-12-31"),
            ("ended: 2025-01-01", "ended: expected a day from 2022-01-01 to 2024-12-31, found 2025-01-01"),
            ("until: 2021-12-31", "until: expected a day from 2022-01-01 to 2024-12-31, found 2021-12-31"),
        ],
    )
    def test_other_items_are_told_with_their_place(
        self, text: str, words: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Path("facts.yaml").write_text(text + "\n")
        assert words in self.refused(capsys, "terms.yaml", "facts.yaml")

    def test_two_files_that_say_another_end_are_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("one.yaml").write_text("ended: 2023-05-01\n")
        Path("two.yaml").write_text("ended: 2023-06-01\n")
        told = self.refused(capsys, "terms.yaml", "one.yaml", "two.yaml")
        assert "ended: expected one day in all files, found 2023-05-01 and 2023-06-01" in told
        assert main(["settle", "terms.yaml", "facts.yaml", "one.yaml", "one.yaml"]) == 0

    def test_draws_of_several_files_are_added(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("one.yaml").write_text("draws: {2022-01-01: 100000, 2022-02-01: 50000}\n")
        Path("two.yaml").write_text("draws: {2022-02-01: 25000}\n")
        page = settled(capsys, "terms.yaml", "facts.yaml", "one.yaml", "two.yaml")
        assert "Udbetalt kapital i alt: 175.000,00 kr." in page

    def test_metrics_of_which_nothing_is_told_are_named(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A condition on a name that is misspelt is never met, and somebody should see why."""
        price = "work: {kind: unit_price, price: 5000.25"
        misspelt = TERMS.replace(price, price + ", only_if: [{metric: hjemme, at_least: 0.5}]")
        Path("terms.yaml").write_text(misspelt, encoding="utf-8")
        assert "Ingen oplysninger om hjemme." in settled(capsys, "terms.yaml", "facts.yaml")
        assert "Ingen oplysninger" not in settled(capsys, "terms.yaml", "facts.yaml", "--statement", "2022-06-30")

    def test_what_is_cut_off_waits_until_the_last_statement_and_is_lost_then(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Path("terms.yaml").write_text(TERMS.replace("amount: 150000, excess: lapses", "amount: 100"), encoding="utf-8")
        early = settled(capsys, "terms.yaml", "facts.yaml", "--statement", "2022-06-30")
        assert "skæres fra og venter, til der er plads under loftet" in " ".join(early.split())
        Path("last.yaml").write_text("facts: [{metric: work, date: 2024-12-20, persons: [a]}]\n", encoding="utf-8")
        late = settled(capsys, "terms.yaml", "facts.yaml", "last.yaml", "--statement", "2024-12-31")
        assert "skæres fra og betales ikke, da der ikke er flere opgørelser" in " ".join(late.split())

    def test_a_file_that_is_read_is_not_overwritten(self, capsys: pytest.CaptureFixture[str]) -> None:
        before = Path("facts.yaml").read_bytes()
        for target in ("facts.yaml", "./facts.yaml", "terms.yaml"):
            assert main(["settle", "terms.yaml", "facts.yaml", "-o", target, "--force"]) == 2
            assert "read by the same command" in capsys.readouterr().err
        assert Path("facts.yaml").read_bytes() == before

    def test_before_the_first_statement_there_is_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert "Der er ingen betalingsopgørelse så tidligt." in settled(
            capsys, "terms.yaml", "facts.yaml", "--until", "2022-02-01"
        )

    def test_a_citizen_has_the_subgroup_of_the_enrolment(self, capsys: pytest.CaptureFixture[str]) -> None:
        enrolled = "enrolled: [{date: 2022-01-01, persons: [a, b], group: young}]\n"
        fact = "facts: [{metric: work, date: 2022-06-20, person: b, group: GROUP}]\n"
        Path("facts.yaml").write_text(enrolled + fact.replace("GROUP", "old"))
        told = self.refused(capsys, "terms.yaml", "facts.yaml")
        assert "facts.yaml, fact 1: 'b' was enrolled in 'young', and is stated in 'old'" in told
        Path("facts.yaml").write_text(enrolled + fact.replace("GROUP", "young"))
        assert main(["settle", "terms.yaml", "facts.yaml"]) == 0

    def test_the_same_result_in_two_files(self, capsys: pytest.CaptureFixture[str]) -> None:
        told = self.refused(capsys, "terms.yaml", "facts.csv", "facts.yaml")
        assert "facts.yaml, fact " in told
        assert "twice" in told

    def test_an_unknown_person_where_enrolments_are_stated(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("enrolled.yaml").write_text("enrolled:\n  - {date: 2022-01-01, persons: [a, b, c]}\n")
        told = self.refused(capsys, "terms.yaml", "facts.csv", "enrolled.yaml")
        assert "facts.csv, row 5: " in told
        assert "'d', who is not enrolled" in told

    def test_an_unknown_group_of_a_person(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("facts.yaml").write_text(
            "facts:\n  - {metric: work, date: 2022-06-20, person: a, group: x}\n"
            "  - {metric: work, date: 2022-07-20, person: a, group: y}\n"
        )
        assert "two subgroups" in self.refused(capsys, "terms.yaml", "facts.yaml")

    def test_every_fault_of_a_table_at_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("facts.csv").write_text("metric,person,date\nwork,0101901234,2022-06-20\nwork,b,20-06-2022\n")
        told = self.refused(capsys, "terms.yaml", "facts.csv")
        assert "facts.csv:2:2: " in told
        assert "facts.csv:3:3: " in told
        assert "use a pseudonym" in told
        assert "0101901234" not in told

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (["terms.yaml"], "FACTS"),
            (["terms.yaml", "nowhere.yaml"], "there is no such file"),
            (["nowhere.yaml", "facts.yaml"], "there is no such file"),
            (["terms.yaml", "facts.yaml", "--statement", "2022-12-30"], "known: 2022-06-30, 2022-12-31"),
            (["terms.yaml", "facts.yaml", "--statement", "31-12-2022"], "write 2022-12-31"),
            (["terms.yaml", "facts.yaml", "--columns", "k.yaml"], "--columns is for tables"),
            (["terms.yaml", "facts.yaml", "--design", "dsi"], "terms.yaml"),
            (["aarhus-unge-hjemlose", "facts.yaml", "--design", "dsi"], "did you mean 'aarhus-unge-hjemloese'"),
            (["aarhus-unge-hjemloese", "facts.yaml", "--design", "dsii"], "did you mean 'dsi'"),
            ([str(ROOT / "scenarios/aarhus-unge-hjemloese.yaml"), "facts.yaml"], "--design NAME"),
        ],
    )
    def test_usage(self, arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert named in self.refused(capsys, *arguments)

    def test_terms_without_dates(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("terms.yaml").write_text(TERMS.replace("end: 2024-12-31\n", ""), encoding="utf-8")
        assert "a date for end, found none; add end:" in self.refused(capsys, "terms.yaml", "facts.yaml")

    def test_terms_that_contradict_themselves(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("terms.yaml").write_text(TERMS.replace("{municipality: 0.6, state: 0.4}", "{state: 0.5}"))
        told = self.refused(capsys, "terms.yaml", "facts.yaml")
        assert "terms.yaml:7:" in told
        assert "0.5 is missing" in told
