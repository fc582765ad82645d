"""Every number on the way from a word to the next: a decoding, recorded on the readable path.

    previous token → gates → state s_t → scores e → softmax α → context c → features h̃ → distribution

A Transformer looks in each of its layers, and its state is the stream of the last one. Listeners stand
between the decoder and its collaborators (`listen`), so the numbers are those of the model's own step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from entarte.batch import Source
from entarte.errors import InputError
from entarte.listen import Heard, Note, listening
from entarte.model import Model
from entarte.vocabulary import BOS


@dataclass(frozen=True)
class Look:
    """One look at the source.

    query    (Q,) what asked
    scores   (H, S) e, before any mask; -inf at slots that the attention itself rules out
    inside   (S,) bool, the slots that the window and the mask leave
    softmax  (H, S) α before the window has reshaped it
    weights  (H, S) α as it was read
    values   (H, S, d) or (1, S, D), what the weights of each head weigh; None where nothing is weighed
    context  (D,) c
    """

    query: Tensor
    scores: Tensor
    inside: Tensor
    softmax: Tensor
    weights: Tensor
    values: Tensor | None
    context: Tensor


@dataclass(frozen=True)
class Passage:
    """The way through one layer of a Transformer; all but `back` (W,).

    before  the stream that it reads
    back    (H, n) how much each head of self-attention took of the last n words read, the one just read
            at the end; None where it has no softmax
    after_back, after_look, after_feed  the stream behind self-attention, behind the look at the source,
            and behind the feed-forward network
    """

    before: Tensor
    back: Tensor | None
    after_back: Tensor
    after_look: Tensor
    after_feed: Tensor


@dataclass(frozen=True)
class Frame:
    """One step. What its one look saw is there under the look's own names; of several looks, each in H heads,
    scores, softmax and weights have all heads, layer by layer, and query and context are those of the last
    layer, which the readout reads.

    read      the previous token y_{t−1}
    gates     for each layer, gate → (W,); empty for a plain RNN, and for a Transformer
    layers    the layers of a Transformer; none of a recurrent decoder
    previous  (W,) s_{t−1}, the top layer's output before the step
    state     (W,) s_t, after it
    looks     at the source: one, or one in each layer
    features  (F,) what the output matrix reads, h̃ or the like
    log_probs (V,) of every next token; of words that can only be copied too
    """

    read: int
    gates: tuple[dict[str, Tensor], ...]
    layers: tuple[Passage, ...]
    previous: Tensor
    state: Tensor
    looks: tuple[Look, ...]
    features: Tensor
    log_probs: Tensor

    @property
    def query(self) -> Tensor:
        return self.looks[-1].query

    @property
    def scores(self) -> Tensor:
        return torch.cat([look.scores for look in self.looks])

    @property
    def softmax(self) -> Tensor:
        return torch.cat([look.softmax for look in self.looks])

    @property
    def weights(self) -> Tensor:
        return torch.cat([look.weights for look in self.looks])

    @property
    def context(self) -> Tensor:
        return self.looks[-1].context


@dataclass(frozen=True)
class Tape:
    """A decoding: its memory, (S, D) values, and a frame for each token that was said."""

    values: Tensor
    frames: tuple[Frame, ...]


@torch.no_grad()
def record(model: Model, source: Source, tokens: Sequence[int]) -> Tape:
    """The frames of saying these tokens (the last may be EOS) to one source.

    Raises InputError for a decoder that cannot be listened to, and for ids outside the vocabulary.
    """
    if source.inputs.size(0) != 1:
        raise ValueError(f"{source.inputs.size(0)} sources; a tape has one")
    size = model.readout.weight.size(0) + model.beyond(source)
    for token in tokens:
        if not 0 <= token < size:
            raise InputError(
                f"the id {token} is not in the target vocabulary", advice=f"Its ids go from 0 to {size - 1}."
            )
    heard = Heard()
    bound = listening(model, heard).bind(source)
    state = bound.start()
    frames = []
    for read in (BOS, *tokens[:-1]) if tokens else ():
        heard.clear()
        step = bound.step(torch.tensor([read]), state)
        frames.append(frame(read, heard, state, step.state, step.log_probs[0]))
        state = step.state
    return Tape(bound.memory.values[0], tuple(frames))


def frame(read: int, heard: Heard, before: Any, after: Any, log_probs: Tensor) -> Frame:
    """What was heard during a step, as a frame."""
    return Frame(
        read=read,
        gates=tuple(gates(*each) for each in heard.cells),
        layers=tuple(passage(note) for note in heard.layers),
        previous=before.top[0],
        state=after.top[0],
        looks=tuple(look(note) for note in heard.looks),
        features=heard.said["features"].flatten(),
        log_probs=log_probs,
    )


def look(note: Note) -> Look:
    """What was heard of an attention."""
    return Look(
        query=note["query"][0, 0],
        scores=note["scores"][0, :, 0],
        inside=note["inside"],
        softmax=note["softmax"][0, :, 0],
        weights=note["weights"][0, :, 0],
        values=None if note["values"] is None else note["values"][0],
        context=note["context"][0, 0],
    )


def passage(note: Note) -> Passage:
    """What was heard of a layer."""
    names = ("before", "after_back", "after_look", "after_feed")
    return Passage(back=note.get("back"), **{name: note[name][0, 0] for name in names})


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
