"""Bytes to lines: what ends a line, what is noted, what is refused and in which words."""

from __future__ import annotations

import gzip
import io
import os
import tracemalloc
from collections.abc import Callable

import pytest

from entarte.errors import InputError, SetupError
from entarte.reader import Notes, read_lines

Write = Callable[[str, str | bytes], str]


def test_only_a_line_feed_ends_a_line(file: Write) -> None:
    inside = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg\x1dh"
    path = file("a.txt", f"{inside}\n\n{inside}")
    assert list(read_lines(path)) == [inside, "", inside]


@pytest.mark.parametrize(("content", "lines"), [("", []), ("\n", [""]), ("a", ["a"]), ("a\n\n", ["a", ""])])
def test_the_last_line_may_lack_its_end(file: Write, content: str, lines: list[str]) -> None:
    assert list(read_lines(file("a.txt", content))) == lines


def test_a_mark_and_crlf_are_dropped_and_noted(file: Write) -> None:
    notes = Notes()
    path = file("a.txt", "\ufeffone\r\ntwo\r\n\ufeffthree\rx\n")
    assert list(read_lines(path, notes)) == ["one", "two", "\ufeffthree\rx"]
    assert [str(note) for note in notes] == [
        "a.txt: a byte-order mark at the start, dropped (line 1)",
        "a.txt: CRLF line ends, read as LF (2 lines, from line 1)",
        "a.txt: a carriage return inside the line, kept (line 3)",
    ]
    assert len(notes) == 3


def test_plain_files_have_no_notes(file: Write) -> None:
    notes = Notes()
    list(read_lines(file("a.txt", "a\nb\n"), notes))
    assert len(notes) == 0


@pytest.mark.parametrize("name", ["a.gz", "a.txt"])
def test_gzip_is_seen_by_its_content(file: Write, name: str) -> None:
    assert list(read_lines(file(name, gzip.compress(b"a\r\nb")))) == ["a", "b"]


def test_a_name_that_ends_in_gz_may_be_plain(file: Write) -> None:
    assert list(read_lines(file("a.gz", "plain\n"))) == ["plain"]


def test_members_of_gzip_follow_each_other(file: Write) -> None:
    assert list(read_lines(file("a", gzip.compress(b"a\nb") + gzip.compress(b"c\n")))) == ["a", "bc"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"a\nb\xffc\n",
            r"^a\.txt:2: byte 2 of the line, 0xFF, is not UTF-8\. Convert .* -f latin1 -t utf-8$",
        ),
        (b"\xef\xbb\xbfab\xe9\n", r"^a\.txt:1: byte 6 of the line, 0xE9, is not UTF-8"),
        (b"a\xed\xa0\x80", r"^a\.txt:1: byte 2 of the line, 0xED, is not UTF-8"),
        (b"caf\xc3", r"^a\.txt:1: byte 4 of the line, 0xC3, is not UTF-8"),
        (b"a\n\na\0b\n", r"^a\.txt:3: byte 2 of the line is NUL, which is not text\. A file in UTF-16"),
        (
            "one\ntwo\n".encode("utf-16"),
            r"^a\.txt:1: byte 1 of the line, 0xF[EF], is not UTF-8.*-f utf-16 -t",
        ),
    ],
)
def test_what_is_not_text_is_refused_with_its_place(file: Write, content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(read_lines(file("a.txt", content)))


def test_lines_before_a_fault_are_given(file: Write) -> None:
    lines = read_lines(file("a.txt", b"one\n\xff\n"))
    assert next(lines) == "one"
    with pytest.raises(InputError, match=r"a\.txt:2"):
        next(lines)


@pytest.mark.parametrize("spoil", [lambda raw: raw[:-9], lambda raw: raw[:40] + b"\xff" * 8 + raw[48:]])
def test_damaged_gzip(file: Write, spoil: Callable[[bytes], bytes]) -> None:
    path = file("a.gz", spoil(gzip.compress(os.urandom(400).hex().encode() + b"\n")))
    with pytest.raises(InputError, match=r"a\.gz: the gzip data are damaged or cut short.*again\."):
        list(read_lines(path))


def test_gzip_followed_by_something_else(file: Write) -> None:
    path = file("a.gz", gzip.compress(b"a\n") + b"garbage")
    with pytest.raises(InputError, match=r"damaged or cut short: .*Compress or copy"):
        list(read_lines(path))


def test_files_that_are_not_there(file: Write) -> None:
    file("train.en", "")
    with pytest.raises(InputError, match=r"^trian\.en: there is no such file\. Did you mean 'train\.en'\?$"):
        list(read_lines("trian.en"))
    with pytest.raises(InputError, match=r"^zzz: there is no such file$"):
        list(read_lines("zzz"))
    with pytest.raises(InputError, match=r"^no/where/a: there is no such file\. There is no folder 'no'\.$"):
        list(read_lines("no/where/a"))
    with pytest.raises(
        InputError, match=r"^train\.en/a: there is no such file\. There is no folder 'train\.en'"
    ):
        list(read_lines("train.en/a"))
    with pytest.raises(InputError, match=r"cannot be the name of a file"):
        list(read_lines("a\0b"))


def test_a_folder(file: Write) -> None:
    os.mkdir(file("x", "") + "y")
    with pytest.raises(InputError, match=r"^xy: this is a folder; a file is needed$"):
        list(read_lines("xy"))


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read(file: Write) -> None:
    os.chmod(file("a.txt", "a"), 0)
    with pytest.raises(SetupError, match=r"^a\.txt: cannot be read: Permission denied$"):
        list(read_lines("a.txt"))


class Failing(io.RawIOBase):
    """A disk that gives one line and then an error."""

    def __init__(self) -> None:
        self.left = [b"one\n"]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if not self.left:
            raise OSError(5, "Input/output error")
        data = self.left.pop()
        buffer[: len(data)] = data
        return len(data)


def test_a_disk_that_fails() -> None:
    lines = read_lines(Failing())  # type: ignore[arg-type]
    assert next(lines) == "one"
    with pytest.raises(SetupError, match=r"^standard input: cannot be read: Input/output error$"):
        next(lines)


def test_a_stream_is_read_as_it_comes_and_left_open() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as stream, open(writing, "wb", buffering=0) as end:
        lines = read_lines(stream)
        end.write(b"one\n")
        assert next(lines) == "one"  # would wait for ever if it wanted more than a line
        end.write(b"\r\n")
        assert next(lines) == ""
        end.close()
        assert list(lines) == []
        assert not stream.closed


def test_a_stream_in_memory_is_left_open() -> None:
    stream = io.BytesIO(gzip.compress(b"a\nb\n"))
    assert list(read_lines(stream)) == ["a", "b"]
    assert not stream.closed


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a\n\xff")))
    lines = read_lines("-")
    assert next(lines) == "a"
    with pytest.raises(InputError, match=r"^standard input:2: byte 1 of the line, 0xFF"):
        next(lines)


def test_a_long_file_takes_little_memory(file: Write) -> None:
    path = file("a.gz", gzip.compress((b"x" * 999 + b"\n") * 4_000))
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_lines(path)) == 4_000
        assert tracemalloc.get_traced_memory()[1] < 500_000
    finally:
        tracemalloc.stop()


def test_a_line_of_a_million_words(file: Write) -> None:
    path = file("a.txt", "word " * 1_000_000)
    assert len(next(read_lines(path))) == 5_000_000
