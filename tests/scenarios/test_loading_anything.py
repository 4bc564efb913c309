"""Whatever the text, it loads or is refused with sensible places."""

from collections.abc import Callable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from scenarios.loading import LoadError, load_text

from .cases import VALID, Case

# --- anything at all


ODD = [
    b"\t",
    b"\xff",
    b"\0",
    b"&a ",
    b"*a",
    b"!x ",
    b"? ",
    b"- ",
    b": ",
    b"{",
    b"]",
    b"|",
    b"'",
    b'"',
    b"\\U",
    b"%",
]
ODD += [
    b"1.000",
    b"01",
    b"<<: ",
    b"\r",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\xef\xbb\xbf",
    b"---\n",
    b"...\n",
    b"~",
    b",",
]
Edit = Callable[[bytes], bytes]


def edits() -> st.SearchStrategy[Edit]:
    where = st.integers(0, len(VALID.encode()))
    piece = st.sampled_from(ODD) | st.binary(max_size=4) | st.text(max_size=4).map(lambda text: text.encode())

    def replace_bytes(at: int, length: int, new: bytes) -> Edit:
        return lambda data: data[:at] + new + data[at + length :]

    def replace_line(at: int, new: bytes) -> Edit:
        def edit(data: bytes) -> bytes:
            rows = data.split(b"\n")
            rows[at % len(rows)] = new
            return b"\n".join(rows)

        return edit

    rows = st.sampled_from(VALID.encode().split(b"\n")) | piece
    return st.builds(replace_bytes, where, st.integers(0, 30), piece) | st.builds(replace_line, where, rows)


@settings(max_examples=400)
@given(st.lists(edits(), min_size=1, max_size=5))
def test_a_damaged_file_loads_or_is_refused_with_sensible_places(changes: list[Edit]) -> None:
    data = VALID.encode()
    for change in changes:
        data = change(data)
    text = data.decode("utf-8", errors="surrogateescape")
    expect_model_or_problems(text)


@settings(max_examples=200)
@given(st.text(alphabet=st.sampled_from("ab:-?{}[],&*!|>'\"%@#~<0.5_ \t\n\\xuU"), max_size=60))
@example('a: "\\ud800"')
@example("? - ")
def test_any_soup_of_yaml_marks_loads_or_is_refused_with_sensible_places(text: str) -> None:
    expect_model_or_problems("title: a\ntags: " + text)
    expect_model_or_problems(text)


def expect_model_or_problems(text: str) -> None:
    try:
        load_text(text, Case)
    except LoadError as error:
        refused = error
    else:
        return
    assert refused.problems
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in refused.problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.message
    assert str(refused).encode()
