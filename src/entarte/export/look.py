"""Attentions and windows as nodes: what is computed once a sentence, and a look at every step.

A look is at B sentences with K hypotheses each, in a form that is padded where a sentence has fewer: only
here, where almost no work is done, so that the products over rows see real rows only. The shapes of a look
are those of the sentence and its beam, whatever else is in the batch.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
from torch import nn

from entarte.attention import ATTENTIONS
from entarte.attention.additive import Additive
from entarte.attention.base import Attention
from entarte.attention.concat import Concat
from entarte.attention.coverage import Coverage
from entarte.attention.dot import Dot
from entarte.attention.general import General
from entarte.attention.location import Location
from entarte.attention.location_aware import LocationAware
from entarte.attention.mean import Mean
from entarte.attention.mlp import MLP
from entarte.attention.none import Fixed
from entarte.attention.query_key_value import QueryKeyValue
from entarte.export.cell import numbers
from entarte.export.encoder import Read
from entarte.export.graph import Graph
from entarte.export.multiplied import multiplied
from entarte.export.multiply import Products
from entarte.export.place import Place
from entarte.window import WINDOWS
from entarte.window.everywhere import Everywhere
from entarte.window.local_m import LocalM
from entarte.window.local_p import LocalP

LOW = float(np.finfo(np.float32).min)


def known(attention: Attention) -> bool:
    """Whether there are nodes for an attention and its window."""
    return type(attention) in ATTENTIONS.values() and type(attention.window) in WINDOWS.values()


def flat(g: Graph, by: Products, value: str, layer: nn.Linear, *sides: int | str) -> str:
    """A linear layer over the last axis, shaped as said: one axis of `sides` may be −1."""
    bias = None if layer.bias is None else numbers(layer.bias)
    return g.shape(
        by.linear(g, g.shape(value, -1, layer.in_features), numbers(layer.weight), bias),
        *sides,
        layer.out_features,
    )


def keys(g: Graph, by: Products, attention: Attention, read: Read) -> dict[str, str]:
    """What a look needs of the sources, by name, each with axis 0 = sentence.

    values  (B, S, D), or what is read instead: read (B, H, S, d), final (B, D)
    keys    (B, H, d, S) for products, (B, 1, S, A) for networks over sums
    """
    slots = g.side(read.values, 1)
    if isinstance(attention, QueryKeyValue):
        heads, deep = attention.heads, attention.Q.out_features // attention.heads
        split = []
        for layer, order in ((attention.K, (0, 2, 3, 1)), (attention.V, (0, 2, 1, 3))):
            parts = g.shape(flat(g, by, read.values, layer, -1, slots), 0, 0, heads, deep)
            split.append(g.turn(parts, *order))
        return {"keys": split[0], "read": split[1]}
    if isinstance(attention, General):
        found = flat(g, by, read.values, attention.W, -1, slots)
        return {"values": read.values, "keys": g.wider(g.turn(found, 0, 2, 1), 1)}
    if isinstance(attention, Dot):
        return {"values": read.values, "keys": g.wider(g.turn(read.values, 0, 2, 1), 1)}
    if isinstance(attention, Additive):
        return {"values": read.values, "keys": flat(g, by, read.values, attention.U, -1, 1, slots)}
    if isinstance(attention, Concat | MLP):
        weight = numbers(first(attention).weight)[:, attention.query_width :]
        found = by.linear(g, g.shape(read.values, -1, weight.shape[1]), weight)
        return {"values": read.values, "keys": g.shape(found, -1, 1, slots, len(weight))}
    return {"final": read.final} if isinstance(attention, Fixed) else {"values": read.values}


def first(attention: Concat | MLP) -> nn.Linear:
    """The layer over query and key side by side."""
    layer = attention.W if isinstance(attention, Concat) else attention.net[0]
    assert isinstance(layer, nn.Linear)
    return layer


def begins(g: Graph, attention: Attention, read: Read) -> str | None:
    """The attention's first state (B, S), or None."""
    if isinstance(attention, Coverage | LocationAware):
        return g("Expand", g.constant(0.0), g("Shape", read.mask))
    return None


