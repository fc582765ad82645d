"""Cells by kernels of our own on a processor: beside its products, a step is one pass over its numbers."""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.fast import cells, own
from entarte.fast.cells import Track


def takes(track: Track) -> bool:
    """Whether the kernels take this layer's numbers: wide ones without gaps, on a processor."""
    held = track.all_gates, track.bias_hh
    return all(each.dtype == torch.float32 and each.is_contiguous() for each in held) and own.takes(held[0])


def at(tensor: Tensor | None) -> int | None:
    """Where numbers lie."""
    return None if tensor is None else tensor.data_ptr()


def copies(track: Track, t: int) -> int | None:
    """Where the state after step t is held as an operand, if it is."""
    return None if track.said is track.h else track.said_after[t].data_ptr()


def added(more: Tensor | None) -> tuple[Tensor | None, int]:
    """With rows whose numbers follow each other, and how far apart the rows lie."""
    if more is None:
        return None, 0
    more = more if more.stride(1) == 1 else more.contiguous()
    return more, more.stride(0)


class LSTM(cells.LSTM):
    def prepare(self, start: tuple[Tensor, ...]) -> None:
        super().prepare(start)
        self.ours = takes(self)

    def forward(self, t: int) -> Tensor:
        if not self.ours:
            return super().forward(t)
        product, out = self.products.rounded(self.said_before[t], self.into), self.h_after[t]
        held = self.gates[t], product, self.c_before[t], self.c_after[t], self.bent[t], out
        own.run("lstm_there", product, *map(at, held), copies(self, t), *out.shape)
        return out

    def backward(self, t: int, dh: Tensor, dc: Tensor | None, more: Tensor | None = None) -> None:
        if not self.ours:
            return super().backward(t, dh, dc, more)
        more, apart = added(more)
        held = self.gates[t], self.c_before[t], self.bent[t], dh, more
        own.run("lstm_back", self.said, *map(at, held), apart, at(dc), at(self.slope[t]), *dh.shape)
        self.products.write(dh, self.slope[t], self.weight_hh)


class GRU(cells.GRU):
    def prepare(self, start: tuple[Tensor, ...]) -> None:
        super().prepare(start)
        self.ours = takes(self)

    def forward(self, t: int) -> Tensor:
        if not self.ours:
            return super().forward(t)
        product, out = self.products.rounded(self.said_before[t], self.into), self.h_after[t]
        held = self.gates[t], product, self.bias_hh, self.own[t], self.h_before[t], out
        own.run("gru_there", product, *map(at, held), copies(self, t), *out.shape)
        return out

    def backward(self, t: int, dh: Tensor, dc: Tensor | None, more: Tensor | None = None) -> None:
        if not self.ours:
            return super().backward(t, dh, dc, more)
        more, apart = added(more)
        kept = self.kept[: len(dh)]
        held = self.gates[t], self.own[t], self.h_before[t], dh, more
        slopes = at(kept), at(self.slope[t]), at(self.own_slope[t])
        own.run("gru_back", self.said, *map(at, held), apart, *slopes, *dh.shape)
        self.products.affine(kept, self.own_slope[t], self.weight_hh, out=dh)


TRACKS: dict[str, type[Track]] = {**cells.TRACKS, "lstm": LSTM, "gru": GRU}
"""A plain cell is a product and a tanh."""
