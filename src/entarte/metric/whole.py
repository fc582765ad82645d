"""Whole dialogues: how many came out right in every turn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from entarte.metric.base import Additive, Floats, Rows, ratio, stack


class Whole(Additive):
    """100 · dialogues whose responses all equal their references / dialogues (per-dialogue accuracy; Bordes,
    Boureau and Weston 2017, section 5).

    Row (K = 2): 1 if every response is a hit, 1. A row is a dialogue, not a response.
    """

    name = "whole"
    label = "per dialogue"

    def statistics(self, hits: Sequence[bool], groups: Sequence[int | None]) -> list[Floats]:
        """hits: whether each response is right; groups: the dialogue of each, None for one by itself."""
        found: dict[object, bool] = {}
        for number, (hit, group) in enumerate(zip(hits, groups, strict=True)):
            key = ("alone", number) if group is None else group
            found[key] = found.get(key, True) and hit
        return [np.array([hit, 1], dtype=np.float64) for hit in found.values()]

    def value(self, totals: Floats) -> Floats:
        return 100 * ratio(totals[:, 0], totals[:, 1])

    def details(self, rows: Rows) -> dict[str, float]:
        right, count = stack(rows).sum(0)
        return {"right": float(right), "dialogues": float(count)}

    def signature(self, rows: Rows) -> str:
        return "symbol:dialogue|def:1"
