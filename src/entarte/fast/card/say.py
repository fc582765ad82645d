"""The attentional vector on a card: beside its products, a kernel there and a kernel back."""

from __future__ import annotations

import torch
from torch import Tensor

from entarte.fast.card.kernels.plain import bend_backward, bend_forward
from entarte.fast.card.launch import pointwise, rows, step
from entarte.fast.products import Products
from entarte.fast.say import Back, SayAttentional


class Attentional(SayAttentional):
    """The same equations. Features are held as operands too."""

    def __init__(
        self,
        parameters: tuple[Tensor, ...],
        embedded: Tensor,
        width: int,
        dropped: Tensor | None,
        products: Products,
        context: int,
    ) -> None:
        whole = None if dropped is None else dropped.contiguous()
        super().__init__(parameters, embedded, width, whole, products, context)
        self.width = self.features.size(2)
        said = self.products.room(self.features)
        self.said = [None] * len(self.f) if said is self.features else said.unbind(0)

    def forward(self, t: int, before: Tensor, top: Tensor, context: Tensor) -> Tensor:
        bent = self.products.write(self.b[t], context, self.parts[0])
        self.products.add(bent, top, self.parts[1])
        kept = None if self.kept is None else self.kept[t]
        said = self.said[t]
        pointwise(bend_forward, bent, kept, bent, self.f[t], said, self.width)
        return self.f[t] if said is None else said

    def backward(self, t: int, dsaid: Tensor | None, dfed: Tensor | None) -> Back:
        found = [rows(slope) for slope in (dsaid, dfed) if slope is not None]
        one = found[0] if found else torch.zeros_like(self.f[t])
        beside = found[1] if len(found) > 1 else None
        kept = None if self.kept is None else self.kept[t]
        slope = self.a[t]
        given = kept, one, step(one), beside, step(beside), slope, None
        pointwise(bend_backward, self.b[t], *given, self.width)
        both = self.products.mm(slope, self.W)
        return None, both[:, self.c :], both[:, : self.c]
