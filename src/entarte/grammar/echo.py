"""Texts that say some words twice: to say them again, a language model must have kept them, or look back.

The first half is drawn by chance and cannot be foreseen; the second is certain to whoever remembers. With
N words to draw from, the perplexity of the second half alone can be 1, that of the first is N at best.
"""

from __future__ import annotations

from collections.abc import Iterator

from entarte.grammar.dice import Dice

WORDS = tuple("ba do fi ga he jo ki la me no pu ra si to vu xe".split())
HALF = "|"
"""What stands between the halves."""


def echo(count: int, seed: int = 1, *, shortest: int = 4, longest: int = 10) -> Iterator[str]:
    """So many texts; the same seed gives the same.

    >>> list(echo(2, seed=1, longest=5))
    ['to vu vu ba | to vu vu ba', 'ki si vu jo | ki si vu jo']
    """
    dice = Dice(f"echo {seed}")
    for _ in range(count):
        words = [dice.pick(WORDS) for _ in range(shortest + dice.below(longest - shortest + 1))]
        yield " ".join([*words, HALF, *words])
