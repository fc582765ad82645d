"""What turns features into words."""

from __future__ import annotations

from typing import Protocol

from entarte.engine.graphs import Floats, Graphs, Ints
from entarte.engine.rows import Job, Placed


class Sayer(Protocol):
    """What turns features into words: the whole output layer, or the sentences' shortlists."""

    def begin(self, at: Ints, jobs: list[Job], size: int) -> None:
        """These sentences stand in these slots now, of so many."""
        ...

    def move(self, slots: Ints) -> None:
        """Only these slots are left, and stand in this order."""
        ...

    def say(self, features: Floats, rows: Placed, k: int, scores: bool) -> tuple[Ints, Floats | None]:
        """The k most probable words of each row."""
        ...


class Whole:
    """All words of the vocabulary."""

    def __init__(self, graphs: Graphs) -> None:
        self.graphs = graphs

    def begin(self, at: Ints, jobs: list[Job], size: int) -> None: ...

    def move(self, slots: Ints) -> None: ...

    def say(self, features: Floats, rows: Placed, k: int, scores: bool) -> tuple[Ints, Floats | None]:
        return self.graphs.say(features, k, scores)
