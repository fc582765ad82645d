"""Dot product."""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.attention.base import Attention
from entarte.errors import InputError
from entarte.window.base import Window


def inner(query: Tensor, keys: Tensor) -> Tensor:
    """Every query with every key: (B, T, D), (B, S, D) → (B, T, S)."""
    return torch.einsum("btd,bsd->bts", query, keys)


class Dot(Attention):
    """score = h_tᵀ h_s (Luong et al. 2015, eq. 8, dot). Query and memory must be equally wide."""

    def __init__(self, query: int, memory: int, window: Window) -> None:
        super().__init__(query, memory, window)
        if query != memory:
            raise InputError(
                f"a dot product needs a decoder as wide as the memory, not {query} and {memory}",
                setting="attention.kind",
                advice="Set decoder.width equal to encoder.width, or attention.kind to 'general'.",
            )

    def score(self, query: Tensor, keys: Tensor, state: None) -> Tensor:
        return inner(query, keys)
