"""Cards as one HTML file that needs nothing else, and as what a notebook shows.

As in `entarte.plot.html`: the page carries its scripts, styles and data inside itself, a content security
policy admits exactly these and no network, and text of the user is only ever in the JSON.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from entarte.card.card import Card
from entarte.card.report import Report
from entarte.plot.html import MODULES, asset, digest, embedded

OWN = ("card.js", "report.js")
"""The modules of cards, in the order of their imports, after those of the alignment view."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{script_hash}'; \
style-src '{style_hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Evidence</title>
<style>{style}</style>
</head>
<body>
<main{bare}><noscript>This page is drawn by a script, and scripts are switched off.</noscript></main>
<script type="application/json" id="cards">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def own(name: str) -> str:
    """The text of one of the cards' files, as it is shipped.

    >>> "export function body(" in own("card.js")
    True
    """
    return files("entarte.card").joinpath(name).read_text(encoding="utf-8")


@cache
def script() -> str:
    """The modules as one: imports between them go, since all names are there already."""
    texts = [asset(name) for name in MODULES if name != "page.js"] + [own(name) for name in OWN]
    bare = (re.sub(r"^import .*?;\n", "", text, flags=re.M) for text in texts)
    return "\n".join(re.sub(r"^export ", "", text, flags=re.M) for text in bare) + "\nreport();\n"


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
    return _PAGE.format(
        script_hash=digest(script()),
        style_hash=digest(style()),
        style=style(),
        script=script(),
        data=embedded(data),
        bare=' class="bare"' if bare else "",
    )


def frame(card: Card) -> str:
    """An `<iframe>` with the card, for notebooks."""
    inside = html.escape(page([card], bare=True, tallest=420))
    look = "width:100%;border:0;color-scheme:light dark"
    return (
        f'<iframe title="Evidence card" sandbox="allow-scripts" style="{look};height:900px" '
        f'srcdoc="{inside}"></iframe>'
    )
