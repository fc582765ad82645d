"""One step of each recurrent cell. Gates stand below each other in one matrix, in torch's order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .plain import add, each, sigmoid, tanhs, times

State = tuple[np.ndarray, ...]
"""(h,) or (h, c)."""
Cell = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, State], State]


def zero(cell: str, width: int) -> State:
    """The state before the first word."""
    return tuple(np.zeros(width) for _ in range(2 if cell == "lstm" else 1))


def rnn(W: np.ndarray, U: np.ndarray, b: np.ndarray, d: np.ndarray, x: np.ndarray, state: State) -> State:
    """Elman 1990: h' = tanh(W x + U h + b + d)."""
    (h,) = state
    return (tanhs(add(times(W, x), b, times(U, h), d)),)


def lstm(W: np.ndarray, U: np.ndarray, b: np.ndarray, d: np.ndarray, x: np.ndarray, state: State) -> State:
    """Hochreiter and Schmidhuber 1997; Gers et al. 2000: i, f, o = σ(…), g = tanh(…), c' = f c + i g,
    h' = o tanh(c')."""
    h, c = state
    i, f, g, o = np.split(add(times(W, x), b, times(U, h), d), 4)
    i, f, o = each(sigmoid, i), each(sigmoid, f), each(sigmoid, o)
    g = tanhs(g)
    after = np.array([f[k] * c[k] + i[k] * g[k] for k in range(len(c))])
    return np.array([o[k] * np.tanh(after[k]) for k in range(len(c))]), after


def gru(W: np.ndarray, U: np.ndarray, b: np.ndarray, d: np.ndarray, x: np.ndarray, state: State) -> State:
    """Cho et al. 2014, in the form of cuDNN: r, z = σ(…), n = tanh(W x + b + r (U h + d)),
    h' = (1 − z) n + z h. (The paper resets before the product: U (r h).)"""
    (h,) = state
    Wr, Wz, Wn = np.split(add(times(W, x), b), 3)
    Ur, Uz, Un = np.split(add(times(U, h), d), 3)
    r, z = each(sigmoid, add(Wr, Ur)), each(sigmoid, add(Wz, Uz))
    n = np.array([np.tanh(Wn[k] + r[k] * Un[k]) for k in range(len(h))])
    return (np.array([(1 - z[k]) * n[k] + z[k] * h[k] for k in range(len(h))]),)


CELLS: dict[str, Cell] = {"rnn": rnn, "lstm": lstm, "gru": gru}
