"""Where a slot stands: sinusoids, a learned table, or a turn of queries and keys.

Attention to content does not know an order. Either a vector for the place is added to the word's, or each
query and key is turned by an angle that grows with its place, so that their product knows the distance.
"""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor, nn

from entarte.errors import InputError

BASE = 10000.0
"""The longest wave is 2π times this many slots (Vaswani et al. 2017, section 3.5; Su et al. 2024, eq. 15)."""


def angles(place: Tensor, width: int, like: Tensor) -> Tensor:
    """place · 10000^(−2i / width) for i = 0 … width/2 − 1: (N,) long → (N, width / 2)."""
    twice = torch.arange(0, width, 2, dtype=like.dtype, device=like.device)
    return place.to(like.dtype)[:, None] * BASE ** (-twice / width)


def sinusoid(place: Tensor, width: int, like: Tensor) -> Tensor:
    """PE(pos, 2i) = sin(pos / 10000^(2i/W)), PE(pos, 2i + 1) = cos of the same (Vaswani et al. 2017, 3.5).

    place  (N,) long
    width  W, even
    like   a tensor of the wanted type

    >>> sinusoid(torch.tensor([0, 1]), 4, torch.ones(()))
    tensor([[0.0000, 1.0000, 0.0000, 1.0000],
            [0.8415, 0.5403, 0.0100, 0.9999]])
    """
    turned = angles(place, width, like)
    return torch.stack([turned.sin(), turned.cos()], dim=-1).flatten(1)


def rotate(heads: Tensor, place: Tensor) -> Tensor:
    """Each pair (x_2i, x_2i+1) turned by the angle place · 10000^(−2i/d) (Su et al. 2024, RoFormer, eq. 34).

    The product of a query turned by m and a key turned by n depends on m − n alone.

    heads  (B, H, N, d), d even
    place  (N,) long

    >>> rotate(torch.tensor([[[[1.0, 0.0], [1.0, 0.0]]]]), torch.tensor([0, 1]))
    tensor([[[[1.0000, 0.0000],
              [0.5403, 0.8415]]]])
    """
    turned = angles(place, heads.size(-1), heads)  # (N, d / 2)
    sin, cos = turned.sin(), turned.cos()
    even, odd = heads[..., 0::2], heads[..., 1::2]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], dim=-1).flatten(-2)


class Inputs(nn.Module):
    """Word vectors as the first layer reads them: scaled, brought to its width, their places added.

    section    encoder or decoder, for messages
    read       E, width of the word vectors
    width      W
    positions  sinusoidal or learned: added here; rotary or none: nothing is
    longest    rows of the learned table
    scaled     whether word vectors are multiplied by √E (Vaswani et al. 2017, section 3.4)
    dropout    of the sum
    """

    def __init__(
        self,
        section: str,
        read: int,
        width: int,
        positions: str,
        longest: int,
        scaled: bool,
        dropout: float,
    ) -> None:
        super().__init__()
        self.section = section
        self.width = width
        self.factor = sqrt(read) if scaled else 1.0
        self.bring = nn.Linear(read, width, bias=False) if read != width else nn.Identity()
        self.sinusoids = positions == "sinusoidal"
        self.table = nn.Embedding(longest, width) if positions == "learned" else None
        self.dropout = nn.Dropout(dropout)

    def forward(self, vectors: Tensor, place: Tensor) -> Tensor:
        """vectors (B, N, E), place (N,) long → (B, N, W). Raises InputError beyond the learned table."""
        inputs: Tensor = self.dropout(self.placed(self.bring(vectors * self.factor), place))
        return inputs

    def placed(self, vectors: Tensor, place: Tensor) -> Tensor:
        """With their places added: (B, N, W)."""
        if self.sinusoids:
            return vectors + sinusoid(place, self.width, vectors)
        if self.table is None:
            return vectors
        self.check(int(place[-1]) + 1 if len(place) else 0)
        places: Tensor = self.table(place)
        return vectors + places

    @property
    def longest(self) -> int | None:
        """How many slots can be read; None: any number."""
        return None if self.table is None else self.table.num_embeddings

    def check(self, slots: int) -> None:
        """InputError where there are more slots than learned positions."""
        if self.longest is not None and slots > self.longest:
            side, less = (
                ("source", "generate.longest") if self.section == "encoder" else ("target", "data.max_pieces")
            )
            raise InputError(
                f"a {side} of {slots} pieces, its end included, has more than the {self.longest} positions "
                "that are learned",
                setting=f"{self.section}.longest",
                advice=f"Lower {less}, or train with {self.section}.positions=sinusoidal or rotary, "
                "which know no end.",
            )
