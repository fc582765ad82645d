"""Rendered scenes and what they show: pictures whose every caption word is known to stand on certain cells.

A scene is a picture of one to three shapes on a pale ground. A caption names one of them and where it lies
to the others: "a small red circle above a large blue square". Size, colour and shape are grounded: they are
linked to all cells of the grid that the object covers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from entarte.errors import InputError, did_you_mean
from entarte.grammar.dice import Dice
from entarte.grammar.reports import PARTS, SHARES

SIZES = {"small": 1, "large": 2}
"""Cells of a side."""
COLOURS = {
    "red": (204, 41, 41), "green": (46, 153, 60), "blue": (43, 84, 209),
    "yellow": (230, 200, 30), "purple": (140, 50, 170), "black": (25, 25, 28),
}  # fmt: skip
SHAPES = ("circle", "square", "triangle", "cross")
GROUND = (236, 234, 228)
FINE = 4  # points a pixel side by which edges are smoothed
COVERED = 0.1  # share of a cell that an object must cover to be said to lie there


@dataclass(frozen=True)
class Thing:
    """One object: its words, the grid cell of its upper left corner, and how far it is moved from there."""

    size: str
    colour: str
    shape: str
    row: int
    column: int
    shift: tuple[float, float] = (0.0, 0.0)

    @property
    def words(self) -> list[str]:
        return ["a", self.size, self.colour, self.shape]

    @property
    def middle(self) -> tuple[float, float]:
        """Row and column of its middle, in cells."""
        half = SIZES[self.size] / 2
        return self.row + half + self.shift[0], self.column + half + self.shift[1]

    def covers(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of the points (2, …), rows and columns in cells, lie inside."""
        down, right = (axis - at for axis, at in zip(points, self.middle, strict=True))
        reach = 0.42 * SIZES[self.size]
        inside: NDArray[np.bool_] = (abs(down) <= reach) & (abs(right) <= reach)
        if self.shape == "circle":
            inside &= down**2 + right**2 <= reach**2
        elif self.shape == "triangle":
            inside &= abs(right) <= (down + reach) / 2
        elif self.shape == "cross":
            inside &= np.minimum(abs(down), abs(right)) <= reach / 3
        return inside


@dataclass(frozen=True)
class Scene:
    """Things on a grid of so many cells a side."""

    things: tuple[Thing, ...]
    grid: int

    def picture(self, cell: int, noise: float = 4.0, seed: int = 0) -> NDArray[np.uint8]:
        """(grid · cell, grid · cell, 3): the scene, edges smoothed, with a little noise on it."""
        side = self.grid * cell
        painted = np.full((side, side, 3), GROUND, dtype=np.float64)
        for thing in self.things:
            share = thing.covers(_points(self.grid, side * FINE)).reshape(side, FINE, side, FINE).mean((1, 3))
            painted += share[..., None] * (np.array(COLOURS[thing.colour]) - painted)
        painted += noise * np.random.default_rng(seed).standard_normal(painted.shape)
        found: NDArray[np.uint8] = painted.round().clip(0, 255).astype(np.uint8)
        return found

    def cells(self, thing: Thing) -> list[int]:
        """The cells that a thing lies on, row by row from 0."""
        fine = 16
        share = thing.covers(_points(self.grid, self.grid * fine))
        share = share.reshape(self.grid, fine, self.grid, fine).mean((1, 3))
        return np.flatnonzero(share >= COVERED).tolist()

    def captions(self) -> list[tuple[str, frozenset[tuple[int, int]]]]:
        """All that may be said of it, each with the links (cell, word) of size, colour and shape."""
        found = []
        for first, *others in permutations(self.things):
            words, links = [], set[tuple[int, int]]()
            for number, thing in enumerate([first, *others]):
                if number:
                    words += (["and"] if number > 1 else []) + relation(first, thing).split()
                links |= {(c, len(words) + w) for c in self.cells(thing) for w in range(1, len(thing.words))}
                words += thing.words
            found.append((" ".join(words), frozenset(links)))
        return found


def relation(one: Thing, other: Thing) -> str:
    """Where one thing lies to another, by the longer of the two distances; empty where they are alike.

    >>> relation(Thing("small", "red", "circle", 0, 2), Thing("small", "blue", "square", 4, 1))
    'above'
    """
    down, right = (b - a for a, b in zip(one.middle, other.middle, strict=True))
    if abs(abs(down) - abs(right)) < 0.8:
        return ""
    if abs(down) > abs(right):
        return "above" if down > 0 else "below"
    return "left of" if right > 0 else "right of"


def scenes(
    count: int, seed: int = 1, part: str = "train", *, grid: int = 6, most: int = 3
) -> Iterator[Scene]:
    """So many scenes; the same seed and part give the same. No scene of one part is in another.

    grid  cells of a side, from 4
    most  things in a scene, 1 to 3

    Raises InputError for an unknown part, too small a grid, and no or too many things.

    >>> [scene] = scenes(1, seed=11)
    >>> [caption for caption, _ in scene.captions()]
    ['a large purple square above a small purple cross', 'a small purple cross below a large purple square']
    """
    if part not in SHARES:
        raise InputError(f"there is no part '{part}'", advice=did_you_mean(part, PARTS))
    if grid < 4 or not 1 <= most <= 3:
        raise InputError(f"{most} things on {grid} × {grid} cells: it must be 1 to 3, on 4 × 4 or more")
    dice = Dice(f"scenes {seed} {part} {grid} {most}")
    for _ in range(count):
        many = 1 + dice.below(most)
        while True:
            things = tuple(_thing(dice, grid) for _ in range(many))
            if _clear(things) and crc32(repr(sorted(map(repr, things))).encode()) % 10 in SHARES[part]:
                break
        yield Scene(things, grid)


def _thing(dice: Dice, grid: int) -> Thing:
    size = dice.pick(list(SIZES))
    row, column = (dice.below(grid - SIZES[size] + 1) for _ in range(2))
    shift = tuple(round(0.3 * dice.number() - 0.15, 2) for _ in range(2))
    inner = [max(s, 0.0) if at == 0 else min(s, 0.0) if at == grid - SIZES[size] else s
             for s, at in zip(shift, (row, column), strict=True)]  # fmt: skip
    return Thing(size, dice.pick(list(COLOURS)), dice.pick(SHAPES), row, column, (inner[0], inner[1]))


def _clear(things: tuple[Thing, ...]) -> bool:
    """Whether no two things touch, look alike, or lie so that nobody could say how."""
    for number, one in enumerate(things):
        for other in things[:number]:
            apart = (SIZES[one.size] + SIZES[other.size]) / 2 + 0.3
            if max(abs(a - b) for a, b in zip(one.middle, other.middle, strict=True)) < apart:
                return False
            if (one.colour, one.shape) == (other.colour, other.shape) or not relation(one, other):
                return False
    return True


@cache
def _points(grid: int, side: int) -> NDArray[np.float64]:
    """(2, side, side): rows and columns in cells of the middles of so many points a side."""
    line = (np.arange(side) + 0.5) * grid / side
    return np.stack(np.meshgrid(line, line, indexing="ij"))
