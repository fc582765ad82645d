"""Recurrent layers in the library's own kernels (cuDNN on a graphics card): one call for all steps.

A processor is faster with `fast.layer`, whose products are as large; a graphics card would spend its time on
starting the small work of each step. A flow lies as the library's packed sequences do, so nothing is copied.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import torch
from torch import Tensor

from entarte.fast.flow import Flow
from entarte.fast.products import Products

KERNELS: dict[str, Callable[..., tuple[Tensor, ...]]] = {
    "rnn": torch._VF.rnn_tanh,
    "lstm": torch._VF.lstm,
    "gru": torch._VF.gru,
}

# Weights of single cells do not lie in one piece; the copy that it warns of is one a layer and update.
warnings.filterwarnings("ignore", message="RNN module weights are not part of single contiguous chunk")


def layer(
    kind: str,
    products: Products,
    flow: Flow,
    inputs: Tensor,
    weights: tuple[Tensor, ...],
    start: tuple[Tensor, ...],
) -> tuple[Tensor, ...]:
    """Equal to `fast.layer.Layer`: inputs (N, I) → outputs (N, W), then the parts of the last state."""
    sizes = torch.tensor(flow.sizes)  # the library wants them on the processor
    first = [products.cast(part).unsqueeze(0) for part in start]
    outputs, *final = KERNELS[kind](
        products.cast(inputs),
        sizes,
        first if kind == "lstm" else first[0],
        [products.cast(weight) for weight in weights],
        has_biases=True,
        num_layers=1,
        dropout=0.0,
        train=torch.is_grad_enabled(),
        bidirectional=False,
    )
    return (outputs.to(inputs.dtype), *(part.squeeze(0).to(inputs.dtype) for part in final))
