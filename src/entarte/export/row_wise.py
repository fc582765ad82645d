"""int8 with a scale for each row.

Each row of a matrix is kept as int8 with one scale, max |w| / 127. Each row of what is multiplied with it is
brought into int8 with a scale of its own as it comes (as in Wu et al. 2016, section 6, but by row), the sums
are exact integers, and both scales are put back:

    y_rn = s_r t_n Σ_k q_rk p_nk + b_n        x_rk ≈ s_r q_rk,  W_nk ≈ t_n p_nk

States and what a tanh says lie between −1 and 1 and nearly fill it: there s_r = 1 / 127 for all, and the
product ends with its bias added, which saves two passes over what comes out.

A scale for each row, and none for a whole batch, is what keeps law 2: the numbers of a row depend on that row
alone, and integers can be summed in any order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from entarte.export.front import LARGE, front
from entarte.export.graph import RUNTIME, Graph, Inside, Matrix
from entarte.export.multiply import Products
from entarte.export.place import Place
from entarte.export.ranked import ranked
from entarte.vocabulary import PAD

ZERO = 128
"""What stands for 0 in uint8, the form in which processors multiply fastest with int8."""


class RowWise(Products):
    """int8 with a scale for each row."""

    size = 1

    def hold(self, g: Graph, weight: Matrix, bias: Matrix) -> list[str]:
        return [*self.hold_table(g, weight), g.constant(bias)]

    def sums(self, g: Graph, x: str, held: Sequence[str], bounded: bool) -> str:
        weight, scale, bias = held
        zero, turned = g.constant(ZERO, np.uint8), g.turn(weight, 1, 0)
        rows, step = quantised(g, x, bounded)
        if bounded:
            return g("MatMulIntegerToFloat", rows, turned, step, scale, zero, "", bias, domain=RUNTIME)
        # integers are summed up, and brought back to float32 by the columns' scales while they are at hand
        found = g("MatMulIntegerToFloat", rows, turned, g.constant(1.0), scale, zero, domain=RUNTIME)
        return g("Add", g("Mul", found, g.wider(step, 1)), bias)

    def hold_table(self, g: Graph, table: Matrix) -> list[str]:
        return [g.constant(each) for each in narrow(table)]

    def rows(self, g: Graph, held: Sequence[str], ids: str) -> str:
        whole, scale = held
        rows = g("Cast", g.rows(whole, ids), to=1)
        return g("Mul", rows, g.wider(g.rows(scale, ids), -1))

    def words(
        self, g: Graph, features: str, weight: Matrix, bias: Matrix, bounded: bool, k: str, scores: str
    ) -> list[str]:
        """A large matrix brings what finds its best word sooner; the function itself does without."""
        if weight.size < LARGE:
            return super().words(g, features, weight, bias, bounded, k, scores)
        held = [*self.hold(g, weight, bias), *map(g.constant, front(*narrow(weight), bias))]

        def inside(f: Inside, names: Sequence[str]) -> list[str]:
            return ranked(f, self.sums(f, "x", names[:3], bounded), "k", "scores")

        inputs = {"x": features, "k": k, "scores": scores}
        return self.call(g, "Fronted", held, inputs, inside, bounded)

    # -- shortlists ----------------------------------------------------------------------------------

    def short(
        self, g: Graph, inputs: dict[str, str], weight: Matrix, bias: Matrix, bounded: bool
    ) -> list[str]:
        """As `words`, each row among the words of its sentence, x (R, F), place and back, words (B, L) filled
        up with PAD, k and scores: log_probs and places in the list (R, k).

        One product with the union of the lists, of which each row takes its own before they are summed up: so
        a row does not depend on what the others may say."""

        def inside(f: Inside, held: Sequence[str]) -> list[str]:
            place = Place(f, "place", "back")
            sentence = f("Div", "back", place.beam)
            own = f.rows("words", sentence)  # (R, L)
            among, _, which, _ = f.many("Unique", 4, f.shape("words", -1), sorted=1)
            logits = self.sums(f, "x", [f.rows(each, among) for each in held], bounded)
            at = f.rows(f("Reshape", which, f("Shape", "words")), sentence)
            mine = f("GatherElements", logits, at, axis=1)
            real = f("Equal", own, f.constant(PAD, np.int64))
            low = f("Where", real, f.constant(-np.inf, np.float32), mine)
            return ranked(f, low, "k", "scores")

        return self.call(g, "Short", self.held(g, weight, bias), inputs, inside, bounded)


def quantised(g: Graph, x: str, bounded: bool) -> tuple[str, str]:
    """x (R, K) as uint8 around ZERO, and the scale of each row (R,); of all rows () where |x| ≤ 1."""
    zero = g.constant(ZERO, np.uint8)
    if bounded:
        step = g.constant(1 / 127)
        return g("QuantizeLinear", x, step, zero), step
    most = g("ReduceMax", g("Abs", x), g.constant([1]), keepdims=0)
    step = g("Mul", g("Max", most, g.constant(1e-12)), g.constant(1 / 127))
    return g("QuantizeLinear", x, step, g("Expand", zero, g("Shape", step)), axis=0), step


def narrow(matrix: Matrix) -> tuple[NDArray[np.int8], Matrix]:
    """A matrix as int8, and the scale of each row.

    >>> narrow(np.array([[0.5, -1.0], [0.0, 0.0]], np.float32))[0]
    array([[  64, -127],
           [   0,    0]], dtype=int8)
    """
    scale = np.maximum(np.abs(matrix).max(1), 1e-12).astype(np.float32) / np.float32(127)
    return np.rint(matrix / scale[:, None]).astype(np.int8), scale
