"""What a training asks of its pairs, and how pairs in memory answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from entarte import order
from entarte.batch import Batch
from entarte.corpus import Corpus, Resampled
from entarte.errors import InputError
from entarte.example import Example
from entarte.mixing import mixed
from entarte.settings import Settings
from entarte.sieve import Sieve
from entarte.source import Cut
from entarte.text import Tokenizer
from entarte.watch import Watcher


class Feed(Protocol):
    """The pairs of a training, epoch after epoch. Which pairs are in a batch is a function of epoch and place
    alone, so a training can go on from anywhere."""

    @property
    def digest(self) -> str:
        """SHA-256 of the pairs: a resumed training refuses others."""

    def __len__(self) -> int:
        """Pairs."""

    def batches(self, epoch: int) -> int:
        """How many batches an epoch has."""

    def batch(self, epoch: int, place: int, rows: slice) -> Batch | None:
        """These rows of a batch of an epoch; None where there is none of them."""

    def where(self, epoch: int, place: int) -> str:
        """Where the first pair of a batch came from, for messages."""

    def release(self) -> None:
        """The training is over: what was kept for it on the disk goes."""


class Whole:
    """A corpus in memory. Where tasks are mixed by temperature, epochs may differ by some batches.

    resampled  what cuts its pairs anew each time; None where that is not wanted
    """

    def __init__(self, settings: Settings, corpus: Corpus, resampled: Resampled | None = None) -> None:
        self.settings = settings
        self.corpus = corpus
        self.resampled = resampled
        self.lengths = corpus.lengths()
        self.parts: list[str] = []
        if settings.aim.temperature != 1:
            self.parts = [settings.aim.part(example.source) for example in corpus.examples]
        self.held: tuple[int, list[list[int]]] = (-1, [])

    @property
    def digest(self) -> str:
        return self.corpus.digest

    def __len__(self) -> int:
        return len(self.corpus)

    def batches(self, epoch: int) -> int:
        return len(self.plan(epoch))

    def batch(self, epoch: int, place: int, rows: slice) -> Batch | None:
        numbers = self.plan(epoch)[place]
        if not numbers[rows]:
            return None
        if self.resampled:
            return self.resampled.batch(numbers, epoch, place, rows)
        return self.corpus.batch(numbers[rows])

    def where(self, epoch: int, place: int) -> str:
        return self.corpus.examples[self.plan(epoch)[place][0]].where

    def release(self) -> None:
        pass

    def plan(self, epoch: int) -> list[list[int]]:
        """The batches of an epoch; those of the last one that was asked for are at hand."""
        if self.held[0] != epoch:
            train, numbers = self.settings.train, None
            if self.parts:
                numbers = mixed(self.parts, self.settings.aim.temperature, train.seed, epoch)
            plan = order.batches(*self.lengths, train.batch_tokens, train.seed, epoch, numbers)
            self.held = epoch, plan
        return self.held[1]


def whole(
    settings: Settings,
    pairs: Iterable[Example],
    cut: Callable[..., Corpus],
    sieve: Sieve,
    source: Cut,
    target: Tokenizer,
    watcher: Watcher,
) -> Whole:
    """The feed of a training whose pairs are all cut at once, by `cut`, and held in memory."""
    pairs, guided = list(pairs), settings.loss.guided > 0
    watcher.doing(f"cutting {len(pairs):,} pairs into pieces{', and their links' if guided else ''}")
    corpus = sieve(cut(pairs, guided=guided))
    sieve.tell(watcher)
    if guided:
        tell_guide(settings, corpus, watcher)
    text, resampled = settings.text, None
    if text.segmentations > 1:
        assert isinstance(source, Tokenizer), "settings refuse to cut anew what has no pieces"
        resampled = Resampled(corpus, source, target, text.segmentations, text.alpha, settings.train.seed)
    return Whole(settings, corpus, resampled)


def tell_guide(settings: Settings, corpus: Corpus, watcher: Watcher) -> None:
    """How many pairs have links that guide the attention. Raises InputError where none has."""
    linked = sum(bool(pair.links) for pair in corpus.examples)
    if not linked:
        raise InputError(
            "no training pair has a sure link to guide by",
            file=settings.data.train_links,
            setting="data.train_links",
            advice="Links are written i-j; i?j is only possible, and not used.",
        )
    watcher.note(f"{linked:,} of {len(corpus):,} pairs have word links that guide the attention")
