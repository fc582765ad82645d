"""What every search shares: its call, and what it checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from entarte.errors import InputError
from entarte.search.hypothesis import Hypothesis
from entarte.search.score import Score
from entarte.search.trail import Leaf, Trail
from entarte.search.wish import Wish
from entarte.step import Stepper
from entarte.vocabulary import BOS, EOS, PAD


class Search(Protocol):
    """A way to find targets. Settings are the constructor's keyword-only arguments."""

    def __call__(
        self, stepper: Stepper, limits: Sequence[int] | Tensor, wishes: Sequence[Wish] | None = None
    ) -> list[list[Hypothesis]]:
        """For each source its hypotheses, best first.

        stepper  a model bound to B sources
        limits   (B,) most tokens of each target, EOS included; at least 1
        wishes   B constraints; None: none
        """
        ...


def checked(limits: Sequence[int] | Tensor, sources: int, longest: int = 0) -> list[int]:
    """The limits as a list.

    longest  where above 0: most tokens besides EOS, for all

    Raises ValueError where the number of limits is not that of the sources or one is below 1.
    """
    numbers = [int(limit) for limit in (limits.tolist() if isinstance(limits, Tensor) else limits)]
    if len(numbers) != sources:
        raise ValueError(f"{len(numbers)} limits for {sources} sources")
    if any(limit < 1 for limit in numbers):
        raise ValueError(f"a limit of {min(numbers)} tokens leaves no room for the end of the sentence")
    return [min(limit, longest + 1) for limit in numbers] if longest else numbers


def positive(least: int, **settings: int) -> None:
    """InputError where one of these settings is less than `least`."""
    for name, value in settings.items():
        if value < least:
            raise InputError(f"{name} is {value}; it must be {least} or more", setting=f"generate.{name}")


def alone(wishes: Sequence[Wish], search: str) -> None:
    """InputError where a wish requires phrases and the search cannot look for them."""
    if any(wish.required for wish in wishes):
        raise InputError(
            f"{search} cannot look for required phrases",
            setting="generate.kind",
            advice="Use 'beam' or 'exact'.",
        )


def device(state: Any) -> torch.device:
    """Where a decoder state lives: the device of its first tensor; the CPU where it has none."""
    if isinstance(state, Tensor):
        return state.device
    for part in state if isinstance(state, tuple) else ():
        if (found := device(part)).type != "cpu":
            return found
    return torch.device("cpu")


def possible(log_probs: Tensor, live: Tensor | None = None) -> Tensor:
    """The model's log-probabilities (R, V) as float32, -inf where nothing may be said.

    PAD and BOS are never said. Rows that are not live get -inf everywhere.

    Raises InputError where a live row holds NaN or a log-probability above 0: such a model is broken,
    and any search would hide it.
    """
    log_probs = log_probs.float()
    highest = log_probs.amax(dim=1)
    sound = highest <= 1e-3  # False for NaN, which amax hands on; rounding may give a little above 0
    if live is not None:
        sound = sound | ~live
    if not bool(sound.all()):
        value = highest[~sound][0].item()
        raise InputError(
            f"the model gave a log-probability of {value}, which is not the logarithm of a probability",
            advice="Its weights may have diverged in training; try an earlier checkpoint.",
        )
    log_probs = log_probs.index_fill(1, torch.tensor([PAD, BOS], device=log_probs.device), -torch.inf)
    if live is not None:
        log_probs = log_probs.masked_fill(~live.unsqueeze(1), -torch.inf)
    return log_probs


def rate(trail: Trail, leaf: Leaf, score: Score, mask: Tensor | None) -> float:
    """The score of a path. The mask (S,) of its source is needed for the coverage penalty alone."""
    weights = trail.path(leaf).weights if score.coverage else None
    return score.of(leaf.total, leaf.layer + 1, weights, mask)


def hypothesis(trail: Trail, leaf: Leaf, score: Score, mask: Tensor | None) -> Hypothesis:
    """A path as a result."""
    path = trail.path(leaf)
    return Hypothesis(
        tokens=path.tokens,
        log_probs=path.log_probs,
        log_prob=leaf.total,
        score=score.of(leaf.total, len(path.tokens), path.weights, mask),
        weights=path.weights,
        finished=leaf.token == EOS,
        p_gen=path.p_gen,
    )


def masks(stepper: Stepper, score: Score) -> list[Tensor | None]:
    """The mask (S,) of each source on the CPU, where the score needs it."""
    return list(stepper.mask.cpu()) if score.coverage else [None] * stepper.sources
