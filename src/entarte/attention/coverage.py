"""Coverage: additive attention that knows what it has looked at already."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.attention.additive import Additive
from entarte.memory import Memory
from entarte.window.base import Window


class Coverage(Additive):
    """score = vᵀ tanh(W s + U h_s + w_c cov_s + b), cov = Σ of past weights (See et al. 2017, eq. 10–11).

    w_c and b are the weight and the bias of `C`.

    state  (B·T, S): cov, the sum of the weights of all steps so far
    """

    def __init__(self, query: int, memory: int, window: Window, *, width: int = 0) -> None:
        super().__init__(query, memory, window, width=width)
        self.C = nn.Linear(1, self.v.in_features)

    def start(self, memory: Memory) -> Tensor:
        return memory.values.new_zeros(memory.mask.shape)

    def score(self, query: Tensor, keys: Tensor, state: Tensor) -> Tensor:
        cover = self.C(state.view(query.size(0), query.size(1), -1, 1))  # (B, T, S, width)
        hidden = torch.tanh(self.W(query).unsqueeze(2) + keys.unsqueeze(1) + cover)
        scores: Tensor = self.v(hidden).squeeze(-1)
        return scores

    def next(self, state: Tensor, weights: Tensor) -> Tensor:
        return state + weights.squeeze(1).flatten(0, 1)
