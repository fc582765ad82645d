"""Gradients of weights by our own kernel: aᵀ b, sums over all slots of a batch.

Both operands lie slot by slot, which a library has to turn first. On an AMD EPYC (Zen 4, two threads) MKL
takes 105 ms for 1,792 slots of 8,000 and 512 numbers in single precision, our kernel 80; oneDNN's bfloat16
with its rounded result made wide 49, our kernel 42, and nothing is rounded.
"""

from __future__ import annotations

from ctypes import CDLL, c_void_p, cast
from functools import cache

import torch
from torch import Tensor

from entarte import native
from entarte.fast import swift
from entarte.native.library import call
from entarte.native.matrix import KINDS

NAMES = {torch.float32: "float32", torch.bfloat16: "bfloat16"}
SMALL = 1 << 21
"""Products of fewer multiplications are left to torch."""


@cache
def pays(kind: torch.dtype) -> bool:
    """Whether it is faster on this processor. As of `swift.pays`, a property of the machine."""
    return swift.vendor() == "AuthenticAMD" and native.able(NAMES[kind])


@cache
def team() -> int | None:
    """Where the function lies by which OpenMP runs a part of a program in several threads: the runtime that
    torch itself has brought, so that its threads do the work and no others stand in their way."""
    try:
        return cast(CDLL(None).GOMP_parallel, c_void_p).value
    except (AttributeError, OSError, TypeError):  # another runtime; TypeError: Windows
        return None


def fits(turned: Tensor, b: Tensor) -> bool:
    """Whether aᵀ (N, T), a transposed view, and b (T, M) lie as the kernel reads them."""
    return (
        turned.is_cpu
        and turned.dtype in NAMES
        and turned.dtype == b.dtype
        and turned.stride(0) == 1
        and b.stride(1) == 1
        and turned.numel() * b.size(1) >= SMALL
    )


def product(turned: Tensor, b: Tensor, out: Tensor | None = None, more: bool = False) -> Tensor | None:
    """aᵀ b in single precision, (N, T) (T, M) → (N, M), into `out` or (more) added to it.

    None where it is not for the kernel, and nothing was done.
    The order of each sum depends on the number of slots alone, not on the threads. Not seen by autograd.
    """
    threads = torch.get_num_threads()
    if not fits(turned, b) or (threads > 1 and team() is None):
        return None
    into = turned.new_empty(len(turned), b.size(1), dtype=torch.float32) if out is None else out
    if into.dtype != torch.float32 or into.stride(1) != 1 or into.shape != (len(turned), b.size(1)):
        return None
    slots, n, m = len(b), len(turned), b.size(1)
    if turned.size(1) != slots:
        raise ValueError(f"{turned.size(1)} slots are multiplied with {slots}")
    call(
        "outer", KINDS[NAMES[b.dtype]], turned.data_ptr(), turned.stride(1), b.data_ptr(), b.stride(0),
        slots, n, m, into.data_ptr(), into.stride(0), more, team(), threads,
    )  # fmt: skip
    return into
