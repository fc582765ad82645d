"""One recurrent layer over all its steps, as one node of the graph."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from entarte.fast import kernels
from entarte.fast.cells import Track
from entarte.fast.flow import Flow, cut
from entarte.fast.once import take
from entarte.fast.products import Products
from entarte.fast.spread import Spread, spread
from entarte.fast.steps import steps
from entarte.fast.sums import carried


def recur(
    kind: str,
    products: Products,
    flow: Flow,
    inputs: Spread,
    weights: tuple[Tensor, ...],
    start: tuple[Tensor, ...],
) -> tuple[Tensor, ...]:
    """One layer, in this way or by the library's kernels; see `Layer`."""
    if products.kernels:
        return kernels.layer(kind, products, flow, inputs.whole(), weights, start)
    done: tuple[Tensor, ...] = Layer.apply(  # type: ignore[no-untyped-call]
        kind, products, flow, inputs.places, inputs.vectors, *weights, *start
    )
    return done


class Layer(torch.autograd.Function):
    """inputs (N, I), or (U, I) with places (N,) as in `Spread` → outputs (N, W), then the parts of the last
    state, (B, W).

    weight_ih (G, I), weight_hh (G, W), bias_ih, bias_hh (G,); start: parts (B, W)
    """

    @staticmethod
    def forward(
        ctx: Any,
        kind: str,
        products: Products,
        flow: Flow,
        places: Tensor | None,
        inputs: Tensor,
        weight_ih: Tensor,
        weight_hh: Tensor,
        bias_ih: Tensor,
        bias_hh: Tensor,
        *start: Tensor,
    ) -> tuple[Tensor, ...]:
        cell = steps(products).tracks[kind]
        bias = bias_ih if cell.inner else bias_ih + bias_hh
        inputs, weight_ih = products.cast(inputs), products.cast(weight_ih)
        gates = spread(products.affine(bias, inputs, weight_ih.t()), places)
        track = cell(gates, flow, start, weight_hh, bias_hh, products)
        for t in range(len(flow.sizes)):
            track.forward(t)
        ctx.trip = track, places, inputs, weight_ih
        ctx.set_materialize_grads(False)
        return (track.h[track.rows :], *track.final())

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, douts: Tensor | None, *dfinal: Tensor | None) -> tuple[Any, ...]:
        track: Track
        track, places, inputs, weight_ih = take(ctx)
        products = track.products
        sizes = track.flow.sizes
        # a row joins at its last step, counted backwards, and until then holds its last state's gradient
        dstate = [carried(slope, track.h[: track.rows]) for slope in dfinal]
        pieces = None if douts is None else cut(douts, sizes)
        for t in reversed(range(len(sizes))):
            dh, *rest = [slope[: sizes[t]] for slope in dstate]
            track.backward(t, dh, rest[0] if rest else None, None if pieces is None else pieces[t])
        slopes = track.brought(places, len(inputs))
        dweight_hh, dbias_ih, dbias_hh = track.weights()
        dinputs = products.mm(slopes, weight_ih) if ctx.needs_input_grad[4] else None
        dweight_ih = products.mm(slopes.t(), inputs)
        return None, None, None, None, dinputs, dweight_ih, dweight_hh, dbias_ih, dbias_hh, *dstate
