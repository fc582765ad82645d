"""Cells of a picture to vectors."""

from __future__ import annotations

from math import isqrt

import torch
from torch import Tensor, nn
from torch.nn import functional

from entarte.errors import InputError


class Convolution(nn.Module):
    """Two convolutions over the pixels of each cell, and a linear map of what they find and of where it lies.

    A cell is read by itself, so that a look at a slot is a look at these pixels and no others. The second
    convolution goes in steps of two. The end of the source, which has no pixels, has a vector of its own.

    size  F, numbers of a frame: 3 p² of p × p pixels, and any others behind them (see `source.images`)

    width     E, of a vector
    channels  of the first convolution; the second has twice as many
    dropout   of single numbers of a vector
    """

    def __init__(self, size: int, *, width: int = 128, channels: int = 16, dropout: float = 0.0) -> None:
        super().__init__()
        for name, value in (("width", width), ("channels", channels)):
            if value < 1:
                raise InputError(f"must be at least 1, not {value}", setting=f"source_front.{name}")
        self.side = isqrt(size // 3)
        self.pixels = 3 * self.side**2
        self.width = width
        self.first = nn.Conv2d(3, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, 2 * channels, 3, stride=2, padding=1)
        half = (self.side + 1) // 2
        self.project = nn.Linear(2 * channels * half**2 + size - self.pixels + 1, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, frames: Tensor) -> Tensor:
        """(B, S, F + 1), the last number 1 at the end and 0 elsewhere → (B, S, E)."""
        frames = frames.to(self.project.weight.dtype)
        cells = frames[..., : self.pixels].reshape(-1, self.side, self.side, 3).permute(0, 3, 1, 2)
        found = functional.relu(self.second(functional.relu(self.first(cells)))).flatten(1)
        found = found.view(*frames.shape[:2], -1)
        vectors: Tensor = self.dropout(self.project(torch.cat([found, frames[..., self.pixels :]], -1)))
        return vectors
