"""The recurrent encoder: RNN, LSTM or GRU, one or both directions, stacked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn

from entarte.encoder.base import Encoder
from entarte.errors import InputError
from entarte.memory import Memory

LAYERS: dict[str, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


def flip(vectors: Tensor, mask: Tensor) -> Tensor:
    """Turn each sentence round, (B, S, E), and leave its padding at the end.

    >>> flip(torch.tensor([[[1], [2], [0]]]), torch.tensor([[True, True, False]])).flatten()
    tensor([2, 1, 0])
    """
    slot = torch.arange(mask.size(1), device=mask.device)
    length = mask.sum(1, keepdim=True)
    turned = torch.where(slot < length, length - 1 - slot, slot)
    return vectors.gather(1, turned.unsqueeze(-1).expand_as(vectors))


def last(vectors: Tensor, mask: Tensor) -> Tensor:
    """The vector of the last real slot: (B, S, D) → (B, D)."""
    end = mask.sum(1) - 1
    return vectors[torch.arange(vectors.size(0), device=mask.device), end]


class Recurrent(Encoder):
    """A stack of recurrent layers over the source.

    A direction reads its sentence from the first slot on and padding comes after the end, so padding
    can never reach a real slot; the backward direction reads the flipped sentence and its states are
    flipped back. Slot s of the memory is always token s of the source, also when the source is read
    in reverse.

    inputs  E, the width of the input vectors

    cell            rnn (tanh), lstm or gru
    width           D, of the memory: both directions together
    layers          stacked layers
    directions      both: every layer reads both ways; one: left to right only; first: the first layer
                    reads both ways, the others left to right (GNMT, Wu et al. 2016, section 3.2)
    reverse         read the source from its last word to its first (Sutskever et al. 2014, section 3.3)
    residual        add a layer's input to its output, from the second layer on (GNMT, section 3.1)
    dropout         between layers
    memory_dropout  of what the decoder may look at, the values of the memory
    """

    def __init__(
        self,
        inputs: int,
        *,
        cell: Literal["rnn", "lstm", "gru"] = "lstm",
        width: int = 512,
        layers: int = 1,
        directions: Literal["one", "both", "first"] = "both",
        reverse: bool = False,
        residual: bool = False,
        dropout: float = 0.0,
        memory_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if width < 1 or (directions != "one" and width % 2):
            raise InputError(
                f"two directions share a width of {width}, which must be even", setting="encoder.width"
            )
        if layers < 1:
            raise InputError(f"must be at least 1, not {layers}", setting="encoder.layers")
        self.cell = cell
        self.width = width
        self.layers = layers
        self.parts = 2 if cell == "lstm" else 1
        self.reverse = reverse
        self.residual = residual
        self.dropout = nn.Dropout(dropout)
        self.memory_dropout = nn.Dropout(memory_dropout)
        self.forwards = nn.ModuleList()
        self.backwards = nn.ModuleList()
        for layer in range(layers):
            both = directions == "both" or (directions == "first" and layer == 0)
            size = width // 2 if both else width
            reads = inputs if layer == 0 else width
            self.forwards.append(LAYERS[cell](reads, size, batch_first=True))
            self.backwards.append(LAYERS[cell](reads, size, batch_first=True) if both else nn.Identity())

    def forward(self, vectors: Tensor, mask: Tensor) -> Memory:
        """vectors (B, S, E), mask (B, S) → Memory of width D."""
        if self.reverse:
            vectors = flip(vectors, mask)
        finals = []
        for layer, (forward, backward) in enumerate(zip(self.forwards, self.backwards, strict=True)):
            inputs = self.dropout(vectors) if layer else vectors
            outputs, final = self.read(forward, inputs, mask)
            if isinstance(backward, nn.RNNBase):
                behind, end = self.read(backward, flip(inputs, mask), mask)
                outputs = torch.cat([outputs, flip(behind, mask)], dim=-1)
                final = tuple(torch.cat(pair, dim=-1) for pair in zip(final, end, strict=True))
            finals.append(final)
            vectors = outputs + vectors if self.residual and layer else outputs
        if self.reverse:
            vectors = flip(vectors, mask)
        summary = tuple(torch.stack(part, dim=1) for part in zip(*finals, strict=True))
        return Memory(self.memory_dropout(vectors * mask.unsqueeze(-1)), mask, finals[-1][0], summary)

    def read(self, layer: nn.Module, vectors: Tensor, mask: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """One direction of one layer: its states (B, S, D), and the last state of each part (B, D)."""
        if self.cell == "lstm" and not bool(mask.all()):
            # torch gives the memory cell c of the last slot only, padding or not; so ragged batches
            # are packed, which stops every row at its own end.
            packed = nn.utils.rnn.pack_padded_sequence(
                vectors, mask.sum(1).cpu(), batch_first=True, enforce_sorted=False
            )
            run, (h, c) = layer(packed)
            outputs, _ = nn.utils.rnn.pad_packed_sequence(run, batch_first=True, total_length=mask.size(1))
            return outputs, (h[0], c[0])
        outputs, state = layer(vectors)
        if self.cell == "lstm":
            return outputs, (state[0][0], state[1][0])
        return outputs, (last(outputs, mask),)
