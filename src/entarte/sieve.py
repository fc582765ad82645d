"""Which cut pairs can be trained on, however many come at a time; and the account of the others."""

from __future__ import annotations

import os
from functools import cached_property, lru_cache
from itertools import pairwise

from entarte.corpus import Corpus
from entarte.errors import InputError
from entarte.model import Model
from entarte.settings import Settings
from entarte.watch import Watcher

SHOWN = 5
"""So many pairs that are too large for the memory are named."""


class Sieve:
    """Lets through what can be trained on: not too many pieces, and nothing that would burst the memory. What
    CTC can learn nothing from is let through, and counted.

    It is called on one corpus after another; `tell` then gives the account of all.
    """

    def __init__(self, settings: Settings, model: Model) -> None:
        self.settings = settings
        self.model = model
        self.held = lru_cache(1 << 16)(model.held)
        self.seen = self.long = self.unplaced = self.huge = self.short = 0
        self.first: list[str] = []

    @cached_property
    def budget(self) -> float:
        """Bytes that one pair may take."""
        return (self.settings.train.max_memory or free_memory() / 2) * 2**30

    def __call__(self, corpus: Corpus) -> Corpus:
        """The pairs that can be trained on; there may be none."""
        most = self.settings.data.max_pieces
        lengths = list(zip(*corpus.lengths(), strict=True))
        long = {n for n, pair in enumerate(lengths) if most and max(pair) - 1 > most}
        unplaced = beyond_positions(self.model, corpus) - long
        left = long | unplaced
        huge = [n for n, pair in enumerate(lengths) if self.held(*pair) > self.budget and n not in left]
        for n in huge[: SHOWN - len(self.first)]:
            self.first.append(
                f"{corpus.examples[n].where}: left out: a pair of {lengths[n][0] - 1} and "
                f"{lengths[n][1] - 1} pieces would take about {self.held(*lengths[n]) / 2**30:.1f} GiB; "
                f"{self.budget / 2**30:.1f} are free for it (train.max_memory)"
            )
        self.seen += len(lengths)
        self.long += len(long)
        self.unplaced += len(unplaced)
        self.huge += len(huge)
        left |= {*huge}
        kept = corpus.without(left) if left else corpus
        if self.settings.loss.ctc:
            self.short += unsayable(self.model, kept)
        return kept

    @property
    def kept(self) -> int:
        """Pairs that were let through."""
        return self.seen - self.long - self.unplaced - self.huge

    def tell(self, watcher: Watcher) -> None:
        """What was left out, and why. Raises InputError where nothing is left to learn from."""
        if self.long:
            most = self.settings.data.max_pieces
            watcher.note(f"{self.long} pairs left out: more than {most} pieces (data.max_pieces)")
        if self.unplaced:
            watcher.note(f"{self.unplaced} pairs left out: more pieces than there are learned positions")
        for line in self.first:
            watcher.note(line)
        if self.huge > SHOWN:
            watcher.note(f"{self.huge - SHOWN} more pairs left out for their size")
        if not self.kept:
            raise InputError("no training pair is short enough", setting="data.max_pieces")
        if self.short == self.kept:
            raise InputError(
                "every training target has more pieces than its source has slots, so CTC can say none",
                setting="loss.ctc",
                advice="Set it to 0, or let the encoder leave more slots.",
            )
        if self.short:
            watcher.note(
                f"{self.short} of {self.kept:,} targets have more pieces than slots: CTC leaves them out"
            )


def beyond_positions(model: Model, corpus: Corpus) -> set[int]:
    """The pairs with a side that has more pieces than the model has positions, where those are learned."""
    sides = zip(corpus.lengths(), (model.encoder.longest, model.decoder.longest), strict=True)
    return {
        n for lengths, most in sides if most is not None for n, length in enumerate(lengths) if length > most
    }


def unsayable(model: Model, corpus: Corpus) -> int:
    """How many pairs CTC can learn nothing from: a target needs a slot for each piece, and one between equal
    ones."""
    count = 0
    for read, said in zip(corpus.sources, corpus.targets, strict=True):
        slots = -(-(len(read) + 1) // model.encoder.reduction)
        count += slots < len(said) + sum(one == other for one, other in pairwise(said))
    return count


def free_memory() -> float:
    """GiB of memory that is free now."""
    known = os.sysconf_names
    pages = "SC_AVPHYS_PAGES" if "SC_AVPHYS_PAGES" in known else "SC_PHYS_PAGES"  # macOS knows only the whole
    return os.sysconf(pages) * os.sysconf("SC_PAGE_SIZE") / 2**30 if pages in known else 8.0
