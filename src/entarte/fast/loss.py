"""Output layer and cross-entropy as one node, in chunks: the twin of `loss.cross_entropy`.

The gradient is computed on the way there, chunk by chunk: logits, softmax in place, p − truth, and the two
products with it. So the (N, V) table of probabilities is never kept, whatever N is.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from entarte.fast import cross
from entarte.fast.narrow_loss import NarrowCrossEntropy
from entarte.fast.once import Sloped, told
from entarte.fast.products import STEP, WIDE, Products
from entarte.loss import Loss

ROOM = 1 << 22
"""Numbers in one chunk of logits: 16 MiB in single precision."""


class CrossEntropy(Sloped):
    """features (N, F), weight (V, F), bias (V,), outputs (N,) → objective (), nll ()."""

    @staticmethod
    def forward(
        ctx: Any,
        features: Tensor,
        weight: Tensor,
        bias: Tensor,
        outputs: Tensor,
        smoothing: float,
        chunk: int,
        backwards: bool,
        products: Products,
    ) -> tuple[Tensor, Tensor]:
        count, vocabulary = outputs.numel(), bias.numel()
        nll = features.new_zeros(())
        even = features.new_zeros(())
        centre, middle = weight.mean(0), bias.mean()  # the mean of a row of logits is linear too
        least = torch.finfo(features.dtype).tiny * 1e8  # a smaller probability has lost digits
        if backwards:
            dfeatures = torch.empty_like(features)
            dweight = torch.empty_like(weight) if count else torch.zeros_like(weight)
            dbias = torch.zeros_like(bias)
        for begin in range(0, count, chunk):
            part = features[begin : begin + chunk]
            truth = outputs[begin : begin + chunk].unsqueeze(-1)
            logits = products.affine(bias, part, weight.t())
            said = logits.gather(-1, truth)
            mean = torch.addmv(middle, part, centre).unsqueeze(-1) if smoothing else said
            slope = torch.softmax(logits, -1, out=logits)
            # log Σ exp of the logits, from one of them and its probability; where that vanishes, anew
            chance = slope.gather(-1, truth)
            norm = said - chance.clamp_min(least).log()
            if bool((rare := (chance < least).squeeze(-1)).any()):
                norm[rare] = torch.addmm(bias, part[rare], weight.t()).logsumexp(-1, keepdim=True)
            nll += (norm - said).sum()
            if smoothing:
                even += (norm - mean).sum()
            if backwards:
                slope.scatter_add_(-1, truth, torch.full_like(said, smoothing - 1))
                if smoothing:
                    slope -= smoothing / vocabulary
                products.write(dfeatures[begin : begin + chunk], slope, weight)
                (products.add if begin else products.write)(dweight, slope.t(), part)
                dbias.addmv_(slope.t(), slope.new_ones(len(part)))
        return told(ctx, nll, even, smoothing, (dfeatures, dweight, dbias) if backwards else None)


def cross_entropy(
    features: Tensor,
    weight: Tensor,
    bias: Tensor,
    outputs: Tensor,
    smoothing: float = 0.0,
    chunk: int | None = None,
    products: Products = WIDE,
) -> Loss:
    """Equal to `loss.cross_entropy(linear(features, weight, bias), outputs, smoothing)`.

    features  (N, F), real tokens only
    outputs   (N,) long
    chunk     rows at a time; None chooses by the size of the vocabulary
    products  how operands are multiplied
    """
    node: type[Sloped] = CrossEntropy if products.narrow is None else NarrowCrossEntropy
    if products.ours and cross.fits(features, weight, bias):
        node = cross.OwnCrossEntropy
    chunk = chunk or whole(ROOM // bias.numel() * (1 if products.narrow is None else 2))
    learns = features.requires_grad or weight.requires_grad or bias.requires_grad
    backwards = torch.is_grad_enabled() and learns
    objective, nll = node.apply(features, weight, bias, outputs, smoothing, chunk, backwards, products)  # type: ignore[no-untyped-call]
    return Loss(objective, nll, outputs.numel())


def whole(rows: int) -> int:
    """So many rows or a few less: a count that products like."""
    return max(1, rows - rows % STEP if rows > STEP else rows)
