"""What lies behind: of a past that is looked at all at once, each step sees the part that was there."""

from __future__ import annotations

from torch import Tensor

from entarte.memory import Memory
from entarte.window.base import Window, slots


class Behind(Window):
    """Another window, of which step t sees slots 0 … t only. Word by word nothing else is there yet; so this
    is how a teacher-forced pass asks all steps at once. Not a setting: a decoder that looks back brings it.

    inner  the window itself; it must not count the slots
    """

    def __init__(self, inner: Window) -> None:
        super().__init__(inner.query_width)
        self.inner = inner

    def inside(self, query: Tensor, memory: Memory, position: Tensor) -> Tensor:
        there = slots(memory) <= position.unsqueeze(-1)
        also = self.inner.inside(query, memory, position)
        return there if also is None else there & also

    def shape(self, weights: Tensor, query: Tensor, memory: Memory, position: Tensor) -> Tensor:
        return self.inner.shape(weights, query, memory, position)
