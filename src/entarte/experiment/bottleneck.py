"""Bottleneck: what a fixed vector loses when sentences grow long, and attention keeps.

After Cho et al. 2014 (figure 4) and Bahdanau, Cho and Bengio 2015 (figure 2): quality by source length,
up to the longest in training and beyond it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from entarte.errors import InputError
from entarte.example import Example
from entarte.experiment.base import Experiment, Findings, Row, Sizes
from entarte.experiment.compare import SAMPLES, between, bleu, mean, pooled
from entarte.experiment.outcome import Outcome
from entarte.metric.base import Floats
from entarte.metric.bleu import Bleu
from entarte.metric.bucket import LengthBucket, by_length
from entarte.metric.table import Cell, Table
from entarte.plot.curve import Panel, Series
from entarte.span import word_count

PARTS = 4
"""Buckets up to the longest training sentence; as many beyond it."""
FEWEST = 10
"""A bucket with fewer sentences is left out of the picture."""


@dataclass(frozen=True)
class Bottleneck(Experiment):
    """Fixed vector, fixed vector of the reversed source, mean, attention: trained alike.

    longest    words of the longest source in training; of your own pairs, longer ones are left out
    long       of those, so many are tested beside data.test
    attention  the one that is held against the fixed vector
    """

    longest: int = 16
    long: int = 500
    attention: str = "general"

    name: ClassVar[str] = "bottleneck"
    base: ClassVar[str] = """
[text]
kind = "unigram"
size = 800
[front]
width = 128
[encoder]
cell = "gru"
width = 192
directions = "one"
[decoder]
cell = "gru"
width = 192
start = "last"
query = "current"
input_feeding = false
[readout]
kind = "attentional"
[model]
tied = "all"
[train]
rate = 0.004
warmup = 100
schedule = "cosine"
epochs = 6
batch_tokens = 600
valid_sentences = 100
threads = 1
[generate]
kind = "greedy"
"""

    def __post_init__(self) -> None:
        if self.longest < PARTS:
            raise InputError(
                f"{self.longest} words cannot be parted in {PARTS}",
                setting="--longest",
                advice="Say 12, or 20.",
            )
        if self.attention in ("none", "mean"):
            raise InputError(
                f"'{self.attention}' is in the experiment already",
                setting="--attention",
                advice="Name one that looks: general, additive …",
            )

    def rows(self) -> list[Row]:
        return [
            Row("fixed", "fixed vector", ("attention.kind=none", "encoder.reverse=false")),
            Row("reversed", "fixed, reversed source", ("attention.kind=none", "encoder.reverse=true")),
            Row("mean", "mean", ("attention.kind=mean", "encoder.reverse=false")),
            Row("attention", "attention", (f"attention.kind={self.attention}", "encoder.reverse=false")),
        ]

    @property
    def sizes(self) -> Sizes:
        return Sizes(12_000, 200, 600, self.longest, 2 * self.longest, even=True)

    def limits(self) -> tuple[int, int] | None:
        return self.longest, self.long

    def findings(self, pairs: Sequence[Example], outcomes: Mapping[str, list[Outcome]]) -> Findings:
        lengths = np.array([word_count(pair.source) for pair in pairs])
        rows = {row.title: pooled(outcomes[row.name], pairs) for row in self.rows()}
        edges = sorted({round(self.longest * part / PARTS) for part in range(1, 2 * PARTS + 1)})
        buckets = {
            title: by_length(Bleu(), found, lengths.tolist(), edges, samples=SAMPLES)
            for title, found in rows.items()
        }
        tables = [
            self.summary(rows, lengths, outcomes),
            by_bucket("BLEU by source length (words)", buckets, value),
            by_bucket("95 % intervals", buckets, limits),
        ]
        notes = [
            f"Training sources have at most {self.longest} words; each row is trained alike, "
            f"with {self.seeds} seed{'s' * (self.seeds > 1)}.",
            f"Intervals: {SAMPLES} bootstrap samples of the sentences, all seeds of a sentence together.",
            f"The picture leaves out lengths with fewer than {FEWEST} sentences.",
        ]
        return Findings(tables, {"length": self.panels(buckets, lengths)}, notes)

    def summary(
        self, rows: Mapping[str, Floats], lengths: np.ndarray, outcomes: Mapping[str, list[Outcome]]
    ) -> Table:
        """A line a row: quality within and beyond the lengths of training, and what it cost."""
        inside, beyond = lengths <= self.longest, lengths > self.longest
        body: list[tuple[Cell, ...]] = []
        for row in self.rows():
            found, own = rows[row.title], outcomes[row.name]
            scores = [bleu(found[part]) if part.any() else None for part in (inside, beyond)]
            costs = (
                mean([each.perplexity() for each in own]),
                own[0].parameters,
                mean([each.training for each in own]),
            )
            body.append((row.title, *scores, *costs))
        heads = ("BLEU, as long as in training", "BLEU, longer", "perplexity", "parameters", "training, s")
        return Table("Fixed vector and attention", ("model", *heads), tuple(body))

    def panels(self, buckets: Mapping[str, list[LengthBucket]], lengths: np.ndarray) -> list[Panel]:
        """Quality by length with its bands: up to the longest training sentence, and beyond."""
        panels = []
        for title, long in (("as long as in training", False), ("longer than any in training", True)):
            series = []
            for name, found in buckets.items():
                shown = [
                    one
                    for one in found
                    if one.sentences >= FEWEST
                    and (one.low > self.longest) == long
                    and one.interval
                    and one.score
                ]
                series.append(
                    Series(
                        name,
                        [middle(one, lengths) for one in shown],
                        [one.score.value for one in shown if one.score],
                        [one.interval.low for one in shown if one.interval],
                        [one.interval.high for one in shown if one.interval],
                    )
                )
            panels.append(Panel(tuple(series), "source length (words)", "BLEU", title))
        return panels


def value(bucket: LengthBucket) -> Cell:
    """The BLEU of a bucket."""
    return None if bucket.score is None else bucket.score.value


def limits(bucket: LengthBucket) -> Cell:
    """Its interval."""
    return None if bucket.interval is None else between(bucket.interval)


def middle(bucket: LengthBucket, lengths: np.ndarray) -> float:
    """The mean length of a bucket's sentences."""
    inside = (lengths >= bucket.low) & (lengths <= (np.inf if bucket.high is None else bucket.high))
    return float(lengths[inside].mean())


def by_bucket(
    title: str, buckets: Mapping[str, list[LengthBucket]], cell: Callable[[LengthBucket], Cell]
) -> Table:
    """A line a bucket that has sentences, a column a model."""
    first = next(iter(buckets.values()))
    body: list[tuple[Cell, ...]] = [
        (one.label, one.sentences, *(cell(found[at]) for found in buckets.values()))
        for at, one in enumerate(first)
        if one.sentences
    ]
    return Table(title, ("words", "sentences", *buckets), tuple(body))
