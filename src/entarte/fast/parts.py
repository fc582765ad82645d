"""The readable equations with faster parts: the twin of a Transformer.

A Transformer has no time loop, so its products are as large as they can be and the readable code is the fast
code, but for its dropout masks and, where they are made otherwise, its products. So those parts alone are
exchanged, by stand-ins that share the parameters; the module itself stays as it is.
"""

from __future__ import annotations

from typing import TypeVar

from torch import Tensor, nn

from entarte.edit import stand_in
from entarte.fast.drop import drop
from entarte.fast.products import Products

M = TypeVar("M", bound=nn.Module)


class Drop(nn.Module):
    """The twin of a dropout."""

    def __init__(self, inner: nn.Dropout) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, vectors: Tensor) -> Tensor:
        return drop(self.inner, vectors)


class Product(nn.Module):
    """The twin of a linear layer, its product made otherwise."""

    def __init__(self, inner: nn.Linear, products: Products) -> None:
        super().__init__()
        self.inner = inner
        self.products = products

    def forward(self, vectors: Tensor) -> Tensor:
        return self.products.linear(self.inner, vectors)


def quick(module: M, products: Products) -> M:
    """The module with faster parts and the same parameters."""
    found: dict[str, nn.Module] = {}
    for name, part in module.named_children():
        if type(part) is nn.Dropout:
            if part.training and part.p > 0:
                found[name] = Drop(part)
        elif type(part) is nn.Linear:
            if products.swift or products.narrow is not None:
                found[name] = Product(part, products)
        elif (twin := quick(part, products)) is not part:
            found[name] = twin
    return stand_in(module, **found) if found else module
