"""The one thing that a search knows about a model: it can take a step."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from torch import Tensor


class Step(NamedTuple):
    """The result of reading one token in each row.

    log_probs  (R, V)     log-probability of every next token
    weights    (R, H, S)  where the decoder looked, one distribution per head (H = 1 for most)
    state                 any nest of tuples of tensors with axis 0 = row; reordered with `select`
    p_gen      (R,)       the chance that the next token is generated and not copied; None where nothing is
    beyond                how many of the V columns, the last ones, stand for words of the sources that the
                          vocabulary lacks; which words, only the source of a row can tell
    """

    log_probs: Tensor
    weights: Tensor
    state: Any
    p_gen: Tensor | None = None
    beyond: int = 0


class Stepper(Protocol):
    """A model bound to the sources of one batch. An ensemble is another Stepper; so is a table.

    Rows are grouped by source: with R rows and B sources, row r belongs to source r // (R / B), and
    every source has the same number of rows. At the start there is one row per source.
    """

    @property
    def sources(self) -> int:
        """B, the number of source sentences still bound."""
        ...

    @property
    def mask(self) -> Tensor:
        """(B, S) True means real: the slots of each source that the weights can be on."""
        ...

    def start(self) -> Any:
        """The state before the first token, one row per source."""
        ...

    def step(self, tokens: Tensor, state: Any) -> Step:
        """Read tokens (R,) long, the previous token of each row, and say what may come next."""
        ...

    def keep(self, sources: Tensor) -> Stepper:
        """The same, bound only to the given sources (indices into the present ones), in that order."""
        ...


def lead(stepper: Stepper, weights: Tensor) -> Tensor:
    """Of the weights (R, H, S) those whose mean stands for where it looked; all, unless it says which."""
    return weights[:, getattr(stepper, "lead", slice(None))]
