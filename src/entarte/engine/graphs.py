"""The graphs of an export, run by name: what stands behind `memory.` and `state.` is none of our business.

ONNX Runtime runs one graph on one thread; workers run side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from entarte.errors import DamagedError, SetupError

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Parts = dict[str, NDArray[Any]]


class Stepped(NamedTuple):
    """features (R, F), weights (R, H, S) or None, and the next state."""

    features: Floats
    weights: Floats | None
    state: Parts


class Graph:
    """One graph, opened when it is first run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def session(self) -> Any:
        runtime = onnxruntime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # rows come and go: no two steps are of one shape
        options.log_severity_level = 3
        try:
            return runtime.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise DamagedError(f"cannot be run ({error})", file=self.path) from error

    @cached_property
    def takes(self) -> list[str]:
        """The names of its inputs."""
        return [each.name for each in self.session.get_inputs()]

    @cached_property
    def gives(self) -> list[str]:
        """The names of its outputs."""
        return [each.name for each in self.session.get_outputs()]

    def __call__(self, feeds: Mapping[str, NDArray[Any]], wanted: list[str] | None = None) -> list[Any]:
        """The outputs that are wanted. All are computed: ONNX Runtime leaves nothing out for it."""
        found: list[Any] = self.session.run(wanted or self.gives, feeds)
        return found


class Graphs:
    """All of an export's graphs. May be used by several threads at once."""

    def __init__(self, folder: Path) -> None:
        self.encoder, self.stepper, self.sayer, self.picker, self.short = (
            Graph(folder / f"{name}.onnx") for name in ("encode", "step", "say", "pick", "short")
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
        if "position" in self.stepper.takes:
            feeds["position"] = position
        feeds = {name: feeds[name] for name in self.stepper.takes}
        wanted = [name for name in self.stepper.gives if looks or name != "weights"]
        found = dict(zip(wanted, self.stepper(feeds, wanted), strict=True))
        after = {
            f"state.{name.removeprefix('next.')}": part
            for name, part in found.items()
            if name.startswith("next.")
        }
        return Stepped(found["features"], found.get("weights"), after)

    def say(self, features: Floats, k: int, scores: bool) -> tuple[Ints, Floats | None]:
        """The k most probable words of each row, and their log-probabilities where they are wanted."""
        return self.most(self.sayer, {"features": features}, k, scores)

    def most(self, graph: Graph, feeds: Parts, k: int, scores: bool) -> tuple[Ints, Floats | None]:
        """As `say`, of any graph that says words."""
        feeds |= {"k": np.array([k], np.int64), "scores": np.array(scores)}
        ids, log_probs = graph(feeds, ["ids", "log_probs"])
        return ids, log_probs if scores else None


def onnxruntime() -> Any:
    """The module. Raises SetupError where it is not installed."""
    try:
        import onnxruntime as module
    except ImportError as error:
        raise SetupError(
            "ONNX Runtime is not installed", advice="Install it: pip install 'entarte[onnx]'"
        ) from error
    return module
