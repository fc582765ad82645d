"""Dot, scaled dot and general attention, step by step."""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.fast.look.base import ScoredLook


class BilinearLook(ScoredLook):
    """score = scale · kᵀ q. Inputs: values (B, S, D), keys (B, S, Q)."""

    def __init__(self, steps: int, inputs: tuple[Tensor, ...], mask: Tensor, scale: float) -> None:
        values, self.keys = inputs
        super().__init__(steps, values, mask)
        self.scale = scale
        self.flat = self.keys.transpose(1, 2)
        self.room = torch.empty_like(self.bias)
        self.dscores: list[Tensor] = []

    def score(self, t: int, query: Tensor) -> Tensor:
        return torch.baddbmm(self.bias, query.unsqueeze(1), self.flat, alpha=self.scale, out=self.room)

    def unscore(self, t: int, dscores: Tensor) -> Tensor:
        if self.scale != 1.0:
            dscores *= self.scale
        self.dscores.append(dscores)
        return torch.bmm(dscores, self.keys).squeeze(1)

    def gradients(self) -> list[Tensor | None]:
        dscores = torch.cat(self.dscores[::-1], 1).transpose(1, 2)  # (B, S, T)
        return [self.dvalues(), dscores @ torch.stack(self.queries, 1)]
