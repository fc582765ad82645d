"""The operators of ONNX that an export's graphs are made of, in numpy.

Each is made from a node's attributes, and called with its inputs. There are those that `entarte.export`
writes, in the forms in which it writes them; a test compares the two lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from entarte.engine.wire import TYPES
from entarte.native import kernels

Attributes = Mapping[str, Any]
Array = NDArray[Any]
Operator = Callable[..., Any]


def reshape(value: Array, sides: Array) -> Array:
    """0 is the side as it was, −1 what is left over."""
    return value.reshape([side or value.shape[at] for at, side in enumerate(sides.tolist())])


def expand(value: Array, sides: Array) -> Array:
    """Sides of length 1 grow, on either part."""
    return np.broadcast_to(value, np.broadcast_shapes(value.shape, tuple(sides.tolist())))


def part(value: Array, start: Array, end: Array, axes: Array) -> Array:
    """From start to end along one axis."""
    which = [slice(None)] * value.ndim
    which[int(axes[0])] = slice(int(start[0]), int(end[0]))
    return value[tuple(which)]


def conv(pads: list[int]) -> Operator:
    """Over the last axis: value (R, 1, S) and filters (F, 1, reach) → (R, F, S)."""

    def run(value: Array, filters: Array) -> Array:
        filled = np.pad(value[:, 0], ((0, 0), tuple(pads)))
        seen = sliding_window_view(filled, filters.shape[2], axis=1)  # (R, S, reach)
        found: Array = np.einsum("rsk,fk->rfs", seen, filters[:, 0])
        return found

    return run


def split(count: int, axis: int) -> Operator:
    """Parts of equal length; one part is the whole."""
    return (lambda value: np.split(value, count, axis)) if count > 1 else lambda value: value


def total(keep: int) -> Operator:
    """Sums along axes."""
    return lambda value, axes: value.sum(tuple(axes.tolist()), keepdims=bool(keep))


def most(keep: int) -> Operator:
    """The largest along axes."""
    return lambda value, axes: value.max(tuple(axes.tolist()), keepdims=bool(keep))


def each(which: str) -> Callable[[Attributes], Operator]:
    """A function of every number, as the kernels have it: with the same bits wherever a number stands."""
    return lambda _: lambda value: kernels.each(which, value)


OPERATORS: dict[str, Callable[[Attributes], Operator]] = {
    "Abs": lambda _: np.abs,
    "Add": lambda _: np.add,
    "And": lambda _: np.logical_and,
    "Cast": lambda a: lambda value: value.astype(TYPES[a["to"]]),
    "Concat": lambda a: lambda *values: np.concatenate(values, a["axis"]),
    "Conv": lambda a: conv(a["pads"]),
    "CumSum": lambda _: lambda value, axis: value.cumsum(axis.item(), dtype=value.dtype),
    "Div": lambda _: np.divide,
    "Equal": lambda _: np.equal,
    "Exp": each("exp"),
    "Expand": lambda _: expand,
    "Gather": lambda _: lambda value, which: value.take(which, 0),
    "LessOrEqual": lambda _: np.less_equal,
    "MatMul": lambda _: np.matmul,
    "Min": lambda _: np.minimum,
    "Mul": lambda _: np.multiply,
    "Range": lambda _: lambda *ends: np.arange(*(each.item() for each in ends)),
    "ReduceMax": lambda a: most(a["keepdims"]),
    "ReduceSum": lambda a: total(a["keepdims"]),
    "Reshape": lambda _: reshape,
    "Shape": lambda a: lambda value: np.array(value.shape[a.get("start", 0) : a.get("end")], np.int64),
    "Sigmoid": each("sigmoid"),
    "Slice": lambda _: part,
    "Softmax": lambda a: kernels.softmax,
    "Split": lambda a: split(a["num_outputs"], a["axis"]),
    "Squeeze": lambda _: lambda value, axes: value.squeeze(tuple(axes.tolist())),
    "Sub": lambda _: np.subtract,
    "Tanh": each("tanh"),
    "Transpose": lambda a: lambda value: value.transpose(a["perm"]),
    "Unsqueeze": lambda _: lambda value, axes: np.expand_dims(value, tuple(axes.tolist())),
    "Where": lambda _: np.where,
}
