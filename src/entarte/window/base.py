"""What a window may do: forbid slots before the softmax, reshape the weights after it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.memory import Memory


class Window(nn.Module):
    """The part of the source that a query may look at. The default is all of it (global).

    query  Q, the width of the query vectors
    """

    sums_to_one = True
    """Whether the weights of a query still sum to 1 after `shape`."""

    asks = False
    """Whether it reads the query."""

    def __init__(self, query: int) -> None:
        super().__init__()
        self.query_width = query

    def inside(self, query: Tensor, memory: Memory, position: Tensor) -> Tensor | None:
        """(B, T, S) bool, True where the query may look; None means everywhere.

        query     (B, T, Q)
        position  (B, T) long, the target step, from 0

        Every row must hold at least one real slot.
        """
        return None

    def shape(self, weights: Tensor, query: Tensor, memory: Memory, position: Tensor) -> Tensor:
        """Reshape the normalised weights (B, H, T, S)."""
        return weights


def slots(memory: Memory) -> Tensor:
    """(S,) float: 0, 1, 2, … the slot numbers of a memory."""
    return torch.arange(memory.values.size(1), device=memory.values.device, dtype=memory.values.dtype)


def lengths(memory: Memory) -> Tensor:
    """(B,) long: how many real slots each source has."""
    return memory.mask.sum(1)
