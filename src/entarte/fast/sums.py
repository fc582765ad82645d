"""Sums of gradients, some of which may not be there."""

from __future__ import annotations

from torch import Tensor


def sum_of(one: Tensor | None, other: Tensor | None) -> Tensor | None:
    """The sum, where None is nothing. Neither is changed."""
    if one is None or other is None:
        return other if one is None else one
    return one + other
