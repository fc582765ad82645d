"""The recurrent encoder without packing: the twin of `encoder.recurrent.Recurrent.forward`."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.encoder.recurrent import Recurrent, flip
from entarte.fast.layer import Layer, Ragged
from entarte.memory import Memory


def encode(encoder: Recurrent, vectors: Tensor, mask: Tensor) -> Memory:
    """vectors (B, S, E), mask (B, S) → Memory, equal to `encoder(vectors, mask)`."""
    if encoder.reverse:
        vectors = flip(vectors, mask)
    ahead, astern = ragged(vectors, mask)
    flow = vectors.transpose(0, 1).contiguous()  # (S, B, ·)
    finals = []
    for number, (forward, backward) in enumerate(zip(encoder.forwards, encoder.backwards, strict=True)):
        inputs = encoder.dropout(flow) if number else flow
        outputs, *final = run(encoder.cell, forward, inputs, ahead, late=False)
        if isinstance(backward, nn.RNNBase):
            behind, *end = run(encoder.cell, backward, inputs.flip(0), astern, late=True)
            outputs = torch.cat([outputs, behind.flip(0)], dim=-1)
            final = [torch.cat(pair, dim=-1) for pair in zip(final, end, strict=True)]
        finals.append(final)
        flow = outputs + flow if encoder.residual and number else outputs
    values = flow.transpose(0, 1)
    values = values * mask.unsqueeze(-1) if ahead is not None else values.contiguous()
    if encoder.reverse:
        values = flip(values, mask)
    summary = tuple(torch.stack(part, dim=1) for part in zip(*finals, strict=True))
    return Memory(values, mask, finals[-1][0], summary)


def run(cell: str, layer: nn.Module, inputs: Tensor, ragged: Ragged | None, late: bool) -> tuple[Tensor, ...]:
    """One direction of one layer from a state of zeros."""
    assert isinstance(layer, nn.RNNBase)
    zeros = inputs.new_zeros(inputs.size(1), layer.hidden_size)
    weights = (layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, layer.bias_hh_l0)
    done: tuple[Tensor, ...] = Layer.apply(  # type: ignore[no-untyped-call]
        cell, ragged, late, inputs, *weights, *(zeros for _ in range(2 if cell == "lstm" else 1))
    )
    return done


def ragged(vectors: Tensor, mask: Tensor) -> tuple[Ragged | None, Ragged | None]:
    """The lengths as read from the first slot on, and as read from the last padded slot back."""
    length = mask.sum(1)
    first = int(length.min())
    steps = mask.size(1)
    if first == steps:
        return None, None
    real = mask.t().unsqueeze(-1).to(vectors.dtype)
    slot = torch.arange(1, steps + 1, device=mask.device)
    ends = (slot[:, None] == length).unsqueeze(-1).to(vectors.dtype)
    return Ragged(first, real, ends, length), Ragged(first, real.flip(0), ends, length)
