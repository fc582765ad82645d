"""The heat map as a figure for a paper: PNG, SVG or PDF, drawn by matplotlib.

Rows are target tokens, columns source tokens, as everywhere. The size follows the tokens, the type size
does not, so figures of several sentences look alike side by side. Text in SVG and PDF stays text.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from entarte.alignment import Alignment, Token
from entarte.errors import SetupError
from entarte.plot.palette import GOLD, LIGHT, QUIET, TEXT, WHITE, color, ink
from entarte.plot.sides import places, right_to_left, runs

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CELL = (0.46, 0.32)  # inches
SMALLEST = 0.16  # inches of the side of a cell that still has a label beside it
FLAT = 9.0  # inches; in wider figures labels are slanted and cells narrow
LONGEST = 28  # letters of a label
LARGEST = 40.0  # inches of a side; what does not fit is drawn as an overview, without labels
OVERVIEW = 9.0  # inches of its longer side

# The first that has a letter draws it; those that are not installed are skipped.
_SCRIPTS = "Arabic Hebrew Devanagari Bengali Tamil Thai Georgian Armenian Ethiopic Symbols2 SC JP KR"
_CJK = ["Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Zen Hei", "PingFang SC"]
_SYSTEM = [
    "Hiragino Sans",
    "Apple SD Gothic Neo",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
    "Segoe UI",
]
_NOTO = [f"Noto Sans {script}" for script in _SCRIPTS.split()]
FONTS = ["DejaVu Sans", "Noto Sans", *_NOTO, *_CJK, *_SYSTEM, "Arial Unicode MS"]


def draw(alignment: Alignment, ending: str = "png") -> bytes:
    """The figure as the bytes of a "png", "svg" or "pdf" file; the same alignment gives the same bytes.

    Raises SetupError where matplotlib is missing.
    """
    with style():
        return render(figure(alignment), ending)


def figure(alignment: Alignment) -> Figure:
    """The heat map as a matplotlib Figure, to be changed or saved; see `style` for its fonts."""
    need()
    from matplotlib.figure import Figure

    rows, columns = alignment.rows, alignment.columns
    if max(len(rows), len(columns)) * SMALLEST > LARGEST:
        return _overview(alignment)
    room = [max((_wide(_label(token)) for token in side), default=0) * 0.085 for side in (rows, columns)]
    flat = room[1] <= 0.9 and len(columns) * room[1] <= FLAT  # labels lie flat over cells as wide as they
    width = max(CELL[0], room[1] + 0.08) if flat else CELL[0]
    width, height = min(width, LARGEST / max(len(columns), 1)), min(CELL[1], LARGEST / max(len(rows), 1))
    left, top = room[0] + 0.3, 0.36 if flat else 0.85 * room[1] + 0.35
    right = 0.15 if flat else 0.5 * room[1] + 0.15
    body = (max(width * len(columns), 0.6), max(height * len(rows), 0.4))
    size = (left + body[0] + right, top + body[1] + 0.15)
    made = Figure(figsize=size, facecolor=WHITE)
    axes = made.add_axes((left / size[0], 0.15 / size[1], body[0] / size[0], body[1] / size[1]))
    axes.set_xlim(0, max(len(columns), 1))
    axes.set_ylim(max(len(rows), 1), 0)
    axes.axis("off")
    if not rows or not columns:
        axes.text(0.5, 0.5, "no tokens", ha="center", va="center", color=QUIET)
        return made
    order = np.arange(len(columns))  # order[s] is the place of column s
    if right_to_left(alignment.source):
        order = order[::-1]  # the first word stands at the right, where reading begins
    _cells(axes, alignment.weights[:, order], numbers=width >= 0.3 and height >= 0.2)
    _gold(axes, alignment, order)
    for t, token in enumerate(rows):
        axes.text(-0.12 / width, t + 0.5, _label(token), ha="right", va="center", color=_shade(token))
    for first, last in runs(alignment.target, rows):
        axes.plot([-0.06 / width] * 2, [first + 0.15, last + 0.85], color=QUIET, lw=0.7, clip_on=False)
    turn: dict[str, Any] = (
        {"ha": "center"} if flat else {"ha": "left", "rotation": 55, "rotation_mode": "anchor"}
    )
    for s, token in enumerate(columns):
        axes.text(order[s] + 0.5, -0.1 / height, _label(token), va="bottom", color=_shade(token), **turn)
    for first, last in runs(alignment.source, columns):
        a, b = sorted((order[first], order[last]))
        axes.plot([a + 0.1, b + 0.9], [-0.06 / height] * 2, color=QUIET, lw=0.7, clip_on=False)
    return made


def _overview(alignment: Alignment) -> Figure:
    """Without labels, for sequences too long for them: each dot the heaviest of the cells under it."""
    from matplotlib.colors import PowerNorm
    from matplotlib.figure import Figure

    t, s = alignment.weights.shape
    table = alignment.weights[:, ::-1] if right_to_left(alignment.source) else alignment.weights
    for axis, count in ((0, t), (1, s)):
        starts = np.unique(np.linspace(0, count, min(count, 1200), endpoint=False).astype(int))
        table = np.maximum.reduceat(table, starts, axis=axis)
    longest = max(s, t)
    size = [max(OVERVIEW * count / longest, 0.3 * OVERVIEW) for count in (s, t)]
    made = Figure(figsize=(size[0] + 1.4, size[1] + 0.8), facecolor=WHITE, layout="constrained")
    axes = made.add_subplot()
    # Colour goes by the root of the weight: over thousands of tokens even a sharp look is a small number.
    drawn = axes.imshow(
        table,
        cmap=_scale(),
        norm=PowerNorm(0.5, 0, 1),
        aspect="auto",
        extent=(s, 0, t, 0) if right_to_left(alignment.source) else (0, s, t, 0),
    )
    axes.set_xlabel("source token")
    axes.set_ylabel("target token")
    made.colorbar(drawn, ax=axes, label="weight")
    return made


def need() -> None:
    """Raise SetupError where matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        advice = "Install it with: pip install 'entarte[plot]'"
        raise SetupError("figures need matplotlib, which is not installed", advice=advice) from None


