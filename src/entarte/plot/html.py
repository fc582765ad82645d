"""Alignments as one HTML file that needs nothing else, and as what a notebook shows.

The page carries the view's modules (view.js and its parts), its styles and the Alignment JSON inside
itself; see sheet.py for what it admits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from entarte.alignment import Alignment
from entarte.plot.sheet import document, framed, joined

# In an order in which each file comes after those it imports; the explorer serves the same files.
MODULES = (
    "view_data.js",
    "view_draw.js",
    "view_furniture.js",
    "view_heat.js",
    "view_links.js",
    "view.js",
    "page.js",
)
STYLES = ("view.css", "page.css")
DIGITS = 4  # decimals of the weights in a page


def asset(name: str) -> str:
    """The text of one of the view's files, as it is shipped.

    >>> "export function mount(" in asset("view.js")
    True
    """
    return files("entarte.plot").joinpath(name).read_text(encoding="utf-8")


@cache
def script() -> str:
    """The view's modules as one: imports between them go, since all names are there already."""
    return joined(map(asset, MODULES), "fill();")


@cache
def style() -> str:
    """The styles of the view and of the page round it."""
    return "\n".join(map(asset, STYLES))


def page(alignments: Alignment | Sequence[Alignment], *, bare: bool = False, **options: Any) -> str:
    """A stand-alone HTML document showing the alignments one below the other.

    bare     the pictures alone, without sentences and notes above and below
    options  of `mount` in view.js: level, mode, head, gold, boost
    """
    shown = [alignments] if isinstance(alignments, Alignment) else alignments
    data = {"alignments": [one.to_dict(DIGITS) for one in shown], "bare": bare, "options": options}
    return document("Alignment", "alignments", data, script(), style(), bare=bare)


def frame(alignment: Alignment, **options: Any) -> str:
    """An `<iframe>` with the picture, for notebooks: closed in itself, so any number live on one page."""
    shown = alignment if options.get("level") == "pieces" else alignment.words()
    longest = max((len(token.label) for token in shown.columns), default=0)
    above = 40 if longest * len(shown.columns) < 80 and longest < 10 else 30 + 6 * min(longest, 25)
    tallest = 720  # then the picture scrolls inside the frame
    height = min(max(above + len(shown.rows) * 38, 250), tallest) + 190
    return framed("Alignment", page(alignment, bare=True, tallest=tallest, **options), height)
