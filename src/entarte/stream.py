"""Training on more pairs than fit into memory: one shard is at hand at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from entarte import order, shards
from entarte.batch import Batch
from entarte.corpus import Corpus
from entarte.example import Example
from entarte.settings import Settings
from entarte.shards import Shard, Shards
from entarte.sieve import Sieve
from entarte.watch import Watcher, counted

CHUNK = 4096
"""So many pairs are cut at a time."""


class Streamed:
    """A `feed.Feed` of shards on the disk.

    An epoch goes through the shards in an order drawn from (seed, epoch), and plans each into batches of like
    length by (seed, epoch, shard). So its batches are known from epoch and place alone, as many in every
    epoch, and to go on within one, nothing of the shards before is read. With one shard all is as in memory.
    """

    def __init__(self, settings: Settings, written: Shards) -> None:
        self.train = settings.train
        self.shards = written
        self.turn: tuple[int, NDArray[np.int64], NDArray[np.int64]] | None = None
        self.hand: tuple[int, int, Shard, list[list[int]]] | None = None

    @property
    def digest(self) -> str:
        return self.shards.digest

    def __len__(self) -> int:
        return sum(self.shards.pairs)

    def batches(self, epoch: int) -> int:
        return sum(self.shards.batches)

    def batch(self, epoch: int, place: int, rows: slice) -> Batch | None:
        shard, numbers = self.find(epoch, place)
        return shard.batch(numbers[rows]) if numbers[rows] else None

    def where(self, epoch: int, place: int) -> str:
        shard, numbers = self.find(epoch, place)
        return shard.where(numbers[0])

    def release(self) -> None:
        self.hand = None
        self.shards.remove()

    def find(self, epoch: int, place: int) -> tuple[Shard, list[int]]:
        """The shard of a batch, and its pairs there."""
        numbers, ends = self.order(epoch)
        at = int(np.searchsorted(ends, place, side="right"))
        number, first = int(numbers[at]), int(ends[at - 1]) if at else 0
        if self.hand is None or self.hand[:2] != (epoch, number):
            self.hand = None  # one at a time
            shard = self.shards.open(number)
            train = self.train
            plan = order.batches(*shard.lengths(), train.batch_tokens, train.seed, epoch, shard=number)
            self.hand = epoch, number, shard, plan
        return self.hand[2], self.hand[3][place - first]

    def order(self, epoch: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The shards of an epoch, and how many batches there are up to the end of each."""
        if self.turn is None or self.turn[0] != epoch:
            count = len(self.shards.batches)
            # no shard has this number, so nothing else is drawn from it
            numbers = np.random.default_rng([self.train.seed, epoch, count]).permutation(count)
            self.turn = epoch, numbers, np.cumsum(np.asarray(self.shards.batches)[numbers])
        return self.turn[1:]


def streamed(
    settings: Settings,
    pairs: Iterable[Example],
    cut: Callable[[list[Example]], Corpus],
    sieve: Sieve,
    folder: Path,
    watcher: Watcher,
    *,
    chief: bool,
) -> Streamed:
    """The feed of a training: by shards that are in the folder, or are written there now.

    pairs  gone through only if they are to be written
    cut    what cuts some of them into pieces
    chief  whether this process checks and writes; the others read what it left

    Raises DamagedError for shards that are not what they were, SetupError where they cannot be kept.
    """
    if chief and shards.complete(folder):
        shards.check(folder, watcher)
    elif chief:
        size, tokens = settings.data.shard, settings.train.batch_tokens
        told = counted(pairs, "cutting pairs into pieces, and writing them into shards", watcher)
        corpora = (sieve(cut(some)) for some in chunks(told, min(size, CHUNK)))
        shards.write(folder, corpora, size, tokens, settings.data.train)
        sieve.tell(watcher)
    return Streamed(settings, Shards.read(folder))


def chunks(pairs: Iterable[Example], size: int) -> Iterator[list[Example]]:
    """So many at a time; the last may be fewer."""
    row = iter(pairs)
    while some := list(islice(row, size)):
        yield some
