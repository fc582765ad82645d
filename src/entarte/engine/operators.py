"""The operators of ONNX that an export's graphs are made of, in torch.

Each is made from a node's attributes, and called with its inputs. There are those that `entarte.export`
writes, in the forms in which it writes them; a test compares the two lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import conv1d, pad

Attributes = Mapping[str, Any]
Operator = Callable[..., Any]
TYPES = {1: torch.float32, 7: torch.int64, 9: torch.bool, 16: torch.bfloat16}
"""By the number that ONNX has for a type of numbers."""
TOGETHER = 32
"""How many numbers torch works on at a time, or a multiple."""


def steady(function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """A function of each number by itself, with the same bits wherever a number stands. torch takes 32 at a
    time, and what is left over one by one, which rounds in another way."""

    def run(x: Tensor) -> Tensor:
        if x.size(-1) % TOGETHER == 0:
            return function(x)
        filled = pad(x.reshape(-1), (0, -x.numel() % TOGETHER))
        return function(filled)[: x.numel()].view(x.shape)

    return run


def tanh(x: Tensor) -> Tensor:
    """2 σ(2x) − 1, within 10⁻⁶ of tanh. What torch itself calls takes four times as long on a processor that
    is not Intel's."""
    return (x + x).sigmoid_().mul_(2).sub_(1)


def reshape(value: Tensor, sides: Tensor) -> Tensor:
    """0 is the side as it was, −1 what is left over."""
    return value.reshape([side or value.size(at) for at, side in enumerate(sides.tolist())])


def gather(value: Tensor, which: Tensor) -> Tensor:
    """Rows by number (…)."""
    found = value.index_select(0, which.reshape(-1))
    return found if which.dim() == 1 else found.view(*which.shape, *value.shape[1:])


def unsqueeze(value: Tensor, axes: Tensor) -> Tensor:
    """Axes are those of the result."""
    among = value.dim() + len(axes)
    for axis in sorted(axis % among for axis in axes.tolist()):
        value = value.unsqueeze(axis)
    return value


def expand(value: Tensor, sides: Tensor) -> Tensor:
    """Sides of length 1 grow, on either part."""
    sizes: torch.Size = torch.broadcast_shapes(value.shape, sides.tolist())  # type: ignore[no-untyped-call]
    return value.expand(sizes)


def part(value: Tensor, start: Tensor, end: Tensor, axes: Tensor) -> Tensor:
    """From start to end along one axis."""
    axis, first = int(axes), int(start)
    return value.narrow(axis, first, min(int(end), value.size(axis)) - first)


def conv(pads: list[int]) -> Operator:
    """Over the last axis."""
    return lambda value, weight: conv1d(pad(value, pads), weight)


def split(count: int, axis: int) -> Operator:
    """Parts of equal length; one part is the whole."""
    return (lambda value: value.chunk(count, axis)) if count > 1 else lambda value: value


def total(keep: int) -> Operator:
    """Sums along axes."""
    return lambda value, axes: value.sum(axes.tolist(), keepdim=bool(keep))


def most(keep: int) -> Operator:
    """The largest along axes."""
    return lambda value, axes: value.amax(axes.tolist(), keepdim=bool(keep))


OPERATORS: dict[str, Callable[[Attributes], Operator]] = {
    "Abs": lambda _: torch.abs,
    "Add": lambda _: torch.add,
    "And": lambda _: torch.logical_and,
    "Cast": lambda a: lambda value: value.to(TYPES[a["to"]]),
    "Concat": lambda a: lambda *values: torch.cat(values, a["axis"]),
    "Conv": lambda a: conv(a["pads"]),
    "CumSum": lambda _: lambda value, axis: value.cumsum(int(axis)),
    "Div": lambda _: torch.div,
    "Equal": lambda _: torch.eq,
    "Exp": lambda _: steady(torch.exp),
    "Expand": lambda _: expand,
    "Gather": lambda _: gather,
    "Identity": lambda _: lambda value: value,
    "LessOrEqual": lambda _: torch.le,
    "MatMul": lambda _: torch.matmul,
    "Min": lambda _: torch.minimum,
    "Mul": lambda _: torch.mul,
    "Range": lambda _: lambda *ends: torch.arange(*map(int, ends)),
    "ReduceMax": lambda a: most(a["keepdims"]),
    "ReduceSum": lambda a: total(a["keepdims"]),
    "Reshape": lambda _: reshape,
    "Shape": lambda a: lambda value: torch.tensor(value.shape[a.get("start", 0) : a.get("end")]),
    "Sigmoid": lambda _: steady(torch.sigmoid),
    "Slice": lambda _: part,
    "Softmax": lambda a: lambda value: torch.softmax(value, a["axis"]),
    "Split": lambda a: split(a["num_outputs"], a["axis"]),
    "Squeeze": lambda _: lambda value, axes: value.squeeze(axes.tolist()),
    "Sub": lambda _: torch.sub,
    "Tanh": lambda _: steady(tanh),
    "Transpose": lambda a: lambda value: value.permute(a["perm"]),
    "Unsqueeze": lambda _: unsqueeze,
    "Where": lambda _: torch.where,
}
