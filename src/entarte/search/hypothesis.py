"""What a search returns: one way to say the target."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor

from entarte.vocabulary import EOS


@dataclass(frozen=True)
class Hypothesis:
    """One output of a search.

    The log-probabilities are the model's own, in float32: neither temperature nor a constraint nor a
    mask changes them, so that forced decoding of `tokens` gives the same numbers (law 4).
    """

    tokens: tuple[int, ...]
    """Target ids; the last one is EOS where the hypothesis is finished."""
    log_probs: tuple[float, ...]
    """log p of each token, given those before it and the source."""
    log_prob: float
    """Their sum."""
    score: float
    """What hypotheses are ranked by: `log_prob` after length normalisation and coverage penalty."""
    weights: Tensor = field(compare=False, repr=False)
    """(T, H, S) on the CPU: where the decoder looked as it said each token, EOS included. S is the
    width of the batch; the weights of padding are 0."""
    finished: bool = True
    """Whether EOS was said; False where the limit came first, or nothing more was possible."""

    p_gen: tuple[float, ...] | None = None
    """The chance, at each token, that it was generated and not copied; None where nothing is copied."""

    @property
    def said(self) -> tuple[int, ...]:
        """The tokens without EOS."""
        return self.tokens[:-1] if self.tokens and self.tokens[-1] == EOS else self.tokens

    @property
    def empty(self) -> bool:
        """Whether nothing was said but EOS."""
        return self.finished and len(self.tokens) == 1
