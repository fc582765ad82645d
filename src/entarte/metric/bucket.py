"""Quality by how long the source is, and by how often a word was seen in training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from entarte.errors import InputError
from entarte.metric.base import Metric, Rows, Score, number
from entarte.metric.significance import Interval, interval

LENGTHS = (10, 20, 30, 40, 50)
FREQUENCIES = (1, 2, 5, 10, 100, 1000)


@dataclass(frozen=True)
class LengthBucket:
    """The sentences whose source has `low` to `high` words (both included; None: no upper end).

    score is None in a bucket without sentences.
    """

    low: int
    high: int | None
    sentences: int
    score: Score | None
    interval: Interval | None = None

    @property
    def label(self) -> str:
        return span(self.low, self.high)

    def to_json(self) -> dict[str, Any]:
        return {
            "low": self.low,
            "high": self.high,
            "sentences": self.sentences,
            "score": None if self.score is None else self.score.to_json(),
            "interval": None if self.interval is None else self.interval.to_json(),
        }


@dataclass(frozen=True)
class WordBucket:
    """The words seen `low` to `high` times in training: how many were wanted, said, and both.

    Counted by token; a hypothesis word is right at most as often as the reference has it. precision,
    recall and f1 are percentages, NaN where nothing was said or wanted.
    """

    low: int
    high: int | None
    wanted: int
    said: int
    matched: int

    @property
    def label(self) -> str:
        return span(self.low, self.high)

    @property
    def precision(self) -> float:
        return 100 * self.matched / self.said if self.said else float("nan")

    @property
    def recall(self) -> float:
        return 100 * self.matched / self.wanted if self.wanted else float("nan")

    @property
    def f1(self) -> float:
        total = self.said + self.wanted  # 2PR / (P + R) = 2 · matched / (said + wanted)
        return 200 * self.matched / total if total else float("nan")

    def to_json(self) -> dict[str, Any]:
        return {
            "low": self.low,
            "high": self.high,
            "wanted": self.wanted,
            "said": self.said,
            "matched": self.matched,
            "precision": number(self.precision),
            "recall": number(self.recall),
            "f1": number(self.f1),
        }


def by_length(
    metric: Metric,
    rows: Rows,
    lengths: Sequence[int],
    edges: Sequence[int] = LENGTHS,
    *,
    samples: int = 0,
    seed: int = 1,
) -> list[LengthBucket]:
    """The corpus value of the sentences of each bucket: up to edges[0], edges[0] + 1 to edges[1], …

    lengths (N,): words of each source. samples > 0 adds a 95 % bootstrap interval to each bucket.
    """
    if len(lengths) != len(rows):
        raise InputError(f"{len(rows)} sentences but {len(lengths)} sources")
    ends = _ends(edges)
    known = np.asarray(lengths)
    buckets = []
    for low, high in zip([0, *(end + 1 for end in ends)], [*ends, None]):
        inside = (known >= low) & (known <= (np.inf if high is None else high))
        chosen = [rows[at] for at in np.flatnonzero(inside)]
        score = metric.corpus(chosen) if chosen else None
        band = interval(metric, chosen, samples=samples, seed=seed) if samples and chosen else None
        buckets.append(LengthBucket(low, high, len(chosen), score, band))
    return buckets


def by_word_frequency(
    hypotheses: Sequence[str],
    references: Sequence[str | Sequence[str]],
    frequencies: Mapping[str, int],
    edges: Sequence[int] = FREQUENCIES,
) -> list[WordBucket]:
    """How well words of each training frequency come out (as compare-mt, Neubig et al. 2019).

    Buckets: seen fewer than edges[0] times, edges[0] to edges[1] − 1, …, edges[−1] or more; with the
    default 0, 1, 2–4, 5–9, 10–99, 100–999, 1000+. Words are what whitespace separates. Of several
    references a sentence is measured on the one that shares most words with it, the shorter of equals.
    """
    if len(hypotheses) != len(references):
        raise InputError(f"{len(hypotheses)} hypotheses but {len(references)} references")
    starts = _ends(edges)
    counts = np.zeros((len(starts) + 1, 3), dtype=int)  # wanted, said, matched
    for hypothesis, known in zip(hypotheses, references):
        said = Counter(hypothesis.split())
        readings = [Counter(each.split()) for each in ([known] if isinstance(known, str) else known)]
        wanted = max(readings, key=lambda each: ((each & said).total(), -each.total()))
        for column, words in enumerate((wanted, said, wanted & said)):
            for word, count in words.items():
                counts[np.searchsorted(starts, frequencies.get(word, 0), side="right"), column] += count
    limits = zip([0, *starts], [*(start - 1 for start in starts), None])
    return [WordBucket(low, high, *map(int, row)) for (low, high), row in zip(limits, counts)]


def word_frequencies(lines: Iterable[str]) -> Counter[str]:
    """How often each whitespace-separated word occurs.

    >>> word_frequencies(["a b", "a"])["a"]
    2
    """
    frequencies: Counter[str] = Counter()
    for line in lines:
        frequencies.update(line.split())
    return frequencies


def span(low: int, high: int | None) -> str:
    """How a bucket is called.

    >>> span(0, 10), span(3, 3), span(51, None)
    ('0–10', '3', '51+')
    """
    if high is None:
        return f"{low}+"
    return str(low) if low == high else f"{low}–{high}"


def _ends(edges: Sequence[int]) -> list[int]:
    ends = list(edges)
    if not ends or ends != sorted(set(ends)) or ends[0] < 1:
        raise InputError(
            f"the edges of the buckets are {', '.join(map(str, ends)) or 'none'}",
            setting="buckets",
            advice="They must be whole numbers from 1 on, each larger than the one before, as 10,20,30",
        )
    return ends
