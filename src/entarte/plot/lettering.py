"""Text on a terminal: its letters, and how it is cut, wrapped and brought to what can be written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console


def reordered(text: str) -> bool:
    """Whether a terminal may turn the text, and what stands beside it, from right to left."""
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def letters_of(text: str) -> list[str]:
    """Letters with the marks that belong to them.

    >>> letters_of("né") == ["n", "é"]
    True
    """
    letters: list[str] = []
    for letter in text:
        if letters and cell_len(letter) == 0:
            letters[-1] += letter
        else:
            letters.append(letter)
    return letters


def cut(text: str, room: int, more: str) -> str:
    """The text, or its beginning and a sign that there is more, in so many characters of the screen."""
    if cell_len(text) <= room:
        return text
    kept = ""
    for letter in letters_of(text):
        if cell_len(kept + letter + more) > room:
            break
        kept += letter
    return kept + more


def wrap(parts: Sequence[str], width: int) -> Iterator[str]:
    """Parts with spaces between them, in lines of at most so many characters where no part is longer."""
    line = ""
    for part in parts:
        if line and cell_len(line) + 1 + cell_len(part) > width:
            yield line
            line = ""
        line = f"{line} {part}" if line else part
    yield line


def to_ascii(text: str) -> str:
    """The nearest text in ASCII; ? for what has none.

    >>> to_ascii("entarté 犬 ⟨end⟩")
    'entarte ? <end>'
    """
    known = text.replace("⟨", "<").replace("⟩", ">").replace("…", "~").replace("␣", "_").replace("’", "'")
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", known) if not unicodedata.combining(letter)
    )
    return "".join(letter if letter.isascii() else "?" for letter in bare) or "?"


def writes(console: Console, text: str) -> bool:
    """Whether the console's encoding has these characters."""
    try:
        text.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
