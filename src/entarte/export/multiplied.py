"""A look whose scores are products, over all slots: one function of ours."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from entarte.attention import ATTENTIONS
from entarte.attention.dot import Dot
from entarte.attention.general import General
from entarte.attention.query_key_value import QueryKeyValue
from entarte.export.cell import numbers
from entarte.export.graph import Graph, Inside
from entarte.export.multiply import Products
from entarte.export.place import Place


def multiplied(
    g: Graph, by: Products, attention: Dot | General | QueryKeyValue, place: Place, query: str,
    memory: dict[str, str],
) -> tuple[str, str]:  # fmt: skip
    """Context and weights where scores are products and all slots are looked at: a function of ours.

    Look(query (R, H · d), place, back, mask, keys (B, H, d, S), values (B, H, S, v) or (B, S, v), scale ())
    → context (R, H · v), weights (R, H, S)
    """
    heads, scale, width = 1, 1.0, attention.memory_width
    values = "values"
    if isinstance(attention, QueryKeyValue):
        heads, width, values = attention.heads, attention.O.in_features, "read"
        scale = 1 / sqrt(attention.Q.out_features // heads)
        query = by.linear(g, query, numbers(attention.Q.weight))
    elif isinstance(attention, ATTENTIONS["scaled-dot"]):
        scale = 1 / sqrt(attention.memory_width)

    def inside(f: Inside, held: Sequence[str]) -> list[str]:
        own = Place(f, "place", "back")
        asked = f.turn(f.shape(own.pad("query"), 0, 0, heads, -1), 0, 2, 1, 3)
        scores = f("Mul", f("MatMul", asked, "keys"), "scale")
        there = f("Where", f.wider("mask", 1, 2), scores, f.constant(-np.inf, np.float32))
        weights = f("Softmax", there, axis=-1)
        read = "values" if values == "read" else f.wider("values", 1)
        context = own.unpad(f.turn(f("MatMul", weights, read), 0, 2, 1, 3), width)
        return [context, own.unpad(f.turn(weights, 0, 2, 1, 3), heads, f.side("mask", 1))]

    inputs = {"query": query, "place": place.rows, "back": place.back, "mask": memory["mask"]}
    inputs |= {"keys": memory["keys"], "values": memory[values], "scale": g.constant(scale)}
    context, weights = by.call(g, "Look", [], inputs, inside)
    if isinstance(attention, QueryKeyValue):
        context = by.linear(g, context, numbers(attention.O.weight))
    return context, weights
