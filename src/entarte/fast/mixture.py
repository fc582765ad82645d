"""Output layer and loss of a pointer-generator as one node, in chunks: the twin of `loss.mixture`.

As in `fast.loss`, the gradient is computed on the way there, so that no table of probabilities is kept. Of
what is copied only the share of the true word is needed, so no table with the source's words is ever made.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from entarte.fast.once import Sloped, told
from entarte.fast.products import WIDE, Products
from entarte.loss import Loss
from entarte.readout.pointer import LEAST

ROOM = 1 << 22
"""Numbers in one chunk of logits: 16 MiB in single precision."""


class Mixture(Sloped):
    """features (N, F), weight (V, F), bias (V,), gate, copied, outputs (N,) → objective (), nll ()."""

    @staticmethod
    def forward(
        ctx: Any,
        features: Tensor,
        weight: Tensor,
        bias: Tensor,
        gate: Tensor,
        copied: Tensor,
        outputs: Tensor,
        smoothing: float,
        chunk: int,
        products: Products,
    ) -> tuple[Tensor, Tensor]:
        nll, even = features.new_zeros(2).unbind()
        dfeatures, dweight, dbias, dgate, dcopied = (
            torch.zeros_like(each) for each in (features, weight, bias, gate, copied)
        )
        asked, into = products.cast(features), products.cast(weight)
        vocabulary = bias.numel()
        for begin in range(0, outputs.numel(), chunk):
            part = slice(begin, begin + chunk)
            known = outputs[part] < vocabulary
            truth = torch.where(known, outputs[part], 0).unsqueeze(-1)
            logs = products.affine(bias, asked[part], into.t()).log_softmax(-1)
            generated = torch.where(known, logs.gather(-1, truth).squeeze(-1), -1e30)
            generated = generated.add_(logsigmoid(gate[part]))
            kept = logsigmoid(-gate[part])
            said = torch.logaddexp(generated, kept + copied[part].clamp_min(LEAST).log())
            nll -= said.sum()
            if smoothing:
                even -= logs.mean(-1).sum()
            # of a word's probability the share r was generated: that much of its slope goes to P_vocab
            r = (1 - smoothing) * (generated - said).exp()
            slope = logs.exp_()
            slope *= (r + smoothing).unsqueeze(-1)
            slope.scatter_add_(-1, truth, -r.unsqueeze(-1))
            if smoothing:
                slope -= smoothing / vocabulary
            dgate[part] = (1 - smoothing) * torch.sigmoid(gate[part]) - r
            dcopied[part] = (smoothing - 1) * (kept - said).exp() * (copied[part] >= LEAST)
            narrow = products.cast(slope)
            dfeatures[part] = products.mm(narrow, into)
            products.add(dweight, narrow.t(), asked[part])
            dbias += slope.sum(0)
        return told(ctx, nll, even, smoothing, (dfeatures, dweight, dbias, dgate, dcopied))


def mixture(
    features: Tensor,
    weight: Tensor,
    bias: Tensor,
    gate: Tensor,
    copied: Tensor,
    outputs: Tensor,
    smoothing: float = 0.0,
    chunk: int | None = None,
    products: Products = WIDE,
) -> Loss:
    """Equal to `loss.mixture(linear(features, weight, bias), gate, copied, outputs, smoothing)`.

    features  (N, F), real tokens only, without the logit of p_gen
    chunk     rows at a time; None chooses by the size of the vocabulary
    products  how operands are multiplied
    """
    chunk = chunk or max(1, ROOM // bias.numel())
    objective, nll = Mixture.apply(  # type: ignore[no-untyped-call]
        features, weight, bias, gate, copied, outputs, smoothing, chunk, products
    )
    return Loss(objective, nll, outputs.numel())
