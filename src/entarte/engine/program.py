"""A graph run node by node: numpy for what is small, a kernel for each function of ours.

A graph is read once, into a list of steps; a step knows where its inputs lie and where its outputs go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from entarte.engine.functions import made
from entarte.engine.fuse import OURS, fused
from entarte.engine.operators import OPERATORS, Attributes, Operator
from entarte.engine.wire import Node, Plan


class Step(NamedTuple):
    """One node: what it does, the places of its inputs and of its outputs, and which values nobody reads
    after it: memory that is used again soon is still in the processor's cache."""

    run: Operator
    takes: tuple[int, ...]
    gives: tuple[int, ...]
    over: tuple[int, ...] = ()


class Program:
    """A graph as steps over one list of values."""

    def __init__(self, plan: Plan) -> None:
        self.place: dict[str, int] = {}
        self.values: list[Any] = []
        for name, value in plan.constants.items():
            self.put(name, value)
        self.takes = [self.put(name) for name in plan.inputs]
        steps: list[Step] = []
        for node in fused(plan).nodes:
            if node.kind == "Identity":
                self.place[node.outputs[0]] = self.place[node.inputs[0]]
            else:
                steps.append(self.step(node))
        self.gives = [self.place[name] for name in plan.outputs]
        for place in set(range(len(self.values))).difference(*(step.takes for step in steps), self.gives):
            self.values[place] = None  # what a function has laid out for itself
        kept = {place for place, value in enumerate(self.values) if value is not None} | set(self.gives)
        self.steps: list[Step] = []
        for step in reversed(steps):
            if kept.isdisjoint(step.gives):
                continue  # what nobody reads
            over = tuple({*step.takes, *step.gives} - kept)
            kept.update(over)
            self.steps.insert(0, step._replace(over=over))

    def put(self, name: str, value: Any = None) -> int:
        """A place for a value."""
        self.place[name] = len(self.values)
        self.values.append(value)
        return self.place[name]

    def step(self, node: Node) -> Step:
        """Raises ValueError for an operator that is none of ours."""
        takes = [self.place[name] for name in node.inputs]
        if node.domain == OURS:
            run, held = made(node.kind, [self.values[place] for place in takes], **node.attributes)
            takes = takes[held:]
        elif node.kind == "Scan":
            run = scan(node.attributes)
        elif not node.domain and node.kind in OPERATORS:
            run = OPERATORS[node.kind](node.attributes)
        else:
            raise ValueError(f"no operator '{node.domain}:{node.kind}' is known")
        return Step(run, tuple(takes), tuple(self.put(name) for name in node.outputs))

    def __call__(self, inputs: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """The outputs."""
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
        return [values[place] for place in self.gives]


def scan(given: Attributes) -> Operator:
    """A loop over the first axis. Inputs are the first states and what is read step by step; outputs are the
    last states and what is said step by step."""
    body, read = Program(given["body"]), given["num_scan_inputs"]
    backward = bool(given["scan_input_directions"][0])

    def run(*inputs: NDArray[Any]) -> list[NDArray[Any]]:
        state, parts = list(inputs[:-read]), inputs[-read:]
        said: list[list[NDArray[Any]]] = []
        order = range(len(parts[0]))
        for at in reversed(order) if backward else order:
            found = body([*state, *(part[at] for part in parts)])
            state = found[: len(state)]
            said.append(found[len(state) :])
        if backward:
            said.reverse()
        return [*state, *(np.stack(each) for each in zip(*said, strict=True))]

    return run
