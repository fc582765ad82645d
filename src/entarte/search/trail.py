"""Parents instead of copied prefixes."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from entarte.step import Step


class Leaf(NamedTuple):
    """A token at the end of a path.

    layer     its step, from 0; -1 is the root, before any token
    parent    the row of the layer before that it continues
    token     its id
    log_prob  of the token
    total     log-probability of the whole path
    """

    layer: int
    parent: int
    token: int
    log_prob: float
    total: float


class Path(NamedTuple):
    """A leaf's tokens from the first on, the log-probability of each, and weights (T, H, S); the chance that
    each was generated where a model copies too."""

    tokens: tuple[int, ...]
    log_probs: tuple[float, ...]
    weights: Tensor
    p_gen: tuple[float, ...] | None = None


class Trail:
    """Every row of every step: its token, that token's log-probability, and its parent's row.

    The attention of a step is kept as the step gave it, and put together along a path for the few
    hypotheses that are returned.
    """

    def __init__(self) -> None:
        self.tokens: list[list[int]] = []
        self.parents: list[list[int]] = []
        self.log_probs: list[list[float]] = []
        self.weights: list[Tensor] = []
        self.p_gen: list[Tensor | None] = []

    def look(self, step: Step) -> None:
        """Where the rows of the last layer looked, (R, H, S), as they chose what comes next."""
        self.weights.append(step.weights)
        self.p_gen.append(step.p_gen)

    def grow(self, tokens: Tensor, parents: Tensor, log_probs: Tensor) -> None:
        """A new layer, (R,) each; `parents` are rows of the layer before."""
        self.tokens.append(tokens.tolist())
        self.parents.append(parents.tolist())
        self.log_probs.append(log_probs.tolist())

    def leaf(self, layer: int, row: int, total: float) -> Leaf:
        """A row of a layer as a leaf."""
        if layer < 0:
            return Leaf(-1, row, -1, 0.0, total)
        return Leaf(
            layer, self.parents[layer][row], self.tokens[layer][row], self.log_probs[layer][row], total
        )

    def said(self, leaf: Leaf) -> tuple[int, ...]:
        """The tokens of a path."""
        if leaf.layer < 0:
            return ()
        return (*(self.tokens[layer][row] for layer, row in self._above(leaf)), leaf.token)

    def path(self, leaf: Leaf) -> Path:
        """All of a path."""
        if leaf.layer < 0:
            heads, slots = self.weights[0].shape[1:]
            return Path((), (), torch.zeros(0, heads, slots))
        above = self._above(leaf)
        log_probs = (*(self.log_probs[layer][row] for layer, row in above), leaf.log_prob)
        parents = [self.parents[layer][row] for layer, row in above] + [leaf.parent]
        weights = [self.weights[layer][row] for layer, row in enumerate(parents)]
        chances = [each[row] for each, row in zip(self.p_gen, parents) if each is not None]
        p_gen = tuple(torch.stack(chances).tolist()) if chances else None
        return Path(self.said(leaf), log_probs, stack(weights).cpu(), p_gen)

    def _above(self, leaf: Leaf) -> list[tuple[int, int]]:
        """(layer, row) of each token before the leaf's, from the first on."""
        found = []
        row = leaf.parent
        for layer in range(leaf.layer - 1, -1, -1):
            found.append((layer, row))
            row = self.parents[layer][row]
        return found[::-1]


def stack(weights: list[Tensor]) -> Tensor:
    """T × (H, S) → (T, H, S); where a step had fewer slots, the missing ones were padding: 0."""
    width = max(w.size(-1) for w in weights)
    return torch.stack([torch.nn.functional.pad(w, (0, width - w.size(-1))) for w in weights])
