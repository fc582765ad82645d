"""Pretrained vectors: both formats, which entries they reach, and what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from entarte.errors import InputError
from entarte.vectors import load
from entarte.vocabulary import Vocabulary

PIECES = Vocabulary(["▁", "▁the", "▁house", "s", ".", "the", "</s>"])
GLOVE = "the 1 2\n. . . 9 9\nhouse 3 -4e-1\ns 7 7\n. 5 6\nthe 8 8\n</s> 1 1\n"


@pytest.mark.parametrize("header", ["", "7 2\n"])
@pytest.mark.parametrize("zipped", [False, True])
def test_words_reach_the_pieces_that_begin_words(tmp_path: Path, header: str, zipped: bool) -> None:
    text = (header + GLOVE).encode()
    path = tmp_path / "v.txt"
    path.write_bytes(gzip.compress(text) if zipped else text)
    found = load(path, PIECES, 2)
    assert [PIECES.piece(row) for row in found.rows.tolist()] == ["▁the", "▁house", "."]
    assert found.vectors.dtype == np.float32
    np.testing.assert_array_equal(found.vectors, np.float32([[1, 2], [3, -0.4], [5, 6]]))
    assert (found.found, found.total) == (3, 7)


def test_a_file_of_pieces_reaches_them_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "v.txt"
    path.write_text("the 1 1 \ns 2 2 \n▁the 3 3 \n", "utf-8")  # fastText ends its lines with a space
    found = load(path, PIECES, 2)
    assert {PIECES.piece(row): vector[0] for row, vector in zip(found.rows.tolist(), found.vectors)} == {
        "▁the": 3, "s": 2, "the": 1
    }  # fmt: skip


def test_characters_are_compared_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "v.txt"
    path.write_text("a 1\nb 2\nab 3\n", "utf-8")
    found = load(path, Vocabulary(["a", "b", "c"]), 1)
    assert (found.rows.tolist(), found.vectors.tolist(), found.total) == ([4, 5], [[1], [2]], 3)


def test_nothing_found_is_an_empty_table(tmp_path: Path) -> None:
    path = tmp_path / "v.txt"
    path.write_text("zebra 1 2\n", "utf-8")
    found = load(path, PIECES, 2)
    assert found.vectors.shape == (0, 2)
    assert (found.rows.shape, found.found) == ((0,), 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"v\.txt: text\.source_vectors: the file is empty: there are no vectors$"),
        ("a 1 2 3\n", r"^text\.source_vectors: the vectors of .*v\.txt have 3 numbers, and the embeddings "
                      r"2\. Set front\.width=3\.$"),
        ("9 300\nthe 1 2\n", r"have 300 numbers, and the embeddings 2\. Set front\.width=300\.$"),
        ("hello\n", r"have 0 numbers, and the embeddings 2\. This is no file of word vectors\.$"),
        ("a 1 2\nthe 1\n", r"v\.txt:2: the line has 1 numbers after its word, not 2$"),
        ("a 1 2\nthe 1 2 3\n", r"v\.txt:2: the line has 3 numbers after its word, not 2$"),
        ("a 1 2\nhouse 1 two\n", r"v\.txt:2: 'two' is not a number for a vector$"),
        ("a 1 2\nhouse nan 2\n", r"v\.txt:2: 'nan' is not a number for a vector$"),
        ("a 1 2\nhouse 1e60 2\n", r"v\.txt:2: '1e60' is not a number for a vector$"),
        ("3 2\nthe 1 2\n", r"v\.txt: the first line promises 3 words, and 1 follow\. The file may be"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "v.txt"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=message):
        load(path, PIECES, 2)


def test_the_setting_that_named_the_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "v.txt"
    path.write_text("a 1\n", "utf-8")
    with pytest.raises(InputError, match=r"^text\.target_vectors: the vectors"):
        load(path, PIECES, 2, setting="text.target_vectors")


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "v.txt"
    path.write_bytes(b"a 1 2\n\xff 1 2\n")
    with pytest.raises(InputError, match=r"v\.txt:2: byte 1 of the line, 0xFF, is not UTF-8"):
        load(path, PIECES, 2)
