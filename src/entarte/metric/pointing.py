"""The pointing game: whether the one place that was looked at most is a right one."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from entarte.alignment import Alignment, word_numbers
from entarte.metric.base import Additive, Floats, Rows, ratio, stack
from entarte.metric.links import Link


class Pointing(Additive):
    """100 · linked target words whose heaviest source word is one they are linked to / linked target words
    (Zhang et al. 2016, section 4.2, for cells of pictures). The end of the source is no place.

    Row (K = 3): hits, what a look drawn by chance would hit, linked target words. Undefined (NaN) where none
    is linked. `chance` in the details is the second as a percentage, which is also what attention that is
    spread evenly puts on gold.
    """

    name, label = "pointing", "pointing game"

    def sentence(self, alignment: Alignment, gold: AbstractSet[Link]) -> Floats:
        """gold: (source, target) words."""
        whole = alignment.words()
        columns = word_numbers(whole.source, whole.columns)
        there = [place for place, own in enumerate(columns) if own]
        hits = chance = 0.0
        linked = {t for _, t in gold}
        for words, looked in zip(word_numbers(whole.target, whole.rows), whole.weights, strict=True):
            for t in linked.intersection(words):
                right = [any((s, t) in gold for s in columns[place]) for place in there]
                hits += bool(there) and right[int(np.argmax(looked[there]))]
                chance += sum(right) / max(len(there), 1)
        return np.array([hits, chance, len(linked)], dtype=np.float64)

    def statistics(self, alignments: Sequence[Alignment], gold: Sequence[AbstractSet[Link]]) -> list[Floats]:
        """One row per pair."""
        return [self.sentence(each, known) for each, known in zip(alignments, gold, strict=True)]

    def value(self, totals: Floats) -> Floats:
        return 100 * ratio(totals[:, 0], totals[:, 2])

    def details(self, rows: Rows) -> dict[str, float]:
        _, chance, linked = stack(rows).sum(0)
        return {"chance": float(100 * chance / linked) if linked else float("nan"), "linked": float(linked)}

    def remark(self, rows: Rows) -> str:
        found = self.details(rows)
        return (
            f"Of {found['linked']:.0f} linked target words, a look drawn by chance would find a right place "
            f"for {found['chance']:.2f} %; so much of an even look is on gold."
        )

    def signature(self, rows: Rows) -> str:
        return "links:word|ties:first|def:1"
