"""The finished hypotheses of one source."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from entarte.search.base import hypothesis, rate
from entarte.search.hypothesis import Hypothesis
from entarte.search.score import Score
from entarte.search.trail import Leaf, Trail


class Ends:
    """Finished paths, no two with the same tokens, and their scores.

    trail  where the paths are
    score  what ranks them
    mask   (S,) the source's real slots, for the coverage penalty; None where there is none
    n      how many are wanted
    """

    def __init__(self, trail: Trail, score: Score, mask: Tensor | None, n: int) -> None:
        self.trail = trail
        self.score = score
        self.mask = mask
        self.n = n
        self.leaves: list[Leaf] = []
        self.scores: list[float] = []
        self.said: set[tuple[int, ...]] = set()

    def __len__(self) -> int:
        return len(self.leaves)

    def add(self, leaf: Leaf) -> float:
        """One more, and its score. A path that another diverse group has found already adds nothing."""
        score = rate(self.trail, leaf, self.score, self.mask)
        said = self.trail.said(leaf)
        if said not in self.said:
            self.said.add(said)
            self.leaves.append(leaf)
            self.scores.append(score)
        return score

    @property
    def worst(self) -> float:
        """The score that a hypothesis must beat to be among the n best; -inf while there are fewer."""
        return sorted(self.scores, reverse=True)[self.n - 1] if len(self) >= self.n else -float("inf")

    def results(self, unfinished: Sequence[Leaf]) -> list[Hypothesis]:
        """The n best, best first, among equals the lower token ids first; where nothing finished, the
        best of the unfinished."""
        leaves: Sequence[Leaf] = self.leaves
        scores = self.scores
        if not leaves:
            leaves = list({self.trail.said(leaf): leaf for leaf in unfinished}.values())
            scores = [rate(self.trail, leaf, self.score, self.mask) for leaf in leaves]
        least = sorted(scores, reverse=True)[: self.n][-1]
        found = [
            hypothesis(self.trail, leaf, self.score, self.mask)
            for leaf, score in zip(leaves, scores)
            if score >= least
        ]
        return sorted(found, key=lambda h: (-h.score, h.tokens))[: self.n]
