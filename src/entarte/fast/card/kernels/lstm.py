"""What is not a product in a step of an LSTM."""

import triton
import triton.language as tl

from entarte.fast.card.kernels.bend import sigmoid, tanh


@triton.jit
def lstm_forward(gates, before, after, bent, out, said, width, BLOCK: tl.constexpr):
    """gates (n, 4 width): what the gates read, replaced by i, f, g, o. before, after: c and c'; bent:
    tanh(c'); out: h', said its copy. All (n, width)."""
    row, column = tl.program_id(0), tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    at, real = row * width + column, column < width
    own = gates + 4 * row * width + column
    i = sigmoid(tl.load(own, real))
    f = sigmoid(tl.load(own + width, real))
    g = tanh(tl.load(own + 2 * width, real))
    o = sigmoid(tl.load(own + 3 * width, real))
    c = f * tl.load(before + at, real) + i * g
    curve = tanh(c)
    h = o * curve
    tl.store(own, i, real)
    tl.store(own + width, f, real)
    tl.store(own + 2 * width, g, real)
    tl.store(own + 3 * width, o, real)
    tl.store(after + at, c, real)
    tl.store(bent + at, curve, real)
    tl.store(out + at, h, real)
    if said is not None:
        tl.store(said + at, h, real)


@triton.jit
def lstm_backward(gates, before, bent, dh, more, more_row, dc, said, width, BLOCK: tl.constexpr):
    """gates: i, f, g, o, replaced by the gradients of what they read; said (n, 4 width) their copy. dc:
    replaced by the gradient of c. more: what is to be added to dh, in rows of its own."""
    row, column = tl.program_id(0), tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    at, real = row * width + column, column < width
    wide = 4 * row * width + column
    i = tl.load(gates + wide, real)
    f = tl.load(gates + wide + width, real)
    g = tl.load(gates + wide + 2 * width, real)
    o = tl.load(gates + wide + 3 * width, real)
    curve = tl.load(bent + at, real)
    slope = tl.load(dh + at, real)
    if more is not None:
        slope += tl.load(more + row * more_row + column, real)
    down = tl.load(dc + at, real) + slope * o * (1 - curve * curve)
    tl.store(dc + at, down * f, real)
    di = down * g * i * (1 - i)
    df = down * tl.load(before + at, real) * f * (1 - f)
    dg = down * i * (1 - g * g)
    do = slope * curve * o * (1 - o)
    tl.store(gates + wide, di, real)
    tl.store(gates + wide + width, df, real)
    tl.store(gates + wide + 2 * width, dg, real)
    tl.store(gates + wide + 3 * width, do, real)
    if said is not None:
        tl.store(said + wide, di, real)
        tl.store(said + wide + width, df, real)
        tl.store(said + wide + 2 * width, dg, real)
        tl.store(said + wide + 3 * width, do, real)
