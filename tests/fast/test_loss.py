"""Law 7 for the output layer and the loss."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from entarte import fast
from entarte.loss import Loss, agree, mixture
from entarte.loss import cross_entropy as readable

N, F, V = 13, 5, 9


def given(dtype: torch.dtype, scale: float = 1.0) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    draw = torch.Generator().manual_seed(3)
    features = torch.randn(N, F, generator=draw, dtype=dtype) * scale
    weight = torch.randn(V, F, generator=draw, dtype=dtype)
    bias = torch.randn(V, generator=draw, dtype=dtype)
    outputs = torch.randint(V, (N,), generator=draw)
    return features.requires_grad_(), weight.requires_grad_(), bias.requires_grad_(), outputs


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("chunk", [1, 4, 13, 100, None])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
def test_values_and_gradients(
    smoothing: float, chunk: int | None, dtype: torch.dtype, tolerance: float
) -> None:
    losses: list[Loss] = []
    grads = []
    for twin in (False, True):
        features, weight, bias, outputs = given(dtype)
        if twin:
            loss = fast.cross_entropy(features, weight, bias, outputs, smoothing, chunk)
        else:
            loss = readable(functional.linear(features, weight, bias), outputs, smoothing)
        (loss.objective / loss.tokens).backward()
        losses.append(loss)
        grads.append((features.grad, weight.grad, bias.grad))
    assert losses[0].tokens == losses[1].tokens
    assert not losses[1].nll.requires_grad
    for one, other in ((losses[0].objective, losses[1].objective), (losses[0].nll, losses[1].nll)):
        assert torch.allclose(one, other, rtol=tolerance, atol=tolerance)
    for one, other in zip(*grads, strict=True):
        assert one is not None
        assert other is not None
        assert (one - other).abs().max() < tolerance


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("chunk", [1, 4, 100, None])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-4)])
def test_agreement_of_two_passes(
    smoothing: float, chunk: int | None, dtype: torch.dtype, tolerance: float
) -> None:
    losses: list[Loss] = []
    grads = []
    for twin in (False, True):
        features, weight, bias, outputs = given(dtype)
        both = torch.stack([features, features * 0.5 + 0.1])
        if twin:
            loss = fast.agree(both, weight, bias, outputs, smoothing, 3.0, chunk)
        else:
            loss = agree(functional.linear(both, weight, bias), outputs, smoothing, 3.0)
        (loss.objective / loss.tokens).backward()
        losses.append(loss)
        grads.append((features.grad, weight.grad, bias.grad))
    for one, other in ((losses[0].objective, losses[1].objective), (losses[0].nll, losses[1].nll)):
        assert torch.allclose(one, other, rtol=tolerance, atol=tolerance)
    for one, other in zip(*grads, strict=True):
        assert one is not None
        assert other is not None
        assert (one - other).abs().max() < tolerance


def test_agreement_with_narrow_operands() -> None:
    """Within what bfloat16's eight bits leave."""
    grads = []
    for products in (fast.WIDE, fast.NARROW):
        features, weight, bias, outputs = given(torch.float32)
        both = torch.stack([features, features * 0.5 + 0.1])
        loss = fast.agree(both, weight, bias, outputs, 0.1, 3.0, 4, products)
        (loss.objective / loss.tokens).backward()
        grads.append((loss.objective.detach(), features.grad, weight.grad, bias.grad))
    for one, other in zip(*grads, strict=True):
        assert one is not None
        assert other is not None
        assert 0 < (one - other).abs().max() < 0.03 * one.abs().max()


def test_two_passes_that_agree_cost_what_one_costs() -> None:
    features, weight, bias, outputs = given(torch.float64)
    one = fast.cross_entropy(features, weight, bias, outputs, 0.1)
    two = fast.agree(torch.stack([features, features]), weight, bias, outputs, 0.1, 7.0)
    assert torch.allclose(one.objective, two.objective)
    assert torch.allclose(one.nll, two.nll)
    assert two.tokens == one.tokens


def test_scores_far_apart() -> None:
    """Logits of thousands neither overflow nor lose the improbable word's loss."""
    features, weight, bias, outputs = given(torch.float32, scale=3000.0)
    loss = fast.cross_entropy(features, weight, bias, outputs)
    expected = readable(functional.linear(features, weight, bias), outputs)
    assert torch.allclose(loss.objective, expected.objective, rtol=1e-6)
    loss.objective.backward()
    assert features.grad is not None
    assert bool(torch.isfinite(features.grad).all())


