"""Several models that speak with one voice: an ensemble is another Stepper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn.functional import pad

from entarte.errors import InputError, did_you_mean
from entarte.search.trail import stack
from entarte.step import Step, Stepper, lead

Mean = Literal["probabilities", "log-probabilities"]
MEANS = ("probabilities", "log-probabilities")


class Ensemble:
    """Models of any kind that share the target vocabulary, bound to the same sources.

    The weights of a step are (R, M, S): one row for each of the M members, which is the mean over the heads
    that stand for that member. So the mean over the H axis, which everything takes that wants one
    distribution, is the mean over the members, and `member` gives each one's own. Where members cut the
    sources differently, S is the widest, their mean means nothing, and `mask` refuses.

    members  Steppers, at least one
    mean     probabilities: log of the mean of p; log-probabilities: the mean of log p, normalised again
             (their geometric mean)
    """

    def __init__(self, members: Sequence[Stepper], *, mean: Mean = "probabilities") -> None:
        if not members:
            raise InputError("an ensemble needs at least one model")
        if mean not in MEANS:
            raise InputError(
                f"there is no mean of {mean!r}",
                setting="generate.mean",
                advice=did_you_mean(str(mean), MEANS),
            )
        if len({member.sources for member in members}) > 1:
            raise ValueError(f"members bound to {[member.sources for member in members]} sources")
        self.members = tuple(members)
        self.mean: Mean = mean

    @property
    def sources(self) -> int:
        return self.members[0].sources

    @property
    def mask(self) -> Tensor:
        """(B, S), the members' common one. Raises InputError where they differ."""
        first, *others = (member.mask for member in self.members)
        if any(not torch.equal(first, other.to(first.device)) for other in others):
            raise InputError(
                "the models of the ensemble cut the sources into different pieces, "
                "so their attention cannot be averaged",
                advice="Leave out the coverage penalty, or use models that share the source vocabulary.",
            )
        return first

    def start(self) -> tuple[Any, ...]:
        """Every member's own state."""
        return tuple(member.start() for member in self.members)

    def step(self, tokens: Tensor, state: tuple[Any, ...]) -> Step:
        """Every member reads the token; one distribution comes out.

        What one member can copy and another cannot, that other one gives no chance. `p_gen` is the members'
        mean; a member that copies nothing generates for certain.

        Raises InputError where the members' vocabularies have different sizes.
        """
        steps = [member.step(tokens, own) for member, own in zip(self.members, state)]
        sizes = [step.log_probs.size(1) - step.beyond for step in steps]
        if len(set(sizes)) > 1:
            raise InputError(
                f"the target vocabularies of the ensemble have {', '.join(map(str, sizes))} entries",
                advice="Give models that were trained with the same target vocabulary.",
            )
        looks = [lead(member, step.weights) for member, step in zip(self.members, steps)]
        weights = stack([look.mean(dim=1).float() for look in looks]).transpose(0, 1)  # (R, M, S)
        beyond = max(step.beyond for step in steps)
        widened = [pad(step.log_probs, (0, beyond - step.beyond), value=-torch.inf) for step in steps]
        p_gen = None
        if any(step.p_gen is not None for step in steps):
            certain = torch.ones(len(tokens), device=tokens.device)
            p_gen = torch.stack([certain if s.p_gen is None else s.p_gen.float() for s in steps]).mean(0)
        state = tuple(step.state for step in steps)
        return Step(mixture(widened, self.mean), weights, state, p_gen, beyond)

    def keep(self, sources: Tensor) -> Ensemble:
        return Ensemble([member.keep(sources) for member in self.members], mean=self.mean)


def mixture(log_probs: Sequence[Tensor], mean: Mean) -> Tensor:
    """The members' distributions as one: M × (R, V) → (R, V).

    >>> sure, unsure = torch.tensor([[0.8, 0.2]]).log(), torch.tensor([[0.5, 0.5]]).log()
    >>> mixture([sure, unsure], "probabilities").exp()
    tensor([[0.6500, 0.3500]])
    >>> mixture([sure, unsure], "log-probabilities").exp()  # √0.4 : √0.1 = 2 : 1
    tensor([[0.6667, 0.3333]])
    """
    each = torch.stack([one.float() for one in log_probs])  # (M, R, V)
    if mean == "probabilities":
        return each.logsumexp(dim=0) - math.log(len(log_probs))
    total = each.mean(dim=0)
    norm = total.logsumexp(dim=1, keepdim=True)
    return torch.where(norm > -torch.inf, total - norm, total)


def member(weights: Tensor, number: int) -> Tensor:
    """One member's weights out of an ensemble's hypothesis: (T, M, S) → (T, 1, S)."""
    return weights[:, number : number + 1]


def together(weights: Tensor) -> Tensor:
    """The members' mean: (T, M, S) → (T, 1, S)."""
    return weights.mean(dim=1, keepdim=True)
