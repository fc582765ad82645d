"""Dropout masks, drawn cheaply and beforehand.

Sixteen random bits decide on a number, so a rate is met to within 1/65536; what is kept is divided by the
rate at which it is in truth kept. torch's own masks take some five times as long on a processor.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor, nn

LEVELS = 1 << 16


def draw(rate: float, shape: Sequence[int], like: Tensor) -> Tensor:
    """0 with probability `rate`, else 1 / (1 − rate), in the given shape."""
    lost = round(rate * LEVELS)
    if lost == LEVELS:
        return like.new_zeros(*shape)
    count = prod(shape)
    words = torch.empty((count + 3) // 4, dtype=torch.int64, device=like.device)
    bits = words.random_(-(1 << 63), None).view(torch.int16)[:count].view(*shape)
    return (bits >= lost - LEVELS // 2).to(like.dtype).mul_(LEVELS / (LEVELS - lost))


def mask(dropout: nn.Dropout, like: Tensor, *shape: int) -> Tensor | None:
    """What this dropout multiplies with at the moment; None where it does nothing."""
    return draw(dropout.p, shape, like) if dropout.training and dropout.p > 0 else None


def drop(dropout: nn.Dropout, vectors: Tensor) -> Tensor:
    """The twin of `dropout(vectors)`."""
    kept = mask(dropout, vectors, *vectors.shape)
    return vectors if kept is None else vectors * kept
