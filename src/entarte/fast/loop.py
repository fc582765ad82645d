"""The time loop of the recurrent decoder as one node of the graph, its way back written by hand.

What a step needs of the step before (own state, fed-back features, context of the previous state) is
computed in the loop; everything else is one product for all steps, before the loop or, for gradients of
weights, after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from entarte.fast.cells import TRACKS, Track
from entarte.fast.layer import take
from entarte.fast.look import Look, Lookup
from entarte.fast.say import Say


@dataclass
class Plan:
    """What a loop is made of, without the numbers.

    cell      rnn, lstm or gru
    layers    L
    previous  whether the previous state asks
    bottom    whether the bottom layer asks
    beside    whether all layers read the context
    residual  add a layer's input to its output, from the second layer on
    dropped   for each layer but the first the mask of its input, (T, B, W), or None
    lookup    the attention
    say       makes the readout's equations from its parameters and `embedded`; None where features are
              not fed back, so that they can be computed outside
    """

    cell: str
    layers: int
    previous: bool
    bottom: bool
    beside: bool
    residual: bool
    dropped: list[Tensor | None]
    lookup: Lookup
    say: Callable[[tuple[Tensor, ...], Tensor], Say] | None
    says: int
    """How many parameters `say` takes."""


@dataclass
class Trip:
    """What the way there leaves for the way back. `weights` holds W_ih, W_hh, b_ih, b_hh of each layer."""

    plan: Plan
    embedded: Tensor
    feed: Tensor | None
    weights: list[tuple[Tensor, ...]]
    tracks: list[Track]
    look: Look
    say: Say | None
    contexts: Tensor
    tops: Tensor
    """(T + 1, B, W): slot t is what the top layer said before step t."""
    below: list[Tensor]
    """For each layer but the first what it read, (T, B, W)."""


class Loop(torch.autograd.Function):
    """→ features (or tops) (T, B, ·), contexts (T, B, C), weights (T, B, H, S), last top and query (B, W),
    then the parts of each layer's last state.

    embedded  (T, B, E)
    top, query (B, W), feed (B, F) or None: what the step before the first one left
    tensors   the parts of each layer's first state, then W_ih, W_hh, b_ih, b_hh of each layer, then the
              readout's parameters, then the attention's inputs
    """

    @staticmethod
    def forward(
        ctx: Any,
        plan: Plan,
        embedded: Tensor,
        top: Tensor,
        query: Tensor,
        feed: Tensor | None,
        *tensors: Tensor,
    ) -> tuple[Tensor, ...]:
        trip = open_trip(plan, embedded, top, feed, tensors)
        tracks, look, say = trip.tracks, trip.look, trip.say
        e, steps = embedded.size(2), embedded.size(0)
        for t in range(steps):
            gates = tracks[0].gates[t]
            context: Tensor | None = None
            c = 0
            if plan.previous:
                context = look.forward(t, query)
                c = context.size(1)
                gates.addmm_(context, trip.weights[0][0][:, e : e + c].t())
            if feed is not None:
                gates.addmm_(feed, trip.weights[0][0][:, e + c :].t())
            out = bottom = tracks[0].forward(t)
            for layer in range(1, plan.layers):
                out = climb(trip, t, layer, out, context)
            if len(tracks) > 1:
                trip.tops[t + 1] = out
            query = bottom if plan.bottom else out
            if context is None:
                context = look.forward(t, query)
            trip.contexts[t] = context
            if say is not None:
                said = say.forward(t, trip.tops[t], out, context)
                feed = said if feed is not None else None
        ctx.trip = trip
        main = trip.tops[1:] if say is None else say.features
        cells = [part.clone() for track in tracks for part in track.state(steps)]
        ctx.set_materialize_grads(False)
        last = trip.tops[steps].clone()
        return (main[:], trip.contexts[:], look.weights[:], last, query.clone(), *cells)

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any,
        dmain: Tensor | None,
        dcontexts: Tensor | None,
        dweights: Tensor | None,
        dtop: Tensor | None,
        dquery: Tensor | None,
        *dcells: Tensor | None,
    ) -> tuple[Any, ...]:
        trip: Trip = take(ctx)
        plan, tracks, look, say, embedded = trip.plan, trip.tracks, trip.look, trip.say, trip.embedded
        e, steps, rows = embedded.size(2), embedded.size(0), embedded.size(1)
        w, parts = tracks[0].width, tracks[0].parts
        zeros = embedded.new_zeros(rows, w)
        carried = [zeros.clone() if slope is None else slope.clone() for slope in dcells]
        dstates = [carried[layer * parts : (layer + 1) * parts] for layer in range(plan.layers)]
        dfeed: Tensor | None = None
        for t in reversed(range(steps)):
            # the gradients of what step t says: top, query, context
            out = zeros.clone() if dtop is None else dtop.clone()
            asked = dquery
            dtop = dquery = None
            context = None if dcontexts is None else dcontexts[t].clone()
            if say is None:
                if dmain is not None:
                    out += dmain[t]
            else:
                slope = torch.zeros_like(say.features[t]) if dmain is None else dmain[t].clone()
                if dfeed is not None:
                    slope += dfeed
                dtop, current, more = say.backward(t, slope)
                out = out if current is None else out.add_(current)
                context = more if context is None or more is None else context.add_(more)
            slopes = None if dweights is None else dweights[t]
            if not plan.previous:
                back = look.backward(t, context, slopes)
                asked = back if asked is None else back.add_(asked)
            if asked is not None and not plan.bottom:
                out += asked
            # the stack, from the top down
            for layer in reversed(range(plan.layers)):
                if layer == 0 and plan.bottom and asked is not None:
                    out = out + asked
                dh, *dparts = dstates[layer]
                dh = tracks[layer].backward(t, dh.add_(out), dparts)
                dstates[layer] = [dh, *dparts]
                gates = tracks[layer].gates[t]
                if layer:
                    both = gates @ trip.weights[layer][0]
                    if plan.beside:
                        context = both[:, w:] if context is None else context.add_(both[:, w:])
                    down = both[:, :w] + out if plan.residual else both[:, :w]
                    dropped = plan.dropped[layer]
                    out = down if dropped is None else down * dropped[t]
            first = trip.weights[0][0][:, e:]
            if first.size(1):
                both = gates @ first
                c = trip.contexts.size(2) if plan.previous else 0
                if plan.previous:
                    context = both[:, :c] if context is None else context.add_(both[:, :c])
                    dquery = look.backward(t, context, slopes)
                if trip.feed is not None:
                    dfeed = both[:, c:]
        return (None, *gradients(trip, dtop, dquery, dfeed, dstates))


def open_trip(
    plan: Plan, embedded: Tensor, top: Tensor, feed: Tensor | None, tensors: tuple[Tensor, ...]
) -> Trip:
    """Sort the tensors, and compute what needs no loop."""
    steps, rows, e = embedded.shape
    parts = TRACKS[plan.cell].parts
    cut = plan.layers * parts
    starts = [tensors[layer * parts : (layer + 1) * parts] for layer in range(plan.layers)]
    weights = [tensors[cut + 4 * layer : cut + 4 * layer + 4] for layer in range(plan.layers)]
    rest = cut + 4 * plan.layers
    flat = embedded.flatten(0, 1)
    tracks = []
    for layer, (ih, hh, b_ih, b_hh) in enumerate(weights):
        bias = b_ih if TRACKS[plan.cell].inner else b_ih + b_hh
        if layer == 0:
            gates = torch.addmm(bias, flat, ih[:, :e].t()).view(steps, rows, -1)
        else:
            gates = bias.expand(steps, rows, -1).contiguous()
        tracks.append(TRACKS[plan.cell](gates, starts[layer], hh, b_hh))
    said = tensors[rest : rest + plan.says]
    say = None if plan.say is None else plan.say(said, embedded)
    look = plan.lookup.open(steps, tensors[rest + plan.says :])
    w = tracks[0].width
    if plan.layers == 1:
        tops = tracks[0].h
    else:
        tops = embedded.new_empty(steps + 1, rows, w)
        tops[0] = top
    contexts = embedded.new_empty(steps, rows, plan.lookup.attention.context_width)
    below = [embedded.new_empty(0)] + [embedded.new_empty(steps, rows, w) for _ in range(plan.layers - 1)]
    return Trip(plan, embedded, feed, weights, tracks, look, say, contexts, tops, below)


def climb(trip: Trip, t: int, layer: int, below: Tensor, context: Tensor | None) -> Tensor:
    """Step t of a layer above the first."""
    plan, w = trip.plan, below.size(1)
    dropped = plan.dropped[layer]
    reads = trip.below[layer][t]
    if dropped is None:
        reads.copy_(below)
    else:
        torch.mul(below, dropped[t], out=reads)
    weight = trip.weights[layer][0]
    gates = trip.tracks[layer].gates[t].addmm_(reads, weight[:, :w].t())
    if plan.beside:
        assert context is not None
        gates.addmm_(context, weight[:, w:].t())
    out = trip.tracks[layer].forward(t)
    return out + reads if plan.residual else out


def gradients(
    trip: Trip,
    dtop: Tensor | None,
    dquery: Tensor | None,
    dfeed: Tensor | None,
    dstates: list[list[Tensor]],
) -> list[Tensor | None]:
    """After the way back: one product for each weight. In the order of Loop's inputs, from embedded on."""
    plan, embedded, tracks = trip.plan, trip.embedded, trip.tracks
    e = embedded.size(2)
    contexts = trip.contexts.flatten(0, 1)
    c = contexts.size(1) if plan.previous else 0
    found: list[Tensor | None] = []
    for layer, (track, (weight, *_)) in enumerate(zip(tracks, trip.weights, strict=True)):
        gates = track.gates.flatten(0, 1)
        dweight = torch.empty_like(weight)
        if layer == 0:
            dweight[:, :e] = gates.t() @ embedded.flatten(0, 1)
            if plan.previous:
                dweight[:, e : e + c] = gates.t() @ contexts
            if trip.feed is not None and trip.say is not None:
                fed = torch.cat([trip.feed.unsqueeze(0), trip.say.features[:-1]])
                dweight[:, e + c :] = gates.t() @ fed.flatten(0, 1)
        else:
            dweight[:, : track.width] = gates.t() @ trip.below[layer].flatten(0, 1)
            if plan.beside:
                dweight[:, track.width :] = gates.t() @ contexts
        dhh, dbias = track.weights()
        found += [dweight, dhh, gates.sum(0) if track.inner else dbias, dbias]
    dembedded = (tracks[0].gates.flatten(0, 1) @ trip.weights[0][0][:, :e]).view_as(embedded)
    if trip.say is not None:
        said, more = trip.say.gradients(trip.tops[:-1], trip.tops[1:], trip.contexts)
        found += said
        if more is not None:
            dembedded += more
    starts = [part for state in dstates for part in state]
    return [dembedded, dtop, dquery, dfeed, *starts, *found, *trip.look.gradients()]
