"""What takes the steps of a loop: operations in place, or kernels of our own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from torch import Tensor

from entarte.fast import own_cells
from entarte.fast.cells import TRACKS, Track
from entarte.fast.look.bilinear import BilinearLook
from entarte.fast.products import Products
from entarte.fast.say import SayAttentional


class Steps(NamedTuple):
    """The parts that come in two makes.

    tracks       rnn, lstm, gru
    bilinear     a look with scores that are products, from (steps, inputs, mask, scale)
    attentional  the attentional vector
    """

    tracks: dict[str, type[Track]] = TRACKS
    bilinear: Callable[[int, tuple[Tensor, ...], Tensor, float], BilinearLook] = BilinearLook
    attentional: type[SayAttentional] = SayAttentional


def steps(products: Products) -> Steps:
    """Those that go with a way to multiply."""
    if not products.fused:
        return Steps(own_cells.TRACKS if products.ours else TRACKS)
    from entarte.fast.card import cells, look, say

    return Steps(cells.TRACKS, partial(look.bilinear, products=products), say.Attentional)
