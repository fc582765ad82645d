"""Where the rows that a kernel reads come from; see part.h."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import addressof, c_int64
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from entarte.native.matrix import KINDS, address

LETTERS = {"f": KINDS["float32"], "u": KINDS["bfloat16"], "i": KINDS["int8"]}
"""Kinds of numbers by the first letter of numpy's type."""


class Part(NamedTuple):
    """Rows of a table (·, W) of float32, of int8, or of bfloat16 as uint16.

    which   (R,) those that are read, in this order; None: all, as they stand
    scales  (·,) of the rows of a table of int8
    """

    table: NDArray[Any]
    which: NDArray[np.int64] | None = None
    scales: NDArray[np.float32] | None = None

    def tight(self) -> Part:
        """With numbers that follow each other; copied only where they do not."""
        table, which, scales = self
        return Part(
            np.ascontiguousarray(table, np.float32 if table.dtype.kind == "f" else None),
            None if which is None else np.ascontiguousarray(which, np.int64),
            None if scales is None else np.ascontiguousarray(scales, np.float32),
        )

    @property
    def rows(self) -> int:
        """R."""
        return len(self.table if self.which is None else self.which)


class Laid:
    """Some parts as kernels read them.

    Raises ValueError for a table that is not one of rows, and for parts that do not have so many rows.
    """

    def __init__(self, parts: Sequence[Part], rows: int) -> None:
        self.parts = [part.tight() for part in parts]  # what must not be freed
        self.width, numbers = 0, list[int]()
        for part in self.parts:
            table, which, scales = part
            if table.ndim != 2 or part.rows != rows:
                raise ValueError(
                    f"{part.rows} rows of an array of shape {table.shape} are given where {rows} are read"
                )
            self.width += table.shape[1]
            numbers += (
                *(LETTERS[table.dtype.kind], table.shape[1], address(table)),
                *(0 if each is None else address(each) for each in (scales, which)),
            )
        self.numbers = _room(len(numbers))(*numbers)
        self.at = addressof(self.numbers)


@cache
def _room(count: int) -> Any:
    return c_int64 * count
