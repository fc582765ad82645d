"""Where the decoder looked in a picture: the picture once for each word, bright where the look is.

As in Xu et al. (2015, figures 2 to 4), but cell by cell: what a cell weighs is not smeared over others.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from entarte.alignment import Alignment
from entarte.errors import InputError
from entarte.plot.figure import need, render, style
from entarte.plot.palette import GOLD, LIGHT, QUIET, TEXT, WHITE
from entarte.source.images import picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ACROSS = 5
"""Panels side by side."""
PANEL = 1.5  # inches of a panel's side
VEIL = 0.85  # how much of the picture is hidden where no look is


def draw(alignment: Alignment, path: str | Path, ending: str = "png") -> bytes:
    """The panels as the bytes of a "png", "svg" or "pdf" file.

    path  of the picture that the slots lie over

    Raises InputError where the slots lie on no grid or the picture cannot be read, SetupError where a package
    is missing.
    """
    with style():
        return render(panels(alignment, path), ending)


def grid(alignment: Alignment) -> NDArray[np.float64]:
    """(T, rows, columns): the weights as they lie, by the labels "row,column" of the slots. The end of the
    source, which lies nowhere, is left out. Raises InputError where a slot has another label."""
    places = []
    for token in alignment.columns:
        match = re.fullmatch(r"(\d+),(\d+)", token.text)
        if match:
            places.append((int(match[1]), int(match[2])))
        elif token.kind == "text":
            raise InputError(
                f"the slot '{token.label}' lies on no grid",
                advice="Pictures have one, and arrays of the shape (rows, columns, numbers).",
            )
    if not places:
        raise InputError("there is no slot to lay over the picture")
    rows, columns = np.array(places).T
    found = np.zeros((len(alignment.rows), rows.max() + 1, columns.max() + 1))
    found[:, rows, columns] = alignment.weights[:, : len(places)]
    return found


def panels(alignment: Alignment, path: str | Path) -> Figure:
    """The picture, and a panel for each target token: a veil is lifted where it is looked at, wholly from the
    heaviest cell, whose weight stands behind the word. Outlined: cells that are known to be right."""
    need()
    from matplotlib.colors import to_rgb
    from matplotlib.figure import Figure

    looks = grid(alignment)
    points = np.asarray(picture(Path(path)))
    rows, columns = looks.shape[1:]
    frame = (0, columns, rows, 0)
    down = -(-(len(looks) + 1) // ACROSS)
    across = min(ACROSS, len(looks) + 1)
    size = (PANEL * across + 0.1, (PANEL * points.shape[0] / points.shape[1] + 0.32) * down + 0.1)
    made = Figure(figsize=size, facecolor=WHITE, layout="constrained")
    tint = np.array(to_rgb(LIGHT[-1]))
    for number, axes in enumerate(np.ravel(made.subplots(down, across, squeeze=False))):
        axes.set_axis_off()
        axes.set_box_aspect(points.shape[0] / points.shape[1])
        if number > len(looks):
            continue
        axes.imshow(points, extent=frame, interpolation="nearest", aspect="auto")
        if number == 0:
            axes.set_title(Path(path).name, fontsize=8, color=QUIET)
            continue
        look, token = looks[number - 1], alignment.rows[number - 1]
        heaviest = float(look.max())
        veil = np.ones((rows, columns, 4))
        veil[..., :3] = tint
        veil[..., 3] = VEIL * (1 - look / heaviest if heaviest > 0 else look + 1)
        axes.imshow(veil, extent=frame, interpolation="nearest", aspect="auto")
        for s, t in sorted(alignment.gold or ()):
            if t == number - 1 and s < rows * columns:
                axes.plot(*_outline(s // columns, s % columns), color=GOLD, lw=0.9)
        shade = TEXT if token.kind == "text" else QUIET
        axes.set_title(f"{token.label}  {heaviest:.2f}", fontsize=9, color=shade)
        axes.set_xlim(0, columns)
        axes.set_ylim(rows, 0)
    return made


def _outline(row: int, column: int) -> tuple[list[float], list[float]]:
    near, far = 0.06, 0.94
    return (
        [column + near, column + far, column + far, column + near, column + near],
        [row + near, row + near, row + far, row + far, row + near],
    )
