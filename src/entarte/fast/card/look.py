"""A look with scores that are products, on a card: a kernel there, a kernel back."""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.fast.card.kernels.bilinear import look_backward, look_forward
from entarte.fast.card.launch import by_rows, rows, step
from entarte.fast.look.bilinear import BilinearLook
from entarte.fast.products import Products

MOST = 1024
"""Source slots whose scores one program can hold; longer sources are looked at in single operations."""


class Look(BilinearLook):
    """The same equations. A context is held as an operand too."""

    def __init__(
        self, steps: int, inputs: tuple[Tensor, ...], mask: Tensor, scale: float, products: Products
    ) -> None:
        super().__init__(steps, (inputs[0].contiguous(), inputs[1].contiguous()), mask, scale)
        self.sizes = self.values.size(1), self.keys.size(2), self.values.size(2)  # slots, asked, held
        asked = products.room(self.contexts)
        self.said = [None] * steps if asked is self.contexts else asked.unbind(0)

    def forward(self, t: int, query: Tensor) -> Tensor:
        self.queries.append(query)
        query, context, said = rows(query), self.contexts[t], self.said[t]
        given = step(query), self.keys, self.values, self.bias, self.scale, self.w[t], context, said
        by_rows(look_forward, *self.shape(), query, *given, *self.sizes)
        return context if said is None else said

    def backward(
        self, t: int, dcontext: Tensor | None, dweights: Tensor | None, more: Tensor | None = None
    ) -> Tensor:
        weights, dquery = self.w[t], self.keys.new_empty(len(self.keys), self.keys.size(2))
        dscores = torch.empty_like(weights)
        self.dscores.append(dscores)
        self.slopes.append(torch.zeros_like(self.contexts[t]) if dcontext is None else dcontext)
        dcontext, more = (None if each is None else rows(each) for each in (dcontext, more))
        moved = (0, 0) if dweights is None else (dweights.stride(0), dweights.stride(2))
        given = self.values, weights, self.scale, dscores, dquery
        above = dcontext, step(dcontext), dweights, *moved, more, step(more)
        by_rows(look_backward, *self.shape(), self.keys, *given, *above, *self.sizes)
        return dquery

    def shape(self) -> tuple[int, int, int]:
        """Rows, slots, and the width of the wider of keys and values."""
        slots, asked, held = self.sizes
        return len(self.values), slots, max(asked, held)


def bilinear(
    steps: int, inputs: tuple[Tensor, ...], mask: Tensor, scale: float, products: Products
) -> BilinearLook:
    """The look for these sources."""
    if mask.size(1) > MOST:
        return BilinearLook(steps, inputs, mask, scale)
    return Look(steps, inputs, mask, scale, products)
