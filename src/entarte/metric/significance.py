"""Whether a difference between two systems is more than the luck of the test set.

Paired bootstrap (Koehn 2004): draw N of the N sentences with replacement, the same for both systems, and
look how the difference varies. Approximate randomisation (Noreen 1989; Riezler and Maxwell 2005): exchange
the two outputs of a sentence by the toss of a coin, and look how often that gives a difference as large.
Randomisation is the better test; only the bootstrap gives an interval.

Both work on rows (see `base`), draw all samples from one seed, and multiply instead of looping.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from entarte.errors import InputError
from entarte.metric.base import Floats, Metric, Rows, number

CELLS = 4_000_000  # counts held at a time: 32 MB
CLOSE = 1e-9  # differences equal but for rounding are equal


@dataclass(frozen=True)
class Interval:
    """Where the middle `level` of the bootstrap values lies."""

    low: float
    high: float
    level: float
    samples: int

    def to_json(self) -> dict[str, Any]:
        return {
            "low": number(self.low),
            "high": number(self.high),
            "level": self.level,
            "samples": self.samples,
        }


@dataclass(frozen=True)
class Comparison:
    """Two systems on one metric.

    difference    second − first, as the metric counts (for an error rate a minus is a gain)
    p             how likely so large a difference, of either sign, is if the systems are equally good
    interval      of the difference; only from the bootstrap
    better        the share of samples in which the second is better; only from the bootstrap
    """

    metric: str
    first: float
    second: float
    difference: float
    p: float
    method: str  # "bootstrap" or "randomisation"
    samples: int
    seed: int
    interval: Interval | None = None
    better: float | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "metric": self.metric,
            "first": number(self.first),
            "second": number(self.second),
            "difference": number(self.difference),
            "p": number(self.p),
            "method": self.method,
            "samples": self.samples,
            "seed": self.seed,
            "interval": None if self.interval is None else self.interval.to_json(),
            "better": self.better,
        }


@dataclass(frozen=True)
class Differing:
    """One sentence (0-based) with the value of either system on it alone."""

    sentence: int
    first: float
    second: float

    @property
    def difference(self) -> float:
        return self.second - self.first

    def to_json(self) -> dict[str, Any]:
        return {
            "sentence": self.sentence,
            "first": number(self.first),
            "second": number(self.second),
            "difference": number(self.difference),
        }


def interval(
    metric: Metric, rows: Rows, *, samples: int = 1000, level: float = 0.95, seed: int = 1
) -> Interval:
    """The percentile bootstrap interval of one system's value."""
    values = np.concatenate([metric.values(rows, counts) for counts in _draws(len(rows), samples, seed)])
    return _interval(values, level)


def bootstrap(
    metric: Metric, first: Rows, second: Rows, *, samples: int = 1000, level: float = 0.95, seed: int = 1
) -> Comparison:
    """Paired bootstrap resampling.

    p is two-sided by the shift method (Riezler and Maxwell 2005, figure 2): how often a resampled
    difference is as far from their mean as the real one is from 0, with one added to both counts.
    """
    one, two = _observed(metric, first, second)
    pairs = [
        (metric.values(first, counts), metric.values(second, counts))
        for counts in _draws(len(first), samples, seed)
    ]
    before, after = (np.concatenate(values) for values in zip(*pairs))
    finite = np.isfinite(before) & np.isfinite(after)
    differences = after[finite] - before[finite]
    gains = metric.quality(after[finite]) - metric.quality(before[finite]) > CLOSE
    spread = np.abs(differences - differences.mean()) if differences.size else differences
    return Comparison(
        metric.name,
        one,
        two,
        two - one,
        _p(spread, abs(two - one)),
        "bootstrap",
        samples,
        seed,
        interval=_interval(differences, level),
        better=float(gains.mean()) if gains.size else None,
    )


def randomisation(
    metric: Metric, first: Rows, second: Rows, *, samples: int = 10_000, seed: int = 1
) -> Comparison:
    """Approximate randomisation, two-sided."""
    one, two = _observed(metric, first, second)
    both = [*first, *second]
    differences = []
    rng = np.random.default_rng(seed)
    for size in _chunks(samples, 2 * len(first)):
        swap = rng.integers(2, size=(size, len(first))).astype(np.float64)
        left = metric.values(both, np.concatenate([1 - swap, swap], axis=1))
        right = metric.values(both, np.concatenate([swap, 1 - swap], axis=1))
        differences.append(right - left)
    found = np.concatenate(differences)
    found = found[np.isfinite(found)]
    return Comparison(
        metric.name, one, two, two - one, _p(np.abs(found), abs(two - one)), "randomisation", samples, seed
    )


def differing(
    metric: Metric, first: Rows, second: Rows, *, count: int = 10
) -> tuple[list[Differing], list[Differing]]:
    """The sentences where the second system is most better, and where it is most worse; at most `count`
    of each, the largest difference first, sentences without a difference left out."""
    _paired(first, second)
    before, after = metric.each(first), metric.each(second)
    with np.errstate(invalid="ignore"):  # infinite − infinite
        gain = metric.quality(after) - metric.quality(before)
    gain = np.nan_to_num(gain, posinf=0.0, neginf=0.0)

    def top(signed: Floats) -> list[Differing]:
        order = np.argsort(-signed.round(9), kind="stable")[:count]  # equal ones stay in order
        return [Differing(int(at), float(before[at]), float(after[at])) for at in order if signed[at] > CLOSE]

    return top(gain), top(-gain)


def _draws(sentences: int, samples: int, seed: int) -> Iterator[Floats]:
    """How many times each of N sentences is drawn, (R, N) at a time."""
    if sentences == 0:
        raise InputError("there is no sentence to resample")
    if samples < 1:
        raise InputError(
            f"{samples} samples", setting="samples", advice="At least 1 is needed; 1000 is usual"
        )
    rng = np.random.default_rng(seed)
    shares = np.full(sentences, 1 / sentences)
    for size in _chunks(samples, sentences):
        yield rng.multinomial(sentences, shares, size=size).astype(np.float64)


def _chunks(samples: int, width: int) -> Iterator[int]:
    """`samples` in parts of which each has at most CELLS counts."""
    if samples < 1:
        raise InputError(
            f"{samples} samples", setting="samples", advice="At least 1 is needed; 1000 is usual"
        )
    size = max(1, CELLS // max(1, width))
    for start in range(0, samples, size):
        yield min(size, samples - start)


def _paired(first: Rows, second: Rows) -> None:
    if len(first) != len(second):
        raise InputError(
            f"one system has {len(first)} sentences, the other {len(second)}",
            advice="Both must be outputs for the same sources, line by line",
        )


def _observed(metric: Metric, first: Rows, second: Rows) -> tuple[float, float]:
    _paired(first, second)
    one, two = metric.corpus(first).value, metric.corpus(second).value
    if not (np.isfinite(one) and np.isfinite(two)):
        raise InputError(f"{metric.label} is undefined for one of the systems, so they cannot be compared")
    return one, two


def _interval(values: Floats, level: float) -> Interval:
    if not 0 < level < 1:
        raise InputError(f"{level} is no level of confidence", advice="It lies between 0 and 1, as 0.95")
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return Interval(np.nan, np.nan, level, 0)
    low, high = np.quantile(finite, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), level, int(finite.size))


def _p(sizes: Floats, observed: float) -> float:
    """The share of samples at least as large as the observed difference, one added to both counts."""
    return float((1 + (sizes >= observed - CLOSE).sum()) / (1 + sizes.size))
