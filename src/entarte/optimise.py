"""One update of the weights: gradient, clipping, the rate, the running average."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from entarte.schedule import Plateau, cosine, halving, inverse_sqrt, warm
from entarte.settings import Train


class Pace(NamedTuple):
    """Where a training stands: update from 1, epoch from 0, progress from 0 to 1."""

    update: int
    epoch: int
    progress: float


class Optimiser:
    """Adam, Adagrad or gradient descent, with the rate that the schedule says.

    Its whole state is named tensors, so that it can be saved without pickle and taken up again.
    """

    def __init__(self, model: nn.Module, settings: Train) -> None:
        self.settings = settings
        self.plateau = Plateau()
        self.names = [name for name, _ in model.named_parameters()]
        self.parameters: list[Tensor] = [parameter for _, parameter in model.named_parameters()]
        if settings.optimiser == "adam":
            self.torch: torch.optim.Optimizer = torch.optim.AdamW(
                self.parameters,
                lr=settings.rate,
                betas=(settings.betas[0], settings.betas[1]),
                eps=settings.epsilon,
                weight_decay=settings.weight_decay,
                fused=True,
            )
        elif settings.optimiser == "adagrad":
            self.torch = torch.optim.Adagrad(
                self.parameters,
                lr=settings.rate,
                eps=settings.epsilon,
                initial_accumulator_value=settings.accumulator,
                weight_decay=settings.weight_decay,
            )
        else:
            self.torch = torch.optim.SGD(
                self.parameters, lr=settings.rate, weight_decay=settings.weight_decay
            )
        self.average = [p.detach().clone() for p in self.parameters] if settings.ema else []
        self.averaged = 0

    def rate(self, pace: Pace) -> float:
        """The learning rate of an update."""
        settings = self.settings
        factor = warm(pace.update, settings.warmup)
        match settings.schedule:
            case "halving":
                factor *= halving(
                    pace.epoch, settings.decay_start, settings.decay_every, settings.decay_factor
                )
            case "plateau":
                factor *= settings.decay_factor**self.plateau.decays
            case "inverse-sqrt":
                factor *= inverse_sqrt(pace.update, settings.warmup)
            case "cosine":
                factor *= cosine(pace.progress)
        return settings.rate * factor

    def update(self, pace: Pace) -> float | None:
        """Clip and step; the gradient's norm, or None where it is not finite and nothing was changed."""
        clip = self.settings.clip or float("inf")
        norm = nn.utils.get_total_norm([p.grad for p in self.parameters if p.grad is not None])
        if not bool(torch.isfinite(norm)):
            self.torch.zero_grad(set_to_none=True)
            return None
        if bool(clip / (norm + 1e-6) < 1):  # else the factor is 1, and a pass over all gradients saved
            nn.utils.clip_grads_with_norm_(self.parameters, clip, norm)
        for group in self.torch.param_groups:
            group["lr"] = self.rate(pace)
        self.torch.step()
        self.torch.zero_grad(set_to_none=True)
        if self.average:
            # the average of few updates must not hang on the random start: the decay rises to its value
            self.averaged += 1
            decay = min(self.settings.ema, (1 + self.averaged) / (10 + self.averaged))
            with torch.no_grad():
                torch._foreach_lerp_(self.average, self.parameters, 1 - decay)
        return float(norm)

    def swap(self) -> None:
        """Exchange the weights and their running average, where there is one; again to go back."""
        with torch.no_grad():
            for mean, parameter in zip(self.average, self.parameters, strict=False):
                held = parameter.detach().clone()
                parameter.copy_(mean)
                mean.copy_(held)

    def tensors(self) -> dict[str, Tensor]:
        """The state as named tensors."""
        found: dict[str, Tensor] = {}
        for name, parameter in zip(self.names, self.parameters, strict=True):
            for key, value in self.torch.state.get(parameter, {}).items():
                if isinstance(value, Tensor):
                    found[f"{key}:{name}"] = value
        for name, mean in zip(self.names, self.average, strict=False):
            found[f"ema:{name}"] = mean
        return found

    def numbers(self) -> dict[str, Any]:
        """The rest of the state, as plain numbers."""
        return {"waited": self.plateau.waited, "decays": self.plateau.decays, "averaged": self.averaged}

    def restore(self, tensors: dict[str, Tensor], numbers: dict[str, Any]) -> None:
        """Take up a saved state."""
        self.plateau = Plateau(numbers["waited"], numbers["decays"])
        self.averaged = numbers["averaged"]
        by_name = dict(zip(self.names, self.parameters, strict=True))
        means = dict(zip(self.names, self.average, strict=False))
        for key, value in tensors.items():
            kind, name = key.split(":", 1)
            if kind == "ema":
                means[name].copy_(value)
            else:
                own = self.torch.state[by_name[name]]
                # of optimisers other than the fused one torch counts the steps on the processor
                beside = kind != "step" or self.settings.optimiser == "adam"
                own[kind] = value.to(by_name[name].device, copy=True) if beside else value.clone()
