"""Local attention, predictive: the decoder says where to look, a Gaussian favours that place."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.errors import InputError
from entarte.memory import Memory
from entarte.window.base import Window, lengths, slots


class LocalP(Window):
    """local-p of Luong et al. 2015, section 3.2.

    p_t = S · sigmoid(v_pᵀ tanh(W_p h_t))                    eq. 9
    a_t(s) = align(h_t, h_s) · exp(−(s − p_t)² / 2σ²)         eq. 10, σ = D/2, |s − p_t| ≤ D

    As printed, the weights sum to less than 1 once the Gaussian has been applied; `renormalise`
    makes them sum to 1 again, which is not in the paper.

    half         D of the paper, in slots
    renormalise  divide by the sum after the Gaussian
    """

    asks = True

    def __init__(self, query: int, *, half: int = 10, renormalise: bool = False) -> None:
        super().__init__(query)
        if half < 1:
            raise InputError(f"must be at least 1, not {half}", setting="window.half")
        self.reach = half
        self.renormalise = renormalise
        self.sums_to_one = renormalise
        self.W = nn.Linear(query, query, bias=False)
        self.v = nn.Linear(query, 1, bias=False)

    def centre(self, query: Tensor, memory: Memory) -> Tensor:
        """p_t, (B, T), in slots: a real number between 0 and the length of the source."""
        place = torch.sigmoid(self.v(torch.tanh(self.W(query)))).squeeze(-1)
        return place * lengths(memory)[:, None]

    def distance(self, query: Tensor, memory: Memory) -> Tensor:
        """s − p_t, (B, T, S)."""
        return slots(memory) - self.centre(query, memory)[..., None]

    def inside(self, query: Tensor, memory: Memory, position: Tensor) -> Tensor:
        # p_t may come as near to the length S as rounding allows; the last slot is S − 1, so a window
        # of half ≥ 1 always holds a real slot.
        return self.distance(query, memory).abs() <= self.reach

    def shape(self, weights: Tensor, query: Tensor, memory: Memory, position: Tensor) -> Tensor:
        sigma = self.reach / 2
        gauss = torch.exp(-self.distance(query, memory).square() / (2 * sigma**2))
        weights = weights * gauss.unsqueeze(1)
        if self.renormalise:
            weights = weights / weights.sum(-1, keepdim=True)
        return weights
