"""Deep output with maxout."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

from entarte.memory import brought
from entarte.readout.base import Moment, Readout


class Maxout(Readout):
    """t̃ = U_o s + V_o E y_{t−1} + C_o c_t ; t_j = max(t̃_{2j−1}, t̃_{2j}) ; p(y) ∝ exp(W_o t)
    (Bahdanau et al. 2015, A.2.2; Goodfellow et al. 2013).

    width    l of the paper, after the maximum; 0 means as wide as the word vectors
    state    which decoder state is read: the paper's s_{t−1} (previous) or s_t (current)
    dropout  of t
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
        state: Literal["previous", "current"] = "previous",
        dropout: float = 0.0,
    ) -> None:
        width = width or embedding
        super().__init__(hidden, context, embedding, vocabulary, table, width, dropout)
        self.state = state
        self.U = nn.Linear(hidden, 2 * width)
        self.V = nn.Linear(embedding, 2 * width, bias=False)
        self.C = brought(context, 2 * width)

    def features(self, moment: Moment) -> Tensor:
        state = moment.previous if self.state == "previous" else moment.hidden
        both = self.U(state) + self.V(moment.embedded) + self.C(moment.context)
        features: Tensor = self.dropout(both.unflatten(-1, (self.width, 2)).amax(-1))
        return features
