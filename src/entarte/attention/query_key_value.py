"""Separate projections for what is asked, what answers, and what is read."""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor, nn

from entarte.attention.base import Attention
from entarte.errors import InputError
from entarte.memory import Memory
from entarte.window.base import Window


class QueryKeyValue(Attention):
    """Scaled dot product of projected query and key, reading a projected value, in H heads.

    head_i = softmax((W_Q q)(W_K h)ᵀ / √d) W_V h ;  context = W_O [head_1; …; head_H]
    (Vaswani et al. 2017, section 3.2.2). One head is the lectures' query, key and value.

    heads  H
    width  of all heads together; 0 means as wide as the memory
    """

    def __init__(self, query: int, memory: int, window: Window, *, heads: int = 1, width: int = 0) -> None:
        super().__init__(query, memory, window)
        width = width or memory
        if heads < 1 or width % heads:
            raise InputError(
                f"{heads} heads do not divide a width of {width}",
                setting="attention.heads",
                advice="Choose a number of heads that divides attention.width.",
            )
        self.heads = heads
        self.Q = nn.Linear(query, width, bias=False)
        self.K = nn.Linear(memory, width, bias=False)
        self.V = nn.Linear(memory, width, bias=False)
        self.O = nn.Linear(width, memory, bias=False)

    def split(self, vectors: Tensor) -> Tensor:
        """(B, N, width) → (B, H, N, width / H)."""
        return vectors.view(*vectors.shape[:2], self.heads, -1).transpose(1, 2)

    def keys(self, memory: Memory) -> tuple[Tensor, Tensor]:
        return self.split(self.K(memory.values)), self.split(self.V(memory.values))

    def score(self, query: Tensor, keys: tuple[Tensor, Tensor], state: None) -> Tensor:
        asked = self.split(self.Q(query))
        return torch.einsum("bhtd,bhsd->bhts", asked, keys[0]) / sqrt(asked.size(-1))

    def read(self, weights: Tensor, memory: Memory, keys: tuple[Tensor, Tensor]) -> Tensor:
        heads = torch.einsum("bhts,bhsd->bhtd", weights, keys[1])
        context: Tensor = self.O(heads.transpose(1, 2).flatten(2))
        return context

    def values(self, memory: Memory, keys: tuple[Tensor, Tensor]) -> Tensor:
        return keys[1]


class MultiHead(QueryKeyValue):
    """Several query–key–value attentions side by side: the same equations, four heads by default."""

    def __init__(self, query: int, memory: int, window: Window, *, heads: int = 4, width: int = 0) -> None:
        super().__init__(query, memory, window, heads=heads, width=width)
