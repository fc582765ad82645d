"""Matrix products and tables of rows in the kinds of numbers that an export can have.

    onnx      float32, as the model was trained
    bfloat16  in `narrow`
    int8      Each row of a matrix is kept as int8 with one scale, max |w| / 127. Each row of what is
              multiplied with it is brought into int8 with a scale of its own as it comes (as in Wu et al.
              2016, section 6, but by row), the sums are exact integers, and both scales are put back:

              y_rn = s_r t_n Σ_k q_rk p_nk + b_n        x_rk ≈ s_r q_rk,  W_nk ≈ t_n p_nk

              States and what a tanh says lie between −1 and 1 and nearly fill it: there s_r = 1 / 127 for
              all, and the product ends with its bias added, which saves two passes over what comes out.

A scale for each row, and none for a whole batch, is what keeps law 2: the numbers of a row depend on that row
alone, and integers can be summed in any order.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from entarte.export.graph import RUNTIME, Graph, Matrix
from entarte.export.narrow import Narrow
from entarte.export.ranked import ranked

ZERO = 128
"""What stands for 0 in uint8, the form in which processors multiply fastest with int8."""


class Products(Protocol):
    """How an export multiplies."""

    size: int
    """Bytes of a number of a table."""

    def linear(
        self, g: Graph, x: str, weight: Matrix, bias: Matrix | None = None, bounded: bool = False
    ) -> str:
        """x (R, K) times the transpose of weight (N, K), plus bias (N,): (R, N). bounded: |x| ≤ 1."""
        ...

    def table(self, g: Graph, table: Matrix, ids: str) -> str:
        """Rows of a table (V, N) by ids (…): (…, N)."""
        ...

    def words(
        self, g: Graph, features: str, weight: Matrix, bias: Matrix, bounded: bool, k: str, scores: str
    ) -> list[str]:
        """The k most probable words: log_probs and ids (R, k). See `ranked`."""
        ...


class Wide:
    """float32."""

    size = 4

    def linear(
        self, g: Graph, x: str, weight: Matrix, bias: Matrix | None = None, bounded: bool = False
    ) -> str:
        y = g("MatMul", x, g.constant(weight.T))
        return y if bias is None else g("Add", y, g.constant(bias))

    def table(self, g: Graph, table: Matrix, ids: str) -> str:
        return g.rows(g.constant(table), ids)

    def words(
        self, g: Graph, features: str, weight: Matrix, bias: Matrix, bounded: bool, k: str, scores: str
    ) -> list[str]:
        return ranked(g, self.linear(g, features, weight, bias, bounded), k, scores)


class RowWise:
    """int8 with a scale for each row."""

    size = 1

    def linear(
        self, g: Graph, x: str, weight: Matrix, bias: Matrix | None = None, bounded: bool = False
    ) -> str:
        whole, scale = narrow(weight)
        added = None if bias is None else g.constant(bias)
        return row_wise(g, x, g.constant(whole.T), g.constant(scale), added, bounded)

    def table(self, g: Graph, table: Matrix, ids: str) -> str:
        whole, scale = narrow(table)
        rows = g("Cast", g.rows(g.constant(whole), ids), to=1)
        return g("Mul", rows, g.wider(g.rows(g.constant(scale), ids), -1))

    def words(
        self, g: Graph, features: str, weight: Matrix, bias: Matrix, bounded: bool, k: str, scores: str
    ) -> list[str]:
        return ranked(g, self.linear(g, features, weight, bias, bounded), k, scores)


def row_wise(g: Graph, x: str, weight: str, scale: str, bias: str | None, bounded: bool = False) -> str:
    """x (R, K) float32, weight (K, N) int8, scale (N,) and bias (N,) → (R, N). bounded: |x| ≤ 1."""
    zero = g.constant(ZERO, np.uint8)
    if bounded:
        step = g.constant(1 / 127)
        rows = g("QuantizeLinear", x, step, zero)
        return g("MatMulIntegerToFloat", rows, weight, step, scale, zero, "", bias or "", domain=RUNTIME)
    most = g("ReduceMax", g("Abs", x), g.constant([1]), keepdims=0)
    small = g("Mul", g("Max", most, g.constant(1e-12)), g.constant(1 / 127))
    rows = g("QuantizeLinear", x, small, g("Expand", zero, g("Shape", small)), axis=0)
    one = g.constant(1.0)
    # integers are summed up, and brought back to float32 by the columns' scales while they are at hand
    sums = g("MatMulIntegerToFloat", rows, weight, one, scale, zero, domain=RUNTIME)
    y = g("Mul", sums, g.wider(small, 1))
    return y if bias is None else g("Add", y, bias)


def narrow(matrix: Matrix) -> tuple[NDArray[np.int8], Matrix]:
    """A matrix as int8, and the scale of each row.

    >>> narrow(np.array([[0.5, -1.0], [0.0, 0.0]], np.float32))[0]
    array([[  64, -127],
           [   0,    0]], dtype=int8)
    """
    scale = np.maximum(np.abs(matrix).max(1), 1e-12).astype(np.float32) / np.float32(127)
    return np.rint(matrix / scale[:, None]).astype(np.int8), scale


PRODUCTS: dict[str, type[Products]] = {"onnx": Wide, "bfloat16": Narrow, "int8": RowWise}
"""By kind of export."""
