"""The functions that an export defines by itself, done by a kernel each.

Each is made from its constants, a matrix or a table, and called with the rest of its inputs. What they are,
and the shapes of what they take and give, is said in `entarte.export.multiply`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from entarte.engine.fuse import BOUNDED, sizes
from entarte.native import Front, Matrix, Part, Screen, able, kernels
from entarte.vocabulary import PAD

Array = NDArray[Any]
Operator = Callable[..., Any]
Forms = Sequence[Sequence[int]]
KINDS = {"f": "float32", "u": "bfloat16", "i": "int8"}
"""Kinds of numbers by the first letter of the type that they have in the file."""


def matrix(held: Sequence[Array], bounded: bool, coarse: bool = True) -> Matrix:
    """Of weight (N, K), scales where they are int8, and bias."""
    weight, bias = held[0], held[-1]
    scales = held[1] if len(held) == 3 else None
    return Matrix(KINDS[weight.dtype.kind], weight, bias, scales, bounded=bounded, coarse=coarse)


def linear(
    held: Sequence[Array], bounded: bool, forms: Forms | None = None, after: str | None = None
) -> Operator:
    own, parts = matrix(held, bounded), arranged(forms)

    def run(*values: Array) -> Array:
        [x] = parts(values)
        return kernels.linear(own, x, after)

    return run


def lstm(held: Sequence[Array], bounded: bool, forms: Forms | None = None) -> Operator:
    own, parts = matrix(held, bounded), arranged(forms)
    return lambda *values: kernels.lstm(own, *parts(values))


def arranged(forms: Forms | None) -> Callable[[Sequence[Array]], list[list[Part]]]:
    """From the values that a node takes to the parts of each of its inputs; see `engine.fuse`. None: each
    value is an input as it stands."""
    if forms is None:
        return lambda values: [[Part(value)] for value in values]
    own = list(sizes(forms))
    return lambda values: [[Part(*values[each]) for each in some] for some in own]


def layer(backward: bool) -> Callable[[Sequence[Array], bool], Operator]:
    def make(held: Sequence[Array], bounded: bool) -> Operator:
        own = matrix(held, bounded)

        def run(table: Array, *values: Array) -> Any:
            *which, real = values
            real = real[..., 0]
            if which:
                given = Part(table, which[0].reshape(-1), *which[1:])
            else:
                given = Part(table.reshape(real.size, -1))
            return kernels.layer(own, [given], real, backward)

        return run

    return make


def rows(held: Sequence[Array], bounded: bool) -> Operator:
    def run(ids: Array) -> Array:
        found = kernels.rows([Part(held[0], ids.reshape(-1), *held[1:])])
        return found.reshape(*ids.shape, -1)

    return run


class Words:
    """The most probable words; found among few where their probabilities are not asked for.

    held   the constants of the output matrix
    front  of a large matrix of int8: the directions in which it is long, as `export.front` makes them
    """

    def __init__(self, held: Sequence[Array], bounded: bool, front: Sequence[Array] = ()) -> None:
        self.held, self.bounded, self.long = held, bounded, front
        self.matrix = matrix(held, bounded, coarse=False)
        self.screens = self.matrix.kind != "int8" and able("int8")
        self.pays = bool(front)

    @cached_property
    def screen(self) -> Screen:
        """Made when it is first needed: searches that want probabilities do without."""
        return Screen(*self.held, bounded=self.bounded)

    @cached_property
    def front(self) -> Front:
        """As `screen`."""
        return Front(self.held, self.long, bounded=self.bounded)

    def __call__(self, x: Array, k: Array, scores: Array) -> Any:
        if self.screens and not scores:
            return kernels.screened(self.matrix, self.screen, x, int(k[0]))
        if self.pays and not scores and k[0] == 1:
            values, ids, whole = kernels.fronted(self.matrix, self.front, x)
            if 4 * whole > len(x) > 16:  # rows of this matrix are long in all directions
                self.pays = False
            return values, ids
        return kernels.words(self.matrix, x, int(k[0]), bool(scores))


def fronted(held: Sequence[Array], bounded: bool) -> Operator:
    return Words(held[:3], bounded, held[3:])


def short(held: Sequence[Array], bounded: bool) -> Operator:
    weight, scales, bias = held
    own = Matrix("int8", weight, bias, scales, bounded=bounded, by_rows=True)

    def run(x: Array, place: Array, back: Array, lists: Array, k: Array, scores: Array) -> Any:
        return kernels.short(own, lists, PAD, back, place.shape[1], x, int(k[0]), bool(scores))

    return run


def look(held: Sequence[Array], bounded: bool) -> Operator:
    def run(
        query: Array, place: Array, back: Array, mask: Array, keys: Array, values: Array, scale: Array
    ) -> Any:
        own = values if values.ndim == 4 else values[:, None]
        return kernels.look(query, back, place.shape[1], mask, keys, own, scale.item())

    return run


FUNCTIONS: dict[str, Callable[..., Operator]] = {
    "Linear": linear,
    "Lstm": lstm,
    "LstmRead": lstm,
    "Forwards": layer(False),
    "Backwards": layer(True),
    "Rows": rows,
    "Words": Words,
    "Fronted": fronted,
    "Short": short,
    "Look": look,
}
"""By name, without BOUNDED."""
HELD = {"Look": 0, "Rows": 1, "Fronted": 8}
"""How many constants come first: a matrix is two, weight and bias, or as HELD says; int8 has scales too."""


def made(name: str, constants: Sequence[Array | None], **attributes: Any) -> tuple[Operator, int]:
    """A function, and how many of its inputs went into it. Raises KeyError for one that is none of ours."""
    bare = name.removesuffix(BOUNDED)
    count = HELD.get(bare, 2)
    first = constants[0]
    if count and first is not None and first.dtype == np.int8:
        count += 1
    held = [each for each in constants[:count] if each is not None]
    if len(held) != count:
        raise ValueError(f"'{name}' begins with something else than constants")
    return FUNCTIONS[bare](held, name != bare, **attributes), count