def look(
    g: Graph, by: Products, attention: Attention, place: Place, query: str, memory: dict[str, str],
    state: str | None, position: str | None,
) -> tuple[str, str, str | None]:  # fmt: skip
    """Context (R, D), weights (R, H, S) and the next state (R, S).

    query     (R, Q)
    memory    values, mask and what `keys` gave
    state     (R, S), where the attention has one
    position  (R,) the number of the step, where the window reads it
    """
    if isinstance(attention, Dot | General | QueryKeyValue) and type(attention.window) is Everywhere:
        return *multiplied(g, by, attention, place, query, memory), None
    slots = g.side(memory["mask"], 1)
    scores = energies(g, by, attention, place, query, memory, state)  # (B, H, K, S)
    mask = g.wider(memory["mask"], 1, 2)
    inside, shape = window(g, by, attention, place, query, memory, position)
    if inside is not None:
        mask = g("And", mask, g.wider(inside, 1))
    weights = g("Softmax", g("Where", mask, scores, g.constant(-np.inf, np.float32)), axis=-1)
    if shape is not None:
        weights = g("Mul", weights, g.wider(shape, 1))
        if attention.window.renormalise:
            weights = g("Div", weights, g.sum(weights, -1, keep=True))
    heads = attention.heads
    if isinstance(attention, QueryKeyValue):
        found = g.turn(g("MatMul", weights, memory["read"]), 0, 2, 1, 3)
        context = place.unpad(found, attention.O.in_features)
        context = by.linear(g, context, numbers(attention.O.weight))
    elif isinstance(attention, Fixed):
        sides = g("Concat", g.constant([1]), place.beam, g.constant([1]), axis=0)
        context = place.unpad(g("Expand", g.wider(memory["final"], 1), sides), attention.memory_width)
    else:
        context = g("MatMul", weights, g.wider(memory["values"], 1))
        context = place.unpad(context, attention.memory_width)
    out = place.unpad(g.turn(weights, 0, 2, 1, 3), heads, slots)
    if isinstance(attention, Coverage):
        state = g("Add", state or "", g("Squeeze", out, g.constant([1])))
    elif isinstance(attention, LocationAware):
        state = g("Squeeze", out, g.constant([1]))
    return context, out, state


def energies(
    g: Graph, by: Products, attention: Attention, place: Place, query: str, memory: dict[str, str],
    state: str | None,
) -> str:  # fmt: skip
    """The scores before any mask, (B, H, K, S)."""
    slots = g.side(memory["mask"], 1)
    if isinstance(attention, QueryKeyValue):
        deep = attention.Q.out_features // attention.heads
        asked = place.pad(by.linear(g, query, numbers(attention.Q.weight)))
        asked = g.turn(g.shape(asked, 0, 0, attention.heads, deep), 0, 2, 1, 3)
        return g("Mul", g("MatMul", asked, memory["keys"]), g.constant(1 / sqrt(deep)))
    if isinstance(attention, Dot | General):
        scores = g("MatMul", g.wider(place.pad(query), 1), memory["keys"])
        scaled = ATTENTIONS["scaled-dot"]
        by_width = g.constant(1 / sqrt(attention.memory_width))
        return g("Mul", scores, by_width) if isinstance(attention, scaled) else scores
    if isinstance(attention, Location):
        asked = place.pad(by.linear(g, query, numbers(attention.W.weight)))
        sides = g("Concat", g.side(asked, 0), place.beam, slots, axis=0)
        asked = g.join(asked, g("Expand", g.constant(LOW), sides))
        return g.wider(g("Slice", asked, g.constant([0]), slots, g.constant([2])), 1)
    if isinstance(attention, Mean | Fixed):
        zero = g("Expand", g.constant(0.0), g("Concat", place.beam, slots, axis=0))  # (K, S)
        scores = g("Add", g.wider(g("Cast", memory["mask"], to=1), 1), g.wider(zero, 0))
        if isinstance(attention, Fixed):  # the last real slot is the first at which all have been counted
            real = g("Cast", memory["mask"], to=1)
            so_far = g("CumSum", real, g.constant(1))
            last = g("And", g("Equal", so_far, g.sum(real, 1, keep=True)), memory["mask"])
            scores = g("Where", g.wider(last, 1), scores, g.constant(-np.inf, np.float32))
        return g.wider(scores, 1)
    return g.wider(network(g, by, attention, place, query, memory, state), 1)


