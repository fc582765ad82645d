"""Cards as one HTML file that needs nothing else, and as what a notebook shows.

As in `entarte.plot.html`, with the same view for the alignments.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from entarte.card.card import Card
from entarte.card.report import Report
from entarte.plot.html import MODULES, asset
from entarte.plot.sheet import document, framed, joined

OWN = ("card.js", "report.js")
"""The modules of cards, in the order of their imports, after those of the alignment view."""


def own(name: str) -> str:
    """The text of one of the cards' files, as it is shipped.

    >>> "export function body(" in own("card.js")
    True
    """
    return files("entarte.card").joinpath(name).read_text(encoding="utf-8")


@cache
def script() -> str:
    """The modules as one: imports between them go, since all names are there already."""
    return joined([*(asset(name) for name in MODULES if name != "page.js"), *map(own, OWN)], "report();")


@cache
def style() -> str:
    """The styles of the alignment view and of cards."""
    return asset("view.css") + "\n" + own("card.css")


def page(cards: Sequence[Card], *, title: str = "", bare: bool = False, tallest: int | None = None) -> str:
    """A stand-alone HTML document with these cards; a single one lies open.

    title    above the cards of a report
    bare     without the heading, for a notebook
    tallest  height in pixels within which an alignment scrolls; None: by the window
    """
    report = Report(title or (cards[0].output.text if cards else ""), tuple(cards))
    data = {"report": report.to_dict(), "options": {"tallest": tallest}}
    return document("Evidence", "cards", data, script(), style(), bare=bare)


def frame(card: Card) -> str:
    """An `<iframe>` with the card, for notebooks."""
    return framed("Evidence card", page([card], bare=True, tallest=420), 900)
