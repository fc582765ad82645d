"""A recurrent decoder that looks back at its own states, not at a source."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor

from entarte.attend import attend
from entarte.attention.base import Attention
from entarte.decoder.recurrent import Recurrent, RecurrentState
from entarte.errors import InputError
from entarte.memory import Memory
from entarte.readout.base import Readout


class SelfAttentive(Recurrent):
    """Attention over the decoder's own past (Cheng, Dong and Lapata 2016; Daniluk et al. 2017, "Frustratingly
    Short Attention Spans in Neural Language Modeling", section 2.2).

    1. s_t = cell([y_{t−1}; h̃_{t−1}], s_{t−1})
    2. c_t = attend(s_t) over s_0 … s_{t−1}
    3. h̃_t = features(s_t, c_t)

    Or, with query = "previous", c_t = attend(s_{t−1}) first, which the cell reads too. s_0 is the state
    before the first word, so that there is always something to look at; s_j has read the words before y_j. A
    window counts from the step at hand: local-m with half = L looks at the last L + 1 states, Daniluk's span.

    The past grows with every step and travels with the state as `look`, (R, t, W): the states that were there
    before the last step. (Its keys are made anew at each step: simple, and quadratic as attention itself is.)

    embedding  E, width of the word vectors
    encoder    width, layers and parts of the encoder's states; the source, where there is one, is read by the
               start alone
    attention, readout  collaborators, already made

    cell           rnn (tanh), lstm or gru
    width          W, of the state
    layers         stacked layers; the states of the top one are looked at
    start          how the first state is made
    query          which state asks: the current one, or the previous one
    input_feeding  whether h̃_{t−1} is read beside the word
    residual       add a layer's input to its output, from the second layer on
    dropout        between layers
    """

    looks_back = True

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
        start: Literal["zeros", "ones", "learned", "mean", "projected-mean", "last", "bridge"] = "zeros",
        query: Literal["current", "previous"] = "current",
        input_feeding: bool = False,
        residual: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__(
            embedding,
            encoder,
            attention,
            readout,
            cell=cell,
            width=width,
            layers=layers,
            start=start,
            query=query,
            input_feeding=input_feeding,
            residual=residual,
            dropout=dropout,
        )

    def check(self) -> None:
        super().check()
        if not self.attention.looks:
            raise InputError(
                "attention 'none' does not look back",
                setting="attention.kind",
                advice="Use another attention.kind, or decoder.kind='recurrent'.",
            )
        if type(self.attention).start is not Attention.start:
            raise InputError(
                "this attention remembers its weights slot by slot, and a past has a new slot each step",
                setting="attention.kind",
                advice="Use 'general', 'additive' or 'multi-head', for example.",
            )
        if self.readout.copies:
            raise InputError(
                "a pointer copies from a source, and this decoder does not look at one",
                setting="readout.kind",
                advice="Set readout.kind to 'attentional'.",
            )

    def keys(self, memory: Memory) -> None:
        return None

    def start(self, memory: Memory) -> RecurrentState:
        state = super().start(memory)
        return state._replace(look=state.top.new_empty(len(state.top), 0, self.width))

    def look(
        self, query: Tensor, memory: Memory, keys: Any, state: RecurrentState
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Attend with rows (R, W), each to its own past: context (R, W), weights (R, H, t), the past."""
        past = torch.cat([state.look, state.query.unsqueeze(1)], dim=1)
        own = remembered(past)
        asked, position = query.unsqueeze(1), state.position.unsqueeze(1)
        looked = attend(self.attention, asked, self.attention.keys(own), own, None, position)
        return looked.context.squeeze(1), looked.weights.squeeze(2), past


def remembered(past: Tensor) -> Memory:
    """States (R, t, W) as a memory of R rows; the last of them stands for the whole."""
    mask = torch.ones(past.shape[:2], dtype=torch.bool, device=past.device)
    return Memory(past, mask, past[:, -1], ())
