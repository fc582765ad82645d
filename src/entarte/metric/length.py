"""Length ratio: how long the outputs are beside their references."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from entarte.metric.base import Additive, Floats, Rows, TextMetric, nrefs_text, ratio, stack


class Length(Additive, TextMetric):
    """Words written / words wanted; 1 is right, and neither more nor less is better.

    Row (K = 3): number of references, words of the hypothesis, words of the closest reference (the
    shorter of two equally close ones, as in BLEU's brevity penalty).

    Undefined (NaN) where the references have no word at all.
    """

    name = "length"
    label = "length ratio"
    unit = ""
    higher_is_better = None

    def sentence(self, hypothesis: str, references: Sequence[str]) -> Floats:
        said = len(hypothesis.split())
        lengths = (len(reference.split()) for reference in references)
        closest = min(lengths, key=lambda length: (abs(length - said), length))
        return np.array([len(references), said, closest], dtype=np.float64)

    def value(self, totals: Floats) -> Floats:
        return ratio(totals[:, 1], totals[:, 2])

    def quality(self, values: Floats) -> Floats:
        return -np.abs(values - 1)

    def details(self, rows: Rows) -> dict[str, float]:
        _, said, wanted = stack(rows).sum(0)
        return {"hypothesis_length": float(said), "reference_length": float(wanted)}

    def signature(self, rows: Rows) -> str:
        return f"nrefs:{nrefs_text(stack(rows)[:, 0])}|symbol:word|best:closest|def:1"
