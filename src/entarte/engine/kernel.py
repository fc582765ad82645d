"""A graph run by our own kernels, on one thread; workers run side by side."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from entarte.engine.program import Program
from entarte.engine.wire import Plan, read
from entarte.errors import DamagedError


class Kernel:
    """One graph, opened when it is first run."""

    rows = 320

    def __init__(self, path: Path) -> None:
        self.path = path

    @staticmethod
    def ready() -> None:
        """Nothing else is needed."""

    @staticmethod
    def note() -> str:
        """Nothing that a user should know of this machine."""
        return ""

    @staticmethod
    def alone() -> AbstractContextManager[None]:
        """A kernel never starts threads of its own."""
        return nullcontext()

    @cached_property
    def opened(self) -> tuple[Plan, Program]:
        """The graph and its steps."""
        try:
            plan = read(np.fromfile(self.path, np.uint8).data)  # not read-only: addresses are found sooner
            return plan, Program(plan)
        except Exception as error:
            raise DamagedError(f"cannot be run ({error})", file=self.path) from error

    @property
    def takes(self) -> list[str]:
        """The names of its inputs."""
        return self.opened[0].inputs

    @property
    def gives(self) -> list[str]:
        """The names of its outputs."""
        return self.opened[0].outputs

    def __call__(self, feeds: Mapping[str, NDArray[Any]], wanted: list[str] | None = None) -> list[Any]:
        """The outputs that are wanted; all are computed."""
        plan, program = self.opened
        given = program([feeds[name] for name in plan.inputs])
        if wanted is None:
            return given
        found = dict(zip(plan.outputs, given, strict=True))
        return [found[name] for name in wanted]
