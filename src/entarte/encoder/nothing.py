"""No source: the memory of a language model, in which there is nothing to look at."""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.encoder.base import Encoder
from entarte.memory import Memory


class Nothing(Encoder):
    """One slot of width 0 for each sentence, whatever its source is; nothing is summed up.

    So a decoder has the same memory before every text, and p(y | x) = p(y): a language model.

    inputs  width of the source's vectors, which are not read
    """

    reads = False
    width = 0
    layers = 0
    parts = 1

    def __init__(self, inputs: int) -> None:
        super().__init__()

    def held(self, source: int) -> int:
        return 0

    def forward(self, vectors: Tensor, mask: Tensor) -> Memory:
        """vectors (B, S, E), mask (B, S) → Memory of one slot and width 0."""
        rows = mask.size(0)
        slot = torch.ones(rows, 1, dtype=torch.bool, device=mask.device)
        return Memory(vectors.new_zeros(rows, 1, 0), slot, vectors.new_zeros(rows, 0), ())
