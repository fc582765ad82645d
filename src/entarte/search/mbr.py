"""Minimum Bayes risk: the output that is most like what the model might say."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from torch import Tensor

from entarte.errors import InputError, did_you_mean
from entarte.search.base import Search, positive
from entarte.search.beam import Beam
from entarte.search.hypothesis import Hypothesis
from entarte.search.sample import Sample
from entarte.search.wish import Wish
from entarte.step import Stepper

Utility = Callable[[tuple[int, ...], tuple[int, ...]], float]
"""How good an output (first) is where the truth is (second); ids without EOS."""
OVER = ("sample", "beam")


def overlap(output: tuple[int, ...], truth: tuple[int, ...], longest: int = 4) -> float:
    """How many n-grams two sequences share: the mean over n = 1 … 4 of F1 = 2·shared / (both's). An n
    for which neither has an n-gram is left out.

    >>> overlap((4, 5, 6), (4, 5, 6)), overlap((4,), (5,)), overlap((), ())
    (1.0, 0.0, 1.0)
    >>> overlap((4, 5), (4, 6))  # words: 1 of 2; pairs: none
    0.25
    """
    values = []
    for n in range(1, longest + 1):
        ours, theirs = (Counter(zip(*(side[i:] for i in range(n)))) for side in (output, truth))
        if total := ours.total() + theirs.total():
            values.append(2 * (ours & theirs).total() / total)
    return sum(values) / len(values) if values else 1.0


class MBR:
    """Of several outputs, the one with the highest expected utility, each of them taken for the truth in
    turn (Kumar and Byrne 2004; over samples: Eikema and Aziz 2020).

    Samples count equally, as often as they were drawn; those of an n-best list by their probability.
    The score of a result is its expected utility.

    utility      any function of two outputs
    metric       what outputs are compared by: overlap, which counts common n-grams of ids, or a metric
                 of text, as chrf
    over         where the outputs come from: sample, or beam (its n-best list)
    count        how many
    n_best       how many results, best first
    temperature  of the sampling
    top_k        of the sampling
    top_p        of the sampling
    typical      of the sampling
    seed         of the sampling
    min_length   tokens that must be said before the end
    max_length   most tokens of an output besides EOS; 0: only the limit that its source sets
    no_repeat    no n-gram of this many tokens is said twice; 0: no such rule
    """

    def __init__(
        self,
        utility: Utility = overlap,
        *,
        metric: str = "overlap",
        over: Literal["sample", "beam"] = "sample",
        count: int = 32,
        n_best: int = 1,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        typical: float = 1.0,
        seed: int = 1,
        min_length: int = 0,
        max_length: int = 0,
        no_repeat: int = 0,
    ) -> None:
        positive(1, count=count, n_best=n_best)
        if over not in OVER:
            raise InputError(
                f"minimum Bayes risk has no outputs from '{over}'",
                setting="generate.over",
                advice=did_you_mean(str(over), OVER),
            )
        if metric != "overlap" and utility is overlap:
            raise InputError(
                f"'{metric}' compares texts, and a search has token ids",
                setting="generate.metric",
                advice="Give a function of two outputs.",
            )
        self.utility, self.over, self.n_best = utility, over, n_best
        self.search: Search
        if over == "sample":
            self.search = Sample(
                count=count,
                temperature=temperature,
                top_k=top_k,
                top_p=top_p,
                typical=typical,
                seed=seed,
                min_length=min_length,
                max_length=max_length,
                no_repeat=no_repeat,
            )
        else:
            self.search = Beam(
                beam=count,
                n_best=count,
                min_length=min_length,
                max_length=max_length,
                no_repeat=no_repeat,
            )

    def __call__(
        self, stepper: Stepper, limits: Sequence[int] | Tensor, wishes: Sequence[Wish] | None = None
    ) -> list[list[Hypothesis]]:
        """The n best of each source; unfinished ones only where none is finished."""
        return [self.rank(found) for found in self.search(stepper, limits, wishes)]

    def rank(self, found: Sequence[Hypothesis]) -> list[Hypothesis]:
        """The n best of these outputs by expected utility; among equals the more probable."""
        found = [h for h in found if h.finished] or found
        highest = max(h.log_prob for h in found)
        belief: dict[tuple[int, ...], float] = {}
        for h in found:
            weight = 1.0 if self.over == "sample" else math.exp(h.log_prob - highest)
            belief[h.said] = belief.get(h.said, 0.0) + weight
        total = sum(belief.values())
        ranked = [
            replace(h, score=sum(w * self.worth(h.said, truth) for truth, w in belief.items()) / total)
            for h in {h.said: h for h in found}.values()
        ]
        return sorted(ranked, key=lambda h: (-h.score, -h.log_prob, h.tokens))[: self.n_best]

    def worth(self, output: tuple[int, ...], truth: tuple[int, ...]) -> float:
        """The utility; ValueError where it is no number."""
        value = self.utility(output, truth)
        if not math.isfinite(value):
            raise ValueError(f"the utility of {output} where {truth} is the truth is {value}")
        return value
