"""What is not a product in a step of a GRU."""

import triton
import triton.language as tl

from entarte.fast.card.kernels.bend import sigmoid, tanh


@triton.jit
def gru_forward(gates, own, before, out, said, width, BLOCK: tl.constexpr):
    """gates (n, 3 width): W x + b, replaced by r, z, n; own: W h + b. before, out: h and h', said its copy.
    All (n, width)."""
    row, column = tl.program_id(0), tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    at, real = row * width + column, column < width
    wide = 3 * row * width + column
    r = sigmoid(tl.load(gates + wide, real) + tl.load(own + wide, real))
    z = sigmoid(tl.load(gates + wide + width, real) + tl.load(own + wide + width, real))
    n = tanh(tl.load(gates + wide + 2 * width, real) + r * tl.load(own + wide + 2 * width, real))
    h = n + z * (tl.load(before + at, real) - n)
    tl.store(gates + wide, r, real)
    tl.store(gates + wide + width, z, real)
    tl.store(gates + wide + 2 * width, n, real)
    tl.store(out + at, h, real)
    if said is not None:
        tl.store(said + at, h, real)


@triton.jit
def gru_backward(gates, own, before, dh, more, more_row, kept, said, own_said, width, BLOCK: tl.constexpr):
    """gates: r, z, n, replaced by the gradients of W x + b; own: replaced by those of W h + b; said and
    own_said (n, 3 width) their copies. kept: what of the gradient of h' falls on h itself."""
    row, column = tl.program_id(0), tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    at, real = row * width + column, column < width
    wide = 3 * row * width + column
    r = tl.load(gates + wide, real)
    z = tl.load(gates + wide + width, real)
    n = tl.load(gates + wide + 2 * width, real)
    own_n = tl.load(own + wide + 2 * width, real)
    slope = tl.load(dh + at, real)
    if more is not None:
        slope += tl.load(more + row * more_row + column, real)
    stays = slope * z
    tl.store(kept + at, stays, real)
    dz = (tl.load(before + at, real) - n) * stays * (1 - z)
    dn = (slope - stays) * (1 - n * n)
    dr = dn * own_n * r * (1 - r)
    tl.store(gates + wide, dr, real)
    tl.store(gates + wide + width, dz, real)
    tl.store(gates + wide + 2 * width, dn, real)
    tl.store(own + wide, dr, real)
    tl.store(own + wide + width, dz, real)
    tl.store(own + wide + 2 * width, dn * r, real)
    if said is not None:
        tl.store(said + wide, dr, real)
        tl.store(said + wide + width, dz, real)
        tl.store(said + wide + 2 * width, dn, real)
        tl.store(own_said + wide, dr, real)
        tl.store(own_said + wide + width, dz, real)
        tl.store(own_said + wide + 2 * width, dn * r, real)
