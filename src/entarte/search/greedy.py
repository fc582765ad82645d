"""Greedy: the most probable token, again and again."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from entarte.search.base import alone, checked, device, hypothesis, masks, positive, possible
from entarte.search.hypothesis import Hypothesis
from entarte.search.rules import Rules
from entarte.search.score import Normalise, Score
from entarte.search.trail import Leaf, Trail
from entarte.search.wish import Wish, wished
from entarte.state import select
from entarte.step import Stepper
from entarte.vocabulary import BOS, EOS


class Greedy:
    """The most probable token at every step; among equals the lower id.

    normalise   how scores are made comparable between lengths: average, gnmt or none
    alpha       the exponent of gnmt
    coverage    weight of GNMT's coverage penalty in the score
    min_length  tokens that must be said before the end
    max_length  most tokens of an output besides EOS; 0: only the limit that its source sets
    no_repeat   no n-gram of this many tokens is said twice; 0: no such rule
    """

    def __init__(
        self,
        *,
        normalise: Normalise = "average",
        alpha: float = 0.6,
        coverage: float = 0.0,
        min_length: int = 0,
        max_length: int = 0,
        no_repeat: int = 0,
    ) -> None:
        self.score = Score(normalise, alpha, coverage)
        positive(0, min_length=min_length, max_length=max_length, no_repeat=no_repeat)
        self.min_length, self.max_length, self.no_repeat = min_length, max_length, no_repeat

    @torch.no_grad()
    def __call__(
        self, stepper: Stepper, limits: Sequence[int] | Tensor, wishes: Sequence[Wish] | None = None
    ) -> list[list[Hypothesis]]:
        """One hypothesis for each source; unfinished where its limit came before EOS."""
        room = checked(limits, stepper.sources, self.max_length)
        wishes = wished(wishes, room)
        alone(wishes, "greedy search")
        rules = Rules(self.min_length, self.no_repeat, wishes, room)
        mask = masks(stepper, self.score)
        found: list[list[Hypothesis]] = [[] for _ in room]
        sources = list(range(len(room)))  # row r belongs to source sources[r]
        totals = [0.0] * len(room)
        state = stepper.start()
        tokens = torch.full((len(room),), BOS, device=device(state))
        trail = Trail()
        for layer in range(max(room, default=0)):
            step = stepper.step(tokens, state)
            best, tokens = rules.mask(possible(step.log_probs)).max(dim=1)  # the first of equal values
            trail.look(step)
            on = []
            for row, (log_prob, token) in enumerate(zip(best.tolist(), tokens.tolist())):
                source = sources[row]
                if log_prob == -torch.inf:  # nothing more is possible: what was said so far
                    leaf = trail.leaf(layer - 1, row, totals[row])
                else:
                    totals[row] += log_prob
                    leaf = Leaf(layer, row, token, log_prob, totals[row])
                    if token != EOS and layer + 1 < room[source]:
                        on.append(row)
                        continue
                found[source].append(hypothesis(trail, leaf, self.score, mask[source]))
            if not on:
                break
            rows = torch.tensor(on, device=tokens.device)
            tokens = tokens[rows]
            trail.grow(tokens, rows, best[rows])
            state = step.state
            if len(on) < len(sources):
                stepper, state = stepper.keep(rows), select(state, rows)
                sources = [sources[row] for row in on]
                totals = [totals[row] for row in on]
            rules.follow(rows, tokens, sources)
        return found
