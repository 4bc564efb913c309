"""`effekt contract`: a contract kept by commands in a real store, in Danish and English, and what is refused."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from contracts.audit import verify
from contracts.register import open_register
from contracts.statement import statements_of
from reports.cli import main
from reports.commands.contract import MODULES, TABLE
from reports.output import as_json
from reports.settlement_document import settlement_document

CPR = ("010190-1234", "0101901234", "CPR0101901234", "０１.01.90−1234")

TERMS = """
title: Unge i bolig
start: 2022-01-01
end: 2024-12-31
capital: {DSI: 0.5, Aarhus: 0.5}
draws: {2022-01-01: 500000}
statements: {every_months: 6, reporting_days: 30}
payers: {municipality: 0.6, state: 0.4}
citizens: {most: 7, leaving: {moved: excluded}}
early_end: {results: settled, compensation: 20000}
clauses:
  home: {kind: unit_price, prices: {6: 10000, 12: 20000}}
  work: {kind: unit_price, price: 5000}
  half: {kind: band, metric: home, months: [12], steps: [{at_least: 0.6, pays: 7500.50}]}
  gain: {kind: savings_share, tiers: [{share: 0.1}]}
  young: {kind: unit_price, metric: school, price: 1000, for_groups: [unge]}
limits:
  - {kind: per_person, amount: 33000, clauses: [home, work]}
  - {kind: per_year, amount: 75000}
"""

AMENDMENT = """
from: 2023-03-01
clauses:
  home: {kind: unit_price, price: 15000}
  young: null
end: 2025-06-30
"""

FACTS = """
draws: {2022-01-01: 500000}
enrolled:
  - {date: 2022-01-15, persons: [a, b, c, d]}
  - {date: 2022-03-01, persons: [e, f], group: unge}
left:
  - {date: 2022-10-05, persons: [d], why: moved}
facts:
  - {metric: home, date: 2022-06-20, month: 6, persons: [a, b, c], failed: [d]}
  - {metric: work, date: 2022-06-25, person: a, recorded: 2022-07-10}
  - {metric: school, date: 2022-06-28, quantity: 2, of: 2, group: unge}
  - {metric: home, date: 2022-12-20, month: 12, persons: [a, c, e], failed: [b]}
  - {metric: saving, date: 2022-12-31, amount: 120000}
  - {metric: home, date: 2023-06-15, month: 18, persons: [a, c]}
  - {metric: work, date: 2023-10-01, person: c}
changed:
  - {what: rejected, date: 2022-09-01, metric: home, month: 6, person: b}
  - {what: disputed, date: 2022-09-02, metric: work, person: a, found: 2022-06-25}
  - {what: accepted, date: 2022-10-01, metric: work, person: a, found: 2022-06-25}
  - {what: corrected, date: 2023-02-01, metric: home, month: 12, person: b, quantity: 1}
  - {what: corrected, date: 2023-02-01, metric: saving, found: 2022-12-31, amount: 100000}
