"""Concat: one matrix over query and memory side by side."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.attention.base import Attention
from entarte.window.base import Window


def beside(query: Tensor, keys: Tensor) -> Tensor:
    """Every query joined to every key: (B, T, Q), (B, S, D) → (B, T, S, Q + D)."""
    t, s = query.size(1), keys.size(1)
    left = query.unsqueeze(2).expand(-1, -1, s, -1)
    right = keys.unsqueeze(1).expand(-1, t, -1, -1)
    return torch.cat([left, right], dim=-1)


class Concat(Attention):
    """score = v_aᵀ tanh(W_a [h_t; h_s]) (Luong et al. 2015, eq. 8, concat).

    width  of the hidden layer; 0 means as wide as the query
    """

    def __init__(self, query: int, memory: int, window: Window, *, width: int = 0) -> None:
        super().__init__(query, memory, window)
        width = width or query
        self.held = 2 * (query + memory) + 4 * width
        self.W = nn.Linear(query + memory, width, bias=False)
        self.v = nn.Linear(width, 1, bias=False)

    def score(self, query: Tensor, keys: Tensor, state: None) -> Tensor:
        scores: Tensor = self.v(torch.tanh(self.W(beside(query, keys)))).squeeze(-1)
        return scores
