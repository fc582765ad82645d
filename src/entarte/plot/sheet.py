"""An HTML file that needs nothing else: it carries its script, its styles and its data inside itself.

A content security policy admits exactly that script and those styles, by hash, and no network. Text of the
user is only ever in the data, where `<`, `>` and `&` are escaped, and becomes text nodes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{script_hash}'; \
style-src '{style_hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main{bare}><noscript>This page is drawn by a script, and scripts are switched off.</noscript></main>
<script type="application/json" id="{place}">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def document(title: str, place: str, data: Mapping[str, Any], script: str, style: str, *, bare: bool) -> str:
    """The whole file.

    title  until the script says a better one
    place  id of the element that holds the data
    bare   the picture alone, as in a frame
    """
    return _PAGE.format(
        title=title,
        place=place,
        data=embedded(data),
        script=script,
        script_hash=digest(script),
        style=style,
        style_hash=digest(style),
        bare=' class="bare"' if bare else "",
    )


def framed(title: str, inside: str, height: int) -> str:
    """An `<iframe>` round a document, for notebooks: closed in itself, so any number live on one page."""
    look = f"width:100%;border:0;color-scheme:light dark;height:{height}px"
    head = f'<iframe title="{title}" sandbox="allow-scripts" style="{look}"'
    return f'{head} srcdoc="{html.escape(inside)}"></iframe>'


def joined(modules: Iterable[str], last: str) -> str:
    """Modules as one, each after those it imports: the imports go, since all names are there already.

    last  what is done in the end
    """
    bare = (re.sub(r"^import .*?;\n", "", text, flags=re.M) for text in modules)
    return "\n".join(re.sub(r"^export ", "", text, flags=re.M) for text in bare) + f"\n{last}\n"


def digest(text: str) -> str:
    """What a content security policy admits a text by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def embedded(data: Mapping[str, Any]) -> str:
    """JSON that can stand inside a script element whatever the texts are."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
