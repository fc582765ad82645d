"""Local attention against section 3.2 of Luong et al. 2015.

Slots are counted from 0 here: the first word of the source is slot 0, the first target step is step 0.
"""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
import torch

from entarte.attend import attend
from entarte.attention import ATTENTIONS
from entarte.memory import Memory
from entarte.window import WINDOWS
from entarte.window.base import Window

from .drawn import Q, array, draw, numbers
from .plain import dot, mixed, sigmoid, softmax, tanhs, times

LONG, LENGTHS, STEPS = 8, (8, 5), 7


def seen() -> Memory:
    mask = torch.arange(LONG) < torch.tensor(LENGTHS)[:, None]
    values = numbers(2, LONG, Q, seed=3) * mask[..., None]
    return Memory(values, mask, values[:, 0], (values[:, :1],))


def look(window: Window, queries: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Weights (B, T, S) and contexts (B, T, D) of dot-product attention through a window."""
    attention = ATTENTIONS["dot"](Q, Q, window)
    memory = seen()
    position = torch.arange(STEPS).expand(2, -1)
    looked = attend(attention, queries, attention.keys(memory), memory, None, position)
    return array(looked.weights[:, 0]), array(looked.context)


def align(h: np.ndarray, slots: list[np.ndarray], inside: list[int]) -> list[float]:
    """align(h_t, h̄_s) of eq. 7, over the slots of the window; 0 outside."""
    weights = softmax([dot(h, slots[s]) for s in inside])
    found = [0.0] * len(slots)
    for s, weight in zip(inside, weights):
        found[s] = float(weight)
    return found


@pytest.mark.parametrize("D", [1, 2, 10])
def test_local_m_sets_p_t_to_t(D: int) -> None:
    """p_t = t; a_t by eq. 7 within [p_t − D, p_t + D]. Past the end of the source p_t stays on its last."""
    queries = numbers(2, STEPS, Q, seed=4)
    weights, contexts = look(WINDOWS["local-m"](Q, half=D), queries)
    values = array(seen().values)
    for b, n in enumerate(LENGTHS):
        slots = [values[b, s] for s in range(n)]
        for t in range(STEPS):
            p = min(t, n - 1)
            a = align(array(queries[b, t]), slots, [s for s in range(n) if p - D <= s <= p + D])
            np.testing.assert_allclose(weights[b, t, :n], a, rtol=0, atol=1e-12)
            np.testing.assert_array_equal(weights[b, t, n:], 0.0)
            np.testing.assert_allclose(contexts[b, t], mixed(a, slots), rtol=0, atol=1e-12)


@pytest.mark.parametrize("D", [1, 2, 10])
@pytest.mark.parametrize("renormalise", [False, True])
def test_local_p_eq_9_and_10(D: int, renormalise: bool) -> None:
    """p_t = S · sigmoid(v_pᵀ tanh(W_p h_t));  a_t(s) = align(h_t, h̄_s) exp(−(s − p_t)² / 2σ²), σ = D/2."""
    window = draw(WINDOWS["local-p"](Q, half=D, renormalise=renormalise), seed=5)
    W, v = array(window.W.weight), array(window.v.weight)[0]  # type: ignore[union-attr, arg-type]
    queries = numbers(2, STEPS, Q, seed=6)
    weights, contexts = look(window, queries)
    values = array(seen().values)
    sigma = D / 2
    for b, n in enumerate(LENGTHS):
        slots = [values[b, s] for s in range(n)]
        for t in range(STEPS):
            h = array(queries[b, t])
            p = n * sigmoid(dot(v, tanhs(times(W, h))))
            a = align(h, slots, [s for s in range(n) if p - D <= s <= p + D])
            a = [a[s] * exp(-((s - p) ** 2) / (2 * sigma**2)) for s in range(n)]
            if renormalise:  # ours, not the paper's
                a = [each / sum(a) for each in a]
            np.testing.assert_allclose(weights[b, t, :n], a, rtol=0, atol=1e-12)
            np.testing.assert_array_equal(weights[b, t, n:], 0.0)
            np.testing.assert_allclose(contexts[b, t], mixed(a, slots), rtol=0, atol=1e-12)


@pytest.mark.parametrize("far", [-1e4, 1e4])
def test_local_p_at_either_end_sees_something(far: float) -> None:
    """A saturated sigmoid sets p_t to 0 or to S, one past the last slot: even then a real slot is inside."""
    window = WINDOWS["local-p"](Q, half=1).double()
    with torch.no_grad():
        window.W.weight.fill_(1.0)  # type: ignore[union-attr, operator]
        window.v.weight.fill_(far)  # type: ignore[union-attr, operator]
    weights, _ = look(window, torch.ones(2, STEPS, Q, dtype=torch.float64))
    for b, n in enumerate(LENGTHS):
        end = 0 if far < 0 else n - 1
        assert weights[b, :, end].min() > 0.05
        assert weights[b, :, n:].max(initial=0.0) == 0.0


def test_global_is_everywhere() -> None:
    queries = numbers(2, STEPS, Q, seed=8)
    weights, _ = look(WINDOWS["global"](Q), queries)
    values = array(seen().values)
    for b, n in enumerate(LENGTHS):
        for t in range(STEPS):
            a = align(array(queries[b, t]), [values[b, s] for s in range(n)], list(range(n)))
            np.testing.assert_allclose(weights[b, t, :n], a, rtol=0, atol=1e-12)


def test_every_window_is_here() -> None:
    assert set(WINDOWS) == {"global", "local-m", "local-p"}
