"""Products in bfloat16: operands of 8 binary digits, sums in float32.

What is done is written down as functions of ONNX in terms of its own operators, so that any runtime can run
an export, if slowly; `entarte.engine.narrow` does the same in one product each. They are

    Linear(x, weight, bias)                     y = round(round(x) Wᵀ + b)
    Words(features, weight, bias, k, scores)    the k largest of log softmax(round(x) Wᵀ + b)

Weights and tables are bfloat16 in the file. A row depends on nothing but itself, but for the order in which a
library sums up.
"""

from __future__ import annotations

import numpy as np
import torch
from onnx import FunctionProto, TensorProto, helper

from entarte.export.graph import OPSET, OURS, Graph, Matrix
from entarte.export.ranked import ranked

WIDE, NARROW = TensorProto.FLOAT, TensorProto.BFLOAT16


class Narrow:
    """bfloat16."""

    size = 2

    def linear(
        self, g: Graph, x: str, weight: Matrix, bias: Matrix | None = None, bounded: bool = False
    ) -> str:
        return g.call(linear(), x, held(g, weight), added(g, weight, bias))[0]

    def table(self, g: Graph, table: Matrix, ids: str) -> str:
        return g("Cast", g.rows(held(g, table), ids), to=WIDE)

    def words(
        self, g: Graph, features: str, weight: Matrix, bias: Matrix, bounded: bool, k: str, scores: str
    ) -> list[str]:
        return g.call(words(), features, held(g, weight), g.constant(bias), k, scores)


def held(g: Graph, matrix: Matrix) -> str:
    """A matrix as a constant in bfloat16, rounded to the nearest, to even among two."""
    digits = torch.from_numpy(np.ascontiguousarray(matrix)).to(torch.bfloat16).view(torch.int16).numpy()
    name = g.fresh("constant")
    g.initializers.append(helper.make_tensor(name, NARROW, matrix.shape, digits.tobytes(), raw=True))
    return name


def added(g: Graph, weight: Matrix, bias: Matrix | None) -> str:
    """The bias, zeros where there is none."""
    return g.constant(np.zeros(len(weight), np.float32) if bias is None else bias)


def sums(g: Graph) -> str:
    """round(x) Wᵀ + b, of a function's first three inputs."""
    rounded = g("Cast", g("Cast", "x", to=NARROW), to=WIDE)
    return g("Add", g("MatMul", rounded, g.turn(g("Cast", "weight", to=WIDE), 1, 0)), "bias")


def linear() -> FunctionProto:
    """x (R, K), weight (N, K) bfloat16, bias (N,) → (R, N)."""
    g = Graph("Linear")
    y = g("Cast", g("Cast", sums(g), to=NARROW), to=WIDE)
    return function(g, ["x", "weight", "bias"], [y])


def words() -> FunctionProto:
    """x (R, F), weight (V, F) bfloat16, bias (V,), k (1,), scores () → log_probs, ids (R, k)."""
    g = Graph("Words")
    return function(g, ["x", "weight", "bias", "k", "scores"], ranked(g, sums(g), "k", "scores"))


def function(g: Graph, takes: list[str], gives: list[str]) -> FunctionProto:
    """The nodes of a graph as a function of ours."""
    return helper.make_function(OURS, g.name, takes, gives, g.nodes, [helper.make_opsetid("", OPSET)])
