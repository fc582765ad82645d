"""What the engine's search has said, step by step: from the end of a path all of it is read back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from entarte.engine.graphs import Floats
from entarte.engine.rows import Hypothesis, Job
from entarte.engine.way import Way
from entarte.vocabulary import EOS

FLOOR = 1e-6  # as in search.score


class Layer(NamedTuple):
    """The rows of a step: what each read and its log-probability, the row before, where it looked."""

    tokens: list[int]
    log_probs: list[float]
    parents: list[int]
    weights: Floats | None


class Leaf(NamedTuple):
    """The end of a path: a step, its row, and what that row said last; None: nothing more."""

    step: int
    row: int
    token: int | None
    log_prob: float
    total: float


@dataclass(eq=False)
class Slot:
    """A sentence that is being decoded."""

    job: Job
    begun: int
    ends: list[tuple[float, Leaf]] = field(default_factory=list)


class Paths:
    """The layers of a search, by step, and the hypotheses in them.

    looks  where each token looked was kept
    """

    def __init__(self, way: Way, looks: bool) -> None:
        self.way, self.looks = way, looks
        self.layers: dict[int, Layer] = {}

    def forget(self, oldest: int) -> None:
        """Layers that no sentence reaches back to."""
        for step in [step for step in self.layers if step < oldest]:
            del self.layers[step]

    def score(self, slot: Slot, leaf: Leaf) -> float:
        """What a hypothesis is ranked by."""
        length = leaf.step - slot.begun + (leaf.token is not None)
        score = leaf.total / self.way.divisor(length)
        if self.way.coverage and length:
            weights = self.path(slot, leaf).weights
            assert weights is not None
            looked = weights.astype(np.float64).mean(1).sum(0)[: len(slot.job.ids)]
            score += self.way.coverage * float(np.log(looked.clip(FLOOR, 1.0)).sum())
        return score

    def best(self, slot: Slot, ends: list[tuple[float, Leaf]]) -> list[Hypothesis]:
        """The n best, best first, among equals the lower token ids first."""
        least = sorted((score for score, _ in ends), reverse=True)[: self.way.n_best][-1]
        found = [self.path(slot, leaf)._replace(score=score) for score, leaf in ends if score >= least]
        return sorted(found, key=lambda each: (-each.score, each.tokens))[: self.way.n_best]

    def path(self, slot: Slot, leaf: Leaf) -> Hypothesis:
        """All of a path, from its leaf back to the first token."""
        tokens, log_probs, weights = [], [], []
        token, log_prob, row = leaf.token, leaf.log_prob, leaf.row
        for step in range(leaf.step, slot.begun - 1, -1):
            layer = self.layers[step]
            if token is not None:
                tokens.append(token)
                log_probs.append(log_prob)
                if layer.weights is not None:
                    weights.append(layer.weights[row])
            token, log_prob, row = layer.tokens[row], layer.log_probs[row], layer.parents[row]
        looked = None
        if self.looks:
            some = next(iter(self.layers.values())).weights
            assert some is not None
            looked = np.stack(weights[::-1]) if weights else np.zeros((0, *some.shape[1:]), np.float32)
        return Hypothesis(tuple(tokens[::-1]), tuple(log_probs[::-1]), 0.0, leaf.token == EOS, looked)
