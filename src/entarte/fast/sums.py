"""Sums of gradients, some of which may not be there."""

from __future__ import annotations

import torch
from torch import Tensor


def sum_of(one: Tensor | None, other: Tensor | None) -> Tensor | None:
    """The sum, where None is nothing. Neither is changed."""
    if one is None or other is None:
        return other if one is None else one
    return one + other


def carried(slope: Tensor | None, like: Tensor) -> Tensor:
    """A gradient that will be used up, its rows one after the other; zeros where there is none."""
    if slope is None:
        return torch.zeros_like(like, memory_format=torch.contiguous_format)
    return slope.clone(memory_format=torch.contiguous_format)
