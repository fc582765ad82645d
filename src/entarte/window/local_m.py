"""Local attention, monotonic: the window moves one slot with each target word."""

from __future__ import annotations

from torch import Tensor

from entarte.errors import InputError
from entarte.memory import Memory
from entarte.window.base import Window, lengths, slots


class LocalM(Window):
    """local-m of Luong et al. 2015, section 3.2: p_t = t, and only slots in [p_t − D, p_t + D].

    The paper assumes that source and target are about as long. Where the target runs on past the
    source, p_t stays on the last real slot, so that a window is never empty.

    half  D of the paper, in slots
    """

    def __init__(self, query: int, *, half: int = 10) -> None:
        super().__init__(query)
        if half < 1:
            raise InputError(f"must be at least 1, not {half}", setting="window.half")
        self.reach = half

    def inside(self, query: Tensor, memory: Memory, position: Tensor) -> Tensor:
        last = lengths(memory)[:, None] - 1
        centre = position.minimum(last)
        return (slots(memory) - centre[..., None]).abs() <= self.reach
