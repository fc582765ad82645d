"""The recurrent encoder without padding: the twin of `encoder.recurrent.Recurrent.forward`."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.encoder.recurrent import Recurrent
from entarte.fast.drop import drop
from entarte.fast.flow import Order
from entarte.fast.layer import recur
from entarte.fast.products import Products
from entarte.fast.spread import Spread
from entarte.memory import Memory


def encode(encoder: Recurrent, read: Spread, mask: Tensor, order: Order, products: Products) -> Memory:
    """read, the vectors of the real slots in the order of the flow → Memory, equal to the readable one."""
    if encoder.reverse:
        read = read.at(order.turned)
    finals = []
    vectors = read.vectors
    for number, (forward, backward) in enumerate(zip(encoder.forwards, encoder.backwards, strict=True)):
        inputs = Spread(drop(encoder.dropout, vectors)) if number else read
        outputs, *final = run(encoder.cell, forward, inputs, order, products)
        if isinstance(backward, nn.RNNBase):
            behind, *end = run(encoder.cell, backward, inputs.at(order.turned), order, products)
            outputs = torch.cat([outputs, behind[order.turned]], dim=-1)
            final = [torch.cat(pair, dim=-1) for pair in zip(final, end, strict=True)]
        finals.append([part[order.back] for part in final])
        vectors = outputs + vectors if encoder.residual and number else outputs
    if encoder.reverse:
        vectors = vectors[order.turned]
    vectors = drop(encoder.memory_dropout, vectors)
    values = vectors.new_zeros(mask.numel(), vectors.size(1)).index_copy(0, order.slots, vectors)
    summary = tuple(torch.stack(part, dim=1) for part in zip(*finals, strict=True))
    return Memory(values.view(*mask.shape, -1), mask, finals[-1][0], summary)


def run(cell: str, layer: nn.Module, inputs: Spread, order: Order, products: Products) -> tuple[Tensor, ...]:
    """One direction of one layer from a state of zeros."""
    assert isinstance(layer, nn.RNNBase)
    zeros = inputs.vectors.new_zeros(len(order.rows), layer.hidden_size)
    weights = tuple(each for name, each in layer.named_parameters())  # W_ih, W_hh, b_ih, b_hh
    start = (zeros,) * (2 if cell == "lstm" else 1)
    return recur(cell, products, order.flow, inputs, weights, start)
