"""The k best with equals in order, against a stable sort."""

from __future__ import annotations

import pytest
import torch

from entarte.search.top import top


@pytest.mark.parametrize("seed", range(20))
def test_as_a_stable_sort(seed):
    chance = torch.Generator().manual_seed(seed)
    values = torch.randint(-4, 1, (6, 30), generator=chance).float() / 3  # many equal ones
    values[values < -1.2] = -torch.inf
    values[:, 7] = -0.0
    for k in (1, 3, 29, 30, 40):
        found, indices = top(values, k)
        order = torch.sort(values, dim=1, descending=True, stable=True).indices[:, :k]
        expected = values.gather(1, order)
        assert torch.equal(found, expected)
        possible = expected > -torch.inf  # the order of the impossible does not matter
        assert torch.equal(indices[possible], order[possible])
