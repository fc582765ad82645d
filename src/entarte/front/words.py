"""Token ids to vectors."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.vocabulary import PAD, UNK


class Words(nn.Module):
    """One learned vector for each entry of the vocabulary.

    vocabulary  V, entries

    width         E, of a vector
    dropout       of single numbers of a vector
    word_dropout  of whole words: the vector is zeroed, in every place where the word stands in the
                  batch (Gal and Ghahramani 2016)
    """

    def __init__(
        self, vocabulary: int, *, width: int = 256, dropout: float = 0.0, word_dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.width = width
        self.table = nn.Embedding(vocabulary, width, padding_idx=PAD)
        self.dropout = nn.Dropout(dropout)
        self.word_dropout = word_dropout

    def forward(self, ids: Tensor) -> Tensor:
        """(…) long → (…, E). A word beyond the vocabulary, which was copied, is read as unknown."""
        ids = torch.where(ids < self.table.num_embeddings, ids, UNK)
        vectors = self.table(ids)
        if self.training and self.word_dropout > 0:
            kept = torch.rand(self.table.num_embeddings, device=ids.device) >= self.word_dropout
            vectors = vectors * (kept[ids] / (1 - self.word_dropout)).unsqueeze(-1)
        dropped: Tensor = self.dropout(vectors)
        return dropped
