"""The pointer-generator: a word is generated from the vocabulary, or copied from where the decoder looks."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from entarte.readout.base import Looked, Moment, Readout

LEAST = 1e-20
"""What is copied with less than this counts as this: a logarithm and its slope stay finite."""


class Pointer(Readout):
    """P(w) = p_gen P_vocab(w) + (1 − p_gen) Σ_{i: x_i = w} a_i (See, Liu and Manning 2017, eq. 9).

    p_gen = σ(w_c·c_t + w_s·s_t + w_x·E y_{t−1} + b) (eq. 8), P_vocab = softmax(V' (V [s_t; c_t] + b) + b')
    (eq. 4). A word that stands several times in the source collects the weights of all its places; one that
    is not in the vocabulary has an id of its own (`vocabulary.Beyond`). Of several heads the mean is copied
    by, which is what alignments show. The source's EOS is copied as EOS. The features are V [s_t; c_t] + b
    with the logit of p_gen behind them.

    width    of V [s; c] + b; 0 means as wide as the word vectors when tied, else as the decoder
    dropout  of the same
    """

    copies = True

    def __init__(
        self,
        hidden: int,
        context: int,
        embedding: int,
        vocabulary: int,
        table: nn.Parameter | None,
        *,
        width: int = 0,
        dropout: float = 0.0,
    ) -> None:
        width = width or (hidden if table is None else embedding)
        super().__init__(hidden, context, embedding, vocabulary, table, width, dropout)
        self.width = width + 1
        self.V = nn.Linear(hidden + context, width)
        self.gate = nn.Linear(context + hidden + embedding, 1)

    def features(self, moment: Moment) -> Tensor:
        said = self.dropout(self.V(torch.cat([moment.hidden, moment.context], dim=-1)))
        gate = self.gate(torch.cat([moment.context, moment.hidden, moment.embedded], dim=-1))
        return torch.cat([said, gate], dim=-1)

    def logits(self, features: Tensor) -> Tensor:
        return functional.linear(features[..., :-1], self.weight, self.bias)

    def p_gen(self, features: Tensor) -> Tensor:
        return torch.sigmoid(features[..., -1])

    def log_probs(self, features: Tensor, looked: Looked | None = None, beyond: int = 0) -> Tensor:
        """(…, width) → (…, V + beyond); -inf for what can be neither generated nor copied."""
        weights, copy_ids = shares(looked)
        copy_ids = copy_ids.expand(weights.shape)
        gate = features[..., -1:]
        generated = functional.logsigmoid(gate) + torch.log_softmax(self.logits(features), dim=-1)
        every = functional.pad(generated, (0, beyond), value=-torch.inf)
        copied = torch.zeros_like(every).scatter_add(-1, copy_ids, weights).gather(-1, copy_ids)
        both = torch.logaddexp(every.gather(-1, copy_ids), functional.logsigmoid(-gate) + copied.log())
        return every.scatter(-1, copy_ids, both)  # a word's places all bring the same number

    def log_prob(self, features: Tensor, looked: Looked, outputs: Tensor) -> Tensor:
        known = outputs < self.bias.numel()
        generated = torch.log_softmax(self.logits(features), dim=-1)
        generated = generated.gather(-1, torch.where(known, outputs, 0).unsqueeze(-1)).squeeze(-1)
        generated = torch.where(known, generated, -torch.inf)
        return mixed(generated, features[..., -1], copied(looked, outputs))


def mixed(generated: Tensor, gate: Tensor, copied: Tensor) -> Tensor:
    """log(p_gen e^generated + (1 − p_gen) copied), all (…); gate is the logit of p_gen.

    >>> mixed(torch.tensor([0.5]).log(), torch.tensor([0.0]), torch.tensor([0.1])).exp()
    tensor([0.3000])
    """
    generated = generated.clamp_min(-1e30)  # of -inf the slope is none
    return torch.logaddexp(
        functional.logsigmoid(gate) + generated,
        functional.logsigmoid(-gate) + copied.clamp_min(LEAST).log(),
    )


def copied(looked: Looked, outputs: Tensor) -> Tensor:
    """Σ_{i: x_i = y} a_i for one token y each: outputs (…) → (…)."""
    weights, copy_ids = shares(looked)
    return (weights * (copy_ids == outputs.unsqueeze(-1))).sum(-1)


def shares(looked: Looked | None) -> tuple[Tensor, Tensor]:
    """The share of each slot in what is copied, (…, S), and the slots' ids. A window may leave weights that
    do not sum to 1 (local-p); shares always do.

    Raises ValueError where it is not known what stands in the slots.
    """
    if looked is None or looked.copy_ids is None:
        raise ValueError("a readout that copies must know what stands in the source: Source.copy_ids")
    weights = looked.weights.mean(-2)
    return weights / weights.sum(-1, keepdim=True).clamp_min(LEAST), looked.copy_ids
