"""The teacher-forced pass of a decoder that looks back: the twin of `decoder.self_attentive`.

Where no step reads what the step before it found, the cells run first; then all steps ask the whole past at
once, each through a window that ends at its own step.
"""

from __future__ import annotations

from typing import Any

import torch

from entarte.attend import attend
from entarte.decoder.base import Unrolled
from entarte.decoder.recurrent import RecurrentState
from entarte.decoder.self_attentive import SelfAttentive, remembered
from entarte.edit import stand_in
from entarte.fast import say
from entarte.fast.cells_first import climb
from entarte.fast.products import Products
from entarte.fast.spread import Spread
from entarte.readout.base import Moment
from entarte.window.behind import Behind
from entarte.window.everywhere import Everywhere
from entarte.window.local_m import LocalM

COUNTS_NOTHING = (Everywhere, LocalM)
"""Windows that are the same where slots to come are there too."""


def why_not(decoder: SelfAttentive) -> str | None:
    """Why it must go word by word; None where it need not."""
    if decoder.input_feeding or decoder.query == "previous":
        return "each step reads what the one before it found"
    if type(decoder.attention.window) not in COUNTS_NOTHING:
        return "its window depends on how much there is to see"
    return None


def unroll(decoder: SelfAttentive, flow: Spread, state: RecurrentState, products: Products) -> Unrolled:
    """flow, T · B slots → Unrolled, equal to the readable one."""
    tops, _, cells = climb(decoder.stack, flow, state.cells, products)
    steps, rows = tops.shape[:2]
    states = torch.cat([state.query.unsqueeze(0), tops]).transpose(0, 1)  # (B, T + 1, W)
    past = torch.cat([state.look, states[:, :-1]], dim=1)
    asked = states[:, 1:]
    own, attention = remembered(past), decoder.attention
    attention = stand_in(attention, window=Behind(attention.window))
    position = state.position[:, None] + torch.arange(steps, device=tops.device)
    keys: Any = attention.keys(own)
    looked = attend(attention, asked, keys, own, None, position)
    words = flow.whole().view(steps, rows, -1).transpose(0, 1)
    features = say.features(decoder.readout, Moment(states[:, :-1], asked, looked.context, words), products)
    after = RecurrentState(cells, tops[-1], tops[-1], None, past, state.position + steps)
    return Unrolled(features, looked.weights, after)
