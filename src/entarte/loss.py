"""What training makes small."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Loss(NamedTuple):
    """Sums over tokens, in nats.

    objective  () what the gradient is taken of
    nll        () negative log-likelihood; exp(nll / tokens) is the perplexity
    tokens     how many tokens were said
    """

    objective: Tensor
    nll: Tensor
    tokens: int


def cross_entropy(logits: Tensor, outputs: Tensor, smoothing: float = 0.0) -> Loss:
    """−Σ log p(y), with label smoothing (Szegedy et al. 2016): a share ε of the truth is spread evenly.

    logits   (N, V), real tokens only
    outputs  (N,) long

    >>> loss = cross_entropy(torch.zeros(3, 4), torch.tensor([0, 1, 3]))
    >>> torch.exp(loss.nll / loss.tokens)
    tensor(4.)
    """
    log_probs = torch.log_softmax(logits, dim=-1)
    nll = -log_probs.gather(-1, outputs.unsqueeze(-1)).sum()
    if smoothing == 0.0:
        return Loss(nll, nll.detach(), outputs.numel())
    even = -log_probs.mean(-1).sum()
    return Loss((1 - smoothing) * nll + smoothing * even, nll.detach(), outputs.numel())
