"""Self-attention without a softmax: what was seen is summed up once, so time and room grow as N."""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.attend import features
from entarte.transformer.self_attention import Past, SelfAttention

CHUNK = 64
"""Slots of a target that are read together; within them every slot is compared with those before it."""


class Linear(SelfAttention):
    """out_i = φ(q_i)ᵀ Σ_j φ(k_j) v_jᵀ / φ(q_i)ᵀ Σ_j φ(k_j), φ(x) = elu(x) + 1
    (Katharopoulos et al. 2020, "Transformers are RNNs", eq. 5–7; j ≤ i in a decoder, eq. 9).

    The sums do not depend on who asks, so they are made once; a decoder's are its whole past.

    past  Σ_j φ(k_j) v_jᵀ (R, H, d, d) and Σ_j φ(k_j) (R, H, d)
    """

    def every(self, slots: Tensor, mask: Tensor, place: Tensor) -> Tensor:
        asked, keys, values = self.split(slots, place)
        asked, keys = features(asked), features(keys, mask[:, None, :])
        total = keys.transpose(2, 3) @ values  # (B, H, d, d)
        return self.join(asked @ total / (asked @ keys.sum(2).unsqueeze(-1)))

    def start(self, rows: int, like: Tensor) -> Past:
        total = like.new_zeros(rows, self.heads, self.size, self.size)
        return total, like.new_zeros(rows, self.heads, self.size)

    def extend(self, slots: Tensor, past: Past, place: Tensor) -> tuple[Tensor, Past]:
        asked, keys, values = self.split(slots, place)
        asked, keys = features(asked), features(keys)
        total, norm = past
        heads = []
        for begin in range(0, asked.size(2), CHUNK):
            q, k, v = (each[:, :, begin : begin + CHUNK] for each in (asked, keys, values))
            inner = (q @ k.transpose(2, 3)).tril()  # with the slots of the chunk up to itself
            above = inner @ v + q @ total
            below = inner.sum(-1, keepdim=True) + q @ norm.unsqueeze(-1)
            heads.append(above / below)
            total, norm = total + k.transpose(2, 3) @ v, norm + k.sum(2)
        return self.join(torch.cat(heads, 2)), (total, norm)
