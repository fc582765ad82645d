"""A corpus in memory: the text of each pair, and its ids."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp

import numpy as np
import torch

from entarte import batch
from entarte.batch import Batch
from entarte.example import Example
from entarte.guide import Guide, guide
from entarte.source.row import Cut, Row, located
from entarte.text import Tokenizer
from entarte.vocabulary import Beyond

Cuts = tuple[tuple[tuple[int, ...], ...], np.ndarray]
"""The likeliest ways to cut a sentence, and the probability with which each is drawn."""


@dataclass(frozen=True)
class Corpus:
    """Pairs ready for training.

    examples          the text
    sources, targets  ids, without BOS and EOS; those of a target's words that can only be copied follow those
                      of the vocabulary. Sources may be frames
    guide             where the attention should look; None where it is not guided
    copies            the target id that copying each source piece says; None where nothing is copied
    """

    examples: list[Example]
    sources: Sequence[Row]
    targets: list[list[int]]
    guide: Guide | None = None
    copies: list[list[int]] | None = None

    def __len__(self) -> int:
        return len(self.sources)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the rows and the guide: a resumed training refuses another corpus."""
        digest = hashlib.sha256()
        for read, said in zip(self.sources, self.targets, strict=True):
            digest.update(
                np.asarray(read, np.float32 if isinstance(read, np.ndarray) else np.int32).tobytes()
            )
            digest.update(np.asarray([-1, *said, -2], dtype=np.int32).tobytes())
        if any(pair.open for pair in self.examples):
            digest.update(bytes(pair.open for pair in self.examples))
        for row in self.copies or ():
            digest.update(np.asarray([*row, -3], dtype=np.int32).tobytes())
        if self.guide is not None:
            for part in (self.guide.ends, self.guide.places, self.guide.shares):
                digest.update(part.tobytes())
        return digest.hexdigest()

    def lengths(self) -> tuple[list[int], list[int]]:
        """Source and target lengths, EOS counted."""
        return [len(ids) + 1 for ids in self.sources], [len(ids) + 1 for ids in self.targets]

    def batch(self, numbers: Sequence[int]) -> Batch:
        """These pairs as a batch."""
        copies = None if self.copies is None else [self.copies[n] for n in numbers]
        pairs = together(
            [self.sources[n] for n in numbers],
            [self.targets[n] for n in numbers],
            numbers,
            copies,
            [self.examples[n].open for n in numbers],
        )
        if self.guide is None:
            return pairs
        steps, slots = pairs.target.mask.size(1), pairs.source.mask.size(1)
        return pairs._replace(guide=self.guide.batch(numbers, steps, slots))

    def without(self, numbers: set[int]) -> Corpus:
        """The same without some pairs."""
        kept = [n for n in range(len(self)) if n not in numbers]
        return Corpus(
            [self.examples[n] for n in kept],
            [self.sources[n] for n in kept],
            [self.targets[n] for n in kept],
            None if self.guide is None else self.guide.keep(kept),
            None if self.copies is None else [self.copies[n] for n in kept],
        )


def encode(
    examples: Iterable[Example],
    source: Cut,
    target: Tokenizer,
    *,
    guided: bool = False,
    copied: bool = False,
    longest: int = 0,
) -> Corpus:
    """Cut both sides of every pair.

    guided   bring its word links to the pieces too
    copied   give ids to the source's words that the target's vocabulary lacks
    longest  pieces of a source that are read; 0: all

    Raises InputError, with file and line, where a source names a file that cannot be read.
    """
    pairs = list(examples)
    with located(pairs):
        sources = source.rows([pair.source for pair in pairs])
    if longest:
        sources = [row[:longest] for row in sources]
    said = [pair.target or "" for pair in pairs]
    if copied:
        read = [Beyond(target.vocabulary) for _ in pairs]
        texts = source.texts_many([pair.source for pair in pairs])
        copies = [each.read(cut[: longest or None]) for each, cut in zip(read, texts, strict=True)]
        targets = [each.ids(cut) for each, cut in zip(read, target.texts_many(said), strict=True)]
    else:
        copies, targets = None, target.ids_many(said)
    return Corpus(pairs, sources, targets, _guide(pairs, source, target) if guided else None, copies)


def _guide(pairs: list[Example], source: Cut, target: Tokenizer) -> Guide:
    assert isinstance(source, Tokenizer), "settings refuse links into a source of features"
    return guide(pairs, source, target)


def together(
    sources: Sequence[Row],
    targets: Sequence[Sequence[int]],
    numbers: Sequence[int],
    copies: Sequence[Sequence[int]] | None = None,
    open: Sequence[bool] = (),
) -> Batch:
    """Rows of both sides → a padded batch."""
    return Batch(batch.source(sources, copies), batch.target(targets, open), torch.as_tensor(list(numbers)))


class Resampled:
    """Subword regularisation: a sentence is cut differently each time it is seen (Kudo 2018, section 3.2).

    One of the n likeliest cuts is drawn with probability ∝ P(cut)^α. The draw depends on the seed, the
    epoch and the batch alone, so a resumed training draws what an unbroken one would have drawn.

    corpus          what is resampled
    source, target  tokenizers of kind unigram
    count           n
    alpha           α
    """

    def __init__(
        self, corpus: Corpus, source: Tokenizer, target: Tokenizer, count: int, alpha: float, seed: int
    ) -> None:
        self.corpus = corpus
        self.tokenizers = (source, target)
        self.count = count
        self.alpha = alpha
        self.seed = seed
        self.known: tuple[dict[int, Cuts], dict[int, Cuts]] = ({}, {})

    def batch(self, numbers: Sequence[int], epoch: int, place: int, rows: slice = slice(None)) -> Batch:
        """These rows of some pairs, cut anew; `place` is the number of the batch in its epoch."""
        points = np.random.default_rng([self.seed, epoch, place]).random((2, len(numbers)))[:, rows]
        numbers = numbers[rows]
        sides = [
            [self.draw(side, n, float(point)) for n, point in zip(numbers, points[side], strict=True)]
            for side in (0, 1)
        ]
        windows = [self.corpus.examples[n].open for n in numbers]
        return together(sides[0], sides[1], numbers, open=windows)

    def draw(self, side: int, number: int, point: float) -> Sequence[int]:
        """The cut at a point of [0, 1) on the line of cumulated probabilities."""
        cuts, upto = self.cuts(side, number)
        return cuts[min(int(np.searchsorted(upto, point, side="right")), len(cuts) - 1)]

    def cuts(self, side: int, number: int) -> Cuts:
        """The likeliest cuts of a sentence with their cumulated probabilities; found once, then kept."""
        if number not in self.known[side]:
            example = self.corpus.examples[number]
            line = example.source if side == 0 else example.target or ""
            ways = self.tokenizers[side].segmentations(line, self.count)
            best = max(log_prob for _, log_prob in ways)
            weights = np.array([exp(self.alpha * (log_prob - best)) for _, log_prob in ways])
            self.known[side][number] = (
                tuple(ids for ids, _ in ways),
                np.cumsum(weights / weights.sum(), dtype=np.float64),
            )
        return self.known[side][number]
