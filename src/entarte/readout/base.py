"""From the decoder's state and the context to a distribution over the vocabulary."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from entarte.errors import InputError


class Moment(NamedTuple):
    """What is known when a word is about to be said. All are (…, width).

    previous  s_{t−1}, the decoder's state before the step
    hidden    s_t, its state after the step
    context   c_t
    embedded  the vector of the token just read, y_{t−1}
    """

    previous: Tensor
    hidden: Tensor
    context: Tensor
    embedded: Tensor


class Looked(NamedTuple):
    """Where the decoder looked as it made its features, and what stands there.

    weights   (…, H, S)
    copy_ids  (…, S) long, the target id that copying each slot says; None where nothing is copied
    """

    weights: Tensor
    copy_ids: Tensor | None

    @classmethod
    def unrolled(cls, weights: Tensor, copy_ids: Tensor | None) -> Looked:
        """Of a teacher-forced pass with features (B, T, F): weights (B, H, T, S), copy_ids (B, S)."""
        return cls(weights.transpose(1, 2), None if copy_ids is None else copy_ids.unsqueeze(1))

    @classmethod
    def stepped(cls, weights: Tensor, copy_ids: Tensor | None) -> Looked:
        """Of a step with features (R, F), R / B rows of each source: weights (R, H, S), copy_ids (B, S)."""
        if copy_ids is not None:
            copy_ids = copy_ids.repeat_interleave(len(weights) // len(copy_ids), dim=0)
        return cls(weights, copy_ids)


class Readout(nn.Module):
    """Features of the moment, then one matrix over the vocabulary.

    hidden      width of the decoder's states
    context     width of the context
    embedding   E, width of the word vectors
    vocabulary  V
    table       (V, E), the word vectors to use as output matrix (tied), or None for a matrix of its own

    A tied readout must end in features as wide as the word vectors.
    """

    reads_context: bool = True
    """Whether the features depend on the context."""
    copies: bool = False
    """Whether words of the source are said too, by where the decoder looked."""

    def __init__(
        self,
        hidden: int,
        context: int,
        embedding: int,
        vocabulary: int,
        table: nn.Parameter | None,
        width: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.width = width
        if table is not None and width != embedding:
            raise InputError(
                f"features of width {width} cannot be read with word vectors of width {embedding}",
                setting="readout.width",
                advice=f"Set readout.width to {embedding}, or model.tied to 'none'.",
            )
        self.weight = nn.Parameter(torch.empty(vocabulary, width)) if table is None else table
        self.bias = nn.Parameter(torch.zeros(vocabulary))
        self.dropout = nn.Dropout(dropout)

    def features(self, moment: Moment) -> Tensor:
        """(…, width): what the output matrix reads, and what input feeding sends back."""
        raise TypeError(f"{type(self).__name__} does not say what it reads")

    def logits(self, features: Tensor) -> Tensor:
        """(…, width) → (…, V), before the softmax over the vocabulary."""
        return functional.linear(features, self.weight, self.bias)

    def log_probs(self, features: Tensor, looked: Looked | None = None, beyond: int = 0) -> Tensor:
        """(…, width) → (…, V), natural logarithms of probabilities that sum to 1.

        looked, beyond  for a readout that copies: where, and how many ids follow those of the vocabulary
        """
        return torch.log_softmax(self.logits(features), dim=-1)

    def log_prob(self, features: Tensor, looked: Looked, outputs: Tensor) -> Tensor:
        """Of one token each: features (…, width), outputs (…) → (…)."""
        return self.log_probs(features).gather(-1, outputs.unsqueeze(-1)).squeeze(-1)

    def p_gen(self, features: Tensor) -> Tensor | None:
        """(…, width) → (…), the probability of generating and not copying; None where nothing is copied."""
        return None
