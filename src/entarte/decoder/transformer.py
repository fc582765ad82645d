"""The Transformer's decoder: layer by layer, a word looks back at the words before it, then at the memory."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn

from entarte.attend import attend
from entarte.attention.base import Attention
from entarte.decoder.base import Decoder, Stepped, Unrolled
from entarte.errors import InputError
from entarte.memory import Memory, brought
from entarte.readout.base import Moment, Readout
from entarte.transformer.kinds import self_attention as made
from entarte.transformer.parts import FeedForward, Residual, last_norm
from entarte.transformer.positions import Inputs
from entarte.transformer.self_attention import Past
from entarte.transformer.shape import Activation, Look, Norm, Shape, Where


class TransformerState(NamedTuple):
    """What travels from step to step, one row per hypothesis. All rows have taken equally many steps.

    pasts     for each layer what its self-attention keeps of the words before
    looks     for each layer the state of its attention
    top       (R, W) s, the output of the top layer
    position  (R,) long, steps taken
    """

    pasts: tuple[Past, ...]
    looks: tuple[Any, ...]
    top: Tensor
    position: Tensor


class Seen(NamedTuple):
    """A look at the memory: context (R, T, C), weights (R, H, T, S), the attention's next state."""

    context: Tensor
    weights: Tensor
    state: Any


class Layer(nn.Module):
    """Self-attention, attention to the memory, the feed-forward network, each with the sum around it.

    attention  to the memory; where its context is not W wide, a matrix brings it there
    """

    def __init__(self, shape: Shape, attention: Attention) -> None:
        super().__init__()
        self.back = made(shape)
        self.back_sum = Residual(shape)
        self.attention = attention
        wide = attention.context_width
        self.bring = nn.Identity() if wide == shape.width else brought(wide, shape.width)
        self.attention_sum = Residual(shape, read=attention.asks or attention.window.asks)
        self.feed = FeedForward(shape)
        self.feed_sum = Residual(shape)

    def forward(
        self, stream: Tensor, memory: Memory, keys: Any, past: Past, look: Any, position: Tensor
    ) -> tuple[Tensor, Past, Seen]:
        """T more words: stream (R, T, W), position (R, T)."""
        looked, past = self.back.extend(self.back_sum.before(stream), past, position[0])
        stream = self.back_sum.after(stream, looked)
        seen = see(self.attention, self.attention_sum.before(stream), memory, keys, look, position)
        stream = self.attention_sum.after(stream, self.bring(seen.context))
        stream = self.feed_sum.after(stream, self.feed(self.feed_sum.before(stream)))
        return stream, past, seen


def see(attention: Attention, query: Tensor, memory: Memory, keys: Any, state: Any, position: Tensor) -> Seen:
    """Attend with T queries in each row, (R, T, Q): at once where the attention has no state."""
    if state is None or query.size(1) == 1:
        return together(attention, query, memory, keys, state, position)
    seen = []
    for t in range(query.size(1)):
        at = slice(t, t + 1)
        seen.append(together(attention, query[:, at], memory, keys, state, position[:, at]))
        state = seen[-1].state
    return Seen(torch.cat([each.context for each in seen], 1), torch.cat([e.weights for e in seen], 2), state)


