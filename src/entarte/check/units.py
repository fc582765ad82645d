"""What a check counts by: whitespace words, or pieces where a line has no spaces (characters, scripts
without spaces)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from entarte.token import Token, word_numbers


@dataclass(frozen=True)
class Unit:
    """A word, or a piece where there are no words: its text, and the numbers of its pieces."""

    text: str
    pieces: tuple[int, ...]


def units(line: str, tokens: Sequence[Token]) -> tuple[Unit, ...]:
    """The units of one side; EOS belongs to none. A piece that covers several words goes with the first.

    >>> pieces = [Token("▁m", 0, 1), Token("'a", 1, 3), Token("▁dit", 4, 7), Token("</s>", 7, 7, "eos")]
    >>> units("m'a dit", pieces)
    (Unit(text="m'a", pieces=(0, 1)), Unit(text='dit', pieces=(2,)))
    >>> units("m'a", pieces[:2])
    (Unit(text='m', pieces=(0,)), Unit(text="'a", pieces=(1,)))
    """
    if " " not in line.strip():
        return tuple(Unit(token.label, (n,)) for n, token in enumerate(tokens) if token.kind != "eos")
    members: dict[int, list[int]] = {}
    for number, covered in enumerate(word_numbers(line, tokens)):
        if covered:
            members.setdefault(covered[0], []).append(number)
    return tuple(
        Unit(line[tokens[run[0]].start : tokens[run[-1]].end].strip(), tuple(run)) for run in members.values()
    )


def joined(texts: Sequence[str], line: str) -> str:
    """Units of a line side by side, with spaces if the line has any."""
    return (" " if " " in line.strip() else "").join(texts)


def plain(text: str) -> str:
    """What words are compared by: their letters, marks and digits without case; or the text, if it has none.

    >>> plain("Tarte,"), plain("..."), plain("m'a")
    ('tarte', '...', 'ma')
    """
    kept = "".join(c for c in text.casefold() if unicodedata.category(c)[0] in "LNM")
    return kept or text


def names(units: Sequence[Unit]) -> list[str]:
    """The units as they are compared."""
    return [plain(unit.text) for unit in units]
