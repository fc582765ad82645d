"""Source tokens in groups of so many: the three bases of a codon, in the frame that the looks fit best."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from entarte.alignment import Alignment, Token
from entarte.errors import InputError


def grouped(alignment: Alignment, size: int, offset: int | None = None) -> Alignment:
    """The same with each `size` neighbouring source tokens as one, their weights summed.

    What stands before the first whole group, or behind the last, is a shorter group; the end stays as it is.

    offset  tokens before the first whole group; None: that with which the heaviest groups of all rows weigh
            most; among equals (to a hundredth) that with which the looks are nearest to the middle of a group

    Raises InputError unless there are groups of one at least and the offset is less than their size.

    >>> from entarte.span import words
    >>> one = Alignment.of("G A T G", words("G A T G"), "M", words("M"), [[0.1, 0.3, 0.4, 0.2]])
    >>> [column.text for column in grouped(one, 3).columns], grouped(one, 3).weights.round(2).tolist()
    (['G', 'ATG'], [[0.1, 0.9]])
    """
    if size < 1 or not 0 <= (offset or 0) < size:
        raise InputError(f"groups of {size} from place {offset or 0} cannot be", setting="--group")
    tries = range(size) if offset is None else [offset]
    best = max(tries, key=lambda start: _fit(alignment, size, start))
    columns, members = _members(alignment, size, best)
    heads = None if alignment.heads is None else alignment.heads @ members
    weights = np.minimum(alignment.weights @ members, 1.0)
    return replace(alignment, columns=columns, weights=weights, heads=heads, level="words")


def _fit(alignment: Alignment, size: int, offset: int) -> tuple[float, float, int]:
    """How well the looks fall into groups: what the heaviest weigh on average, how near they are to their
    middle, and, last, how little stands before the first."""
    if not alignment.rows:
        return 0.0, 0.0, -offset
    weights = alignment.weights
    heaviest = (weights @ _members(alignment, size, offset)[1]).max(1).mean()
    text = np.array([token.kind == "text" for token in alignment.columns])
    within = (np.arange(len(text)) - offset) % size
    astray = (weights * np.abs(within - (size - 1) / 2) * text).sum()
    return round(float(heaviest), 2), round(-float(astray), 6), -offset


def _members(alignment: Alignment, size: int, offset: int) -> tuple[tuple[Token, ...], NDArray[np.float64]]:
    """The groups, and (S, G) which token is in which."""
    text = [n for n, token in enumerate(alignment.columns) if token.kind == "text"]
    starts = [*([0] if offset else []), *range(offset, len(text), size)]
    groups = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    groups += [[n] for n, token in enumerate(alignment.columns) if token.kind != "text"]
    tokens, members = [], np.zeros((len(alignment.columns), len(groups)))
    for at, group in enumerate(groups):
        own = [alignment.columns[n] for n in group]
        label = "".join(token.text.strip("▁") for token in own)
        tokens.append(replace(own[0], text=label, start=own[0].start, end=own[-1].end))
        members[group, at] = 1.0
    return tuple(tokens), members
