"""One step of the recurrent decoder as nodes, restructured for speed.

What a word adds to the gates, W_ih · E, is a table made when exporting; what it leaves is one product for
each layer, over the rows that are alive. Where the table would be too large, the word vector is multiplied.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from entarte.attention.query_key_value import QueryKeyValue
from entarte.decoder.recurrent import Recurrent
from entarte.decoder.start import Learned, Zeros
from entarte.encoder.recurrent import Recurrent as Encoder
from entarte.export.cell import Gates, gates, numbers, step
from entarte.export.encoder import Read
from entarte.export.graph import Graph, Matrix
from entarte.export.look import begins, look
from entarte.export.multiply import Products
from entarte.export.place import Place
from entarte.export.start import start
from entarte.readout.attentional import Attentional
from entarte.readout.maxout import Maxout
from entarte.readout.plain import Plain

TABLE = 2**25
"""Most numbers of a gate table (128 MiB in float32)."""
READOUTS = (Plain, Attentional, Maxout)


class States(NamedTuple):
    """What travels between steps, by name, each (R, …)."""

    cells: list[list[str]]
    rest: dict[str, str]

    def named(self) -> dict[str, str]:
        """All of it."""
        parts = "hc"
        own = {
            f"{parts[p]}{layer}": name for layer, cell in enumerate(self.cells) for p, name in enumerate(cell)
        }
        return own | self.rest


def begin(g: Graph, by: Products, decoder: Recurrent, read: Read) -> States:
    """The state before the first word, one row for each source."""
    parts = start(g, by, decoder.first, read)
    cells = [list(layer) for layer in zip(*parts, strict=True)]
    rest: dict[str, str] = {}
    if apart(decoder):
        rest = {"top": cells[-1][0], "query": cells[-1 if decoder.query_layer == "top" else 0][0]}
    if decoder.input_feeding:
        sides = g("Concat", g.side(read.values, 0), g.constant([decoder.readout.width]), axis=0)
        rest["feed"] = g("Expand", g.constant(0.0), sides)
    seen = begins(g, decoder.attention, read)
    if seen is not None:
        rest["look"] = seen
    return States(cells, rest)


def bounded(encoder: Encoder, decoder: Recurrent) -> bool:
    """Whether all that a step reads beside the word lies between −1 and 1: states, as cells make them, a mean
    of such states, and features that end in tanh."""
    first, readout = decoder.first, decoder.readout
    free = (
        (encoder.residual and encoder.layers > 1)
        or (decoder.stack.residual and decoder.layers > 1)
        or isinstance(first, Learned)
        or (isinstance(first, Zeros) and abs(first.fill) > 1)
        or isinstance(decoder.attention, QueryKeyValue)
        or (decoder.input_feeding and isinstance(readout, Maxout))
    )
    return not free


def apart(decoder: Recurrent) -> bool:
    """Whether what a layer says is more than its h, so that it must travel too."""
    return decoder.stack.residual and decoder.layers > 1


def go_on(
    g: Graph, by: Products, decoder: Recurrent, embeddings: Matrix, tokens: str, place: Place,
    memory: dict[str, str], state: States, position: str | None, bounded: bool,
) -> tuple[str, str, States]:  # fmt: skip
    """Read tokens (R,): features (R, F), weights (R, H, S) and the next state. See `Recurrent.step`."""
    made = [gates(cell) for cell in decoder.stack.cells]
    word = embeddings.shape[1]
    top, asks = old(decoder, state)
    rest: dict[str, str] = {}
    context = weights = seen = ""
    reads: list[str] = []
    if decoder.query == "previous":
        context, weights, seen = looked(g, by, decoder, place, asks, memory, state, position)
        reads.append(context)
    if decoder.input_feeding:
        reads.append(state.rest["feed"])
    said, vector = spoken(g, by, made[0], embeddings, tokens)
    columns, own = made[0].read[:, word:], bounded
    if said is None:
        reads.insert(0, vector)
        columns, own = made[0].read, False
    cells: list[list[str]] = []
    outputs: list[str] = []
    for layer, cell in enumerate(made):
        if layer:
            reads = [outputs[-1], context] if decoder.context_layers == "all" else [outputs[-1]]
            said, columns, own = None, cell.read, bounded
        after = step(g, by, cell, said, reads, columns, state.cells[layer], own)
        residual = decoder.stack.residual and layer
        outputs.append(g("Add", after[0], outputs[-1]) if residual else after[0])
        cells.append(after)
    query = outputs[-1 if decoder.query_layer == "top" else 0]
    if decoder.query == "current":
        context, weights, seen = looked(g, by, decoder, place, query, memory, state, position)
    features = feature(g, by, decoder.readout, embeddings, tokens, top, outputs[-1], context, bounded)
    if apart(decoder):
        rest = {"top": outputs[-1], "query": query}
    if decoder.input_feeding:
        rest["feed"] = features
    if seen:
        rest["look"] = seen
    return features, weights, States(cells, rest)


def old(decoder: Recurrent, state: States) -> tuple[str, str]:
    """What the top layer and the layer that asks said a step ago."""
    if apart(decoder):
        return state.rest["top"], state.rest["query"]
    return state.cells[-1][0], state.cells[-1 if decoder.query_layer == "top" else 0][0]


def looked(
    g: Graph, by: Products, decoder: Recurrent, place: Place, query: str, memory: dict[str, str],
    state: States, position: str | None,
) -> tuple[str, str, str]:  # fmt: skip
    """A look with the state that belongs to it."""
    seen = state.rest.get("look")
    context, weights, after = look(g, by, decoder.attention, place, query, memory, seen, position)
    return context, weights, after or ""


def spoken(g: Graph, by: Products, cell: Gates, embeddings: Matrix, tokens: str) -> tuple[str | None, str]:
    """What the words add to the gates, from a table, or their vectors where that would be too large."""
    if len(embeddings) * len(cell.read) > TABLE:
        return None, by.table(g, embeddings, tokens)
    table = embeddings @ cell.read[:, : embeddings.shape[1]].T + cell.read_bias
    return by.table(g, table, tokens), ""


def feature(
    g: Graph, by: Products, readout: Any, embeddings: Matrix, tokens: str, previous: str, hidden: str,
    context: str, bounded: bool,
) -> str:  # fmt: skip
    """What the output matrix reads, (R, F)."""
    if isinstance(readout, Plain):
        return hidden
    if isinstance(readout, Attentional):
        return g("Tanh", by.linear(g, g.join(context, hidden), numbers(readout.W.weight), bounded=bounded))
    assert isinstance(readout, Maxout)
    state = previous if readout.state == "previous" else hidden
    weight = np.concatenate([numbers(readout.U.weight), numbers(readout.C.weight)], axis=1)
    both = by.linear(g, g.join(state, context), weight, bounded=bounded)
    table = embeddings @ numbers(readout.V.weight).T + numbers(readout.U.bias)
    both = g("Add", both, by.table(g, table, tokens))
    pairs = g.shape(both, -1, readout.width, 2)
    return g("ReduceMax", pairs, g.constant([2]), keepdims=0)
