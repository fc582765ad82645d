"""State is a value that travels; one function reorders all of it."""

from __future__ import annotations

from typing import Any, TypeVar

from torch import Tensor

S = TypeVar("S")


def select(state: S, rows: Tensor) -> S:
    """Take the given rows (axis 0) of every tensor in a nest of tuples; None stays None.

    Used to reorder a beam, to repeat a start state and to drop finished rows. It knows nothing of
    what the state means, so no decoder or attention can forget to reorder a part of it.

    state  any nest of (named) tuples whose leaves are tensors with axis 0 = row, or None
    rows   (R,) long: row r of the result is row rows[r] of the input

    >>> import torch
    >>> select((torch.tensor([10, 20, 30]), None), torch.tensor([2, 0, 0]))
    (tensor([30, 10, 10]), None)
    """
    return _map(state, rows)  # type: ignore[no-any-return]


def _map(state: Any, rows: Tensor) -> Any:
    if state is None:
        return None
    if isinstance(state, Tensor):
        return state.index_select(0, rows)
    if isinstance(state, tuple):
        parts = [_map(part, rows) for part in state]
        return type(state)(*parts) if hasattr(state, "_fields") else tuple(parts)
    raise TypeError(f"a decoder state holds only tensors, tuples and None, not {type(state).__name__}")
