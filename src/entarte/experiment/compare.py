"""What the experiments share when they compare: the seeds of a row together, and one row with another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from entarte.example import Example
from entarte.experiment.outcome import Outcome
from entarte.metric.base import Floats, stack
from entarte.metric.bleu import Bleu
from entarte.metric.significance import Interval, interval, randomisation

SAMPLES = 1000
SURE = 0.05
"""A difference with a smaller p is called significant."""


def pooled(outcomes: Sequence[Outcome], pairs: Sequence[Example]) -> Floats:
    """(N, K) rows of BLEU, for each sentence the mean over the seeds.

    Their corpus value is the BLEU of all outputs together. A sample draws a sentence with all its seeds, so
    that seeds of one sentence are not taken for sentences of their own.
    """
    mean: Floats = np.mean([stack(each.bleu(pairs)) for each in outcomes], axis=0)
    return mean


def bleu(rows: Floats) -> float:
    """The corpus value."""
    return Bleu().corpus(rows).value


def band(rows: Floats) -> Interval:
    """Its 95 % bootstrap interval."""
    return interval(Bleu(), rows, samples=SAMPLES)


def chance(one: Floats, other: Floats) -> float:
    """p of the difference, by approximate randomisation over sentences."""
    return randomisation(Bleu(), one, other, samples=5 * SAMPLES).p


def mean(values: Sequence[float | None]) -> float | None:
    """The mean; None where a value is missing.

    >>> mean([1.0, 2.0]), mean([None])
    (1.5, None)
    """
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known and len(known) == len(values) else None


def between(found: Interval) -> str:
    """An interval as tables show it."""
    return f"{found.low:.1f} … {found.high:.1f}"
