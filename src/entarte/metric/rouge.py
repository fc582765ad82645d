"""ROUGE-1, ROUGE-2 and ROUGE-L (Lin 2004): how much of a reference summary came out."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence

import numpy as np

from entarte.metric.base import Additive, Floats, Rows, TextMetric, nrefs_text, ratio, stack
from entarte.metric.edit import common_subsequence

WORD = re.compile(r"[^\W_]+")


class Rouge(Additive, TextMetric):
    """F1 of a sentence against its best reference; the corpus value is the mean over sentences × 100.

    Row (K = 5): number of references, precision, recall, F1, 1.

    Words are runs of letters and digits of any script, lowercased, not stemmed. On ASCII text this is
    the `rouge-score` package without its stemmer; that package drops every letter outside a–z.
    """

    @abstractmethod
    def overlap(self, said: list[str], wanted: list[str]) -> tuple[int, int, int]:
        """(matched, of the hypothesis, of the reference)."""

    def sentence(self, hypothesis: str, references: Sequence[str]) -> Floats:
        said = WORD.findall(hypothesis.lower())
        found = stack([self.overlap(said, WORD.findall(reference.lower())) for reference in references])
        precision, recall = ratio(found[:, 0], found[:, 1], 0.0), ratio(found[:, 0], found[:, 2], 0.0)
        f1 = ratio(2 * precision * recall, precision + recall, 0.0)
        best = int(f1.argmax())
        return np.array([len(references), precision[best], recall[best], f1[best], 1.0])

    def value(self, totals: Floats) -> Floats:
        return 100 * ratio(totals[:, 3], totals[:, 4])

    def details(self, rows: Rows) -> dict[str, float]:
        mean = 100 * stack(rows).mean(0)
        return {"precision": float(mean[1]), "recall": float(mean[2])}

    def signature(self, rows: Rows) -> str:
        return f"nrefs:{nrefs_text(stack(rows)[:, 0])}|case:lc|stem:no|best:f1|def:1"


class RougeN(Rouge):
    """F1 over clipped n-grams."""

    order: int

    def overlap(self, said: list[str], wanted: list[str]) -> tuple[int, int, int]:
        hypothesis, reference = (
            Counter(tuple(words[at : at + self.order]) for at in range(len(words) - self.order + 1))
            for words in (said, wanted)
        )
        return (hypothesis & reference).total(), hypothesis.total(), reference.total()


class Rouge1(RougeN):
    """F1 over words."""

    name, label, order = "rouge-1", "ROUGE-1", 1


class Rouge2(RougeN):
    """F1 over pairs of words."""

    name, label, order = "rouge-2", "ROUGE-2", 2


class RougeL(Rouge):
    """F1 over the longest common subsequence of words; the line is one sentence (not ROUGE-Lsum)."""

    name, label = "rouge-l", "ROUGE-L"

    def overlap(self, said: list[str], wanted: list[str]) -> tuple[int, int, int]:
        return common_subsequence(said, wanted), len(said), len(wanted)
