"""What the front found is the memory: nothing is read further."""

from __future__ import annotations

from torch import Tensor

from entarte.encoder.base import Encoder
from entarte.memory import Memory


class Identity(Encoder):
    """The vectors of the front are the values (the annotation vectors of Xu et al. 2015, section 3.1.1).

    A slot then tells of itself alone, and a look at it is a look at nothing else. What it is summed up by is
    the mean of its slots.

    inputs  width of the source's vectors, which is the memory's
    """

    layers = 1
    parts = 1

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.width = inputs

    def held(self, source: int) -> int:
        return self.width * source

    def forward(self, vectors: Tensor, mask: Tensor) -> Memory:
        """vectors (B, S, E), mask (B, S) → Memory of the same width; 0 on padding."""
        real = mask.unsqueeze(-1).to(vectors.dtype)
        values = vectors * real
        mean = values.sum(1) / real.sum(1)
        return Memory(values, mask, mean, (mean.unsqueeze(1),))
