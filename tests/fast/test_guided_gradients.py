"""Law 7 for the guided loss: the gradient through the weights is the same on both paths."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import torch

from entarte import fast
from entarte.attention import ATTENTIONS
from entarte.batch import Source, Target
from entarte.loss import guided
from entarte.model import Model

LEARNS = sorted(ATTENTIONS.keys() - {"none", "mean"})


@pytest.mark.parametrize("shift", [False, True], ids=["says", "has read"])
@pytest.mark.parametrize("way", [("current", False), ("current", True), ("previous", False)])
@pytest.mark.parametrize("attention", LEARNS)
def test_gradient_of_the_guided_loss(
    make: Callable[..., Model],
    pairs: tuple[Source, Target],
    attention: str,
    way: tuple[str, bool],
    shift: bool,
) -> None:
    query, feeding = way
    model = make(attention=attention, query=query, input_feeding=feeding)
    torch.manual_seed(5)
    source, target = pairs
    guide = torch.rand(*target.mask.shape, source.mask.size(1), dtype=torch.float64)
    guide *= target.mask.unsqueeze(2) & source.mask.unsqueeze(1) & (guide > 0.6)
    grads = []
    for unroll in (model.unroll, partial(fast.model_unroll, model)):
        model.zero_grad()
        loss = guided(unroll(source, target).weights, guide, shift)
        torch.autograd.backward(loss)
        found = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
        grads.append((loss.item(), found))
    (value, readable), (twin, other) = grads
    assert value == pytest.approx(twin, abs=1e-9)
    assert any(bool(grad.any()) for name, grad in readable.items() if "attention" in name or "table" in name)
    for name, grad in readable.items():
        assert torch.allclose(grad, other.get(name, torch.zeros_like(grad)), atol=1e-9), name
