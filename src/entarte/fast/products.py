"""Matrix products with narrow operands: bfloat16 in, summed in single precision, the result widened again.

A processor with bfloat16 products makes two of them in the time of one in single precision. Only operands,
and results as they leave a product, are narrow. Weights, states, softmaxes, losses and the gradients that
leave a node stay wide. Without a narrow type every product is as it would be without this file, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, pad

STEP = 32
"""Row counts of narrow products are multiples of this. The library builds a kernel for each count that it
meets, in about a millisecond, and keeps it: half a megabyte each, without end, as batches vary in size."""


class Products(NamedTuple):
    """How operands are multiplied.

    narrow  their type; None: as they come
    """

    narrow: torch.dtype | None = None

    def cast(self, operand: Tensor) -> Tensor:
        """As operands are held; what is narrow already is not copied."""
        return operand if self.narrow is None else operand.to(self.narrow)

    def room(self, like: Tensor) -> Tensor:
        """Room for a tensor's numbers as operands; the tensor itself where nothing is cast."""
        return like if self.narrow is None else torch.empty_like(like, dtype=self.narrow)

    def mm(self, a: Tensor, b: Tensor) -> Tensor:
        """a b, wide."""
        return a @ b if self.narrow is None else times(self.cast(a), self.cast(b)).float()

    def add(self, into: Tensor, a: Tensor, b: Tensor) -> Tensor:
        """into += a b."""
        return into.addmm_(a, b) if self.narrow is None else into.add_(times(self.cast(a), self.cast(b)))

    def write(self, out: Tensor, a: Tensor, b: Tensor) -> Tensor:
        """out = a b."""
        if self.narrow is None:
            return torch.mm(a, b, out=out)
        return out.copy_(times(self.cast(a), self.cast(b)))

    def affine(self, bias: Tensor, a: Tensor, b: Tensor, out: Tensor | None = None) -> Tensor:
        """bias + a b, wide."""
        if self.narrow is None:
            return torch.addmm(bias, a, b, out=out)
        return torch.add(times(self.cast(a), self.cast(b)), bias, out=out)

    def linear(self, layer: nn.Linear, vectors: Tensor) -> Tensor:
        """layer(vectors), wide, under autograd."""
        if self.narrow is None:
            found: Tensor = layer(vectors)
            return found
        bias = None if layer.bias is None else self.cast(layer.bias)
        rows = self.cast(vectors).flatten(0, -2)
        filled = pad(rows, (0, 0, 0, -len(rows) % STEP))
        said = linear(filled, self.cast(layer.weight), bias)[: len(rows)].float()
        return said.view(*vectors.shape[:-1], -1)


def times(a: Tensor, b: Tensor) -> Tensor:
    """a (N, K) b (K, M), both narrow; the result is wide where it is a sum of two.

    What varies from batch to batch is brought to few sizes: N where the rows of `a` lie one after the other,
    K where `a` is a transposed view, as in the gradient of a weight.
    """
    rows, inner = a.shape
    if a.stride(1) == 1:
        return (pad(a, (0, 0, 0, -rows % STEP)) @ b)[:rows] if rows % STEP else a @ b
    whole = inner - inner % STEP
    if whole in (0, inner):
        return a @ b
    return (a[:, :whole] @ b[:whole]).float().add_(a[:, whole:] @ b[whole:])


WIDE = Products()
NARROW = Products(torch.bfloat16)


def native() -> bool:
    """Whether the processor itself multiplies bfloat16; elsewhere such products are imitated, and slow."""
    ask: Callable[[], dict[str, Any]] = getattr(
        torch.cpu, "get_capabilities", dict
    )  # not there in torch 2.10
    return any(bool(has) for name, has in ask().items() if "bf16" in name)


def choose(precision: str, reasons: Sequence[str]) -> tuple[str, str]:
    """What `train.precision` comes to, float32 or bfloat16, and a sentence that says so and why.

    reasons  why the fast path is not taken somewhere, from `why_not`
    """
    if precision == "float32":
        return precision, ""
    slow = "" if native() else "this processor has no bfloat16 products of its own"
    if precision == "bfloat16":
        if reasons:
            return precision, "precision: bfloat16 where the fast path is taken, float32 elsewhere"
        return precision, f"precision: bfloat16, imitated: {slow}" if slow else "precision: bfloat16"
    if slow or reasons:
        why = slow or "the fast path does not cover this model"
        return "float32", f"precision: float32, because {why}"
    return "bfloat16", "precision: bfloat16"
