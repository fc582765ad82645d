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

from entarte import manifest
from entarte.engine.folder import SHORTLIST
from entarte.engine.graphs import Floats, Graphs, Ints, Parts
from entarte.engine.rows import Job, Placed, grown
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


def width(words: Ints) -> int:
    """How long a list is when it is filled up."""
    return -(-len(words) // GRAIN) * GRAIN


class Shorts:
    """The output layer for sentences with a list each.

    width  L, of the lists
    """

    def __init__(self, graphs: Graphs, width: int) -> None:
        self.graphs, self.width = graphs, width
        self.words: Ints = np.full((0, width), PAD)  # (slots, L)
        self.parts: Parts = {}

    def begin(self, at: Ints, jobs: list[Job], size: int) -> None:
        """These sentences stand in these slots now."""
        words = np.full((len(jobs), self.width), PAD)
        for row, job in zip(words, jobs):
            assert job.words is not None
            row[: len(job.words)] = job.words
        picked = dict(zip(self.graphs.picker.gives, self.graphs.picker({"words": words}), strict=True))
        picked["bias"] = np.where(words == PAD, np.float32(-np.inf), picked["bias"])
        self.words = grown(self.words, self.words, size)
        self.words[at] = words
        self.parts = {name: grown(self.parts.get(name), part, size) for name, part in picked.items()}
        for name, part in picked.items():
            self.parts[name][at] = part

    def move(self, slots: Ints) -> None:
        """Only these slots are left, and stand in this order."""
        self.words, self.parts = self.words[slots], {name: part[slots] for name, part in self.parts.items()}

    def say(self, features: Floats, rows: Placed, k: int, scores: bool) -> tuple[Ints, Floats | None]:
        """The k most probable words of each row."""
        feeds: Parts = {"features": features, "place": rows.place, "back": rows.back, **self.parts}
        ids, log_probs = self.graphs.most(self.graphs.short, feeds, k, scores)
        return self.words[rows.slot[:, None], ids], log_probs
