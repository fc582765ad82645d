"""Text without pairs: lines, windows, and their ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from entarte.errors import InputError
from entarte.filter import Filter, FilterReport
from entarte.reader import Notes, read
from entarte.reader.text import BREAK, marked, written

SPEECH = "to be or not to be\nthat is the question:\n\nwhether it is nobler\n"


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        (tmp_path / "a.txt").write_text(text, encoding="utf-8")
        return str(tmp_path / "a.txt")

    return write


def test_lines_are_texts_of_their_own(file: Callable[[str], str]) -> None:
    notes = Notes()
    found = list(read(file(SPEECH), format="text", notes=notes, both=True))
    assert [(each.target, each.number) for each in found] == [
        ("to be or not to be", 1),
        ("that is the question:", 2),
        ("whether it is nobler", 4),
    ]
    assert all(each.source == "" and each.alone and not each.open for each in found)
    assert "an empty line, left out" in str(next(iter(notes)))
    assert len(list(Filter(max_ratio=2.0)(found, FilterReport()))) == 3, "an empty source is no fault"


@pytest.mark.parametrize("glued", [False, True])
@pytest.mark.parametrize("window", [8, 20, 21, 40, 1000])
def test_windows_hold_the_whole_stream(file: Callable[[str], str], window: int, glued: bool) -> None:
    found = list(read(file(SPEECH), format="text", window=window, glued=glued))
    whole = "".join(each.target or "" for each in found)
    assert written(whole.rstrip(" ")) == SPEECH
    assert all(len(each.target or "") <= window for each in found)
    assert [each.open for each in found] == [True] * (len(found) - 1) + [False]


def test_a_window_ends_at_a_line_end_where_one_is_near(file: Callable[[str], str]) -> None:
    first, *_ = read(file(SPEECH), format="text", window=45, glued=True)
    assert first.target == f"to be or not to be{BREAK}that is the question:{BREAK}{BREAK}"


def test_a_word_longer_than_a_window_is_cut(file: Callable[[str], str]) -> None:
    found = [each.target for each in read(file("a" * 20 + " b\n"), format="text", window=8)]
    assert found[:2] == ["a" * 8, "a" * 8]


@pytest.mark.parametrize("text", ["", "a\nb", "a\n\n\nb\n", "a b c"])
@pytest.mark.parametrize("glued", [False, True])
def test_marking_can_be_undone(text: str, glued: bool) -> None:
    line = marked(text, glued=glued)
    assert "\n" not in line
    assert written(line) == text


@pytest.mark.parametrize(
    ("given", "message", "setting"),
    [
        ({"window": 5}, "a window of 5 characters shows a model next to nothing", "data.window"),
        ({"source": "en"}, "'en' names a column, and running text has none", "data.source"),
        ({"turns": 2}, "format 'text' has no turns", "data.turns"),
    ],
)
def test_what_is_refused(file: Callable[[str], str], given: dict, message: str, setting: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        list(read(file(SPEECH), format="text", **given))
    assert caught.value.setting == setting


@pytest.mark.parametrize(("text", "message"), [("", "the file is empty"), ("\n \n", "the file is empty")])
def test_nothing_to_read_is_said(file: Callable[[str], str], text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(read(file(text), format="text"))


def test_a_stream_of_blanks_is_empty(file: Callable[[str], str]) -> None:
    with pytest.raises(InputError, match="all lines are empty"):
        list(read(file("\n \n\n"), format="text", window=100))


def test_running_text_is_one_file(file: Callable[[str], str]) -> None:
    with pytest.raises(InputError, match="running text is one file, not 2"):
        list(read([file("a"), file("a")], format="text"))


def test_pairs_have_no_window(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("a\tb\n", encoding="utf-8")
    with pytest.raises(InputError, match="format 'tsv' has no window") as caught:
        list(read(tmp_path / "a.tsv", window=100))
    assert "data.format='text'" in caught.value.advice
