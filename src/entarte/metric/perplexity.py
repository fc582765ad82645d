"""Perplexity: how many equally likely tokens the model hesitated between, on average."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from entarte.errors import InputError
from entarte.metric.base import Additive, Floats, Rows, ratio, stack


class Perplexity(Additive):
    """exp(−mean log-probability of a reference token), forced decoding, the end token counted.

    Row (K = 2): sum of the log-probabilities (natural), number of tokens.

    Values compare only between models with the same pieces. Undefined (NaN) without tokens.
    """

    name = "perplexity"
    label = "perplexity"
    unit = ""
    higher_is_better = False

    def sentence(self, log_probs: Sequence[float]) -> Floats:
        """log_probs: the natural log-probability of each token of the reference, the end included."""
        numbers = np.asarray(log_probs, dtype=np.float64)
        if np.isnan(numbers).any() or (numbers > 1e-6).any():
            worst = numbers[np.isnan(numbers) | (numbers > 1e-6)][0]
            raise InputError(f"{worst} is not a log-probability", advice="They are at most 0")
        return np.array([numbers.sum(), numbers.size])

    def value(self, totals: Floats) -> Floats:
        with np.errstate(over="ignore"):
            return np.exp(-ratio(totals[:, 0], totals[:, 1]))

    def details(self, rows: Rows) -> dict[str, float]:
        log_prob, tokens = stack(rows).sum(0)
        return {"log_prob": float(log_prob), "tokens": float(tokens)}

    def signature(self, rows: Rows) -> str:
        return "symbol:token|end:counted|def:1"
