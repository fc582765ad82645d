"""Location-aware: additive attention that sees where it looked last."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.attention.additive import Additive
from entarte.errors import InputError
from entarte.memory import Memory
from entarte.window.base import Window


class LocationAware(Additive):
    """score = vᵀ tanh(W s + U h_s + L f_s + b), f = F * α_{t−1} (Chorowski et al. 2015, eq. 8–9).

    b is the bias of `L`.

    filters  k, rows of the convolution F
    reach    r, width of a filter in slots (odd)
    state    (B·T, S): the weights of the step before; all 0 at the start
    """

    def __init__(
        self, query: int, memory: int, window: Window, *, width: int = 0, filters: int = 10, reach: int = 15
    ) -> None:
        super().__init__(query, memory, window, width=width)
        if reach % 2 == 0 or reach < 1:
            raise InputError(f"must be an odd number, not {reach}", setting="attention.reach")
        if filters < 1:
            raise InputError(f"must be at least 1, not {filters}", setting="attention.filters")
        self.F = nn.Conv1d(1, filters, reach, padding=reach // 2, bias=False)
        self.L = nn.Linear(filters, self.v.in_features)

    def start(self, memory: Memory) -> Tensor:
        return memory.values.new_zeros(memory.mask.shape)

    def score(self, query: Tensor, keys: Tensor, state: Tensor) -> Tensor:
        seen = self.F(state.unsqueeze(1)).transpose(1, 2)  # (B·T, S, filters)
        place = self.L(seen).view(query.size(0), query.size(1), keys.size(1), -1)
        hidden = torch.tanh(self.W(query).unsqueeze(2) + keys.unsqueeze(1) + place)
        scores: Tensor = self.v(hidden).squeeze(-1)
        return scores

    def next(self, state: Tensor, weights: Tensor) -> Tensor:
        return weights.squeeze(1).flatten(0, 1)
