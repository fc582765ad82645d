"""The graphs of an export, run by name: what stands behind `memory.` and `state.` is none of our business.

One graph runs on one thread; workers run side by side. What runs it depends on the export's kind of numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from entarte.engine.kernel import Kernel
from entarte.engine.session import Imitated, Session
from entarte.errors import InputError
from entarte.native import able

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Parts = dict[str, NDArray[Any]]


class Stepped(NamedTuple):
    """features (R, F), weights (R, H, S) or None, and the next state."""

    features: Floats
    weights: Floats | None
    state: Parts


class Graph(Protocol):
    """One graph of an export, and what runs it.

    rows  of a step with which products are at their peak
    """

    rows: int

    def __init__(self, path: Path) -> None: ...

    @staticmethod
    def ready() -> None:
        """Raises SetupError where what runs it is not installed."""
        ...

    @staticmethod
    def note() -> str:
        """What a user should know of it on this machine; nothing, mostly."""
        ...

    @staticmethod
    def alone() -> AbstractContextManager[None]:
        """In this, each thread that runs graphs does so by itself."""
        ...

    @property
    def takes(self) -> list[str]:
        """The names of its inputs."""
        ...

    @property
    def gives(self) -> list[str]:
        """The names of its outputs."""
        ...

    def __call__(self, feeds: Mapping[str, NDArray[Any]], wanted: list[str] | None = None) -> list[Any]:
        """The outputs that are wanted."""
        ...


KINDS = {"onnx": "float32", "bfloat16": "bfloat16", "int8": "int8"}
"""Kinds of numbers by kind of export."""


def runs(to: str) -> type[Graph]:
    """What runs an export of a kind: our own kernels where they run here, or else ONNX Runtime. Raises
    InputError for a kind that this version does not know."""
    if to not in KINDS:
        raise InputError(
            f"this version cannot run an export to '{to}'",
            advice="Upgrade Entarté: pip install --upgrade entarte",
        )
    if able(KINDS[to]):
        return Kernel
    return Imitated if to == "bfloat16" else Session


class Graphs:
    """All of an export's graphs. May be used by several threads at once."""

    def __init__(self, folder: Path, to: str) -> None:
        kind = runs(to)
        self.rows, self.note, self.alone = kind.rows, kind.note, kind.alone
        self.encoder, self.stepper, self.sayer, self.short = (
            kind(folder / f"{name}.onnx") for name in ("encode", "step", "say", "short")
        )

    def encode(self, ids: Ints, mask: NDArray[np.bool_]) -> tuple[Parts, Parts]:
        """ids, mask (B, S) → memory and first state, by name."""
        found = dict(zip(self.encoder.gives, self.encoder({"ids": ids, "mask": mask}), strict=True))
        memory = {name: part for name, part in found.items() if name.startswith("memory.")}
        return memory, {name: part for name, part in found.items() if name.startswith("state.")}

    def step(
        self, tokens: Ints, parents: Ints, position: Ints, place: Ints, back: Ints,
        memory: Parts, state: Parts, looks: bool,
    ) -> Stepped:  # fmt: skip
        """Read a token in each row; see `entarte.export.graphs`."""
        feeds: Parts = {"tokens": tokens, "parents": parents, "place": place, "back": back, **memory, **state}
        feeds["position"] = position
        wanted, after = self.stepped[looks]
        found = self.stepper(feeds, wanted)
        state = dict(zip(after, found[1 + looks :], strict=True))
        return Stepped(found[0], found[1] if looks else None, state)

    @cached_property
    def stepped(self) -> tuple[tuple[list[str], list[str]], tuple[list[str], list[str]]]:
        """What is asked of a step, without looks and with them: features, weights, the next state; and the
        names under which the parts of the state are given back."""
        state = [name for name in self.stepper.gives if name.startswith("next.")]
        after = [f"state.{name.removeprefix('next.')}" for name in state]
        return (["features", *state], after), (["features", "weights", *state], after)

    def say(self, features: Floats, k: int, scores: bool) -> tuple[Ints, Floats | None]:
        """The k most probable words of each row, and their log-probabilities where they are wanted."""
        return self.most(self.sayer, {"features": features}, k, scores)

    def most(self, graph: Graph, feeds: Parts, k: int, scores: bool) -> tuple[Ints, Floats | None]:
        """As `say`, of any graph that says words."""
        feeds |= {"k": np.array([k], np.int64), "scores": np.array(scores)}
        ids, log_probs = graph(feeds, ["ids", "log_probs"])
        return ids, log_probs if scores else None
