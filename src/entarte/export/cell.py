"""One step of a recurrent cell as nodes: RNN, LSTM, GRU, in torch's order of gates."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from torch import nn

from entarte.export.graph import Graph, Matrix
from entarte.export.multiply import Products


class Gates(NamedTuple):
    """The matrices of a cell; G = gates · W, with 1 gate for RNN, 4 for LSTM, 3 for GRU.

    kind  rnn, lstm or gru
    read  (G, I) of what is read, and its bias (G,)
    keep  (G, W) of the state, and its bias (G,)
    """

    kind: str
    read: Matrix
    read_bias: Matrix
    keep: Matrix
    keep_bias: Matrix

    @property
    def width(self) -> int:
        return int(self.keep.shape[1])


def gates(cell: nn.Module) -> Gates:
    """Of a cell, or of a layer over time."""
    kind = type(cell).__name__.removesuffix("Cell").lower()
    end = "" if isinstance(cell, nn.RNNCellBase) else "_l0"
    names = ("weight_ih", "bias_ih", "weight_hh", "bias_hh")
    return Gates(kind, *(numbers(getattr(cell, name + end)) for name in names))


def numbers(parameter: object) -> Matrix:
    """A parameter as float32."""
    return np.asarray(parameter.detach().float().cpu().numpy())  # type: ignore[attr-defined]


def step(
    g: Graph, by: Products, cell: Gates, said: str | None, reads: list[str], columns: Matrix,
    state: list[str], bounded: bool = False,
) -> list[str]:  # fmt: skip
    """The next state, (h,) or (h, c).

    said     (R, G) what W_ih adds for the part of the input that a table has ready, its bias included; None:
             there is no such part
    reads    the rest of the input
    columns  (G, …) the columns of W_ih for it
    state    (h,) or (h, c)
    bounded  whether h and the rest of the input lie between −1 and 1
    """
    bias = cell.read_bias if said is None else None
    if cell.kind == "gru":
        given = by.linear(g, g.join(*reads), columns, bias, bounded) if reads else None
        parts = [part for part in (said, given) if part is not None]
        given = parts[0] if len(parts) == 1 else g("Add", *parts)
        kept = by.linear(g, state[0], cell.keep, cell.keep_bias, bounded)
        r, z, n = g.many("Split", 3, given, axis=-1, num_outputs=3)
        hr, hz, hn = g.many("Split", 3, kept, axis=-1, num_outputs=3)
        reset = g("Sigmoid", g("Add", r, hr))
        update = g("Sigmoid", g("Add", z, hz))
        new = g("Tanh", g("Add", n, g("Mul", reset, hn)))
        return [g("Add", new, g("Mul", update, g("Sub", state[0], new)))]
    both = np.concatenate([columns, cell.keep], axis=1) if reads else cell.keep
    bias = cell.keep_bias if bias is None else cell.keep_bias + bias
    if cell.kind == "lstm":
        return by.lstm(g, g.join(*reads, state[0]), state[1], said, both, bias, bounded)
    total = by.linear(g, g.join(*reads, state[0]), both, bias, bounded)
    return [g("Tanh", total if said is None else g("Add", total, said))]
