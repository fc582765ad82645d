"""One pair of sequences as a reader found it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A source, its target where there is one, and where both came from.

    >>> Example("he hit me with a pie", "il m'a entarté", frozenset({(0, 0)}), "pairs.tsv", 7).where
    'pairs.tsv:7'
    """

    source: str
    target: str | None = None
    links: frozenset[tuple[int, int]] | None = None
    """Gold word links (source word, target word), 0-based, over ``entarte.text.words``."""
    file: str | None = None
    """The file that the source came from."""
    number: int = 0
    """The line in that file, from 1; 0 where unknown."""
    group: int | None = None
    """What it is part of, as a dialogue; None: of nothing."""
    alone: bool = False
    """A text by itself: the source is empty, and that is no fault."""
    open: bool = False
    """The target is a window into a longer text: its end is not the end of a text, and is never said."""

    @property
    def where(self) -> str:
        """``file:line``, for messages."""
        return f"{self.file or '-'}:{self.number}"
