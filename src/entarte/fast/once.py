"""Nodes that go backward once, since the way back uses up what the way there left."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def take(ctx: Any) -> Any:
    """What the way there left in `ctx.trip`. It can be had once."""
    trip = ctx.trip
    if trip is None:
        raise RuntimeError("the fast path goes backward once; run the forward pass again")
    ctx.trip = None
    return trip


class Sloped(torch.autograd.Function):
    """An objective () and a figure that is not differentiated, whose gradients were found on the way there:
    `ctx.trip` holds those of the first inputs; the others have none."""

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dobjective: Tensor, _: Any) -> tuple[Any, ...]:
        slopes = tuple(slope.mul_(dobjective) for slope in take(ctx))
        return (*slopes, *(None for _ in range(len(ctx.needs_input_grad) - len(slopes))))


def told(ctx: Any, nll: Tensor, even: Tensor, smoothing: float, slopes: Any) -> tuple[Tensor, Tensor]:
    """What a smoothed loss returns: (1 - ε) nll + ε even, and nll, which is not differentiated.

    slopes  of the first inputs, for the way back; None where there is none
    """
    ctx.trip = slopes
    ctx.mark_non_differentiable(nll)
    return (1 - smoothing) * nll + smoothing * even if smoothing else nll.clone(), nll
