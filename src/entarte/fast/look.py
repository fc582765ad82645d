"""The attention inside the time loop: a step there, a step back.

`Bilinear` knows the equations of dot, scaled dot and general attention, so that the gradients of keys
and values are one product each after the loop. `Replayed` takes any attention: it runs `attend` at each
step and lets autograd go back through that one step.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import torch
from torch import Tensor

from entarte.attend import attend
from entarte.attention.base import Attention
from entarte.attention.dot import Dot
from entarte.attention.general import General
from entarte.attention.scaled_dot import ScaledDot
from entarte.memory import Memory
from entarte.window.everywhere import Everywhere


class Look:
    """What a loop asks of an attention.

    weights  (T, B, H, S), filled step by step
    """

    weights: Tensor

    def forward(self, t: int, query: Tensor) -> Tensor:
        """query (B, Q) → context (B, C)."""
        raise TypeError(f"{type(self).__name__} does not look")

    def backward(self, t: int, dcontext: Tensor | None, dweights: Tensor | None) -> Tensor:
        """dcontext (B, C), dweights (B, H, S) or None → the gradient of the query."""
        raise TypeError(f"{type(self).__name__} does not look back")

    def gradients(self) -> list[Tensor | None]:
        """After the way back: gradients of `Lookup.inputs`, in order."""
        raise TypeError(f"{type(self).__name__} has no gradients")

    def state(self) -> Any:
        """The attention's own state after the last step, or None."""
        return None


class Bilinear(Look):
    """α = softmax(scale · K q), c = Σ α v. Inputs: values (B, S, D), keys (B, S, Q)."""

    def __init__(self, steps: int, values: Tensor, keys: Tensor, mask: Tensor, scale: float) -> None:
        rows, slots, _ = values.shape
        self.values, self.keys, self.scale = values, keys, scale
        self.weights = values.new_empty(steps, rows, 1, slots)
        self.queries = keys.new_empty(steps, rows, keys.size(2))
        self.bias = torch.zeros_like(mask, dtype=values.dtype).masked_fill_(~mask, -torch.inf).unsqueeze(1)
        self.dcontexts: Tensor | None = None
        self.dscores: Tensor | None = None

    def forward(self, t: int, query: Tensor) -> Tensor:
        self.queries[t] = query
        asked = query.unsqueeze(1)
        scores = torch.baddbmm(self.bias, asked, self.keys.transpose(1, 2), alpha=self.scale)
        weights = torch.softmax(scores, -1, out=self.weights[t])
        return torch.bmm(weights, self.values).squeeze(1)

    def backward(self, t: int, dcontext: Tensor | None, dweights: Tensor | None) -> Tensor:
        if self.dcontexts is None or self.dscores is None:
            self.dscores = torch.empty_like(self.weights)
            self.dcontexts = self.values.new_zeros(*self.queries.shape[:2], self.values.size(2))
        weights = self.weights[t]
        if dcontext is not None:
            self.dcontexts[t] = dcontext
            slope = torch.bmm(dcontext.unsqueeze(1), self.values.transpose(1, 2))
        else:
            slope = torch.zeros_like(weights)
        if dweights is not None:
            slope += dweights
        dscores = torch._softmax_backward_data(slope, weights, -1, slope.dtype)
        if self.scale != 1.0:
            dscores *= self.scale
        self.dscores[t] = dscores
        return torch.bmm(dscores, self.keys).squeeze(1)

    def gradients(self) -> list[Tensor | None]:
        assert self.dscores is not None
        assert self.dcontexts is not None
        there = self.weights.squeeze(2).permute(1, 2, 0)  # (B, S, T)
        back = self.dscores.squeeze(2).permute(1, 2, 0)
        return [there @ self.dcontexts.transpose(0, 1), back @ self.queries.transpose(0, 1)]


