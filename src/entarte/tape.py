"""Every number on the way from a word to the next: a decoding, recorded on the readable path.

    previous token → gates → state s_t → scores e → softmax α → context c → features h̃ → distribution

A tape listens between the decoder and its collaborators (cells, attention, window, readout): stand-ins
hand every call on and write down what went through. So the numbers are those of the model's own step, for
every member of every family, and no module keeps anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from entarte.attention.base import Attention
from entarte.batch import Source
from entarte.decoder.recurrent import Recurrent
from entarte.edit import stand_in
from entarte.errors import InputError
from entarte.memory import Memory
from entarte.model import Model
from entarte.readout.base import Moment
from entarte.vocabulary import BOS
from entarte.window.base import Window

Heard = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """One step.

    read      the previous token y_{t−1}
    gates     for each layer, gate → (W,); empty for a plain RNN
    previous  (W,) s_{t−1}, the top layer's output before the step
    state     (W,) s_t, after it
    query     (Q,) what asked
    scores    (H, S) e, before any mask; -inf at slots that the attention itself rules out
    inside    (S,) bool, the slots that the window and the mask leave
    softmax   (H, S) α before the window has reshaped it
    weights   (H, S) α as it was read
    context   (D,) c
    features  (F,) what the output matrix reads, h̃ or the like
    log_probs (V,) of every next token; of words that can only be copied too
    """

    read: int
    gates: tuple[dict[str, Tensor], ...]
    previous: Tensor
    state: Tensor
    query: Tensor
    scores: Tensor
    inside: Tensor
    softmax: Tensor
    weights: Tensor
    context: Tensor
    features: Tensor
    log_probs: Tensor


@dataclass(frozen=True)
class Tape:
    """A decoding: its memory, (S, D) values, and a frame for each token that was said."""

    values: Tensor
    frames: tuple[Frame, ...]


@torch.no_grad()
def record(model: Model, source: Source, tokens: Sequence[int]) -> Tape:
    """The frames of saying these tokens (the last may be EOS) to one source.

    Raises InputError for a decoder that is not recurrent, and for ids outside the vocabulary.
    """
    if not isinstance(model.decoder, Recurrent):
        raise InputError("steps can be shown of a recurrent decoder only")
    if source.ids.size(0) != 1:
        raise ValueError(f"{source.ids.size(0)} sources; a tape has one")
    size = model.readout.weight.size(0) + model.beyond(source)
    for token in tokens:
        if not 0 <= token < size:
            raise InputError(
                f"the id {token} is not in the target vocabulary", advice=f"Its ids go from 0 to {size - 1}."
            )
    heard: Heard = {}
    bound = listening(model, heard).bind(source)
    state = bound.start()
    frames = []
    for read in (BOS, *tokens[:-1]) if tokens else ():
        heard.clear()
        heard["cells"] = []
        step = bound.step(torch.tensor([read]), state)
        frames.append(frame(read, heard, state, step.state, step.weights[0], step.log_probs[0]))
        state = step.state
    return Tape(bound.memory.values[0], tuple(frames))


def frame(read: int, heard: Heard, before: Any, after: Any, weights: Tensor, log_probs: Tensor) -> Frame:
    """What was heard during a step, as a frame."""
    return Frame(
        read=read,
        gates=tuple(gates(*each) for each in heard["cells"]),
        previous=before.top[0],
        state=after.top[0],
        query=heard["query"][0, 0],
        scores=heard["scores"][0, :, 0],
        inside=heard["inside"],
        softmax=heard["softmax"][0, :, 0],
        weights=weights,
        context=heard["context"][0, 0],
        features=heard["features"][0],
        log_probs=log_probs,
    )


def listening(model: Model, heard: Heard) -> Model:
    """The model with a listener before each collaborator of its decoder."""
    decoder = model.decoder
    assert isinstance(decoder, Recurrent)
    window = HeardWindow(decoder.attention.window, heard)
    stack = stand_in(decoder.stack, cells=nn.ModuleList(HeardCell(c, heard) for c in decoder.stack.cells))
    readout = HeardReadout(decoder.readout, heard)
    attention = HeardAttention(decoder.attention, window, heard)
    return stand_in(model, decoder=stand_in(decoder, attention=attention, stack=stack, readout=readout))


class Listener(nn.Module):
    """Hands on to what it stands before; anything it does not know is asked of that."""

    def __init__(self, inner: nn.Module, heard: Heard) -> None:
        super().__init__()
        self.inner = inner
        self.heard = heard

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("inner"), name)


class HeardCell(Listener):
    """A cell: what it read, its state before and what it is."""

    def forward(self, reads: Tensor, state: Any) -> Any:
        self.heard["cells"].append((self.inner, reads, state))
        return self.inner(reads, state)


class HeardReadout(Listener):
    """A readout: its features."""

    def features(self, moment: Moment) -> Tensor:
        features: Tensor = self.inner.features(moment)  # type: ignore[operator]
        self.heard["features"] = features
        return features


class HeardAttention(Listener):
    """An attention: the query, the scores with the penalty taken off, the context."""

    def __init__(self, inner: Attention, window: nn.Module, heard: Heard) -> None:
        super().__init__(inner, heard)
        self.window = window

    def score(self, query: Tensor, keys: Any, state: Any) -> Tensor:
        scores: Tensor = self.inner.score(query, keys, state)  # type: ignore[operator]
        every = scores if scores.dim() == 4 else scores.unsqueeze(1)
        penalty = self.inner.penalty(state)  # type: ignore[operator]
        taken = 0 if penalty is None else penalty.view(every.size(0), 1, every.size(2), -1)
        self.heard |= {"query": query, "scores": every - taken}
        return scores

    def read(self, weights: Tensor, memory: Memory, keys: Any) -> Tensor:
        context: Tensor = self.inner.read(weights, memory, keys)  # type: ignore[operator]
        self.heard["context"] = context
        return context


class HeardWindow(Listener):
    """A window: which slots it leaves, and the weights before it reshapes them."""

    inner: Window

    def inside(self, query: Tensor, memory: Memory, position: Tensor) -> Tensor | None:
        inside = self.inner.inside(query, memory, position)
        self.heard["inside"] = memory.mask[0] if inside is None else inside[0, 0] & memory.mask[0]
        return inside

    def shape(self, weights: Tensor, query: Tensor, memory: Memory, position: Tensor) -> Tensor:
        self.heard["softmax"] = weights
        return self.inner.shape(weights, query, memory, position)


def gates(cell: nn.Module, reads: Tensor, state: Any) -> dict[str, Tensor]:
    """The gates of one step of one row, each (W,), by the equations that torch documents for its cells.

    GRU   r = σ(W_ir x + b_ir + W_hr h + b_hr), z likewise, n = tanh(W_in x + b_in + r ∘ (W_hn h + b_hn))
    LSTM  i, f, o = σ(W_i· x + b_i· + W_h· h + b_h·), g = tanh of the like
    """
    if isinstance(cell, nn.GRUCell):
        from_input, from_state = parts(cell, reads, state, 3)
        r, z = (torch.sigmoid(a + b) for a, b in zip(from_input[:2], from_state[:2]))
        return {"r": r, "z": z, "n": torch.tanh(from_input[2] + r * from_state[2])}
    if isinstance(cell, nn.LSTMCell):
        i, f, g, o = (a + b for a, b in zip(*parts(cell, reads, state[0], 4)))
        return {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
    return {}


def parts(
    cell: nn.RNNCellBase, reads: Tensor, hidden: Tensor, count: int
) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """What a cell's input and its state bring to each gate."""
    from_input = nn.functional.linear(reads[0], cell.weight_ih, cell.bias_ih)
    from_state = nn.functional.linear(hidden[0], cell.weight_hh, cell.bias_hh)
    return from_input.chunk(count), from_state.chunk(count)
