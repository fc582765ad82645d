"""Perplexity: how many equally likely tokens the model hesitated between, on average; and the same by word
and by character, which compares between models whatever their pieces are."""

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
    symbol = "token"
    """What is counted."""

    def sentence(self, log_probs: Sequence[float], text: str = "", ended: bool = True) -> Floats:
        """log_probs: the natural log-probability of each token of the reference, the end included.

        text   the reference as a person reads it
        ended  whether its end is among the log-probabilities
        """
        numbers = np.asarray(log_probs, dtype=np.float64)
        if np.isnan(numbers).any() or (numbers > 1e-6).any():
            worst = numbers[np.isnan(numbers) | (numbers > 1e-6)][0]
            raise InputError(f"{worst} is not a log-probability", advice="They are at most 0")
        return np.array([numbers.sum(), self.count(numbers, text, ended)])

    def count(self, numbers: Floats, text: str, ended: bool) -> int:
        """How many symbols the text has."""
        return numbers.size

    def value(self, totals: Floats) -> Floats:
        with np.errstate(over="ignore"):
            return np.exp(-ratio(totals[:, 0], totals[:, 1]))

    def details(self, rows: Rows) -> dict[str, float]:
        log_prob, count = stack(rows).sum(0)
        return {"log_prob": float(log_prob), f"{self.symbol}s": float(count)}

    def signature(self, rows: Rows) -> str:
        return f"symbol:{self.symbol}|end:counted|def:1"


class WordPerplexity(Perplexity):
    """exp(−log-probability / words). A word is what stands between blanks; a line end counts as one, and so
    does the end. The log-probabilities of all its pieces are summed."""

    name = "perplexity-word"
    label = "perplexity per word"
    symbol = "word"

    def count(self, numbers: Floats, text: str, ended: bool) -> int:
        return len(text.split()) + text.count("\n") + ended


class Bits(Perplexity):
    """−log₂ of the probability / characters (bits per character; Graves 2013, section 3.1). Line ends and the
    end count as characters."""

    name = "bits"
    label = "bits per character"
    symbol = "character"

    def count(self, numbers: Floats, text: str, ended: bool) -> int:
        return len(text) + ended

    def value(self, totals: Floats) -> Floats:
        bits: Floats = -ratio(totals[:, 0], totals[:, 1]) / np.log(2)
        return bits
