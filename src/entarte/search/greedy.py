"""Greedy: the most probable token, again and again."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from entarte.search.base import checked, device, hypothesis, possible
from entarte.search.hypothesis import Hypothesis
from entarte.search.score import Normalise, Score
from entarte.search.trail import Leaf, Trail
from entarte.state import select
from entarte.step import Stepper
from entarte.vocabulary import BOS, EOS


class Greedy:
    """The most probable token at every step; among equals the lower id.

    normalise  how scores are made comparable between lengths: average, gnmt or none
    alpha      the exponent of gnmt
    """

    def __init__(self, *, normalise: Normalise = "average", alpha: float = 0.6) -> None:
        self.score = Score(normalise, alpha)

    @torch.no_grad()
    def __call__(self, stepper: Stepper, limits: Sequence[int] | Tensor) -> list[list[Hypothesis]]:
        """One hypothesis for each source; unfinished where its limit came before EOS."""
        room = checked(limits, stepper.sources)
        found: list[list[Hypothesis]] = [[] for _ in room]
        sources = list(range(len(room)))  # row r belongs to source sources[r]
        totals = [0.0] * len(room)
        state = stepper.start()
        tokens = torch.full((len(room),), BOS, device=device(state))
        trail = Trail()
        for layer in range(max(room, default=0)):
            step = stepper.step(tokens, state)
            best, tokens = possible(step.log_probs).max(dim=1)  # the first of equal values
            trail.look(step.weights)
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
                found[source].append(hypothesis(trail, leaf, self.score))
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
        return found
