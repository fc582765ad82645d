"""What the decoder may look at."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn


class Memory(NamedTuple):
    """The encoder's result: one vector for each source slot, and a summary of the whole.

    Axis 0 is the source sentence everywhere, so `select` can drop finished sentences. A beam never
    copies a memory: the rows of one sentence share it.

    values   (B, S, D)  one vector per source slot
    mask     (B, S)     True means real, False means padding
    final    (B, D)     the fixed context vector: the last state of each direction, joined
    summary  tuple of (B, L, D), one per part of the cell: (h,) for RNN and GRU, (h, c) for LSTM;
             the last state of each encoder layer, directions joined
    copy_ids (B, S)    long, the target id that copying each slot says; None where nothing is copied
    """

    values: Tensor
    mask: Tensor
    final: Tensor
    summary: tuple[Tensor, ...]
    copy_ids: Tensor | None = None


class Silent(nn.Module):
    """(…, 0) → zeros (…, W): nothing comes of a memory in which there is nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, context: Tensor) -> Tensor:
        return context.new_zeros(*context.shape[:-1], self.width)


def brought(context: int, width: int) -> nn.Module:
    """A matrix that brings a context to a width; without parameters where the memory has no width."""
    return nn.Linear(context, width, bias=False) if context else Silent(width)
