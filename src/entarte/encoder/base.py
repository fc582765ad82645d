"""What an encoder may do: read vectors, leave a memory."""

from __future__ import annotations

from torch import Tensor, nn

from entarte.memory import Memory


class Encoder(nn.Module):
    """Reads the vectors of a source, one per slot.

    width   D, of the memory
    layers  L, of the summary; 0 where nothing is summed up
    parts   of the summary: 2 for LSTM, else 1
    """

    reads: bool = True
    """Whether it reads the source at all."""
    reduction: int = 1
    """Slots of the source that one slot of the memory stands for; the last may stand for fewer."""
    width: int
    layers: int
    parts: int

    def forward(self, vectors: Tensor, mask: Tensor) -> Memory:
        """vectors (B, S, E), mask (B, S) → Memory."""
        raise TypeError(f"{type(self).__name__} does not say how it reads")

    @property
    def longest(self) -> int | None:
        """How many slots of a source can be read, the end included; None: any number."""
        return None

    def held(self, source: int) -> int:
        """About how many numbers training holds for a source of so many slots, to guess its memory."""
        return 24 * self.width * self.layers * source
