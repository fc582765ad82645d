"""A narrow copy of a matrix, that finds the most probable words among few; see screen.c."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from entarte.native.matrix import Matrix, address

AT_ONCE = 512
"""Rows that are narrowed together, to stay in the cache."""


class Screen:
    """Of a matrix W (N, K) of float32 or bfloat16, in int8.

    weight   as in `Matrix`; it is kept
    bounded  whether all x lie between −1 and 1
    norm     the largest length of a word's row, here or there, plus its bias
    error    the largest distance between a row here and there
    """

    def __init__(self, weight: NDArray[Any], bias: NDArray[np.float32] | None, *, bounded: bool) -> None:
        self.weight = np.ascontiguousarray(weight)
        whole, scales = np.empty(weight.shape, np.int8), np.empty(len(weight), np.float32)
        lengths, errors = np.empty(len(weight)), np.empty(len(weight))
        for at in range(0, len(weight), AT_ONCE):
            some = slice(at, at + AT_ONCE)
            rows = wide(self.weight[some])
            scales[some] = np.maximum(np.abs(rows).max(1), 1e-12) / 127
            near = np.rint(rows / scales[some, None])
            whole[some] = near
            near *= scales[some, None]
            lengths[some] = np.sqrt(np.maximum((rows**2).sum(1), (near**2).sum(1)))
            errors[some] = np.sqrt(((rows - near) ** 2).sum(1))
        if bias is not None:
            lengths += np.abs(bias)
        self.norm, self.error = float(lengths.max()) * 1.001, float(errors.max()) * 1.001
        self.narrow = Matrix("int8", whole, bias, scales, bounded=bounded)
        self.at = address(self.weight)


def wide(rows: NDArray[Any]) -> NDArray[np.float32]:
    """As float32."""
    if rows.dtype == np.uint16:
        return (rows.astype(np.uint32) << 16).view(np.float32)
    found: NDArray[np.float32] = rows
    return found