def together(
    attention: Attention, query: Tensor, memory: Memory, keys: Any, state: Any, position: Tensor
) -> Seen:
    """The rows of one source share its memory: (R, T, ·) are asked as (B, K · T, ·) and put back."""
    b, (r, t) = memory.mask.size(0), position.shape
    asked, steps = query.reshape(b, -1, query.size(-1)), position.reshape(b, -1)
    looked = attend(attention, asked, keys, memory, state, steps)
    weights = looked.weights.reshape(b, -1, r // b, t, memory.mask.size(1)).transpose(1, 2).flatten(0, 1)
    return Seen(looked.context.reshape(r, t, -1), weights, looked.state)


class Transformer(Decoder):
    """The decoder of Vaswani et al. (2017), section 3.1, with any attention of the family.

    Every layer has an attention of its own, all of the kind and the settings that [attention] and [window]
    say; that of the paper is "multi-head". The looks of all layers are reported: H heads of layer 1, those
    of layer 2, and so on. Those of one layer, averaged, stand for the decoder in alignments, guided alignment
    and where unknown words are replaced.

    What is kept of the words before travels with the state, so that a step costs the same work for a word
    as a teacher-forced pass does.

    embedding  E, width of the word vectors
    encoder    width, layers and parts of the encoder's states
    attention, readout  collaborators, already made

    width                 W, of every layer
    layers                stacked layers
    heads                 of each self-attention (those of the attention to the source are `attention.heads`);
                          must divide the width
    feed_forward          width of the hidden layer of the feed-forward network; 0: four times the width
    activation            of that layer: relu (Vaswani et al. 2017), gelu (Hendrycks and Gimpel 2016) or silu
    norm                  where the norm stands: pre, before each sublayer (Xiong et al. 2020), or post,
                          behind each sum (Vaswani et al. 2017)
    positions             sinusoidal (Vaswani et al. 2017), learned (Gehring et al. 2017), rotary (Su et al.
                          2024), or none
    longest               rows of the learned positions, the longest target in pieces, its end included
    scaled                multiply word vectors by the root of their width (Vaswani et al. 2017, section 3.4)
    self_attention        full; window: only `reach` words back (Beltagy et al. 2020); linear: without a
                          softmax (Katharopoulos et al. 2020)
    reach                 of the window, in slots
    align_layer           the layer whose looks stand for the decoder's, from 1; 0: the last but one, which
                          aligns best (Garg et al. 2019)
    dropout               of the first layer's input and of what each sublayer adds
    attention_dropout     of the weights of self-attention
    feed_forward_dropout  of the hidden layer of the feed-forward network
    """

    def __init__(
        self,
        embedding: int,
        encoder: tuple[int, int, int],
        attention: Attention,
        readout: Readout,
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
        align_layer: int = 0,
        dropout: float = 0.1,
        attention_dropout: float = 0.0,
        feed_forward_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.shape = Shape(
            "decoder",
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
        if align_layer > layers:
            raise InputError(f"there is no layer {align_layer} of {layers}", setting="decoder.align_layer")
        self.width = width
        self.layers = layers
        self.align_layer = align_layer or max(1, layers - 1)
        self.readout = readout
        self.inputs = Inputs("decoder", embedding, width, positions, longest, scaled, dropout)
        self.stack = nn.ModuleList(Layer(self.shape, copy.deepcopy(attention)) for _ in range(layers))
        self.norm = last_norm(self.shape)

    @property
    def attention(self) -> Attention:
        """That of the layer whose looks stand for the decoder's."""
        return self.layer_list[self.align_layer - 1].attention

    @property
    def layer_list(self) -> list[Layer]:
        """From the lowest up."""
        return cast(list[Layer], list(self.stack))

    @property
    def longest(self) -> int | None:
        return self.inputs.longest

    @property
    def lead(self) -> slice:
        heads = self.attention.heads
        return slice((self.align_layer - 1) * heads, self.align_layer * heads)

    @property
    def head_names(self) -> tuple[str, ...]:
        heads = range(1, self.attention.heads + 1)
        return tuple(f"{layer}.{head}" for layer in range(1, self.layers + 1) for head in heads)

    def held(self, source: int, target: int) -> int:
        shape = self.shape
        seen = {"full": target, "window": 2 * shape.reach, "linear": 64}[shape.self_attention]
        looks = (self.attention.held + 4) * self.attention.heads * source
        slot = 20 * shape.width + 3 * shape.inner + 4 * shape.heads * seen + looks
        return shape.layers * (target * slot + 2 * shape.width * source)

    def keys(self, memory: Memory) -> tuple[Any, ...]:
        return tuple(layer.attention.keys(memory) for layer in self.layer_list)

    def start(self, memory: Memory) -> TransformerState:
        b, like = memory.mask.size(0), memory.values
        return TransformerState(
            tuple(layer.back.start(b, like) for layer in self.layer_list),
            tuple(layer.attention.start(memory) for layer in self.layer_list),
            top=like.new_zeros(b, self.width),
            position=torch.zeros(b, dtype=torch.long, device=like.device),
        )

    def step(self, embedded: Tensor, memory: Memory, keys: Any, state: TransformerState) -> Stepped:
        features, weights, after, _ = self.unroll(embedded.unsqueeze(1), memory, keys, state)
        return Stepped(features.squeeze(1), weights.squeeze(2), after)

    def unroll(self, embedded: Tensor, memory: Memory, keys: Any, state: TransformerState) -> Unrolled:
        """T words at once, each of which looks back alone: embedded (R, T, E)."""
        steps = embedded.size(1)
        position = state.position[:, None] + torch.arange(steps, device=embedded.device)
        stream = self.inputs(embedded, position[0])
        pasts, seen = [], []
        for layer, own, past, look in zip(self.stack, keys, state.pasts, state.looks, strict=True):
            stream, kept, saw = layer(stream, memory, own, past, look, position)
            pasts.append(kept)
            seen.append(saw)
        tops = self.norm(stream)
        before = torch.cat([state.top.unsqueeze(1), tops[:, :-1]], dim=1)
        features = self.readout.features(Moment(before, tops, seen[-1].context, embedded))
        after = TransformerState(
            tuple(pasts), tuple(saw.state for saw in seen), tops[:, -1], state.position + steps
        )
        return Unrolled(features, torch.cat([saw.weights for saw in seen], dim=1), after)
