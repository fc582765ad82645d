"""Shortlists: for each source piece, the target pieces that translate it (Jean et al. 2015, section 3).

A sentence chooses among the words that are common everywhere and those of its own pieces. Its list depends on
the sentence alone, and so do its probabilities. Lists are an approximation: off unless asked for.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from entarte import manifest
from entarte.engine.folder import SHORTLIST
from entarte.engine.graphs import Floats, Graphs, Ints, Parts
from entarte.engine.rows import Job, Placed
from entarte.errors import DamagedError
from entarte.vocabulary import PAD

GRAIN = 512
"""Lists are filled up to a multiple of this many words, so that sentences with lists of unlike length can be
decoded together."""


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
        among = np.zeros(self.most + 1, bool)
        among[self.common] = True
        for i in set(ids):
            among[self.pieces[self.begin[i] : self.begin[i + 1]]] = True
        return np.flatnonzero(among)

    @cached_property
    def most(self) -> int:
        """The highest id on any list."""
        return int(max(self.common.max(initial=0), self.pieces.max(initial=0)))


def width(words: Ints) -> int:
    """How long a list is when it is filled up."""
    return -(-len(words) // GRAIN) * GRAIN


class Shorts:
    """The output layer for sentences with a list each.

    width  L, of the lists
    """

    def __init__(self, graphs: Graphs, width: int) -> None:
        self.graphs = graphs
        self.words: Ints = np.full((0, width), PAD)  # (slots, L)

    def begin(self, at: Ints, jobs: list[Job], size: int) -> None:
        """These sentences stand in these slots now."""
        words = np.full((max(size, len(self.words)), self.words.shape[1]), PAD)
        words[: len(self.words)] = self.words
        for slot, job in zip(at.tolist(), jobs):
            assert job.words is not None
            words[slot] = PAD
            words[slot, : len(job.words)] = job.words
        self.words = words

    def move(self, slots: Ints) -> None:
        """Only these slots are left, and stand in this order."""
        self.words = self.words[slots]

    def say(self, features: Floats, rows: Placed, k: int, scores: bool) -> tuple[Ints, Floats | None]:
        """The k most probable words of each row."""
        feeds: Parts = {"features": features, "place": rows.place, "back": rows.back, "words": self.words}
        ids, log_probs = self.graphs.most(self.graphs.short, feeds, k, scores)
        return self.words[rows.slot[:, None], ids], log_probs
