"""Lines of files, nothing more and nothing less."""

from __future__ import annotations

import gzip

import pytest

from entarte.errors import InputError
from entarte.metric.lines import read_lines


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"a\n\n", ["a", ""]),
        (b"\na\n", ["", "a"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\rb\x0bc\x0cd\x1ce\n", ["a\rb\x0bc\x0cd\x1ce"]),
        ("a\u2028b\u0085c\n".encode(), ["a\u2028b\u0085c"]),
        ("\ufeffa\n\ufeffb\n".encode(), ["a", "\ufeffb"]),
        (b" a \n", [" a "]),
    ],
)
def test_lines(tmp_path, raw, lines):
    (tmp_path / "plain").write_bytes(raw)
    (tmp_path / "packed").write_bytes(gzip.compress(raw))
    assert read_lines(tmp_path / "plain") == lines
    assert read_lines(tmp_path / "packed") == lines


def test_a_broken_letter_names_its_line(tmp_path):
    (tmp_path / "x").write_bytes(b"ok\nab\xff\n")
    with pytest.raises(InputError, match=r"x:2: byte 3 of the line is not UTF-8\. Convert the file"):
        read_lines(tmp_path / "x")
