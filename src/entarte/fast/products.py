"""Matrix products: single precision by the faster library, or narrow operands, bfloat16 in, summed wide.

A processor with bfloat16 products makes two of them in the time of one in single precision. Only operands,
and results as they leave a product, are narrow. Weights, states, softmaxes, losses and the gradients that
leave a node stay wide. In single precision every product is torch's own, or, where `fast.swift` says that
this is faster here, oneDNN's: as exact, but summed in another order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, pad

from entarte.device import CPU
from entarte.fast import card, outer, own, swift

STEP = 32
"""Row counts of narrow products are multiples of this, and larger ones of more (`swift.upward`)."""


class Products(NamedTuple):
    """How operands are multiplied.

    narrow   their type; None: as they come
    swift    as they come, and by oneDNN where its conditions hold
    kernels  recurrent layers as a whole by the library's own kernels
    fused    on a card: what is not a product in a step of a loop by one kernel of ours (`fast.card`), and
             narrow operands summed into wide results at once
    ours     on a processor: kernels of our own (`fast.own`) for gradients of weights, which are sums over
             many slots, for the cells, and between the products of the output layer
    """

    narrow: torch.dtype | None = None
    swift: bool = False
    kernels: bool = False
    fused: bool = False
    ours: bool = False

    def cast(self, operand: Tensor) -> Tensor:
        """As operands are held; what is narrow already is not copied."""
        return operand if self.narrow is None else operand.to(self.narrow)

    def room(self, like: Tensor) -> Tensor:
        """Room for a tensor's numbers as operands; the tensor itself where nothing is cast."""
        return like if self.narrow is None else torch.empty_like(like, dtype=self.narrow)

    def dense(self, operand: Tensor) -> Tensor:
        """A part of a weight, laid out so that many products with it are fast."""
        return operand.contiguous() if self.swift else operand

    def own(self, a: Tensor, b: Tensor) -> bool:
        """Whether torch multiplies these by itself, and can add or write in place."""
        return self.narrow is None and not (self.swift and swift.fits(a, b))

    def summed(self, out: Tensor | None, a: Tensor, b: Tensor, more: bool = False) -> Tensor | None:
        """out = a b, or out += a b, where this is a sum over slots; None where it is not, or not for us."""
        if not self.ours or a.stride(0) != 1:
            return None
        return outer.product(self.cast(a), self.cast(b), out, more)

    def mm(self, a: Tensor, b: Tensor) -> Tensor:
        """a b, wide."""
        if (found := self.summed(None, a, b)) is not None:
            return found
        if self.own(a, b):
            return a @ b
        if self.fused:
            return torch.mm(self.cast(a), self.cast(b), out_dtype=torch.float32)
        return swift.times(a, b) if self.swift else times(self.cast(a), self.cast(b)).float()

    def add(self, into: Tensor, a: Tensor, b: Tensor) -> Tensor:
        """into += a b."""
        if self.summed(into, a, b, more=True) is not None:
            return into
        if self.own(a, b):
            return into.addmm_(a, b)
        return self.affine(into, a, b, out=into) if self.fused else into.add_(self.rounded(a, b))

    def write(self, out: Tensor, a: Tensor, b: Tensor) -> Tensor:
        """out = a b."""
        if self.summed(out, a, b) is not None:
            return out
        if self.own(a, b):
            return torch.mm(a, b, out=out)
        if self.fused:
            return torch.mm(self.cast(a), self.cast(b), out_dtype=torch.float32, out=out)
        return out.copy_(self.rounded(a, b))

    def affine(self, bias: Tensor, a: Tensor, b: Tensor, out: Tensor | None = None) -> Tensor:
        """bias + a b, wide."""
        if self.own(a, b):
            return torch.addmm(bias, a, b, out=out)
        if self.fused:
            out = a.new_empty(len(a), b.size(1), dtype=torch.float32) if out is None else out
            return torch.addmm(bias, self.cast(a), self.cast(b), out_dtype=torch.float32, out=out)
        if self.swift and out is None and bias.dim() == 1:
            return swift.times(a, b, bias)
        return torch.add(self.rounded(a, b), bias, out=out)

    def rounded(self, a: Tensor, b: Tensor) -> Tensor:
        """a b as it leaves a product that is not torch's own."""
        return swift.times(a, b) if self.swift else times(self.cast(a), self.cast(b))

    def linear(self, layer: nn.Linear, vectors: Tensor) -> Tensor:
        """layer(vectors), wide, under autograd."""
        if self.swift and layer.bias is None:
            return swift.linear(vectors, layer.weight)
        if self.narrow is None:
            found: Tensor = layer(vectors)
            return found
        bias = None if layer.bias is None else self.cast(layer.bias)
        rows = self.cast(vectors).flatten(0, -2)
        filled = pad(rows, (0, 0, 0, swift.upward(len(rows), STEP) - len(rows)))
        said = linear(filled, self.cast(layer.weight), bias)[: len(rows)].float()
        return said.view(*vectors.shape[:-1], -1)


def times(a: Tensor, b: Tensor) -> Tensor:
    """a (N, K) b (K, M), both narrow; the result is wide where it is a sum of two.

    What varies from batch to batch is brought to few sizes: N where the rows of `a` lie one after the other,
    K where `a` is a transposed view, as in the gradient of a weight.
    """
    rows, inner = a.shape
    if a.stride(1) == 1:
        return (swift.filled(a, STEP) @ b)[:rows]
    whole = inner - inner % STEP
    if whole in (0, inner):
        return a @ b
    return (a[:, :whole] @ b[:whole]).float().add_(a[:, whole:] @ b[whole:])


WIDE = Products()
NARROW = Products(torch.bfloat16)
SWIFT = Products(swift=True)


def wide() -> Products:
    """Single precision as it is fastest here."""
    return Products(swift=swift.pays(), ours=own.pays(torch.float32))


def fitting(precision: str, device: torch.device) -> Products:
    """How operands of a precision, float32 or bfloat16, are multiplied fastest on a device."""
    narrow = NARROW._replace(ours=own.pays(torch.bfloat16))
    here = narrow if precision == "bfloat16" else wide()
    if device.type == "cpu":
        return here
    return Products(here.narrow, kernels=True, fused=device.type == "cuda" and card.works(device))


def native(device: torch.device) -> bool:
    """Whether the device itself multiplies bfloat16; elsewhere such products are imitated, and slow."""
    if device.type != "cpu":
        return device.type != "cuda" or torch.cuda.is_bf16_supported(including_emulation=False)
    ask: Callable[[], dict[str, Any]] = getattr(
        torch.cpu, "get_capabilities", dict
    )  # not there in torch 2.10
    return any(bool(has) for name, has in ask().items() if "bf16" in name)


def choose(precision: str, reasons: Sequence[str], device: torch.device = CPU) -> tuple[str, str]:
    """What `train.precision` comes to, float32 or bfloat16, and a sentence that says so and why.

    reasons  why the fast path is not taken somewhere, from `why_not`
    """
    if precision == "float32":
        return precision, ""
    slow = "" if native(device) else "this processor has no bfloat16 products of its own"
    if precision == "bfloat16":
        if reasons:
            return precision, "precision: bfloat16 where the fast path is taken, float32 elsewhere"
        return precision, f"precision: bfloat16, imitated: {slow}" if slow else "precision: bfloat16"
    if slow or reasons:
        why = slow or "the fast path does not cover this model"
        return "float32", f"precision: float32, because {why}"
    return "bfloat16", "precision: bfloat16"