def network(
    g: Graph,
    by: Products,
    attention: Any,
    place: Place,
    query: str,
    memory: dict[str, str],
    state: str | None,
) -> str:
    """The scores of a network over the sum of two projections, (B, K, S)."""
    slots = g.side(memory["mask"], 1)
    if isinstance(attention, Additive):
        asked = by.linear(g, query, numbers(attention.W.weight))
    else:
        layer = first(attention)
        bias = None if layer.bias is None else numbers(layer.bias)
        asked = by.linear(g, query, numbers(layer.weight)[:, : attention.query_width], bias)
    total = g("Add", g.wider(place.pad(asked), 2), memory["keys"])  # (B, K, S, A)
    if isinstance(attention, Coverage):
        cover = g("Mul", g.wider(place.pad(state or ""), 3), g.constant(numbers(attention.C.weight)[:, 0]))
        total = g("Add", total, g("Add", cover, g.constant(numbers(attention.C.bias))))
    elif isinstance(attention, LocationAware):
        filters, reach = attention.F.out_channels, attention.F.kernel_size[0]
        seen = g(
            "Conv", g.wider(state or "", 1), g.constant(numbers(attention.F.weight)), pads=[reach // 2] * 2
        )
        seen = flat(g, by, g.turn(seen, 0, 2, 1), attention.L, -1, slots)  # (R, S, A) of (R, S, filters)
        assert filters == attention.L.in_features
        total = g("Add", total, place.pad(seen))
    hidden = g("Tanh", total)
    if isinstance(attention, MLP):
        for deeper in list(attention.net)[2:-1:2]:
            assert isinstance(deeper, nn.Linear)
            hidden = g("Tanh", flat(g, by, hidden, deeper, -1, place.beam, slots))
        return g.sum(g("Mul", hidden, g.constant(numbers(attention.net[-1].weight)[0])), -1)
    return g.sum(g("Mul", hidden, g.constant(numbers(attention.v.weight)[0])), -1)


def window(
    g: Graph, by: Products, attention: Attention, place: Place, query: str, memory: dict[str, str],
    position: str | None,
) -> tuple[str | None, str | None]:  # fmt: skip
    """Which slots are inside (B, K, S), and what their weights are multiplied with; None: all, nothing."""
    frame = attention.window
    if not isinstance(frame, LocalM | LocalP):
        return None, None
    length = g.sum(g("Cast", memory["mask"], to=1), 1, keep=True)  # (B, 1)
    count = g("Squeeze", g.side(memory["mask"], 1), g.constant([0]))
    slots = g("Cast", g("Range", g.constant(0, np.int64), count, g.constant(1, np.int64)), to=1)
    if isinstance(frame, LocalM):
        at = g("Cast", place.pad(position or ""), to=1)
        centre = g("Min", at, g("Sub", length, g.constant(1.0)))
    else:
        hidden = g("Tanh", by.linear(g, query, numbers(frame.W.weight)))
        where = g("Sigmoid", g.sum(g("Mul", hidden, g.constant(numbers(frame.v.weight)[0])), -1))
        centre = g("Mul", place.pad(where), length)
    far = g("Sub", slots, g.wider(centre, 2))  # (B, K, S)
    inside = g("LessOrEqual", g("Abs", far), g.constant(float(frame.reach)))
    if isinstance(frame, LocalM):
        return inside, None
    sigma = frame.reach / 2
    return inside, g("Exp", g("Mul", g("Mul", far, far), g.constant(-1 / (2 * sigma**2))))
