"""Random numbers for both sides: modules in double precision, and their weights as numpy arrays."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from entarte.memory import Memory

B, T, S, Q, D = 2, 3, 4, 5, 6
"""Sources, target steps, source slots, width of a query, width of a memory."""
LENGTHS = (4, 2)
"""Real slots of each source."""

M = TypeVar("M", bound=nn.Module)


def numbers(*shape: int, seed: int = 0) -> Tensor:
    """Numbers from a normal distribution."""
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def draw(module: M, seed: int = 1) -> M:
    """The module in double precision, every parameter drawn from [-1, 1]."""
    module = module.double().eval()
    chance = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.uniform_(-1.0, 1.0, generator=chance)
    return module


def array(tensor: Tensor) -> np.ndarray:
    """The same numbers, out of torch's hands."""
    return tensor.detach().numpy().copy()


def memory(width: int = D, seed: int = 2) -> Memory:
    """Two sources, the second with two slots of padding."""
    mask = torch.arange(S) < torch.tensor(LENGTHS)[:, None]
    values = numbers(B, S, width, seed=seed) * mask[..., None]
    return Memory(values, mask, numbers(B, width, seed=seed + 1), (numbers(B, 1, width, seed=seed + 2),))
