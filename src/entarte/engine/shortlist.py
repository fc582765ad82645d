"""Shortlists: for each source piece, the target pieces that translate it (Jean et al. 2015, section 3).

A sentence chooses among the words that are common everywhere and those of its own pieces. Its list depends on
the sentence alone, and so do its probabilities. Lists are an approximation: off unless asked for.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from entarte import manifest
from entarte.engine.folder import SHORTLIST
from entarte.engine.graphs import Floats, Graphs, Ints, Parts
from entarte.engine.rows import Job
from entarte.errors import DamagedError
from entarte.vocabulary import PAD

GRAIN = 128
"""Lists are filled up to a multiple of this many words."""


@dataclass(frozen=True)
class Shortlists:
    """Which target pieces may be said.

    common  (C,) for any sentence, EOS among them
    begin   (V + 1,) the pieces of source piece i are those from begin[i] to begin[i + 1] …
    pieces  … of this
    """

    common: Ints
    begin: Ints
    pieces: Ints

    @classmethod
    def read(cls, folder: Path) -> Shortlists | None:
        """Those of an export's folder; None where it has none. Raises DamagedError for what is none."""
        path = folder / SHORTLIST
        if not path.exists():
            return None
        try:
            with np.load(path, allow_pickle=False) as file:
                return cls(*(file[name].astype(np.int64) for name in ("common", "begin", "pieces")))
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise DamagedError(f"cannot be read ({error})", file=path, advice=manifest.AGAIN) from error

    def write(self, path: Path) -> None:
        """Into a folder."""
        np.savez_compressed(path, common=self.common, begin=self.begin, pieces=self.pieces)

    def of(self, ids: Sequence[int]) -> Ints:
        """The words of a sentence, by rising id."""
        own = [self.pieces[self.begin[i] : self.begin[i + 1]] for i in set(ids)]
        return np.unique(np.concatenate([self.common, *own]))

    def width(self, ids: Sequence[int]) -> int:
        """How long the list of a sentence is when it is filled up."""
        return -(-len(self.of(ids)) // GRAIN) * GRAIN


class Shorts:
    """The output layer for sentences with a list each: one product with the union of the lists, of which each
    row then takes its own.

    width  L, of the lists
    """

    def __init__(self, graphs: Graphs, lists: Shortlists, width: int) -> None:
        self.graphs, self.lists, self.width = graphs, lists, width
        self.words: Ints = np.full((0, width), PAD)  # (slots, L)
        self.matrix: Parts = {}
        self.own: Ints = self.words
        self.real: NDArray[np.bool_] = self.words > PAD

    def begin(self, slots: Ints, jobs: list[Job], size: int) -> None:
        """These sentences stand in these slots now."""
        words = np.full((size, self.width), PAD)
        words[: len(self.words)] = self.words
        for slot, job in zip(slots.tolist(), jobs):
            own = self.lists.of(job.ids)
            words[slot] = PAD
            words[slot, : len(own)] = own
        self.gather(words)

    def move(self, slots: Ints) -> None:
        """Only these slots are left, and stand in this order."""
        self.gather(self.words[slots])

    def gather(self, words: Ints) -> None:
        """The union of the lists, its part of the output matrix, and where in it each list's words are."""
        among = np.zeros(int(words.max()) + 1, bool)
        among[words] = True
        picked = self.graphs.picker({"words": np.flatnonzero(among)})
        self.matrix = dict(zip(self.graphs.picker.gives, picked, strict=True))
        self.words, self.own, self.real = words, (among.cumsum() - 1)[words], words > PAD
        self.real[:, 0] = True  # free room has no words at all

    def say(self, features: Floats, slot: Ints, k: int, scores: bool) -> tuple[Ints, Floats | None]:
        """The k most probable words of each row."""
        feeds: Parts = {"features": features, **self.matrix, "own": self.own[slot], "real": self.real[slot]}
        ids, log_probs = self.graphs.most(self.graphs.short, feeds, k, scores)
        return self.words[slot[:, None], ids], log_probs
