"""The decoder's first state, layer by layer and part by part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from entarte.decoder.start import STARTS
from entarte.memory import Memory

from .drawn import LENGTHS, B, S, array, draw, numbers
from .plain import add, scaled, tanhs, times

D = W = 4
"""Widths of memory and decoder."""
L = 2
"""Layers of the encoder, and of the decoder where nothing else is said."""
Printed = Callable[[Any, Memory, int, int, int], np.ndarray]
"""The start, the memory, a source, a part (0: h, 1: c) and a layer → the numbers."""


def seen(parts: int) -> Memory:
    mask = torch.arange(S) < torch.tensor(LENGTHS)[:, None]
    values = numbers(B, S, D) * mask[..., None]
    return Memory(
        values, mask, numbers(B, D, seed=1), tuple(numbers(B, L, D, seed=2 + p) for p in range(parts))
    )


def mean(memory: Memory, b: int) -> np.ndarray:
    """(1/n) Σ_s h_s."""
    return scaled(1 / LENGTHS[b], add(*(array(memory.values[b, s]) for s in range(LENGTHS[b]))))


def zeros(start: Any, memory: Memory, b: int, part: int, layer: int) -> np.ndarray:
    return np.zeros(W)


def ones(start: Any, memory: Memory, b: int, part: int, layer: int) -> np.ndarray:
    return np.ones(W)


def learned(start: Any, memory: Memory, b: int, part: int, layer: int) -> np.ndarray:
    return array(start.vectors)[part, layer]


def average(start: Any, memory: Memory, b: int, part: int, layer: int) -> np.ndarray:
    """h is the mean, c is 0."""
    return mean(memory, b) if part == 0 else np.zeros(W)


def xu_section_3_1_2(start: Any, memory: Memory, b: int, part: int, layer: int) -> np.ndarray:
    """Xu et al. 2015: c_0 = f_init,c(mean of a), h_0 = f_init,h(mean of a), each f a layer with tanh."""
    at = (part * start.layers + layer) * W
    matrix, bias = array(start.W.weight)[at : at + W], array(start.W.bias)[at : at + W]
    return tanhs(add(times(matrix, mean(memory, b)), bias))


def sutskever(start: Any, memory: Memory, b: int, part: int, layer: int) -> np.ndarray:
    """The decoder goes on from the encoder's state."""
    return array(memory.summary[part])[b, layer]


def bridge(start: Any, memory: Memory, b: int, part: int, layer: int) -> np.ndarray:
    """tanh(W · state + b); top layer from top layer; h serves where the encoder has no c."""
    matrix = start.W[part * start.layers + layer]
    whence = memory.summary[min(part, len(memory.summary) - 1)]
    state = array(whence)[b, max(0, L - start.layers + layer)]
    return tanhs(add(times(array(matrix.weight), state), array(matrix.bias)))


CASES: dict[str, Printed] = {
    "zeros": zeros,
    "ones": ones,
    "learned": learned,
    "mean": average,
    "projected-mean": xu_section_3_1_2,
    "last": sutskever,
    "bridge": bridge,
}


SHAPES = [(1, 1, L), (2, 2, L), (1, 2, 1), (2, 1, 3)]
"""Parts of the encoder's and of the decoder's cell, and the decoder's layers."""


@pytest.mark.parametrize(
    ("kind", "read", "parts", "layers"),
    [(kind, *shape) for kind in STARTS for shape in SHAPES if kind != "last" or shape in SHAPES[:2]],
)
def test_first_state(kind: str, read: int, parts: int, layers: int) -> None:
    start = draw(STARTS[kind](D, L, read, layers, W, parts))
    memory = seen(read)
    state = start(memory)
    assert len(state) == parts
    for part in range(parts):
        assert state[part].shape == (B, layers, W)
        for b in range(B):
            for layer in range(layers):
                expected = CASES[kind](start, memory, b, part, layer)
                np.testing.assert_allclose(array(state[part])[b, layer], expected, rtol=0, atol=1e-12)


def test_every_start_is_here() -> None:
    assert set(CASES) == set(STARTS)