class Replayed(Look):
    """Any attention. Inputs: values, final, then the tensors of keys and start state, then parameters."""

    def __init__(
        self,
        steps: int,
        attention: Attention,
        nest: Any,
        inputs: tuple[Tensor, ...],
        mask: Tensor,
        begun: Tensor,
    ) -> None:
        self.attention = attention
        self.begun = begun
        self.parameters = list(attention.parameters())
        count = len(inputs) - len(self.parameters)
        self.leaves = [leaf(tensor) for tensor in inputs[:count]]
        values, final, *rest = self.leaves
        self.memory = Memory(values, mask, final, ())
        self.keys, self.state_ = refill(nest, iter(rest))
        self.starts = flatten(self.state_)
        self.steps: list[tuple[list[Tensor], Tensor, Tensor, list[Tensor]]] = []
        self.sums: list[Tensor | None] = [None] * len(inputs)
        self.dstate: list[Tensor | None] = []
        self.weights = values.new_empty(steps, values.size(0), attention.heads, values.size(1))

    def forward(self, t: int, query: Tensor) -> Tensor:
        with torch.enable_grad():
            asked = leaf(query.clone())  # the buffer that it lies in is still being written
            before = [leaf(tensor) for tensor in flatten(self.state_)]
            state = refill(self.state_, iter(before))
            position = (self.begun + t).unsqueeze(1)
            looked = attend(self.attention, asked.unsqueeze(1), self.keys, self.memory, state, position)
        self.steps.append(([asked, *before], looked.context, looked.weights, flatten(looked.state)))
        self.state_ = refill(looked.state, (tensor.detach() for tensor in flatten(looked.state)))
        self.weights[t] = looked.weights.detach().squeeze(2)
        return looked.context.detach().squeeze(1)

    def backward(self, t: int, dcontext: Tensor | None, dweights: Tensor | None) -> Tensor:
        inputs, context, weights, after = self.steps.pop()
        pairs = [
            (context, None if dcontext is None else dcontext.unsqueeze(1)),
            (weights, None if dweights is None else dweights.unsqueeze(2)),
            *zip(after, self.dstate or [None] * len(after), strict=True),
        ]
        pairs = [(out, slope) for out, slope in pairs if slope is not None and out.requires_grad]
        shared = [*self.leaves, *self.parameters]
        wanted = [tensor for tensor in [*inputs, *shared] if tensor.requires_grad]
        found: dict[int, Tensor | None] = {}
        if pairs:
            slopes = torch.autograd.grad(
                [out for out, _ in pairs], wanted, [slope for _, slope in pairs], allow_unused=True
            )
            found = {id(tensor): slope for tensor, slope in zip(wanted, slopes, strict=True)}
        for number, tensor in enumerate(shared):
            self.sums[number] = plus(self.sums[number], found.get(id(tensor)))
        self.dstate = [found.get(id(tensor)) for tensor in inputs[1:]]
        asked = found.get(id(inputs[0]))
        return torch.zeros_like(inputs[0]) if asked is None else asked

    def gradients(self) -> list[Tensor | None]:
        # the start state's own leaves were only copied into the first step's
        for start, slope in zip(self.starts, self.dstate, strict=True):
            number = next(n for n, tensor in enumerate(self.leaves) if tensor is start)
            self.sums[number] = plus(self.sums[number], slope)
        return self.sums

    def state(self) -> Any:
        return self.state_


class Lookup:
    """Which `Look` serves an attention, and the tensors it must be differentiated by."""

    def __init__(self, attention: Attention, memory: Memory, keys: Any, state: Any, begun: Tensor) -> None:
        self.attention = attention
        self.mask = memory.mask
        self.begun = begun
        self.look: Look | None = None
        kind = type(attention)
        self.bilinear = kind in (Dot, ScaledDot, General) and type(attention.window) is Everywhere
        self.scale = 1 / sqrt(attention.memory_width) if kind is ScaledDot else 1.0
        if self.bilinear:
            self.inputs = [memory.values, keys]
        else:
            self.nest = (keys, state)
            self.inputs = [memory.values, memory.final, *flatten(self.nest), *attention.parameters()]

    def open(self, steps: int, inputs: tuple[Tensor, ...]) -> Look:
        if self.bilinear:
            self.look = Bilinear(steps, inputs[0], inputs[1], self.mask, self.scale)
        else:
            self.look = Replayed(steps, self.attention, self.nest, inputs, self.mask, self.begun)
        return self.look

    @property
    def last(self) -> Any:
        """The attention's own state after the last step, without gradient."""
        return None if self.look is None else self.look.state()


def leaf(tensor: Tensor) -> Tensor:
    """The same numbers, from which autograd starts afresh."""
    return tensor.detach().requires_grad_(tensor.is_floating_point())


def plus(total: Tensor | None, more: Tensor | None) -> Tensor | None:
    """The sum, where None is nothing."""
    if more is None:
        return total
    return more.clone() if total is None else total.add_(more)


def flatten(nest: Any) -> list[Tensor]:
    """The tensors of a nest of tuples, in order."""
    if nest is None:
        return []
    if isinstance(nest, Tensor):
        return [nest]
    return [tensor for part in nest for tensor in flatten(part)]


def refill(nest: Any, tensors: Any) -> Any:
    """The same nest with other tensors."""
    if nest is None:
        return None
    if isinstance(nest, Tensor):
        return next(tensors)
    parts = [refill(part, tensors) for part in nest]
    return type(nest)(*parts) if hasattr(nest, "_fields") else tuple(parts)
