"""The loop's steps on a graphics card: each part of a step, beside its products, is one kernel (Triton).

A card takes as long to start a small operation as to do it, and a step there and back in single operations
has forty. These parts are taken where `works` says so; `fast.steps` is the one place that chooses.
"""

from __future__ import annotations

import warnings
from functools import cache
from importlib.util import find_spec

import torch


@cache
def works(device: torch.device) -> bool:
    """Whether Triton is there, and both a kernel and a wide sum of narrow operands run on this card.

    Tried once. Where Triton is there and cannot be used (without a compiler of C, say), a warning tells why.
    """
    if find_spec("triton") is None:
        return False
    try:
        _try(device)
    except Exception as error:  # a compiler, a driver or a library: each fails in its own way
        warnings.warn(f"a step of the loop is taken in single operations: {error}", stacklevel=2)
        return False
    return True


def _try(device: torch.device) -> None:
    from entarte.fast.card.kernels.plain import bend_forward
    from entarte.fast.card.launch import pointwise

    ones = torch.ones(2, 16, device=device, dtype=torch.bfloat16)
    sums = torch.empty(2, 2, device=device)
    torch.addmm(sums.new_ones(2), ones, ones.t(), out_dtype=torch.float32, out=sums)
    torch.addmm(sums, ones, ones.t(), out_dtype=torch.float32, out=sums)
    bent = torch.empty_like(sums)
    pointwise(bend_forward, sums, None, bent, None, None, 2)
    if sums.tolist() != [[33.0, 33.0]] * 2 or bent.tolist() != [[1.0, 1.0]] * 2:
        raise ArithmeticError("the card computes something else")
