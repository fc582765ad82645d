"""Word vectors with their dropout: the twin of `front.words.Words.forward`."""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.fast.drop import drop
from entarte.fast.spread import Spread, distinct
from entarte.front.words import Words
from entarte.vocabulary import UNK


def spread_words(front: Words, ids: Tensor) -> Spread:
    """(N,) long → the vectors of N slots; each distinct one once, where no dropout makes its slots differ."""
    if front.training and front.dropout.p > 0:
        return Spread(words(front, ids))
    known, places = distinct(ids, front.table.embedding_dim)
    return Spread(words(front, known), places)


def words(front: Words, ids: Tensor) -> Tensor:
    """(…) long → (…, E)."""
    ids = torch.where(ids < front.table.num_embeddings, ids, UNK)
    vectors: Tensor = front.table(ids)
    if front.training and front.word_dropout > 0:
        kept = torch.rand(front.table.num_embeddings, device=ids.device) >= front.word_dropout
        vectors = vectors * (kept[ids] / (1 - front.word_dropout)).unsqueeze(-1)
    return drop(front.dropout, vectors)
