"""Seeded choices, and the numbering of the nodes of a tree."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Random choices from one seed, and the numbers of the nodes of one tree."""

    def __init__(self, seed: int | str) -> None:
        self._random = Random(seed)
        self._next = 0

    def fresh(self) -> None:
        """Begin a new tree."""
        self._next = 0

    def at(self) -> int:
        """The next node's number."""
        self._next += 1
        return self._next - 1

    def number(self) -> float:
        """In [0, 1)."""
        return self._random.random()

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def below(self, count: int) -> int:
        """0 to count - 1."""
        return int(self._random.random() * count)

    def pick(self, items: Sequence[T]) -> T:
        return items[int(self._random.random() * len(items))]
