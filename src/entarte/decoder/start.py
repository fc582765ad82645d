"""Every way to start the decoder. Each returns one (B, L, W) tensor per part of the cell."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.errors import InputError
from entarte.memory import Memory

Parts = tuple[Tensor, ...]


class Start(nn.Module):
    """The state of every layer before the first word.

    memory         D, width of the memory
    encoder_layers layers of the encoder's summary, 0 where it has none
    encoder_parts  parts of the encoder's cell (2 for LSTM)
    layers, width, parts  of the decoder
    """

    reads_source: bool = True
    """Whether the first state depends on the source."""

    def __init__(
        self, memory: int, encoder_layers: int, encoder_parts: int, layers: int, width: int, parts: int
    ) -> None:
        super().__init__()
        self.memory = memory
        self.encoder_layers = encoder_layers
        self.encoder_parts = encoder_parts
        self.layers = layers
        self.width = width
        self.parts = parts

    def forward(self, memory: Memory) -> Parts:
        raise TypeError(f"{type(self).__name__} does not say how to start")


def average(memory: Memory) -> Tensor:
    """The mean of the real slots, (B, D)."""
    return memory.values.sum(1) / memory.mask.sum(1, keepdim=True)


class Zeros(Start):
    """All numbers 0."""

    reads_source = False
    fill = 0.0

    def forward(self, memory: Memory) -> Parts:
        shape = (memory.values.size(0), self.layers, self.width)
        return tuple(memory.values.new_full(shape, self.fill) for _ in range(self.parts))


class Ones(Zeros):
    """All numbers 1."""

    fill = 1.0


class Learned(Start):
    """One learned vector for each layer and part, the same for every source."""

    reads_source = False

    def __init__(
        self, memory: int, encoder_layers: int, encoder_parts: int, layers: int, width: int, parts: int
    ) -> None:
        super().__init__(memory, encoder_layers, encoder_parts, layers, width, parts)
        self.vectors = nn.Parameter(torch.empty(parts, layers, width).uniform_(-0.1, 0.1))

    def forward(self, memory: Memory) -> Parts:
        return tuple(part.expand(memory.values.size(0), -1, -1) for part in self.vectors)


class Average(Start):
    """The mean of the memory in every layer's h; an LSTM's c starts at 0."""

    def __init__(
        self, memory: int, encoder_layers: int, encoder_parts: int, layers: int, width: int, parts: int
    ) -> None:
        super().__init__(memory, encoder_layers, encoder_parts, layers, width, parts)
        if memory != width:
            raise InputError(
                f"the mean of a memory of width {memory} does not fit a decoder of width {width}",
                setting="decoder.start",
                advice="Use 'projected-mean', or make encoder.width and decoder.width equal.",
            )

    def forward(self, memory: Memory) -> Parts:
        mean = average(memory).unsqueeze(1).expand(-1, self.layers, -1)
        return (mean, *(torch.zeros_like(mean) for _ in range(self.parts - 1)))


class ProjectedMean(Start):
    """tanh(W · mean of the memory), a matrix for each layer and part (Xu et al. 2015; Bahdanau's W_s)."""

    def __init__(
        self, memory: int, encoder_layers: int, encoder_parts: int, layers: int, width: int, parts: int
    ) -> None:
        super().__init__(memory, encoder_layers, encoder_parts, layers, width, parts)
        self.W = nn.Linear(memory, parts * layers * width)

    def forward(self, memory: Memory) -> Parts:
        state: Tensor = torch.tanh(self.W(average(memory)))
        return tuple(state.view(-1, self.parts, self.layers, self.width).unbind(1))


class LastState(Start):
    """The encoder's last state, layer by layer (Sutskever et al. 2014). The shapes must agree."""

    def __init__(
        self, memory: int, encoder_layers: int, encoder_parts: int, layers: int, width: int, parts: int
    ) -> None:
        super().__init__(memory, encoder_layers, encoder_parts, layers, width, parts)
        if (memory, encoder_layers, encoder_parts) != (width, layers, parts):
            raise InputError(
                "the encoder's last state does not fit the decoder: width, layers and kind of cell are "
                f"{memory}, {encoder_layers}, {kind(encoder_parts)} and {width}, {layers}, {kind(parts)}",
                setting="decoder.start",
                advice="Use 'bridge', or make encoder and decoder agree.",
            )

    def forward(self, memory: Memory) -> Parts:
        return memory.summary


class Bridge(Start):
    """tanh(W · last encoder state), a matrix for each layer and part.

    The decoder's top layer starts from the encoder's top layer, the layer below from the one below;
    where the encoder has fewer layers or parts, its lowest layer or its h serves several times.
    """

    def __init__(
        self, memory: int, encoder_layers: int, encoder_parts: int, layers: int, width: int, parts: int
    ) -> None:
        super().__init__(memory, encoder_layers, encoder_parts, layers, width, parts)
        self.W = nn.ModuleList(nn.Linear(memory, width) for _ in range(layers * parts))

    def forward(self, memory: Memory) -> Parts:
        states = []
        for part in range(self.parts):
            whence = memory.summary[min(part, self.encoder_parts - 1)]
            below = [max(0, self.encoder_layers - self.layers + layer) for layer in range(self.layers)]
            rows = [
                torch.tanh(self.W[part * self.layers + layer](whence[:, below[layer]]))
                for layer in range(self.layers)
            ]
            states.append(torch.stack(rows, dim=1))
        return tuple(states)


def kind(parts: int) -> str:
    """What a cell with so many parts is called."""
    return "lstm" if parts == 2 else "rnn/gru"


STARTS: dict[str, type[Start]] = {
    "zeros": Zeros,
    "ones": Ones,
    "learned": Learned,
    "mean": Average,
    "projected-mean": ProjectedMean,
    "last": LastState,
    "bridge": Bridge,
}
