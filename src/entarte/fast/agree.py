"""Output layer, cross-entropy and divergence of two passes as one node, in chunks: the twin of `loss.agree`.

As in `fast.loss`, the gradient is computed on the way there, so that no table of probabilities is kept.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from entarte.fast.once import Sloped
from entarte.fast.products import WIDE, Products
from entarte.loss import Loss

ROOM = 1 << 22
"""Numbers in one chunk of logits of both passes: 16 MiB in single precision."""


class Agree(Sloped):
    """features (2, N, F), weight (V, F), bias (V,), outputs (N,) → objective (), nll ()."""

    @staticmethod
    def forward(
        ctx: Any,
        features: Tensor,
        weight: Tensor,
        bias: Tensor,
        outputs: Tensor,
        smoothing: float,
        strength: float,
        chunk: int,
        products: Products,
    ) -> tuple[Tensor, Tensor]:
        nll, even, apart = features.new_zeros(3).unbind()
        dfeatures, dweight, dbias = (torch.zeros_like(each) for each in (features, weight, bias))
        asked, into = products.cast(features), products.cast(weight)
        for begin in range(0, outputs.numel(), chunk):
            both = asked[:, begin : begin + chunk]
            rows, wide = both.flatten(0, 1), both.shape[:2]
            truth = outputs[begin : begin + chunk].expand(2, -1).unsqueeze(-1)
            logs = products.affine(bias, rows, into.t()).view(*wide, -1).log_softmax(-1)
            nll -= logs.gather(-1, truth).sum()
            if smoothing:
                even -= logs.mean(-1).sum()
            chances = logs.exp()
            gap = logs[0] - logs[1]
            # Σ p log(p / q) and Σ q log(q / p); a logit of p pulls at both
            far = torch.stack([(chances[0] * gap).sum(-1), -(chances[1] * gap).sum(-1)]).unsqueeze(-1)
            apart += far.sum()
            other = torch.sub(chances[0], chances[1])
            slope = torch.stack([gap - far[0], -gap - far[1]], out=logs).mul_(chances)
            slope[0] += other
            slope[1] -= other
            slope = chances.add_(slope, alpha=strength / 2)
            slope.scatter_add_(-1, truth, slope.new_full(truth.shape, smoothing - 1))
            if smoothing:
                slope -= smoothing / bias.numel()
            slopes = slope.flatten(0, 1).mul_(0.5)
            dbias.addmv_(slopes.t(), slopes.new_ones(len(slopes)))
            slopes = products.cast(slopes)
            dfeatures[:, begin : begin + chunk] = products.mm(slopes, into).view_as(both)
            products.add(dweight, slopes.t(), rows)
        ctx.trip = (dfeatures, dweight, dbias)
        said = (1 - smoothing) * nll + smoothing * even
        nll = nll / 2
        ctx.mark_non_differentiable(nll)
        return (said + strength / 2 * apart) / 2, nll


def agree(
    features: Tensor,
    weight: Tensor,
    bias: Tensor,
    outputs: Tensor,
    smoothing: float,
    strength: float,
    chunk: int | None = None,
    products: Products = WIDE,
) -> Loss:
    """Equal to `loss.agree(linear(features, weight, bias), outputs, smoothing, strength)`.

    features  (2, N, F): both passes, real tokens only
    outputs   (N,) long
    chunk     tokens at a time; None chooses by the size of the vocabulary
    products  how operands are multiplied
    """
    chunk = chunk or max(1, ROOM // (2 * bias.numel()))
    objective, nll = Agree.apply(features, weight, bias, outputs, smoothing, strength, chunk, products)  # type: ignore[no-untyped-call]
    return Loss(objective, nll, outputs.numel())
