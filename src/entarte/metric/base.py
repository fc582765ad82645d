"""What every measure of quality has in common: a row of numbers per sentence, a value from their sum.

A metric turns one sentence into a *row* of sufficient statistics once; every value after that (the whole
corpus, a bucket of lengths, a thousand bootstrap samples) is computed from the rows alone. The corpus
value is never a mean of sentence values unless the metric is defined so.

Letters in shapes: N sentences, K statistics of one sentence, R samples (of a bootstrap, of a shuffling).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from entarte.errors import InputError

Floats: TypeAlias = NDArray[np.float64]
Row: TypeAlias = Any  # additive metrics: Floats of shape (K,); others: what the metric says
Rows: TypeAlias = Any  # a sequence of N rows; for additive metrics also one array (N, K)


@dataclass(frozen=True)
class Score:
    """One measured number and how it was measured.

    value             NaN where it is undefined (a ratio to nothing); null in JSON, "–" in tables
    signature         what must be the same for two values to be comparable
    details           the parts that the value was made of, by name
    unit              "%" for numbers from 0 to 100, "" otherwise
    higher_is_better  None where a value in the middle is right, as for a ratio of lengths
    sentences         N
    """

    name: str
    label: str
    value: float
    signature: str
    unit: str = ""
    higher_is_better: bool | None = True
    sentences: int = 0
    details: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.label} {'–' if np.isnan(self.value) else f'{self.value:.2f}'}"

    def to_json(self) -> dict[str, Any]:
        """A dict that `json.dump(…, allow_nan=False)` takes."""
        return {
            "name": self.name,
            "value": number(self.value),
            "unit": self.unit,
            "higher_is_better": self.higher_is_better,
            "signature": self.signature,
            "sentences": self.sentences,
            "details": {key: number(value) for key, value in self.details.items()},
        }


def number(value: float) -> float | None:
    """The value as JSON knows it: NaN and infinities, which JSON lacks, become None."""
    return float(value) if np.isfinite(value) else None


class Metric(ABC):
    """A measure over sentences. Members say what a row is and how rows become a value."""

    name: str  # as a person types it
    label: str  # as a table shows it
    unit: str = "%"
    higher_is_better: bool | None = True

    @abstractmethod
    def values(self, rows: Rows, counts: Floats) -> Floats:
        """The value of R samples. counts (R, N): how many times each sentence is in the sample."""

    @abstractmethod
    def each(self, rows: Rows) -> Floats:
        """The value of every sentence by itself (N,), to find sentences that differ."""

    def quality(self, values: Floats) -> Floats:
        """The values turned so that more is better, to say which of two is."""
        return values if self.higher_is_better else -values

    def details(self, rows: Rows) -> dict[str, float]:
        """The parts of the value, by name."""
        return {}

    def remark(self, rows: Rows) -> str:
        """What a person should know beside the value; empty where there is nothing."""
        return ""

    def signature(self, rows: Rows) -> str:
        """What must be equal for two values to be comparable, as `key:value|key:value`."""
        return ""

    def corpus(self, rows: Rows) -> Score:
        """The value of all sentences together."""
        if len(rows) == 0:
            raise InputError(f"there is no sentence to measure {self.label} on")
        return Score(
            name=self.name,
            label=self.label,
            value=float(self.values(rows, np.ones((1, len(rows))))[0]),
            signature=self.signature(rows),
            unit=self.unit,
            higher_is_better=self.higher_is_better,
            sentences=len(rows),
            details=self.details(rows),
        )


class Additive(Metric):
    """A metric whose value is a function of the sum of the rows, so a sample is one matrix product."""

    @abstractmethod
    def value(self, totals: Floats) -> Floats:
        """From summed statistics (R, K) to values (R,)."""

    def values(self, rows: Rows, counts: Floats) -> Floats:
        return self.value(counts @ stack(rows))

    def each(self, rows: Rows) -> Floats:
        return self.value(stack(rows))


class TextMetric(Metric):
    """A metric of what was written against what should have been written."""

    @abstractmethod
    def sentence(self, hypothesis: str, references: Sequence[str]) -> Row:
        """The row of one sentence with one or more references, each as good as the others."""


def stack(rows: Rows) -> Floats:
    """N rows of K numbers as one array (N, K)."""
    return np.asarray(rows, dtype=np.float64)


def ratio(above: Floats, below: Floats, empty: float = np.nan) -> Floats:
    """above / below, and `empty` where below is 0."""
    result = np.full(np.broadcast(above, below).shape, empty, dtype=np.float64)
    np.divide(above, below, out=result, where=below != 0)
    return result


def nrefs(counts: Floats) -> int:
    """How many references each sentence has, from the column that says it; -1 if that varies.

    sacreBLEU's signature has the same convention.
    """
    numbers = {int(count) for count in counts}
    return numbers.pop() if len(numbers) == 1 else -1


def nrefs_text(counts: Floats) -> str:
    """The same for signatures of our own: a number, or "var"."""
    count = nrefs(counts)
    return "var" if count < 0 else str(count)
