"""Parts of a file: every line once, whatever the number of parts."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entarte.errors import InputError
from entarte.reader import read_lines
from entarte.reader.part import part


@given(
    lines=st.lists(st.text("aé\u2028 ", max_size=9), max_size=12), ended=st.booleans(), n=st.integers(1, 15)
)
def test_the_parts_are_the_file(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], ended: bool, n: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "lines"
    path.write_bytes("\n".join(lines).encode() + b"\n" * ended)
    parts = [list(read_lines(part(str(path), f"{k}/{n}"))) for k in range(1, n + 1)]
    assert [line for each in parts for line in each] == list(read_lines(str(path)))


def test_parts_are_about_equal(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("a line of words\n" * 1000)
    counts = [len(list(read_lines(part(str(path), f"{k}/4")))) for k in (1, 2, 3, 4)]
    assert counts == [250] * 4


@pytest.mark.parametrize("words", ["0/3", "4/3", "1", "a/b", "1/0", "-1/3", "1/3/4", ""])
def test_what_is_no_part(tmp_path: Path, words: str) -> None:
    (tmp_path / "lines").write_text("a\n")
    with pytest.raises(InputError, match="names no part"):
        part(str(tmp_path / "lines"), words)


def test_what_has_no_parts(tmp_path: Path) -> None:
    packed = tmp_path / "lines.gz"
    packed.write_bytes(gzip.compress(b"a\nb\n"))
    with pytest.raises(InputError, match="a compressed file can only be read from its start"):
        part(str(packed), "1/2")
    with pytest.raises(InputError, match="standard input has no parts"):
        part("-", "1/2")
    with pytest.raises(InputError, match="there is no such file"):
        part(str(tmp_path / "lime"), "1/2")
    (tmp_path / "bad").write_bytes(b"fine\n\xff\n")
    with pytest.raises(InputError, match="bad, part 2 of 2"):
        list(read_lines(part(str(tmp_path / "bad"), "2/2")))