def test_no_gradient_is_made_where_none_is_asked() -> None:
    features, weight, bias, outputs = given(torch.float64)
    with torch.no_grad():
        loss = fast.cross_entropy(features, weight, bias, outputs, 0.1, 4)
    expected = readable(functional.linear(features, weight, bias), outputs, 0.1)
    assert torch.allclose(loss.objective, expected.objective)
    assert not loss.objective.requires_grad


def test_an_empty_batch_has_no_loss() -> None:
    features, weight, bias, outputs = given(torch.float64)
    loss = fast.cross_entropy(features[:0], weight, bias, outputs[:0])
    assert (float(loss.nll), loss.tokens) == (0.0, 0)


def test_backward_twice_is_refused() -> None:
    features, weight, bias, outputs = given(torch.float64)
    loss = fast.cross_entropy(features, weight, bias, outputs).objective
    loss.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="the fast path goes backward once; run the forward pass again"):
        loss.backward()


@pytest.mark.parametrize("learns", [0, 1, 2])
def test_a_part_may_be_frozen(learns: int) -> None:
    """Only what learns gets a gradient, and the right one."""
    *parts, outputs = given(torch.float64)
    for number, part in enumerate(parts):
        part.requires_grad_(number == learns)
    features, weight, bias = parts
    fast.cross_entropy(features, weight, bias, outputs).objective.backward()
    assert [part.grad is not None for part in parts] == [number == learns for number in range(3)]
    found = parts[learns].grad
    parts[learns].grad = None
    readable(functional.linear(features, weight, bias), outputs).objective.backward()
    expected = parts[learns].grad
    assert found is not None
    assert expected is not None
    assert torch.allclose(found, expected)


def pointed(dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    """Logits of p_gen, what is copied (of two words nothing), and truths of which some are beyond V."""
    draw = torch.Generator().manual_seed(4)
    gate = 3 * torch.randn(N, generator=draw, dtype=dtype)
    copied = torch.rand(N, generator=draw, dtype=dtype)
    copied[:2] = 0.0
    outputs = torch.randint(V, (N,), generator=draw)
    outputs[5:8] = torch.tensor([V, V + 3, V])
    return gate.requires_grad_(), copied.requires_grad_(), outputs


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("chunk", [1, 4, 100, None])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
def test_generating_and_copying(
    smoothing: float, chunk: int | None, dtype: torch.dtype, tolerance: float
) -> None:
    losses: list[Loss] = []
    grads = []
    for twin in (False, True):
        features, weight, bias, _ = given(dtype)
        gate, copied, outputs = pointed(dtype)
        if twin:
            loss = fast.mixture(features, weight, bias, gate, copied, outputs, smoothing, chunk)
        else:
            loss = mixture(functional.linear(features, weight, bias), gate, copied, outputs, smoothing)
        (loss.objective / loss.tokens).backward()
        losses.append(loss)
        grads.append((features.grad, weight.grad, bias.grad, gate.grad, copied.grad))
    for one, other in ((losses[0].objective, losses[1].objective), (losses[0].nll, losses[1].nll)):
        assert torch.allclose(one, other, rtol=tolerance, atol=tolerance)
    for one, other in zip(*grads, strict=True):
        assert one is not None
        assert other is not None
        assert bool(torch.isfinite(one).all())
        assert (one - other).abs().max() < tolerance


def test_generating_and_copying_with_narrow_operands() -> None:
    """Within what bfloat16's eight bits leave."""
    grads = []
    for products in (fast.WIDE, fast.NARROW):
        features, weight, bias, _ = given(torch.float32)
        gate, copied, outputs = pointed(torch.float32)
        loss = fast.mixture(features, weight, bias, gate, copied, outputs, 0.1, 4, products)
        (loss.objective / loss.tokens).backward()
        grads.append((loss.objective.detach(), features.grad, weight.grad, bias.grad, gate.grad))
    for one, other in zip(*grads, strict=True):
        assert one is not None
        assert other is not None
        assert 0 < (one - other).abs().max() < 0.03 * one.abs().max()


def test_a_truth_that_can_be_neither_said_nor_copied_costs_much_and_teaches_nothing_wild() -> None:
    features, weight, bias, _ = given(torch.float64)
    gate, copied, outputs = (each[:1].detach() for each in pointed(torch.float64))
    gate, outputs = gate.requires_grad_(), torch.full_like(outputs, V)
    loss = fast.mixture(features[:1], weight, bias, gate, copied, outputs)
    loss.objective.backward()
    assert float(loss.nll) > 40
    assert gate.grad is not None
    assert float(gate.grad.abs()) <= 1
