"""Words and pieces of a line, each with its place in the line as it was given."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^ \t\r\n\f\v]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its characters ``[start, end)`` of the line: ``line[start:end] == text``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece as the model knows it, and the characters ``[start, end)`` of the original line.

    ``text`` is normalised and carries ``▁`` where a word begins; an unknown piece has the characters
    that were not known. The span leaves out spaces at its ends, except that of a piece which is only
    a space. It is empty for a ``▁`` before the first character, which stands for no character at all.
    """

    text: str
    start: int
    end: int
    id: int


def words(line: str) -> list[Word]:
    """The words of a line: what stands between ASCII spaces, as fast_align, eflomal and gold files count.

    A no-break space (U+00A0) or a line separator (U+2028) is inside a word.

    >>> [(word.text, word.start, word.end) for word in words("  il m'a  entarté")]
    [('il', 2, 4), ("m'a", 5, 8), ('entarté', 10, 17)]
    """
    return [Word(match[0], match.start(), match.end()) for match in _WORD.finditer(line)]


def word_count(line: str) -> int:
    """How many ``words`` a line has.

    >>> word_count("  il m'a  entarté")
    3
    """
    return len(_WORD.findall(line))


def piece_words(pieces: Sequence[Piece], words: Sequence[Word]) -> list[int | None]:
    """For each piece the index of the word that it belongs to.

    A piece that is only a space, or of no width, goes with the word after it, or with the last word
    where none comes after. None only where there are no words.
    """
    if not words:
        return [None] * len(pieces)
    ends = [word.end for word in words]
    return [min(bisect_right(ends, piece.start), len(ends) - 1) for piece in pieces]
