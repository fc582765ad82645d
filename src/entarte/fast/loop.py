"""The time loop of the recurrent decoder as one node of the graph, its way back written by hand.

What a step needs of the step before (own state, fed-back features, context of the previous state) is
computed in the loop; everything else is one product for all steps, before the loop or, for the gradients
of weights, after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from entarte.fast.cells import Track
from entarte.fast.flow import Flow
from entarte.fast.look import Lookup
from entarte.fast.look.base import Look
from entarte.fast.once import take
from entarte.fast.products import Products
from entarte.fast.say import Say
from entarte.fast.spread import gather, spread
from entarte.fast.sums import carried, sum_of


@dataclass
class Plan:
    """What a loop is made of, without the numbers.

    cell      the recurrent cell
    layers    L
    previous  whether the previous state asks
    bottom    whether the bottom layer asks
    beside    whether all layers read the context
    residual  add a layer's input to its output, from the second layer on
    dropped   for each layer the mask of its input, (T, B, W), or None
    lookup    the attention
    say       makes the readout's equations from its parameters and `embedded`; None where features are
              not fed back, so that they can be computed outside
    says      how many parameters `say` takes
    places    which word vector stands in each slot, as in `Spread`
    products  how operands are multiplied
    """

    cell: type[Track]
    layers: int
    previous: bool
    bottom: bool
    beside: bool
    residual: bool
    dropped: list[Tensor | None]
    lookup: Lookup
    say: Callable[[tuple[Tensor, ...], Tensor], Say] | None
    says: int
    places: Tensor | None
    products: Products


class Trip:
    """One pass: its numbers, sorted, and what the way there leaves for the way back."""

    def __init__(
        self, plan: Plan, embedded: Tensor, top: Tensor, feed: Tensor | None, tensors: tuple[Tensor, ...]
    ) -> None:
        products = plan.products
        self.plan, self.feed = plan, feed
        self.rows, e = len(top), embedded.size(1)
        self.steps = len(embedded if plan.places is None else plan.places) // self.rows
        self.embedded = products.cast(embedded)
        parts = plan.cell.parts
        cut = plan.layers * parts
        rest = cut + 4 * plan.layers
        starts = [tensors[layer * parts : (layer + 1) * parts] for layer in range(plan.layers)]
        self.weights = [tensors[cut + 4 * layer : cut + 4 * layer + 4] for layer in range(plan.layers)]
        self.w_ih = [products.cast(weights[0]) for weights in self.weights]
        self.look: Look = plan.lookup.open(self.steps, tensors[rest + plan.says :])
        self.say = None
        if plan.say is not None:
            whole = spread(embedded, plan.places).view(self.steps, self.rows, e)
            self.say = plan.say(tensors[rest : rest + plan.says], whole)
        self.c = self.look.contexts.size(2)
        first = self.w_ih[0]
        self.word_in = products.dense(first[:, :e])
        self.tracks = [self.track(layer, starts[layer]) for layer in range(plan.layers)]
        w = self.tracks[0].width
        begin = e + (self.c if plan.previous else 0)
        self.loop_in = products.dense(
            first[:, e:]
        )  # what layer 0 reads beside the word: context, fed-back features
        self.context_in = products.dense(first[:, e:begin]).t()
        self.feed_in = products.dense(first[:, begin:]).t()
        self.below_in = [products.dense(weight[:, :w]).t() for weight in self.w_ih]
        self.beside_in = [products.dense(weight[:, w:]).t() for weight in self.w_ih]
        reads = embedded if plan.residual else self.embedded  # what only products read is held as operands
        self.below = [
            reads.new_empty(self.steps if layer else 0, self.rows, w) for layer in range(plan.layers)
        ]
        # slot t of tops is what the top layer said before step t
        self.adds = plan.residual and plan.layers > 1  # to its state
        self.tops = embedded.new_empty((self.steps + 1) * self.rows, w) if self.adds else self.tracks[-1].h
        self.tops = self.tops.view(self.steps + 1, self.rows, w)
        self.tops[0] = top

    def track(self, layer: int, start: tuple[Tensor, ...]) -> Track:
        _, hh, b_ih, b_hh = self.weights[layer]
        products = self.plan.products
        cell = self.plan.cell
        bias = b_ih if cell.inner else b_ih + b_hh
        if layer:
            gates = bias.expand(self.steps * self.rows, -1).contiguous()
        else:
            gates = spread(products.affine(bias, self.embedded, self.word_in.t()), self.plan.places)
        return cell(gates, Flow([self.rows] * self.steps), start, hh, b_hh, products)

    def climb(self, t: int, layer: int, below: Tensor, context: Tensor | None) -> Tensor:
        """Step t of a layer above the first."""
        dropped = self.plan.dropped[layer]
        reads = self.below[layer][t]
        if dropped is None:
            reads.copy_(below)
        else:
            torch.mul(below, dropped[t], out=reads)
        products = self.plan.products
        gates = products.add(self.tracks[layer].gates[t], reads, self.below_in[layer])
        if self.plan.beside and context is not None:
            products.add(gates, context, self.beside_in[layer])
        out = self.tracks[layer].forward(t)
        return out + reads if self.plan.residual else out

    def spoken(self, t: int, out: Tensor) -> Tensor:
        """What the stack says at step t, as an operand where it is held as one."""
        return out if self.adds else self.tracks[-1].said_after[t]

    def descend(self, t: int, layer: int, out: Tensor) -> tuple[Tensor, Tensor | None]:
        """Step t of a layer above the first, backwards: gradients of what it read, and of the context."""
        w = self.tracks[0].width
        both = self.plan.products.mm(self.tracks[layer].slope[t], self.w_ih[layer])
        down = both[:, :w] + out if self.plan.residual else both[:, :w]
        dropped = self.plan.dropped[layer]
        return down if dropped is None else down * dropped[t], both[:, w:] if self.plan.beside else None

    def gradients(self) -> list[Tensor | None]:
        """After the way back: one product for each weight. In the order of Loop's inputs, from W_ih on;
        before them that of `embedded`."""
        plan, e = self.plan, self.embedded.size(1)
        products = plan.products
        contexts = products.cast(self.look.contexts.flatten(0, 1))
        begin = e + (self.c if plan.previous else 0)
        found: list[Tensor | None] = []
        brought = self.tracks[0].brought(plan.places, len(self.embedded))
        for layer, (track, weights) in enumerate(zip(self.tracks, self.weights, strict=True)):
            turned = track.slopes.t()
            dweight = torch.empty_like(weights[0])
            if layer == 0:
                products.write(dweight[:, :e], brought.t(), self.embedded)
                if plan.previous:
                    products.write(dweight[:, e:begin], turned, contexts)
                if self.feed is not None and self.say is not None:
                    fed = torch.cat([self.feed.unsqueeze(0), self.say.features[:-1]])
                    products.write(dweight[:, begin:], turned, fed.flatten(0, 1))
            else:
                products.write(dweight[:, : track.width], turned, self.below[layer].flatten(0, 1))
                if plan.beside:
                    products.write(dweight[:, track.width :], turned, contexts)
            found += [dweight, *track.weights()]
        dembedded = products.mm(brought, self.word_in)
        if self.say is not None:
            said, more = self.say.gradients(self.tops[:-1], self.tops[1:], self.look.contexts)
            found += said
            if more is not None:
                dembedded += gather(more.flatten(0, 1), plan.places, len(dembedded))
        return [dembedded, *found, *self.look.gradients()]


class Loop(torch.autograd.Function):
    """→ features (or tops) (T, B, ·), contexts (T, B, C), weights (T, B, H, S), last top and query (B, W),
    then the parts of each layer's last state.

    embedded  (T · B, E), or (U, E) with the plan's places
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
        trip = Trip(plan, embedded, top, feed, tensors)
        tracks, look, say, tops = trip.tracks, trip.look, trip.say, trip.tops.unbind(0)
        for t in range(trip.steps):
            gates = tracks[0].gates[t]
            context: Tensor | None = None
            if plan.previous:
                context = look.forward(t, query)
                plan.products.add(gates, context, trip.context_in)
            if feed is not None:
                plan.products.add(gates, feed, trip.feed_in)
            out = bottom = tracks[0].forward(t)
            for layer in range(1, plan.layers):
                out = trip.climb(t, layer, out, context)
            if trip.adds:
                tops[t + 1].copy_(out)
            query = bottom if plan.bottom else out
            if context is None:
                context = look.forward(t, query)
            if say is not None:
                feed = say.forward(t, tops[t], trip.spoken(t, out) if say.multiplies else out, context)
        ctx.trip = trip
        ctx.set_materialize_grads(False)
        main = trip.tops[1:] if say is None else say.features[:]
        cells = [part for track in tracks for part in track.final()]
        return main, look.contexts[:], look.weights[:], tops[-1].clone(), query.clone(), *cells

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
        plan, tracks, look, say = trip.plan, trip.tracks, trip.look, trip.say
        parts = tracks[0].parts
        zeros = torch.zeros_like(trip.tops[0])
        ends = [carried(slope, zeros) for slope in dcells]
        dstates = [ends[layer * parts : (layer + 1) * parts] for layer in range(plan.layers)]
        dfeed: Tensor | None = None
        for t in reversed(range(trip.steps)):
            # 1. what step t said: the features, or the top and the context themselves
            out, asked = dtop, dquery
            dtop = dquery = None
            context = None if dcontexts is None else dcontexts[t]
            if say is None:
                out = sum_of(out, None if dmain is None else dmain[t])
            else:
                dtop, current, more = say.backward(t, None if dmain is None else dmain[t], dfeed)
                out, context = sum_of(out, current), sum_of(context, more)
            # 2. the query, where the current state asks
            slopes = None if dweights is None else dweights[t]
            if not plan.bottom:
                out = sum_of(out, asked)
            if not plan.previous and plan.bottom:
                asked = look.backward(t, context, slopes, asked)
            elif not plan.previous:
                out = look.backward(t, context, slopes, out)
            # 3. the stack, from the top down
            for layer in reversed(range(plan.layers)):
                if layer == 0 and plan.bottom:
                    out = sum_of(out, asked)
                dc = dstates[layer][1] if parts == 2 else None
                tracks[layer].backward(t, dstates[layer][0], dc, out)
                if layer:
                    out, more = trip.descend(t, layer, zeros if out is None else out)
                    context = sum_of(context, more)
            # 4. what step t read of the step before: context of the previous state, fed-back features
            if plan.previous or trip.feed is not None:
                both = plan.products.mm(tracks[0].slope[t], trip.loop_in)
                if plan.previous:
                    dquery = look.backward(t, sum_of(context, both[:, : trip.c]), slopes)
                if trip.feed is not None:
                    dfeed = both[:, trip.c if plan.previous else 0 :]
        dembedded, *found = trip.gradients()
        states = [part for state in dstates for part in state]
        return None, dembedded, dtop, dquery, dfeed, *states, *found
