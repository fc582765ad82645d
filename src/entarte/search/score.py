"""What hypotheses are ranked by, and the best that a prefix can still reach.

Log-probabilities are at most 0 and every rule here divides by something that grows with the length,
so a prefix with log-probability L can reach at most L divided by what belongs to the longest length
allowed. That bound makes early stopping and exact search provable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from entarte.errors import InputError, did_you_mean

Normalise = Literal["average", "gnmt", "none"]
RULES = ("average", "gnmt", "none")


@dataclass(frozen=True)
class Score:
    """The length rule.

    normalise  average: log p / |y|; gnmt: log p / lp(y), lp(y) = ((5 + |y|) / 6)^α (Wu et al. 2016,
               eq. 14); none: log p. |y| counts EOS.
    alpha      the α of gnmt
    """

    normalise: Normalise = "average"
    alpha: float = 0.6

    def __post_init__(self) -> None:
        if self.normalise not in RULES:
            raise InputError(
                f"there is no length rule '{self.normalise}'",
                setting="generate.normalise",
                advice=did_you_mean(str(self.normalise), RULES),
            )
        if self.alpha < 0:
            raise InputError(
                f"alpha is {self.alpha}; it must be 0 or more",
                setting="generate.alpha",
                advice="Wu et al. (2016) use values from 0.2 to 1.",
            )

    def divisor(self, length: int) -> float:
        """What the log-probability of `length` tokens is divided by; never falls as the length grows."""
        if self.normalise == "none" or length == 0:
            return 1.0
        if self.normalise == "average":
            return float(length)
        return float(((5 + length) / 6) ** self.alpha)

    def of(self, log_prob: float, length: int) -> float:
        """The score of a hypothesis of `length` tokens.

        >>> Score("average").of(-6.0, 3), Score("none").of(-6.0, 3), Score("gnmt", 1.0).of(-6.0, 7)
        (-2.0, -6.0, -3.0)
        """
        return log_prob / self.divisor(length)

    def bound(self, log_prob: float, limit: int) -> float:
        """The highest score that any continuation within `limit` tokens can have.

        >>> Score("average").bound(-6.0, 10)
        -0.6
        """
        return log_prob / self.divisor(limit)
