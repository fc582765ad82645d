"""Pictures of alignments and of training: in the terminal, as files, in a notebook, in a web page.

A picture of an alignment is saved by its ending, and the table says who draws it:

    .html          one file that shows itself in any browser   html.py, view.js
    .png .svg .pdf a figure for a paper                        figure.py (matplotlib)
    .txt           the terminal's heat map, without colours    terminal.py
    .json          the data itself                             alignment.py
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from entarte import atomic
from entarte.alignment import Alignment
from entarte.errors import InputError, SetupError


def _html(alignment: Alignment, ending: str) -> bytes:
    from entarte.plot.html import page

    return page(alignment).encode()


def _figure(alignment: Alignment, ending: str) -> bytes:
    from entarte.plot.figure import draw

    return draw(alignment, ending)


def _text(alignment: Alignment, ending: str) -> bytes:
    from entarte.plot.terminal import plain

    return plain(alignment, width=100).encode()


def _json(alignment: Alignment, ending: str) -> bytes:
    return (alignment.to_json() + "\n").encode()


ENDINGS: dict[str, Callable[[Alignment, str], bytes]] = {
    "html": _html,
    "png": _figure,
    "svg": _figure,
    "pdf": _figure,
    "txt": _text,
    "json": _json,
}


def save(alignment: Alignment, path: str | Path) -> Path:
    """Write the alignment to a file in the form that its ending names, and return the path.

    Raises InputError for an unknown ending, SetupError where nothing can be written or matplotlib is
    missing.
    """
    name = ending(path, ENDINGS)
    return write(path, ENDINGS[name](alignment, name))


def ending(path: str | Path, known: Collection[str]) -> str:
    """The ending of a file name, one of the known ones, else InputError."""
    name = Path(path).suffix.lower().removeprefix(".")
    if name not in known:
        what = f"a picture cannot be written as '.{name}'" if name else "the file name has no ending"
        raise InputError(what, file=path, advice="Known: " + ", ".join(f".{one}" for one in known) + ".")
    return name


def write(path: str | Path, content: bytes) -> Path:
    """Write a file whole; SetupError says why it cannot be."""
    path = Path(path)
    if not path.parent.is_dir():
        raise SetupError(f"there is no folder {path.parent}", file=path, advice="Make it first.")
    atomic.write(path, content)
    return path
