"""Ids and the pieces of text that they stand for.

The first four ids are control symbols. They have names to print, but no name leads to them: the text
``</s>`` that a person types is three or four ordinary characters, never the end of a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

PAD, UNK, BOS, EOS = 0, 1, 2, 3
CONTROL = ("<pad>", "<unk>", "<s>", "</s>")
"""How the control symbols are printed, in the order of their ids."""


class Vocabulary:
    """The pieces that a model knows, in the order of their ids.

    >>> v = Vocabulary(["▁il", "▁m'a", "</s>"])
    >>> len(v), v.piece(4), v.id("▁m'a"), v.id("pie") == UNK
    (7, '▁il', 5, True)

    A name of a control symbol is text like any other: here a piece that happens to look like one.

    >>> v.id("</s>"), v.piece(EOS), v.id("<pad>") == UNK
    (6, '</s>', True)
    """

    __slots__ = ("_ids", "pieces")

    pieces: tuple[str, ...]
    """All pieces by id, the control symbols' printed names first."""

    def __init__(self, pieces: Iterable[str]) -> None:
        """``pieces``: those of the text, from id 4 on, without the control symbols.

        Raises ValueError where a piece comes twice.
        """
        own = tuple(pieces)
        self.pieces = CONTROL + own
        self._ids = {piece: number for number, piece in enumerate(own, start=len(CONTROL))}
        if len(self._ids) != len(own):
            twice = next(p for n, p in enumerate(own, start=len(CONTROL)) if self._ids[p] != n)
            raise ValueError(f"the piece {twice!r} comes twice in the vocabulary")

    def __len__(self) -> int:
        return len(self.pieces)

    def __iter__(self) -> Iterator[str]:
        return iter(self.pieces)

    def __contains__(self, piece: object) -> bool:
        """Whether text can be written with this piece (so never true of a control symbol)."""
        return piece in self._ids

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.pieces == other.pieces

    def __hash__(self) -> int:
        return hash(self.pieces)

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} pieces)"

    def piece(self, number: int) -> str:
        """The piece of an id; a control symbol's printed name for ids below 4.

        Raises IndexError outside 0 … len - 1.
        """
        if number < 0:
            raise IndexError(f"there is no id {number}")
        return self.pieces[number]

    def id(self, piece: str) -> int:
        """The id of a piece of text; UNK where it is not known. Never PAD, BOS or EOS."""
        return self._ids.get(piece, UNK)

    def ids(self, pieces: Iterable[str]) -> list[int]:
        """The ids of several pieces, UNK for each unknown one."""
        get = self._ids.get
        return [get(piece, UNK) for piece in pieces]


class Beyond:
    """The pieces of one source that a vocabulary of V entries lacks. They get the ids V, V + 1, … in the
    order in which they stand, to be copied (See et al. 2017, section 2.2: the extended vocabulary).

    >>> beyond = Beyond(Vocabulary(["▁hit", "▁by"]))
    >>> beyond.read(["▁Pott", "▁hit", "▁by", "▁Pott", "▁Ork"])
    [6, 4, 5, 6, 7]
    >>> beyond.ids(["▁Ork", "▁hit", "▁Liv"]), beyond.pieces
    ([7, 4, 1], ('▁Pott', '▁Ork'))
    """

    __slots__ = ("_own", "vocabulary")

    def __init__(self, vocabulary: Vocabulary, pieces: Sequence[str] = ()) -> None:
        """``pieces``: those that are known to stand in the source already."""
        self.vocabulary = vocabulary
        self._own = {piece: number for number, piece in enumerate(pieces, start=len(vocabulary))}

    @property
    def pieces(self) -> tuple[str, ...]:
        """The pieces that the vocabulary lacks, in the order of their ids."""
        return tuple(self._own)

    def read(self, pieces: Iterable[str]) -> list[int]:
        """The ids of pieces of the source; each that is new to the vocabulary gets the next one."""
        found = []
        for piece in pieces:
            number = self.vocabulary.id(piece)
            if number == UNK:
                number = self._own.setdefault(piece, len(self.vocabulary) + len(self._own))
            found.append(number)
        return found

    def ids(self, pieces: Iterable[str]) -> list[int]:
        """The ids of pieces of the target: UNK for what neither the vocabulary nor the source has."""
        known, own = self.vocabulary.id, self._own
        return [number if (number := known(piece)) != UNK else own.get(piece, UNK) for piece in pieces]
