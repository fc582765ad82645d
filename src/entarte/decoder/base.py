"""What a decoder may do: start, step, unroll."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from entarte.memory import Memory
from entarte.readout.base import Readout


class Unrolled(NamedTuple):
    """A teacher-forced pass.

    features  (B, T, F)     what the readout's output matrix reads
    weights   (B, H, T, S)  where the decoder looked; S = T where it looks back
    state     after the last step, rows B
    memory    what was read; None where a decoder alone was unrolled
    """

    features: Tensor
    weights: Tensor
    state: Any
    memory: Memory | None = None


class Stepped(NamedTuple):
    """One step. features (R, F), weights (R, H, S), state rows R. S grows where the decoder looks back."""

    features: Tensor
    weights: Tensor
    state: Any


class Decoder(nn.Module):
    """Turns a memory and the words said so far into the features of the next word.

    `step` defines the meaning. `unroll` must equal repeated steps; a member may do it faster.

    readout  what makes features of a moment, and a distribution of features
    """

    readout: Readout
    looks_back: bool = False
    """Whether what it looks at is its own past and not the source."""

    @property
    def lead(self) -> slice:
        """The heads whose mean stands for where the decoder looked; all of them, unless it is told."""
        return slice(None)

    @property
    def head_names(self) -> tuple[str, ...]:
        """A name for each head, where a number does not say enough."""
        return ()

    @property
    def longest(self) -> int | None:
        """How many pieces a target may have, the end included; None: any number."""
        return None

    def check(self) -> None:
        """Raises InputError where the parts are such that nothing would read one of them."""

    def held(self, source: int, target: int) -> int:
        """About how many numbers training holds for a pair of so many slots, to guess its memory."""
        raise TypeError(f"{type(self).__name__} does not say what it holds")

    def keys(self, memory: Memory) -> Any:
        """What the attention needs of the source, computed once per sentence; axis 0 is the sentence."""
        raise TypeError(f"{type(self).__name__} has no keys")

    def start(self, memory: Memory) -> Any:
        """The state before the first word, one row per source."""
        raise TypeError(f"{type(self).__name__} does not start")

    def step(self, embedded: Tensor, memory: Memory, keys: Any, state: Any) -> Stepped:
        """Read one word in each row: embedded (R, E). Row r looks at source r // (R / B)."""
        raise TypeError(f"{type(self).__name__} does not step")

    def unroll(self, embedded: Tensor, memory: Memory, keys: Any, state: Any) -> Unrolled:
        """Read T words in each row, teacher forced: embedded (B, T, E)."""
        features, weights = [], []
        for vector in embedded.unbind(1):
            stepped = self.step(vector, memory, keys, state)
            state = stepped.state
            features.append(stepped.features)
            weights.append(stepped.weights)
        return Unrolled(torch.stack(features, dim=1), stacked(weights), state)


def stacked(weights: Sequence[Tensor]) -> Tensor:
    """T steps of (B, H, S) → (B, H, T, S); a slot that was not there yet weighs 0.

    >>> stacked([torch.ones(1, 1, 1), torch.full((1, 1, 2), 0.5)])
    tensor([[[[1.0000, 0.0000],
              [0.5000, 0.5000]]]])
    """
    width = max(step.size(-1) for step in weights)
    return torch.stack([functional.pad(step, (0, width - step.size(-1))) for step in weights], dim=2)
