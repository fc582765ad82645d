"""Location: the weights come from the decoder's state alone."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.attention.base import Attention
from entarte.errors import InputError
from entarte.window.base import Window


class Location(Attention):
    """a_t = softmax(W_a h_t) (Luong et al. 2015, eq. 7): one row of W_a for each source position.

    For a short sentence only its own rows of W_a are used, for a long one the positions beyond the
    table cannot be looked at.

    positions  rows of W_a, the longest source that can be seen whole
    """

    def __init__(self, query: int, memory: int, window: Window, *, positions: int = 100) -> None:
        super().__init__(query, memory, window)
        if positions < 1:
            raise InputError(f"must be at least 1, not {positions}", setting="attention.positions")
        self.W = nn.Linear(query, positions, bias=False)

    def score(self, query: Tensor, keys: Tensor, state: None) -> Tensor:
        scores: Tensor = self.W(query)
        beyond = keys.size(1) - scores.size(-1)
        if beyond > 0:
            nowhere = scores.new_full((*scores.shape[:2], beyond), torch.finfo(scores.dtype).min)
            return torch.cat([scores, nowhere], dim=-1)
        return scores[..., : keys.size(1)]
