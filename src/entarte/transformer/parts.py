"""The parts of a layer beside its attention: the sum around every sublayer, and the feed-forward network."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from entarte.transformer.shape import Shape

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "gelu": functional.gelu,
    "silu": functional.silu,
}


class Residual(nn.Module):
    """The sum around a sublayer, and the norm at it.

    post  x' = norm(x + dropout(f(x)))      Vaswani et al. 2017, section 3.1
    pre   x' = x + dropout(f(norm(x)))      Xiong et al. 2020: trains without care; a norm stands at the end

    norm(x) = g ∘ (x − mean) / √(variance + 10⁻⁵) + b over the W numbers of a slot (Ba et al. 2016)

    read  whether the sublayer reads anything; where it does not, there is nothing to norm before it
    """

    def __init__(self, shape: Shape, *, read: bool = True) -> None:
        super().__init__()
        self.pre = shape.pre
        self.norm = nn.LayerNorm(shape.width) if read or not shape.pre else nn.Identity()
        self.dropout = nn.Dropout(shape.dropout)

    def before(self, stream: Tensor) -> Tensor:
        """What the sublayer reads."""
        read: Tensor = self.norm(stream) if self.pre else stream
        return read

    def after(self, stream: Tensor, said: Tensor) -> Tensor:
        """The stream behind the sublayer, which said so."""
        total: Tensor = stream + self.dropout(said)
        return total if self.pre else self.norm(total)


class FeedForward(nn.Module):
    """FFN(x) = act(x W_1 + b_1) W_2 + b_2, the same at every slot (Vaswani et al. 2017, eq. 2)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.activation = ACTIVATIONS[shape.activation]
        self.wide = nn.Linear(shape.width, shape.inner)
        self.narrow = nn.Linear(shape.inner, shape.width)
        self.dropout = nn.Dropout(shape.feed_forward_dropout)

    def forward(self, slots: Tensor) -> Tensor:
        """(…, W) → (…, W)."""
        said: Tensor = self.narrow(self.dropout(self.activation(self.wide(slots))))
        return said


def last_norm(shape: Shape) -> nn.Module:
    """What stands behind the last layer: a norm where the layers leave their sums unnormed."""
    return nn.LayerNorm(shape.width) if shape.pre else nn.Identity()
