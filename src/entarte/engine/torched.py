"""A graph run by torch, node by node: exports in bfloat16, for which ONNX Runtime has no products.

A graph is read once, into a list of steps; a step knows where its inputs lie and where its outputs go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from entarte.engine.narrow import ROWS, Words, narrow_linear, packs
from entarte.engine.operators import OPERATORS, Attributes, Operator
from entarte.errors import DamagedError, SetupError

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto, TensorProto

OURS = "entarte"
"""The domain of the functions that an export defines by itself."""
FUNCTIONS: dict[str, Callable[[Tensor, Tensor], Operator]] = {"Linear": narrow_linear, "Words": Words}
"""Those, made from their constants, weight and bias, and called with the rest of their inputs."""


class Step(NamedTuple):
    """One node: what it does, the places of its inputs and of its outputs, and which values nobody reads
    after it: memory that is used again soon is still in the processor's cache."""

    run: Operator
    takes: tuple[int, ...]
    gives: tuple[int, ...]
    over: tuple[int, ...] = ()


class Program:
    """A graph as steps over one list of values."""

    def __init__(self, graph: GraphProto) -> None:
        self.place: dict[str, int] = {}
        self.values: list[Any] = []
        for each in graph.initializer:
            self.put(each.name, constant(each))
        self.takes = [self.put(each.name) for each in graph.input]
        steps = [self.step(node) for node in graph.node]
        self.gives = [self.place[each.name] for each in graph.output]
        kept = {place for place, value in enumerate(self.values) if value is not None} | set(self.gives)
        self.steps: list[Step] = []
        for step in reversed(steps):
            over = tuple({*step.takes, *step.gives} - kept)
            kept.update(over)
            self.steps.insert(0, step._replace(over=over))

    def put(self, name: str, value: Any = None) -> int:
        """A place for a value."""
        self.place[name] = len(self.values)
        self.values.append(value)
        return self.place[name]

    def step(self, node: NodeProto) -> Step:
        """Raises ValueError for an operator that is none of ours."""
        names = list(node.input)
        if node.domain == OURS and node.op_type in FUNCTIONS:
            weight, bias = (self.values[self.place[name]] for name in names[1:3])
            run, names = FUNCTIONS[node.op_type](weight, bias), [names[0], *names[3:]]
        elif node.op_type == "Scan":
            run = scan(attributes(node))
        elif not node.domain and node.op_type in OPERATORS:
            run = OPERATORS[node.op_type](attributes(node))
        else:
            raise ValueError(f"no operator '{node.domain}:{node.op_type}' is known")
        takes = tuple(self.place[name] for name in names)
        return Step(run, takes, tuple(self.put(name) for name in node.output))

    def __call__(self, inputs: Sequence[Tensor], wanted: Sequence[int] | None = None) -> list[Tensor]:
        """The outputs, or those that stand in some places."""
        values = self.values.copy()
        for place, value in zip(self.takes, inputs, strict=True):
            values[place] = value
        for run, takes, gives, over in self.steps:
            found = run(*[values[place] for place in takes])
            if len(gives) == 1:
                values[gives[0]] = found
            else:
                for place, value in zip(gives, found, strict=True):
                    values[place] = value
            found = None
            for place in over:
                values[place] = None
        return [values[place] for place in (self.gives if wanted is None else wanted)]


def scan(given: Attributes) -> Operator:
    """A loop over the first axis. Inputs are the first states and what is read step by step; outputs are the
    last states and what is said step by step."""
    body, read = Program(given["body"]), given["num_scan_inputs"]
    backward = bool(given["scan_input_directions"][0])

    def run(*inputs: Tensor) -> list[Tensor]:
        state, parts = list(inputs[:-read]), [each.unbind(0) for each in inputs[-read:]]
        said: list[list[Tensor]] = []
        order = range(len(parts[0]))
        for at in reversed(order) if backward else order:
            found = body([*state, *(part[at] for part in parts)])
            state = found[: len(state)]
            said.append(found[len(state) :])
        if backward:
            said.reverse()
        return [*state, *(torch.stack(each) for each in zip(*said, strict=True))]

    return run


def attributes(node: NodeProto) -> Attributes:
    """Of a node, as numbers, lists of numbers and graphs."""
    from onnx import helper

    return {each.name: helper.get_attribute_value(each) for each in node.attribute}


def constant(value: TensorProto) -> Tensor:
    """As torch holds it."""
    from onnx import TensorProto, numpy_helper

    if value.data_type == TensorProto.BFLOAT16:  # numpy has no such type
        whole = np.frombuffer(value.raw_data, np.int16).reshape(tuple(value.dims))
        return torch.from_numpy(whole.copy()).view(torch.bfloat16)
    return torch.from_numpy(numpy_helper.to_array(value).copy())


class Torched:
    """One graph, opened when it is first run."""

    rows = ROWS

    def __init__(self, path: Path) -> None:
        self.path = path

    @staticmethod
    def ready() -> None:
        """Raises SetupError where what reads graphs is not installed."""
        try:
            import onnx  # noqa: F401
        except ImportError as error:
            raise SetupError(
                "ONNX is not installed", advice="Install it: pip install 'entarte[onnx]'"
            ) from error

    @staticmethod
    def note() -> str:
        """That bfloat16 brings no speed, where it does not."""
        if packs():
            return ""
        return "bfloat16: imitated, as slow as float32: this processor has no such products of its own"

    @staticmethod
    @contextmanager
    def alone() -> Iterator[None]:
        """One thread for each product, as workers run side by side. Threads that begin inside do so too."""
        before = torch.get_num_threads()
        if before == 1:
            yield
            return
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(before)

    @cached_property
    def opened(self) -> tuple[list[str], list[str], Program]:
        """The names of inputs and outputs, and the graph."""
        self.ready()
        import onnx

        try:
            graph = onnx.load(str(self.path)).graph
            program = Program(graph)
        except Exception as error:
            raise DamagedError(f"cannot be run ({error})", file=self.path) from error
        return [each.name for each in graph.input], [each.name for each in graph.output], program

    @property
    def takes(self) -> list[str]:
        """The names of its inputs."""
        return self.opened[0]

    @property
    def gives(self) -> list[str]:
        """The names of its outputs."""
        return self.opened[1]

    def __call__(self, feeds: Mapping[str, NDArray[Any]], wanted: list[str] | None = None) -> list[Any]:
        """The outputs that are wanted; all are computed."""
        takes, gives, program = self.opened
        with torch.inference_mode():
            inputs = [torch.from_numpy(np.asarray(feeds[name])) for name in takes]
            found = dict(zip(gives, program(inputs), strict=True))
        return [found[name].numpy() for name in wanted or gives]
