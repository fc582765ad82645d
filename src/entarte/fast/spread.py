"""The word vectors of many slots, each distinct one held once.

A batch says few words often, so what is a product of each slot's word vector needs to be made for each
distinct word only, and is then spread over the slots; on the way back the slots of a word are summed first.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

PAYS = 64
"""Copying and summing rows of any width costs as much as multiplying with so many columns."""


class Spread(NamedTuple):
    """The vectors of N slots.

    vectors  (U, E), one for each distinct word; or (N, E), one for each slot
    places   (N,) long: which of them stands in each slot; None where each has its own
    """

    vectors: Tensor
    places: Tensor | None = None

    @property
    def slots(self) -> int:
        """N."""
        return len(self.vectors if self.places is None else self.places)

    def whole(self) -> Tensor:
        """(N, E)"""
        return spread(self.vectors, self.places)

    def at(self, slots: Tensor) -> Spread:
        """The vectors of other slots, in their order: slots (M,) long → M of them."""
        if self.places is None:
            return Spread(self.vectors[slots])
        return Spread(self.vectors, self.places[slots])


def distinct(ids: Tensor, width: int) -> tuple[Tensor, Tensor | None]:
    """ids (N,) long → those to be looked up, and the places of `Spread`; the ids themselves where it does not
    pay to make each once."""
    known, places = ids.unique(return_inverse=True)  # type: ignore[no-untyped-call]
    if (len(ids) - len(known)) * width < PAYS * len(ids):
        return ids, None
    return known, places


def spread(rows: Tensor, places: Tensor | None) -> Tensor:
    """What was made for each distinct word, (U, ·) → for each slot, (N, ·)."""
    return rows if places is None else rows.index_select(0, places)


def gather(slopes: Tensor, places: Tensor | None, count: int) -> Tensor:
    """The way back of `spread`: the sums over the slots of each of so many words."""
    if places is None:
        return slopes
    return slopes.new_zeros(count, slopes.size(1)).index_add_(0, places, slopes)
