"""Any attention: `attend` at each step, and autograd back through that one step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from entarte.attend import attend
from entarte.attention.base import Attention
from entarte.fast.look.base import Look
from entarte.memory import Memory


class ReplayedLook(Look):
    """Inputs: values, final, then the tensors of keys and first state, then the attention's parameters.

    begun  (B,) long, the number of the first step
    """

    def __init__(
        self,
        steps: int,
        inputs: tuple[Tensor, ...],
        mask: Tensor,
        attention: Attention,
        nest: Any,
        begun: Tensor,
    ) -> None:
        super().__init__(steps, inputs[0], attention.heads, attention.context_width)
        self.attention = attention
        self.begun = begun.unsqueeze(1)
        self.parameters = list(attention.parameters())
        self.leaves = [leaf(tensor) for tensor in inputs[: len(inputs) - len(self.parameters)]]
        values, final, *rest = self.leaves
        self.memory = Memory(values, mask, final, ())
        self.keys, self.now = refill(nest, iter(rest))
        self.starts = flatten(self.now)
        self.trips: list[tuple[list[Tensor], Tensor, Tensor, list[Tensor]]] = []
        self.sums: list[Tensor | None] = [None] * len(inputs)
        self.dstate: list[Tensor | None] = []

    def forward(self, t: int, query: Tensor) -> Tensor:
        with torch.enable_grad():
            asked = leaf(query.clone())  # the buffer that it lies in is still being written
            before = [leaf(tensor) for tensor in flatten(self.now)]
            state = refill(self.now, iter(before))
            looked = attend(self.attention, asked.unsqueeze(1), self.keys, self.memory, state, self.begun + t)
        after = flatten(looked.state)
        self.trips.append(([asked, *before], looked.context, looked.weights, after))
        self.now = refill(looked.state, (tensor.detach() for tensor in after))
        self.weights[t] = looked.weights.detach().squeeze(2)
        self.contexts[t] = looked.context.detach().squeeze(1)
        return self.contexts[t]

    def back(self, t: int, dcontext: Tensor | None, dweights: Tensor | None) -> Tensor:
        inputs, context, weights, after = self.trips.pop()
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
        for start, slope in zip(self.starts, self.dstate, strict=True):
            number = next(n for n, tensor in enumerate(self.leaves) if tensor is start)
            self.sums[number] = plus(self.sums[number], slope)
        return self.sums

    def state(self) -> Any:
        return self.now


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


def refill(nest: Any, tensors: Iterator[Tensor]) -> Any:
    """The same nest with other tensors."""
    if nest is None:
        return None
    if isinstance(nest, Tensor):
        return next(tensors)
    parts = [refill(part, tensors) for part in nest]
    return type(nest)(*parts) if hasattr(nest, "_fields") else tuple(parts)
