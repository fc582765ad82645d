"""Clipping makes no pass over the gradients where their norm is small enough, and changes no bit by that."""

from __future__ import annotations

from math import inf

import pytest
import torch
from torch import nn

from entarte.optimise import Optimiser, Pace
from entarte.settings import Train


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0, 1 + 1e-7, 2.0])
def test_equal_to_torch(share: float) -> None:
    """The largest norm is a share of the gradient's, or without limit (0)."""
    torch.manual_seed(1)
    layers = [nn.Linear(7, 5), nn.Linear(7, 5)]
    layers[1].load_state_dict(layers[0].state_dict())
    for one, other in zip(layers[0].parameters(), layers[1].parameters(), strict=True):
        one.grad = torch.randn_like(one)
        other.grad = one.grad.clone()
    size = float(nn.utils.get_total_norm([p.grad for p in layers[0].parameters() if p.grad is not None]))
    optimiser = Optimiser(layers[0], Train(optimiser="sgd", rate=0.5, clip=share * size))
    norm = optimiser.update(Pace(1, 0, 0.0))
    assert norm == float(nn.utils.clip_grad_norm_(layers[1].parameters(), share * size or inf))
    for one, other in zip(layers[0].parameters(), layers[1].parameters(), strict=True):
        assert other.grad is not None
        assert torch.equal(one, other - 0.5 * other.grad)
