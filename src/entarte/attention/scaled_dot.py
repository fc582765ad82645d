"""Scaled dot product."""

from __future__ import annotations

from math import sqrt

from torch import Tensor

from entarte.attention.dot import Dot, inner


class ScaledDot(Dot):
    """score = h_tᵀ h_s / √D (Vaswani et al. 2017, eq. 1, without projections)."""

    def score(self, query: Tensor, keys: Tensor, state: None) -> Tensor:
        return inner(query, keys) / sqrt(self.memory_width)
