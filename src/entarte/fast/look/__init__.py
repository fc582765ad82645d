"""The attention inside the time loop: which equations serve which attention."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

from torch import Tensor

from entarte.attention.additive import Additive
from entarte.attention.coverage import Coverage
from entarte.attention.dot import Dot
from entarte.attention.general import General
from entarte.attention.scaled_dot import ScaledDot
from entarte.decoder.base import Decoder
from entarte.decoder.recurrent import Recurrent, RecurrentState
from entarte.fast.look.additive import AdditiveLook, CoverageLook
from entarte.fast.look.base import Look
from entarte.fast.look.bilinear import BilinearLook
from entarte.fast.look.replayed import ReplayedLook, flatten
from entarte.fast.products import Products
from entarte.memory import Memory
from entarte.window.everywhere import Everywhere


class Lookup:
    """The look of one pass. `inputs` are the tensors that it must be differentiated by.

    bilinear  what looks where scores are products
    """

    def __init__(
        self,
        decoder: Recurrent,
        memory: Memory,
        keys: Any,
        state: RecurrentState,
        bilinear: Callable[[int, tuple[Tensor, ...], Tensor, float], BilinearLook] = BilinearLook,
    ) -> None:
        self.bilinear = bilinear
        attention = decoder.attention
        self.attention = attention
        self.memory = memory
        self.begun = state.position
        self.nest = (keys, state.look)
        self.kind = type(attention) if type(attention.window) is Everywhere else None
        if self.kind in (Dot, ScaledDot, General):
            self.inputs = [memory.values, keys]
        elif self.kind in (Additive, Coverage):
            assert isinstance(attention, Additive)
            self.inputs = [memory.values, keys, attention.W.weight, attention.v.weight]
            if isinstance(attention, Coverage):
                assert attention.C.bias is not None
                self.inputs += [attention.C.weight, attention.C.bias, state.look]
        else:
            self.inputs = [memory.values, memory.final, *flatten(self.nest), *attention.parameters()]
        self.look: Look | None = None

    def open(self, steps: int, inputs: tuple[Tensor, ...]) -> Look:
        """Begin: inputs are the numbers of `self.inputs`."""
        mask = self.memory.mask
        if self.kind in (Dot, ScaledDot, General):
            scale = 1 / sqrt(self.attention.memory_width) if self.kind is ScaledDot else 1.0
            self.look = self.bilinear(steps, inputs, mask, scale)
        elif self.kind is Additive:
            self.look = AdditiveLook(steps, inputs, mask)
        elif self.kind is Coverage:
            self.look = CoverageLook(steps, inputs, mask)
        else:
            self.look = ReplayedLook(steps, inputs, mask, self.attention, self.nest, self.begun)
        return self.look

    @property
    def last(self) -> Any:
        """The attention's own state after the last step, without gradient."""
        return None if self.look is None else self.look.state()


def keys(decoder: Decoder, memory: Memory, products: Products) -> Any:
    """Equal to `decoder.keys(memory)`; narrow where the keys are one product."""
    if type(decoder) is Recurrent and (products.swift or products.narrow is not None):
        attention = decoder.attention
        if type(attention) is General:
            return products.linear(attention.W, memory.values)
        if type(attention) is Additive or type(attention) is Coverage:
            return products.linear(attention.U, memory.values)
    return decoder.keys(memory)
