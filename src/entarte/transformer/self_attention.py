"""Self-attention: every slot asks the slots of its own side."""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor, nn

from entarte.attend import masked_softmax
from entarte.transformer.positions import rotate
from entarte.transformer.shape import Shape

Past = tuple[Tensor, ...]
"""What a decoder keeps of the slots before, axis 0 = row."""


class SelfAttention(nn.Module):
    """head_i = softmax((x W_Q)(x W_K)ᵀ / √d) x W_V ;  out = [head_1; …; head_H] W_O, d = W / H
    (Vaswani et al. 2017, section 3.2.2; Q, K and V are one product).

    An encoder reads all slots at once, `every`. A decoder looks back alone: `extend` reads more slots behind
    a past, one at a time or all of a target. Members differ in how far a slot looks and what is kept.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.size = shape.width // shape.heads
        self.rotary = shape.positions == "rotary"
        self.QKV = nn.Linear(shape.width, 3 * shape.width, bias=False)
        self.O = nn.Linear(shape.width, shape.width, bias=False)
        self.dropout = nn.Dropout(shape.attention_dropout)

    def split(self, slots: Tensor, place: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values of each head, (B, N, W) → three of (B, H, N, d)."""
        parts = self.QKV(slots).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        asked, keys, values = parts.unbind(0)
        if self.rotary:
            asked, keys = rotate(asked, place), rotate(keys, place)
        return asked, keys, values

    def join(self, heads: Tensor) -> Tensor:
        """(B, H, N, d) → (B, N, W)."""
        said: Tensor = self.O(heads.transpose(1, 2).flatten(2))
        return said

    def every(self, slots: Tensor, mask: Tensor, place: Tensor) -> Tensor:
        """Every slot looks both ways: slots (B, N, W), mask (B, N), place (N,) → (B, N, W)."""
        raise TypeError(f"{type(self).__name__} does not look both ways")

    def start(self, rows: int, like: Tensor) -> Past:
        """The past before the first slot."""
        raise TypeError(f"{type(self).__name__} does not start")

    def extend(self, slots: Tensor, past: Past, place: Tensor) -> tuple[Tensor, Past]:
        """T more slots, each looking back: slots (R, T, W), place (T,) → (R, T, W), the past behind them."""
        raise TypeError(f"{type(self).__name__} does not look back")

    def latest(self, weights: Tensor, slots: int) -> Tensor:
        """Of the weights of one more slot of one row, as `dropout` reads them: those of the last slots, its
        own at the end, (H, slots)."""
        return weights[0, :, 0, -slots:]


class Full(SelfAttention):
    """Every slot looks at all slots (a decoder's: at all up to itself). Time and room grow as N².

    past  keys and values of all slots so far, each (R, H, n, d)
    """

    def every(self, slots: Tensor, mask: Tensor, place: Tensor) -> Tensor:
        asked, keys, values = self.split(slots, place)
        return self.read(asked, keys, values, mask[:, None, None, :])

    def start(self, rows: int, like: Tensor) -> Past:
        none = like.new_empty(rows, self.heads, 0, self.size)
        return none, none

    def extend(self, slots: Tensor, past: Past, place: Tensor) -> tuple[Tensor, Past]:
        asked, keys, values = self.split(slots, place)
        keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
        back = torch.ones(asked.size(2), keys.size(2), dtype=torch.bool, device=slots.device)
        return self.read(asked, keys, values, back.tril(past[0].size(2))), (keys, values)

    def read(self, asked: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
        """Attend with mask broadcastable to (B, H, T, N): → (B, T, W)."""
        scores = asked @ keys.transpose(2, 3) / sqrt(asked.size(-1))
        weights = self.dropout(masked_softmax(scores, mask))
        return self.join(weights @ values)
