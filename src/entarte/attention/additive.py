"""Additive: a small network over the sum of two projections."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from entarte.attention.base import Attention
from entarte.memory import Memory
from entarte.window.base import Window


class Additive(Attention):
    """score = vᵀ tanh(W s + U h_s) (Bahdanau et al. 2015, A.1.2). U h_s is computed once a sentence.

    width  of the hidden layer (n' of the paper); 0 means as wide as the query
    """

    def __init__(self, query: int, memory: int, window: Window, *, width: int = 0) -> None:
        super().__init__(query, memory, window)
        width = width or query
        self.held = 4 * width
        self.W = nn.Linear(query, width, bias=False)
        self.U = nn.Linear(memory, width, bias=False)
        self.v = nn.Linear(width, 1, bias=False)

    def keys(self, memory: Memory) -> Tensor:
        keys: Tensor = self.U(memory.values)
        return keys

    def score(self, query: Tensor, keys: Tensor, state: Any) -> Tensor:
        hidden = torch.tanh(self.W(query).unsqueeze(2) + keys.unsqueeze(1))  # (B, T, S, width)
        scores: Tensor = self.v(hidden).squeeze(-1)
        return scores
