"""The equations of a model, as its own parts state them."""

from __future__ import annotations

import inspect
from typing import TypedDict

from torch import nn

from entarte.attention.base import Attention
from entarte.decoder.recurrent import Recurrent
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
    """cell, attention, window and readout in the papers' letters; what x holds, and which state asks."""

    cell: list[str]
    reads: str
    query: str
    attention: str
    window: str
    context: str
    readout: str
    looks: bool
    heads: int


def equations(model: Model) -> Equations:
    """What a page writes beside the numbers."""
    decoder = model.decoder
    assert isinstance(decoder, Recurrent)
    attention = decoder.attention
    before = decoder.query == "previous"
    parts = ["y_{t−1}", *["c_t"] * before, *["h̃_{t−1}"] * decoder.input_feeding]
    plain = type(attention).read is Attention.read
    return {
        "cell": list(CELLS[type(decoder.stack.cells[0])]),
        "reads": f"x = [{'; '.join(parts)}]" if len(parts) > 1 else f"x = {parts[0]}",
        "query": "q = s_{t−1}" if before else "q = s_t",
        "attention": first(attention),
        "window": first(decoder.attention.window),
        "context": "c_t = Σ_s α_{ts} h_s" if plain else "",
        "readout": first(decoder.readout),
        "looks": attention.looks,
        "heads": attention.heads,
    }


def first(part: object) -> str:
    """What a part says about itself, up to its equation and where that is from."""
    head, *rest = (inspect.getdoc(type(part)) or "").split("\n\n")
    if "=" not in head and rest and "=" in rest[0]:
        head += " " + rest[0]
    return " ".join(head.split())
