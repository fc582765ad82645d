"""The equations of a model, as its own parts state them."""

from __future__ import annotations

import inspect
from typing import Any, TypedDict, cast

from torch import nn

from entarte.attention.base import Attention
from entarte.attention.query_key_value import QueryKeyValue
from entarte.decoder.recurrent import Recurrent
from entarte.decoder.transformer import Transformer
from entarte.errors import InputError
from entarte.model import Model

CELLS: dict[type[nn.Module], tuple[str, ...]] = {
    nn.GRUCell: (
        "r = σ(W_r x + U_r s_{t−1} + b_r)",
        "z = σ(W_z x + U_z s_{t−1} + b_z)",
        "n = tanh(W_n x + b_n + r ∘ (U_n s_{t−1} + b_u))",
        "s_t = (1 − z) ∘ n + z ∘ s_{t−1}",
    ),
    nn.LSTMCell: (
        "i, f, o = σ(W x + U s_{t−1} + b)",
        "g = tanh(W_g x + U_g s_{t−1} + b_g)",
        "m_t = f ∘ m_{t−1} + i ∘ g",
        "s_t = o ∘ tanh(m_t)",
    ),
    nn.RNNCell: ("s_t = tanh(W x + U s_{t−1} + b)",),
}
"""As torch computes its cells; m is the LSTM's memory, since c is the context here."""


class Equations(TypedDict):
    """cell, attention, window and readout in the papers' letters; what x holds, and which state asks.

    back    self-attention; "" without
    looks   whether it looks at the source at all
    heads   of each look
    layers  that look at the source, and (layer) the one that stands for the decoder, from 1
    """

    cell: list[str]
    reads: str
    query: str
    back: str
    attention: str
    window: str
    context: str
    readout: str
    looks: bool
    heads: int
    layers: int
    layer: int


def equations(model: Model) -> Equations:
    """What a page writes beside the numbers. Raises InputError for a decoder that has none."""
    decoder = model.decoder
    if isinstance(decoder, Recurrent):
        return cast(Equations, looked(decoder) | recurrent(decoder))
    if isinstance(decoder, Transformer):
        return cast(Equations, looked(decoder) | transformer(decoder))
    raise InputError("the equations of this decoder are not known")


def looked(decoder: Recurrent | Transformer) -> Any:
    """Of the look at the source, and of the readout."""
    attention = decoder.attention
    return {
        "attention": first(attention),
        "window": first(attention.window),
        "context": context(attention),
        "readout": first(decoder.readout),
        "looks": attention.looks,
        "heads": attention.heads,
    }


def context(attention: Attention) -> str:
    """How the weights make the context; "" where they do not."""
    if isinstance(attention, QueryKeyValue):
        return "head_i = Σ_s α_{i,ts} W_V h_s ;  c_t = W_O [head_1; …; head_H]"
    return "c_t = Σ_s α_{ts} h_s" if type(attention).read is Attention.read else ""


def recurrent(decoder: Recurrent) -> Any:
    before = decoder.query == "previous"
    parts = ["y_{t−1}", *["c_t"] * before, *["h̃_{t−1}"] * decoder.input_feeding]
    return {
        "cell": list(CELLS[type(decoder.stack.cells[0])]),
        "reads": f"x = [{'; '.join(parts)}]" if len(parts) > 1 else f"x = {parts[0]}",
        "query": "q = s_{t−1}" if before else "q = s_t",
        "back": "",
        "layers": 1,
        "layer": 1,
    }


def transformer(decoder: Transformer) -> Any:
    """x is what a layer reads, u and v stand behind its first two sublayers, z is what it hands on."""
    shape, inputs = decoder.shape, decoder.inputs
    scale = "" if inputs.factor == 1 else "√E "
    bring = "" if isinstance(inputs.bring, nn.Identity) else "W_x "
    place = " + p_t" if shape.positions in ("sinusoidal", "learned") else ""
    brought = "c_t" if isinstance(decoder.layer_list[0].bring, nn.Identity) else "W_c c_t"
    sums = (("x", "SelfAttention(%s)", "u"), ("u", brought, "v"), ("v", "FFN(%s)", "z"))
    cell = []
    for read, said, made in sums:
        inner = f"norm({read})" if shape.pre else read
        total = f"{read} + {said.replace('%s', inner)}"
        cell.append(f"{made} = {total}" if shape.pre else f"{made} = norm({total})")
    cell.append("s_t = norm(z) of the last layer" if shape.pre else "s_t = z of the last layer")
    return {
        "cell": cell,
        "reads": f"x = {bring}{scale}y_{{t−1}}{place}",
        "query": "q = norm(u)" if shape.pre else "q = u",
        "back": first(decoder.layer_list[0].back),
        "layers": decoder.layers,
        "layer": decoder.align_layer,
    }


def first(part: object) -> str:
    """What a part says about itself, up to its equation and where that is from; a part that only varies
    another has that one's."""
    own = [kind for kind in type(part).__mro__ if kind.__module__.startswith("entarte.")]
    told = [head(kind) for kind in own]
    return next((text for text in told if "=" in text), told[0])


def head(kind: type) -> str:
    """The beginning of a docstring, its equation included."""
    text, *rest = inspect.cleandoc(kind.__doc__ or "").split("\n\n")
    if "=" not in text and rest and "=" in rest[0]:
        text += " " + rest[0]
    return " ".join(text.split())
