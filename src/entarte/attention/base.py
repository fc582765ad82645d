"""What an attention may do. Each member says how it scores; the rest has a default."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from entarte.memory import Memory
from entarte.window.base import Window


class Attention(nn.Module):
    """A way to look at a memory.

    Only `attend` masks and normalises, so no member can forget the padding. Nothing is stored on the
    module between steps: what must be remembered is the state, a value that travels.

    query   Q, the width of the query vectors
    memory  D, the width of the memory's values
    window  which slots each query may look at
    """

    heads: int = 1
    """H, the number of distributions per query."""
    looks: bool = True
    """Whether it looks at the memory at all."""
    asks: bool = True
    """Whether its scores depend on the query."""
    held: int = 4
    """About how many numbers training holds for each query and slot, to guess its memory."""

    def __init__(self, query: int, memory: int, window: Window) -> None:
        super().__init__()
        self.query_width = query
        self.memory_width = memory
        self.context_width = memory
        self.window = window

    def keys(self, memory: Memory) -> Any:
        """What the scores need of the source, computed once per sentence. Axis 0 is the sentence."""
        return memory.values

    def start(self, memory: Memory) -> Any:
        """The state before the first step, one row per source; None for a stateless attention."""
        return None

    def score(self, query: Tensor, keys: Any, state: Any) -> Tensor:
        """The energies e, before any mask: (B, T, S), or (B, H, T, S) with several heads.

        query  (B, T, Q)
        keys   from `keys`
        state  rows B·T
        """
        raise TypeError(f"{type(self).__name__} does not say how it scores")

    def penalty(self, state: Any) -> Tensor | None:
        """(B·T, S), taken from every score; None where there is none."""
        return None

    def read(self, weights: Tensor, memory: Memory, keys: Any) -> Tensor:
        """The context c = Σ_s α_s value_s, (B, T, context_width), from weights (B, H, T, S)."""
        return torch.einsum("bts,bsd->btd", weights.squeeze(1), memory.values)

    def values(self, memory: Memory, keys: Any) -> Tensor | None:
        """What the weights of each head weigh, (B, 1 or H, S, d), to be shown; None where the context is no
        weighted sum."""
        return memory.values.unsqueeze(1)

    def next(self, state: Any, weights: Tensor) -> Any:
        """The state after a step with these weights (B, H, T, S)."""
        return state
