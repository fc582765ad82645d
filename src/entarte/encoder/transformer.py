"""The Transformer's encoder: every slot looks at the slots around it, layer by layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.encoder.base import Encoder
from entarte.encoder.recurrent import last
from entarte.memory import Memory
from entarte.transformer.kinds import self_attention as made
from entarte.transformer.parts import FeedForward, Residual, last_norm
from entarte.transformer.positions import Inputs
from entarte.transformer.shape import Activation, Look, Norm, Shape, Where


class Layer(nn.Module):
    """Self-attention, then the feed-forward network, each with the sum around it."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.around = made(shape)
        self.around_sum = Residual(shape)
        self.feed = FeedForward(shape)
        self.feed_sum = Residual(shape)

    def forward(self, stream: Tensor, mask: Tensor, place: Tensor) -> Tensor:
        """stream (B, S, W), mask (B, S), place (S,) → (B, S, W)."""
        looked = self.around.every(self.around_sum.before(stream), mask, place)
        stream = self.around_sum.after(stream, looked)
        return self.feed_sum.after(stream, self.feed(self.feed_sum.before(stream)))


class Transformer(Encoder):
    """The encoder of Vaswani et al. (2017), section 3.1.

    Its memory is the last layer's output. What stands for the whole (the fixed context vector, and for each
    layer what a recurrent decoder may start from) is the output at the last slot, the end of the sentence.

    inputs  E, width of the word vectors

    width                 D, of the memory and of every layer
    layers                stacked layers
    heads                 of each self-attention; must divide the width
    feed_forward          width of the hidden layer of the feed-forward network; 0: four times the width
    activation            of that layer: relu (Vaswani et al. 2017), gelu (Hendrycks and Gimpel 2016) or silu
    norm                  where the norm stands: pre, before each sublayer (Xiong et al. 2020), or post,
                          behind each sum (Vaswani et al. 2017)
    positions             sinusoidal (Vaswani et al. 2017), learned (Gehring et al. 2017), rotary (Su et al.
                          2024), or none
    longest               rows of the learned positions, the longest sequence in pieces, its end included
    scaled                multiply word vectors by the root of their width (Vaswani et al. 2017, section 3.4)
    self_attention        full; window: only `reach` slots to each side (Beltagy et al. 2020); linear: without
                          a softmax (Katharopoulos et al. 2020)
    reach                 of the window, in slots
    dropout               of the first layer's input and of what each sublayer adds
    attention_dropout     of the weights of self-attention
    feed_forward_dropout  of the hidden layer of the feed-forward network
    """

    def __init__(
        self,
        inputs: int,
        *,
        width: int = 512,
        layers: int = 6,
        heads: int = 8,
        feed_forward: int = 0,
        activation: Activation = "relu",
        norm: Norm = "pre",
        positions: Where = "sinusoidal",
        longest: int = 512,
        scaled: bool = True,
        self_attention: Look = "full",
        reach: int = 16,
        dropout: float = 0.1,
        attention_dropout: float = 0.0,
        feed_forward_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.shape = Shape(
            "encoder",
            width,
            layers,
            heads,
            feed_forward,
            activation,
            norm,
            positions,
            longest,
            self_attention,
            reach,
            dropout,
            attention_dropout,
            feed_forward_dropout,
        ).checked()
        self.width = width
        self.layers = layers
        self.parts = 1
        self.inputs = Inputs("encoder", inputs, width, positions, longest, scaled, dropout)
        self.stack = nn.ModuleList(Layer(self.shape) for _ in range(layers))
        self.norm = last_norm(self.shape)

    @property
    def longest(self) -> int | None:
        return self.inputs.longest

    def held(self, source: int) -> int:
        shape = self.shape
        seen = {"full": source, "window": 3 * shape.reach, "linear": 0}[shape.self_attention]
        slot = 14 * shape.width + 3 * shape.inner + 4 * shape.heads * seen
        return shape.layers * source * slot

    def forward(self, vectors: Tensor, mask: Tensor) -> Memory:
        """vectors (B, S, E), mask (B, S) → Memory of width D."""
        place = torch.arange(mask.size(1), device=mask.device)
        stream = self.inputs(vectors, place)
        ends = []
        for layer in self.stack:
            stream = layer(stream, mask, place)
            ends.append(last(stream, mask))
        values = self.norm(stream) * mask.unsqueeze(-1)
        ends[-1] = last(values, mask)
        return Memory(values, mask, ends[-1], (torch.stack(ends, dim=1),))
