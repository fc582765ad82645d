"""Rows of different lengths without padding.

The longest row comes first, and the slots lie step by step: all first slots, then the second slots of the
rows that have one, and so on. At step t the first sizes[t] rows are at work; a row that has ended keeps
its state. Nothing is ever computed on padding.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Flow(NamedTuple):
    """N slots of B rows over T steps.

    sizes   T numbers, not rising: the rows at work at each step
    origin  (N,) long: where the state before each slot lies, among B first states and N later ones;
            None where all rows are equally long, so that it lies B places before
    ends    (B,) long: where each row's last state lies; None where all rows are equally long
    """

    sizes: list[int]
    origin: Tensor | None = None
    ends: Tensor | None = None


def cut(whole: Tensor, sizes: list[int]) -> list[Tensor]:
    """(N, …) → views (n, …), one for each step."""
    return list(torch.split(whole, sizes))


class Order(NamedTuple):
    """How the slots of padded rows are brought into a flow.

    rows    (B,) long: the longest row first
    back    (B,) long: the way back
    slots   (N,) long: number b · S + s of each slot, in the order of the flow
    turned  (N,) long: the slot at the same distance from its row's other end
    """

    flow: Flow
    rows: Tensor
    back: Tensor
    slots: Tensor
    turned: Tensor


def order(mask: Tensor) -> Order:
    """mask (B, S): True means real; the padding of a row stands at its end."""
    rows, slots = mask.shape
    lengths, longest = mask.sum(1).sort(descending=True, stable=True)
    steps = torch.arange(int(lengths[0]), device=mask.device)
    work = lengths > steps[:, None]  # (T, B)
    counts = work.sum(1)
    t, r = work.nonzero(as_tuple=True)
    first = counts.cumsum(0) - counts  # where a step begins
    turned = first[lengths[r] - 1 - t] + r
    flow = Flow(counts.tolist())
    if flow.sizes[-1] < rows:
        origin = torch.where(t > 0, rows + first[t - 1], 0) + r
        flow = Flow(flow.sizes, origin, rows + first[lengths - 1] + torch.arange(rows, device=mask.device))
    return Order(flow, longest, longest.argsort(), longest[r] * slots + t, turned)
