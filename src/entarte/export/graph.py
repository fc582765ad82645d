"""One ONNX graph, written node by node in the order in which it runs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from onnx import FunctionProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

OPSET, IR = 21, 10
RUNTIME = "com.microsoft"
"""Where ONNX Runtime's own operators live, of which int8 uses one."""
OURS = "entarte"
"""Where functions live that a file defines by itself."""
Matrix = NDArray[np.float32]
TYPES = {
    "float": TensorProto.FLOAT,
    "int": TensorProto.INT64,
    "bool": TensorProto.BOOL,
    "int8": TensorProto.INT8,
}
LARGEST = 2**31 - 2**20
"""Bytes of a graph, its numbers included, that one file can hold (protobuf's limit)."""


class Graph:
    """Nodes, constants, inputs and outputs. What a method returns is the name of a value.

    A graph made with `inner` sees the values of the one around it, as the body of a loop does.
    """

    def __init__(self, name: str, around: Graph | None = None) -> None:
        self.name = name
        self.numbers: count[int] = around.numbers if around else count()
        self.functions: dict[str, FunctionProto] = around.functions if around else {}
        self.nodes: list[NodeProto] = []
        self.constants: dict[bytes | int, str] = {}
        self.initializers: list[TensorProto] = []
        self.inputs: list[ValueInfoProto] = []
        self.outputs: list[ValueInfoProto] = []

    def inner(self, name: str) -> Graph:
        """A graph inside this one."""
        return type(self)(name, self)

    def fresh(self, stem: str) -> str:
        """A name that nothing has yet."""
        return f"{stem}_{next(self.numbers)}"

    def many(self, kind: str, outputs: int, *inputs: str, domain: str = "", **attributes: Any) -> list[str]:
        """A node with several outputs."""
        names = [self.fresh(kind) for _ in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **attributes))
        return names

    def __call__(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """A node with one output."""
        return self.many(kind, 1, *inputs, domain=domain, **attributes)[0]

    def call(self, function: FunctionProto, *inputs: str) -> list[str]:
        """A node that is a function of ours, which the file then holds; its outputs."""
        self.functions[function.name] = function
        return self.many(function.name, len(function.output), *inputs, domain=function.domain)

    def constant(self, value: ArrayLike, dtype: Any = None) -> str:
        """A constant. Floats become float32, integers stay; small ones that are equal are kept once."""
        array: NDArray[Any] = np.asarray(value, dtype)
        if dtype is None and array.dtype.kind == "f":
            array = array.astype(np.float32)
        key: bytes | int = len(self.initializers)
        if array.size <= 16:
            key = repr((array.dtype, array.shape, array.tobytes())).encode()
        if key not in self.constants:
            self.constants[key] = self.fresh("constant")
            self.keep(numpy_helper.from_array(np.ascontiguousarray(array), self.constants[key]))
        return self.constants[key]

    def keep(self, value: TensorProto) -> None:
        """A constant under its own name."""
        self.initializers.append(value)

    def take(self, name: str, kind: str, *shape: int | str | None) -> str:
        """An input, of a kind of TYPES; a side of its shape may have a name, or None, in place of a size."""
        self.inputs.append(helper.make_tensor_value_info(name, TYPES[kind], list(shape)))
        return name

    def give(self, name: str, value: str, kind: str, *shape: int | str | None) -> None:
        """An output."""
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, TYPES[kind], list(shape)))

    # -- what is used again and again ----------------------------------------------------------------

    def shape(self, value: str, *parts: int | str) -> str:
        """Reshape; −1 is what is left over, 0 the side as it was, a name another value (1,)."""
        if all(isinstance(part, int) for part in parts):
            return self("Reshape", value, self.constant(parts, np.int64))
        sides = [part if isinstance(part, str) else self.constant([part], np.int64) for part in parts]
        return self("Reshape", value, self("Concat", *sides, axis=0))

    def side(self, value: str, axis: int) -> str:
        """(1,) the length of one side."""
        return self("Shape", value, start=axis, end=axis + 1)

    def turn(self, value: str, *order: int) -> str:
        """Transpose."""
        return self("Transpose", value, perm=list(order))

    def wider(self, value: str, *axes: int) -> str:
        """With new sides of length 1."""
        return self("Unsqueeze", value, self.constant(axes, np.int64))

    def join(self, *values: str) -> str:
        """Side by side along the last axis."""
        return values[0] if len(values) == 1 else self("Concat", *values, axis=-1)

    def sum(self, value: str, axis: int, keep: bool = False) -> str:
        """The sum along an axis."""
        return self("ReduceSum", value, self.constant([axis], np.int64), keepdims=int(keep))

    def rows(self, value: str, which: str) -> str:
        """The rows that are named."""
        return self("Gather", value, which, axis=0)

    # -- the whole -----------------------------------------------------------------------------------

    def body(self) -> Any:
        """As the body of a loop."""
        return helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.initializers)

    def model(self) -> ModelProto:
        """As a model of its own."""
        versions = {"": OPSET, RUNTIME: 1, **({OURS: 1} if self.functions else {})}
        return helper.make_model(
            self.body(), opset_imports=[helper.make_opsetid(*each) for each in versions.items()],
            functions=list(self.functions.values()),
            ir_version=IR, producer_name="entarte", producer_version="1",
        )  # fmt: skip


class Inside(Graph):
    """The inside of a function of ours, written in operators of ONNX, so that any runtime can run it. There
    constants are nodes."""

    def keep(self, value: TensorProto) -> None:
        self.nodes.append(helper.make_node("Constant", [], [value.name], value=value))

    def function(self, takes: Sequence[str], gives: Sequence[str]) -> FunctionProto:
        """The whole, from the names of its inputs and outputs."""
        version = [helper.make_opsetid("", OPSET), helper.make_opsetid(RUNTIME, 1)]
        return helper.make_function(OURS, self.name, list(takes), list(gives), self.nodes, version)
