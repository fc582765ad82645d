"""Edit distance and longest common subsequence, by bits.

One Python integer holds a whole column of the table, so a line of a thousand characters costs a thousand
additions of thousand-bit numbers instead of a million cells (Myers 1999; Hyyrö 2003). The tests hold the
textbook table beside it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple


class Edits(NamedTuple):
    """The least number of changes that make the hypothesis into the reference, by kind."""

    substitutions: int  # a symbol of the reference came out as another
    deletions: int  # a symbol of the reference is missing
    insertions: int  # a symbol that the reference lacks

    @property
    def total(self) -> int:
        return sum(self)


def edits(hypothesis: Sequence[Hashable], reference: Sequence[Hashable]) -> Edits:
    """One best way to change one sequence into the other, all changes costing 1 (Levenshtein 1966).

    Where several ways are equally short their total is the same; substitutions are then preferred the
    way rapidfuzz and the usual backtrace prefer them.

    >>> edits("abxd", "abcde")
    Edits(substitutions=1, deletions=1, insertions=0)
    """
    rows, columns = len(hypothesis), len(reference)
    full = (1 << columns) - 1
    where = _positions(reference)
    up, down = full, 0  # bit j: the table grows (falls) by 1 from reference prefix j to j + 1
    table: list[tuple[int, int]] = []
    for symbol in hypothesis:  # Hyyrö 2003, figure 3
        equal = where.get(symbol, 0)
        diagonal = (((equal & up) + up) ^ up) | equal | down
        grows = down | ~(diagonal | up)
        falls = up & diagonal
        grows = (grows << 1) | 1
        falls <<= 1
        up = (falls | ~(diagonal | grows)) & full
        down = grows & diagonal & full
        table.append((up, down))
    substitutions = deletions = insertions = 0
    row, column = rows, columns
    while row and column:
        up, down = table[row - 1]
        bit = 1 << (column - 1)
        if up & bit:
            deletions += 1
            column -= 1
        elif row > 1 and table[row - 2][1] & bit:
            insertions += 1
            row -= 1
        else:
            substitutions += hypothesis[row - 1] != reference[column - 1]
            row, column = row - 1, column - 1
    return Edits(substitutions, deletions + column, insertions + row)


def common_subsequence(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """The length of the longest common subsequence (Hyyrö 2004, after Allison and Dix 1986).

    >>> common_subsequence("police killed the gunman".split(), "police kill the gunman".split())
    3
    """
    full = (1 << len(first)) - 1
    where = _positions(first)
    free = full
    for symbol in second:
        matched = free & where.get(symbol, 0)
        free = ((free + matched) | (free - matched)) & full
    return len(first) - free.bit_count()


def _positions(sequence: Sequence[Hashable]) -> dict[Hashable, int]:
    where: dict[Hashable, int] = {}
    for position, symbol in enumerate(sequence):
        where[symbol] = where.get(symbol, 0) | 1 << position
    return where
