"""Listeners before the parts of a decoder: they hand every call on, and write down what went through.

They stand in for cells, attentions, windows, readout and the sublayers of a Transformer (`edit.stand_in`).
So what is heard are the numbers of the model's own step, and no module keeps anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from entarte.attention.base import Attention
from entarte.decoder.recurrent import Recurrent
from entarte.decoder.transformer import Layer, Transformer
from entarte.edit import stand_in
from entarte.errors import InputError
from entarte.memory import Memory
from entarte.model import Model
from entarte.readout.base import Moment
from entarte.transformer.self_attention import Past, SelfAttention
from entarte.window.base import Window

Note = dict[str, Any]


@dataclass
class Heard:
    """What went through during one step.

    cells   each a cell, what it read, and its state before
    looks   for each attention to the source, from the lowest layer up, its numbers
    layers  for each layer of a Transformer its numbers
    said    of the readout
    """

    cells: list[tuple[nn.Module, Tensor, Any]] = field(default_factory=list)
    looks: list[Note] = field(default_factory=list)
    layers: list[Note] = field(default_factory=list)
    said: Note = field(default_factory=dict)

    def clear(self) -> None:
        """Forget the step before."""
        self.cells.clear()
        for note in (*self.looks, *self.layers, self.said):
            note.clear()

    def look(self) -> Note:
        """The sheet of one more attention."""
        self.looks.append({})
        return self.looks[-1]

    def layer(self) -> Note:
        """The sheet of one more layer."""
        self.layers.append({})
        return self.layers[-1]


def listening(model: Model, heard: Heard) -> Model:
    """The model with a listener before each collaborator of its decoder.

    Raises InputError for a decoder whose parts are not known.
    """
    decoder = model.decoder
    readout = HeardReadout(decoder.readout, heard.said)
    if isinstance(decoder, Recurrent):
        stack = stand_in(decoder.stack, cells=nn.ModuleList(HeardCell(c, heard) for c in decoder.stack.cells))
        attention = HeardAttention(decoder.attention, heard.look())
        return stand_in(model, decoder=stand_in(decoder, attention=attention, stack=stack, readout=readout))
    if isinstance(decoder, Transformer):
        layers = nn.ModuleList(layered(layer, heard) for layer in decoder.layer_list)
        return stand_in(model, decoder=stand_in(decoder, stack=layers, readout=readout))
    raise InputError("steps can be shown of a recurrent decoder or a Transformer only")


def layered(layer: Layer, heard: Heard) -> Layer:
    """A Transformer's layer with listeners at its sublayers."""
    note = heard.layer()
    return stand_in(
        layer,
        back=HeardBack(layer.back, note),
        back_sum=HeardSum(layer.back_sum, note, "after_back"),
        attention=HeardAttention(layer.attention, heard.look()),
        attention_sum=HeardSum(layer.attention_sum, note, "after_look"),
        feed_sum=HeardSum(layer.feed_sum, note, "after_feed"),
    )


class Listener(nn.Module):
    """Hands on to what it stands before; anything it does not know is asked of that."""

    def __init__(self, inner: nn.Module, note: Note) -> None:
        super().__init__()
        self.inner = inner
        self.note = note

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("inner"), name)


class HeardCell(nn.Module):
    """A cell: what it read, its state before and what it is."""

    def __init__(self, inner: nn.Module, heard: Heard) -> None:
        super().__init__()
        self.inner = inner
        self.heard = heard

    def forward(self, reads: Tensor, state: Any) -> Any:
        self.heard.cells.append((self.inner, reads, state))
        return self.inner(reads, state)


class HeardReadout(Listener):
    """A readout: its features."""

    def features(self, moment: Moment) -> Tensor:
        features: Tensor = self.inner.features(moment)  # type: ignore[operator]
        self.note["features"] = features
        return features


class HeardAttention(Listener):
    """An attention: the query, the scores with the penalty taken off, what the weights weigh, the context."""

    inner: Attention

    def __init__(self, inner: Attention, note: Note) -> None:
        super().__init__(inner, note)
        self.window = HeardWindow(inner.window, note)

    def score(self, query: Tensor, keys: Any, state: Any) -> Tensor:
        scores = self.inner.score(query, keys, state)
        every = scores if scores.dim() == 4 else scores.unsqueeze(1)
        penalty = self.inner.penalty(state)
        taken = 0 if penalty is None else penalty.view(every.size(0), 1, every.size(2), -1)
        self.note |= {"query": query, "scores": every - taken}
        return scores

    def read(self, weights: Tensor, memory: Memory, keys: Any) -> Tensor:
        context = self.inner.read(weights, memory, keys)
        self.note |= {"values": self.inner.values(memory, keys), "context": context}
        return context


class HeardWindow(Listener):
    """A window: which slots it leaves, and the weights before and after it reshapes them."""

    inner: Window

    def inside(self, query: Tensor, memory: Memory, position: Tensor) -> Tensor | None:
        inside = self.inner.inside(query, memory, position)
        self.note["inside"] = memory.mask[0] if inside is None else inside[0, 0] & memory.mask[0]
        return inside

    def shape(self, weights: Tensor, query: Tensor, memory: Memory, position: Tensor) -> Tensor:
        shaped = self.inner.shape(weights, query, memory, position)
        self.note |= {"softmax": weights, "weights": shaped}
        return shaped


class HeardSum(Listener):
    """The sum around a sublayer: the stream behind it."""

    def __init__(self, inner: nn.Module, note: Note, name: str) -> None:
        super().__init__(inner, note)
        self.name = name

    def before(self, stream: Tensor) -> Tensor:
        self.note.setdefault("before", stream)  # of the lowest sublayer: what the layer reads
        read: Tensor = self.inner.before(stream)  # type: ignore[operator]
        return read

    def after(self, stream: Tensor, said: Tensor) -> Tensor:
        total: Tensor = self.inner.after(stream, said)  # type: ignore[operator]
        self.note[self.name] = total
        return total


class HeardBack(Listener):
    """Self-attention: how much of each word before, and of the one just read, each head took. Where there
    is no softmax there is nothing to hear."""

    inner: SelfAttention

    def extend(self, slots: Tensor, past: Past, place: Tensor) -> tuple[Tensor, Past]:
        weights: Note = {}
        said = stand_in(self.inner, dropout=HeardWeights(self.inner.dropout, weights)).extend(
            slots, past, place
        )
        if weights:
            self.note["back"] = self.inner.latest(weights["weights"], past[0].size(2) + 1)
        return said


class HeardWeights(Listener):
    """What a dropout of weights reads."""

    def forward(self, weights: Tensor) -> Tensor:
        self.note["weights"] = weights
        kept: Tensor = self.inner(weights)
        return kept
