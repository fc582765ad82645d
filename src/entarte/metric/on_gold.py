"""How much of the attention falls on what an output rests on."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from entarte.metric.base import Additive, Floats, Rows, ratio, stack
from entarte.metric.links import Link


class OnGold(Additive):
    """100 · attention on the source words that a target word is linked to in gold, mean over such words.

    Row (K = 3): attention on gold links, target words more than half of whose attention is there, linked
    target words. Undefined (NaN) where none is linked. `heaviest` in the details is the share of the second,
    as a percentage.

    Unlike AER it does not ask that all linked words be looked at: an answer may rest on a whole sentence, and
    one word of it may say all.
    """

    name, label = "on-gold", "attention on gold"

    def sentence(self, weights: NDArray[np.float64], gold: AbstractSet[Link]) -> Floats:
        """weights (T, S) over words, the end of either side left out or last; gold (source, target) words."""
        wanted = np.zeros(weights.shape)
        for s, t in gold:
            wanted[t, s] = 1.0
        linked = wanted.any(1)
        looked = (weights * wanted).sum(1)[linked]
        return np.array([looked.sum(), (looked > 0.5).sum(), linked.sum()], dtype=np.float64)

    def statistics(
        self, weights: Sequence[NDArray[np.float64]], gold: Sequence[AbstractSet[Link]]
    ) -> list[Floats]:
        """One row per sentence pair."""
        return [self.sentence(each, known) for each, known in zip(weights, gold, strict=True)]

    def value(self, totals: Floats) -> Floats:
        return 100 * ratio(totals[:, 0], totals[:, 2])

    def details(self, rows: Rows) -> dict[str, float]:
        _, most, linked = stack(rows).sum(0)
        return {"heaviest": float(100 * most / linked) if linked else float("nan"), "linked": float(linked)}

    def signature(self, rows: Rows) -> str:
        return "links:word|mean:linked words|def:1"
