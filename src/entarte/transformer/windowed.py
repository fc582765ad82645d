"""Self-attention within a window, in blocks, so that time and room grow as N · reach."""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor
from torch.nn.functional import pad

from entarte.attend import masked_softmax
from entarte.transformer.self_attention import Past, SelfAttention
from entarte.transformer.shape import Shape


class Windowed(SelfAttention):
    """A slot looks at those at most `reach` slots away (Beltagy et al. 2020, Longformer, section 3.1, sliding
    window; without its global slots). Through L layers it hears of L · reach slots to each side.

    Queries stand in blocks of `reach`; a block can see itself and its neighbours, never more.

    past  keys and values of the last `reach` slots, each (R, H, n, d)
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        self.reach = shape.reach

    def every(self, slots: Tensor, mask: Tensor, place: Tensor) -> Tensor:
        return self.banded(*self.split(slots, place), mask, both=True)

    def start(self, rows: int, like: Tensor) -> Past:
        none = like.new_empty(rows, self.heads, 0, self.size)
        return none, none

    def extend(self, slots: Tensor, past: Past, place: Tensor) -> tuple[Tensor, Past]:
        asked, keys, values = self.split(slots, place)
        keys, values = torch.cat([past[0], keys], 2), torch.cat([past[1], values], 2)
        real = torch.ones(slots.size(0), keys.size(2), dtype=torch.bool, device=slots.device)
        said = self.banded(asked, keys, values, real, both=False)
        return said, (keys[:, :, -self.reach :], values[:, :, -self.reach :])

    def banded(self, asked: Tensor, keys: Tensor, values: Tensor, real: Tensor, *, both: bool) -> Tensor:
        """The last T of N slots look around, or (both = False) back alone.

        asked  (B, H, T, d)
        keys, values  (B, H, N, d)
        real   (B, N) bool
        """
        r, t = self.reach, asked.size(2)
        fill = -t % r  # slots that fill the last block
        sides = (r - (keys.size(2) - t), fill + r * both)
        wide = (2 + both) * r  # slots that a block can see
        shape = (*asked.shape[:2], -1, r, asked.size(3))  # (B, H, n, r, d)
        blocks = pad(asked, (0, 0, 0, fill)).reshape(shape)
        seen = pad(keys, (0, 0, *sides)).unfold(2, wide, r)  # (B, H, n, d, wide)
        read = pad(values, (0, 0, *sides)).unfold(2, wide, r)
        there = pad(real, sides).unfold(1, wide, r)  # (B, n, wide)
        slot = torch.arange(wide, device=real.device) - r
        away = slot - torch.arange(r, device=real.device)[:, None]  # (r, wide): from asker to asked
        near = (away >= -r) & (away <= r * both)
        # the asker itself counts as there: a block beyond the end asks too, and nobody reads its answer
        mask = near & (there[:, None, :, None, :] | (away == 0))
        weights = masked_softmax(blocks @ seen / sqrt(asked.size(-1)), mask)
        heads = self.dropout(weights) @ read.transpose(3, 4)
        return self.join(heads.flatten(2, 3)[:, :, :t])

    def latest(self, weights: Tensor, slots: int) -> Tensor:
        # (1, H, 1, reach, 2 · reach): it asks first in its block, and stands behind the slots it can see
        return weights[0, :, 0, 0, : self.reach + 1][:, -slots:]
