"""Arithmetic as it is printed: lists of numbers, one loop an index. No torch in here.

What the papers write is computed with these and compared with the package, number by number. Vectors and
matrices are numpy arrays; `W` of a linear layer is (out, in), so that W x is what is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, tanh

import numpy as np

Vector = np.ndarray
Matrix = np.ndarray


def dot(one: Sequence[float], other: Sequence[float]) -> float:
    """oneᵀ other."""
    assert len(one) == len(other)
    total = 0.0
    for a, b in zip(one, other):
        total += float(a) * float(b)
    return total


def times(matrix: Matrix, vector: Sequence[float]) -> Vector:
    """matrix · vector."""
    return np.array([dot(row, vector) for row in matrix])


def add(*vectors: Sequence[float]) -> Vector:
    """Their sum."""
    return np.array([sum(float(each) for each in numbers) for numbers in zip(*vectors, strict=True)])


def beside(*vectors: Sequence[float]) -> Vector:
    """[one; other]."""
    return np.array([float(number) for vector in vectors for number in vector])


def scaled(factor: float, vector: Sequence[float]) -> Vector:
    """factor · vector."""
    return np.array([factor * float(number) for number in vector])


def each(function: Callable[[float], float], vector: Sequence[float]) -> Vector:
    """The function of every number."""
    return np.array([function(float(number)) for number in vector])


def tanhs(vector: Sequence[float]) -> Vector:
    """tanh of every number."""
    return each(tanh, vector)


def sigmoid(number: float) -> float:
    """1 / (1 + e^−x)."""
    return 1.0 / (1.0 + exp(-number))


def softmax(scores: Sequence[float]) -> Vector:
    """exp(e_i) / Σ_k exp(e_k)."""
    total = sum(exp(float(score)) for score in scores)
    return np.array([exp(float(score)) / total for score in scores])


def mixed(weights: Sequence[float], vectors: Sequence[Vector]) -> Vector:
    """Σ_i weights_i vectors_i."""
    total = np.zeros(len(vectors[0]))
    for weight, vector in zip(weights, vectors, strict=True):
        total = add(total, scaled(float(weight), vector))
    return total
