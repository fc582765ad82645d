"""Recurrent cells on top of each other, one step at a time."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

Cell = Callable[[int, int], nn.RNNCellBase]
CELLS: dict[str, Cell] = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}

Cells = tuple[tuple[Tensor, ...], ...]
"""For each layer the parts of its state, (h,) or (h, c), each (R, W)."""


class Stack(nn.Module):
    """L cells. Layer l reads the layer below, and `beside` where it is asked to.

    inputs    width of what the first layer reads
    beside    width of what the other layers read beside the layer below; 0 for nothing
    cell      rnn, lstm or gru
    width     W, of every layer
    layers    L
    residual  add a layer's input to its output, from the second layer on
    dropout   between layers
    """

    def __init__(
        self, inputs: int, beside: int, cell: str, width: int, layers: int, residual: bool, dropout: float
    ) -> None:
        super().__init__()
        self.parts = 2 if cell == "lstm" else 1
        self.residual = residual
        self.dropout = nn.Dropout(dropout)
        self.cells = nn.ModuleList(
            CELLS[cell](inputs if layer == 0 else width + beside, width) for layer in range(layers)
        )

    def forward(self, inputs: Tensor, beside: Tensor | None, cells: Cells) -> tuple[Tensor, Tensor, Cells]:
        """One step: inputs (R, I), beside (R, J) or None → top (R, W), bottom (R, W), next cells."""
        after: list[tuple[Tensor, ...]] = []
        below = inputs
        outputs: list[Tensor] = []
        for layer, cell in enumerate(self.cells):
            if layer:
                below = self.dropout(below)
            reads = torch.cat([below, beside], dim=-1) if layer and beside is not None else below
            state = cell(reads, cells[layer] if self.parts == 2 else cells[layer][0])
            parts: tuple[Tensor, ...] = state if self.parts == 2 else (state,)
            after.append(parts)
            below = parts[0] + below if self.residual and layer else parts[0]
            outputs.append(below)
        return outputs[-1], outputs[0], tuple(after)
