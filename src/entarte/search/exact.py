"""Exact search: the best target there is, with a proof, or without one and saying so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from entarte.search.base import checked, device, masks, positive
from entarte.search.beam import Beam
from entarte.search.hypothesis import Hypothesis
from entarte.search.quest import Quest
from entarte.search.rules import Rules
from entarte.search.score import Normalise, Score
from entarte.search.wish import Wish, wished
from entarte.step import Stepper

NEAR = 1e-5
"""Scores that differ by less may be the same number, computed in a batch of another size."""


@dataclass(frozen=True)
class Proof:
    """What exact search found out about one source."""

    results: list[Hypothesis]
    """The best targets found, best first; unfinished ones where none can finish within the limit."""
    proved: bool
    """Whether no target within the limit is better; False: not proved within the budget."""
    bound: float
    """No target has a higher score than this: the best score where it is proved, -inf where it is proved
    that none can finish."""
    expanded: int
    """How many prefixes the model was asked about."""
    beam: Hypothesis
    """The best that beam search finds with the same rules and score."""

    @property
    def search_error(self) -> bool | None:
        """Whether the beam missed a better target; None: not known."""
        best = self.results[0]
        better = best.tokens != self.beam.tokens and best.score > self.beam.score + NEAR
        if best.finished and (better or not self.beam.finished):
            return True
        return False if self.proved else None

    @property
    def empty(self) -> bool | None:
        """Whether the best target is the empty one; None: not known."""
        return self.results[0].empty if self.proved else None

    def __str__(self) -> str:
        if not self.proved:
            found = "a better target than the beam's" if self.search_error else "none better than the beam's"
            return f"not proved within the budget of {self.expanded} prefixes: found {found}"
        error = "the beam missed it" if self.search_error else "the beam found it"
        return f"proved with {self.expanded} prefixes: {error}" + (", it is empty" if self.empty else "")


class Exact:
    """Best-first search with an admissible bound (Hart et al. 1968; for neural translation Stahlberg and
    Byrne 2019 do it depth first).

    Beam search gives a first result. Then the prefixes with the highest bound are read, until no prefix
    has a bound above the results. Log-probabilities only fall, so without length normalisation the
    bound is the prefix's log-probability. With it, the bound is reached by saying surely what
    remains up to the limit, which is seldom tight: proofs need a low limit or a large budget.

    n_best      how many targets are wanted, in order
    budget      most prefixes that the model is asked about for one source
    memory      most prefixes that wait; the least hopeful are forgotten, and that is accounted for
    together    prefixes of one length that are read at once
    beam        width of the beam search that comes first and that the result is compared with
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
        n_best: int = 1,
        budget: int = 10_000,
        memory: int = 1_000_000,
        together: int = 16,
        beam: int = 5,
        normalise: Normalise = "none",
        alpha: float = 0.6,
        coverage: float = 0.0,
        min_length: int = 0,
        max_length: int = 0,
        no_repeat: int = 0,
    ) -> None:
        positive(1, n_best=n_best, budget=budget, memory=memory, together=together)
        self.score = Score(normalise, alpha, coverage)
        self.start = Beam(
            beam=max(beam, n_best) if beam > 0 else beam,
            n_best=n_best,
            normalise=normalise,
            alpha=alpha,
            coverage=coverage,
            min_length=min_length,
            max_length=max_length,
            no_repeat=no_repeat,
        )
        self.n_best, self.budget, self.memory, self.together = n_best, budget, memory, together

    def __call__(
        self, stepper: Stepper, limits: Sequence[int] | Tensor, wishes: Sequence[Wish] | None = None
    ) -> list[list[Hypothesis]]:
        """The best targets found; `prove` also says what they are worth."""
        return [proof.results for proof in self.prove(stepper, limits, wishes)]

    @torch.no_grad()
    def prove(
        self, stepper: Stepper, limits: Sequence[int] | Tensor, wishes: Sequence[Wish] | None = None
    ) -> list[Proof]:
        """For each source its best targets and what is known of them."""
        room = checked(limits, stepper.sources, self.start.max_length)
        wishes = wished(wishes, room)
        rules = Rules(self.start.min_length, self.start.no_repeat, wishes, room)
        started = self.start(stepper, room, wishes)
        where = device(stepper.start())
        found = []
        for b, mask in enumerate(masks(stepper, self.score)):
            known = [h for h in started[b] if h.finished]
            quest = Quest(
                stepper.keep(torch.tensor([b], device=where)),
                room[b],
                rules,
                b,
                self.score,
                mask,
                known,
                wanted=self.n_best,
                together=self.together,
                memory=self.memory,
            )
            quest.run(self.budget)
            best = quest.results[0].score if quest.results else -math.inf
            bound = best if quest.proved else max(quest.bound, best)
            results = quest.results or started[b]
            found.append(Proof(results, quest.proved, bound, quest.expanded, started[b][0]))
        return found
