"""The cells on a card: beside its products, a step is one kernel."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from entarte.fast import cells
from entarte.fast.card.kernels.gru import gru_backward, gru_forward
from entarte.fast.card.kernels.lstm import lstm_backward, lstm_forward
from entarte.fast.card.kernels.plain import bend_backward, bend_forward
from entarte.fast.card.launch import pointwise, rows, step
from entarte.fast.cells import Track
from entarte.fast.flow import cut


def copies(track: Track, t: int) -> Tensor | None:
    """Where the state after step t is held as an operand, if it is."""
    return None if track.said is track.h else track.said_after[t]


def slopes(track: Track, t: int) -> Tensor | None:
    """Where the gradients of the gates are held as operands, if they are."""
    return None if track.slopes is track.all_gates else track.slope[t]


class Plain(cells.Plain):
    def forward(self, t: int) -> Tensor:
        gates, out = self.gates[t], self.h_after[t]
        self.products.add(gates, self.said_before[t], self.into)
        pointwise(bend_forward, gates, None, out, None, copies(self, t), self.width)
        return out

    def backward(self, t: int, dh: Tensor, dc: Tensor | None, more: Tensor | None = None) -> None:
        more = None if more is None else rows(more)
        found = dh, self.width, more, step(more), self.gates[t], slopes(self, t)
        pointwise(bend_backward, self.h_after[t], None, *found, self.width)
        self.products.write(dh, self.slope[t], self.weight_hh)


class LSTM(cells.LSTM):
    def prepare(self, start: tuple[Tensor, ...]) -> None:
        _, self.c_before, self.c_after = self.chain(start[1])
        self.bent = cut(start[1].new_empty(len(self.all_gates), self.width), self.flow.sizes)

    def forward(self, t: int) -> Tensor:
        gates, out = self.gates[t], self.h_after[t]
        self.products.add(gates, self.said_before[t], self.into)
        held = self.c_before[t], self.c_after[t], self.bent[t]
        pointwise(lstm_forward, gates, *held, out, copies(self, t), self.width)
        return out

    def backward(self, t: int, dh: Tensor, dc: Tensor | None, more: Tensor | None = None) -> None:
        more = None if more is None else rows(more)
        held = self.c_before[t], self.bent[t], dh, more, step(more), dc
        pointwise(lstm_backward, self.gates[t], *held, slopes(self, t), self.width)
        self.products.write(dh, self.slope[t], self.weight_hh)


class GRU(cells.GRU):
    def prepare(self, start: tuple[Tensor, ...]) -> None:
        self.all_own = torch.empty_like(self.all_gates)  # W_hh h + b_hh; on the way back its gradient
        self.own = cut(self.all_own, self.flow.sizes)
        self.own_slopes = self.products.room(self.all_own)
        self.own_slope = cut(self.own_slopes, self.flow.sizes)
        self.kept = torch.empty_like(start[0])

    def forward(self, t: int) -> Tensor:
        own, out = self.own[t], self.h_after[t]
        self.products.affine(self.bias_hh, self.said_before[t], self.into, out=own)
        pointwise(gru_forward, self.gates[t], own, self.h_before[t], out, copies(self, t), self.width)
        return out

    def backward(self, t: int, dh: Tensor, dc: Tensor | None, more: Tensor | None = None) -> None:
        more = None if more is None else rows(more)
        kept, slope = self.kept[: len(dh)], slopes(self, t)
        held: tuple[Any, ...] = self.own[t], self.h_before[t], dh, more, step(more), kept
        own_slope = None if slope is None else self.own_slope[t]
        pointwise(gru_backward, self.gates[t], *held, slope, own_slope, self.width)
        self.products.affine(kept, self.own_slope[t], self.weight_hh, out=dh)


TRACKS: dict[str, type[Track]] = {"rnn": Plain, "lstm": LSTM, "gru": GRU}
