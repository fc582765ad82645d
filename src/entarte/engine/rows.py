"""What the engine's search keeps: sentences that wait, rows of a step, limits of sentences in their slots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from entarte.engine.graphs import Floats, Ints


class Job(NamedTuple):
    """A sentence to decode: its number, its ids with EOS, most tokens of its output, and its shortlist, where
    it has one."""

    number: int
    ids: list[int]
    limit: int
    words: Ints | None = None


class Hypothesis(NamedTuple):
    """One output of the search; see `search.hypothesis`. weights (T, H, S) or None."""

    tokens: tuple[int, ...]
    log_probs: tuple[float, ...]
    score: float
    finished: bool
    weights: Floats | None


class Rows(NamedTuple):
    """The rows of the next step, (R,) each, in the order of their slots."""

    slot: Ints
    total: NDArray[np.float64]
    token: Ints
    log_prob: NDArray[np.float64]
    parent: Ints

    def take(self, which: Any) -> Rows:
        return Rows(*(part[which] for part in self))


class Placed(NamedTuple):
    """Where rows (R,) stand: the slot of each, and as `places` says."""

    slot: Ints
    place: Ints
    back: Ints


@dataclass
class Limits:
    """What holds for the sentences in their slots, (slots,) each; nobody reads what stands in a free slot.

    begun    the step in which it was begun
    most     tokens of its output
    worst    the score of its n-th best finished hypothesis; −∞ where there are fewer
    divisor  of the score of its longest output
    """

    begun: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    most: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    worst: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    divisor: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def begin(self, at: Ints, time: int, jobs: list[Job], divisors: list[float], size: int) -> None:
        """These sentences stand in these slots now, of so many."""
        for name, new in (
            *(("begun", time), ("most", [job.limit for job in jobs])),
            *(("worst", -np.inf), ("divisor", divisors)),
        ):
            values = grown(getattr(self, name), getattr(self, name), size)
            values[at] = new
            setattr(self, name, values)

    def move(self, slots: Ints) -> None:
        """Only these slots are left, and stand in this order."""
        for name, values in vars(self).items():
            setattr(self, name, values[slots])


NOTHING = Rows(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))


def places(slot: Ints, slots: int, width: int) -> tuple[Ints, Ints]:
    """Where rows (R,), in the order of their slots, stand in the form that is padded to `width` rows each.

    >>> places(np.array([0, 0, 2]), 3, 2)
    (array([[0, 1],
           [0, 0],
           [2, 0]]), array([0, 1, 4]))
    """
    back = slot * width + np.arange(len(slot)) - np.searchsorted(slot, slot)
    place = np.zeros(slots * width, np.int64)
    place[back] = np.arange(len(slot))
    return place.reshape(slots, width), back


def grown(old: NDArray[Any] | None, like: NDArray[Any], size: int) -> NDArray[Any]:
    """An array with room for so many, what there was in front. Room that is free is all ones: a memory that
    nobody looks at must still have a real slot."""
    if old is not None and len(old) >= size:
        return old
    new = np.ones((size, *like.shape[1:]), like.dtype)
    if old is not None:
        new[: len(old)] = old
    return new


def put(old: NDArray[Any] | None, part: NDArray[Any], at: Ints, size: int) -> NDArray[Any]:
    """An array with room for `size`, with `part` in the places `at`."""
    if len(part) == size:  # all there is
        return np.require(part, requirements=("C", "W"))
    new = grown(old, part, size)
    new[at] = part
    return new