ended: 2023-10-31
"""

REPAID = """
sign k1 terms.yaml --recorded 2022-01-01
enrol k1 --person a --recorded 2022-01-15
measure k1 --metric home --month 6 --reached a --on 2022-06-20 --recorded 2022-06-20
verify k1 --recorded 2022-07-31
settle k1 --recorded 2022-07-31
pay k1 --recorded 2022-08-15
correct k1 --metric home --month 6 --person a --quantity 0 --recorded 2022-09-01
end k1 --early --on 2022-10-01 --recorded 2022-10-01
show k1
verify k1 --recorded 2023-01-31
settle k1 --recorded 2023-01-31
show k1
pay k1 --recorded 2023-02-01
end k1 --on 2022-12-31 --recorded 2023-02-01
show k1
"""

STORY = """
sign k1 TERMS --recorded 2022-01-01 --by Anna
draw k1 500000 --recorded 2022-01-01
enrol k1 --person a --person b --person c --person d --recorded 2022-01-15
enrol k1 --person e --person f --group unge --recorded 2022-03-01
measure k1 --metric home --month 6 --reached a --reached b --reached c --failed d --recorded 2022-06-20
measure k1 --metric school --quantity 2 --of 2 --group unge --recorded 2022-06-28
measure k1 --metric work --reached a --on 2022-06-25 --recorded 2022-07-10
verify k1 --recorded 2022-07-30
settle k1 --recorded 2022-07-30
pay k1 --payer state --recorded 2022-08-15
pay k1 --recorded 2022-08-20
reject k1 --metric home --month 6 --person b --recorded 2022-09-01 --reason udokumenteret
dispute k1 --metric work --person a --found 2022-06-25 --recorded 2022-09-02
accept k1 --metric work --person a --found 2022-06-25 --recorded 2022-10-01
withdraw k1 --person d --why moved --recorded 2022-10-05
measure k1 --metric home --month 12 --reached a --reached c --reached e --failed b --recorded 2022-12-20
measure k1 --metric saving --amount 120000 --recorded 2022-12-31
verify k1 --recorded 2022-12-31
settle k1 --recorded 2022-12-31
pay k1 --recorded 2023-01-15
correct k1 --metric home --month 12 --person b --quantity 1 --recorded 2023-02-01
correct k1 --metric saving --found 2022-12-31 --amount 100000 --recorded 2023-02-01
amend k1 AMENDMENT --recorded 2023-02-15
measure k1 --metric home --month 18 --reached a --reached c --on 2023-06-15 --recorded 2023-06-15
verify k1 --statement 2023-06-30 --recorded 2023-06-30
settle k1 --statement 2023-06-30 --recorded 2023-06-30
pay k1 --recorded 2023-07-15
measure k1 --metric work --reached c --recorded 2023-10-01
verify k1 --recorded 2023-10-31
end k1 --early --recorded 2023-10-31
pay k1 --closing --recorded 2023-11-15
"""


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("EFFEKT_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EFFEKT_STORE", str(tmp_path / "s.sqlite"))
    (tmp_path / "vilkaar.yaml").write_text(TERMS, encoding="utf-8")
    (tmp_path / "tillaeg.yaml").write_text(AMENDMENT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def contract(line: str, *more: str) -> int:
    words = line.replace("TERMS", "vilkaar.yaml").replace("AMENDMENT", "tillaeg.yaml").split()
    return main(["contract", *words, *more])


def play(story: str, *more: str) -> None:
    for line in story.strip().splitlines():
        assert contract(line, *more) == 0, line


def log(name: str = "k1") -> tuple[bytes, ...]:
    with open_register("s.sqlite", create=False) as register:
        return register.stored(name)


BEGUN = "\n".join(STORY.strip().splitlines()[:7])
SETTLED = "\n".join(STORY.strip().splitlines()[:11])


class TestStory:
    @pytest.fixture
    def kept(self, capsys: pytest.CaptureFixture[str]) -> str:
        play(STORY)
        return capsys.readouterr().out

    def test_a_contract_kept_by_commands_is_settled_as_the_same_facts_are_from_files(
        self, kept: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with open_register("s.sqlite", create=False) as register:
            events = register.events("k1")
        assert verify(events) == []
        statements = list(statements_of(events))
        assert [statement.date.isoformat() for statement in statements] == [
            "2022-06-30",
            "2022-12-31",
            "2023-06-30",
            "2023-10-31",
        ]
        amended = "amendments:\n  - " + AMENDMENT.strip().replace("\n", "\n    ") + "\n"
        Path("whole.yaml").write_text(TERMS + amended, encoding="utf-8")
        Path("facts.yaml").write_text(FACTS, encoding="utf-8")
        assert main(["settle", "whole.yaml", "facts.yaml", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        mine = json.loads(as_json(settlement_document("", "", "DKK", statements, statements)))
        assert mine["statements"] == told["statements"]
        assert mine["totals"] == told["totals"]
        assert told["totals"]["drawn"] == 50_000_000

    def test_what_is_paid_is_worked_out_by_hand(self, kept: str) -> None:
        with open_register("s.sqlite", create=False) as register:
            first, second, third, last = statements_of(register.events("k1"))
        paid = [{each.column: each.paid / 100 for each in s.clauses if each.paid} for s in (first, second, third, last)]
        assert paid[0] == {"home": 30_000, "work": 5_000, "young": 2_000}
        # b's 10,000 of June is taken back; a and c reach 33,000 with 18,000 and 20,000 more; 2 of 3 at month 12
        # (d is excluded) is 3 of 4 with e; the year has room for 38,000
        assert paid[1] == {"home": 38_000}
        assert second.clauses[-1].paid == 0
        # b's correction: 20,000 less than nothing before; a and c have 0 and 3,000 left under the limit per person
        assert third.by_payer["municipality"] == sum(third.by_payer.values()) * 6 // 10
        assert paid[3]["early end"] == 20_000

    def test_each_command_answers_in_a_line(self, kept: str) -> None:
        lines = [line for line in kept.splitlines() if line.startswith("k1: ")]
        assert len(lines) == len(STORY.strip().splitlines())
        assert lines[0].startswith("k1: hændelse 1 registreret · 2022-01-01 · kontrakt indgået · ekstern investor")
        assert lines[1].endswith("tilskud udbetalt · 500.000,00 kr. · fra DSI 250.000, Aarhus 250.000")
        assert "måling · home, måned 6, 3 af 4 opnået, opgørelse 2022-06-30" in lines[4]
        assert "måling · school, unge, 2 af 2 opgjort, opgørelse 2022-06-30" in lines[5]
        assert "betaling · 14.800,00 kr. · opgørelse 2022-06-30, fra Staten" in lines[9]
        assert "resultat afvist · home, måned 6, 1 resultat (b)" in lines[11]
        assert "begrundelse: udokumenteret" in lines[11]
        assert "resultat godtaget · work, fra 2022-06-25, 1 resultat (a)" in lines[13]
        assert "frafald · 1 borger (d), flyttet" in lines[14]
        assert "realiseret gevinst · 120.000,00 kr. · saving" in lines[16]
        assert "korrektion · home, måned 12, b nu 1" in lines[20]
        assert "korrektion · saving, fra 2022-12-31, nu 100.000 kr." in lines[21]
        assert "tillægsaftale · gælder fra 2023-03-01, home, young ophører, slutter 2025-06-30" in lines[22]
        assert "ophør" in lines[29]
        assert "før tid" in lines[29]

    def test_settling_prints_the_payment_statement(self, kept: str) -> None:
        assert "Betalingsopgørelse 2022-06-30 · Unge i bolig · beløb i kr." in kept
        assert "– Half: 0,7500 (3 af 4); mindst 0,6 giver 7.500,50 kr." in kept
        assert "Betalingsopgørelse ved ophør 2023-10-31" in kept

    def test_it_replays(self, kept: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["replay", "k1"]) == 0
        told = capsys.readouterr().out
        assert "Alle 31 hændelser er genberegnet" in told
        assert "20 af 1" not in told
        assert main(["replay", "k1", "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert (document["agrees"], document["length"], len(document["events"])) == (True, 31, 31)
        assert document["events"][0]["by"] == "Anna"
        assert document["standing"]["ended"] == "2023-10-31"
        assert main(["replay", "k1", "--csv", "--date", "2022-08-15"]) == 0
        rows = capsys.readouterr().out.splitlines()
        assert rows[0] == "event,effective,recorded,what,amount,currency,details,by,reason"
        assert rows[2].startswith("2,2022-01-01,2022-01-01T12:00:00+")
        assert ",contract.drawn,500000.00,DKK," in rows[2]
        assert len(rows) == 11
        assert main(["replay", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["contracts"] == [
            {"id": "k1", "kind": "external_investor", "title": "Unge i bolig", "events": 31}
        ]

    def test_in_english(self, capsys: pytest.CaptureFixture[str]) -> None:
        play(SETTLED, "--lang", "en")
        told = capsys.readouterr().out
        assert "k1: event 2 recorded · 2022-01-01 · drawn · DKK 500,000.00 · from DSI 250,000, Aarhus 250,000" in told
        assert "Payment statement 2022-06-30 · Unge i bolig · amounts in DKK" in told
        assert "reached, statement 2022-06-30" in told


class TestOpenReports:
    def test_settling_before_the_days_for_reports_are_over_says_what_becomes_of_late_ones(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        play(BEGUN)
        play("verify k1 --recorded 2022-07-15")
        capsys.readouterr()
        play("settle k1 --recorded 2022-07-15")
        told = " ".join(capsys.readouterr().out.split())
        assert "er den 2022-07-30. Hvad der indberettes fra nu af, afregnes med den næste opgørelse." in told

    def test_after_the_last_statement_they_are_lost(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("short.yaml").write_text(TERMS.replace("2024-12-31", "2022-06-30").replace("  gain", "  # gain"))
        play("sign k1 short.yaml --recorded 2022-01-01\nverify k1 --recorded 2022-07-01")
        capsys.readouterr()
        play("settle k1 --recorded 2022-07-01 --lang en")
        told = " ".join(capsys.readouterr().out.split())
        assert "It was the last statement: new results cannot be settled, only corrections." in told

    def test_nothing_is_said_when_they_are_over(self, capsys: pytest.CaptureFixture[str]) -> None:
        play(SETTLED)
        assert "indberettes" not in capsys.readouterr().out


class TestShow:
    def test_what_nobody_pays_above_a_payers_limit_is_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        limited = TERMS.replace("limits:", "limits:\n  - {kind: per_payer, payer: state, amount: 1000}")
        Path("vilkaar.yaml").write_text(limited, encoding="utf-8")
        play(SETTLED)
        capsys.readouterr()
        for command in (["contract", "show", "k1"], ["replay", "k1"]):
            assert main(command) == 0
            page = capsys.readouterr().out
            figures = dict(re.split(r"  +", line.strip(), maxsplit=1) for line in page.splitlines() if "  " in line)
            settled, over, paid = (
                int(re.sub(r"[^0-9]", "", re.sub(r",00|kr\.", "", figures[name])))
                for name in ("Afregnet i alt", "Heraf over betaleres loft", "Betalt i alt")
            )
            assert over > 0
            assert settled - over == paid

    def test_it_tells_what_is_owed_and_what_comes_next(self, capsys: pytest.CaptureFixture[str]) -> None:
        play("\n".join(STORY.strip().splitlines()[:10]))
        play("measure k1 --metric work --reached b --on 2022-08-16 --recorded 2022-08-16")
        capsys.readouterr()
        assert contract("show k1") == 0
        told = " ".join(capsys.readouterr().out.split())
        assert "Ikke betalt Kommunen 22.200,00 kr. Næste opgørelse 2022-12-31" in told
        assert "1 resultat, heraf 1 ikke godkendt" in told
        assert "2022-06-30 37.000,00 kr. Kommunen 22.200,00 kr." in told
        assert contract("list --lang en") == 0
        told = " ".join(capsys.readouterr().out.split())
        assert "k1 2022-12-31 DKK 22,200.00 Unge i bolig" in told

    def test_after_the_end(self, capsys: pytest.CaptureFixture[str]) -> None:
        play(STORY)
        capsys.readouterr()
        assert contract("show k1") == 0
        told = capsys.readouterr().out
        assert "Næste opgørelse     ingen (ophørt 2023-10-31)" in told
        assert "Ikke betalt         intet" in told
        assert "2023-10-31 (ophør)" in told

    def test_after_a_run_off_and_with_money_to_be_repaid(self, capsys: pytest.CaptureFixture[str]) -> None:
        terms = TERMS.replace("results: settled", "results: run_off") + "overpayment: repaid\n"
        Path("terms.yaml").write_text(terms.replace("end: 2024-12-31", "end: 2022-12-31"), encoding="utf-8")
        play(REPAID)
        told = " ".join(capsys.readouterr().out.split())
        assert "tilbagebetaling · 10.000,00 kr. · opgørelse 2022-12-31, til Kommunen 6.000, Staten 4.000" in told
        assert "Tilbagebetales til Kommunen 6.000,00 kr. og Staten 4.000,00 kr." in told
        assert "Tilbagebetales af DSI 5.000,00 kr. og Aarhus 5.000,00 kr." in told
        assert "Ikke betalt Kommunen har 6.000,00 kr. til gode og Staten har 4.000,00 kr. til gode" in told
        assert "Løbetid 2022-01-01 til 2022-12-31 · ophørt 2022-10-01, under afvikling" in told
        assert "Resultater til næste opgørelse ingen" in told
        assert "ophør · 20.000,00 kr. · efter afvikling, kompensation ved ophør før tid" in told
        assert "Løbetid 2022-01-01 til 2022-12-31 · ophørt 2022-12-31 efter afvikling" in told
        assert main(["replay", "k1"]) == 0
        told = capsys.readouterr().out
        paid = [line.split()[2:4] for line in told.splitlines() if "betaling " in line]
        assert paid == [["betaling", "10.000"], ["tilbagebetaling", "−10.000"]]

    def test_a_statement_without_results_is_said_to_have_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        play("\n".join(BEGUN.splitlines()[:3]))
        play("verify k1 --recorded 2022-07-31")
        assert "opgørelse godkendt · ingen resultater" in capsys.readouterr().out

    def test_a_missing_contract_is_told_with_a_suggestion(self, capsys: pytest.CaptureFixture[str]) -> None:
        play(BEGUN)
        assert contract("show k2") == 2
        assert "there is no contract 'k2'" in capsys.readouterr().err

    def test_a_missing_store_is_not_made(self, capsys: pytest.CaptureFixture[str]) -> None:
        for line in ("show k1", "list", "draw k1 12"):
            assert contract(line) == 4
            assert "there is no such store" in capsys.readouterr().err
        assert not Path("s.sqlite").exists()


REFUSED = {
    "sign k1 TERMS": "a contract not yet signed",
    "sign a_b!c TERMS": "contract",
    "sign k2 nowhere.yaml": "there is no such file",
    "sign k2 TERMS --on 2022-01-01": "leave --on out",
    "sign k2 TERMS --kind internal_fund --design x": "designs",
    "draw k1 1.010.445,00 --recorded 2022-07-11": "write 1010445",
    "draw k1 1.010 --recorded 2022-07-11": "write 1010 if the thousands are set apart",
    "draw k1 15,12 --recorded 2022-07-11": "write 15.12",
    "draw k1 0101 --recorded 2022-07-11": "expected an amount",
    "draw k1 12 --on 2022-01-01 --recorded 2022-07-11": "at most 500,000.00 kr. drawn in all",
    "draw k1 12 --on 01-02-2022": "write 2022-02-01",
    "draw k1 12 --recorded 2022-07-09": "a time from 2022-07-10",
    "draw k1 12 --recorded 2099-01-01": "expected a time up to now",
    "draw k1 12 --on 2022-07-12 --recorded 2022-07-11": "a day up to 2022-07-11, today",
    "draw k9 12": "did you mean 'k1'?",
    "enrol k1 --recorded 2022-07-11": "name them with --person, or a file with --from",
    "enrol k1 --person a --recorded 2022-07-11": "'a', enrolled on 2022-01-15",
    "enrol k1 --person x --person x --recorded 2022-07-11": "'x' twice",
    "enrol k1 --person x --person y --recorded 2022-07-11": "at most 7 citizens",
    "enrol k1 --person x --on 2021-12-31 --recorded 2022-07-11": "a day from 2022-01-01",
    "enrol k1 --person x --from y.txt": "name them with --person, or a file with --from",
    "withdraw k1 --person x --recorded 2022-07-11": "'x', who is not enrolled",
    "withdraw k1 --person a --why moovd": "did you mean 'moved'?",
    "withdraw k1 --person a --month 6": "--month is for a result",
    "withdraw k1 --metric home --person a --why moved": "leave one of them out",
    "withdraw k1": "expected citizens who left",
    "measure k1 --metric hjem --reached a --recorded 2022-07-11": "'hjem'",
    "measure k1 --metric work --reached x --recorded 2022-07-11": "'x', who is not enrolled",
    "measure k1 --metric work --reached a --on 2022-06-25 --recorded 2022-07-11": "'a' once more",
    "measure k1 --metric work --reached b --failed b --recorded 2022-07-11": "'b' twice",
    "measure k1 --metric work --reached b --on 2021-12-31 --recorded 2022-07-11": "a day from 2022-01-01",
    "measure k1 --metric work --reached b --on 2022-01-14 --recorded 2022-07-11": "when 'b' enrolled",
    "measure k1 --metric home --month 6 --quantity 3 --recorded 2022-07-11": "name the persons",
    "measure k1 --metric work --amount 12 --recorded 2022-07-11": "'work' is an outcome",
    "measure k1 --metric saving --quantity 12 --recorded 2022-07-11": "'saving' is a saving",
    "measure k1 --metric saving --amount 12 --month 6": "leave --month out",
    "measure k1 --metric work --recorded 2022-07-11": "--reached and --failed",
    "measure k1 --reached a": "expected --metric",
    "measure k1 --metric work --reached b --group unge": "leave --group out",
    "measure k1 --metric school --quantity 1 --of 0": "above zero",
    "measure k1 --metric work --month 1.200 --reached b": "write 1200",
    "measure k1 --from x.yaml --metric home": "leave --metric out",
    "measure k1 --columns x.yaml --metric home --reached b": "--columns is for a table",
    "verify k1 --statement 2022-12-31 --recorded 2022-07-30": "the next statement date, 2022-06-30",
    "verify k1 --on 2022-06-30": "leave --on out",
    "settle k1 --recorded 2022-07-30": "verify them first",
    "pay k1 --recorded 2022-07-30": "settle it first",
    "reject k1 --metric home --month 6 --person x --recorded 2022-07-11": "'x', who is not enrolled",
    "reject k1 --metric home --month 12 --person a --recorded 2022-07-11": "none of 'a'",
    "reject k1 --metric work --person a --recorded 2022-07-11": "the day of the result",
    "reject k1 --metric hjem --person a --recorded 2022-07-11": "'hjem'",
    "reject k1 --person a": "--metric",
    "accept k1 --metric home --month 6 --person a --recorded 2022-07-11": "counts already",
    "correct k1 --metric home --month 6 --person a --recorded 2022-07-11": "--quantity for a result",
    "correct k1 --metric home --month 6 --person a --quantity 1 --recorded 2022-07-11": "the same for 'a'",
    "correct k1 --metric home --month 6 --amount 12 --recorded 2022-07-11": "the quantity of an outcome",
    "correct k1 --metric saving --quantity 1 --found 2022-06-30 --recorded 2022-07-11": "the amount of a saving",
    "correct k1 --metric saving --amount 1 --person a": "leave --person",
    "amend k1 nowhere.yaml --recorded 2022-07-11": "there is no such file",
    "end k1 --recorded 2022-07-11": "end it early, or wait",
    "end k1 --early --recorded 2022-07-11": "settle it first",
}


class TestRefusals:
    @pytest.mark.parametrize("line", REFUSED)
    def test_it_is_told_by_name_and_nothing_is_recorded(self, line: str, capsys: pytest.CaptureFixture[str]) -> None:
        play(BEGUN)
        before = log()
        capsys.readouterr()
        assert contract(line) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert REFUSED[line] in told.err
        assert "Traceback" not in told.err
        assert log() == before
        assert log("k2") == ()

    def test_an_unknown_payer_and_a_payment_made_twice(self, capsys: pytest.CaptureFixture[str]) -> None:
        play(SETTLED)
        for line, words in {
            "pay k1 --payer region --recorded 2022-09-01": "'region'",
            "pay k1 --payer state --recorded 2022-09-01": "a second payment by 'state'",
            "pay k1 --recorded 2022-09-01": "everything paid",
            "pay k1 --closing --recorded 2022-09-01": "a settlement at the end",
            "pay k1 --statement 2022-12-31 --recorded 2022-09-01": "a settlement of 2022-12-31",
        }.items():
            before = log()
            assert contract(line) == 2
            assert words in capsys.readouterr().err
            assert log() == before

    def test_an_amendment_that_does_not_fit_the_terms(self, capsys: pytest.CaptureFixture[str]) -> None:
        play(SETTLED)
        for text, words in {
            "from: 2022-06-30\nend: 2025-06-30\n": "a day after 2022-06-30",
            "from: 2022-09-01\nclauses: {other: null}\n": "no clause 'other' to close",
            "from: 2022-09-01\n": "changes nothing",
            "from: 2022-09-01\nclauses: {home: {kind: unit_prise, price: 1}}\n": "unit_price",
        }.items():
            Path("t.yaml").write_text(text, encoding="utf-8")
            before = log()
            assert contract("amend k1 t.yaml --recorded 2022-08-25") == 2
            assert words in capsys.readouterr().err
            assert log() == before

    def test_a_log_that_has_grown_meanwhile_is_not_overwritten(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        play(BEGUN)
        from reports.commands.contract import recording

        slow = recording.decided

        def meanwhile(*arguments: object) -> object:
            monkeypatch.setattr(recording, "decided", slow)
            assert contract("enrol k1 --person z --recorded 2022-07-11") == 0
            return slow(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(recording, "decided", meanwhile)
        assert contract("withdraw k1 --person d --why moved --recorded 2022-07-11") == 2
        assert "nothing was saved: load it again and repeat the command" in capsys.readouterr().err
        assert len(log()) == 8

    def test_a_fund_is_not_a_contract(self, capsys: pytest.CaptureFixture[str]) -> None:
        from contracts.events import FundFounded

        play(BEGUN)
        now = dt.datetime(2022, 1, 1, 12, tzinfo=dt.UTC)
        founded = FundFounded(fund="pulje", title="Pulje", capital=1, version=1, effective=now.date(), recorded=now)
        with open_register("s.sqlite") as register:
            register.append("pulje", 0, [founded])
        assert contract("draw pulje 12") == 2
        assert "'pulje' is a fund, not a contract" in capsys.readouterr().err
        assert contract("list") == 0
        assert "pulje" not in capsys.readouterr().out


class TestFiles:
    def test_a_whole_file_of_results_is_recorded_or_nothing_of_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        play("\n".join(BEGUN.splitlines()[:4]))
        head = "metric,person,date,month,quantity\n"
        good = "home,a,2022-06-20,6,1\nhome,b,2022-06-20,6,0\nwork,a,2022-06-21,,1\n"
        Path("good.csv").write_text(head + good)
        Path("bad.csv").write_text(head + good + "work,x,2022-06-22,,1\n")
        before = log()
        capsys.readouterr()
        assert contract("measure k1 --from bad.csv --recorded 2022-06-30") == 2
        told = capsys.readouterr().err
        assert "bad.csv, row 5: " in told
        assert "'x', who is not enrolled" in told
        assert log() == before
        assert contract("measure k1 --from good.csv --recorded 2022-06-30") == 0
        assert "k1: hændelse 5 til 6 registreret · 2022-06-20 til 2022-06-21 · 3 resultater i 2 målinger" in (
            capsys.readouterr().out
        )
        assert contract("measure k1 --from good.csv --recorded 2022-06-30") == 2
        assert "good.csv, row 2: " in capsys.readouterr().err

    def test_a_file_may_say_when_each_result_was_recorded(self) -> None:
        play("\n".join(BEGUN.splitlines()[:4]))
        late = "facts:\n  - {metric: work, date: 2022-06-25, person: a, recorded: 2022-07-30}\n"
        Path("late.yaml").write_text(late + "  - {metric: work, date: 2022-06-20, person: b, recorded: 2022-06-22}\n")
        play("measure k1 --from late.yaml")
        with open_register("s.sqlite", create=False) as register:
            told = [(event.effective.day, event.recorded.strftime("%m-%d")) for event in register.events("k1")[-2:]]
        assert told == [(20, "06-22"), (25, "07-30")]

    def test_counts_are_told_as_counts(self, capsys: pytest.CaptureFixture[str]) -> None:
        play("\n".join(BEGUN.splitlines()[:4]))
        play("measure k1 --metric school --quantity 20 --group unge --recorded 2022-06-20")
        play("measure k1 --metric school --quantity 9.6 --of 20 --recorded 2022-06-21")
        play("measure k1 --metric work --reached a --reached b --quantity 1.5 --on 2022-06-21 --recorded 2022-06-21")
        told = capsys.readouterr().out
        assert "måling · school, unge, 20 opgjort, opgørelse" in told
        assert "måling · school, 9,6 af 20 opgjort, opgørelse" in told
        assert "måling · work, 3 hos 2 borgere, opgørelse" in told

    def test_a_table_with_headings_of_its_own_needs_a_columns_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        play("\n".join(BEGUN.splitlines()[:4]))
        Path("t.csv").write_text("Borger;Dato;Bolig\na;20-06-2022;Ja\nb;20-06-2022;Nej\n")
        Path("k.yaml").write_text(
            "columns: {person: Borger, date: Dato, quantity: Bolig}\nfixed: {metric: home, month: 6}\n"
            'dates: day-month-year\nvalues: {quantity: {"Ja": 1, "Nej": 0}}\n'
        )
        assert contract("measure k1 --from t.csv --columns k.yaml --recorded 2022-06-30") == 0
        assert "home, måned 6, 1 af 2 opnået" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("draws: {0: 100}\n", "found 'draws' too; record that with effekt contract draw"),
            ("ended: 2022-06-01\n", "effekt contract end"),
            ("facts:\n  - {metric: work, date: 2022-06-20, person: a, group: unge}\n", "enrolled in no subgroup"),
        ],
    )
    def test_what_has_a_command_of_its_own_is_not_read_from_facts(
        self, text: str, words: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        play("\n".join(BEGUN.splitlines()[:4]))
        Path("f.yaml").write_text(text)
        before = log()
        assert contract("measure k1 --from f.yaml --recorded 2022-06-30") == 2
        assert words in capsys.readouterr().err
        assert log() == before

    def test_citizens_come_from_a_list_or_a_table(self, capsys: pytest.CaptureFixture[str]) -> None:
        play("\n".join(BEGUN.splitlines()[:2]))
        Path("list.txt").write_text("p-1\np-2\n\n", encoding="utf-8")
        Path("table.csv").write_text("person;date;group\nq-1;2022-02-01;unge\nq-2;;\nq-3;2022-02-01;unge\n")
        capsys.readouterr()
        assert contract("enrol k1 --from list.txt --recorded 2022-03-01") == 0
        assert "indskrevet · 2 borgere (p-1, p-2)" in capsys.readouterr().out
        assert contract("enrol k1 --from table.csv --recorded 2022-03-01") == 0
        assert "hændelse 4 til 5 registreret · 2022-02-01 til 2022-03-01 · indskrevet · 3 borgere" in (
            capsys.readouterr().out
        )

    @pytest.mark.parametrize(
        ("name", "text", "words"),
        [
            ("a.csv", "borger\np-1\n", "expected a column with the heading 'person'"),
            ("a.csv", "person,dato\np-1,x\n", "unknown heading"),
            ("a.csv", "person,date\np-1,01-02-2022\n,2022-02-01\n", "expected a pseudonym, found nothing"),
            ("a.csv", "person,person\np-1,p-2\n", "second time"),
            ("a.txt", "", "expected a pseudonym in each row"),
            ("a.txt", "p-1\np-2\np-1\n", "a.txt, row 3: enrolling is refused"),
        ],
    )
    def test_a_wrong_list_is_told_with_its_place(
        self, name: str, text: str, words: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        play("\n".join(BEGUN.splitlines()[:2]))
        Path(name).write_text(text)
        assert contract(f"enrol k1 --from {name} --recorded 2022-03-01") == 2
        assert words in capsys.readouterr().err
        assert len(log()) == 2


class TestPrivacy:
    @pytest.mark.parametrize("cpr", CPR)
    @pytest.mark.parametrize(
        "line",
        [
            "sign CPR TERMS",
            "sign k2 TERMS --by CPR",
            "enrol k1 --person CPR --recorded 2022-07-11",
            "enrol k1 --person CPR --person CPR --recorded 2022-07-11",
            "enrol k1 --person x --group CPR --recorded 2022-07-11",
            "enrol k1 --person x --by CPR --recorded 2022-07-11",
            "enrol k1 --person x --reason se-CPR --recorded 2022-07-11",
            "measure k1 --metric work --reached CPR --recorded 2022-07-11",
            "measure k1 --metric work --failed CPR --recorded 2022-07-11",
            "measure k1 --metric CPR --reached a --recorded 2022-07-11",
            "measure k1 --metric work --reached CPR --reached CPR",
            "withdraw k1 --person CPR --why moved",
            "reject k1 --metric home --month 6 --person CPR",
            "correct k1 --metric home --month 6 --person CPR --quantity 1",
            "pay k1 --payer CPR",
            "show CPR",
            "measure k1 --from facts.yaml",
            "measure k1 --from facts.csv",
            "enrol k1 --from list.txt",
            "enrol k1 --from people.csv",
            "sign k2 noted.yaml",
            "amend k1 noted-amendment.yaml",
        ],
    )
    def test_a_cpr_number_is_refused_everywhere_and_never_repeated(
        self, line: str, cpr: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        play(BEGUN)
        Path("facts.yaml").write_text(f"facts:\n  - {{metric: work, date: 2022-06-20, person: '{cpr}'}}\n")
        Path("facts.csv").write_text(f"metric,person,date\nwork,{cpr},2022-06-20\n")
        Path("list.txt").write_text(f"{cpr}\n")
        Path("people.csv").write_text(f"person\n{cpr}\n")
        Path("noted.yaml").write_text(TERMS + f"note: aftalt med {cpr}\n", encoding="utf-8")
        Path("noted-amendment.yaml").write_text(AMENDMENT + f"note: aftalt med {cpr}\n", encoding="utf-8")
        before = log()
        capsys.readouterr()
        assert contract(line.replace("CPR", cpr)) == 2
        told = capsys.readouterr()
        assert cpr not in told.out + told.err
        assert "use a pseudonym" in told.err or "write a made-up name" in told.err
        assert log() == before
        assert log("k2") == ()

    @pytest.mark.parametrize(
        "arguments",
        [
            ["contract", "draw", "k1", "010190-1234"],
            ["contract", "draw", "k1", "12", "010190-1234"],
            ["contract", "010190-1234"],
            ["contract", "sign", "k2", "010190-1234.yaml"],
            ["contract", "draw", "k1", "12", "--on", "010190-1234"],
            ["010190-1234"],
            ["compare", "010190-1234"],
            ["settle", "vilkaar.yaml", "010190-1234.csv"],
            ["replay", "010190-1234"],
        ],
    )
    def test_a_cpr_number_in_the_wrong_place_is_not_repeated_either(
        self, arguments: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        play(BEGUN)
        capsys.readouterr()
        assert main(arguments) == 2
        told = capsys.readouterr()
        assert "010190-1234" not in told.out + told.err

    @pytest.mark.parametrize(
        "cpr", ["0\u200b10\u200b19\u200b0-1\u200b2\u200b34", "01-01-90-1234", "0101901234x", "01.01.90/1234"]
    )
    @pytest.mark.parametrize("arguments", [["contract", "draw", "k1"], ["contract"]])
    def test_nor_is_one_that_is_written_in_another_way(
        self, arguments: list[str], cpr: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main([*arguments, cpr]) == 2
        told = capsys.readouterr().err
        assert "xx" in told
        assert "90" not in told
        assert "34" not in told

    def test_an_id_is_refused_more_readily_than_a_text(self, capsys: pytest.CaptureFixture[str]) -> None:
        play(BEGUN)
        assert contract("enrol k1 --person x --reason 01.01.2024-2027 --recorded 2022-07-11") == 0
        assert contract("show 01.01.90/1234") == 2
        assert "use a pseudonym" in capsys.readouterr().err


class TestStore:
    def test_signing_makes_the_store_and_a_refused_one_does_not(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("bad.yaml").write_text(TERMS.replace("{municipality: 0.6, state: 0.4}", "{DSI: 0.5, Aarhus: 0.5}"))
        assert contract("sign k1 bad.yaml") == 2
        assert "not also a payer" in capsys.readouterr().err
        assert not Path("s.sqlite").exists()
        assert contract("sign k1 TERMS") == 0
        assert Path("s.sqlite").exists()

    def test_a_design_of_a_scenario_is_signed_too(self, capsys: pytest.CaptureFixture[str]) -> None:
        example = Path(__file__).parents[1] / "data/worked-example.yaml"
        assert main(["contract", "sign", "k3", str(example)]) == 2
        assert "found a scenario; say which of its contracts with --design NAME" in capsys.readouterr().err
        assert main(["contract", "sign", "k3", str(example), "--design", "ordinary"]) == 2
        assert "has no contract" in capsys.readouterr().err
        assert main(["contract", "sign", "k3", str(example), "--design", "pool"]) == 0
        assert "udmøntning fra intern pulje" in capsys.readouterr().out

    def test_a_time_of_the_same_day_may_be_given(self) -> None:
        play("sign k1 TERMS --recorded 2022-01-01T09:00")
        play("draw k1 500000 --recorded 2022-01-01T16:30:00+01:00")
        play("enrol k1 --person a --recorded 2022-01-01 --on 2022-01-01")
        with open_register("s.sqlite", create=False) as register:
            times = [event.recorded for event in register.events("k1")]
        assert times == sorted(times)
        assert times[1].isoformat().startswith("2022-01-01T16:30")

    def test_without_a_time_it_is_now(self) -> None:
        play("sign k1 TERMS")
        with open_register("s.sqlite", create=False) as register:
            (signed,) = register.events("k1")
        assert abs(dt.datetime.now(dt.UTC) - signed.recorded) < dt.timedelta(minutes=5)


class TestHelp:
    @pytest.mark.parametrize("name", TABLE)
    def test_every_command_tells_about_itself(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["contract", name, "--help"]) == 0
        told = capsys.readouterr().out
        assert told.startswith(f"Usage: effekt contract {name} ")
        assert TABLE[name] in told

    def test_an_unknown_command_is_a_usage_error_with_a_suggestion(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["contract", "sgin"]) == 2
        assert "did you mean 'sign'?" in capsys.readouterr().err
        assert set(MODULES) == set(TABLE)
