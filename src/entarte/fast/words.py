"""Word vectors with their dropout: the twin of `front.words.Words.forward`."""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.fast.drop import drop
from entarte.front.words import Words
from entarte.vocabulary import UNK


def words(front: Words, ids: Tensor) -> Tensor:
    """(…) long → (…, E)."""
    ids = torch.where(ids < front.table.num_embeddings, ids, UNK)
    vectors: Tensor = front.table(ids)
    if front.training and front.word_dropout > 0:
        kept = torch.rand(front.table.num_embeddings, device=ids.device) >= front.word_dropout
        vectors = vectors * (kept[ids] / (1 - front.word_dropout)).unsqueeze(-1)
    return drop(front.dropout, vectors)
