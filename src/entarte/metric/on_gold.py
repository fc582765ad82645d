"""How much of the attention falls on what an output rests on."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from entarte.alignment import Alignment, word_numbers
from entarte.metric.base import Additive, Floats, Rows, ratio, stack
from entarte.metric.links import Link


class OnGold(Additive):
    """100 · attention on the source words that a target word is linked to in gold, mean over such words.

    Row (K = 3): attention on gold links, target words more than half of whose attention is there, linked
    target words. Undefined (NaN) where none is linked. `most` in the details is the share of the second, as a
    percentage.

    Unlike AER it does not ask that all linked words be looked at: an answer may rest on a whole sentence, and
    one word of it may say all.
    """

    name, label = "on-gold", "attention on gold"

    def sentence(self, alignment: Alignment, gold: AbstractSet[Link]) -> Floats:
        """gold: (source, target) words."""
        whole = alignment.words()
        linked = {t for _, t in gold}
        mass = dict.fromkeys(linked, 0.0)
        columns = word_numbers(whole.source, whole.columns)
        for words, looked in zip(word_numbers(whole.target, whole.rows), whole.weights, strict=True):
            for t in linked.intersection(words):
                right = [any((s, t) in gold for s in own) for own in columns]
                mass[t] = float(looked[right].sum())
        most = sum(each > 0.5 for each in mass.values())
        return np.array([sum(mass.values()), most, len(linked)], dtype=np.float64)

    def statistics(self, alignments: Sequence[Alignment], gold: Sequence[AbstractSet[Link]]) -> list[Floats]:
        """One row per sentence pair."""
        return [self.sentence(each, known) for each, known in zip(alignments, gold, strict=True)]

    def value(self, totals: Floats) -> Floats:
        return 100 * ratio(totals[:, 0], totals[:, 2])

    def details(self, rows: Rows) -> dict[str, float]:
        _, most, linked = stack(rows).sum(0)
        return {"most": float(100 * most / linked) if linked else float("nan"), "linked": float(linked)}

    def remark(self, rows: Rows) -> str:
        most = self.details(rows)["most"]
        return f"Of {most:.2f} % of the linked target words more than half of the look is on gold."

    def signature(self, rows: Rows) -> str:
        return "links:word|mean:linked words|def:1"
