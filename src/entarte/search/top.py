"""The k best of each row, with equal values in the order of their index."""

from __future__ import annotations

import torch
from torch import Tensor


def top(values: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k largest of each row, largest first; among equals the lower index wins.

    `torch.topk` leaves open which of several equal values it takes. Rows in which that matters are
    done again on integer keys, in which no two are equal.

    values   (R, V) float32 without NaN; -inf is allowed, and its order does not matter
    returns  values and indices, (R, k) each

    >>> top(torch.tensor([[1.0, 3.0, 3.0, 3.0]]), 2)
    (tensor([[3., 3.]]), tensor([[1, 2]]))
    """
    width = values.size(1)
    found, indices = values.topk(min(k + 1, width), dim=1)
    equal = (found[:, 1:] == found[:, :-1]) & (found[:, 1:] > -torch.inf)
    found, indices = found[:, :k], indices[:, :k]
    if bool(equal.any()):
        rows = equal.any(dim=1).nonzero().squeeze(1)
        again = keys(values[rows]).topk(min(k, width), dim=1).indices
        indices = indices.index_copy(0, rows, again)
        found = found.index_copy(0, rows, values[rows].gather(1, again))
    return found, indices


def keys(values: Tensor) -> Tensor:
    """(R, V) float32 → int64 with the same order, equal values by falling index.

    Read as an integer, a float32 that is not negative keeps its order; a negative one reverses it.
    """
    bits = (values + 0.0).view(torch.int32)  # + 0.0 makes -0.0 and 0.0 the same
    ordered = torch.where(bits >= 0, bits, bits ^ 0x7FFFFFFF).long()
    return (ordered << 32) - torch.arange(values.size(1), device=values.device)
