"""The attentional vector."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from entarte.readout.base import Moment, Readout


class Attentional(Readout):
    """h̃_t = tanh(W_c [c_t; h_t]), p(y) = softmax(W_s h̃_t) (Luong et al. 2015, eq. 5–6).

    width    of h̃; 0 means as wide as the word vectors when tied, else as the decoder
    dropout  of h̃
    """

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
        self.W = nn.Linear(context + hidden, width, bias=False)

    def features(self, moment: Moment) -> Tensor:
        features: Tensor = self.dropout(
            torch.tanh(self.W(torch.cat([moment.context, moment.hidden], dim=-1)))
        )
        return features
