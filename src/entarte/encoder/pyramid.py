"""The pyramid of Listen, Attend and Spell: each layer reads half as many slots as the one below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn

from entarte.encoder.base import Encoder
from entarte.encoder.recurrent import Recurrent
from entarte.errors import InputError
from entarte.memory import Memory


def joined(vectors: Tensor, mask: Tensor, factor: int) -> tuple[Tensor, Tensor]:
    """Each `factor` neighbours as one: (B, S, D) → (B, ⌈S / f⌉, f D), and the mask (B, ⌈S / f⌉).

    What the last slot lacks is filled up with zeros, and so is padding, so that no row depends on the others.

    >>> joined(torch.tensor([[[1.0], [2.0], [3.0]]]), torch.tensor([[True, True, True]]), 2)
    (tensor([[[1., 2.],
             [3., 0.]]]), tensor([[True, True]]))
    """
    rows, slots, width = vectors.shape
    real = vectors * mask.unsqueeze(-1)
    filled = nn.functional.pad(real, (0, 0, 0, -slots % factor))
    return filled.view(rows, -1, factor * width), mask[:, ::factor]


class Pyramid(Encoder):
    """A stack of bidirectional recurrent layers (Chan et al. 2016, "Listen, Attend and Spell", section 3.1).

    From the second layer on, h_i^j = BLSTM(h_{i−1}^j, [h_{2i}^{j−1}; h_{2i+1}^{j−1}]) (eq. 5): neighbours are
    joined before a layer reads them. So one slot of the memory stands for factor^(layers − 1) of the source,
    and a decoder has as much less to look through.

    inputs  E, the width of the input vectors

    cell            rnn (tanh), lstm or gru
    width           D, of every layer and of the memory: both directions together
    layers          stacked layers, the one that reads every slot included
    factor          neighbours that are joined before each further layer
    dropout         between layers
    memory_dropout  of what the decoder may look at, the values of the memory
    """

    def __init__(
        self,
        inputs: int,
        *,
        cell: Literal["rnn", "lstm", "gru"] = "lstm",
        width: int = 512,
        layers: int = 3,
        factor: int = 2,
        dropout: float = 0.0,
        memory_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if layers < 1:
            raise InputError(f"must be at least 1, not {layers}", setting="encoder.layers")
        if factor < 1:
            raise InputError(f"must be at least 1, not {factor}", setting="encoder.factor")
        self.width = width
        self.layers = layers
        self.parts = 2 if cell == "lstm" else 1
        self.factor = factor
        self.reduction = factor ** (layers - 1)
        self.dropout = nn.Dropout(dropout)
        self.stack = nn.ModuleList(
            Recurrent(
                factor * width if layer else inputs,
                cell=cell,
                width=width,
                memory_dropout=memory_dropout if layer == layers - 1 else 0.0,
            )
            for layer in range(layers)
        )

    def forward(self, vectors: Tensor, mask: Tensor) -> Memory:
        """vectors (B, S, E), mask (B, S) → Memory of ⌈S / reduction⌉ slots of width D."""
        return self.climb(vectors, mask, lambda layer, inputs, real: layer(inputs, real))

    def climb(
        self, vectors: Tensor, mask: Tensor, read: Callable[[Recurrent, Tensor, Tensor], Memory]
    ) -> Memory:
        """From layer to layer; `read` runs one of them over (B, S, E) and its mask."""
        summaries = []
        for number, layer in enumerate(self.stack):
            assert isinstance(layer, Recurrent)
            if number:
                vectors, mask = joined(self.dropout(vectors), mask, self.factor)
            memory = read(layer, vectors, mask)
            vectors = memory.values
            summaries.append(memory.summary)
        summary = tuple(torch.cat(part, dim=1) for part in zip(*summaries, strict=True))
        return memory._replace(summary=summary)

    def held(self, source: int) -> int:
        return sum(24 * self.width * -(-source // self.factor**layer) for layer in range(self.layers))
