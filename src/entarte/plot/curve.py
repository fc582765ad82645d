"""Curves and bars: how a training went, how quality falls with length, how systems compare.

A figure is a row of panels, a panel has series. Series are told apart by colour and by marker or
hatching, so that a print without colour, or an eye that mixes some up, still can.

>>> sparkline([1.0, 2.0, 4.0, 8.0, 4.0])
'▁▂▄█▄'
>>> sparkline([3.2, 1.1, 0.4], ascii_only=True)
'#:_'
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from entarte.errors import DamagedError, InputError
from entarte.plot import ending, write
from entarte.plot.figure import need, render, style
from entarte.plot.palette import QUIET, SERIES, TEXT, WHITE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ENDINGS = ("png", "svg", "pdf")
MARKERS, HATCHES = "osD^vPX", ("", "//", "..", "xx", "\\\\", "oo", "++")
BARS, ASCII_BARS = "▁▂▃▄▅▆▇█", "_.:-=+*#"


@dataclass(frozen=True)
class Series:
    """One line, or the bars of one colour.

    x          numbers, or the names of bars
    y          as many values; NaN leaves a gap
    low, high  the ends of a confidence band (or of whiskers), or None
    """

    name: str
    x: Sequence[float] | Sequence[str]
    y: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None

    def __post_init__(self) -> None:
        given = [self.y, *(ends for ends in (self.low, self.high) if ends is not None)]
        if any(len(values) != len(self.x) for values in given) or (self.low is None) != (self.high is None):
            raise ValueError(f"series {self.name!r} must have as many y, low and high as x")


@dataclass(frozen=True)
class Panel:
    """One pair of axes: what is drawn, what the axes are called; log for a logarithmic scale of y."""

    series: tuple[Series, ...]
    x: str
    y: str
    title: str = ""
    kind: Literal["line", "bar"] = "line"
    log: bool = False


def save(panels: Panel | Sequence[Panel], path: str | Path) -> Path:
    """Write the panels side by side as .png, .svg or .pdf. Errors as in `entarte.plot.save`."""
    kind = ending(path, ENDINGS)
    with style():
        return write(path, render(figure([panels] if isinstance(panels, Panel) else panels), kind))


def figure(panels: Sequence[Panel]) -> Figure:
    """The panels side by side as a matplotlib Figure."""
    need()
    from matplotlib.figure import Figure

    made = Figure(figsize=(5.2 * max(len(panels), 1), 3.6), facecolor=WHITE, layout="constrained")
    for number, panel in enumerate(panels, 1):
        axes = made.add_subplot(1, len(panels), number)
        (_lines if panel.kind == "line" else _bars)(axes, panel.series)
        axes.set_title(panel.title, fontsize=11, color=TEXT)
        axes.set_xlabel(panel.x, color=TEXT)
        axes.set_ylabel(panel.y, color=TEXT)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(QUIET)
        axes.tick_params(colors=QUIET, labelcolor=TEXT)
        axes.grid(axis="y", color="#e3e7ea", linewidth=0.8)
        axes.set_axisbelow(True)
        if panel.log:
            axes.set_yscale("log")
            axes.yaxis.set_major_formatter("{x:g}")
            axes.yaxis.set_minor_formatter("")
        if not any(len(one.x) for one in panel.series):
            axes.text(0.5, 0.5, "no data", transform=axes.transAxes, ha="center", color=QUIET)
        elif len(panel.series) > 1:
            axes.margins(y=0.25 if panel.kind == "bar" else 0.05)  # room for the legend above bars
            axes.legend(frameon=False, labelcolor=TEXT)
    return made


def training(records: Iterable[Mapping[str, Any]]) -> list[Panel]:
    """A training from the lines of metrics.jsonl: perplexity, and BLEU, AER and other scores where
    measured."""
    lines = [record | record.get("scores", {}) for record in records if record.get("kind") == "validation"]
    others = {name: name for line in lines for name in line.get("scores", {})}

    def series(name: str, key: str) -> Series:
        known = [line for line in lines if line.get(key) is not None]
        return Series(name, [float(line["update"]) for line in known], [float(line[key]) for line in known])

    both = (series("training", "train_perplexity"), series("validation", "perplexity"))
    panels = [Panel(both, "update", "perplexity", log=True)]
    for name, key in {"BLEU": "bleu", "AER": "aer", **others}.items():
        if any(line.get(key) is not None for line in lines):
            panels.append(Panel((series(name, key),), "update", name))
    return panels


def records(path: str | Path) -> list[dict[str, Any]]:
    """The lines of a metrics.jsonl. Raises InputError if there is none, DamagedError for a bad line."""
    try:
        lines = Path(path).read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None
    except UnicodeDecodeError as error:
        raise DamagedError(
            f"this is not UTF-8 text: {error.reason} at byte {error.start}", file=path
        ) from None
    found = []
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line) if line.strip() else None
        except ValueError:
            raise DamagedError("this line is not JSON", file=path, line=number) from None
        if isinstance(record, dict):
            found.append(record)
    return found


def sparkline(values: Sequence[float], width: int | None = None, *, ascii_only: bool = False) -> str:
    """The values as a line of little bars, the least lowest; more than `width` are averaged in groups.

    A value that is not finite leaves a space.
    """
    if width is not None and len(values) > width:
        edges = [round(i * len(values) / width) for i in range(width + 1)]
        values = [math.fsum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return " " * len(values)
    bars = ASCII_BARS if ascii_only else BARS
    low, span = min(finite), max(finite) - min(finite)
    level = [round((value - low) / span * 7) if span and math.isfinite(value) else 3 for value in values]
    return "".join(bars[at] if math.isfinite(value) else " " for at, value in zip(level, values))


def _lines(axes: Axes, series: Sequence[Series]) -> None:
    for number, one in enumerate(series):
        color, marker = SERIES[number % len(SERIES)], MARKERS[number % len(MARKERS)]
        few = len(one.x) <= 40
        x: Any = one.x
        axes.plot(x, one.y, color=color, marker=marker if few else "", markersize=4.5, lw=1.8, label=one.name)
        if one.low is not None and one.high is not None:
            axes.fill_between(x, one.low, one.high, color=color, alpha=0.16, linewidth=0)


def _bars(axes: Axes, series: Sequence[Series]) -> None:
    """Bars of the same name side by side, in the order in which names first appear."""
    names = list(dict.fromkeys(str(x) for one in series for x in one.x))
    wide = 0.8 / max(len(series), 1)
    for number, one in enumerate(series):
        at = [names.index(str(x)) + (number - (len(series) - 1) / 2) * wide for x in one.x]
        error: Any = None
        if one.low is not None and one.high is not None:
            error = [[y - a for y, a in zip(one.y, one.low)], [b - y for y, b in zip(one.y, one.high)]]
        look: Any = {"color": SERIES[number % len(SERIES)], "hatch": HATCHES[number % len(HATCHES)]}
        axes.bar(at, one.y, wide * 0.92, yerr=error, label=one.name, edgecolor=WHITE, ecolor=TEXT, **look)
    turned = sum(map(len, names)) > 40
    axes.set_xticks(
        range(len(names)), names, rotation=30 if turned else 0, ha="right" if turned else "center"
    )
