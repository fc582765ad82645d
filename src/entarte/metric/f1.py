"""F1 over words: how much of an answer is right, and how much of what is right was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from entarte.metric.base import Additive, Floats, Rows, TextMetric, nrefs_text, ratio, stack


class F1(Additive, TextMetric):
    """The mean over sentences of 2PR / (P + R), where P and R count words in common, whatever their order
    (Rajpurkar et al. 2016, section 6.1; there without articles and punctuation, which count here). Of several
    references the best counts.

    Row (K = 3): number of references, F1 of the sentence, 1.
    """

    name, label = "f1", "F1"

    def __init__(self, *, lowercase: bool = False) -> None:
        self._lowercase = lowercase

    def sentence(self, hypothesis: str, references: Sequence[str]) -> Floats:
        said = self._words(hypothesis)
        best = max(overlap(said, self._words(reference)) for reference in references)
        return np.array([len(references), best, 1], dtype=np.float64)

    def value(self, totals: Floats) -> Floats:
        return 100 * ratio(totals[:, 1], totals[:, 2])

    def signature(self, rows: Rows) -> str:
        case = "lc" if self._lowercase else "mixed"
        return f"nrefs:{nrefs_text(stack(rows)[:, 0])}|case:{case}|symbol:word|mean:sentence|def:1"

    def _words(self, line: str) -> Counter[str]:
        return Counter((line.lower() if self._lowercase else line).split())


def overlap(said: Counter[str], wanted: Counter[str]) -> float:
    """2 |said ∩ wanted| / (|said| + |wanted|); of nothing against nothing 1.

    >>> overlap(Counter(["hat", "lamp"]), Counter(["hat"]))
    0.6666666666666666
    """
    both = said.total() + wanted.total()
    return 2 * (said & wanted).total() / both if both else 1.0
