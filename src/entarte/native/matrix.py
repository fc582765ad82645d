"""A matrix in the form that products read; see product.h."""

from __future__ import annotations

from ctypes import Structure, addressof, c_char, c_int64, c_void_p
from typing import Any

import numpy as np
from numpy.typing import NDArray

from entarte.native.library import call

PANEL, GROUP, LINE = 64, 256, 64
KINDS = {"float32": 0, "bfloat16": 1, "int8": 2}
EACH = {"float32": 1, "bfloat16": 2, "int8": 4}
"""How many numbers lie in a group of four bytes."""


class Laid(Structure):
    """As `Matrix` in product.h."""

    _fields_ = [
        *((name, c_int64) for name in ("kind", "bounded", "coarse", "n", "k")),
        *((name, c_void_p) for name in ("panels", "scales", "offsets", "bias")),
    ]


class Matrix:
    """A matrix W (N, K) for y = x Wᵀ + b.

    weight   (N, K) float32, int8, or bfloat16 as uint16
    bias     (N,); None: zeros
    scales   (N,) of the rows of an int8 matrix
    bounded  whether all x lie between −1 and 1, so that int8 needs no scale for each row
    coarse   whether bfloat16 also rounds what it gives
    by_rows  whether it stays as it is, row by row, of which only some are wanted (int8)
    """

    def __init__(
        self, kind: str, weight: NDArray[Any], bias: NDArray[np.float32] | None,
        scales: NDArray[np.float32] | None = None, *, bounded: bool = False, coarse: bool = False,
        by_rows: bool = False,
    ) -> None:  # fmt: skip
        self.kind, (self.n, self.k) = kind, map(int, weight.shape)
        rows = np.ascontiguousarray(weight)
        filled = -(-self.n // PANEL) * PANEL
        room = np.empty(filled * -(-self.k // EACH[kind]) * 4 + LINE, np.uint8)
        self.panels, self.offsets = room[-address(room) % LINE :], np.zeros(filled, np.int32)
        if by_rows:
            self.panels[: rows.size] = rows.reshape(-1).view(np.uint8)
            self.offsets[: self.n] = -128 * rows.sum(1, dtype=np.int32)
        else:
            call("pack", KINDS[kind], self.n, self.k, *addresses(rows, self.panels, self.offsets))
        self.kept = [each for each in (bias, scales) if each is not None]  # what must not be freed
        self.laid = Laid(
            KINDS[kind], bounded, coarse, self.n, self.k, address(self.panels),
            None if scales is None else address(scales), address(self.offsets),
            None if bias is None else address(bias),
        )  # fmt: skip
        self.at = addressof(self.laid)


_seen: Any = c_char.from_buffer


def address(array: NDArray[Any]) -> int:
    """Where an array, whose rows must follow each other, begins."""
    try:
        return addressof(_seen(array))  # a third of the time of array.ctypes
    except (TypeError, ValueError):  # not to be written, or empty
        assert array.flags.c_contiguous, "an array with gaps"
        return int(array.ctypes.data)


def addresses(*arrays: NDArray[Any]) -> list[int]:
    """Of several."""
    return list(map(address, arrays))
