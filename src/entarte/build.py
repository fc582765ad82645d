"""From settings to a fresh model: the one function that makes its parts, and how they are first drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import torch
from torch import nn

from entarte.attention import ATTENTIONS
from entarte.decoder import DECODERS
from entarte.encoder import ENCODERS
from entarte.errors import InputError
from entarte.front import FRONTS, SOURCE_FRONTS
from entarte.model import Model
from entarte.readout import READOUTS
from entarte.window import WINDOWS


class Choice(Protocol):
    """One member of a family and its settings."""

    @property
    def kind(self) -> str: ...
    @property
    def options(self) -> Mapping[str, Any]: ...


class Choices(Protocol):
    """What `build` reads of the settings."""

    @property
    def front(self) -> Choice: ...
    @property
    def source_front(self) -> Choice: ...
    @property
    def encoder(self) -> Choice: ...
    @property
    def window(self) -> Choice: ...
    @property
    def attention(self) -> Choice: ...
    @property
    def decoder(self) -> Choice: ...
    @property
    def readout(self) -> Choice: ...


def make(table: dict[str, Any], choice: Choice, *wiring: Any) -> Any:
    """The member of a family that was chosen, made from its wiring and its settings."""
    return table[choice.kind](*wiring, **choice.options)


def source_front(choices: Choices, size: int) -> nn.Module:
    """What reads the source: as the target is read, unless another front is chosen."""
    same = choices.source_front.kind == "same"
    front: nn.Module = (
        make(FRONTS, choices.front, size) if same else make(SOURCE_FRONTS, choices.source_front, size)
    )
    return front


def build(choices: Choices, source: int, target: int, tied: str, ctc: bool = False) -> Model:
    """A fresh model. This, and only this, turns settings into modules.

    source, target  sizes of the vocabularies; of a source of features, numbers in a frame
    tied            none; target: the output matrix is the target's word vectors; all: source and
                    target share one set of word vectors, and the output matrix too (Press and Wolf 2017)
    ctc             whether the memory is to say the target by itself too
    """
    said = make(FRONTS, choices.front, target)
    if tied == "all" and source != target:
        raise InputError(
            f"vocabularies of {source} and {target} entries cannot share their word vectors",
            setting="model.tied",
            advice="Set text.shared to true, or model.tied to 'target' or 'none'.",
        )
    shared = tied == "all" or not ENCODERS[choices.encoder.kind].reads
    read = said if shared else source_front(choices, source)
    encoder = make(ENCODERS, choices.encoder, read.width)
    query = choices.decoder.options["width"]
    window = make(WINDOWS, choices.window, query)
    seen = query if DECODERS[choices.decoder.kind].looks_back else encoder.width
    if not seen and ATTENTIONS[choices.attention.kind].looks:
        raise InputError(
            "there is no source to look at: encoder 'nothing' reads none",
            setting="attention.kind",
            advice="Set it to 'none', or decoder.kind to 'self-attentive', which looks at its own past.",
        )
    attention = make(ATTENTIONS, choices.attention, query, seen, window)
    table = None if tied == "none" else said.table.weight
    readout = make(READOUTS, choices.readout, query, attention.context_width, said.width, target, table)
    shape = (encoder.width, encoder.layers, encoder.parts)
    decoder = make(DECODERS, choices.decoder, said.width, shape, attention, readout)
    decoder.check()
    if readout.copies and not attention.looks:
        raise InputError(
            "there is nothing to copy by: attention 'none' looks at no word",
            setting="readout.kind",
            advice="Use another attention.kind, or readout.kind='attentional'.",
        )
    if readout.copies and encoder.reduction > 1:
        raise InputError(
            f"there is no word to copy: a slot of encoder '{choices.encoder.kind}' stands for several",
            setting="readout.kind",
            advice="Use readout.kind='attentional', or another encoder.",
        )
    if ctc and not encoder.reads:
        raise InputError("there is no source to say the target slot by slot", setting="loss.ctc")
    return Model(read, said, encoder, decoder, nn.Linear(encoder.width, target) if ctc else None)


def initialise(model: Model, how: str, reach: float) -> None:
    """Draw every parameter afresh from torch's generator.

    uniform  all in [−reach, reach] (Sutskever et al. 2014; Luong et al. 2015 use 0.08 and 0.1)
    glorot   matrices uniform after Glorot and Bengio (2010), recurrent ones orthogonal (Saxe et al.
             2014), word vectors normal with variance 1/E, biases 0 but an LSTM's forget gate 1

    A norm always begins as one: its gains at 1, its shifts at 0.
    """
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if how == "uniform":
                parameter.uniform_(-reach, reach)
            elif "table" in name or name == "decoder.readout.weight":
                parameter.normal_(0.0, parameter.size(-1) ** -0.5)
            elif parameter.dim() < 2:
                parameter.zero_()
            elif "weight_hh" in name:
                for gate in torch.split(parameter, parameter.size(1)):
                    nn.init.orthogonal_(gate)
            else:
                nn.init.xavier_uniform_(parameter)
        for module in model.modules():
            if isinstance(module, nn.Embedding) and module.padding_idx is not None:
                module.weight[module.padding_idx].zero_()
            if isinstance(module, nn.LayerNorm):
                module.reset_parameters()
            if isinstance(module, (nn.LSTM, nn.LSTMCell)) and how == "glorot":
                for name, parameter in module.named_parameters():
                    if "bias_ih" in name:  # gates in torch's order: input, forget, cell, output
                        parameter[module.hidden_size : 2 * module.hidden_size] = 1.0
