"""Frames to vectors."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.errors import InputError


class Features(nn.Module):
    """A linear map of each frame; at the end of the source, a learned vector.

    While training, stripes of time and of bands may be blotted out (SpecAugment: Park et al. 2019, section
    2): they are set to 0, the mean of normalised frames. Widths are drawn evenly from 0 to the largest.

    size  F, numbers of a frame

    width         E, of a vector
    dropout       of single numbers of a vector
    time_masks    stripes of time in each source
    time_width    most frames of such a stripe
    band_masks    stripes of bands in each source
    band_width    most bands of such a stripe
    """

    def __init__(
        self,
        size: int,
        *,
        width: int = 256,
        dropout: float = 0.0,
        time_masks: int = 0,
        time_width: int = 20,
        band_masks: int = 0,
        band_width: int = 8,
    ) -> None:
        super().__init__()
        if width < 1:
            raise InputError(f"must be at least 1, not {width}", setting="source_front.width")
        self.width = width
        self.project = nn.Linear(size + 1, width)
        self.dropout = nn.Dropout(dropout)
        self.masks = ((time_masks, time_width, 1), (band_masks, band_width, 2))

    def forward(self, frames: Tensor) -> Tensor:
        """(B, S, F + 1), the last number 1 at the end and 0 elsewhere → (B, S, E)."""
        frames = frames.to(self.project.weight.dtype)
        if self.training:
            frames = self.blotted(frames)
        dropped: Tensor = self.dropout(self.project(frames))
        return dropped

    def blotted(self, frames: Tensor) -> Tensor:
        """With the stripes of this pass at 0; the mark of the end stays."""
        kept = torch.ones(frames.shape, dtype=torch.bool, device=frames.device)
        for count, most, axis in self.masks:
            length = frames.size(axis) - (axis == 2)
            place = torch.arange(frames.size(axis), device=frames.device)
            for _ in range(count):
                width = torch.randint(min(most, length) + 1, (len(frames), 1), device=frames.device)
                start = (torch.rand(len(frames), 1, device=frames.device) * (length - width + 1)).long()
                clear = (place < start) | (place >= start + width)
                kept &= clear.unsqueeze(3 - axis)
        kept[..., -1] = True
        return frames * kept
