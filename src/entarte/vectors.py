"""Pretrained word vectors from text files, for the entries of a vocabulary.

    word2vec   a first line with two numbers, how many words and how wide; then a word and its numbers
    GloVe      the same without the first line

Words end at a space, lines at "\\n"; gzip or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from entarte.errors import InputError
from entarte.reader import read_lines
from entarte.vocabulary import CONTROL, Vocabulary

SPACE = "▁"  # U+2581, before a piece that begins a word
LARGEST = 1e38  # about what 32 bits hold


@dataclass(frozen=True)
class Coverage:
    """Vectors for some entries of a vocabulary.

    rows     (n,) int64, ids, in order
    vectors  (n, width) float32
    found    n
    total    entries that could have one: all but the control symbols
    """

    rows: NDArray[np.int64]
    vectors: NDArray[np.float32]
    found: int
    total: int


def load(
    path: str | Path, vocabulary: Vocabulary, width: int, setting: str = "text.source_vectors"
) -> Coverage:
    """The vectors of a file that belong to entries of a vocabulary; a word's first line counts.

    In a file of words, ``▁house`` takes the vector of *house*; a piece that continues a word takes none,
    unless it has no letter or digit (a full stop). In a file of pieces (it has entries with ``▁``), and
    for a vocabulary without any ``▁`` (characters), entries are compared as they are.

    width: of the embeddings. setting: where the file was named, for messages. Raises InputError for a
    file of another width, and, with the line, for a line with too few or too many numbers, one of an
    entry that is found whose numbers are none, and where fewer or more words follow than the first line
    says. Numbers of words that are not in the vocabulary are counted, not read.
    """
    exact = {piece: row for row, piece in enumerate(vocabulary.pieces) if row >= len(CONTROL)}
    whole = _whole(exact)
    plain: dict[int, NDArray[np.float32]] = {}  # if the file is of pieces
    word: dict[int, NDArray[np.float32]] = {}  # if it is of words
    promised: int | None = None
    pieces = not any(piece.startswith(SPACE) for piece in exact)
    number = 0
    for number, line in enumerate(read_lines(path), start=1):
        line = line.rstrip(" ")
        if number == 1:
            fields = line.split(" ")
            if len(fields) == 2 and all(text.isascii() and text.isdigit() for text in fields):
                promised = int(fields[0])
                _same_width(int(fields[1]), width, path, setting)
                continue
            _same_width(len(fields) - 1, width, path, setting)
        spaces = line.count(" ")
        entry = line.split(" ", 1)[0] if spaces == width else line.rsplit(" ", width)[0]
        if spaces < width or (spaces > width and _is_number(entry.rsplit(" ", 1)[1])):
            raise InputError(
                f"the line has {spaces} numbers after its word, not {width}", file=path, line=number
            )
        pieces = pieces or entry.startswith(SPACE)
        for row, found in ((exact.get(entry), plain), (whole.get(entry), word)):
            if row is not None and row not in found:
                found[row] = _vector(line, width, path, number)
    if number == 0:
        raise InputError("the file is empty: there are no vectors", file=path, setting=setting)
    if promised is not None and promised != number - 1:
        raise InputError(
            f"the first line promises {promised:,} words, and {number - 1:,} follow",
            file=path,
            advice="The file may be cut short: fetch it again.",
        )
    taken = plain if pieces else word
    rows = np.array(sorted(taken), dtype=np.int64)
    table = np.array([taken[row] for row in rows.tolist()], dtype=np.float32).reshape(len(rows), width)
    return Coverage(rows, table, len(rows), len(exact))


def _whole(exact: dict[str, int]) -> dict[str, int]:
    """Words that an entry of the vocabulary stands for alone → its id; one with ``▁`` first of all."""
    whole = {piece[1:]: row for piece, row in exact.items() if piece.startswith(SPACE) and len(piece) > 1}
    for piece, row in exact.items():
        if not piece.startswith(SPACE) and not any(letter.isalnum() for letter in piece):
            whole.setdefault(piece, row)
    return whole


def _same_width(found: int, width: int, path: str | Path, setting: str) -> None:
    if found != width:
        raise InputError(
            f"the vectors of {path} have {found} numbers, and the embeddings {width}",
            setting=setting,
            advice=f"Set front.width={found}." if found > 0 else "This is no file of word vectors.",
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _vector(line: str, width: int, path: str | Path, number: int) -> NDArray[np.float32]:
    fields = line.split(" ")[-width:]
    for text in fields:
        if not _is_number(text) or not abs(float(text)) < LARGEST:
            raise InputError(f"'{text}' is not a number for a vector", file=path, line=number)
    return np.array(fields, dtype=np.float32)
