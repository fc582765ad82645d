"""A graph run by ONNX Runtime, on one thread; workers run side by side."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from entarte.errors import DamagedError, SetupError


class Session:
    """One graph, opened when it is first run."""

    rows = 320

    def __init__(self, path: Path) -> None:
        self.path = path

    @staticmethod
    def ready() -> None:
        """Raises SetupError where ONNX Runtime is not installed."""
        onnxruntime()

    @staticmethod
    def note() -> str:
        """Nothing that a user should know of this machine."""
        return ""

    @staticmethod
    def alone() -> AbstractContextManager[None]:
        """A session has its own number of threads."""
        return nullcontext()

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
        found: list[Any] = self.session.run(wanted or self.gives, {name: feeds[name] for name in self.takes})
        return found


class Imitated(Session):
    """A graph in bfloat16, for which ONNX Runtime has no products."""

    @staticmethod
    def note() -> str:
        """That bfloat16 brings no speed here."""
        return "bfloat16: imitated, as slow as float32: there are no such products for this processor"


def onnxruntime() -> Any:
    """The module. Raises SetupError where it is not installed."""
    try:
        import onnxruntime as module
    except ImportError as error:
        raise SetupError(
            "ONNX Runtime is not installed", advice="Install it: pip install 'entarte[onnx]'"
        ) from error
    return module
