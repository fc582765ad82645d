"""Recurrent cells over all steps at once, layer by layer: for decoders whose attention only follows them."""

from __future__ import annotations

from torch import Tensor, nn

from entarte.decoder.stack import Cells, Stack
from entarte.fast.drop import drop
from entarte.fast.flow import Flow
from entarte.fast.layer import recur
from entarte.fast.products import Products
from entarte.fast.spread import Spread


def climb(stack: Stack, flow: Spread, cells: Cells, products: Products) -> tuple[Tensor, Tensor, Cells]:
    """flow, T · B slots → the outputs of the top and of the bottom layer, (T, B, W), and the last states."""
    rows = len(cells[0][0])
    steps = flow.slots // rows
    even = Flow([rows] * steps)
    below = bottom = reads = flow.vectors
    after: list[tuple[Tensor, ...]] = []
    for number, cell in enumerate(stack.cells):
        if number:
            reads = drop(stack.dropout, below)
        inputs = Spread(reads.flatten(0, 1)) if number else flow
        out, *final = recur(cell_name(cell), products, even, inputs, weights_of(cell), cells[number])
        out = out.view(steps, rows, -1)
        after.append(tuple(final))
        below = out + reads if stack.residual and number else out
        bottom = bottom if number else below
    return below, bottom, tuple(after)


def cell_name(cell: nn.Module) -> str:
    """rnn, lstm or gru."""
    return {nn.RNNCell: "rnn", nn.LSTMCell: "lstm", nn.GRUCell: "gru"}[type(cell)]


def weights_of(cell: nn.Module) -> tuple[Tensor, ...]:
    """W_ih, W_hh, b_ih, b_hh."""
    assert isinstance(cell, nn.RNNCellBase)
    assert cell.bias_ih is not None
    assert cell.bias_hh is not None
    return cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh
