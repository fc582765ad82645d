"""Unknown words: what a vocabulary of words could not say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from entarte.metric.base import Additive, Floats, Rows, TextMetric, ratio, stack


class Unknown(Additive, TextMetric):
    """100 · words that are <unk> / words. References are not looked at.

    Row (K = 2): unknown words, words. Undefined (NaN) where nothing was said.
    """

    name, label, higher_is_better = "unknown", "unknown words", False

    def sentence(self, hypothesis: str, references: Sequence[str]) -> Floats:
        words = hypothesis.split()
        return np.array([words.count("<unk>"), len(words)], dtype=np.float64)

    def value(self, totals: Floats) -> Floats:
        return 100 * ratio(totals[:, 0], totals[:, 1])

    def details(self, rows: Rows) -> dict[str, float]:
        return {"unknown": float(stack(rows)[:, 0].sum())}

    def signature(self, rows: Rows) -> str:
        return "symbol:<unk>|def:1"
