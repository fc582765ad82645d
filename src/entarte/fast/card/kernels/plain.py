"""The tanh of an RNN and of the attentional vector, with a mask over the latter."""

import triton
import triton.language as tl

from entarte.fast.card.kernels.bend import tanh


@triton.jit
def bend_forward(gates, kept, bent, out, said, width, BLOCK: tl.constexpr):
    """bent = tanh(gates), out = kept · bent, said its copy. All (n, width), rows one after the other."""
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    at, real = tl.program_id(0) * width + column, column < width
    found = tanh(tl.load(gates + at, real))
    tl.store(bent + at, found, real)
    if kept is not None:
        found *= tl.load(kept + at, real)
        tl.store(out + at, found, real)
    if said is not None:
        tl.store(said + at, found, real)


@triton.jit
def bend_backward(bent, kept, one, one_row, other, other_row, slope, said, width, BLOCK: tl.constexpr):
    """slope = (one + other) · kept · (1 − bent²), said its copy. one and other lie in rows of their own."""
    row, column = tl.program_id(0), tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    at, real = row * width + column, column < width
    found = tl.load(bent + at, real)
    found = 1 - found * found
    if kept is not None:
        found *= tl.load(kept + at, real)
    above = tl.load(one + row * one_row + column, real)
    if other is not None:
        above += tl.load(other + row * other_row + column, real)
    found *= above
    if slope is not None:
        tl.store(slope + at, found, real)
    if said is not None:
        tl.store(said + at, found, real)
