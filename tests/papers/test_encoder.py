"""The recurrent encoder, word by word, against the equations of its cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from entarte.encoder.recurrent import Recurrent

from .cells import CELLS, State, zero
from .drawn import LENGTHS as LONG
from .drawn import B, S, array, draw, numbers
from .plain import add, beside

E, D = 3, 4


def read(layer: Any, cell: str, words: list[np.ndarray]) -> tuple[list[np.ndarray], State]:
    """One direction over some words: the outputs, and the last state."""
    weights = [
        array(getattr(layer, name)) for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    ]
    state = zero(cell, weights[1].shape[1])
    outputs = []
    for word in words:
        state = CELLS[cell](*weights, word, state)
        outputs.append(state[0])
    return outputs, state


def printed(encoder: Any, words: list[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray, list[State]]:
    """Values of each slot, the fixed vector, and the last state of each layer."""
    if encoder.reverse:
        words = words[::-1]
    finals: list[State] = []
    for number, (forward, backward) in enumerate(zip(encoder.forwards, encoder.backwards, strict=True)):
        below = words
        words, final = read(forward, encoder.cell, below)
        if isinstance(backward, torch.nn.RNNBase):
            # →h from the first word to the last, ←h from the last to the first (Bahdanau, A.2.1)
            behind, end = read(backward, encoder.cell, below[::-1])
            words = [beside(one, other) for one, other in zip(words, behind[::-1], strict=True)]
            final = tuple(beside(one, other) for one, other in zip(final, end, strict=True))
        finals.append(final)
        if encoder.residual and number:
            words = [add(one, other) for one, other in zip(words, below, strict=True)]
    return (words[::-1] if encoder.reverse else words), finals[-1][0], finals


def compare(**settings: Any) -> None:
    encoder = draw(Recurrent(E, width=D, **settings))
    mask = torch.arange(S) < torch.tensor(LONG)[:, None]
    vectors = numbers(B, S, E)
    memory = encoder(vectors, mask)
    for b, n in enumerate(LONG):
        values, final, finals = printed(encoder, [array(vectors[b, s]) for s in range(n)])
        np.testing.assert_allclose(array(memory.values[b, :n]), np.array(values), rtol=0, atol=1e-12)
        np.testing.assert_array_equal(array(memory.values[b, n:]), 0.0)
        np.testing.assert_allclose(array(memory.final[b]), final, rtol=0, atol=1e-12)
        for part, summary in enumerate(memory.summary):
            expected = np.array([state[part] for state in finals])
            np.testing.assert_allclose(array(summary[b]), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("directions", ["one", "both", "first"])
@pytest.mark.parametrize("layers", [1, 3])
def test_bahdanau_eq_7_every_word_is_read_from_both_sides(cell: str, directions: str, layers: int) -> None:
    """h_j = [→h_j; ←h_j]; `first`: only the lowest layer reads both ways (Wu et al. 2016, section 3.2)."""
    compare(cell=cell, directions=directions, layers=layers)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("directions", ["one", "both"])
def test_sutskever_3_3_the_source_is_read_in_reverse(cell: str, directions: str) -> None:
    """And slot s of the memory is still the state after reading word s."""
    compare(cell=cell, directions=directions, reverse=True, layers=2)


@pytest.mark.parametrize("directions", ["one", "first"])
def test_wu_eq_6_inputs_are_added_to_outputs(directions: str) -> None:
    """x_t^i = m_t^i + x_t^{i−1}: what the layer above reads is output plus input."""
    compare(cell="lstm", directions=directions, residual=True, layers=4)
