"""Repetition: how much of what is said was said before in the same output."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from entarte.metric.base import Additive, Floats, Rows, TextMetric, ratio


class Repeated(Additive, TextMetric):
    """100 · n-grams that stand in the same output already / n-grams (See et al. 2017, figure 4). References
    are not looked at.

    Row (K = 2): n-grams that come again, n-grams. Undefined (NaN) where no output is so long.
    """

    order: int
    higher_is_better = False

    def sentence(self, hypothesis: str, references: Sequence[str]) -> Floats:
        words = hypothesis.split()
        grams = [tuple(words[at : at + self.order]) for at in range(len(words) - self.order + 1)]
        return np.array([len(grams) - len(set(grams)), len(grams)], dtype=np.float64)

    def value(self, totals: Floats) -> Floats:
        return 100 * ratio(totals[:, 0], totals[:, 1])

    def signature(self, rows: Rows) -> str:
        return "within:sentence|symbol:word|def:1"


class Repeated1(Repeated):
    """Over words."""

    name, label, order = "repeated-1", "repeated-1", 1


class Repeated2(Repeated):
    """Over pairs of words."""

    name, label, order = "repeated-2", "repeated-2", 2
