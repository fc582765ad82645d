"""Guided alignment: where the attention of a training pair should look, over its pieces.

Word links are given for the pairs of a corpus; a model sees pieces. A target piece should look at what its
word is linked to: each linked source word gets an equal share of the row, and each of a word's pieces an
equal part of that share (Chen, Matusov, Khadivi and Peter 2016, "Guided Alignment Training for Topic-Aware
Neural Machine Translation", AMTA; there pieces are words). The pieces of a word without links have an empty
row, which guides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from entarte.example import Example
from entarte.span import piece_words, words
from entarte.text import Tokenizer

Entry = tuple[int, int, float]
"""Target piece, source piece, share."""


@dataclass(frozen=True)
class Guide:
    """The entries of all pairs of a corpus, one pair after the other.

    places  (K, 2) target piece, source piece
    shares  (K,)   the shares of a target piece sum to 1
    ends    (N,)   where the entries of each pair end
    """

    places: NDArray[np.int32]
    shares: NDArray[np.float32]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, pairs: Iterable[Sequence[Entry]]) -> Guide:
        """From the entries of each pair."""
        found: list[Entry] = []
        ends = []
        for entries in pairs:
            found += entries
            ends.append(len(found))
        places = np.array([entry[:2] for entry in found], dtype=np.int32).reshape(-1, 2)
        shares = np.array([entry[2] for entry in found], dtype=np.float32)
        return cls(places, shares, np.array(ends, dtype=np.int64))

    def part(self, number: int) -> slice:
        """Where the entries of a pair stand."""
        return slice(int(self.ends[number - 1]) if number else 0, int(self.ends[number]))

    def keep(self, numbers: Sequence[int]) -> Guide:
        """Of these pairs alone."""
        parts = [self.part(n) for n in numbers]
        ends = np.cumsum([part.stop - part.start for part in parts], dtype=np.int64)
        return Guide(
            np.concatenate([self.places[:0], *(self.places[part] for part in parts)]),
            np.concatenate([self.shares[:0], *(self.shares[part] for part in parts)]),
            ends,
        )

    def batch(self, numbers: Sequence[int], steps: int, slots: int) -> Tensor:
        """(B, T, S): where each target piece of these pairs should look; rows of zeros guide nothing.

        The row of the target's EOS is one of them; nothing points at the source's EOS or at padding.
        """
        table = np.zeros((len(numbers), steps, slots), dtype=np.float32)
        for row, number in enumerate(numbers):
            part = self.part(number)
            table[row, self.places[part, 0], self.places[part, 1]] = self.shares[part]
        return torch.from_numpy(table)


def guide(examples: Iterable[Example], source: Tokenizer, target: Tokenizer) -> Guide:
    """The guide of pairs with word links; a pair without links has no entries."""
    return Guide.of(entries(example, source, target) for example in examples)


def entries(example: Example, source: Tokenizer, target: Tokenizer) -> list[Entry]:
    """What the links of one pair say about its pieces. A word without a piece (of control characters, which
    normalisation takes out) takes no part."""
    if not example.links:
        return []
    reads, says = _pieces_of(example.source, source), _pieces_of(example.target or "", target)
    linked: dict[int, list[int]] = defaultdict(list)
    for i, j in sorted(example.links):
        if i in reads and j in says:
            linked[j].append(i)
    return [
        (t, s, 1 / (len(found) * len(reads[i])))
        for j, found in linked.items()
        for t in says[j]
        for i in found
        for s in reads[i]
    ]


def _pieces_of(line: str, tokenizer: Tokenizer) -> dict[int, list[int]]:
    """Word number → the numbers of its pieces."""
    found: dict[int, list[int]] = defaultdict(list)
    for number, word in enumerate(piece_words(tokenizer.pieces(line), words(line))):
        if word is not None:
            found[word].append(number)
    return dict(found)
