"""Where a decoder listened: its weights over time, above the sound itself, and the path of CTC."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from entarte.alignment import Alignment
from entarte.plot import ending, write
from entarte.plot.curve import ENDINGS
from entarte.plot.figure import need, render, style
from entarte.plot.palette import GOLD, QUIET, TEXT, WHITE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, ROW, SOUND = 8.0, 0.17, 1.3
"""Inches: of the figure, of a row of weights, of the sound."""


def save(
    path: str | Path,
    alignment: Alignment,
    frames: NDArray[np.float32],
    frame: float,
    slot: float,
    spans: tuple[tuple[int, int], ...] | None = None,
) -> Path:
    """Write the picture as .png, .svg or .pdf; arguments as of `figure`, errors as of `entarte.plot.save`."""
    kind = ending(path, ENDINGS)
    with style():
        return write(path, render(figure(alignment, frames, frame, slot, spans), kind))


def figure(
    alignment: Alignment,
    frames: NDArray[np.float32],
    frame: float,
    slot: float,
    spans: tuple[tuple[int, int], ...] | None = None,
) -> Figure:
    """The picture as a matplotlib Figure.

    alignment  T target pieces over S slots
    frames     (N, F) log-mel
    frame      seconds from one frame to the next
    slot       seconds that a slot of the memory stands for
    spans      for each piece the slots that CTC gives it, from and to (excluded)
    """
    need()
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

    from entarte.plot.palette import LIGHT

    rows = len(alignment.rows)
    height = max(ROW * rows, 0.8)
    made = Figure(figsize=(WIDTH, height + SOUND + 0.9), facecolor=WHITE, layout="constrained")
    above, below = made.subplots(2, 1, sharex=True, height_ratios=(height, SOUND))
    scale = LinearSegmentedColormap.from_list("entarte", list(LIGHT))
    times = np.arange(len(alignment.columns) + 1) * slot
    above.pcolormesh(
        times, np.arange(rows + 1), alignment.weights, cmap=scale, vmin=0, vmax=1, rasterized=True
    )
    above.set_ylim(rows, 0)
    above.set_yticks(np.arange(rows) + 0.5, [token.label for token in alignment.rows], fontsize=8, color=TEXT)
    above.tick_params(axis="both", length=0)
    if spans:
        for row, (begin, behind) in enumerate(spans):
            above.plot(
                [begin * slot, behind * slot], [row + 0.5] * 2,
                color=GOLD, lw=2, solid_capstyle="butt", label=None if row else "CTC path",
            )  # fmt: skip
            if row:
                above.plot(
                    [spans[row - 1][1] * slot, begin * slot], [row - 0.5, row + 0.5], color=GOLD, lw=0.6
                )
        above.legend(loc="upper right", fontsize=8, frameon=False, labelcolor=TEXT)
    below.imshow(
        frames.T, origin="lower", aspect="auto", cmap="gray_r", interpolation="nearest",
        extent=(0, max(len(frames), 1) * frame, 0, max(frames.shape[1], 1)),
    )  # fmt: skip
    below.set_xlim(0, max(times[-1], frame))
    below.set_xlabel("seconds", color=TEXT)
    below.set_ylabel("mel band", color=TEXT)
    for axes in (above, below):
        for side in axes.spines.values():
            side.set_color(QUIET)
            side.set_linewidth(0.6)
    return made
