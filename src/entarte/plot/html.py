"""Alignments as one HTML file that needs nothing else, and as what a notebook shows.

The page carries the view's modules (view.js and its parts), its styles and the Alignment JSON inside
itself. A content security policy admits exactly that script and those styles, by hash, and no network.
Text of the user is only ever in the JSON, where `<`, `>` and `&` are escaped, and becomes text nodes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from entarte.alignment import Alignment

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

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{script_hash}'; \
style-src '{style_hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Alignment</title>
<style>{style}</style>
</head>
<body>
<main{bare}><noscript>This picture is drawn by a script, and scripts are switched off.</noscript></main>
<script type="application/json" id="alignments">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def asset(name: str) -> str:
    """The text of one of the view's files, as it is shipped.

    >>> "export function mount(" in asset("view.js")
    True
    """
    return files("entarte.plot").joinpath(name).read_text(encoding="utf-8")


@cache
def script() -> str:
    """The view's modules as one: imports between them go, since all names are there already."""
    texts = (re.sub(r"^import .*?;\n", "", asset(name), flags=re.M) for name in MODULES)
    return "\n".join(re.sub(r"^export ", "", text, flags=re.M) for text in texts) + "\nfill();\n"


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
    return _PAGE.format(
        script_hash=digest(script()),
        style_hash=digest(style()),
        style=style(),
        script=script(),
        data=embedded(data),
        bare=' class="bare"' if bare else "",
    )


def frame(alignment: Alignment, **options: Any) -> str:
    """An `<iframe>` with the picture, for notebooks: closed in itself, so any number live on one page."""
    shown = alignment if options.get("level") == "pieces" else alignment.words()
    longest = max((len(token.label) for token in shown.columns), default=0)
    above = 40 if longest * len(shown.columns) < 80 and longest < 10 else 30 + 6 * min(longest, 25)
    tallest = 720  # then the picture scrolls inside the frame
    height = min(max(above + len(shown.rows) * 38, 250), tallest) + 190
    inside = html.escape(page(alignment, bare=True, tallest=tallest, **options))
    look = "width:100%;border:0;color-scheme:light dark"
    return (
        f'<iframe title="Alignment" sandbox="allow-scripts" style="{look};height:{height}px" '
        f'srcdoc="{inside}"></iframe>'
    )


def digest(text: str) -> str:
    """What a content security policy admits a text by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def embedded(data: Mapping[str, Any]) -> str:
    """JSON that can stand inside a script element whatever the texts are."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
