"""How a kernel is started."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

BLOCK = 1024
"""Numbers of a row that one program takes, at most."""

TILE = 4096
"""Numbers of keys or values that one program reads together; more where a row has many slots."""

EACH = 512
"""Numbers of a tile for 32 threads. With more, what a thread holds would not fit into its registers."""


def pointwise(kernel: Any, first: Tensor, *rest: Any) -> None:
    """Start a kernel that takes each number by itself. `rest` ends with the width of its rows, of which
    there are as many as `first` has."""
    width = rest[-1]
    block = min(power(width), BLOCK)
    start(kernel, (len(first), -(-width // block)), 4, first, *rest, BLOCK=block)


def by_rows(kernel: Any, rows: int, slots: int, width: int, first: Tensor, *rest: Any) -> None:
    """Start a kernel that takes a row's slots at once, in parts of keys and values as wide as `width`."""
    whole = power(slots)
    part = max(8, min(power(width), TILE // whole))
    start(kernel, (rows,), max(4, whole * part // EACH), first, *rest, SLOTS=whole, PART=part)


def start(kernel: Any, grid: tuple[int, ...], warps: int, first: Tensor, *rest: Any, **sizes: int) -> None:
    """On the card on which the numbers lie; on the processor Triton interprets, where it is told to.

    warps  groups of 32 threads for each program
    """
    with torch.cuda.device(first.get_device()):
        kernel[grid](first, *rest, **sizes, num_warps=warps, enable_fp_fusion=True)


def power(count: int) -> int:
    """The least power of 2 that is not less."""
    return 1 << (count - 1).bit_length()


def rows(tensor: Tensor) -> Tensor:
    """With the numbers of each row one after the other; a copy only where they are not."""
    return tensor if tensor.stride(-1) == 1 or tensor.size(-1) == 1 else tensor.contiguous()


def step(tensor: Tensor | None) -> int:
    """How far apart rows lie."""
    return 0 if tensor is None else tensor.stride(0)
