"""TER, translation edit rate (Snover et al. 2006), counted by sacreBLEU."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sacrebleu

from entarte.metric.base import Additive, Floats, Rows, TextMetric, nrefs, stack
from entarte.metric.error_rate import rate


class Ter(Additive, TextMetric):
    """Insertions, deletions, substitutions and moves of whole phrases, per 100 words of reference.

    Row (K = 3): number of references, least edits to any reference, mean length of the references.
    """

    name = "ter"
    label = "TER"
    higher_is_better = False

    def __init__(self, *, case_sensitive: bool = False) -> None:
        self._counter = sacrebleu.TER(case_sensitive=case_sensitive)
        self._signature = sacrebleu.TER(case_sensitive=case_sensitive)

    def sentence(self, hypothesis: str, references: Sequence[str]) -> Floats:
        score = self._counter.sentence_score(hypothesis, list(references))
        return np.array([len(references), score.num_edits, score.ref_length], dtype=np.float64)

    def value(self, totals: Floats) -> Floats:
        return rate(totals[:, 1], totals[:, 2])

    def details(self, rows: Rows) -> dict[str, float]:
        _, changes, length = stack(rows).sum(0)
        return {"edits": float(changes), "reference_length": float(length)}

    def signature(self, rows: Rows) -> str:
        self._signature.num_refs = nrefs(stack(rows)[:, 0])
        return str(self._signature.get_signature())
