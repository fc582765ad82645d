"""The directions in which a matrix is long: by these the best word is found among few; see front.c."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from entarte.native.matrix import Matrix, address

LINE = 64
"""Directions come in whole panels."""


class Front:
    """Of a matrix W (N, K) of int8 with scales (N,) and bias (N,).

    by_rows  W, row by row
    turn     (d, K) float32: the d directions in which rows are longest, d about three eighths of K
    front    (N, d) int8: how far each row reaches in them
    tails    (N,) how long a row is beside them
    errors   (N,) the distance between a row's reach and its int8
    norm     the largest length of a row, plus its bias
    """

    def __init__(
        self,
        weight: NDArray[np.int8],
        scales: NDArray[np.float32],
        bias: NDArray[np.float32],
        *,
        bounded: bool,
    ) -> None:
        self.by_rows = Matrix("int8", weight, bias, scales, bounded=bounded, by_rows=True)
        rows = weight * scales[:, None]
        width = weight.shape[1] * 3 // 8 // LINE * LINE or min(LINE, weight.shape[1])
        turn = longest(rows, width)
        reach = rows @ turn.T
        steps = np.maximum(np.abs(reach).max(1), 1e-12) / np.float32(127)
        whole = np.rint(reach / steps[:, None])
        near = whole * steps[:, None]
        lengths, reached = length(rows), length(reach)
        behind = np.sqrt(np.maximum(lengths**2 - reached**2, 0) + 1e-5 * lengths**2)
        self.tails = np.ascontiguousarray(1.001 * behind, np.float32)
        self.errors = np.ascontiguousarray(1.001 * length(reach - near), np.float32)
        self.norm = float((np.maximum(lengths, length(near)) + np.abs(bias)).max()) * 1.001
        self.turn = Matrix("float32", turn, None)
        self.front = Matrix("int8", whole.astype(np.int8), bias, steps)
        self.at: list[Any] = [
            self.by_rows.at,
            self.turn.at,
            self.front.at,
            address(self.tails),
            address(self.errors),
        ]


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
