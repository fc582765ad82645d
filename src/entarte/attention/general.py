"""General, or bilinear: a learned matrix between query and memory."""

from __future__ import annotations

from torch import Tensor, nn

from entarte.attention.base import Attention
from entarte.attention.dot import inner
from entarte.memory import Memory
from entarte.window.base import Window


class General(Attention):
    """score = h_tᵀ W_a h_s (Luong et al. 2015, eq. 8, general). W_a h_s is computed once a sentence."""

    def __init__(self, query: int, memory: int, window: Window) -> None:
        super().__init__(query, memory, window)
        self.W = nn.Linear(memory, query, bias=False)

    def keys(self, memory: Memory) -> Tensor:
        keys: Tensor = self.W(memory.values)
        return keys

    def score(self, query: Tensor, keys: Tensor, state: None) -> Tensor:
        return inner(query, keys)
