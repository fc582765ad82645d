"""The directions in which an output matrix of int8 is long: by these its best word is found among few.

Made once, when a model is exported; what is done with it stands in native/front.c. Other runtimes leave it
unread.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

PANEL = 64
"""Directions come in so many at a time."""
LARGE = 1 << 21
"""None is made for a matrix of fewer numbers: it saves nothing there."""


def front(
    weight: NDArray[np.int8], scales: NDArray[np.float32], bias: NDArray[np.float32]
) -> list[NDArray[Any]]:
    """Of a matrix W (N, K) with scales (N,) and bias (N,):

    turn    (d, K) float32: the d directions in which rows are longest, d about three eighths of K
    near    (N, d) int8: how far each row reaches in them
    steps   (N,) the scales of `near`
    tails   (N,) how long a row is beside them
    errors  (N,) the distance between a row's reach and its int8
    norm    (1,) the largest length of a row, plus its bias
    """
    rows = weight * scales[:, None]
    turn = longest(rows, weight.shape[1] * 3 // 8 // PANEL * PANEL or min(PANEL, weight.shape[1]))
    reach = rows @ turn.T
    steps = np.maximum(np.abs(reach).max(1), 1e-12) / np.float32(127)
    whole = np.rint(reach / steps[:, None])
    near = whole * steps[:, None]
    lengths, reached = length(rows), length(reach)
    behind = np.sqrt(np.maximum(lengths**2 - reached**2, 0) + 1e-5 * lengths**2)
    norm = float((np.maximum(lengths, length(near)) + np.abs(bias)).max()) * 1.001
    numbers = (steps, 1.001 * behind, 1.001 * length(reach - near), np.array([norm]))
    return [turn, whole.astype(np.int8), *(np.ascontiguousarray(each, np.float32) for each in numbers)]


def longest(rows: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """The directions (d, K) in which rows (N, K) are about longest: orthonormal, by subspace iteration."""
    square = rows.T @ rows
    found = np.random.default_rng(1).standard_normal((rows.shape[1], width), np.float32)
    for _ in range(2):
        found = square @ np.linalg.qr(square @ found)[0]
    return np.ascontiguousarray(np.linalg.qr(found.astype(float))[0].T, np.float32)


def length(rows: NDArray[Any]) -> NDArray[np.float64]:
    """Of each row, in double precision."""
    found: NDArray[np.float64] = np.sqrt(np.einsum("nk,nk->n", rows, rows, dtype=float))
    return found
