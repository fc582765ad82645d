"""Products in bfloat16: operands of 8 binary digits, sums in float32.

    y = round(round(x) Wᵀ + b)

The scores of words are not rounded. Weights and tables are bfloat16 in the file. A row depends on nothing but
itself, but for the order in which a library sums up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from onnx import TensorProto, helper

from entarte.export.graph import Graph, Matrix
from entarte.export.multiply import Products

WIDE, NARROW = TensorProto.FLOAT, TensorProto.BFLOAT16


class Narrow(Products):
    """bfloat16."""

    size = 2

    def hold(self, g: Graph, weight: Matrix, bias: Matrix) -> list[str]:
        return [*self.hold_table(g, weight), g.constant(bias)]

    def sums(self, g: Graph, x: str, held: Sequence[str], bounded: bool) -> str:
        weight, bias = held
        return g("Add", g("MatMul", self.coarse(g, x), g.turn(g("Cast", weight, to=WIDE), 1, 0)), bias)

    def coarse(self, g: Graph, y: str) -> str:
        return g("Cast", g("Cast", y, to=NARROW), to=WIDE)

    def hold_table(self, g: Graph, table: Matrix) -> list[str]:
        """Rounded to the nearest, to even among two."""
        digits = torch.from_numpy(np.ascontiguousarray(table)).to(torch.bfloat16).view(torch.int16).numpy()
        name = g.fresh("constant")
        g.keep(helper.make_tensor(name, NARROW, table.shape, digits.tobytes(), raw=True))
        return [name]

    def rows(self, g: Graph, held: Sequence[str], ids: str) -> str:
        return g("Cast", g.rows(held[0], ids), to=WIDE)
