"""Where the rows that a kernel reads come from; see part.h."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import addressof, c_int64
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from entarte.native.matrix import KINDS, address

LETTERS = {"f": KINDS["float32"], "H": KINDS["bfloat16"], "b": KINDS["int8"]}
"""Kinds of numbers by numpy's letter for their type."""
WHOLE = np.dtype(np.int64).char
"""The same for int64, which is not one letter everywhere."""


class Part(NamedTuple):
    """Rows of a table (·, W) of float32, of int8, or of bfloat16 as uint16.

    which   (R,) those that are read, in this order; None: all, as they stand
    scales  (·,) of the rows of a table of int8
    """

    table: NDArray[Any]
    which: NDArray[np.int64] | None = None
    scales: NDArray[np.float32] | None = None

    @property
    def rows(self) -> int:
        """R."""
        return len(self.table if self.which is None else self.which)


class Laid:
    """Some parts as kernels read them.

    Raises ValueError for a table that is not one of rows, and for parts that do not have so many rows.
    """

    __slots__ = ("at", "count", "kept", "numbers", "rows", "width")

    def __init__(self, parts: Sequence[Part], rows: int) -> None:
        self.count, self.rows, self.width = len(parts), rows, 0
        self.kept = list[Any](parts)  # what must not be freed
        numbers = list[int]()
        for table, which, scales in parts:
            if table.ndim != 2 or len(table if which is None else which) != rows:
                raise ValueError(f"rows of an array of shape {table.shape} are given where {rows} are read")
            wide = table.shape[1]
            self.width += wide
            letter = table.dtype.char
            if letter not in LETTERS or not table.flags.c_contiguous:
                table = self.copied(table, None if letter in LETTERS else np.float32)
            numbers += (LETTERS[table.dtype.char], wide, address(table))
            for each, kind in ((scales, "f"), (which, WHOLE)):
                if each is None:
                    numbers.append(0)
                    continue
                if each.dtype.char != kind or not each.flags.c_contiguous:
                    each = self.copied(each, kind)
                numbers.append(address(each))
        self.numbers = _room(len(numbers))(*numbers)
        self.at = addressof(self.numbers)

    def copied(self, array: NDArray[Any], kind: Any) -> NDArray[Any]:
        """With numbers of a type that follow each other."""
        self.kept.append(np.ascontiguousarray(array, kind))
        found: NDArray[Any] = self.kept[-1]
        return found


@cache
def _room(count: int) -> Any:
    return c_int64 * count
