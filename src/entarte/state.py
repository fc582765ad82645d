"""State is a value that travels; one function reorders all of it, one moves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor

S = TypeVar("S")


def select(state: S, rows: Tensor) -> S:
    """Take the given rows (axis 0) of every tensor in a nest of tuples; None stays None.

    Used to reorder a beam, to repeat a start state and to drop finished rows. It knows nothing of
    what the state means, so no decoder or attention can forget to reorder a part of it.

    state  any nest of (named) tuples whose leaves are tensors with axis 0 = row, or None
    rows   (R,) long: row r of the result is row rows[r] of the input

    >>> select((torch.tensor([10, 20, 30]), None), torch.tensor([2, 0, 0]))
    (tensor([30, 10, 10]), None)
    """
    return _map(state, lambda part: part.index_select(0, rows))  # type: ignore[no-any-return]


def moved(state: S, device: torch.device) -> S:
    """The same nest on another device; itself where it is there already."""
    return _map(state, lambda part: part.to(device, non_blocking=True))  # type: ignore[no-any-return]


def _map(state: Any, act: Callable[[Tensor], Tensor]) -> Any:
    if state is None:
        return None
    if isinstance(state, Tensor):
        return act(state)
    if isinstance(state, tuple):
        parts = [_map(part, act) for part in state]
        return type(state)(*parts) if hasattr(state, "_fields") else tuple(parts)
    raise TypeError(f"a decoder state holds only tensors, tuples and None, not {type(state).__name__}")
