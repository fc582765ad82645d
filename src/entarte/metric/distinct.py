"""distinct-n (Li et al. 2016): how little a set of answers repeats itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from entarte.metric.base import Floats, Rows, TextMetric


class Distinct(TextMetric):
    """100 · different n-grams / n-grams, over all outputs together. References are not looked at.

    A row is the tuple of the sentence's n-grams: what is distinct in a corpus is no sum over its
    sentences. A bootstrap sample has fewer distinct n-grams than the corpus, since it repeats sentences:
    to compare systems use approximate randomisation.
    """

    order: int

    def sentence(self, hypothesis: str, references: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        words = hypothesis.split()
        return tuple(tuple(words[at : at + self.order]) for at in range(len(words) - self.order + 1))

    def values(self, rows: Rows, counts: Floats) -> Floats:
        ids: dict[tuple[str, ...], int] = {}
        flat = np.array([ids.setdefault(gram, len(ids)) for row in rows for gram in row], dtype=np.intp)
        lengths = np.array([len(row) for row in rows])
        owner = np.repeat(np.arange(len(rows)), lengths)
        result = np.full(len(counts), np.nan)
        for sample, count in enumerate(counts):
            seen = np.zeros(len(ids), dtype=bool)
            seen[flat[count[owner] > 0]] = True
            total = count @ lengths
            if total:
                result[sample] = 100 * seen.sum() / total
        return result

    def each(self, rows: Rows) -> Floats:
        return np.array([100 * len(set(row)) / len(row) if row else np.nan for row in rows])

    def details(self, rows: Rows) -> dict[str, float]:
        return {
            "distinct": float(len({gram for row in rows for gram in row})),
            "ngrams": float(sum(len(row) for row in rows)),
        }

    def signature(self, rows: Rows) -> str:
        return "case:mixed|symbol:word|def:1"


class Distinct1(Distinct):
    """Different words per 100 words."""

    name, label, order = "distinct-1", "distinct-1", 1


class Distinct2(Distinct):
    """Different pairs of words per 100 pairs."""

    name, label, order = "distinct-2", "distinct-2", 2
