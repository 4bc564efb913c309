"""What is taken for a CPR number in an id, in a text and in a message, and what is not."""

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from contracts.events import Enrolled, Signed
from contracts.privacy import holds_cpr, looks_like_cpr, masked
from contracts.values import Text, Title

FULL_WIDTH, ARABIC, BENGALI, BOLD, RAISED, CIRCLED = (
    "０１２３４５６７８９",
    "٠١٢٣٤٥٦٧٨٩",
    "০১২৩৪৫৬৭৮৯",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "⁰¹²³⁴⁵⁶⁷⁸⁹",
    "⓪①②③④⑤⑥⑦⑧⑨",
)
SCRIPTS = ("0123456789", FULL_WIDTH, ARABIC, BENGALI, BOLD, RAISED, CIRCLED)

IN_TEXTS = [
    # one sign, or none
    "010190-1234",
    "0101901234",
    "010190 1234",
    "010190  1234",
    "010190   1234",
    "010190.1234",
    "010190,1234",
    "010190:1234",
    "010190;1234",
    "010190_1234",
    "010190/1234",
    "010190|1234",
    "010190·1234",
    # dashes of all kinds
    *(f"010190{dash}1234" for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"),
    *(f"010190 {dash} 1234" for dash in "-–—−"),
    *(f"01.01.90{dash}1234" for dash in "-–—−"),
    "010190--1234",
    "010190-----1234",
    "010190  -  1234",
    "010190..1234",
    "010190         1234",
    "010190- 1234",
    "010190 -1234",
    # spaces of all kinds
    *(f"010190{space}1234" for space in "\u00a0\u1680\u2009\u202f\u205f\u3000"),
    # dates that are set apart, and with their century
    "01.01.90-1234",
    "01-01-90-1234",
    "01/01/90-1234",
    "01 01 90-1234",
    "01.01.90 - 1234",
    "0101.90-1234",
    "0101-1990-1234",
    "01.01.1990-1234",
    "01-01-1990--1234",
    "01011990-1234",
    "01011990/1234",
    "01011990 1234",
    "19900101-1234",
    "19900101_1234",
    "1990-01-01-1234",
    "1990.01.01 - 1234",
    "31.12.1899-6234",
    "20150131-4234",
    "31.01.2015-9234",
    # days
    "090190-1234",
    "100190-1234",
    "290190-1234",
    "300190-1234",
    "310190-1234",
    "610190-1234",
    "690190-1234",
    "700190-1234",
    "890190-1234",
    "910190-1234",
    # months
    "010990-1234",
    "011090-1234",
    "011290-1234",
    # behind the word
    "cpr 01.06.21 1234",
    "CPR-nr.: 0106 21 1234",
    "cpr nr 0106.21.1234",
    "cpr 010621-12 34",
    "Cpr (010621) 1234",
    # beside other signs
    "CPR0101901234",
    "cpr:0101901234",
    "æ0101901234",
    "cprnr0101901234",
    "CPR010119901234",
    "ab0101901234x",
    "0101901234x",
    "cpr010190-1234x",
    "_0101901234_",
    "1-0101901234",
    "12-0101901234",
    "12345-0101901234",
    "12.0101901234",
    "0101901234-1",
    "0101901234.1234567890",
    "b0101901234",
    "(0101901234)",
    "12-010190-1234-5",
    "https://example.dk/010190-1234",
    "0101901234,0201901235",
    "0101901234-0201901235",
    # other digits
    *("".join(digits[int(sign)] for sign in "0101901234") for digits in SCRIPTS),
    *("".join(digits[int(sign)] for sign in "010190") + "-1234" for digits in SCRIPTS),
    "010190-" + "".join(ARABIC[int(sign)] for sign in "1234"),
    # what cannot be seen
    *(
        f"01{unseen}0190-12{unseen}34"
        for unseen in "\u00ad\u200b\u200d\u2060\ufeff\ufe0f\u20e3\x01\x7f\ue000\ufffd\u115f\u3164"
    ),
    "0101\u200b901234",
    "010190-1234\u200b5",
    "010190-1234²",
]
"""As part of any text these are refused, and so they are as ids."""

IN_IDS = [
    "010190+1234",
    "010190*-*1234",
    "010190 ------- 1234",
    "01.........01.........90.........1234",
    "010190 , 1234",
    "01:01:90:1234",
    "01_01_90_1234",
    "01, 01, 90, 1234",
    "01.01.90 1234",
    "01.01.90/1234",
    "01.01.1990: 1234",
    "01011990\n1234",
    "– 010190\n1234",
    "1990-01-01 1234",
    "01-01-901234",
    "010119901234",
    "199001011234",
    "https://example.dk/110121/2020",
]
"""As ids these are refused, and in messages they are crossed out; a text may hold them."""

ONLY_IN_IDS = [
    "978-0306406157",
    "9070-1210901234",
    "1.0101901234",
    "0101901234,50",
    "0101901234.123456789",
    "P-20240101-0007",
    "01.01.2024-2027",
    "01012024-0007",
    "20240101-3999",
    "20240101 1200",
    "010120240007",
    "NR010120240007",
    "1990-01-01 2000-12-31",
    "b6612929411a",
    # digits one by one
    "010621-12 34",
    "0106211-234",
    "010 621 1234",
    "0 1 0 6 2 1 1 2 3 4",
    "A1 0106 2112 34",
    "7 1.12-90 12.34",
    "89 01 90 12 34",
]
"""As ids these are refused; in a text or a message they are something else."""

NOT_IN_TEXTS = [
    *ONLY_IN_IDS,
    "1.234.567,89",
    "1 210 901 234 kr.",
    "1.210.901.234,50",
    "1210901234,50",
    "0101901234x7",
    "3.1210901234",
    "010190123456",
    "9901901234",
    "0113901234",
    "0100901234",
    "0001901234",
    "3201901234",
    "6001901234",
    "9201901234",
    "01019012345",
    "010190-12345",
    "1010190-1234",
    "978-87-1210-901-2",
    "2024-01-01",
    "2024-01-01T12:00:00",
    "2024-01-01T12:00:00+02:00",
    "20240101T121024Z",
    "20240101-1210",
    "01.01.2024-31.12.2024",
    "1998-01-01–2003-12-31",
    "1998-01-01 - 2003-12-31",
    "2020-12-31, 2021-12-31",
    "2024-2027",
    "01.01.2024 - 2027",
    "+45 12 34 56 78",
    "+45 21 12 56 78",
    "https://example.dk/2024/01/01/1234",
    "a3f0101901234b7c",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "ab010190-1234-4123-8123-0123456789ab",
    "AB010190-1234-4123-8123-0123456789AB",
    "J.nr. 27.36.00-P27-2-23",
    "§ 12, stk. 10, nr. 90",
]

PSEUDONYMS = [
    "A-0001",
    "citizen-1",
    "borger-2024-0001",
    "F12-2024-03",
    "2024-01-0123",
    "AAK-2024-01-00001",
    "20240101-001",
    "4501901234",
    "0113901234",
    "010190-12345",
    "01019012345",
    "a3f0101901234b7c",
    "0101901234x7",
    "2101-01-01-1234",
    "2024-01-01",
    "01.01.2024",
    "ærø-2024-0001",
    "cpr-0001",
    "2024-012345",
    "27.00.00-G01-1-24",
    "ab010190-1234-4123-8123-0123456789ab",
    "123e4567-e89b-12d3-a456-426614174000",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
]


@pytest.mark.parametrize("cpr", IN_TEXTS)
def test_it_is_found_in_ids_and_in_texts_and_crossed_out(cpr: str) -> None:
    assert looks_like_cpr(cpr)
    for text in (cpr, f"sag {cpr}.", f"om {cpr}, af 2024", f"({cpr})"):
        assert holds_cpr(text)
        assert masked(text) == text.replace(cpr, crossed_out(cpr))


def crossed_out(cpr: str) -> str:
    """The digits of the number crossed out, but not those of what stands beside it."""
    kept = r"^\d+[-.](?=0101901234)|^12-|-5$|[-.]1$|\.1234567890|\u200b5$|²$"
    beside = {place for found in re.finditer(kept, cpr) for place in range(*found.span())}
    digits = {place for place, char in enumerate(cpr) if unicodedata.digit(char, None) is not None}
    return "".join("x" if place in digits - beside else char for place, char in enumerate(cpr))


@pytest.mark.parametrize("cpr", IN_IDS)
def test_an_id_that_resembles_one_is_refused_and_crossed_out(cpr: str) -> None:
    assert looks_like_cpr(cpr)
    assert masked(cpr) == re.sub(r"\d", "x", cpr)
    assert not holds_cpr(cpr)


@pytest.mark.parametrize("text", ONLY_IN_IDS)
def test_an_id_is_refused_more_readily_than_a_text(text: str) -> None:
    assert looks_like_cpr(text)


@pytest.mark.parametrize("text", NOT_IN_TEXTS)
def test_other_numbers_are_left_alone_in_texts(text: str) -> None:
    for whole in (text, f"se {text} og videre", f"({text})"):
        assert not holds_cpr(whole)


@pytest.mark.parametrize("text", ["Udbetalt pr. 31-12-2024 - 4500 kr.", "31.12.24 - 2500 DKK", "31.12.24 - 2500kr"])
def test_an_amount_behind_a_date_may_stand_in_a_text(text: str) -> None:
    assert not holds_cpr(text)
    assert holds_cpr(text.replace("kr", "").replace("DKK", ""))


@pytest.mark.parametrize("text", [text for text in NOT_IN_TEXTS if text != "b6612929411a"])
def test_other_numbers_are_left_alone_in_messages(text: str) -> None:
    for whole in (text, f"se {text} og videre", f"({text})"):
        assert masked(whole) == whole


@pytest.mark.parametrize("pseudonym", PSEUDONYMS)
def test_a_pseudonym_is_an_id(pseudonym: str) -> None:
    assert not looks_like_cpr(pseudonym)


@pytest.mark.parametrize(
    ("text", "masks"),
    [
        ("a010190-1234a0101901234", "axxxxxx-xxxxaxxxxxxxxxx"),  # the second shows when the first is gone
        ("0101901234,020190-1235", "xxxxxxxxxx,xxxxxx-xxxx"),
        ("０１０１９０\u200b-1234", "xxxxxx\u200b-xxxx"),
        ("⑩⑫⑩⑫⑩", "xxxxx"),
        ("0101901234_2", "xxxxxxxxxx_2"),
        ("zab010190-1234-4123-8123-0123456789ab", "zabxxxxxx-xxxx-4123-8123-0123456789ab"),
        ("ab010190-1234-4123-8123-0123456789abz", "abxxxxxx-xxxx-4123-8123-0123456789abz"),
        ("123e4567-e89b-12d3-a456-426614174000 010190-1234", "123e4567-e89b-12d3-a456-426614174000 xxxxxx-xxxx"),
        ("①-010190-1234", "①-xxxxxx-xxxx"),
        ("½ 010190-1234", "½ xxxxxx-xxxx"),
        ("øre 010190-1234 – 1234", "øre xxxxxx-xxxx – 1234"),
    ],
)
def test_each_number_is_crossed_out_at_its_place(text: str, masks: str) -> None:
    assert masked(text) == masks
    assert masked(masks) == masks


@pytest.mark.parametrize(
    "part", ["1", "a", " ", "01-", "010190 ", "0101901234", "0101901234-", "010190-1234a0101901234,"]
)
def test_long_texts_are_read_to_their_end(part: str) -> None:
    """Quadratic work would take hours, and run into the limit on the time of a test."""
    text = part * (300_000 // len(part))
    assert looks_like_cpr(f"{text} x 010190-1234")
    assert holds_cpr(f"{text} æ 010190-1234")
    assert masked(f"{text} x 010190-1234").endswith(" xxxxxx-xxxx")


DAYS = st.integers(1, 31).flatmap(lambda day: st.sampled_from([day, day + 60]))
PARTED = st.text("-–—−－./:,;_*· \u00a0\u202f\u3000", max_size=3)
UNSEEN = st.text("\u00ad\u200b\u200d\u2060\ufe0f", max_size=1)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """A CPR number in any order, with any separators, in any digits, and with what cannot be seen in it."""
    day, month, year = draw(DAYS), draw(st.integers(1, 12)), draw(st.integers(1900, 2036))
    behind = draw(st.integers(0, 3999) if year < 2000 else st.integers(4000, 9999))
    forms = [("{0:02}", "{1:02}", "{3:02}"), ("{0:02}", "{1:02}", "{2}"), ("{2}", "{1:02}", "{0:02}")]
    parts = [part.format(day, month, year, year % 100) for part in draw(st.sampled_from(forms))]
    first, second, third = draw(PARTED), draw(PARTED), draw(PARTED)
    plain = f"{parts[0]}{first}{parts[1]}{second}{parts[2]}{third}{behind:04}"
    digits = draw(st.sampled_from(SCRIPTS))
    return "".join(digits[int(char)] + draw(UNSEEN) if char in "0123456789" else char for char in plain)


@given(numbers())
def test_any_form_is_refused_as_id_and_crossed_out(cpr: str) -> None:
    assert looks_like_cpr(cpr)
    assert looks_like_cpr(f"CPR{cpr}")
    hidden = masked(f"om {cpr} (2)")
    assert len(hidden) == len(cpr) + 7
    assert [char for char in hidden if unicodedata.digit(char, None) is not None] == ["2"]
    with pytest.raises(ValueError, match="pseudonym"):
        Enrolled.model_validate({"persons": (cpr,)})


SIGNS = st.sampled_from(["010190", "19900101", "20150101", "1234", "5234", "0101901234", "01.01.90", "0", "1", "90"])
ANYTHING = st.lists(SIGNS | st.text("019-–., /_ax²①\u200b\u00a0", max_size=3), max_size=8).map("".join)


@given(ANYTHING | st.text())
@example("a010190-1234a0101901234")
@example("010190-1234-0101901234-0101901234")
def test_nothing_is_found_in_what_was_crossed_out(text: str) -> None:
    hidden = masked(text)
    assert len(hidden) == len(text)
    assert not holds_cpr(hidden)
    assert masked(hidden) == hidden
    assert looks_like_cpr(text) or not holds_cpr(text)


@pytest.mark.parametrize("value", [Title, Text])
def test_titles_and_notes_are_texts(value: Any) -> None:
    text = TypeAdapter(value)
    assert text.validate_python("Indsats 01.01.2024-2027") == "Indsats 01.01.2024-2027"
    with pytest.raises(ValueError, match="this looks like a CPR number: use a pseudonym"):
        text.validate_python("om 01.01.90—1234")


@pytest.mark.parametrize("cpr", ["01.01.90/1234", "010190:1234", "１-01-01-90-1234"])
def test_a_contract_id_and_a_group_are_ids_too(cpr: str) -> None:
    for event, field in ((Signed, "contract"), (Enrolled, "group")):
        with pytest.raises(ValueError, match="this looks like a CPR number: use a pseudonym") as refused:
            event.model_validate({field: cpr})
        assert cpr not in str(refused.value)
