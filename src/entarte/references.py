"""What an output is measured against: one reference, or all that the pairs of its source bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from entarte.errors import InputError
from entarte.example import Example


@dataclass(frozen=True, slots=True)
class Wanted:
    """A source, and all that may come out of it.

    references  each as good as the others
    pairs       the numbers of the pairs that brought them
    """

    source: str
    references: tuple[str, ...]
    pairs: tuple[int, ...]


def wanted(pairs: Sequence[Example], *, readings: bool = False) -> list[Wanted]:
    """Each pair by itself; or, of `readings`, those of one source together, where its first stood.

    Raises InputError, with file and line, for a reading of nothing: whatever was said would be wrong, and
    nothing would be right.

    >>> both = [Example("ab", "AE1 B"), Example("a", "AH0"), Example("ab", "EY1 B IY1")]
    >>> [len(each.references) for each in wanted(both)]
    [1, 1, 1]
    >>> wanted(both, readings=True)[0]
    Wanted(source='ab', references=('AE1 B', 'EY1 B IY1'), pairs=(0, 2))
    """
    if not readings:
        return [Wanted(pair.source, (pair.target or "",), (n,)) for n, pair in enumerate(pairs)]
    gathered: dict[str, list[int]] = {}
    for n, pair in enumerate(pairs):
        if not (pair.target or "").strip():
            raise InputError(
                f"'{pair.source}' has no target: the reading is empty",
                file=pair.file,
                line=pair.number or None,
                setting="data.readings",
                advice="Complete the line, or leave it out.",
            )
        gathered.setdefault(pair.source, []).append(n)
    return [
        Wanted(source, tuple(dict.fromkeys(pairs[n].target or "" for n in own)), tuple(own))
        for source, own in gathered.items()
    ]
