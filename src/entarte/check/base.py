"""What every failure check has in common: signs that are added up to a score, and a verdict in words.

    score = σ(Σ_k weight_k · sign_k − offset)

A sign is a number that is 0 where nothing is amiss and grows with what is: weights are never negative, so a
sign can only speak against an output, and the reason of a verdict is the sign that spoke loudest. Weights
and offset are settings, and `fit` finds them for a model; the score is then the probability of the fault
among outputs half of which have it, and the threshold says how sure a check must be.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from entarte.check.evidence import Evidence, Floats

__all__ = ["Check", "Sign", "Verdict", "heaviest", "sigmoid"]


@dataclass(frozen=True)
class Sign:
    """Something that speaks for a fault.

    value           0 or more
    text            what was seen, for the reason
    source, target  numbers of the units concerned
    """

    value: float
    text: str = ""
    source: tuple[int, ...] = ()
    target: tuple[int, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What a check says of an output.

    check           its name
    score           in 0 to 1; None where there was nothing to judge by
    threshold       an output fails from this score on
    reason          in words, naming those concerned
    source, target  numbers of the units (words) concerned
    signs           the numbers that the score was made of, by name
    """

    check: str
    score: float | None
    threshold: float
    reason: str
    source: tuple[int, ...] = ()
    target: tuple[int, ...] = ()
    signs: Mapping[str, float] | None = None

    @property
    def failed(self) -> bool:
        return self.score is not None and self.score >= self.threshold

    @property
    def word(self) -> str:
        """fail, pass or unknown."""
        return "unknown" if self.score is None else "fail" if self.failed else "pass"

    @property
    def suspicion(self) -> float:
        """The score, stretched so that 0.5 is at the threshold; 0 where nothing is known. To sort by."""
        if self.score is None or self.threshold <= 0:
            return 0.0
        if self.score < self.threshold:
            return 0.5 * self.score / self.threshold
        return 0.5 + 0.5 * (self.score - self.threshold) / max(1 - self.threshold, 1e-9)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as in a card's JSON."""
        return {
            "check": self.check,
            "verdict": self.word,
            "score": None if self.score is None else round(self.score, 4),
            "threshold": self.threshold,
            "reason": self.reason,
            "source_units": list(self.source),
            "target_units": list(self.target),
            "signs": {name: round(value, 4) for name, value in (self.signs or {}).items()},
        }


class Check(ABC):
    """A member of the family.

    name    what a person calls it
    needs   parts of the evidence that it reads and that cost passes of the model
    plants  planted faults that it is to find, the ones that it is fitted and measured on
    rivals  planted faults that it is not to take for those
    fixed   signs whose weights are not fitted, since no planted fault shows them
    about   what it finds, in a few words
    """

    name: ClassVar[str]
    about: ClassVar[str]
    needs: ClassVar[frozenset[str]] = frozenset()
    plants: ClassVar[tuple[str, ...]] = ()
    rivals: ClassVar[tuple[str, ...]] = ()
    fixed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, threshold: float, offset: float, weights: Mapping[str, float]) -> None:
        self.threshold = threshold
        self.offset = offset
        self.weights = dict(weights)
        self.settings: dict[str, Any] = {}

    @abstractmethod
    def signs(self, evidence: Evidence) -> dict[str, Sign]:
        """The signs by the names of their weights; none where there is nothing to judge by."""

    def learn(self, sound: Sequence[Evidence]) -> dict[str, float]:
        """Settings that are read off sound outputs before the weights are fitted, such as a usual length."""
        return {}

    def judge(self, evidence: Evidence) -> Verdict:
        """The verdict on one output."""
        signs = self.signs(evidence)
        if not signs:
            return Verdict(self.name, None, self.threshold, self.silence())
        parts = {name: self.weights[name] * sign.value for name, sign in signs.items()}
        score = sigmoid(sum(parts.values()) - self.offset)
        told = [name for name, sign in signs.items() if sign.text]
        loudest = signs[max(told or list(signs), key=lambda name: parts[name])]
        values = {name: sign.value for name, sign in signs.items()}
        return Verdict(self.name, score, self.threshold, loudest.text, loudest.source, loudest.target, values)

    def silence(self) -> str:
        """Why there may be nothing to judge by."""
        return "nothing to judge by: the source or the output is empty"


def sigmoid(value: float) -> float:
    """1 / (1 + e^−value), without overflow.

    >>> sigmoid(0.0), sigmoid(-1000.0) < 1e-300
    (0.5, True)
    """
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    return math.exp(max(value, -745.0)) / (1 + math.exp(max(value, -745.0)))


def heaviest(values: Floats | Sequence[float]) -> tuple[float, tuple[int, ...]]:
    """The neighbouring numbers with the largest sum (Kadane): the sum and their places; 0 and none where
    all are negative.

    >>> heaviest([1.0, -2.0, 3.0, 1.0, -9.0])
    (4.0, (2, 3))
    """
    best, places = 0.0, (0, 0)
    total, start = 0.0, 0
    for end, value in enumerate(values, start=1):
        if total <= 0:
            total, start = 0.0, end - 1
        total += float(value)
        if total > best:
            best, places = total, (start, end)
    return best, tuple(range(*places))
