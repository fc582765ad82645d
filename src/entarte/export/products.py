"""Matrix products and tables of rows in the kinds of numbers that an export can have.

onnx      float32, as the model was trained
bfloat16  in `narrow`
int8      in `row_wise`
"""

from __future__ import annotations

from collections.abc import Sequence

from entarte.export.graph import Graph, Matrix
from entarte.export.multiply import Products
from entarte.export.narrow import Narrow
from entarte.export.row_wise import RowWise


class Wide(Products):
    """float32."""

    size = 4

    def hold(self, g: Graph, weight: Matrix, bias: Matrix) -> list[str]:
        return [g.constant(weight), g.constant(bias)]

    def sums(self, g: Graph, x: str, held: Sequence[str], bounded: bool) -> str:
        weight, bias = held
        return g("Add", g("MatMul", x, g.turn(weight, 1, 0)), bias)

    def hold_table(self, g: Graph, table: Matrix) -> list[str]:
        return [g.constant(table)]

    def rows(self, g: Graph, held: Sequence[str], ids: str) -> str:
        return g.rows(held[0], ids)


PRODUCTS: dict[str, type[Products]] = {"onnx": Wide, "bfloat16": Narrow, "int8": RowWise}
"""By kind of export."""
