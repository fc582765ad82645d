"""What hypotheses are ranked by, and the best that a prefix can still reach.

Log-probabilities are at most 0, every length rule divides by something that grows with the length,
and the coverage penalty is at most 0. So a prefix with log-probability L can reach at most L divided
by what belongs to the longest length allowed. That bound makes early stopping and exact search
provable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from entarte.errors import InputError, did_you_mean

Normalise = Literal["average", "gnmt", "none"]
RULES = ("average", "gnmt", "none")
FLOOR = 1e-6
"""A source slot that was looked at less than this counts as this: log 0 would rank nothing."""


@dataclass(frozen=True)
class Score:
    """The length rule and the coverage penalty.

    normalise  average: log p / |y|; gnmt: log p / lp(y), lp(y) = ((5 + |y|) / 6)^α (Wu et al. 2016,
               eq. 14); none: log p. |y| counts EOS.
    alpha      the α of gnmt
    coverage   the β of cp(x, y) = β Σ_s log min(Σ_t α_ts, 1) (the same equation), added to the score;
               0: none. It ranks finished hypotheses and does not steer the beam.
    """

    normalise: Normalise = "average"
    alpha: float = 0.6
    coverage: float = 0.0

    def __post_init__(self) -> None:
        if self.normalise not in RULES:
            raise InputError(
                f"there is no length rule '{self.normalise}'",
                setting="generate.normalise",
                advice=did_you_mean(str(self.normalise), RULES),
            )
        for name in ("alpha", "coverage"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise InputError(
                    f"{name} is {getattr(self, name)}; it must be 0 or more",
                    setting=f"generate.{name}",
                    advice="Wu et al. (2016) use values from 0 to 1.",
                )

    def divisor(self, length: int) -> float:
        """What the log-probability of `length` tokens is divided by; never falls as the length grows."""
        if self.normalise == "none" or length == 0:
            return 1.0
        if self.normalise == "average":
            return float(length)
        return float(((5 + length) / 6) ** self.alpha)

    def of(
        self, log_prob: float, length: int, weights: Tensor | None = None, mask: Tensor | None = None
    ) -> float:
        """The score of a hypothesis of `length` tokens.

        weights  (T, H, S) and mask (S,), needed where there is a coverage penalty

        >>> Score("average").of(-6.0, 3), Score("none").of(-6.0, 3), Score("gnmt", 1.0).of(-6.0, 7)
        (-2.0, -6.0, -3.0)
        """
        score = log_prob / self.divisor(length)
        if self.coverage and weights is not None and mask is not None:
            score += self.coverage * uncovered(weights, mask)
        return score

    def bound(self, log_prob: float, limit: int) -> float:
        """The highest score that any continuation within `limit` tokens can have.

        >>> Score("average").bound(-6.0, 10)
        -0.6
        """
        return log_prob / self.divisor(limit)


def uncovered(weights: Tensor, mask: Tensor) -> float:
    """Σ_s log min(Σ_t α_ts, 1) over the real slots, α the mean over heads; 0 where all is covered.

    weights  (T, H, S)
    mask     (S,) True means real

    >>> import torch
    >>> weights = torch.tensor([[[0.5, 0.5, 0.0]], [[0.0, 1.0, 0.0]]])  # two steps: 0.5, 1.5, 0
    >>> round(uncovered(weights, torch.tensor([True, True, False])), 4)  # log 0.5 + log 1
    -0.6931
    """
    looked = weights.double().mean(dim=1).sum(dim=0)  # (S,)
    return float(looked[mask[: looked.numel()]].clamp(FLOOR, 1.0).log().sum())
