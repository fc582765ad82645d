"""Output layer and cross-entropy with bfloat16 products: the twin of `fast.loss.CrossEntropy`.

Logits are rounded once, as the product ends. Softmax, loss and p − truth are wide, a few rows at a time so
that they never leave the cache; p − truth is rounded again for the two products with it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from entarte.fast.once import Sloped, told
from entarte.fast.products import Products, times

CACHED = 1 << 19
"""Numbers that are wide at once on a processor: 2 MiB."""


class NarrowCrossEntropy(Sloped):
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
        nll, even = features.new_zeros(2).unbind()
        asked, into = features.bfloat16(), weight.bfloat16()
        few = max(1, CACHED // vocabulary) if features.is_cpu else chunk
        room = features.new_empty(few, vocabulary)
        least = torch.finfo(features.dtype).tiny * 1e8  # a smaller probability has lost digits
        if backwards:
            dfeatures = torch.empty_like(features)
            dweight = torch.empty_like(weight) if count else torch.zeros_like(weight)
            dbias = torch.zeros_like(bias)
        for begin in range(0, count, chunk):
            part = asked[begin : begin + chunk]
            truths = outputs[begin : begin + chunk].unsqueeze(-1)
            narrow = times(part, into.t())
            for first in range(0, len(part), few):
                rounded, truth = narrow[first : first + few], truths[first : first + few]
                logits = torch.add(rounded, bias, out=room[: len(rounded)])
                said = logits.gather(-1, truth)
                mean = logits.mean(-1, keepdim=True) if smoothing else said
                slope = torch.softmax(logits, -1, out=logits)
                # log Σ exp of the logits, from one of them and its probability; where that vanishes, anew
                chance = slope.gather(-1, truth)
                norm = said - chance.clamp_min(least).log()
                if bool((rare := (chance < least).squeeze(-1)).any()):
                    norm[rare] = torch.add(rounded[rare], bias).logsumexp(-1, keepdim=True)
                nll += (norm - said).sum()
                if smoothing:
                    even += (norm - mean).sum()
                if backwards:
                    slope.scatter_add_(-1, truth, torch.full_like(said, smoothing - 1))
                    if smoothing:
                        slope -= smoothing / vocabulary
                    dbias.addmv_(slope.t(), slope.new_ones(len(slope)))
                    rounded.copy_(slope)
            if backwards:
                products.write(dfeatures[begin : begin + chunk], narrow, into)
                (products.add if begin else products.write)(dweight, narrow.t(), part)
        return told(ctx, nll, even, smoothing, (dfeatures, dweight, dbias) if backwards else None)
