"""The only place where a mask and a softmax meet the source.

Score, normalise, read: the three moves of every attention.

    e = score(query, keys)             how well does each source slot answer the query?
    α = softmax(e) over real slots     attention weights: sum to 1, exactly 0 on padding
    c = Σ_s α_s · value_s              the context vector

The numbers of the lectures: an encoder state (0.8, 0.2) and a decoder state (0.7, 0.3) match by

>>> torch.dot(torch.tensor([0.8, 0.2]), torch.tensor([0.7, 0.3])).item()  # doctest: +ELLIPSIS
0.62...

a weight of 0.7 takes this much of that state into the context,

>>> 0.7 * torch.tensor([0.8, 0.2])
tensor([0.5600, 0.1400])

and three states (1, 0), (0.5, 0.5), (0, 1) with the query (0.7, 0.3) give

>>> values = torch.tensor([[[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]])
>>> scores = torch.tensor([[0.7, 0.3]]) @ values[0].T
>>> scores
tensor([[0.7000, 0.5000, 0.3000]])
>>> weights = masked_softmax(scores, torch.ones(1, 3, dtype=torch.bool))
>>> weights
tensor([[0.4018, 0.3289, 0.2693]])
>>> context = weights @ values[0]
>>> context
tensor([[0.5662, 0.4338]])

(The lectures print (0.5663, 0.4337): they go on from the weights rounded to four places, which give
0.56625 and 0.43375; the last digit is theirs.)

>>> (context - torch.tensor([[0.5663, 0.4337]])).abs().max().item() < 1e-4
True

Subtracting the largest score before the exponential changes nothing, and survives scores of 1e4:

>>> masked_softmax(scores - scores.max(), torch.ones(1, 3, dtype=torch.bool))
tensor([[0.4018, 0.3289, 0.2693]])
>>> masked_softmax(torch.tensor([[1e4, 1e4 - 1, 0.0]]), torch.ones(1, 3, dtype=torch.bool))
tensor([[0.7311, 0.2689, 0.0000]])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from entarte.memory import Memory

if TYPE_CHECKING:
    from entarte.attention.base import Attention


class Attended(NamedTuple):
    """What a look at the memory returned.

    context  (B, T, D)     the weighted sum of the values
    weights  (B, H, T, S)  one distribution per head; H = 1 for single-headed attentions
    state                  the attention's own next state, rows B·T, or None
    """

    context: Tensor
    weights: Tensor
    state: Any


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """softmax over the last axis where mask is True; exactly 0 where it is False.

    scores  (..., S)
    mask    broadcastable to scores, bool, True means real; at least one True in each row
    """
    return torch.softmax(scores.masked_fill(~mask, -torch.inf), dim=-1)


def features(vectors: Tensor, mask: Tensor | None = None) -> Tensor:
    """φ(x) = elu(x) + 1, which is positive: attention without a softmax (Katharopoulos et al. 2020, eq. 7).

    Exactly 0 where mask is False, so that padding weighs nothing in any sum.

    vectors  (…, N, d)
    mask     broadcastable to (…, N), bool

    >>> features(torch.tensor([[-1.0, 0.0, 2.0], [1.0, 1.0, 1.0]]), torch.tensor([True, False]))
    tensor([[0.3679, 1.0000, 3.0000],
            [0.0000, 0.0000, 0.0000]])
    """
    positive = torch.nn.functional.elu(vectors) + 1
    return positive if mask is None else positive * mask.unsqueeze(-1)


def attend(
    attention: Attention, query: Tensor, keys: Any, memory: Memory, state: Any, position: Tensor
) -> Attended:
    """Look at the memory with T queries per source.

    query   (B, T, Q)  T is the target steps of a teacher-forced pass, or the hypotheses of a beam
    keys    what `attention.keys(memory)` returned; computed once per source sentence
    memory  B sources
    state   the attention's state, rows B·T (None where it has none)
    position  (B, T) long, the number of the target step of each query, from 0
    """
    scores = attention.score(query, keys, state)  # (B, T, S) or (B, H, T, S)
    single = scores.dim() == 3
    if single:
        scores = scores.unsqueeze(1)
    penalty = attention.penalty(state)
    if penalty is not None:
        scores = scores - penalty.view(scores.size(0), 1, scores.size(2), -1)
    mask = memory.mask[:, None, None, :]
    inside = attention.window.inside(query, memory, position)  # (B, T, S) or None
    if inside is not None:
        mask = mask & inside.unsqueeze(1)
    weights = masked_softmax(scores, mask)
    weights = attention.window.shape(weights, query, memory, position)
    context = attention.read(weights, memory, keys)
    return Attended(context, weights, attention.next(state, weights))