@contextmanager
def style() -> Iterator[None]:
    """matplotlib's settings for our figures: fonts for many scripts, text stays text, no dates or chance."""
    need()
    import matplotlib
    from matplotlib import font_manager

    there = set(font_manager.get_font_names())
    settings: Any = {
        "font.family": [name for name in FONTS if name in there] or ["sans-serif"],
        "font.size": 10,
        "svg.fonttype": "none",
        "svg.hashsalt": "entarte",
        "pdf.fonttype": 42,
        "axes.unicode_minus": False,
        "text.parse_math": False,  # "$" in a user's text is a dollar
    }
    with matplotlib.rc_context(settings):
        yield


def render(made: Figure, ending: str) -> bytes:
    """A figure as the bytes of a file, without dates; warns of letters that no installed font has."""
    kinds: dict[str, Any] = {
        "png": {"Software": None},
        "svg": {"Date": None, "Creator": "Entarté"},
        "pdf": {"CreationDate": None, "Creator": "Entarté", "Producer": None},
    }
    file = io.BytesIO()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        made.savefig(file, format=ending, dpi=200, metadata=kinds[ending])
    missing = set()
    for warning in caught:
        glyph = re.match(r"Glyph (\d+) .*missing", str(warning.message))
        if glyph:
            missing.add(chr(int(glyph[1])))
        else:
            warnings.warn(warning.message, warning.category, stacklevel=2)
    if missing and ending != "svg":  # letters of SVG are drawn by who reads it
        letters = "".join(sorted(missing))
        warnings.warn(f"no installed font has {letters}; Noto fonts have all scripts", stacklevel=2)
    return file.getvalue()


def _scale() -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("entarte", list(LIGHT))


def _cells(axes: Axes, table: NDArray[np.float64], numbers: bool) -> None:
    axes.pcolormesh(table, cmap=_scale(), vmin=0, vmax=1, edgecolors=WHITE, linewidth=1.2)
    for t, s in np.argwhere(table >= 0.005) if numbers else ():
        weight = table[t, s]
        text = "1" if weight >= 0.995 else f"{weight:.2f}"[1:]
        shade = ink(color(weight)) if weight >= 0.05 else QUIET
        axes.text(s + 0.5, t + 0.5, text, ha="center", va="center", fontsize=8, color=shade)


def _gold(axes: Axes, alignment: Alignment, order: NDArray[np.intp]) -> None:
    """Outlines round the cells of known links; dashed for possible ones."""
    from matplotlib.patches import Rectangle

    columns, rows = places(alignment.source, alignment.columns), places(alignment.target, alignment.rows)
    for links, dashes in ((alignment.possible, (0, (2, 1.5))), (alignment.gold, "solid")):
        for i, j in sorted(links or ()):
            if i not in columns or j not in rows:
                continue
            x = sorted(order[end] for end in columns[i])
            y = rows[j]
            size = (x[1] - x[0] + 1, y[1] - y[0] + 1)
            for edge, thick, kind in ((WHITE, 3.0, "solid"), (GOLD, 1.5, dashes)):
                outline: Any = {"fill": False, "ec": edge, "lw": thick, "ls": kind, "clip_on": False}
                axes.add_patch(Rectangle((x[0], y[0]), *size, **outline))


def _label(token: Token) -> str:
    return token.label if len(token.label) <= LONGEST else token.label[: LONGEST - 1] + "…"


def _shade(token: Token) -> str:
    return TEXT if token.kind == "text" else QUIET


def _wide(text: str) -> int:
    """How wide a text is in letters, wide East Asian characters counted double."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
