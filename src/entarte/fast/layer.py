"""One direction of one recurrent layer over all its steps, as one node of the graph."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from entarte.fast.cells import TRACKS, Track


class Ragged(NamedTuple):
    """Rows of different lengths, as the loops use it.

    first  steps that are real in every row
    real   (T, B, 1), 1 where a slot is real, in the order of reading
    ends   (T, B, 1), 1 where a row has its last real slot
    place  (B,) long, the place of each row's final state among T + 1 states
    """

    first: int
    real: Tensor
    ends: Tensor
    place: Tensor


class Layer(torch.autograd.Function):
    """x_1 … x_T → h_1 … h_T, then the parts of the final state.

    inputs  (T, B, I); weight_ih (G, I), weight_hh (G, W), bias_ih, bias_hh (G,); start: parts (B, W)

    late    padding comes first instead of last: a row's state stays 0 until its first real slot, and
            its final state is that of the last step
    """

    @staticmethod
    def forward(
        ctx: Any,
        kind: str,
        ragged: Ragged | None,
        late: bool,
        inputs: Tensor,
        weight_ih: Tensor,
        weight_hh: Tensor,
        bias_ih: Tensor,
        bias_hh: Tensor,
        *start: Tensor,
    ) -> tuple[Tensor, ...]:
        track = open_track(kind, inputs, weight_ih, weight_hh, bias_ih, bias_hh, start)
        steps = inputs.size(0)
        for t in range(steps):
            track.forward(t)
            if ragged is not None and late and t < steps - ragged.first:
                track.hold(t, ragged.real[t])
        ctx.trip, ctx.ragged, ctx.late = track, ragged, late
        ctx.save_for_backward(inputs, weight_ih)
        if ragged is None or late:
            final = tuple(part.clone() for part in track.state(steps))
        else:
            rows = torch.arange(inputs.size(1), device=inputs.device)
            parts = (track.h, track.c) if track.parts == 2 else (track.h,)  # type: ignore[attr-defined]
            final = tuple(part[ragged.place, rows] for part in parts)
        return (track.h[1:], *final)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, douts: Tensor | None, *dfinal: Tensor | None) -> tuple[Any, ...]:
        track, ragged, late = take(ctx), ctx.ragged, ctx.late
        inputs, weight_ih = ctx.saved_tensors
        steps, rows, _ = inputs.shape
        ends = None if ragged is None or late else ragged
        carried = [inputs.new_zeros(rows, track.width) for _ in range(track.parts)]
        if ends is None:
            carried = [c if d is None else d.clone() for c, d in zip(carried, dfinal, strict=True)]
        dh, dparts = carried[0], carried[1:]
        for t in reversed(range(steps)):
            if douts is not None:
                dh += douts[t]
            if ends is not None and t >= ends.first - 1:
                for carry, final in zip((dh, *dparts), dfinal, strict=True):
                    if final is not None:
                        carry.addcmul_(final, ends.ends[t])
            if ragged is not None and late and t < steps - ragged.first:
                for carry in (dh, *dparts):
                    carry.mul_(ragged.real[t])
            dh = track.backward(t, dh, dparts)
        gates = track.gates.flatten(0, 1)
        dweight_hh, dbias_hh = track.weights()
        return (
            None,
            None,
            None,
            (gates @ weight_ih).view_as(inputs) if ctx.needs_input_grad[3] else None,
            gates.t() @ inputs.flatten(0, 1),
            dweight_hh,
            gates.sum(0) if track.inner else dbias_hh,
            dbias_hh,
            dh,
            *dparts,
        )


def open_track(
    kind: str,
    inputs: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor,
    bias_hh: Tensor,
    start: tuple[Tensor, ...],
) -> Track:
    """A track whose gates hold W_ih x + b of all steps: one product."""
    cell = TRACKS[kind]
    bias = bias_ih if cell.inner else bias_ih + bias_hh
    gates = torch.addmm(bias, inputs.flatten(0, 1), weight_ih.t()).view(*inputs.shape[:2], -1)
    return cell(gates, start, weight_hh, bias_hh)


def take(ctx: Any) -> Any:
    """What the way there left for the way back. It can be had once, for the way back uses it up."""
    trip = ctx.trip
    if trip is None:
        raise RuntimeError("the fast path goes backward once; run the forward pass again")
    ctx.trip = None
    return trip
