"""Our own kernels on a processor, in a training: whether they run, and how they are called."""

from __future__ import annotations

from ctypes import CDLL, c_void_p, cast
from functools import cache
from typing import Any

import torch
from torch import Tensor

from entarte import native
from entarte.fast import swift
from entarte.native.library import call
from entarte.native.matrix import KINDS

NAMES = {torch.float32: "float32", torch.bfloat16: "bfloat16"}


@cache
def pays(kind: torch.dtype) -> bool:
    """Whether they are faster on this processor. As of `swift.pays`, a property of the machine."""
    return swift.vendor() == "AuthenticAMD" and native.able(NAMES[kind])


@cache
def team() -> int | None:
    """Where the function lies by which OpenMP runs a part of a program in several threads: the runtime that
    torch itself has brought, so that its threads do the work and no others stand in their way."""
    try:
        return cast(CDLL(None).GOMP_parallel, c_void_p).value
    except (AttributeError, OSError, TypeError):  # another runtime; TypeError: Windows
        return None


def takes(tensor: Tensor) -> bool:
    """Whether a kernel can take these numbers, by as many threads as torch would."""
    return tensor.is_cpu and tensor.dtype in NAMES and (torch.get_num_threads() == 1 or team() is not None)


def run(name: str, like: Tensor, *arguments: int | float | None) -> Any:
    """What a kernel returns, in numbers of a kind, by torch's threads."""
    return call(name, KINDS[NAMES[like.dtype]], *arguments, team(), torch.get_num_threads())
