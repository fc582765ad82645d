"""The recurrent decoder of Sutskever, Bahdanau, Luong and GNMT."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

from entarte.attend import attend
from entarte.attention.base import Attention
from entarte.decoder.base import Decoder, Stepped
from entarte.decoder.stack import Cells, Stack
from entarte.decoder.start import STARTS
from entarte.errors import InputError
from entarte.memory import Memory
from entarte.readout.base import Moment, Readout


class RecurrentState(NamedTuple):
    """What travels from step to step, one row per hypothesis.

    cells     for each layer the parts of its state, each (R, W)
    top       (R, W) s, the output of the top layer
    query     (R, W) the output of the layer that asks (top or bottom)
    feed      (R, F) the features of the step before, or None without input feeding
    look      the attention's own state
    position  (R,) long, steps taken
    """

    cells: Cells
    top: Tensor
    query: Tensor
    feed: Tensor | None
    look: Any
    position: Tensor


class Recurrent(Decoder):
    """Look and update, in one of two orders.

    query = "current" (Luong et al. 2015)            query = "previous" (Bahdanau et al. 2015)
      1. s_t = cell([y_{t−1}; h̃_{t−1}], s_{t−1})       1. c_t = attend(s_{t−1})
      2. c_t = attend(s_t)                             2. s_t = cell([y_{t−1}; c_t; h̃_{t−1}], s_{t−1})
      3. h̃_t = features(s_t, c_t)                      3. h̃_t = features(s_t or s_{t−1}, c_t)

    h̃_{t−1} is read where input feeding is on (Luong et al. 2015, section 3.3).

    embedding  E, width of the word vectors
    encoder    width, layers and parts of the encoder's states
    attention, readout  collaborators, already made

    cell            rnn (tanh), lstm or gru
    width           W, of the state
    layers          stacked layers
    start           how the first state is made
    query           which state asks: the current one (Luong) or the previous one (Bahdanau)
    query_layer     which layer asks: top, or bottom (GNMT, Wu et al. 2016, section 3)
    context_layers  which layers read c_t when the previous state asks: first, or all (GNMT)
    input_feeding   whether h̃_{t−1} is read beside the word
    residual        add a layer's input to its output, from the second layer on
    dropout         between layers
    """

    def __init__(
        self,
        embedding: int,
        encoder: tuple[int, int, int],
        attention: Attention,
        readout: Readout,
        *,
        cell: Literal["rnn", "lstm", "gru"] = "lstm",
        width: int = 512,
        layers: int = 1,
        start: Literal["zeros", "ones", "learned", "mean", "projected-mean", "last", "bridge"] = "bridge",
        query: Literal["current", "previous"] = "current",
        query_layer: Literal["top", "bottom"] = "top",
        context_layers: Literal["first", "all"] = "first",
        input_feeding: bool = True,
        residual: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if layers < 1:
            raise InputError(f"must be at least 1, not {layers}", setting="decoder.layers")
        if context_layers == "all" and query == "current":
            raise InputError(
                "all layers can read the context only if it is there before them",
                setting="decoder.context_layers",
                advice="Set decoder.query to 'previous'.",
            )
        self.width = width
        self.layers = layers
        self.attention = attention
        self.readout = readout
        self.query = query
        self.query_layer = query_layer
        self.context_layers = context_layers
        self.input_feeding = input_feeding
        inputs = embedding + (readout.width if input_feeding else 0)
        inputs += attention.context_width if query == "previous" else 0
        beside = attention.context_width if context_layers == "all" else 0
        self.stack = Stack(inputs, beside, cell, width, layers, residual, dropout)
        self.source = encoder[1] > 0
        if STARTS[start].reads_source and not self.source:
            raise InputError(
                "there is no source to start from",
                setting="decoder.start",
                advice="Set it to 'zeros' or 'learned'.",
            )
        self.first = STARTS[start](*encoder, layers, width, self.stack.parts)

    def check(self) -> None:
        if self.query == "previous" or self.readout.reads_context:
            return
        if self.attention.looks:
            raise InputError(
                "nothing would read what the attention finds: neither this readout nor the cell",
                setting="attention.kind",
                advice="Set readout.kind to 'attentional', decoder.query to 'previous', "
                "or attention.kind to 'none'.",
            )
        if self.source and not self.first.reads_source:
            raise InputError(
                "nothing of the source would reach the decoder: without attention its start alone brings it",
                setting="decoder.start",
                advice="Set decoder.start to 'bridge' or 'last'.",
            )

    def held(self, source: int, target: int) -> int:
        looks = self.attention.held * self.attention.heads * source
        return (24 * self.width * self.layers + looks) * target

    def keys(self, memory: Memory) -> Any:
        return self.attention.keys(memory)

    def start(self, memory: Memory) -> RecurrentState:
        parts = self.first(memory)  # each (B, L, W)
        cells = tuple(zip(*(part.unbind(1) for part in parts), strict=True))
        b = memory.values.size(0)
        return RecurrentState(
            cells,
            top=cells[-1][0],
            query=cells[-1 if self.query_layer == "top" else 0][0],
            feed=memory.values.new_zeros(b, self.readout.width) if self.input_feeding else None,
            look=self.attention.start(memory),
            position=torch.zeros(b, dtype=torch.long, device=memory.values.device),
        )

    def step(self, embedded: Tensor, memory: Memory, keys: Any, state: RecurrentState) -> Stepped:
        if self.query == "previous":
            context, weights, look = self.look(state.query, memory, keys, state)
            beside = context if self.context_layers == "all" else None
            top, bottom, cells = self.stack(joined(embedded, context, state.feed), beside, state.cells)
            query = top if self.query_layer == "top" else bottom
        else:
            top, bottom, cells = self.stack(joined(embedded, state.feed), None, state.cells)
            query = top if self.query_layer == "top" else bottom
            context, weights, look = self.look(query, memory, keys, state)
        features = self.readout.features(Moment(state.top, top, context, embedded))
        feed = features if self.input_feeding else None
        after = RecurrentState(cells, top, query, feed, look, state.position + 1)
        return Stepped(features, weights, after)

    def look(
        self, query: Tensor, memory: Memory, keys: Any, state: RecurrentState
    ) -> tuple[Tensor, Tensor, Any]:
        """Attend with rows (R, W): context (R, D), weights (R, H, S), the attention's next state."""
        b = memory.values.size(0)
        looked = attend(
            self.attention,
            query.reshape(b, -1, query.size(-1)),
            keys,
            memory,
            state.look,
            state.position.view(b, -1),
        )
        return looked.context.flatten(0, 1), looked.weights.transpose(1, 2).flatten(0, 1), looked.state


def joined(*parts: Tensor | None) -> Tensor:
    """The parts that are there, side by side."""
    return torch.cat([part for part in parts if part is not None], dim=-1)
