"""What a decoder may do: start, step, unroll."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from entarte.memory import Memory
from entarte.readout.base import Readout


class Unrolled(NamedTuple):
    """A teacher-forced pass.

    features  (B, T, F)     what the readout's output matrix reads
    weights   (B, H, T, S)  where the decoder looked
    state     after the last step, rows B
    """

    features: Tensor
    weights: Tensor
    state: Any


class Stepped(NamedTuple):
    """One step. features (R, F), weights (R, H, S), state rows R."""

    features: Tensor
    weights: Tensor
    state: Any


class Decoder(nn.Module):
    """Turns a memory and the words said so far into the features of the next word.

    `step` defines the meaning. `unroll` must equal repeated steps; a member may do it faster.

    readout  what makes features of a moment, and a distribution of features
    """

    readout: Readout

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
        return Unrolled(torch.stack(features, dim=1), torch.stack(weights, dim=2), state)
