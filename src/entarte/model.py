"""Encoder, attention, decoder and readout as one model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from entarte.batch import Source, Target
from entarte.decoder.base import Decoder, Unrolled, stacked
from entarte.encoder.base import Encoder
from entarte.memory import Memory
from entarte.readout.base import Looked, Readout
from entarte.state import moved, select
from entarte.step import Step


class Forced(NamedTuple):
    """Forced decoding of given targets.

    log_probs  (B, T)        of each output token; 0 on padding
    weights    (B, H, T, S)  where the decoder looked
    p_gen      (B, T)        the chance that the token is generated, not copied; None where nothing is
    """

    log_probs: Tensor
    weights: Tensor
    p_gen: Tensor | None = None


class Model(nn.Module):
    """p(y | x) = Π_t p(y_t | y_<t, x).

    source, target  fronts that turn ids into vectors (one object where the embeddings are shared)
    encoder, decoder           already made; the decoder brings the readout
    ctc             a second way to say the target, slot by slot of the memory: its logits (see `loss.ctc`)
    """

    def __init__(
        self,
        source: nn.Module,
        target: nn.Module,
        encoder: Encoder,
        decoder: Decoder,
        ctc: nn.Linear | None = None,
    ) -> None:
        super().__init__()
        self.source = source
        self.target = target
        self.encoder = encoder
        self.decoder = decoder
        self.ctc = ctc

    @property
    def readout(self) -> Readout:
        return self.decoder.readout

    @property
    def device(self) -> torch.device:
        """Where the weights are. Sources, targets and tokens may come from anywhere."""
        return self.readout.weight.device

    def encode(self, source: Source) -> Memory:
        """Read the sources."""
        source = moved(source, self.device)
        memory: Memory = self.encoder(self.source(source.inputs), source.mask)
        return memory._replace(copy_ids=source.copy_ids)

    def held(self, source: int, target: int) -> int:
        """About how many bytes training on one pair of so many slots takes."""
        return 4 * (self.encoder.held(source) + self.decoder.held(source, target))

    def unroll(self, source: Source, target: Target) -> Unrolled:
        """A teacher-forced pass: features and weights for every target token."""
        memory, target = self.encode(source), moved(target, self.device)
        keys = self.decoder.keys(memory)
        embedded = self.target(target.inputs)
        unrolled = self.decoder.unroll(embedded, memory, keys, self.decoder.start(memory))
        return unrolled._replace(memory=memory)

    def unroll_sampled(self, source: Source, target: Target, rate: float) -> Unrolled:
        """Scheduled sampling (Bengio et al. 2015): with probability `rate` a step reads the model's own
        most probable word in place of the true one. The choice itself carries no gradient."""
        source, target = moved(source, self.device), moved(target, self.device)
        memory = self.encode(source)
        keys = self.decoder.keys(memory)
        state = self.decoder.start(memory)
        beyond = self.beyond(source)
        features: list[Tensor] = []
        weights: list[Tensor] = []
        for t in range(target.inputs.size(1)):
            tokens = target.inputs[:, t]
            if t:
                looked = Looked(self.lead(weights[-1]).detach(), source.copy_ids)
                own = self.readout.log_probs(features[-1].detach(), looked, beyond).argmax(-1)
                coin = torch.rand(tokens.shape, device=tokens.device) < rate
                tokens = torch.where(coin & target.mask[:, t], own, tokens)
            stepped = self.decoder.step(self.target(tokens), memory, keys, state)
            state = stepped.state
            features.append(stepped.features)
            weights.append(stepped.weights)
        return Unrolled(torch.stack(features, dim=1), stacked(weights), state, memory)

    def force(self, source: Source, target: Target) -> Forced:
        """Log-probability and weights of each token of given targets."""
        source, target = moved(source, self.device), moved(target, self.device)
        unrolled = self.unroll(source, target)
        looked = Looked.unrolled(self.lead(unrolled.weights), source.copy_ids)
        said = self.readout.log_prob(unrolled.features, looked, target.outputs)
        p_gen = self.readout.p_gen(unrolled.features)
        return Forced(torch.where(target.mask, said, 0.0), unrolled.weights, p_gen)

    def lead(self, weights: Tensor) -> Tensor:
        """The heads that stand for where the decoder looked: (N, H, …) → (N, fewer or all, …)."""
        return weights[:, self.decoder.lead]

    def beyond(self, source: Source) -> int:
        """How many ids follow those of the vocabulary, for words of these sources that can only be copied."""
        if not self.readout.copies or source.copy_ids is None:
            return 0
        return max(int(source.copy_ids.max()) + 1 - self.readout.bias.numel(), 0)

    def bind(self, source: Source) -> Bound:
        """A Stepper over these sources, for a search."""
        memory = self.encode(source)
        return Bound(self, memory, self.decoder.keys(memory), self.beyond(source))


class Bound:
    """A model that has read its sources (a `step.Stepper`).

    beyond  how many ids follow those of the vocabulary
    """

    def __init__(self, model: Model, memory: Memory, keys: Any, beyond: int = 0) -> None:
        self.model = model
        self.memory = memory
        self.keys = keys
        self.beyond = beyond

    @property
    def sources(self) -> int:
        return self.memory.mask.size(0)

    @property
    def mask(self) -> Tensor:
        return self.memory.mask

    @property
    def lead(self) -> slice:
        """The heads whose mean stands for where the decoder looked."""
        return self.model.decoder.lead

    def start(self) -> Any:
        return self.model.decoder.start(self.memory)

    def step(self, tokens: Tensor, state: Any) -> Step:
        model = self.model
        stepped = model.decoder.step(model.target(tokens.to(model.device)), self.memory, self.keys, state)
        looked = Looked.stepped(model.lead(stepped.weights), self.memory.copy_ids)
        log_probs = model.readout.log_probs(stepped.features, looked, self.beyond)
        p_gen = model.readout.p_gen(stepped.features)
        return Step(log_probs, stepped.weights, stepped.state, p_gen, self.beyond)

    def keep(self, sources: Tensor) -> Bound:
        return Bound(self.model, select(self.memory, sources), select(self.keys, sources), self.beyond)


def weights(model: nn.Module) -> dict[str, Tensor]:
    """Everything that was learned, by name; what several parts share stands under its first name only."""
    return {name: parameter.detach() for name, parameter in model.named_parameters()}


def set_weights(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Put back what `weights` gave. Raises ValueError where names or shapes are not the model's."""
    own = dict(model.named_parameters())
    if odd := sorted(own.keys() ^ tensors.keys()):
        raise ValueError(f"{odd[0]} is in one of them only")
    with torch.no_grad():
        for name, parameter in own.items():
            if parameter.shape != tensors[name].shape:
                raise ValueError(
                    f"{name} has shape {tuple(tensors[name].shape)}, not {tuple(parameter.shape)}"
                )
            parameter.copy_(tensors[name])


def parameters(model: nn.Module) -> int:
    """How many numbers a model learns; shared ones count once."""
    return sum(parameter.numel() for parameter in model.parameters())
