"""The decoder's first state as nodes."""

from __future__ import annotations

from entarte.decoder.start import Average, Bridge, LastState, Learned, ProjectedMean, Start, Zeros
from entarte.export.cell import numbers
from entarte.export.encoder import Read
from entarte.export.graph import Graph
from entarte.export.multiply import Products


def start(g: Graph, by: Products, first: Start, read: Read) -> list[list[str]]:
    """For each part of the cell, for each layer, (B, W)."""
    parts, layers, width = range(first.parts), range(first.layers), first.width

    def filled(value: object) -> str:
        sides = g("Concat", g.side(read.values, 0), g.constant([width]), axis=0)
        return g("Expand", g.constant(value), sides)  # type: ignore[arg-type]

    if isinstance(first, Zeros):
        return [[filled(first.fill)] * len(layers) for _ in parts]
    if isinstance(first, Learned):
        vectors = numbers(first.vectors)
        return [[filled(vectors[part, layer]) for layer in layers] for part in parts]
    if isinstance(first, LastState):
        return read.summary
    if isinstance(first, Bridge):
        states = []
        for part in parts:
            whence = read.summary[min(part, first.encoder_parts - 1)]
            below = [max(0, first.encoder_layers - first.layers + layer) for layer in layers]
            made = [first.W[part * first.layers + layer] for layer in layers]
            states.append(
                [
                    g("Tanh", by.linear(g, whence[from_], numbers(W.weight), numbers(W.bias)))
                    for from_, W in zip(below, made, strict=True)
                ]
            )
        return states
    length = g.sum(g("Cast", read.mask, to=1), 1, keep=True)
    mean = g("Div", g.sum(read.values, 1), length)
    if isinstance(first, Average):
        return [[mean] * len(layers), *([filled(0.0)] * len(layers) for _ in range(first.parts - 1))]
    assert isinstance(first, ProjectedMean)
    total = g("Tanh", by.linear(g, mean, numbers(first.W.weight), numbers(first.W.bias)))
    pieces = g.many(
        "Split", first.parts * first.layers, total, axis=-1, num_outputs=first.parts * first.layers
    )
    return [pieces[part * first.layers : (part + 1) * first.layers] for part in parts]
