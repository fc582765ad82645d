"""A look with scores that are products: scores, softmax and context of one row, each program a row.

A row's scores stay in registers, so that its softmax is exact and its keys and values are read once. Tiles
are SLOTS source slots, all of the row, by PART numbers of keys or values.

What hangs on the number of slots is not told to the compiler: sources of many lengths share their code.
"""

import triton
import triton.language as tl


@triton.jit(do_not_specialize=["slots"], do_not_specialize_on_alignment=["bias", "weights"])
def look_forward(
    query, query_row, keys, values, bias, scale, weights, context, said,
    slots, asked, held, SLOTS: tl.constexpr, PART: tl.constexpr,
):  # fmt: skip
    """query (n, asked) in rows of its own, keys (n, slots, asked), values (n, slots, held), bias (n, slots):
    0, and −∞ on padding. weights (n, slots); context (n, held), said its copy."""
    row, slot = tl.program_id(0), tl.arange(0, SLOTS)
    real = slot < slots
    first = row.to(tl.int64) * slots
    products = tl.zeros((SLOTS, PART), keys.dtype.element_ty)
    for begin in range(0, asked, PART):
        number = begin + tl.arange(0, PART)
        there = number < asked
        asks = tl.load(query + row * query_row + number, there, 0.0)
        tile = keys + first * asked + slot[:, None] * asked + number[None, :]
        products += tl.load(tile, real[:, None] & there[None, :], 0.0) * asks[None, :]
    score = scale * tl.sum(products, 1) + tl.load(bias + first + slot, real, -float("inf"))
    weight = tl.exp(score - tl.max(score, 0))
    weight /= tl.sum(weight, 0)
    tl.store(weights + first + slot, weight, real)
    for begin in range(0, held, PART):
        number = begin + tl.arange(0, PART)
        there = number < held
        tile = values + first * held + slot[:, None] * held + number[None, :]
        found = tl.sum(weight[:, None] * tl.load(tile, real[:, None] & there[None, :], 0.0), 0)
        tl.store(context + row * held + number, found, there)
        if said is not None:
            tl.store(said + row * held + number, found, there)


@triton.jit(do_not_specialize=["slots"], do_not_specialize_on_alignment=["weights", "dscores", "dweights"])
def look_backward(
    keys, values, weights, scale, dscores, dquery,
    dcontext, dcontext_row, dweights, dweights_row, dweights_slot, more, more_row,
    slots, asked, held, SLOTS: tl.constexpr, PART: tl.constexpr,
):  # fmt: skip
    """dcontext (n, held), dweights (n, slots) and more (n, asked), each as it lies, the last to be added.
    dscores (n, slots), dquery (n, asked)."""
    row, slot = tl.program_id(0), tl.arange(0, SLOTS)
    real = slot < slots
    first = row.to(tl.int64) * slots
    slope = tl.zeros((SLOTS,), keys.dtype.element_ty)
    if dcontext is not None:
        products = tl.zeros((SLOTS, PART), keys.dtype.element_ty)
        for begin in range(0, held, PART):
            number = begin + tl.arange(0, PART)
            there = number < held
            above = tl.load(dcontext + row * dcontext_row + number, there, 0.0)
            tile = values + first * held + slot[:, None] * held + number[None, :]
            products += tl.load(tile, real[:, None] & there[None, :], 0.0) * above[None, :]
        slope += tl.sum(products, 1)
    if dweights is not None:
        slope += tl.load(dweights + row * dweights_row + slot * dweights_slot, real, 0.0)
    weight = tl.load(weights + first + slot, real, 0.0)
    slope = scale * weight * (slope - tl.sum(weight * slope, 0))
    tl.store(dscores + first + slot, slope, real)
    for begin in range(0, asked, PART):
        number = begin + tl.arange(0, PART)
        there = number < asked
        tile = keys + first * asked + slot[:, None] * asked + number[None, :]
        found = tl.sum(slope[:, None] * tl.load(tile, real[:, None] & there[None, :], 0.0), 0)
        if more is not None:
            found += tl.load(more + row * more_row + number, there)
        tl.store(dquery + row * asked + number, found, there)
