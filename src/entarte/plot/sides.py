"""What every picture asks of a side: its words of several tokens, and the direction it is read in."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from entarte.alignment import Token, word_numbers


def places(text: str, tokens: Sequence[Token]) -> dict[int, tuple[int, int]]:
    """First and last token of each word, by the word's number.

    >>> places("m'a vu", [Token("▁m", 0, 1), Token("'a", 1, 3), Token("▁vu", 3, 6)])
    {0: (0, 1), 1: (2, 2)}
    """
    found: dict[int, tuple[int, int]] = {}
    for index, numbers in enumerate(word_numbers(text, tokens)):
        for number in numbers:
            found[number] = (found.get(number, (index, index))[0], index)
    return found


def runs(text: str, tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """First and last token of each word that is made of several."""
    return [run for run in places(text, tokens).values() if run[0] != run[1]]


def right_to_left(text: str) -> bool:
    """Whether a text reads from right to left: its first letter decides.

    >>> right_to_left("«שלום» hello"), right_to_left("hello שלום")
    (True, False)
    """
    strong = (unicodedata.bidirectional(letter) for letter in text if letter.isalpha())
    return next(strong, "L") in ("R", "AL")
