"""Toy families, so that the tests of settings know nothing of real members."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest

from entarte.settings import complete
from entarte.settings.families import Family


class Round:
    """Nothing to choose."""

    def __init__(self, size: int) -> None:
        self.size = size


class Square:
    """Much to choose.

    size  wiring

    width    of a side,
             in steps
    colour   what it looks like
    """

    def __init__(
        self,
        size: int,
        *,
        width: int = 3,
        colour: Literal["red", "green"] = "red",
        weight: float = 0.5,
        dropout: float = 0.0,
        hollow: bool = False,
        label: str = "",
        limit: int | None = None,
    ) -> None:
        self.given = (size, width, colour, weight, dropout, hollow, label, limit)


class Needy(Square):
    """Inherits the meaning of colour."""

    def __init__(self, size: int, *, must: int, colour: Literal["red", "green"] = "red") -> None:
        super().__init__(size, width=must, colour=colour)


def greedy(stepper: object, *, depth: int = 1) -> None:
    """A member may be a function.

    depth  how far
    """


SHAPES: dict[str, type] = {"round": Round, "square": Square, "needy": Needy}
SEARCHES = {"greedy": greedy}


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[..., object]]:
    """Every family of parts of a model holds the toy shapes, and the search is `greedy`; returns them all."""

    class Toy(Family):
        def load(self):  # type: ignore[no-untyped-def]
            return SEARCHES if self.table == "SEARCHES" else SHAPES

    kept = (
        "task",
        "source",
        "source_front",
    )  # how lines are read hangs together with other settings
    families = {
        name: family if name in kept else Toy("", "SHAPES", "round")
        for name, family in complete.FAMILIES.items()
    }
    monkeypatch.setattr(complete, "FAMILIES", families)
    monkeypatch.setattr(complete, "SEARCH", Toy("", "SEARCHES", "greedy"))
    return {**SHAPES, **SEARCHES}
