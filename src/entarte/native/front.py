"""The directions in which a matrix is long, as the kernel reads them; see front.c."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from entarte.native.matrix import Matrix, address


class Front:
    """Of a matrix of int8.

    held   its weight, scales and bias
    front  of these, as `export.front` makes it
    """

    def __init__(self, held: Sequence[NDArray[Any]], front: Sequence[NDArray[Any]], *, bounded: bool) -> None:
        weight, scales, bias = held
        turn, near, steps, tails, errors, norm = front
        if not (len(weight) == len(near) == len(tails) == len(errors) and len(turn) == near.shape[1]):
            raise ValueError(f"the front of another matrix: {near.shape} of {weight.shape}")
        self.by_rows = Matrix("int8", weight, bias, scales, bounded=bounded, by_rows=True)
        self.turn = Matrix("float32", turn, None)
        self.front = Matrix("int8", near, bias, steps)
        self.tails, self.errors, self.norm = tails, errors, float(norm.item())
        self.at: list[Any] = [each.at for each in (self.by_rows, self.turn, self.front)]
        self.at += [address(tails), address(errors)]
