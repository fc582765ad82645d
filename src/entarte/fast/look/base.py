"""What the time loop asks of an attention: a step there, a step back."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


class Look:
    """One pass over T steps. Letters as everywhere: B rows, S slots, D memory, Q query, C context, H heads.

    weights   (T, B, H, S), filled step by step
    contexts  (T, B, C), filled step by step
    """

    def __init__(self, steps: int, values: Tensor, heads: int, context: int) -> None:
        rows, slots, _ = values.shape
        self.weights = values.new_empty(steps, rows, heads, slots)
        self.contexts = values.new_empty(steps, rows, context)

    def forward(self, t: int, query: Tensor) -> Tensor:
        """query (B, Q) → context (B, C), in the type in which products read it or in its own."""
        raise TypeError(f"{type(self).__name__} does not look")

    def backward(
        self, t: int, dcontext: Tensor | None, dweights: Tensor | None, more: Tensor | None = None
    ) -> Tensor:
        """dcontext (B, C), dweights (B, H, S), or None → the gradient of the query, (B, Q).

        more  (B, Q), what is to be added to it; it is not changed
        """
        found = self.back(t, dcontext, dweights)
        return found if more is None else more + found

    def back(self, t: int, dcontext: Tensor | None, dweights: Tensor | None) -> Tensor:
        """`backward`, with nothing to be added."""
        raise TypeError(f"{type(self).__name__} does not look back")

    def gradients(self) -> list[Tensor | None]:
        """After the way back: the gradients of `Lookup.inputs`, in order."""
        raise TypeError(f"{type(self).__name__} has no gradients")

    def state(self) -> Any:
        """The attention's own state after the last step, or None."""
        return None


class ScoredLook(Look):
    """α = softmax(scores over real slots), c = Σ α v. A member says how it scores.

    So the gradient of the values is one product over all steps, after the loop.
    """

    def __init__(self, steps: int, values: Tensor, mask: Tensor) -> None:
        super().__init__(steps, values, 1, values.size(2))
        self.values = values
        self.turned = values.transpose(1, 2)
        self.bias = torch.zeros_like(mask, dtype=values.dtype).masked_fill_(~mask, -torch.inf).unsqueeze(1)
        self.w = self.weights.unbind(0)
        self.c = self.contexts.unsqueeze(2).unbind(0)
        self.queries: list[Tensor] = []
        self.slopes: list[Tensor] = []

    def score(self, t: int, query: Tensor) -> Tensor:
        """query (B, Q) → scores (B, 1, S), −inf on padding."""
        raise TypeError(f"{type(self).__name__} does not score")

    def unscore(self, t: int, dscores: Tensor) -> Tensor:
        """dscores (B, 1, S) → the gradient of the query, (B, Q)."""
        raise TypeError(f"{type(self).__name__} does not score")

    def forward(self, t: int, query: Tensor) -> Tensor:
        self.queries.append(query)
        weights = torch.softmax(self.score(t, query), -1, out=self.w[t])
        torch.bmm(weights, self.values, out=self.c[t])
        return self.c[t].squeeze(1)

    def back(self, t: int, dcontext: Tensor | None, dweights: Tensor | None) -> Tensor:
        weights = self.w[t]
        if dcontext is None:
            dcontext = torch.zeros_like(self.contexts[t])
            slope = torch.zeros_like(weights)
        else:
            slope = torch.bmm(dcontext.unsqueeze(1), self.turned)
        self.slopes.append(dcontext)
        if dweights is not None:
            slope += dweights
        return self.unscore(t, torch._softmax_backward_data(slope, weights, -1, slope.dtype))

    def dvalues(self) -> Tensor:
        """After the way back: the gradient of the values."""
        weights = self.weights.squeeze(2).permute(1, 2, 0)  # (B, S, T)
        return weights @ torch.stack(self.slopes[::-1], 1)
