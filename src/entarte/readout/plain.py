"""The decoder's state alone."""

from __future__ import annotations

from torch import Tensor, nn

from entarte.errors import InputError
from entarte.readout.base import Moment, Readout


class Plain(Readout):
    """p(y) = softmax(W_s h_t) (Sutskever et al. 2014): the context is not read here.

    dropout  of the state
    """

    reads_context = False

    def __init__(
        self,
        hidden: int,
        context: int,
        embedding: int,
        vocabulary: int,
        table: nn.Parameter | None,
        *,
        dropout: float = 0.0,
    ) -> None:
        if table is not None and hidden != embedding:
            raise InputError(
                f"a plain tied readout needs decoder.width = front.width, not {hidden} and {embedding}",
                setting="model.tied",
                advice="Set model.tied to 'none', or make the widths equal.",
            )
        super().__init__(hidden, context, embedding, vocabulary, table, hidden, dropout)

    def features(self, moment: Moment) -> Tensor:
        features: Tensor = self.dropout(moment.hidden)
        return features
