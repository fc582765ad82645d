"""No attention: a fixed context vector, the bottleneck that attention removed."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from entarte.attention.base import Attention
from entarte.errors import InputError
from entarte.memory import Memory
from entarte.window.base import Window
from entarte.window.everywhere import Everywhere


class Last(NamedTuple):
    """Which slot is the last real one, (B, S) bool, and the encoder's final state, (B, D)."""

    slot: Tensor
    final: Tensor


class Fixed(Attention):
    """The same context at every step: the encoder's last state (Sutskever et al. 2014; Cho et al. 2014).

    The weights show what that means: all of the focus rests on the last slot, at every step. (Of a
    bidirectional encoder the context is the last state of each direction.) With the `plain` readout
    and without it in the cell's input, the source reaches the decoder through its start alone, which
    is Sutskever's model; with `attentional` or `maxout` it is also read at every step, which is Cho's.
    """

    looks = False
    asks = False

    def __init__(self, query: int, memory: int, window: Window) -> None:
        super().__init__(query, memory, window)
        if type(window) is not Everywhere:
            raise InputError(
                "attention 'none' looks at nothing, so it takes no window",
                setting="window.kind",
                advice="Set window.kind to 'global'.",
            )

    def keys(self, memory: Memory) -> Last:
        last = memory.mask.sum(1, keepdim=True) - 1
        slot = torch.arange(memory.mask.size(1), device=last.device) == last
        return Last(slot, memory.final)

    def score(self, query: Tensor, keys: Last, state: None) -> Tensor:
        scores = torch.zeros_like(keys.slot, dtype=query.dtype).masked_fill(~keys.slot, -torch.inf)
        return scores.unsqueeze(1).expand(-1, query.size(1), -1)

    def read(self, weights: Tensor, memory: Memory, keys: Last) -> Tensor:
        return keys.final.unsqueeze(1).expand(-1, weights.size(2), -1)

    def values(self, memory: Memory, keys: Last) -> None:
        return None
