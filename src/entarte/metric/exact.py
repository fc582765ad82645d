"""Exact match: how many sentences came out exactly as one of their references; and how many did not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from entarte.metric.base import Additive, Floats, Rows, TextMetric, nrefs_text, ratio, stack


class Exact(Additive, TextMetric):
    """100 · hits / sentences. Whitespace at the ends does not count; all else does.

    Row (K = 3): number of references, 1 if the sentence equals any of them, 1.

    `SentenceErrors` is 100 minus this.
    """

    name = "exact"
    label = "exact match"

    def __init__(self, *, lowercase: bool = False) -> None:
        self._lowercase = lowercase

    def sentence(self, hypothesis: str, references: Sequence[str]) -> Floats:
        said, *wanted = (
            line.strip().lower() if self._lowercase else line.strip() for line in (hypothesis, *references)
        )
        return np.array([len(references), said in wanted, 1], dtype=np.float64)

    def value(self, totals: Floats) -> Floats:
        return 100 * ratio(totals[:, 1], totals[:, 2])

    def details(self, rows: Rows) -> dict[str, float]:
        return {"hits": float(stack(rows)[:, 1].sum())}

    def signature(self, rows: Rows) -> str:
        case = "lc" if self._lowercase else "mixed"
        return f"nrefs:{nrefs_text(stack(rows)[:, 0])}|case:{case}|ends:stripped|def:1"


class SentenceErrors(Exact):
    """Sentence error rate: 100 · sentences with any error / sentences; a row as `Exact` has it.

    Where a sentence is one word, spelled as phonemes, this is what papers on pronunciation call the word
    error rate (with several readings, that of the best: Rao et al. 2015).
    """

    name = "ser"
    label = "SER"
    higher_is_better = False

    def value(self, totals: Floats) -> Floats:
        return 100 - super().value(totals)
