"""What the kernels do, in numpy's arrays: float32, indices int64, masks bool.

Each function frees the interpreter's lock while it works. Rows depend on nothing but themselves: a row gives
the same bits whatever stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from entarte.native.front import Front
from entarte.native.library import call
from entarte.native.matrix import Matrix, address, addresses
from entarte.native.part import Laid, Part
from entarte.native.screen import Screen

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Masks = NDArray[np.bool_]
Rows = Floats | Sequence[Part]
"""What a kernel reads (R, ·): an array, or parts of tables side by side."""
EACH = ("sigmoid", "tanh", "exp")


def tight(array: NDArray[Any], kind: Any = np.float32) -> NDArray[Any]:
    """Of a type, with rows that follow each other; copied only where it is not."""
    return np.ascontiguousarray(array, kind)


def laid(rows: Rows, width: int | None = None, count: int | None = None) -> Laid:
    """As kernels read them. Raises ValueError where they are not so wide, or not so many."""
    parts = [Part(rows)] if isinstance(rows, np.ndarray) else rows
    own = Laid(parts, parts[0].rows if count is None else count)
    if width is not None and own.width != width:
        raise ValueError(f"rows of {own.width} numbers are given where {width} are read")
    return own


def fits(*pairs: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    """Raises ValueError where a shape is not the one that is wanted: kernels read what they are told to."""
    for found, wanted in pairs:
        if found != wanted:
            raise ValueError(f"an array of shape {found} is given where one of {wanted} is read")


def linear(matrix: Matrix, x: Rows, after: str | None = None) -> Floats:
    """x (R, K) → x Wᵀ + b (R, N), after a function of EACH."""
    own = laid(x, matrix.k)
    y = np.empty((own.rows, matrix.n), np.float32)
    which = -1 if after is None else EACH.index(after)
    call("linear", matrix.at, own.at, own.count, which, own.rows, address(y))
    return y


def lstm(matrix: Matrix, x: Rows, c: Rows, said: Rows | None = None) -> tuple[Floats, Floats]:
    """A step: x (R, K), c (R, W), and what else is added to the gates (R, 4W) → h and c (R, W)."""
    own, width = laid(x, matrix.k), matrix.n // 4
    memory = laid(c, width, own.rows)
    more = None if said is None else laid(said, matrix.n, own.rows)
    h, after = np.empty((own.rows, width), np.float32), np.empty((own.rows, width), np.float32)
    call(
        "lstm", matrix.at, own.at, own.count, memory.at, None if more is None else more.at, own.rows,
        *addresses(h, after),
    )  # fmt: skip
    return h, after


def layer(matrix: Matrix, given: Rows, real: Masks, backward: bool) -> tuple[Floats, Floats, Floats]:
    """A layer over time, from a state of zeros, which stands still where a step is not real.

    given (T · B, 4W) what is added to the gates, real (T, B) → outputs (T, B, W), the last h and c (B, W).
    """
    fits(((matrix.n,), (4 * matrix.k,)))
    own, real = laid(given, matrix.n, real.size), tight(real, np.bool_)
    steps, rows, width = *real.shape, matrix.n // 4
    outputs = np.empty((steps, rows, width), np.float32)
    h, c = np.empty((rows, width), np.float32), np.empty((rows, width), np.float32)
    call("layer", matrix.at, own.at, address(real), steps, rows, backward, *addresses(outputs, h, c))
    return outputs, h, c


def look(
    query: Floats, back: Ints, beam: int, mask: Masks, keys: Floats, values: Floats, scale: float
) -> tuple[Floats, Floats]:
    """softmax(scale · query keys) values, for rows that stand in the places `back` of sentences with `beam`
    each.

    query (R, H · d), mask (B, S), keys (B, H, d, S), values (B, H, S, v) → context (R, H · v) and weights
    (R, H, S).
    """
    (heads, deep, slots), width, rows = keys.shape[1:], values.shape[-1], len(query)
    fits((query.shape, (rows, heads * deep)), (back.shape, (rows,)), (mask.shape, (len(keys), slots)))
    fits((values.shape, (len(keys), heads, slots, width)))
    query, back, mask = tight(query), tight(back, np.int64), tight(mask, np.bool_)
    keys, values = tight(keys), tight(values)
    context = np.empty((rows, heads * width), np.float32)
    weights = np.empty((rows, heads, slots), np.float32)
    call(
        "look", *addresses(query, back), beam, *addresses(keys, mask, values), scale,
        rows, heads, deep, slots, width, *addresses(context, weights),
    )  # fmt: skip
    return context, weights


def softmax(x: Floats) -> Floats:
    """Over the last axis; −∞ gives 0."""
    y = np.array(x, np.float32, order="C")
    call("softmax", address(y), y.size // y.shape[-1], y.shape[-1])
    return y


def words(matrix: Matrix, features: Floats, k: int, total: bool) -> tuple[Floats, Ints]:
    """Log-probabilities and numbers of the k most probable words (R, k), the most probable first, among
    equals the lower number; without `total` scores in place of log-probabilities."""
    fits((features.shape, (len(features), matrix.k)))
    features = tight(features)
    values, ids = np.empty((len(features), k), np.float32), np.empty((len(features), k), np.int64)
    call("words", matrix.at, address(features), len(features), k, total, address(values), address(ids))
    return values, ids


def screened(matrix: Matrix, screen: Screen, features: Floats, k: int) -> tuple[Floats, Ints]:
    """What `words` finds without `total`, bit for bit, in less time; matrix: float32 or bfloat16, of which
    the screen was made."""
    fits((features.shape, (len(features), matrix.k)), (screen.weight.shape, (matrix.n, matrix.k)))
    features = tight(features)
    values, ids = np.empty((len(features), k), np.float32), np.empty((len(features), k), np.int64)
    call(
        "screened", matrix.at, screen.at, screen.narrow.at, screen.norm, screen.error, address(features),
        len(features), k, *addresses(values, ids),
    )  # fmt: skip
    return values, ids


def fronted(matrix: Matrix, front: Front, features: Floats) -> tuple[Floats, Ints, int]:
    """What `words` finds for one word without `total`, bit for bit, in less time; matrix: int8, of which the
    front was made. And of how many rows all words were multiplied."""
    fits((features.shape, (len(features), matrix.k)), (front.tails.shape, (matrix.n,)))
    features = tight(features)
    values, ids = np.empty((len(features), 1), np.float32), np.empty((len(features), 1), np.int64)
    whole = call(
        "fronted", matrix.at, *front.at, front.norm, address(features), len(features),
        *addresses(values, ids),
    )  # fmt: skip
    return values, ids, whole


def short(
    matrix: Matrix, lists: Ints, pad: int, back: Ints, beam: int, features: Floats, k: int, total: bool
) -> tuple[Floats, Ints]:
    """As `words`, each row among the words of its sentence; matrix: int8, by rows.

    lists (B, L) ids, rising, filled up with `pad`; back as of `look`. What is found are places in a list.
    """
    fits((features.shape, (len(back), matrix.k)))
    lists, back, features = tight(lists, np.int64), tight(back, np.int64), tight(features)
    values, ids = np.empty((len(features), k), np.float32), np.empty((len(features), k), np.int64)
    call(
        "short", matrix.at, address(lists), lists.shape[1], pad, address(back), beam, address(features),
        len(features), k, total, *addresses(values, ids),
    )  # fmt: skip
    return values, ids


def each(which: str, x: Floats) -> Floats:
    """A function of EACH, of every number."""
    x = tight(x)
    y = np.empty_like(x)
    call("each", EACH.index(which), address(x), x.size, address(y))
    return y


def rows(parts: Rows) -> Floats:
    """Rows, side by side, as float32."""
    own = laid(parts)
    y = np.empty((own.rows, own.width), np.float32)
    call("rows", own.at, own.count, own.rows, address(y))
    return y
